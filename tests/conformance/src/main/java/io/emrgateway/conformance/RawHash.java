package io.emrgateway.conformance;

import java.util.Locale;

/** The contract's hash of a message as it arrived, for those who compare what was sent with what a feed says. */
public final class RawHash {
  private RawHash() {}

  /**
   * {@code H(04|bytes)} in lower-case hex.
   *
   * @param suite {@code intl} or {@code gm}
   */
  public static String of(String suite, byte[] message) {
    return Suite.valueOf(suite.toUpperCase(Locale.ROOT)).tagged(0x04, message);
  }
}
