package io.emrgateway.mappings.hl7;

import io.emrgateway.mappings.hl7.Hl7Message.Delimiters;
import java.util.Arrays;

/**
 * One segment: its name, its place among those of the same name, and its fields by number.
 *
 * <p>MSH counts as the standard does: MSH-1 is the field separator itself, MSH-2 the encoding characters, and
 * neither is ever split or unescaped.
 */
public final class Segment {
  private final String text;
  private final Delimiters delimiters;
  private final String name;
  private final int ordinal;
  private final int start;
  private final int end;
  private int[] fields;
  private int count = -1;

  Segment(String text, Delimiters delimiters, String name, int ordinal, int start, int end) {
    this.text = text;
    this.delimiters = delimiters;
    this.name = name;
    this.ordinal = ordinal;
    this.start = start;
    this.end = end;
  }

  /** Three characters, e.g. {@code PID}. */
  public String name() {
    return name;
  }

  /** The how-manieth segment of this name in the message, from 1. */
  public int ordinal() {
    return ordinal;
  }

  /** Where it stands, e.g. {@code PID} or {@code OBX[3]}; never holds a value. */
  public String place() {
    return ordinal == 1 ? name : name + "[" + ordinal + "]";
  }

  /** Its characters as they stand, without its end. */
  public String raw() {
    return text.substring(start, end);
  }

  /** Number of the last field that is written, empty or not. */
  public int size() {
    index();
    return count;
  }

  /** Field {@code n}, from 1; an empty part when the segment is shorter. */
  public Part field(int n) {
    index();
    if (n < 1 || n > count) {
      return Part.EMPTY;
    }
    if (isHeader() && n <= 2) {
      int at = start + 3;
      return n == 1
          ? new Part(text, delimiters, at, at + 1, Part.OPAQUE)
          : new Part(text, delimiters, at + 1, fields[2], Part.OPAQUE);
    }
    int from = fields[n - 1] + 1;
    int to = fields[n];
    return from >= to ? Part.EMPTY : new Part(text, delimiters, from, to, Part.FIELD);
  }

  /** Whether field {@code n} holds anything, an HL7 null included; costs no object. */
  public boolean hasField(int n) {
    index();
    return n >= 1 && n <= count && (isHeader() && n <= 2 || fields[n] > fields[n - 1] + 1);
  }

  /** Whether field {@code n} is written with more than one repetition; costs no object. */
  public boolean repeats(int n) {
    if (!hasField(n) || isHeader() && n <= 2) {
      return false;
    }
    for (int i = fields[n - 1] + 1; i < fields[n]; i++) {
      if (text.charAt(i) == delimiters.repetition()) {
        return true;
      }
    }
    return false;
  }

  private boolean isHeader() {
    return name.equals("MSH") || name.equals("FHS") || name.equals("BHS");
  }

  /** fields[n - 1] is the position of the separator in front of field n, fields[count] the end of the segment. */
  private void index() {
    if (count >= 0) {
      return;
    }
    int[] at = new int[32];
    int n = 0;
    int i = start + 3;
    if (isHeader()) {
      at[n++] = i;
    }
    while (i < end) {
      int next = text.indexOf(delimiters.field(), i);
      if (next < 0 || next >= end) {
        break;
      }
      if (n + 1 >= at.length) {
        at = Arrays.copyOf(at, at.length * 2);
      }
      at[n++] = next;
      i = next + 1;
    }
    if (n == 0) {
      at[n++] = end;
    }
    at[n] = end;
    fields = at;
    count = n == 1 && at[0] == end ? 0 : n;
  }

  @Override
  public String toString() {
    return place();
  }
}
