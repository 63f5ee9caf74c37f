package io.emrgateway.mappings.rules;

/** Full-width letters, digits and signs, as Chinese input methods write them, in their ASCII form. */
final class Width {
  private Width() {}

  /**
   * The text with U+FF01..U+FF5E as ASCII and the ideographic space as a blank.
   *
   * @param withoutBlanks whether blanks are left out altogether
   * @return the same object when there is nothing to change
   */
  static String half(String text, boolean withoutBlanks) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char half = c >= '\uFF01' && c <= '\uFF5E' ? (char) (c - 0xFEE0) : c == '\u3000' || c == '\u00A0' ? ' ' : c;
      boolean left = withoutBlanks && half == ' ';
      if (out == null && (half != c || left)) {
        out = new StringBuilder(text.length()).append(text, 0, i);
      }
      if (out != null && !left) {
        out.append(half);
      }
    }
    return out == null ? text : out.toString();
  }
}
