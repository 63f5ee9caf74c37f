package io.emrgateway.mappings.rules;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * HL7 v2 times in FHIR's words.
 *
 * <p>The precision that was sent is kept: a year stays a year, a date a date. FHIR knows no hour without minutes, so
 * an hour alone becomes its date; seconds that were not sent are written as 00, as FHIR asks for. A time without an
 * offset gets that of MSH-7, else the site's, written out; a date never gets one, because China had summer time from 1986 to 1991 and a
 * date moved through a zone can become the day before.
 *
 * @see "HL7 v2.5.1 chapter 2A.22 (DTM); hl7.org/fhir/R4/datatypes.html#dateTime"
 */
final class Times {
  private Times() {}

  /** A FHIR dateTime, or null when the text is no time; whether the day exists is checked where it is written. */
  static String dateTime(String v2, ZoneOffset zone) {
    return convert(v2, zone, false);
  }

  /** A FHIR instant, or null when the text is no time or less precise than a minute. */
  static String instant(String v2, ZoneOffset zone) {
    return convert(v2, zone, true);
  }

  /** A FHIR date, the time of day cut off; null when the text is no date. */
  static String date(String v2) {
    String t = convert(v2, ZoneOffset.UTC, false);
    return t == null || t.length() <= 10 ? t : t.substring(0, 10);
  }

  /** A FHIR time from HHMM[SS], or null. */
  static String time(String v2) {
    if (v2 == null) {
      return null;
    }
    String t = v2.replace(":", "");
    int n = digits(t, 0);
    if (n < 4 || n == 5) {
      return null;
    }
    return t.substring(0, 2) + ":" + t.substring(2, 4) + ":" + (n >= 6 ? t.substring(4, 6) : "00");
  }

  /** The offset that a time ends with, or null when it has none that can be. */
  static ZoneOffset offset(String v2) {
    int at = v2 == null ? -1 : v2.length() - 5;
    if (at < 8 || !offsetAt(v2, at)) {
      return null;
    }
    try {
      return ZoneOffset.of(v2.substring(at, at + 3) + ":" + v2.substring(at + 3));
    } catch (DateTimeException e) {
      return null; // +9999 is no offset; then MSH-7 says none.
    }
  }

  /** Whether one FHIR time lies before another, as far as the less precise of the two tells; false without either. */
  static boolean isBefore(String one, String other) {
    if (one == null || other == null) {
      return false;
    }
    if (one.length() > 10 && other.length() > 10) {
      try {
        return OffsetDateTime.parse(one).isBefore(OffsetDateTime.parse(other));
      } catch (DateTimeException e) {
        return false; // No real time: it is refused where it is written.
      }
    }
    int common = Math.min(10, Math.min(one.length(), other.length()));
    return one.substring(0, common).compareTo(other.substring(0, common)) < 0;
  }

  private static String convert(String v2, ZoneOffset zone, boolean instant) {
    if (v2 == null) {
      return null;
    }
    String t = plain(v2);
    int n = digits(t, 0);
    if (n == 4 || n == 6 || n == 8 || n == 10) {
      if (n != t.length() && !offsetAt(t, n) || instant) {
        return null;
      }
      return switch (n) {
        case 4 -> t.substring(0, 4);
        case 6 -> t.substring(0, 4) + "-" + t.substring(4, 6);
        default -> t.substring(0, 4) + "-" + t.substring(4, 6) + "-" + t.substring(6, 8);
      };
    }
    if (n != 12 && n != 14) {
      return null;
    }
    StringBuilder out = new StringBuilder(29);
    out.append(t, 0, 4).append('-').append(t, 4, 6).append('-').append(t, 6, 8).append('T').append(t, 8, 10)
        .append(':').append(t, 10, 12).append(':');
    int i = n;
    if (n == 14) {
      out.append(t, 12, 14);
      if (i < t.length() && t.charAt(i) == '.') {
        int fraction = digits(t, i + 1);
        if (fraction > 0) {
          out.append(t, i, i + 1 + Math.min(fraction, 9));
        }
        i += 1 + fraction;
      }
    } else {
      out.append("00");
    }
    if (i == t.length()) {
      String offset = zone.getId();
      return out.append(offset.equals("Z") ? "+00:00" : offset, 0, offset.equals("Z") ? 6 : 6).toString();
    }
    if (t.charAt(i) == 'Z' && i + 1 == t.length()) {
      return out.append("+00:00").toString();
    }
    if (!offsetAt(t, i)) {
      return null;
    }
    return out.append(t, i, i + 3).append(':').append(t, i + 3, i + 5).toString();
  }

  private static boolean offsetAt(String t, int i) {
    return i + 5 == t.length() && (t.charAt(i) == '+' || t.charAt(i) == '-') && digits(t, i + 1) == 4;
  }

  /** Some systems send 2024-03-18 09:15:00 in HL7 v2; the digits say the same. */
  private static String plain(String v2) {
    if (v2.length() < 10 || v2.charAt(4) != '-' && v2.charAt(4) != '/') {
      return v2;
    }
    char separator = v2.charAt(4);
    if (v2.charAt(7) != separator || digits(v2, 5) != 2 || digits(v2, 8) != 2) {
      return v2;
    }
    String date = v2.substring(0, 4) + v2.substring(5, 7) + v2.substring(8, 10);
    if (v2.length() == 10) {
      return date;
    }
    char gap = v2.charAt(10);
    return gap == ' ' || gap == 'T' ? date + v2.substring(11).replace(":", "") : v2;
  }

  private static int digits(String t, int from) {
    int i = from;
    while (i < t.length() && t.charAt(i) >= '0' && t.charAt(i) <= '9') {
      i++;
    }
    return i - from;
  }
}
