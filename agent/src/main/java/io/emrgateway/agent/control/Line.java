package io.emrgateway.agent.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One JSON object on one line, without objects in it: keys in the order they were put. */
public final class Line {
  private static final Pattern PAIR =
      Pattern.compile(",?\"((?:[^\"\\\\]|\\\\.)*+)\":(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|(-?[0-9.]+|true|false))");

  private final StringBuilder text = new StringBuilder("{");

  /** Null values are left out. */
  public Line put(String key, Object value) {
    if (value != null) {
      text.append(text.length() == 1 ? "" : ",").append('"').append(key).append("\":");
      if (value instanceof Number || value instanceof Boolean) {
        text.append(value);
      } else {
        quote(value.toString());
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
    Matcher pair = PAIR.matcher(line);
    int at = 1;
    while (pair.find() && pair.start() == at) {
      values.put(unquoted(pair.group(1)), pair.group(2) != null ? unquoted(pair.group(2)) : pair.group(3));
      at = pair.end();
    }
    if (!line.startsWith("{") || !line.endsWith("}") || at != line.length() - 1) {
      throw new IllegalArgumentException("not a line of the control socket");
    }
    return values;
  }

  private static String unquoted(String text) {
    StringBuilder plain = new StringBuilder();
    for (int k = 0; k < text.length(); k++) {
      char c = text.charAt(k);
      if (c == '\\' && text.charAt(++k) == 'u') {
        plain.append((char) Integer.parseInt(text.substring(k + 1, k + 5), 16));
        k += 4;
      } else {
        plain.append(text.charAt(k));
      }
    }
    return plain.toString();
  }

  @Override
  public String toString() {
    return text + "}";
  }
}
