package io.emrgateway.agent.control;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** One JSON object on one line, without objects in it: keys in the order they were put. */
public final class Line {
  /** Of a file's bytes on one line; a multiple of three, so that only the last piece is padded. */
  private static final int PIECE_BYTES = 48 << 10;

  private final StringBuilder text = new StringBuilder("{");

  /** Writes bytes, as many lines as it takes. */
  static void pieces(byte[] bytes, PrintWriter out) {
    for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
      byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + PIECE_BYTES));
      out.println(new Line().put("piece", Base64.getEncoder().encodeToString(piece)));
    }
  }

  /** Null values are left out; an {@link Instant} is written as {@link Times#of} does. */
  public Line put(String key, Object value) {
    if (value != null) {
      text.append(text.length() == 1 ? "" : ",").append('"').append(key).append("\":");
      if (value instanceof Number || value instanceof Boolean) {
        text.append(value);
      } else {
        quote(value instanceof Instant at ? Times.of(at) : value.toString());
      }
    }
    return this;
  }

  private void quote(String value) {
    text.append('"');
    for (int k = 0; k < value.length(); k++) {
      char c = value.charAt(k);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ') {
        text.append(String.format("\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  /**
   * Reads what {@link #toString} wrote; numbers and truth values as their text.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static Map<String, String> read(String line) {
    Map<String, String> values = new LinkedHashMap<>();
    Cursor cursor = new Cursor(line);
    cursor.pass('{');
    while (!cursor.isAt('}')) {
      if (!values.isEmpty()) {
        cursor.pass(',');
      }
      String key = cursor.quoted();
      cursor.pass(':');
      values.put(key, cursor.isAt('"') ? cursor.quoted() : cursor.bare());
    }
    cursor.pass('}');
    cursor.end();
    return values;
  }

  private static final class Cursor {
    private final String text;
    private int at;

    Cursor(String text) {
      this.text = text;
    }

    private static IllegalArgumentException wrong() {
      return new IllegalArgumentException("not a line of the control socket");
    }

    boolean isAt(char c) {
      return at < text.length() && text.charAt(at) == c;
    }

    void pass(char c) {
      if (next() != c) {
        throw wrong();
      }
    }

    void end() {
      if (at != text.length()) {
        throw wrong();
      }
    }

    private char next() {
      if (at == text.length()) {
        throw wrong();
      }
      return text.charAt(at++);
    }

    String quoted() {
      StringBuilder plain = new StringBuilder();
      pass('"');
      for (char c = next(); c != '"'; c = next()) {
        char escaped = c == '\\' ? next() : c;
        if (c == '\\' && escaped == 'u') {
          escaped = (char) Integer.parseInt("" + next() + next() + next() + next(), 16);
        }
        plain.append(escaped);
      }
      return plain.toString();
    }

    /** A number or a truth value. */
    String bare() {
      int from = at;
      while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || isAt('-') || isAt('.'))) {
        at++;
      }
      if (at == from) {
        throw wrong();
      }
      return text.substring(from, at);
    }
  }

  @Override
  public String toString() {
    return text + "}";
  }
}
