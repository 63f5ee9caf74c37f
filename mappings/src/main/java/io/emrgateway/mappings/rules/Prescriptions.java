package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.hl7.Segment;
import java.util.List;

/**
 * Where in a pharmacy order the reader stands: RXR, TQ1, RXC and NTE belong to the detail (RXO, RXE, RXD, RXA) that
 * they follow. Kept while the segments go by, so that a long order costs no more per segment than a short one.
 */
final class Prescriptions {
  private boolean begun;
  private String detail = "";
  private boolean encoded;
  private boolean apart;
  private int timings;

  /** Takes notice of the segment at that position; called once for each, in order. */
  void see(List<Segment> segments, int at) {
    String name = segments.get(at).name();
    if (name.equals("ORC")) {
      begin(segments, at + 1);
    } else if (name.equals("TQ1")) {
      timings++;
    } else if (name.startsWith("RX") && (name.equals("RXO") || name.equals("RXE") || name.equals("RXD")
        || name.equals("RXA") || name.equals("RXG"))) {
      if (!begun || name.equals("RXO") && !detail.isEmpty()) {
        begin(segments, at); // An order without ORC.
      }
      if (!detail.isEmpty() && !detail.equals(name)) {
        timings = 0;
      }
      detail = name;
    }
  }

  private void begin(List<Segment> segments, int from) {
    begun = true;
    detail = "";
    timings = 0;
    encoded = false;
    apart = false;
    Segment ordered = null;
    for (int i = from; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      String name = segment.name();
      if (name.equals("ORC") || name.equals("RXO") && ordered != null) {
        break;
      }
      if (name.equals("RXO")) {
        ordered = segment;
      } else if (name.equals("RXE")) {
        encoded = true;
        apart = ordered != null && differ(ordered, segment);
        break;
      }
    }
  }

  private static boolean differ(Segment rxo, Segment rxe) {
    String ordered = drug(rxo, 1);
    String given = drug(rxe, 2);
    return ordered != null && given != null && !ordered.equals(given);
  }

  private static String drug(Segment segment, int field) {
    String code = segment.field(field).component(1).text();
    return code == null ? segment.field(field).component(2).text() : code;
  }

  /** Name of the detail that is being told, or "" before the first one of the order. */
  String detail() {
    return detail;
  }

  /** Whether the pharmacy has encoded this order (RXE). */
  boolean encoded() {
    return encoded;
  }

  /** Whether the pharmacy encoded another drug than was ordered, so that both have to be told. */
  boolean apart() {
    return apart;
  }

  /** The how-manieth TQ1 of its part of the order this is, from 1. */
  int timings() {
    return timings;
  }
}
