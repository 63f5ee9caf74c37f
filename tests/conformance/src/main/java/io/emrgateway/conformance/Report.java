package io.emrgateway.conformance;

import java.util.List;
import java.util.SortedMap;

/**
 * What a feed proves about itself.
 *
 * @param batches read
 * @param receipted of these, with a receipt that holds
 * @param inputs messages that the hospital was given an AA for, as far as the batches reach
 * @param held of these, delivered with a body, repaired ones included
 * @param explained of these, not delivered, by reason: {@code quarantined} (and not repaired since),
 *     {@code filtered:<rule>}, {@code duplicate}
 * @param bodyBytes of all bodies together
 * @param findings everything that does not hold; a feed is proven when there is none
 */
public record Report(
    int batches,
    int receipted,
    long inputs,
    long held,
    SortedMap<String, Long> explained,
    long bodyBytes,
    List<Finding> findings) {

  /**
   * One rule that does not hold at one place.
   *
   * @param place the file
   * @param rule a stable name, e.g. {@code header.prev}
   * @param what in English; never content of a message
   */
  public record Finding(String place, String rule, String what) {}

  /** No finding, and every input held or explained. */
  public boolean isProven() {
    return findings.isEmpty() && inputs == held + explained.values().stream().mapToLong(Long::longValue).sum();
  }
}
