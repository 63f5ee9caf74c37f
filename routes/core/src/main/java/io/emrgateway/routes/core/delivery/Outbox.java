package io.emrgateway.routes.core.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The journal seen from the delivery's side. One caller at a time. */
public interface Outbox {

  /**
   * The next admitted messages after number {@code after}, in order, and what operators asked to
   * send again.
   *
   * @param entriesMax at most so many
   * @param bytesMax stops before the sum of raw bytes passes this, but gives one message at least
   */
  List<Admitted> next(long after, int entriesMax, long bytesMax);

  /** The last admission number that some sealed batch accounts for; 0 before the first. */
  long sealedUpTo();

  /**
   * Seals a batch over the messages given: signed, numbered and durable when this returns (commit 2).
   *
   * @param messages exactly the admissions after {@link #sealedUpTo()} without a hole, then repaired ones
   */
  Batch seal(List<Translated> messages);

  /** Seals a batch without entries: a sign of life. */
  Batch sealHeartbeat();

  /** The oldest batch the city has not signed for, or that it asked for again; empty if none. */
  Optional<Batch> unsettled();

  /** Keeps the outcome of an attempt (commit 3): a receipt, or when and why to try again. */
  void settle(Batch batch, Delivery outcome);

  /** When {@link #unsettled()} may be tried next; the past if at once. */
  Instant due();
}
