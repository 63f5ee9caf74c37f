package io.emrgateway.agent.seal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Turns identifiers into numbers to search by. Whoever has only the database can neither read a number in it nor try
 * the eighteen digits of every resident ID: without the master key nobody can compute one.
 *
 * <p>The first 8 octets of HMAC-SHA-256 ({@code gm}: HMAC-SM3) under a key of its own, derived from the master key. Two
 * identifiers among ten million share one with a chance of 1 in 300,000, so whoever finds something by it looks whether
 * it is what was sought. Safe for any number of threads.
 */
public final class SearchKey {
  private final Suite suite;
  private final byte[] key;

  public SearchKey(Suite suite, MasterKey master) {
    this.suite = suite;
    this.key = suite.hmac(master.bytes(), "emr-gateway search key".getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The number that stands for some text.
   *
   * @param parts told apart: ("ab", "c") is another number than ("a", "bc")
   */
  public long of(String... parts) {
    return ByteBuffer.wrap(suite.hmac(key, String.join("\u0000", parts).getBytes(StandardCharsets.UTF_8))).getLong();
  }
}
