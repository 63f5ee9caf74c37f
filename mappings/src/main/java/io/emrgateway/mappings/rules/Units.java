package io.emrgateway.mappings.rules;

/**
 * The UCUM code of a unit as laboratories spell it.
 *
 * <p>The table {@code Units} says which spellings are beyond doubt. Before it is asked a second time, what input methods
 * and fonts make of one spelling is folded: full-width signs, the two code points of mu, superscript digits, the
 * multiplication sign before a power of ten, a small l for litre. Nothing else is guessed: UCUM tells M from m.
 */
final class Units {
  private static final String SUPERSCRIPTS = "\u2070\u00B9\u00B2\u00B3\u2074\u2075\u2076\u2077\u2078\u2079";

  private Units() {}

  /** The table's answer to a spelling or to its folded form; null when neither is in it. */
  static Table.Target of(Table units, String spelt) {
    if (spelt == null) {
      return null;
    }
    Table.Target target = units.targets().get(spelt);
    if (target == null) {
      String folded = folded(spelt);
      target = folded.equals(spelt) ? null : units.targets().get(folded);
    }
    return target;
  }

  /** One spelling for many: {@code ×10⁹/l} is {@code 10^9/L}. */
  static String folded(String spelt) {
    String half = Width.half(spelt, true);
    StringBuilder out = new StringBuilder(half.length() + 2);
    boolean raised = false;
    for (int i = 0; i < half.length(); i++) {
      char c = half.charAt(i);
      int superscript = SUPERSCRIPTS.indexOf(c);
      if (superscript >= 0) {
        // 10⁹ is a power; m² is spelt m2.
        if (!raised && endsWith(out, "10")) {
          out.append('^');
        }
        out.append((char) ('0' + superscript));
      } else if (c == '\u00B5' || c == '\u03BC') {
        out.append('u');
      } else if (c == '\u00D7' || c == '\u2715' || c == 'X' && i == 0) {
        out.append('x');
      } else if (c == '\u00B7' || c == '\u2219') {
        out.append('.');
      } else {
        out.append(c);
      }
      raised = superscript >= 0;
    }
    boolean times = isPower(out, 1) && (out.charAt(0) == 'x' || out.charAt(0) == '*');
    String folded = out.substring(times ? 1 : 0);
    for (String litre : new String[] {"/l", "/dl", "/ml", "/ul", "/fl"}) {
      if (folded.endsWith(litre)) {
        folded = folded.substring(0, folded.length() - 1) + 'L';
      }
    }
    return folded;
  }

  private static boolean endsWith(StringBuilder text, String end) {
    int n = text.length();
    return n >= end.length() && text.substring(n - end.length()).equals(end);
  }

  /** Whether a power of ten begins at this place. */
  private static boolean isPower(StringBuilder text, int at) {
    return text.length() > at + 2 && text.charAt(at) == '1' && text.charAt(at + 1) == '0';
  }
}
