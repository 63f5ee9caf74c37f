package io.emrgateway.city;

import java.util.ArrayList;
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

  /**
   * The audit path of one line (section 2.1.3.1): the heads beside its way to the root, the one next to it first.
   *
   * @param index of the line, from 0
   */
  static List<byte[]> path(Suite suite, List<byte[]> lines, int index) {
    byte[][] leaves = new byte[lines.size()][];
    for (int k = 0; k < leaves.length; k++) {
      leaves[k] = suite.hash(Suite.LEAF, lines.get(k));
    }
    List<byte[]> path = new ArrayList<>();
    path(suite, leaves, 0, leaves.length, index, path);
    return path;
  }

  private static void path(Suite suite, byte[][] leaves, int from, int to, int index, List<byte[]> path) {
    if (to - from == 1) {
      return;
    }
    int split = from + Integer.highestOneBit(to - from - 1);
    if (index < split) {
      path(suite, leaves, from, split, index, path);
      path.add(head(suite, leaves, split, to));
    } else {
      path(suite, leaves, split, to, index, path);
      path.add(head(suite, leaves, from, split));
    }
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
