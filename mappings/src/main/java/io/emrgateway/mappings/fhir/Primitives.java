package io.emrgateway.mappings.fhir;

/**
 * What a primitive value of FHIR R4 has to look like. No regular expressions: this is asked for every value.
 *
 * @see "hl7.org/fhir/R4/datatypes.html#primitive"
 */
public final class Primitives {
  private Primitives() {}

  /** The forms a primitive can have; several types of FHIR share one. */
  public enum Kind {
    BOOLEAN, CODE, ID, URI, DECIMAL, INTEGER, UNSIGNED_INT, POSITIVE_INT, DATE, DATE_TIME, INSTANT, TIME,
    BASE64_BINARY, STRING;

    /** The form of a primitive type by its FHIR name, e.g. {@code dateTime}. */
    public static Kind of(String type) {
      return switch (type) {
        case "boolean" -> BOOLEAN;
        case "code" -> CODE;
        case "id" -> ID;
        case "uri", "url", "canonical", "oid", "uuid" -> URI;
        case "decimal" -> DECIMAL;
        case "integer" -> INTEGER;
        case "unsignedInt" -> UNSIGNED_INT;
        case "positiveInt" -> POSITIVE_INT;
        case "date" -> DATE;
        case "dateTime" -> DATE_TIME;
        case "instant" -> INSTANT;
        case "time" -> TIME;
        case "base64Binary" -> BASE64_BINARY;
        default -> STRING;
      };
    }
  }

  /** Whether the text may be written as a primitive of that form. */
  public static boolean valid(Kind kind, String value) {
    if (value == null || value.isEmpty()) {
      return false;
    }
    return switch (kind) {
      case BOOLEAN -> value.equals("true") || value.equals("false");
      case CODE -> code(value);
      case ID -> id(value);
      case URI -> uri(value);
      case DECIMAL -> decimal(value);
      case INTEGER -> integer(value, Integer.MIN_VALUE);
      case UNSIGNED_INT -> integer(value, 0);
      case POSITIVE_INT -> integer(value, 1);
      case DATE -> dateTime(value, false, false);
      case DATE_TIME -> dateTime(value, true, false);
      case INSTANT -> dateTime(value, true, true);
      case TIME -> value.length() == 8 && time(value, 0);
      case BASE64_BINARY -> base64(value);
      case STRING -> string(value);
    };
  }

  private static boolean string(String value) {
    boolean seen = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' && c != '\n' && c != '\r' && c != '\t') {
        return false;
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c) || i + 1 == value.length() || !Character.isLowSurrogate(value.charAt(++i))) {
          return false;
        }
      }
      seen |= c > ' ' && c != '\u3000' && c != '\u00A0';
    }
    return seen;
  }

  private static boolean code(String value) {
    if (!string(value) || value.charAt(0) <= ' ' || value.charAt(value.length() - 1) <= ' ') {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '\u00A0' || c == '\u3000' || c == ' ' && value.charAt(i + 1) == ' ') {
        return false;
      }
    }
    return true;
  }

  private static boolean id(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.')) {
        return false;
      }
    }
    return value.length() <= 64;
  }

  private static boolean uri(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= ' ' || c == '\u00A0' || c == '\u3000') {
        return false;
      }
    }
    return string(value);
  }

  private static boolean decimal(String value) {
    int i = value.charAt(0) == '-' ? 1 : 0;
    int digits = digits(value, i);
    if (digits == 0 || digits > 1 && value.charAt(i) == '0' || digits > 18) {
      return false;
    }
    i += digits;
    if (i < value.length() && value.charAt(i) == '.') {
      digits = digits(value, i + 1);
      if (digits == 0 || digits > 18) {
        return false;
      }
      i += 1 + digits;
    }
    return i == value.length();
  }

  private static boolean integer(String value, int least) {
    if (!decimal(value) || value.indexOf('.') >= 0 || value.length() > 11 || value.equals("-0")) {
      return false;
    }
    long n = Long.parseLong(value);
    return n >= least && n <= Integer.MAX_VALUE;
  }

  private static int digits(String value, int from) {
    int i = from;
    while (i < value.length() && value.charAt(i) >= '0' && value.charAt(i) <= '9') {
      i++;
    }
    return i - from;
  }

  private static boolean dateTime(String v, boolean timeAllowed, boolean timeRequired) {
    int n = v.length();
    if (digits(v, 0) != 4 || v.startsWith("0000")) {
      return false;
    }
    if (n == 4) {
      return !timeRequired;
    }
    if (n < 7 || v.charAt(4) != '-' || digits(v, 5) != 2) {
      return false;
    }
    int month = two(v, 5);
    if (month < 1 || month > 12) {
      return false;
    }
    if (n == 7) {
      return !timeRequired;
    }
    if (n < 10 || v.charAt(7) != '-' || digits(v, 8) != 2) {
      return false;
    }
    int day = two(v, 8);
    if (day < 1 || day > daysOf(Integer.parseInt(v.substring(0, 4)), month)) {
      return false;
    }
    if (n == 10) {
      return !timeRequired;
    }
    if (!timeAllowed || n < 20 || v.charAt(10) != 'T' || !time(v, 11)) {
      return false;
    }
    int i = 19;
    if (v.charAt(i) == '.') {
      int fraction = digits(v, i + 1);
      if (fraction == 0) {
        return false;
      }
      i += 1 + fraction;
    }
    if (i == n - 1) {
      return v.charAt(i) == 'Z';
    }
    return n - i == 6 && (v.charAt(i) == '+' || v.charAt(i) == '-') && digits(v, i + 1) == 2 && v.charAt(i + 3) == ':'
        && digits(v, i + 4) == 2 && two(v, i + 4) < 60 && two(v, i + 1) * 60 + two(v, i + 4) <= 14 * 60;
  }

  private static boolean time(String v, int at) {
    return v.length() >= at + 8 && digits(v, at) == 2 && v.charAt(at + 2) == ':' && digits(v, at + 3) == 2
        && v.charAt(at + 5) == ':' && digits(v, at + 6) == 2
        && two(v, at) < 24 && two(v, at + 3) < 60 && two(v, at + 6) < 60;
  }

  private static int two(String v, int at) {
    return (v.charAt(at) - '0') * 10 + v.charAt(at + 1) - '0';
  }

  private static int daysOf(int year, int month) {
    return switch (month) {
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  private static boolean base64(String value) {
    int n = value.length();
    if (n % 4 != 0) {
      return false;
    }
    int pad = value.endsWith("==") ? 2 : value.endsWith("=") ? 1 : 0;
    for (int i = 0; i < n - pad; i++) {
      char c = value.charAt(i);
      if (!(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/')) {
        return false;
      }
    }
    return true;
  }
}
