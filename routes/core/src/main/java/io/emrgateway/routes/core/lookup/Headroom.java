package io.emrgateway.routes.core.lookup;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The bytes of the heap that all lookups together may hold, both ways: what other hospitals answered until a door has
 * written it, and what of our own records is read for an answer. Whoever comes when it is taken waits for a turn, in the
 * order of coming; the doors of the feed have their own room, and never wait for a lookup.
 *
 * <p>Safe for any number of threads. A thread takes once, all it will need: two that each held a part and waited for more
 * would wait for each other.
 *
 * @see "agent/decisions/0012-a-bound-on-memory.md"
 */
public final class Headroom {
  /** Of the heap, in parts: one of four. */
  private static final int PART = 4;
  /** Less than what a doctor waits for anyhow. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int UNIT = 1 << 10;

  private final int units;
  private final Duration patience;
  private final Semaphore free;

  public Headroom(long bytes, Duration patience) {
    this.units = Math.toIntExact(Math.max(1, bytes / UNIT));
    this.patience = patience;
    this.free = new Semaphore(units, true);
  }

  /** The room that a heap of this size ({@link Runtime#maxMemory}) has for lookups. */
  public static Headroom ofHeap(long heapBytes) {
    return new Headroom(heapBytes / PART, PATIENCE);
  }

  /** The most that one lookup may take, in bytes. */
  public long most() {
    return (long) units * UNIT;
  }

  /** What nobody has taken at the moment, in bytes. */
  public long free() {
    return (long) free.availablePermits() * UNIT;
  }

  /** Whether somebody has no turn yet. */
  boolean isWaitedFor() {
    return free.hasQueuedThreads();
  }

  /**
   * Waits for a turn.
   *
   * @param bytes more than {@link #most} is as much as all of it
   * @return empty if there was none in time
   */
  public Optional<Taken> take(long bytes) {
    int wanted = (int) Math.min(units, (Math.max(0, bytes) + UNIT - 1) / UNIT);
    try {
      return free.tryAcquire(wanted, patience.toMillis(), TimeUnit.MILLISECONDS) ? Optional.of(new Taken(wanted)) : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** What one lookup holds. */
  public final class Taken implements AutoCloseable {
    private int held;

    private Taken(int held) {
      this.held = held;
    }

    /** Gives it back; harmless twice. */
    @Override
    public synchronized void close() {
      free.release(held);
      held = 0;
    }
  }
}
