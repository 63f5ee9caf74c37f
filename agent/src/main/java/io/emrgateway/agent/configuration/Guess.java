package io.emrgateway.agent.configuration;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** What somebody probably meant to type. */
final class Guess {
  private Guess() {}

  /**
   * The candidate nearest to what was typed, if any is near enough to be worth saying: another spelling of
   * it ({@code connectTimeout}, {@code connect_timeout}), a beginning or longer form of it, or at most one
   * slip of the finger per three letters (letter missing, extra, wrong, or two swapped).
   */
  static Optional<String> among(Collection<String> candidates, String typed) {
    String plain = plain(typed);
    String best = null;
    int bestSlips = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      String other = plain(candidate);
      int slips = slips(plain, other);
      if (plain.length() >= 3 && (other.startsWith(plain) || plain.startsWith(other))) {
        slips = Math.min(slips, 1);
      }
      if (slips < bestSlips && slips <= Math.max(1, Math.max(plain.length(), other.length()) / 3)) {
        best = candidate;
        bestSlips = slips;
      }
    }
    // Two letters can be turned into any other two: that is no guess.
    return plain.length() < 2 || bestSlips >= plain.length() ? Optional.empty() : Optional.ofNullable(best);
  }

  private static String plain(String word) {
    String clipped = word.length() > 64 ? word.substring(0, 64) : word;
    return clipped.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /** Edit distance with swaps of neighbours (optimal string alignment). */
  private static int slips(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] = Math.min(
            cost[i - 1][j - 1] + same, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], 1 + cost[i - 2][j - 2]);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
