package io.emrgateway.mappings.rules;

import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;

/** The names that would have been right, the one that was probably meant before the others. */
public final class Known {
  /** Longer words are no slip of the finger. */
  private static final int LETTERS_MAX = 64;

  private Known() {}

  /**
   * For a remedy: {@code 是否想写 birthDate？可用 / did you mean birthDate? Known: active, address, …}.
   *
   * @param typed what stands in the file
   */
  public static String near(Collection<String> names, String typed) {
    String meant = nearest(names, typed);
    return (meant == null ? "可用 / Known: " : "是否想写 " + meant + "？ / Did you mean " + meant + "? 可用 / Known: ")
        + String.join(", ", new TreeSet<>(names)) + ".";
  }

  /** The name that is at most one slip per three letters away, capitals and dashes aside; or null. */
  static String nearest(Collection<String> names, String typed) {
    String plain = plain(typed);
    String nearest = null;
    int fewest = Integer.MAX_VALUE;
    for (String name : new TreeSet<>(names)) {
      String other = plain(name);
      int slips = slips(plain, other);
      if (slips < fewest && slips <= Math.max(plain.length(), other.length()) / 3) {
        nearest = name;
        fewest = slips;
      }
    }
    return plain.length() < 2 ? null : nearest;
  }

  private static String plain(String word) {
    String clipped = word.length() > LETTERS_MAX ? word.substring(0, LETTERS_MAX) : word;
    return clipped.toLowerCase(Locale.ROOT).replaceAll("[\\s_\\-]", "");
  }

  /** Letters that are missing, extra, wrong, or swapped with their neighbour (optimal string alignment). */
  private static int slips(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] = Math.min(cost[i - 1][j - 1] + same, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], 1 + cost[i - 2][j - 2]);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
