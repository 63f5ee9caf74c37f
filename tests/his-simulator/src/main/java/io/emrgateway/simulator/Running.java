package io.emrgateway.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Senders at work. Ends by itself; {@link #close()} ends it earlier. */
public final class Running implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<Sender> senders;
  private final List<Thread> threads;
  private final Ledger ledger;
  private final boolean ownsLedger;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  Running(String name, List<Sender> senders, Ledger ledger, boolean ownsLedger) {
    this.senders = senders;
    this.ledger = ledger;
    this.ownsLedger = ownsLedger;
    this.threads = senders.stream().map(sender -> {
      Thread thread = new Thread(sender, name + "-" + senders.indexOf(sender));
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler((t, e) -> failure.compareAndSet(null, e));
      return thread;
    }).toList();
    threads.forEach(Thread::start);
  }

  /**
   * Returns once at least that many different messages are acknowledged (AA or CA), two minutes at most.
   *
   * @throws IllegalStateException if the run ends or two minutes pass with fewer
   */
  public void untilAcknowledged(int messages) {
    untilAcknowledged(messages, PATIENCE);
  }

  /** As {@link #untilAcknowledged(int)}, with a patience of one's own. */
  public void untilAcknowledged(int messages, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (ledger.acknowledgedCount() < messages) {
      boolean alive = isRunning();
      if (ledger.acknowledgedCount() >= messages) {
        return;
      }
      if (!alive || System.nanoTime() - end >= 0) {
        throw new IllegalStateException("acknowledged " + ledger.acknowledgedCount() + " of " + messages + " when "
            + (alive ? "patience ended" : "the run ended") + ": " + ledger.outcomes(), failure.get());
      }
      synchronized (ledger) {
        try {
          // Ledger.record wakes us at each new acknowledgement; the end of a thread does not.
          ledger.wait(20);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted", e);
        }
      }
    }
  }

  /**
   * Waits until every message is settled.
   *
   * @return false if some are not by then; they go on
   * @throws IllegalStateException if a sender failed for a reason of its own, such as a full disk under the ledger
   */
  public boolean await(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    for (Thread thread : threads) {
      long millis = Math.max(1, (end - System.nanoTime()) / 1_000_000);
      try {
        thread.join(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    if (failure.get() != null) {
      throw new IllegalStateException("a sender failed", failure.get());
    }
    return !isRunning();
  }

  public boolean isRunning() {
    return threads.stream().anyMatch(Thread::isAlive);
  }

  /** What a sender died of, a mistake of its own and not the gateway's; empty as long as none did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** {@code H(04|bytes)} of every message answered with AA or CA so far, in the order of the answers. A copy. */
  public Set<String> acknowledged() {
    return ledger.acknowledged();
  }

  public Ledger ledger() {
    return ledger;
  }

  /** Hangs up. What was on the way gets a last line in the ledger, {@code cut} with the note {@code stopped}. */
  public void stop() {
    senders.forEach(Sender::stop);
    try {
      for (Thread thread : threads) {
        thread.join(10_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops, and closes the ledger unless it was given from outside. */
  @Override
  public void close() {
    stop();
    if (ownsLedger) {
      try {
        ledger.close();
      } catch (IOException e) {
        throw new UncheckedIOException("the ledger could not be closed", e);
      }
    }
  }
}
