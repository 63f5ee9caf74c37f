package io.emrgateway.routes.core.lookup;

import java.time.Instant;

/** The nonces of questions that came lately; they survive a restart. */
public interface Nonces {
  /**
   * Remembers a nonce for 24 hours; durable when this returns true.
   *
   * @return false if it has been seen
   */
  boolean isNew(String nonce, Instant now);
}
