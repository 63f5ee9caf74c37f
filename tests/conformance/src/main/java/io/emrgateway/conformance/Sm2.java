package io.emrgateway.conformance;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Verifies SM2 signatures (GB/T 32918.2-2016) on the curve of GB/T 32918.5-2017 with the standard's user
 * id. Big integers: some ten milliseconds each, and no secret that timing could tell.
 */
final class Sm2 {
  static final BigInteger P = hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF");
  static final BigInteger A = P.subtract(BigInteger.valueOf(3));
  static final BigInteger B = hex("28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93");
  static final BigInteger N = hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123");
  static final Point G = new Point(
      hex("32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"),
      hex("BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"));
  private static final byte[] USER_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);

  private Sm2() {}

  /** A point of the plane in affine coordinates; null stands for the point at infinity. */
  record Point(BigInteger x, BigInteger y) {
    boolean isOnCurve() {
      return x.signum() >= 0 && x.compareTo(P) < 0 && y.signum() >= 0 && y.compareTo(P) < 0
          && y.multiply(y).subtract(x.multiply(x).add(A).multiply(x).add(B)).mod(P).signum() == 0;
    }
  }

  /** Section 7.1: whether (r, s) is the key's signature over the message. */
  static boolean verifies(Point key, byte[] message, BigInteger r, BigInteger s) {
    if (!inRange(r) || !inRange(s)) {
      return false;
    }
    BigInteger t = r.add(s).mod(N);
    if (t.signum() == 0) {
      return false;
    }
    Point sum = add(multiply(G, s), multiply(key, t));
    return sum != null && digest(key, message).add(sum.x).mod(N).equals(r);
  }

  /** e = H(Z | M), with Z of section 5.5: the id, the curve and the key. */
  static BigInteger digest(Point key, byte[] message) {
    int bits = 8 * USER_ID.length;
    byte[] z = Sm3.hash(new byte[] {(byte) (bits >> 8), (byte) bits}, USER_ID, octets(A), octets(B), octets(G.x),
        octets(G.y), octets(key.x), octets(key.y));
    return new BigInteger(1, Sm3.hash(z, message));
  }

  private static boolean inRange(BigInteger value) {
    return value.signum() > 0 && value.compareTo(N) < 0;
  }

  static Point add(Point one, Point two) {
    if (one == null) {
      return two;
    }
    if (two == null) {
      return one;
    }
    BigInteger slope;
    if (one.x.equals(two.x)) {
      if (one.y.add(two.y).mod(P).signum() == 0) {
        return null;
      }
      slope = one.x.pow(2).multiply(BigInteger.valueOf(3)).add(A).multiply(one.y.shiftLeft(1).modInverse(P));
    } else {
      slope = two.y.subtract(one.y).multiply(two.x.subtract(one.x).modInverse(P));
    }
    slope = slope.mod(P);
    BigInteger x = slope.multiply(slope).subtract(one.x).subtract(two.x).mod(P);
    return new Point(x, slope.multiply(one.x.subtract(x)).subtract(one.y).mod(P));
  }

  /** Double and add. One inversion a step is slow, and short enough to be read. */
  static Point multiply(Point point, BigInteger by) {
    Point sum = null;
    for (int bit = by.bitLength() - 1; bit >= 0; bit--) {
      sum = add(sum, sum);
      if (by.testBit(bit)) {
        sum = add(sum, point);
      }
    }
    return sum;
  }

  /** 32 octets, big-endian. */
  static byte[] octets(BigInteger value) {
    byte[] raw = value.toByteArray();
    byte[] out = new byte[32];
    int take = Math.min(32, raw.length);
    System.arraycopy(raw, raw.length - take, out, 32 - take, take);
    return out;
  }

  private static BigInteger hex(String digits) {
    return new BigInteger(digits, 16);
  }
}
