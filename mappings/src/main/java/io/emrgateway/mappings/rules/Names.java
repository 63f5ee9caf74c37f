package io.emrgateway.mappings.rules;

/** Names as two hospitals can compare them. */
final class Names {
  private Names() {}

  /**
   * A name with its middle dots in one form (U+00B7). Names of several minorities carry one, and input methods offer
   * at least U+2022, U+2027, U+30FB, U+FF65, U+FF0E and U+2219 for it. Only for comparing: what is shown is what was
   * sent.
   *
   * @return null for null
   */
  static String forMatching(String name) {
    if (name == null) {
      return null;
    }
    StringBuilder out = null;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '\u2022' || c == '\u2027' || c == '\u30FB' || c == '\uFF65' || c == '\uFF0E' || c == '\u2219') {
        if (out == null) {
          out = new StringBuilder(name);
        }
        out.setCharAt(i, '\u00B7');
      }
    }
    return out == null ? name : out.toString();
  }
}
