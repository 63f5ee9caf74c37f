package io.emrgateway.mappings.rules;

import java.util.ArrayList;
import java.util.List;

/**
 * Every mistake of one step of compiling, so that whoever mends rules sees them all at once. What the next step builds
 * on has to be right: it would only report the same mistakes again in other words.
 */
final class Mistakes {
  /** A folder with more is not being mended line by line. */
  private static final int COUNT_MAX = 100;

  private final List<RuleError> found = new ArrayList<>(0);

  /** Does something, and keeps the mistake that stops it. */
  void collect(Runnable step) {
    try {
      step.run();
    } catch (RuleError e) {
      if (found.size() < COUNT_MAX) {
        found.add(e);
      }
    }
  }

  /** @throws RuleError if there was any mistake: the first, with the others behind it */
  void refuse() {
    if (!found.isEmpty()) {
      throw found.get(0).with(found.subList(1, found.size()));
    }
  }
}
