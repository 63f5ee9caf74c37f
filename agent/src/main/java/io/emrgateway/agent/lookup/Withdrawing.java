package io.emrgateway.agent.lookup;

import io.emrgateway.routes.core.WithoutMessage;
import io.emrgateway.routes.core.lookup.Consents;
import io.emrgateway.routes.core.lookup.Consents.Outcome;
import io.emrgateway.routes.core.lookup.Consents.Standing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Withdrawals: here they count as soon as they are on the disk, and one thread tells the city at once, and again until
 * it has heard. What it has not heard is in the store, so that neither a restart nor a city that is away loses one.
 */
public final class Withdrawing implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Withdrawing.class);
  private static final int AT_ONCE = 1_000;

  private final Consents consents;
  private final Predicate<Withdrawal> city;
  private final Duration pauseMin;
  private final Duration pauseMax;
  private final Semaphore bell = new Semaphore(0);
  private final Thread telling = new Thread(this::run, "consent-withdrawals");

  /**
   * @param city tells it; true once it has heard
   * @param pauseMin after a failure; each further one doubles, up to {@code pauseMax}
   */
  public Withdrawing(Consents consents, Predicate<Withdrawal> city, Duration pauseMin, Duration pauseMax) {
    this.consents = consents;
    this.city = city;
    this.pauseMin = pauseMin;
    this.pauseMax = pauseMax;
  }

  /** Goes on with what the city has not heard. */
  public void start() {
    telling.start();
  }

  /** Withdraws one: when this returns, it covers nothing here any more, and the city is being told. */
  public Outcome withdraw(String reference, String by) {
    try {
      return consents.withdraw(reference, by);
    } finally {
      // Also when the audit fails behind it, or it was withdrawn before: what is untold is looked for, not remembered.
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

  /** One that the city does not take keeps no other from being told. */
  private boolean isAllTold(boolean first) throws InterruptedException {
    boolean all = true;
    try {
      List<Standing> untold = consents.untold(AT_ONCE);
      for (Standing one : untold) {
        boolean heard = city.test(Withdrawal.of(one));
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (heard) {
          consents.told(one.consent().reference());
        }
        all &= heard;
      }
      if (!all && first) {
        LOG.warn("consent.withdrawal-not-told: 有授权已在本机撤回，但市平台尚未收到，将继续重试；见 emr-gateway consent list"
            + " / a consent is withdrawn here and the city has not heard yet; it is told again until it has; see emr-gateway consent list");
      }
      return all && untold.size() < AT_ONCE;
    } catch (RuntimeException e) {
      LOG.error("consent.withdrawal-failed: 告知市平台出错，将重试 / telling the city failed and will be tried again", WithoutMessage.of(e));
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    telling.interrupt();
    telling.join(2_000);
  }
}
