package io.emrgateway.agent.lookup;

import io.emrgateway.routes.core.WithoutMessage;
import io.emrgateway.routes.core.lookup.Consents;
import io.emrgateway.routes.core.lookup.Consents.Outcome;
import io.emrgateway.routes.core.lookup.Objection;
import io.emrgateway.routes.core.lookup.Objections;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * What a patient takes back or objects to: here it counts as soon as it is on the disk, and one thread tells the city at
 * once, and again until it has heard. What it has not heard is in the store, so that neither a restart nor a city that is
 * away loses anything of it.
 */
public final class Telling implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Telling.class);
  private static final int AT_ONCE = 1_000;

  /** The city, told; true once it has heard. */
  public interface City {
    boolean hears(Withdrawal withdrawal);

    boolean hears(Objecting objecting);
  }

  private final Consents consents;
  private final Objections objections;
  private final City city;
  private final Duration pauseMin;
  private final Duration pauseMax;
  private final Semaphore bell = new Semaphore(0);
  private final Thread telling = new Thread(this::run, "consent-telling");

  /** @param pauseMin after a failure; each further one doubles, up to {@code pauseMax} */
  public Telling(Consents consents, Objections objections, City city, Duration pauseMin, Duration pauseMax) {
    this.consents = consents;
    this.objections = objections;
    this.city = city;
    this.pauseMin = pauseMin;
    this.pauseMax = pauseMax;
  }

  /** Goes on with what the city has not heard. */
  public void start() {
    telling.start();
  }

  /** Withdraws a consent: when this returns, it covers nothing here any more, and the city is being told. */
  public Outcome withdraw(String reference, String by) {
    try {
      return consents.withdraw(reference, by);
    } finally {
      // Also when it was withdrawn before: what is untold is looked for, not remembered.
      bell.release();
    }
  }

  /** Keeps an objection: when this returns, it is in force here, and the city is being told. */
  public Outcome object(Objection objection) {
    try {
      return objections.keep(objection);
    } finally {
      bell.release();
    }
  }

  /** Lifts an objection, and has the city told. */
  public Outcome lift(String reference, String by) {
    try {
      return objections.lift(reference, by);
    } finally {
      bell.release();
    }
  }

  private void run() {
    Duration pause = Duration.ZERO;
    try {
      while (true) {
        bell.drainPermits();
        if (isAllTold(pause.isZero())) {
          pause = Duration.ZERO;
          bell.acquire();
        } else {
          pause = pause.isZero() ? pauseMin : shorter(pause.multipliedBy(2), pauseMax);
          bell.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException closing) {
      // What is untold is told after the next start.
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private boolean isAllTold(boolean first) throws InterruptedException {
    try {
      boolean withdrawals = areTold(consents.untold(AT_ONCE), one -> city.hears(Withdrawal.of(one)), one -> consents.told(one.consent().reference()));
      boolean objected = areTold(objections.untold(AT_ONCE), one -> city.hears(Objecting.of(one)), objections::told);
      if (!withdrawals && first) {
        LOG.warn("consent.withdrawal-not-told: 有授权已在本机撤回，但市平台尚未收到，将继续重试；见 emr-gateway consent list"
            + " / a consent is withdrawn here and the city has not heard yet; it is told again until it has; see emr-gateway consent list");
      }
      if (!objected && first) {
        LOG.warn("consent.objection-not-told: 有拒绝共享声明在本机已生效或解除，但市平台尚未收到，将继续重试；见 emr-gateway objection list"
            + " / an objection is in force or lifted here and the city has not heard yet; it is told again until it has; see emr-gateway objection list");
      }
      return withdrawals && objected;
    } catch (RuntimeException e) {
      LOG.error("consent.telling-failed: 告知市平台出错，将重试 / telling the city failed and will be tried again", WithoutMessage.of(e));
      return false;
    }
  }

  /** One that the city does not take keeps no other from being told. */
  private static <T> boolean areTold(List<T> untold, Predicate<T> hears, Consumer<T> told) throws InterruptedException {
    boolean all = untold.size() < AT_ONCE;
    for (T one : untold) {
      boolean heard = hears.test(one);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (heard) {
        told.accept(one);
      }
      all &= heard;
    }
    return all;
  }

  @Override
  public void close() throws InterruptedException {
    telling.interrupt();
    telling.join(2_000);
  }
}
