package io.emrgateway.routes.core.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The journal seen from the delivery's side. One caller at a time, but {@link #next} and {@link #ready} may run beside the others. */
public interface Outbox {

  /**
   * The next admitted messages after number {@code after}, in order, and behind them what operators
   * asked to send again.
   *
   * @param entriesMax at most so many
   * @param bytesMax stops before the sum of raw bytes passes this, but gives one message at least
   */
  List<Admitted> next(long after, int entriesMax, long bytesMax);

  /**
   * Does ahead what a seal of these messages needs and what does not depend on their place in the feed: squeezes and
   * encrypts the bodies for the store. Nothing is promised; {@link #seal} does what was not done.
   *
   * @return the same messages
   */
  List<Translated> ready(List<Translated> messages);

  /** The last admission number that some sealed batch accounts for; 0 before the first. */
  long sealedUpTo();

  /**
   * Seals a batch over as many of these as one batch takes: signed, numbered and durable when this
   * returns (commit 2), together with the records for lookups.
   *
   * @param messages the admissions after {@link #sealedUpTo()} without a hole, then repaired ones
   * @return empty if nothing was left to send (a repaired message that failed again)
   */
  Optional<Batch> seal(List<Translated> messages);

  /** Seals a batch without entries: a sign of life that bounds what a cut-off tail can hide. */
  Batch sealHeartbeat();

  /** Seals a rotation to the signing certificate that lies ready, or empty if none does. */
  Optional<Batch> sealRotation();

  /** The oldest batch that the city has not signed for or asked for again; empty if none. */
  Optional<Batch> unsettled();

  /** The bytes of a sealed batch, the same at every call. */
  Wire wire(Batch batch);

  /** Keeps a receipt (commit 3). */
  void settle(Batch batch, Delivery.Accepted receipt);

  /** Keeps when and why to try again (commit 3). */
  void postpone(Instant due, String code, String detail);

  Standing standing();

  /** Keeps what the city made of our bundles; harmless when told twice. */
  void keepOutcomes(List<Outcome> outcomes);

  /** The greatest body number with an outcome, or of a body whose records have gone; 0 if there is neither. */
  long lastOutcome();

  /** Every body up to this number has an outcome, or has been forgotten with its records; there may be more behind. */
  long outcomesUpTo();

  /**
   * Compares our feed with the city's and turns {@link #unsettled()} to the first batch the city
   * lacks a copy of or we lack a receipt of.
   */
  Alignment align(CityHead head);

  /** How the two feeds compare. */
  enum Alignment {
    /** Equal, or we are ahead with batches that are stored. */
    IN_STEP("delivery.in-step"),
    /** The city is behind a receipt that we hold: what it lacks is sent again. */
    CITY_BEHIND("delivery.city-behind"),
    /** The city is behind further than our store reaches. */
    CITY_BEHIND_OUR_STORE("delivery.city-behind-our-store"),
    /** The city holds batches we know nothing of: this agent is a restored or cloned one. */
    CITY_AHEAD("delivery.city-ahead"),
    /** The city holds another batch under a number that we gave. */
    FORK("delivery.fork"),
    /** The city has closed our epoch. */
    EPOCH("delivery.epoch-closed");

    private final String code;

    Alignment(String code) {
      this.code = code;
    }

    public String code() {
      return code;
    }

    /** True if sending goes on by itself. */
    public boolean mayGoOn() {
      return this == IN_STEP || this == CITY_BEHIND;
    }
  }
}
