package io.emrgateway.agent.seal;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree over a batch's entries, exactly as RFC 9162 section 2.1: leaf {@code H(00|line)}, node
 * {@code H(01|left|right)}, split at the largest power of two below the size; the head over nothing is
 * {@code H()} of the empty string.
 */
public final class Tree {
  private Tree() {}

  /**
   * The tree's head.
   *
   * @param lines the entries' lines without their line feed
   * @return 32 bytes
   */
  public static byte[] head(Suite suite, List<byte[]> lines) {
    return headOfLeaves(suite, leaves(suite, lines));
  }

  /**
   * What proves one line to be in the tree, from its sibling upwards (RFC 9162 section 2.1.3.1).
   *
   * @param index of the line, from 0
   * @return the siblings' hashes, 32 bytes each; none for a tree of one
   */
  public static List<byte[]> path(Suite suite, List<byte[]> lines, int index) {
    if (index < 0 || index >= lines.size()) {
      throw new IllegalArgumentException("index outside the tree");
    }
    List<byte[]> level = leaves(suite, lines);
    List<byte[]> path = new ArrayList<>();
    int at = index;
    while (level.size() > 1) {
      int sibling = at ^ 1;
      if (sibling < level.size()) {
        path.add(level.get(sibling));
      }
      level = parents(suite, level);
      at >>= 1;
    }
    return path;
  }

  /**
   * Whether the path leads from the line to the head (RFC 9162 section 2.1.3.2).
   *
   * @param index of the line, from 0
   * @param size of the tree the head is over
   */
  public static boolean proves(Suite suite, byte[] line, long index, long size, List<byte[]> path, byte[] head) {
    if (index < 0 || index >= size) {
      return false;
    }
    long fn = index;
    long sn = size - 1;
    byte[] r = suite.hash(Suite.TAG_LEAF, line);
    for (byte[] p : path) {
      if (sn == 0 || p.length != Suite.HASH_BYTES) {
        return false;
      }
      if ((fn & 1) == 1 || fn == sn) {
        r = suite.hash(Suite.TAG_NODE, p, r);
        while ((fn & 1) == 0 && fn != 0) {
          fn >>= 1;
          sn >>= 1;
        }
      } else {
        r = suite.hash(Suite.TAG_NODE, r, p);
      }
      fn >>= 1;
      sn >>= 1;
    }
    return sn == 0 && MessageDigest.isEqual(r, head);
  }

  private static List<byte[]> leaves(Suite suite, List<byte[]> lines) {
    List<byte[]> leaves = new ArrayList<>(lines.size());
    for (byte[] line : lines) {
      leaves.add(suite.hash(Suite.TAG_LEAF, line));
    }
    return leaves;
  }

  private static byte[] headOfLeaves(Suite suite, List<byte[]> leaves) {
    if (leaves.isEmpty()) {
      return suite.hashUntagged();
    }
    List<byte[]> level = leaves;
    while (level.size() > 1) {
      level = parents(suite, level);
    }
    return level.get(0);
  }

  /** Pairs from the left; an odd one out rises unhashed, which is the RFC's split seen level by level. */
  private static List<byte[]> parents(Suite suite, List<byte[]> level) {
    List<byte[]> above = new ArrayList<>((level.size() + 1) / 2);
    for (int at = 0; at + 1 < level.size(); at += 2) {
      above.add(suite.hash(Suite.TAG_NODE, level.get(at), level.get(at + 1)));
    }
    if ((level.size() & 1) == 1) {
      above.add(level.get(level.size() - 1));
    }
    return above;
  }
}
