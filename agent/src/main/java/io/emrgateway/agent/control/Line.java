package io.emrgateway.agent.control;

/** One JSON object on one line, keys in the order they were put. */
public final class Line {
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

  @Override
  public String toString() {
    return text + "}";
  }
}
