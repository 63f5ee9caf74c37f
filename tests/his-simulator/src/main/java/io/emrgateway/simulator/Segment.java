package io.emrgateway.simulator;

import java.util.Arrays;

/** One segment in the making; fields count from 1 as in the standard, and empty ones at the end are not written. */
final class Segment {
  private final String name;
  private String[] fields = new String[24];
  private int last;

  private Segment(String name) {
    this.name = name;
  }

  static Segment of(String name) {
    return new Segment(name);
  }

  /** Sets a field to text that is escaped already. */
  Segment put(int field, String value) {
    if (field >= fields.length) {
      fields = Arrays.copyOf(fields, field + 16);
    }
    fields[field] = value;
    last = value.isEmpty() ? last : Math.max(last, field);
    return this;
  }

  Segment put(int field, int value) {
    return put(field, Integer.toString(value));
  }

  @Override
  public String toString() {
    boolean header = name.equals("MSH");
    StringBuilder text = new StringBuilder(name).append(header ? "|^~\\&" : "");
    for (int i = header ? 3 : 1; i <= last; i++) {
      text.append('|').append(fields[i] == null ? "" : fields[i]);
    }
    return text.toString();
  }
}
