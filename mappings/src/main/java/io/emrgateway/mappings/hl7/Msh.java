package io.emrgateway.mappings.hl7;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The header segment of a message: delimiters and fields exactly as sent, nothing unescaped, nothing trimmed.
 *
 * <p>Reading never throws. What is wrong with the header is a value ({@link #fault()}); beside a fault, every
 * field is empty and the delimiters are the usual ones.
 */
public final class Msh {

  /** Why a text has no usable header. */
  public enum Fault {
    /** The text does not begin with MSH. */
    NO_MSH,
    /** MSH-1 or MSH-2 is missing, uses letters, digits or control characters, or repeats a delimiter. */
    DELIMITERS
  }

  /** The standard has 28 (v2.8); a header of 16 million separators is not worth the memory. */
  private static final int FIELDS_MAX = 64;
  private static final String USUAL = "^~\\&";
  private static final Msh NONE = new Msh(Fault.NO_MSH, '|', USUAL, List.of(), 0);
  private static final Msh BROKEN = new Msh(Fault.DELIMITERS, '|', USUAL, List.of(), 0);

  private final Fault fault;
  private final char separator;
  private final String encoding;
  private final List<String> fields;
  private final int end;

  private Msh(Fault fault, char separator, String encoding, List<String> fields, int end) {
    this.fault = fault;
    this.separator = separator;
    this.encoding = encoding;
    this.fields = fields;
    this.end = end;
  }

  /**
   * Reads the first segment. Line ends and blanks before it are passed over; it ends at CR or LF.
   *
   * @param text decoded text of one message
   */
  public static Msh read(String text) {
    int start = 0;
    while (start < text.length() && text.charAt(start) <= ' ') {
      start++;
    }
    if (!text.startsWith("MSH", start)) {
      return NONE;
    }
    int end = start;
    while (end < text.length() && text.charAt(end) != '\r' && text.charAt(end) != '\n') {
      end++;
    }
    if (end == start + 3 || !canDelimit(text.charAt(start + 3))) {
      // "MSHX": some word or other. "MSH" alone: a header without its delimiters.
      return end > start + 3 && Character.isLetterOrDigit(text.charAt(start + 3)) ? NONE : BROKEN;
    }
    char separator = text.charAt(start + 3);
    List<String> fields = new ArrayList<>(24);
    int from = start + 4;
    while (from <= end && fields.size() < FIELDS_MAX) {
      int next = from;
      while (next < end && text.charAt(next) != separator) {
        next++;
      }
      fields.add(text.substring(from, next));
      from = next + 1;
    }
    String encoding = fields.get(0);
    if (!distinct(separator, encoding)) {
      return BROKEN;
    }
    return new Msh(null, separator, encoding, fields, end);
  }

  /** Two delimiters at least: a component and a repetition separator. The others are only needed where used. */
  private static boolean distinct(char separator, String encoding) {
    if (encoding.length() < 2 || encoding.length() > 5) {
      return false;
    }
    for (int i = 0; i < encoding.length(); i++) {
      char c = encoding.charAt(i);
      if (!canDelimit(c) || c == separator || encoding.indexOf(c) != i) {
        return false;
      }
    }
    return true;
  }

  private static boolean canDelimit(char c) {
    return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
  }

  /** What is wrong with the header; empty if it can be used. */
  public Optional<Fault> fault() {
    return Optional.ofNullable(fault);
  }

  /** MSH-1. */
  public char separator() {
    return separator;
  }

  /** MSH-2 as sent, two to five characters. */
  public String encodingCharacters() {
    return encoding;
  }

  public char component() {
    return encoding.charAt(0);
  }

  public char repetition() {
    return encoding.charAt(1);
  }

  /** The escape character, or 0 if the sender declared none. */
  public char escape() {
    return encoding.length() > 2 ? encoding.charAt(2) : 0;
  }

  /** The subcomponent separator, or 0 if the sender declared none. */
  public char subcomponent() {
    return encoding.length() > 3 ? encoding.charAt(3) : 0;
  }

  /**
   * A field exactly as sent.
   *
   * @param number as HL7 counts: 1 is the separator, 2 the encoding characters, 10 the control id
   * @return empty if the field is not there
   */
  public String field(int number) {
    if (number == 1) {
      return fault == null ? String.valueOf(separator) : "";
    }
    return number >= 2 && number - 2 < fields.size() ? fields.get(number - 2) : "";
  }

  /** A component of the first repetition of a field, as sent; empty if it is not there. Both count from 1. */
  public String component(int number, int component) {
    String field = field(number);
    if (number < 3 || field.isEmpty()) {
      return field;
    }
    int stop = field.indexOf(repetition());
    int end = stop < 0 ? field.length() : stop;
    int from = 0;
    for (int at = 1; ; at++) {
      int next = field.indexOf(component(), from);
      if (next < 0 || next > end) {
        next = end;
      }
      if (at == component) {
        return field.substring(from, next);
      }
      if (next == end) {
        return "";
      }
      from = next + 1;
    }
  }

  /** MSH-10 exactly as sent; empty if there is none. */
  public String controlId() {
    return field(10);
  }

  /** MSH-9 as "ORU^R01", whatever the sender's delimiter; "ACK" if there is no event; empty if there is none. */
  public String messageType() {
    String type = component(9, 1).strip();
    String event = component(9, 2).strip();
    return event.isEmpty() ? type : type + "^" + event;
  }

  /** MSH-12.1, e.g. "2.4"; empty if there is none. */
  public String version() {
    return component(12, 1).strip();
  }

  /** Where the segment ends in the text that was read: the index of its CR or LF, or the text's length. */
  public int end() {
    return end;
  }
}
