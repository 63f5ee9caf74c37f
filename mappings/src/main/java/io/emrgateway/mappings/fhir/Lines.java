package io.emrgateway.mappings.fhir;

import java.nio.charset.StandardCharsets;

/** A bundle as people read and compare it: one value a line, two spaces deeper for each level. */
public final class Lines {
  private Lines() {}

  /**
   * @param json as {@link Json} writes it: no white space between its parts
   * @return the same JSON over many lines, each ended by a line feed; surrogate pairs as the characters they are
   */
  public static String of(byte[] json) {
    String text = new String(json, StandardCharsets.UTF_8);
    StringBuilder out = new StringBuilder(text.length() * 2);
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> i = string(text, i, out);
        case '{', '[' -> {
          out.append(c);
          boolean empty = text.charAt(i + 1) == (c == '{' ? '}' : ']');
          if (empty) {
            out.append(text.charAt(++i));
          } else {
            line(out, ++depth);
          }
        }
        case '}', ']' -> {
          line(out, --depth);
          out.append(c);
        }
        case ',' -> {
          out.append(c);
          line(out, depth);
        }
        case ':' -> out.append(": ");
        default -> out.append(c);
      }
    }
    return out.append('\n').toString();
  }

  private static void line(StringBuilder out, int depth) {
    out.append('\n').append("  ".repeat(depth));
  }

  /** Copies a string with its quotes; returns where its closing quote stands. */
  private static int string(String text, int from, StringBuilder out) {
    int i = from;
    do {
      char c = text.charAt(i);
      if (c != '\\') {
        out.append(c);
      } else if (text.charAt(++i) == 'u' && Character.isSurrogate(unit(text, i))) {
        out.append(unit(text, i));
        i += 4;
      } else {
        out.append(c).append(text.charAt(i));
      }
      i++;
    } while (text.charAt(i) != '"');
    out.append('"');
    return i;
  }

  private static char unit(String text, int at) {
    return (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
  }
}
