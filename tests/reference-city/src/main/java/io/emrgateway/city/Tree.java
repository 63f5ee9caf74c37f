package io.emrgateway.city;

import java.util.List;

/** The Merkle tree over a batch's entries, exactly as RFC 9162 section 2.1. */
final class Tree {
  private Tree() {}

  /**
   * The tree head over {@code lines}, each without its line feed.
   *
   * @return 32 octets; over no lines at all the hash of the empty string (section 2.1.1)
   */
  static byte[] root(Suite suite, List<byte[]> lines) {
    if (lines.isEmpty()) {
      return suite.hash(new byte[0]);
    }
    byte[][] level = new byte[lines.size()][];
    for (int k = 0; k < level.length; k++) {
      level[k] = suite.hash(Suite.LEAF, lines.get(k));
    }
    return head(suite, level, 0, level.length);
  }

  /** Splits at the largest power of two below the number of leaves, as the RFC does. */
  private static byte[] head(Suite suite, byte[][] leaves, int from, int to) {
    int count = to - from;
    if (count == 1) {
      return leaves[from];
    }
    int left = Integer.highestOneBit(count - 1);
    return suite.hash(
        Suite.NODE, head(suite, leaves, from, from + left), head(suite, leaves, from + left, to));
  }
}
