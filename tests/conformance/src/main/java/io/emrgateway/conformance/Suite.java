package io.emrgateway.conformance;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** The two families of algorithms, and the contract's tagged hashes. */
enum Suite {
  INTL, GM;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  byte[] hash(byte[]... parts) {
    if (this == GM) {
      return Sm3.hash(parts);
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** {@code H(tag|parts)} in lower-case hex. */
  String tagged(int tag, byte[]... parts) {
    byte[][] all = new byte[parts.length + 1][];
    all[0] = new byte[] {(byte) tag};
    System.arraycopy(parts, 0, all, 1, parts.length);
    return hex(hash(all));
  }

  /** RFC 9162 section 2.1.1, as it is written there. */
  byte[] treeHead(List<byte[]> leaves) {
    int n = leaves.size();
    if (n == 0) {
      return hash();
    }
    if (n == 1) {
      return hash(new byte[] {0}, leaves.get(0));
    }
    int k = Integer.highestOneBit(n - 1);
    return hash(new byte[] {1}, treeHead(leaves.subList(0, k)), treeHead(leaves.subList(k, n)));
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  static byte[] unhex(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
