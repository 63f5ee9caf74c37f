package io.emrgateway.fhirserver;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Segments written so that a reader sees which field holds what. */
final class Segments {
  private Segments() {}

  /**
   * One segment.
   *
   * @param fields field number and value by turns, e.g. {@code segment("OBR", 2, "F1", 25, "F")}
   */
  static String segment(String name, Object... fields) {
    List<String> all = new ArrayList<>(List.of(name));
    for (int i = 0; i < fields.length; i += 2) {
      int number = (int) fields[i];
      all.addAll(Collections.nCopies(Math.max(0, number + 1 - all.size()), ""));
      all.set(number, (String) fields[i + 1]);
    }
    return String.join("|", all);
  }

  /** PID of a patient of this number, as full as an admission writes it. */
  static String pid(String number) {
    return segment("PID", 1, "1", 3, number + "^^^RMYY^PI", 5, "测试甲", 7, "19800101", 8, "M", 11, "北京市海淀区测试路1号",
        13, "13800000000");
  }

  /** PV1 of an inpatient's visit of this number, with what else a test wants to say. */
  static String pv1(String visit, Object... more) {
    Object[] fields = new Object[6 + more.length];
    System.arraycopy(new Object[] {1, "1", 2, "I", 19, visit + "^^^RMYY"}, 0, fields, 0, 6);
    System.arraycopy(more, 0, fields, 6, more.length);
    return segment("PV1", fields);
  }
}
