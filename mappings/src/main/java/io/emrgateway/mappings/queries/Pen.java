package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.hl7.Hl7Message.Delimiters;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Writes segments in the sender's delimiters. A character that the answer's character set lacks is written as the escape
 * sequence of its UTF-8 octets, {@code \XF0A0AEB7\}: seen, and never taken for a question mark.
 */
final class Pen {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private final Delimiters with;
  private final CharsetEncoder encoder;
  private final char between;

  /** @param encoder of the answer's character set */
  Pen(Delimiters with, CharsetEncoder encoder) {
    this(with, encoder, with.component());
  }

  private Pen(Delimiters with, CharsetEncoder encoder, char between) {
    this.with = with;
    this.encoder = encoder;
    this.between = between;
  }

  /** Writes what is a whole data type within a component: its components are subcomponents. */
  Pen packed() {
    return new Pen(with, encoder, with.subcomponent());
  }

  Delimiters delimiters() {
    return with;
  }

  /** A leaf; null is nothing. Line ends become the formatting escape, other control characters a blank. */
  String text(String value) {
    if (value == null) {
      return "";
    }
    StringBuilder out = new StringBuilder(value.length() + 8);
    String lines = value.strip().replace("\r\n", "\n").replace('\r', '\n');
    for (int i = 0; i < lines.length(); i += Character.charCount(lines.codePointAt(i))) {
      int point = lines.codePointAt(i);
      if (point == '\n') {
        escape(out, ".br");
      } else if (point < ' ' || point == 0x7F || point >= 0xD800 && point <= 0xDFFF) {
        out.append(' ');
      } else if (point == with.field()) {
        escape(out, "F");
      } else if (point == with.component()) {
        escape(out, "S");
      } else if (point == with.repetition()) {
        escape(out, "R");
      } else if (point == with.escape()) {
        escape(out, "E");
      } else if (point == with.subcomponent()) {
        escape(out, "T");
      } else {
        String character = Character.toString(point);
        if (point < 0x80 || encoder.canEncode(character)) {
          out.append(character);
        } else {
          escape(out, "X" + HEX.formatHex(character.getBytes(StandardCharsets.UTF_8)));
        }
      }
    }
    return out.toString();
  }

  private void escape(StringBuilder out, String sequence) {
    out.append(with.escape()).append(sequence).append(with.escape());
  }

  /** Components, each already written. */
  String components(String... written) {
    return joined(between, written);
  }

  String subcomponents(String... written) {
    return joined(with.subcomponent(), written);
  }

  String repetitions(Iterable<String> written) {
    StringBuilder out = new StringBuilder();
    for (String one : written) {
      if (!one.isEmpty()) {
        out.append(out.length() == 0 ? "" : String.valueOf(with.repetition())).append(one);
      }
    }
    return out.toString();
  }

  /** A segment without its end. @param fields from the first, each already written; null is nothing */
  String segment(String name, String... fields) {
    String joined = joined(with.field(), fields);
    return joined.isEmpty() ? name : name + with.field() + joined;
  }

  private static String joined(char by, String... parts) {
    int last = parts.length;
    while (last > 0 && (parts[last - 1] == null || parts[last - 1].isEmpty())) {
      last--;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < last; i++) {
      out.append(i == 0 ? "" : String.valueOf(by)).append(parts[i] == null ? "" : parts[i]);
    }
    return out.toString();
  }
}
