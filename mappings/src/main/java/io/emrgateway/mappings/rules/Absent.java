package io.emrgateway.mappings.rules;

/**
 * How Chinese senders write that a required value is not there.
 *
 * <p>The rules of the front page (住院病案首页) forbid an empty field and ask for "-" in it, so feeds carry dashes, a
 * slash or 无 where there is nothing. None of them is a code, a name or a number. A result is another matter: "-" of a
 * urine test means negative and is never looked at here.
 */
final class Absent {
  private Absent() {}

  /** Whether the text says that there is no value; true for null. */
  static boolean says(String text) {
    if (text == null) {
      return true;
    }
    int n = text.length();
    if (n > 4) {
      return false;
    }
    if (n == 1 && (text.charAt(0) == '/' || text.charAt(0) == '\uFF0F' || text.charAt(0) == '无')) {
      return true;
    }
    for (int i = 0; i < n; i++) {
      char c = text.charAt(i);
      // Hyphen, en dash, em dash, box-drawing line, full-width hyphen.
      if (c != '-' && c != '\u2013' && c != '\u2014' && c != '\u2500' && c != '\uFF0D') {
        return false;
      }
    }
    return n > 0;
  }
}
