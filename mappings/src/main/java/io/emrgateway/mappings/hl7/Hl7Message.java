package io.emrgateway.mappings.hl7;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * One HL7 v2 message as text, read by position: nothing is copied until somebody asks for it.
 *
 * <p>The reader is tolerant, because what arrives has already been acknowledged: segments may end in CR, LF or
 * CRLF; blanks, a byte order mark or batch headers may stand in front; delimiters are taken from MSH-1 and MSH-2,
 * and missing encoding characters are filled with the usual ones. Lines that are no segment are kept in
 * {@link #unread()}. It knows no version and no structure: what a segment means is the mapping's business.
 *
 * <p>Immutable in what it says; segments index their fields on first use, so one message belongs to one thread.
 *
 * @see "HL7 v2.5.1 chapter 2.5 (delimiters), 2.7 (escape sequences)"
 */
public final class Hl7Message {
  private static final String USUAL_ENCODING_CHARACTERS = "^~\\&";

  private final String text;
  private final Delimiters delimiters;
  private final List<Segment> segments;
  private final List<Unread> unread;

  private Hl7Message(String text, Delimiters delimiters, List<Segment> segments, List<Unread> unread) {
    this.text = text;
    this.delimiters = delimiters;
    this.segments = Collections.unmodifiableList(segments);
    this.unread = unread.isEmpty() ? List.of() : Collections.unmodifiableList(unread);
  }

  /** The five delimiters of a message; an absent escape or subcomponent character cannot occur here. */
  public record Delimiters(char field, char component, char repetition, char escape, char subcomponent) {}

  /**
   * A stretch of the text that is no segment.
   *
   * @param line number of the line in the text, from 1
   * @param why what it is instead
   */
  public record Unread(int line, Why why) {
    /** Why a line was not read. */
    public enum Why {
      /** In front of MSH: a batch header or stray text. */
      BEFORE_HEADER,
      /** Does not begin with a segment name and the field separator. */
      NOT_A_SEGMENT,
      /** Belongs to a second message in the same text. */
      SECOND_MESSAGE
    }
  }

  /**
   * Reads a text.
   *
   * @return the message, or empty when the text holds no line that begins with MSH and a usable field separator:
   *     then nothing in it can be told apart
   */
  public static Optional<Hl7Message> read(String text) {
    int header = headerOf(text);
    if (header < 0) {
      return Optional.empty();
    }
    char field = text.charAt(header + 3);
    Delimiters delimiters = delimitersAt(text, header + 4, field);
    List<Segment> segments = new ArrayList<>(16);
    List<Unread> unread = new ArrayList<>(0);
    Ordinals ordinals = new Ordinals();
    int line = 0;
    int length = text.length();
    boolean over = false;
    int at = 0;
    while (at < length) {
      int end = at;
      while (end < length && text.charAt(end) != '\r' && text.charAt(end) != '\n') {
        end++;
      }
      line++;
      int start = skipBlanks(text, at, end);
      int stop = end;
      while (stop > start && isFrame(text.charAt(stop - 1))) {
        stop--;
      }
      if (stop > start) {
        if (start < header) {
          unread.add(new Unread(line, Unread.Why.BEFORE_HEADER));
        } else if (over || (start > header && text.startsWith("MSH" + field, start))) {
          over = true;
          unread.add(new Unread(line, Unread.Why.SECOND_MESSAGE));
        } else if (!isSegment(text, start, stop, field)) {
          unread.add(new Unread(line, Unread.Why.NOT_A_SEGMENT));
        } else {
          String name = nameOf(text, start);
          segments.add(new Segment(text, delimiters, name, ordinals.next(name), start, stop));
        }
      }
      at = end + 1;
      if (end < length && text.charAt(end) == '\r' && at < length && text.charAt(at) == '\n') {
        at++;
      }
    }
    return Optional.of(new Hl7Message(text, delimiters, segments, unread));
  }

  /** The text as it was given. */
  public String text() {
    return text;
  }

  public Delimiters delimiters() {
    return delimiters;
  }

  /** All segments in the order of the text; the first is MSH. */
  public List<Segment> segments() {
    return segments;
  }

  /** The message header. */
  public Segment header() {
    return segments.get(0);
  }

  /** The first segment of a name, or null. */
  public Segment first(String name) {
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i).name().equals(name)) {
        return segments.get(i);
      }
    }
    return null;
  }

  /** Lines that are no segment of this message, in order. */
  public List<Unread> unread() {
    return unread;
  }

  private static int headerOf(String text) {
    int at = 0;
    int length = text.length();
    while (at < length) {
      int start = skipBlanks(text, at, length);
      if (text.startsWith("MSH", start) && start + 4 < length && isDelimiter(text.charAt(start + 3))) {
        return start;
      }
      int end = start;
      while (end < length && text.charAt(end) != '\r' && text.charAt(end) != '\n') {
        end++;
      }
      at = end + 1;
    }
    return -1;
  }

  private static boolean isDelimiter(char c) {
    return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
  }

  private static Delimiters delimitersAt(String text, int at, char field) {
    char[] found = new char[4];
    for (int i = 0; i < 4; i++) {
      char usual = USUAL_ENCODING_CHARACTERS.charAt(i);
      char c = at < text.length() ? text.charAt(at) : field;
      if (c != field && isDelimiter(c)) {
        found[i] = c;
        at++;
      } else {
        // MSH-2 is shorter than four characters: the rest has its usual meaning unless that is taken already.
        found[i] = usual == field || taken(found, i, usual) ? '\0' : usual;
      }
    }
    return new Delimiters(field, found[0], found[1], found[2], found[3]);
  }

  private static boolean taken(char[] found, int until, char c) {
    for (int i = 0; i < until; i++) {
      if (found[i] == c) {
        return true;
      }
    }
    return false;
  }

  private static int skipBlanks(String text, int at, int end) {
    while (at < end) {
      char c = text.charAt(at);
      if (c == ' ' || c == '\t' || c == '\uFEFF' || isFrame(c)) {
        at++;
      } else {
        break;
      }
    }
    return at;
  }

  private static boolean isFrame(char c) {
    return c == 0x0B || c == 0x1C || c == 0;
  }

  private static boolean isSegment(String text, int start, int end, char field) {
    if (end - start < 3) {
      return false;
    }
    char a = text.charAt(start);
    char b = text.charAt(start + 1);
    char c = text.charAt(start + 2);
    return a >= 'A' && a <= 'Z' && isNameChar(b) && isNameChar(c)
        && (end - start == 3 || text.charAt(start + 3) == field);
  }

  private static boolean isNameChar(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** Segment names come from a small set; sharing them keeps the garbage of a message small. */
  private static final String[] NAMES = new String[1024];

  private static String nameOf(String text, int start) {
    int slot = (text.charAt(start) * 961 + text.charAt(start + 1) * 31 + text.charAt(start + 2)) & NAMES.length - 1;
    String name = NAMES[slot];
    if (name != null && text.startsWith(name, start)) {
      return name;
    }
    // Two threads may both write here: either string is a right one, and strings are safe to share.
    name = text.substring(start, start + 3);
    NAMES[slot] = name;
    return name;
  }

  /** Counts segments by name; a message has few names, so a linear look is the cheap one. */
  private static final class Ordinals {
    private String[] names = new String[8];
    private int[] counts = new int[8];
    private int size;

    int next(String name) {
      for (int i = 0; i < size; i++) {
        if (names[i].equals(name)) {
          return ++counts[i];
        }
      }
      if (size == names.length) {
        names = java.util.Arrays.copyOf(names, size * 2);
        counts = java.util.Arrays.copyOf(counts, size * 2);
      }
      names[size] = name;
      counts[size++] = 1;
      return 1;
    }
  }
}
