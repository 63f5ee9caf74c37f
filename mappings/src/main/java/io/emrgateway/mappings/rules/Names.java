package io.emrgateway.mappings.rules;

/** Names as two hospitals can compare them. */
final class Names {
  /** What input methods offer for the middle dot in names of several minorities, besides U+00B7 itself. */
  private static final String DOTS = "\u2022\u2027\u30FB\uFF65\u2219\u22C5\u0387\u16EB\u2E31";

  private Names() {}

  /**
   * A name in the form in which spellings of it meet: its middle dot is U+00B7, also where a full stop stands between two
   * characters; full-width letters are ASCII; there is no blank beside a Chinese character ({@code 李　明} is how systems
   * fill two characters up to three). Only for comparing: what is shown is what was sent.
   *
   * @return the same object when nothing changes; null for null
   */
  static String forMatching(String name) {
    if (name == null) {
      return null;
    }
    String half = Width.half(name, false);
    StringBuilder out = null;
    for (int i = 0; i < half.length(); i++) {
      char c = half.charAt(i);
      boolean dot = DOTS.indexOf(c) >= 0 || c == '.' && isHanBefore(half, i) && isHanAfter(half, i);
      boolean left = c == ' ' && (isHanBefore(half, i) || isHanAfter(half, i));
      if (out == null && (dot || left)) {
        out = new StringBuilder(half.length()).append(half, 0, i);
      }
      if (out != null && !left) {
        out.append(dot ? '\u00B7' : c);
      }
    }
    return out == null ? half : out.toString();
  }

  /** Whether a Chinese character, or a dot of a name, stands before this place. */
  private static boolean isHanBefore(String text, int at) {
    return at > 0 && isHan(text.codePointBefore(at));
  }

  private static boolean isHanAfter(String text, int at) {
    int next = at + 1;
    while (next < text.length() && text.charAt(next) == ' ') {
      next++;
    }
    return next < text.length() && isHan(text.codePointAt(next));
  }

  private static boolean isHan(int point) {
    return Character.isIdeographic(point) || point == '\u00B7' || point < 0x10000 && DOTS.indexOf((char) point) >= 0;
  }
}
