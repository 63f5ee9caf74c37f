package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.records.Tree;

/** FHIR's times in HL7 v2's words, as precise as they are said. */
final class Times {
  private Times() {}

  /** {@code 2026-11-20T09:55:00+08:00} as {@code 20261120095500+0800}; "" for null and what is no time. */
  static String of(String dateTime) {
    if (dateTime == null || !dateTime.matches("\\d{4}(-\\d{2}(-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})?)?)?)?")) {
      return "";
    }
    int time = dateTime.indexOf('T');
    if (time < 0) {
      return dateTime.replace("-", "");
    }
    String rest = dateTime.substring(time + 1).replace("Z", "+0000").replace(":", "");
    int dot = rest.indexOf('.');
    // HL7 v2 has four digits of a second at most.
    String clock = dot < 0 ? rest : rest.replaceFirst("(\\.\\d{1,4})\\d*", "$1");
    return dateTime.substring(0, time).replace("-", "") + clock;
  }

  /** The day of a time; "" for none. */
  static String dayOf(String dateTime) {
    String time = of(dateTime);
    return time.length() > 8 ? time.substring(0, 8) : time;
  }

  /** When something was: a moment or the begin of a period, whichever is said. @param choice e.g. {@code effective} */
  static String begin(Object of, String choice) {
    String moment = Tree.text(of, choice + "DateTime");
    return of(moment != null ? moment : Tree.text(of, choice + "Period", "start"));
  }

  static String end(Object of, String choice) {
    return of(Tree.text(of, choice + "Period", "end"));
  }
}
