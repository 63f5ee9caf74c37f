package io.emrgateway.routes.camel;

import io.emrgateway.mappings.hl7.Msh;
import io.emrgateway.routes.core.Refused.Reason;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How an answer is put: our texts in the sender's delimiters, and the ERR segment of the sender's version. */
final class Wording {
  /** Conditions of HL7 table 0357 that {@link Reason} uses (HL7 v2.5.1, chapter 2.15.5.4). */
  private static final Map<Integer, String> TABLE_0357 = Map.of(
      100, "Segment sequence error",
      101, "Required field missing",
      102, "Data type error",
      200, "Unsupported message type",
      207, "Application internal error");

  /** "PID-3", "PID-3.1": segment, field, component. */
  private static final Pattern PLACE = Pattern.compile("([A-Z][A-Z0-9]{2})-(\\d+)(?:\\.(\\d+))?");
  private static final Map<Charset, Boolean> CHINESE = new ConcurrentHashMap<>();

  private Wording() {}

  /** Whether every Chinese text we may have to write exists in a character set; Big5, for one, lacks most. */
  static boolean canWriteChinese(Charset charset) {
    return CHINESE.computeIfAbsent(charset, set -> {
      CharsetEncoder encoder = set.newEncoder();
      for (Reason reason : Reason.values()) {
        if (!encoder.canEncode(reason.textZh() + reason.adviceZh())) {
          return false;
        }
      }
      return true;
    });
  }

  /** What went wrong, for a person, e.g. in MSA-3: Chinese first where it can be written. */
  static String text(Reason reason, boolean chinese) {
    return chinese ? reason.textZh() + " / " + reason.text() : reason.text();
  }

  /** What to do about it. */
  static String advice(Reason reason, boolean chinese) {
    return chinese ? reason.adviceZh() + " / " + reason.advice() : reason.advice();
  }

  /** The ERR segment without its CR: ERR-2 to 5 and 8 since version 2.5, ERR-1 (ELD) before. */
  static String err(Msh to, Reason reason, String place, boolean chinese) {
    char f = to.separator();
    char c = to.component();
    String condition = TABLE_0357.get(reason.hl7());
    Matcher where = PLACE.matcher(place);
    boolean known = where.matches();
    StringBuilder err = new StringBuilder(256).append("ERR").append(f);
    if (atLeast(to.version(), 5)) {
      err.append(f);
      if (known) {
        err.append(where.group(1)).append(c).append('1').append(c).append(where.group(2));
        if (where.group(3) != null) {
          err.append(c).append('1').append(c).append(where.group(3));
        }
      }
      err.append(f).append(reason.hl7()).append(c).append(condition).append(c).append("HL70357");
      err.append(f).append('E');
      err.append(f).append(escaped(reason.code(), to)).append(c).append(escaped(reason.text(), to)).append(c).append("99EMRGW");
      err.append(f);
      // ERR-7 is for us: the place, where it is none of ERR-2's kind ("byte 213").
      err.append(f).append(known ? "" : escaped(place, to));
      err.append(f).append(escaped(text(reason, chinese) + " - " + advice(reason, chinese), to));
      return err.toString();
    }
    err.append(known ? where.group(1) : "").append(c).append(known ? "1" : "").append(c)
        .append(known ? where.group(2) : "").append(c);
    char s = to.subcomponent();
    err.append(reason.hl7());
    if (s != 0) {
      err.append(s).append(condition).append(s).append("HL70357")
          .append(s).append(escaped(reason.code(), to)).append(s).append(s).append("99EMRGW");
    }
    return err.toString();
  }

  /** Our text with the sender's delimiters escaped; if the sender has no escape character, with blanks for them. */
  static String escaped(String text, Msh to) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      String instead = escape(c, to);
      if (instead != null && out == null) {
        out = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (out != null) {
        if (instead == null) {
          out.append(c);
        } else {
          out.append(instead);
        }
      }
    }
    return out == null ? text : out.toString();
  }

  private static String escape(char c, Msh to) {
    char letter;
    if (c == to.separator()) {
      letter = 'F';
    } else if (c == to.component()) {
      letter = 'S';
    } else if (c == to.repetition()) {
      letter = 'R';
    } else if (c == 0) {
      return " ";
    } else if (c == to.escape()) {
      letter = 'E';
    } else if (c == to.subcomponent()) {
      letter = 'T';
    } else {
      return c < ' ' ? " " : null;
    }
    return to.escape() == 0 ? " " : "" + to.escape() + letter + to.escape();
  }

  /** Whether a version such as "2.5.1" is at least 2.{@code minor}; an unknown one counts as 2.4, China's usual. */
  static boolean atLeast(String version, int minor) {
    int sent = 4;
    if (version.startsWith("2.") && version.length() > 2 && Character.isDigit(version.charAt(2))) {
      sent = version.charAt(2) - '0';
    }
    return sent >= minor;
  }
}
