package io.emrgateway.routes.core.delivery;

import io.emrgateway.routes.core.Refused;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;

/**
 * Decides what the delivery does next: align with the city, send what is sealed, seal what waits, or
 * give a sign of life. One batch is in flight at a time, so order is order.
 *
 * <p>While a batch is on its way, the next messages are already translated; only the seal waits for
 * the receipt.
 */
public final class Courier {

  /** The steps of the walk, each a line of DeliveryRoutes. */
  public interface Steps {
    /** Picks up and translates some of what follows {@code after}; empty only if nothing does. */
    List<Translated> prepare(long after);

    Optional<Batch> seal(List<Translated> messages);

    Delivery deliver(Batch batch);
  }

  /**
   * @param heartbeat after so long without a batch, a heartbeat goes out
   * @param pauseMin first pause after a failure; doubles up to {@code pauseMax}
   * @param entriesMax a batch takes so many messages at most
   */
  public record Pace(Duration heartbeat, Duration pauseMin, Duration pauseMax, int entriesMax) {}

  /**
   * Two seals are at least so far apart. A batch costs three commits and a signature however small it is: at 500
   * messages a second this is 25 batches a second instead of 60, and the disk is the senders'. Full batches
   * still leave at 6,400 messages a second.
   */
  private static final Duration SEALS_APART = Duration.ofMillis(40);

  private final Outbox outbox;
  private final City city;
  private final Steps steps;
  private final Pace pace;
  private final Clock clock;
  private final DoubleSupplier random;
  private final Ahead ahead;

  private boolean aligned;
  /** The pause made last by this process; null after a start. */
  private Instant pausedAt;
  private Instant pausedUntil;
  private Instant lastSealed = Instant.MIN;

  /**
   * @param random from 0 to 1, for jitter: thirty hospitals must not knock at the same second
   * @param ahead runs the translation of the next messages while a batch is on its way
   */
  public Courier(Outbox outbox, City city, Steps steps, Pace pace, Clock clock, DoubleSupplier random, Executor ahead) {
    this.outbox = outbox;
    this.city = city;
    this.steps = steps;
    this.pace = pace;
    this.clock = clock;
    this.random = random;
    this.ahead = new Ahead(steps::prepare, pace.entriesMax(), ahead);
  }

  /**
   * Does the next thing that is due.
   *
   * @return when to call again if nothing wakes the courier before; the past if at once
   */
  public Instant step() {
    Instant now = clock.instant();
    Standing standing = outbox.standing();
    if (standing.due().isAfter(now) && believable(standing.due(), now)) {
      return standing.due();
    }
    if (!aligned) {
      return align(standing);
    }
    Optional<Batch> unsettled = outbox.unsettled();
    if (unsettled.isPresent()) {
      return send(unsettled.get(), standing);
    }
    Instant nextSeal = lastSealed.plus(SEALS_APART);
    if (now.isBefore(nextSeal) && !now.isBefore(lastSealed)) {
      return nextSeal;
    }
    if (sealNext(now)) {
      lastSealed = now;
      return Instant.MIN;
    }
    return lastSealed.plus(pace.heartbeat);
  }

  /** Forgets that we are in step with the city and what was prepared, so that the next step asks and begins anew. */
  public void realign() {
    aligned = false;
    ahead.forget();
  }

  private boolean sealNext(Instant now) {
    if (outbox.sealRotation().isPresent()) {
      return true;
    }
    List<Translated> messages = ahead.take(outbox.sealedUpTo());
    if (!messages.isEmpty() && steps.seal(messages).isPresent()) {
      long sealed = outbox.sealedUpTo();
      ahead.putBack(messages.stream()
          .filter(one -> !one.message().repaired() && one.message().number() > sealed).toList());
      return true;
    }
    boolean silentTooLong = lastSealed.equals(Instant.MIN)
        || !now.isBefore(lastSealed.plus(pace.heartbeat))
        || now.isBefore(lastSealed);
    if (messages.isEmpty() && silentTooLong) {
      outbox.sealHeartbeat();
      return true;
    }
    return !messages.isEmpty();
  }

  private Instant send(Batch batch, Standing standing) {
    ahead.go(outbox.sealedUpTo());
    Delivery outcome = attempt(batch);
    if (outcome instanceof Delivery.Accepted) {
      return Instant.MIN;
    }
    return putOff(outcome, standing);
  }

  private Delivery attempt(Batch batch) {
    try {
      return steps.deliver(batch);
    } catch (Refused refused) {
      if (refused.reason() != Refused.Reason.BODY_DAMAGED) {
        throw refused;
      }
      return new Delivery.Declined(refused.reason().code(), refused.place());
    }
  }

  private Instant align(Standing standing) {
    City.Answer answer = city.head();
    if (answer instanceof City.Answer.None none) {
      return putOff(none.why(), standing);
    }
    Outbox.Alignment alignment = outbox.align(((City.Answer.Head) answer).head());
    if (!alignment.mayGoOn()) {
      return putOff(new Delivery.Declined(alignment.code(), ""), standing);
    }
    aligned = true;
    return Instant.MIN;
  }

  /**
   * A declined batch is tried again too, at the longest pause and after asking for the city's head:
   * when the cause is mended at the other end, nobody has to restart the gateway.
   */
  private Instant putOff(Delivery outcome, Standing standing) {
    Instant now = clock.instant();
    if (outcome instanceof Delivery.Postponed postponed) {
      Duration pause = pause(standing.attempts());
      Duration wait = longer(pause, postponed.notBefore());
      return pause(now, now.plus(wait), postponed.code(), null);
    }
    Delivery.Declined declined = (Delivery.Declined) outcome;
    aligned = false;
    Instant due = declined.code().equals("delivery.gap") && standing.attempts() == 0 ? now : now.plus(pace.pauseMax);
    return pause(now, due, declined.code(), declined.detail());
  }

  /**
   * A wall clock set back must not make a pause longer than it was meant: one made by this process counts while the
   * clock has not gone back behind its beginning, one from before a restart while it is no longer than our own pauses.
   */
  private boolean believable(Instant due, Instant now) {
    return due.equals(pausedUntil)
        ? !now.isBefore(pausedAt)
        : due.isBefore(now.plus(pace.pauseMax.multipliedBy(2)));
  }

  private Instant pause(Instant now, Instant due, String code, String detail) {
    pausedAt = now;
    pausedUntil = due;
    outbox.postpone(due, code, detail);
    return due;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** Doubles from the first pause to the longest, then takes a random part between half and whole of it. */
  private Duration pause(int attempts) {
    long longest = pace.pauseMax.toMillis();
    long doubled = Math.min(longest, pace.pauseMin.toMillis() << Math.min(attempts, 20));
    return Duration.ofMillis((long) (doubled * (0.5 + random.getAsDouble() / 2)));
  }
}
