package io.emrgateway.mappings.fhir;

import java.util.Arrays;

/**
 * Writes JSON as UTF-8 into one growing array: only what a bundle needs, no checks of nesting.
 *
 * <p>Our own, because this is a fifth of the time a message takes: no copy into characters, no second buffer, no
 * context objects. The bytes are those that Jackson writes, which a test compares.
 *
 * @see "RFC 8259 chapter 7 (what must be escaped)"
 */
public final class Json {
  /** Characters looked at before room is asked for again; a character takes six bytes at most. */
  private static final int STRETCH = 512;

  private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'};

  private byte[] out;
  private int size;
  /** A stretch of text, copied at once: reading it from the string one by one costs twice the time. */
  private final char[] stretch = new char[STRETCH];

  /**
   * @param expected size in bytes; more is possible
   */
  public Json(int expected) {
    out = new byte[Math.max(expected, 64)];
  }

  /** Begins an object, as a value of its own or after a name. */
  public Json object() {
    return open('{');
  }

  public Json endObject() {
    return close('}');
  }

  /** Begins an array after a name. */
  public Json array() {
    return open('[');
  }

  public Json endArray() {
    return close(']');
  }

  /**
   * Begins a member.
   *
   * @param name ASCII without anything to escape, as all of FHIR's are
   */
  @SuppressWarnings("deprecation") // String.getBytes(int, int, byte[], int) is exact for ASCII and makes no garbage.
  public Json name(String name) {
    int length = name.length();
    room(length + 4);
    separate();
    out[size++] = '"';
    name.getBytes(0, length, out, size);
    size += length;
    out[size++] = '"';
    out[size++] = ':';
    return this;
  }

  /** Writes a string value. Surrogates are written as escapes, as half a pair has no form in UTF-8. */
  public Json text(String value) {
    int length = value.length();
    room(2);
    separate();
    out[size++] = '"';
    for (int at = 0; at < length; at += STRETCH) {
      int end = Math.min(at + STRETCH, length);
      room(6 * (end - at));
      stretch(value, at, end);
    }
    room(1);
    out[size++] = '"';
    return this;
  }

  /** Writes a number or a truth value exactly as it is spelt; it must be ASCII. */
  @SuppressWarnings("deprecation")
  public Json plain(String value) {
    int length = value.length();
    room(length + 1);
    separate();
    value.getBytes(0, length, out, size);
    size += length;
    return this;
  }

  /** The member {@code "name":"value"}. */
  public Json text(String name, String value) {
    return name(name).text(value);
  }

  /** What has been written, in an array of its own. */
  public byte[] bytes() {
    return Arrays.copyOf(out, size);
  }

  private void stretch(String value, int from, int end) {
    byte[] to = out;
    int n = size;
    char[] chars = stretch;
    value.getChars(from, end, chars, 0);
    for (int i = 0; i < end - from; i++) {
      char c = chars[i];
      if (c < 0x80) {
        if (c < ' ' || c == '"' || c == '\\') {
          n = escape(c, to, n);
        } else {
          to[n++] = (byte) c;
        }
      } else if (c < 0x800) {
        to[n++] = (byte) (0xC0 | c >> 6);
        to[n++] = (byte) (0x80 | c & 0x3F);
      } else if (!Character.isSurrogate(c)) {
        to[n++] = (byte) (0xE0 | c >> 12);
        to[n++] = (byte) (0x80 | c >> 6 & 0x3F);
        to[n++] = (byte) (0x80 | c & 0x3F);
      } else {
        n = hexadecimal(c, to, n);
      }
    }
    size = n;
  }

  private static int escape(char c, byte[] to, int at) {
    byte letter = switch (c) {
      case '"', '\\' -> (byte) c;
      case '\b' -> 'b';
      case '\t' -> 't';
      case '\n' -> 'n';
      case '\f' -> 'f';
      case '\r' -> 'r';
      default -> 0;
    };
    if (letter == 0) {
      return hexadecimal(c, to, at);
    }
    to[at] = '\\';
    to[at + 1] = letter;
    return at + 2;
  }

  private static int hexadecimal(char c, byte[] to, int at) {
    to[at] = '\\';
    to[at + 1] = 'u';
    for (int i = 0; i < 4; i++) {
      to[at + 2 + i] = HEX[c >> 12 - 4 * i & 15];
    }
    return at + 6;
  }

  private Json open(char bracket) {
    room(2);
    separate();
    out[size++] = (byte) bracket;
    return this;
  }

  private Json close(char bracket) {
    room(1);
    out[size++] = (byte) bracket;
    return this;
  }

  /** A comma, unless this is the first of its array or object, or the value of a name. */
  private void separate() {
    if (size > 0) {
      byte before = out[size - 1];
      if (before != '{' && before != '[' && before != ':') {
        out[size++] = ',';
      }
    }
  }

  private void room(int more) {
    if (size + more > out.length) {
      out = Arrays.copyOf(out, Math.max(size + more, out.length * 2));
    }
  }
}
