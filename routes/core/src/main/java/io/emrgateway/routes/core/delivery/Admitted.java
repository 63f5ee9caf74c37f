package io.emrgateway.routes.core.delivery;

import java.time.Instant;

/**
 * A message picked up from the journal, on its way to the city.
 *
 * @param number its admission number {@code i}
 * @param raw hash of its bytes, as the city contract computes it, 32 octets
 * @param bytes as they arrived, or null when they cannot be read any more
 * @param code why it stands in quarantine already, or null
 * @param place where, beside {@code code}; never null
 * @param repaired true when it was explained to the city before and an operator sends it again
 */
public record Admitted(
    long number,
    String source,
    Instant received,
    byte[] raw,
    byte[] bytes,
    String charset,
    String type,
    String control,
    String code,
    String place,
    boolean repaired) {

  /** The same message, read in the end in this character set: at the door it could not be read at all. */
  public Admitted readAs(String known) {
    return new Admitted(number, source, received, raw, bytes, known, type, control, code, place, repaired);
  }
}
