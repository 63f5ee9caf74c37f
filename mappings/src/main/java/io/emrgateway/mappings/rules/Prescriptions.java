package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.hl7.Segment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where in a pharmacy order the reader stands: RXR, TQ1, RXC and NTE belong to the detail (RXO, RXE, RXD, RXA) that
 * they follow. Kept while the segments go by, so that a long order costs no more per segment than a short one.
 */
final class Prescriptions {
  private boolean begun;
  private String detail = "";
  private boolean placed;
  private boolean encoded;
  /** Names of the segments that belong to RXE. */
  private final Set<String> withCode = new HashSet<>();
  private int timings;
  private int turn;
  private boolean followed;

  /** Takes notice of the segment at that position; called once for each, in order. */
  void see(List<Segment> segments, int at) {
    String name = segments.get(at).name();
    if (name.equals("ORC")) {
      begin(segments, at + 1);
    } else if (name.equals("TQ1")) {
      turn = timings == 0 ? 1 : followed ? turn + 1 : turn;
      String joined = segments.get(at).field(12).text();
      followed = "S".equals(joined) || "C".equals(joined);
      timings++;
    } else if (isDetail(name)) {
      if (!begun || name.equals("RXO") && !detail.isEmpty()) {
        begin(segments, at); // An order without ORC.
      }
      if (!detail.equals(name) && (!detail.isEmpty() || name.equals("RXE"))) {
        timings = 0;
      }
      detail = name;
    }
  }

  private static boolean isDetail(String name) {
    return name.startsWith("RX") && (name.equals("RXO") || name.equals("RXE") || name.equals("RXD")
        || name.equals("RXA") || name.equals("RXG"));
  }

  private void begin(List<Segment> segments, int from) {
    begun = true;
    detail = "";
    timings = 0;
    placed = false;
    encoded = false;
    withCode.clear();
    for (int i = from; i < segments.size(); i++) {
      String name = segments.get(i).name();
      if (name.equals("ORC") || isDetail(name) && (encoded || placed && !name.equals("RXE"))) {
        break;
      }
      placed |= name.equals("RXO");
      if (encoded) {
        withCode.add(name);
      }
      encoded |= name.equals("RXE");
    }
  }

  /** Name of the detail that is being told, or "" before the first one of the order. */
  String detail() {
    return detail;
  }

  /** Whether the pharmacy has encoded this order (RXE). */
  boolean encoded() {
    return encoded;
  }

  /** Whether the reader is where the doctor's order (RXO) is told that the pharmacy has encoded. */
  boolean asPlaced() {
    return encoded && placed && (detail.isEmpty() || detail.equals("RXO"));
  }

  /** Whether RXE has segments of that name of its own, and the reader is before it: what the order says is overruled. */
  boolean overruled(String name) {
    return encoded && (detail.isEmpty() || detail.equals("RXO")) && withCode.contains(name);
  }

  /** The how-manieth TQ1 of its part of the order this is, from 1. */
  int timings() {
    return timings;
  }

  /** When the current TQ1 has its turn, from 1, where one of them is said to follow another (TQ1-12); else 0. */
  int turn() {
    return followed || turn > 1 ? turn : 0;
  }
}
