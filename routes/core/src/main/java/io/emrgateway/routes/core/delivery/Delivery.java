package io.emrgateway.routes.core.delivery;

import java.time.Duration;

/** What became of one attempt to hand a batch to the city. There is no fourth case. */
public sealed interface Delivery {

  /**
   * The city has it, durable, and has signed for it.
   *
   * @param receipt the city's signed word, exactly as it came, checked
   * @param cityHead the city's head after this batch ({@code ch}), lower-case hex
   */
  record Accepted(byte[] receipt, String cityHead) implements Delivery {}

  /**
   * Nobody's fault yet: the same bytes again later.
   *
   * @param code why, e.g. {@code delivery.city-unreachable}
   * @param notBefore what the city asked to wait (Retry-After), zero if it did not say
   */
  record Postponed(String code, Duration notBefore) implements Delivery {}

  /**
   * The city will not take this batch as things stand; a person has to look.
   *
   * @param code why, e.g. {@code delivery.fork}
   * @param detail the city's rule id or what differs; never a patient's value
   */
  record Declined(String code, String detail) implements Delivery {}
}
