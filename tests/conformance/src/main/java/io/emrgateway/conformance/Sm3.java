package io.emrgateway.conformance;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The hash function of GB/T 32905-2016 (GM/T 0004-2012). Plain, not fast. */
final class Sm3 {
  private static final int[] IV = {
    0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e
  };

  private Sm3() {}

  static byte[] hash(byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteBuffer padded = ByteBuffer.allocate((length + 8) / 64 * 64 + 64);
    for (byte[] part : parts) {
      padded.put(part);
    }
    padded.put((byte) 0x80).putLong(padded.capacity() - 8, 8L * length).rewind();
    int[] v = IV.clone();
    int[] w = new int[68];
    while (padded.hasRemaining()) {
      for (int j = 0; j < 16; j++) {
        w[j] = padded.getInt();
      }
      compress(v, w);
    }
    ByteBuffer out = ByteBuffer.allocate(32);
    for (int word : v) {
      out.putInt(word);
    }
    return out.array();
  }

  private static void compress(int[] v, int[] w) {
    for (int j = 16; j < 68; j++) {
      int x = w[j - 16] ^ w[j - 9] ^ left(w[j - 3], 15);
      w[j] = x ^ left(x, 15) ^ left(x, 23) ^ left(w[j - 13], 7) ^ w[j - 6];
    }
    int a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
    for (int j = 0; j < 64; j++) {
      int t = j < 16 ? 0x79cc4519 : 0x7a879d8a;
      int ss1 = left(left(a, 12) + e + left(t, j), 7);
      int ss2 = ss1 ^ left(a, 12);
      int ff = j < 16 ? a ^ b ^ c : a & b | a & c | b & c;
      int gg = j < 16 ? e ^ f ^ g : e & f | ~e & g;
      int tt1 = ff + d + ss2 + (w[j] ^ w[j + 4]);
      int tt2 = gg + h + ss1 + w[j];
      d = c;
      c = left(b, 9);
      b = a;
      a = tt1;
      h = g;
      g = left(f, 19);
      f = e;
      e = tt2 ^ left(tt2, 9) ^ left(tt2, 17);
    }
    int[] next = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++) {
      v[i] ^= next[i];
    }
  }

  private static int left(int x, int by) {
    return Integer.rotateLeft(x, by);
  }
}
