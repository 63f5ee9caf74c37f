package io.emrgateway.agent.configuration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong while reading goes on, so that one run tells everything. */
final class Problems {
  /** Where in the file, counted from 1 as an editor does; 0:0 is the file as a whole. */
  record Place(int line, int column) {
    static final Place WHOLE_FILE = new Place(0, 0);
  }

  /** One thing said in both languages. */
  record Words(String zh, String en) {}

  private final Path file;
  private final List<Problem> found = new ArrayList<>();

  Problems(Path file) {
    this.file = file;
  }

  void add(Problem.Code code, Place place, String key, Words text, Words remedy) {
    found.add(new Problem(
        file, place.line(), place.column(), key, Problem.Gravity.ERROR, code.id(), text.zh(), text.en(), remedy.zh(), remedy.en()));
  }

  List<Problem> found() {
    return List.copyOf(found);
  }

  boolean none() {
    return found.isEmpty();
  }
}
