package io.emrgateway.mappings.hl7;

import io.emrgateway.mappings.hl7.Hl7Message.Delimiters;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A field, a repetition, a component or a subcomponent: a window on the message's text.
 *
 * <p>Going down never fails: the first component of a field without component separators is the field itself,
 * and what is not there is {@link #EMPTY}. An HL7 null ({@code ""}: "delete what you have") is not empty and is
 * told apart by {@link #isNull()}; its text is null like that of an absent value, so that nobody stores two
 * quotation marks as a name.
 */
public final class Part {
  static final int OPAQUE = -1;
  static final int FIELD = 0;
  static final int REPETITION = 1;
  static final int COMPONENT = 2;
  static final int SUBCOMPONENT = 3;

  /** Nothing: not valued, no repetitions, no text. */
  public static final Part EMPTY = new Part("", new Delimiters('|', '^', '~', '\\', '&'), 0, 0, SUBCOMPONENT);

  private final String text;
  private final Delimiters delimiters;
  private final int start;
  private final int end;
  private final int level;

  Part(String text, Delimiters delimiters, int start, int end, int level) {
    this.text = text;
    this.delimiters = delimiters;
    this.start = start;
    this.end = end;
    this.level = level;
  }

  /** Whether nothing at all is written here. */
  public boolean isEmpty() {
    return start >= end;
  }

  /** Whether the sender wrote {@code ""}: the value is to be deleted at the receiver. */
  public boolean isNull() {
    return end - start == 2 && text.charAt(start) == '"' && text.charAt(start + 1) == '"';
  }

  /** Whether there is a value somewhere in here: anything but delimiters, blanks and HL7 nulls. */
  public boolean isValued() {
    if (start >= end) {
      return false;
    }
    char first = text.charAt(start);
    if (!isBlank(first) && first != '"' && !isDelimiterHere(first)) {
      return true;
    }
    if (level == OPAQUE) {
      return true;
    }
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c == '"' && i + 1 < end && text.charAt(i + 1) == '"') {
        i++;
      } else if (!isBlank(c) && !isDelimiterHere(c)) {
        return true;
      }
    }
    return false;
  }

  /** Exactly what is written, escapes and delimiters included. */
  public String raw() {
    return text.substring(start, end);
  }

  /** Number of repetitions, at least 1 when anything is written. */
  public int repetitions() {
    if (isEmpty()) {
      return 0;
    }
    return level == FIELD ? count(delimiters.repetition()) : 1;
  }

  /** Every repetition, in order, found in one pass: one by one, the n-th would cost n. */
  public List<Part> eachRepetition() {
    if (isEmpty()) {
      return List.of();
    }
    if (level != FIELD || indexOf(delimiters.repetition(), start, end) < 0) {
      return List.of(repetition(1));
    }
    List<Part> all = new ArrayList<>();
    int from = start;
    while (from <= end) {
      int at = indexOf(delimiters.repetition(), from, end);
      int to = at < 0 ? end : at;
      all.add(from >= to ? EMPTY : new Part(text, delimiters, from, to, REPETITION));
      from = to + 1;
    }
    return all;
  }

  /** Repetition {@code n}, from 1. */
  public Part repetition(int n) {
    return level == FIELD ? child(delimiters.repetition(), n, REPETITION) : n == 1 ? this : EMPTY;
  }

  /** Number of components of this (or its first) repetition. */
  public int components() {
    if (isEmpty()) {
      return 0;
    }
    if (level == FIELD) {
      return repetition(1).components();
    }
    return level == REPETITION ? count(delimiters.component()) : 1;
  }

  /** Component {@code n}, from 1, of this (or its first) repetition. */
  public Part component(int n) {
    if (level == FIELD) {
      return repetition(1).component(n);
    }
    return level == REPETITION ? child(delimiters.component(), n, COMPONENT) : n == 1 ? this : EMPTY;
  }

  /** Number of subcomponents of this (or its first) component. */
  public int subcomponents() {
    if (isEmpty()) {
      return 0;
    }
    if (level < COMPONENT && level != OPAQUE) {
      return component(1).subcomponents();
    }
    return level == COMPONENT ? count(delimiters.subcomponent()) : 1;
  }

  /** Subcomponent {@code n}, from 1, of this (or its first) component. */
  public Part subcomponent(int n) {
    if (level < COMPONENT && level != OPAQUE) {
      return component(1).subcomponent(n);
    }
    return level == COMPONENT ? child(delimiters.subcomponent(), n, SUBCOMPONENT) : n == 1 ? this : EMPTY;
  }

  /**
   * A component seen as a repetition whose components are its subcomponents, as in NDL.1 or EIP.1, where a whole
   * data type is packed into one component.
   */
  public Part packed() {
    if (level != COMPONENT) {
      return this;
    }
    Delimiters d = delimiters;
    return new Part(text, new Delimiters(d.field(), d.subcomponent(), d.repetition(), d.escape(), '\0'), start, end,
        REPETITION);
  }

  /**
   * The text of the first leaf, unescaped and with blanks at both ends taken off.
   *
   * @return null when there is none, when it is blank or when it is an HL7 null
   */
  public String text() {
    if (isEmpty()) {
      return null;
    }
    if (level == OPAQUE) {
      return raw();
    }
    return clean(start, endOfFirstLeaf());
  }

  private int endOfFirstLeaf() {
    if (level == SUBCOMPONENT) {
      return end;
    }
    char subcomponent = delimiters.subcomponent();
    char component = level <= REPETITION ? delimiters.component() : subcomponent;
    char repetition = level <= FIELD ? delimiters.repetition() : subcomponent;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c == component || c == subcomponent || c == repetition) {
        return i;
      }
    }
    return end;
  }

  /**
   * The whole text with unescaped delimiters left in it: for free text whose sender forgot to escape.
   *
   * @return null when blank or an HL7 null
   */
  public String whole() {
    return isEmpty() ? null : level == OPAQUE ? raw() : clean(start, end);
  }

  private String clean(int from, int to) {
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    if (from == to || to - from == 2 && text.charAt(from) == '"' && text.charAt(from + 1) == '"') {
      return null;
    }
    char escape = delimiters.escape();
    if (escape != 0) {
      if (indexOf(escape, from, to) >= 0) {
        String unescaped = unescape(from, to).strip();
        return unescaped.isEmpty() ? null : unescaped;
      }
    }
    return text.substring(from, to);
  }

  /**
   * Resolves the escape sequences of HL7 v2.5.1 chapter 2.7. What cannot be resolved without guessing (character
   * set switches, hexadecimal bytes that are no UTF-8, unknown letters) stays as it was sent.
   */
  private String unescape(int from, int to) {
    StringBuilder out = new StringBuilder(to - from);
    char escape = delimiters.escape();
    int i = from;
    while (i < to) {
      char c = text.charAt(i);
      int close = c == escape ? indexOf(escape, i + 1, to) : -1;
      if (c != escape || close < 0 || !resolve(text, i + 1, close, out)) {
        out.append(c);
        i++;
      } else {
        i = close + 1;
      }
    }
    return out.toString();
  }

  private boolean resolve(String s, int from, int to, StringBuilder out) {
    if (to - from == 1) {
      switch (s.charAt(from)) {
        case 'F' -> out.append(delimiters.field());
        case 'S' -> out.append(delimiters.component());
        // In a packed component the real subcomponent character has taken the place of the component's.
        case 'T' -> out.append(delimiters.subcomponent() == 0 ? '&' : delimiters.subcomponent());
        case 'R' -> out.append(delimiters.repetition());
        case 'E' -> out.append(delimiters.escape());
        case 'P' -> out.append('#'); // the truncation character of v2.7
        case 'H', 'N' -> { }
        default -> {
          return false;
        }
      }
      return true;
    }
    if (to - from >= 3 && s.charAt(from) == 'X' && (to - from) % 2 == 1) {
      return hexadecimal(s, from + 1, to, out);
    }
    if (to - from >= 3 && s.charAt(from) == '.') {
      switch (s.substring(from + 1, from + 3)) {
        case "br", "sp", "ce" -> out.append('\n');
        case "fi", "nf", "in", "ti", "sk" -> { }
        default -> {
          return false;
        }
      }
      return true;
    }
    return false;
  }

  private static boolean hexadecimal(String s, int from, int to, StringBuilder out) {
    byte[] bytes = new byte[(to - from) / 2];
    for (int i = 0; i < bytes.length; i++) {
      int high = Character.digit(s.charAt(from + 2 * i), 16);
      int low = Character.digit(s.charAt(from + 2 * i + 1), 16);
      if (high < 0 || low < 0) {
        return false;
      }
      bytes[i] = (byte) (high << 4 | low);
    }
    try {
      String decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      out.append(decoded.replace("\r\n", "\n").replace('\r', '\n'));
      return true;
    } catch (CharacterCodingException e) {
      // The bytes are in the sender's own charset, which only the sender's policy knows.
      return false;
    }
  }

  /** Control characters, the blank, and the full-width blank with which Chinese systems pad a field. */
  private static boolean isBlank(char c) {
    return c <= ' ' || c == '\u3000';
  }

  private boolean isDelimiterHere(char c) {
    return level < SUBCOMPONENT && level != OPAQUE
        && (c == delimiters.repetition() || c == delimiters.component() || c == delimiters.subcomponent());
  }

  /** Looks no further than this part: a value without escapes must not cost a walk to the message's end. */
  private int indexOf(char sought, int from, int to) {
    if (sought != 0) {
      for (int i = from; i < to; i++) {
        if (text.charAt(i) == sought) {
          return i;
        }
      }
    }
    return -1;
  }

  private int count(char delimiter) {
    if (delimiter == 0) {
      return 1;
    }
    int n = 1;
    for (int i = start; i < end; i++) {
      if (text.charAt(i) == delimiter) {
        n++;
      }
    }
    return n;
  }

  private Part child(char delimiter, int n, int childLevel) {
    if (n < 1 || isEmpty()) {
      return EMPTY;
    }
    int from = start;
    for (int k = 1; k < n; k++) {
      int at = indexOf(delimiter, from, end);
      if (at < 0) {
        return EMPTY;
      }
      from = at + 1;
    }
    int to = indexOf(delimiter, from, end);
    if (to < 0) {
      to = end;
    }
    return from >= to ? EMPTY : new Part(text, delimiters, from, to, childLevel);
  }

  @Override
  public String toString() {
    // Never the value: a part may be printed by accident, and it is patient data.
    return "Part[" + (end - start) + " characters]";
  }
}
