package io.emrgateway.agent;

import io.emrgateway.agent.control.CourierOrders;
import io.emrgateway.agent.control.DeliveryTexts;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.WithoutMessage;
import io.emrgateway.routes.core.delivery.Courier;
import io.emrgateway.routes.core.delivery.Outbox.Alignment;
import io.emrgateway.routes.core.delivery.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The thread the courier walks on: sleeps until something is due or the bell rings. */
public final class CourierThread implements CourierOrders, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(CourierThread.class);
  /** What delivery may stand still for that a new epoch behind the city's head gets over. */
  private static final Set<String> MENDED_BY_RESYNC = Set.of(Alignment.CITY_AHEAD.code(), Alignment.FORK.code(),
      Alignment.EPOCH.code(), Alignment.CITY_BEHIND_OUR_STORE.code(), Refused.Reason.BODY_DAMAGED.code(), "delivery.rule-broken");
  private static final Duration SLEEP_MAX = Duration.ofSeconds(5);
  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(2);
  private static final Duration TRUST_ASKED_EVERY = Duration.ofHours(1);
  private static final Duration OUTCOMES_ASKED_EVERY = Duration.ofMinutes(1);
  /** A page takes its turn with the batches. */
  private static final Duration OUTCOMES_PAGES_APART = Duration.ofMillis(200);

  /** Rung after each commit that admitted something. Never waits. */
  public static final class Bell implements Runnable {
    private boolean rung;

    @Override
    public synchronized void run() {
      rung = true;
      notifyAll();
    }

    synchronized void await(long millis) throws InterruptedException {
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      while (!rung) {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0) {
          return;
        }
        wait(left);
      }
      rung = false;
    }
  }

  private final Courier courier;
  private final Bell bell;
  private final Supplier<Standing> standing;
  private final Runnable refreshTrust;
  private final BooleanSupplier askOutcomes;
  private final ExecutorService ahead = Executors.newSingleThreadExecutor(work -> new Thread(work, "delivery-ahead"));
  private final Thread thread = new Thread(this::run, "delivery-courier");
  private final Object walking = new Object();
  private volatile boolean stopping;
  private volatile boolean failing;
  private long trustAskedAt = System.nanoTime();
  private long outcomesAskedAt = System.nanoTime();
  private boolean moreOutcomes;
  private String told;

  /** @param askOutcomes true if there is more to ask for at once */
  CourierThread(Function<Executor, Courier> courier, Bell bell, Supplier<Standing> standing, Runnable refreshTrust,
      BooleanSupplier askOutcomes) {
    this.courier = courier.apply(ahead);
    this.bell = bell;
    this.standing = standing;
    this.refreshTrust = refreshTrust;
    this.askOutcomes = askOutcomes;
  }

  void start() {
    thread.start();
  }

  /** False while the steps themselves fail, whatever the city says. */
  boolean isAlive() {
    return thread.isAlive() && !failing;
  }

  /** Asks the city again where it stands, at once. */
  @Override
  public void realign() {
    synchronized (walking) {
      courier.realign();
    }
    bell.run();
  }

  /** Something may be due: looks at once. */
  @Override
  public void ring() {
    bell.run();
  }

  /**
   * Runs an operator's resync between two steps, if the city is ahead of us or holds another history.
   *
   * @return false if nothing calls for one; nothing has been done then
   */
  @Override
  public boolean resync(Runnable resync) {
    String code = standing.get().code();
    if (code == null || !MENDED_BY_RESYNC.contains(code)) {
      return false;
    }
    synchronized (walking) {
      resync.run();
      courier.realign();
    }
    bell.run();
    return true;
  }

  private void run() {
    while (!stopping) {
      try {
        Instant next = step();
        long millis = Duration.between(Instant.now(), next.isBefore(Instant.EPOCH) ? Instant.EPOCH : next).toMillis();
        if (millis > 0) {
          bell.await(Math.min(millis, SLEEP_MAX.toMillis()));
        }
      } catch (InterruptedException e) {
        stopping = true;
      }
    }
  }

  private Instant step() {
    try {
      if (System.nanoTime() - trustAskedAt > TRUST_ASKED_EVERY.toNanos()) {
        trustAskedAt = System.nanoTime();
        refreshTrust.run();
      }
      Duration apart = moreOutcomes ? OUTCOMES_PAGES_APART : OUTCOMES_ASKED_EVERY;
      if (System.nanoTime() - outcomesAskedAt > apart.toNanos() && standing.get().code() == null) {
        outcomesAskedAt = System.nanoTime();
        moreOutcomes = askOutcomes.getAsBoolean();
      }
      Instant next;
      synchronized (walking) {
        next = courier.step();
      }
      failing = false;
      tell(standing.get());
      Instant soon = Instant.now().plus(OUTCOMES_PAGES_APART);
      return moreOutcomes && soon.isBefore(next) ? soon : next;
    } catch (Refused refused) {
      // The store did not answer; nothing has moved, and the same step is due again.
      tellOnce(refused.reason().code(), "");
    } catch (RuntimeException e) {
      LOG.error("delivery.step-failed: 投递步骤出错，将重试 / a step of the delivery failed and will be tried again", WithoutMessage.of(e));
    }
    failing = true;
    return Instant.now().plus(AFTER_A_FAILURE);
  }

  private void tell(Standing now) {
    if (now.code() == null) {
      if (told != null) {
        told = null;
        LOG.info("delivery.resumed: 已恢复向市平台投递 / delivery to the city goes on");
      }
    } else {
      tellOnce(now.code(), now.detail());
    }
  }

  private void tellOnce(String code, String detail) {
    if (!code.equals(told)) {
      told = code;
      LOG.warnf("%s: %s %s", code, DeliveryTexts.of(code).line(), detail == null ? "" : detail);
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    bell.run();
    thread.join(5_000);
    if (thread.isAlive()) {
      // An attempt may wait for the city for a minute; it is repeated after the restart.
      thread.interrupt();
      thread.join(2_000);
    }
    ahead.shutdownNow();
  }
}
