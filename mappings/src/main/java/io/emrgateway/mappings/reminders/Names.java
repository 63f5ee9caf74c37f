package io.emrgateway.mappings.reminders;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds known names within a text, the longest first: 普鲁卡因胺 is no 普鲁卡因, 左氧氟沙星 no 氧氟沙星, 维生素B12 no 维生素B1.
 *
 * @param <T> what a name stands for
 */
final class Names<T> {
  /** Longer texts are stories, not names. */
  private static final int LONG = 400;
  /** Stands where a name was found, so that what is left on both sides does not grow together. */
  private static final char GAP = ' ';

  private final Map<String, T> byName = new HashMap<>();
  private final Map<Character, Integer> longest = new HashMap<>();

  /**
   * What was found.
   *
   * @param rest the text without it
   */
  record Found<T>(Set<T> all, String rest) {}

  /** As names are compared: half width, lower case, without blanks but those between Latin words. */
  static String plain(String text) {
    String cut = text.length() > LONG ? text.substring(0, LONG) : text;
    return Normalizer.normalize(cut, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT).replace("-", "").strip()
        .replaceAll("(?<![a-z0-9])\\s+|\\s+(?![a-z0-9])", "");
  }

  void put(String name, T meaning) {
    String plain = plain(name);
    if (!plain.isEmpty()) {
      byName.put(plain, meaning);
      longest.merge(plain.charAt(0), plain.length(), Math::max);
    }
  }

  T get(String name) {
    return byName.get(plain(name));
  }

  Found<T> in(String text) {
    String plain = plain(text);
    Set<T> all = new LinkedHashSet<>();
    StringBuilder rest = new StringBuilder();
    for (int at = 0; at < plain.length(); ) {
      int end = end(plain, at);
      if (end < 0) {
        rest.append(plain.charAt(at++));
      } else {
        all.add(byName.get(plain.substring(at, end)));
        rest.append(GAP);
        at = end;
      }
    }
    return new Found<>(all, rest.toString());
  }

  /** Where the longest name that begins there ends, or -1. One sign alone is a name only by itself. */
  private int end(String text, int at) {
    int most = Math.min(longest.getOrDefault(text.charAt(at), 0), text.length() - at);
    for (int length = most; length > 1; length--) {
      if (byName.containsKey(text.substring(at, at + length)) && isWhole(text, at, at + length)) {
        return at + length;
      }
    }
    return text.length() == 1 && byName.containsKey(text) ? 1 : -1;
  }

  /** Whether no word or number of the text is cut in two. */
  private static boolean isWhole(String text, int from, int to) {
    return (from == 0 || !together(text.charAt(from - 1), text.charAt(from)))
        && (to == text.length() || !together(text.charAt(to - 1), text.charAt(to)));
  }

  private static boolean together(char a, char b) {
    return isLetter(a) && isLetter(b) || isDigit(a) && (isDigit(b) || b == '.') || a == '.' && isDigit(b);
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
