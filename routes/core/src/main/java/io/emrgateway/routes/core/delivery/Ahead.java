package io.emrgateway.routes.core.delivery;

import io.emrgateway.routes.core.Refused;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongFunction;

/**
 * What follows the last sealed batch, translated while that batch is on its way, so that neither the city nor the
 * processor waits for the other.
 *
 * <p>One thread takes, seals and puts back (the courier's), another translates. An operator's repaired messages come
 * behind all others, and nothing is translated behind them before they are sealed: until then they would come again.
 */
final class Ahead {
  /** Messages and bundles are held in memory until they are sealed. */
  private static final long BYTES_MAX = 4 << 20;

  private static final long NOWHERE = -1;

  private final LongFunction<List<Translated>> prepare;
  private final int entriesMax;
  private final Executor thread;

  private final Deque<Translated> ready = new ArrayDeque<>();
  private long bytes;
  /** The last admission number translated; what follows it comes next. */
  private long end = NOWHERE;
  private boolean endsInRepairs;
  /** Somebody translates what follows {@link #end}. */
  private boolean working;
  /** Counts new beginnings: what a translation brings that began before one is not wanted any more. */
  private long beginning;

  /**
   * @param prepare picks up and translates some of what follows an admission number; on {@code thread} or the taker's
   * @param entriesMax what a batch takes
   */
  Ahead(LongFunction<List<Translated>> prepare, int entriesMax, Executor thread) {
    this.prepare = prepare;
    this.entriesMax = entriesMax;
    this.thread = thread;
  }

  /** Translates on beside the caller, if there is room. Everything taken before has been sealed. */
  void go(long sealedUpTo) {
    synchronized (this) {
      if (ready.isEmpty() && !working) {
        begin(sealedUpTo);
      }
      if (working || full()) {
        return;
      }
      working = true;
    }
    thread.execute(this::work);
  }

  /** Forgets everything: the numbers may mean something else now. */
  synchronized void forget() {
    begin(NOWHERE);
  }

  /**
   * What follows {@code sealedUpTo}, in order and without a hole, as many as a batch takes; empty only if nothing
   * waits. Waits for a translation under way if there is nothing yet, and translates itself what nobody has begun.
   */
  List<Translated> take(long sealedUpTo) {
    List<Translated> taken = new ArrayList<>(entriesMax);
    long after;
    synchronized (this) {
      awaitWhatFollows(sealedUpTo);
      // Half a batch is worth its price as it is; behind less, what was admitted since is looked for.
      boolean enough = ready.size() > entriesMax / 2 || bytes > BYTES_MAX / 2;
      poll(taken);
      if (enough || working || endsInRepairs) {
        return taken;
      }
      working = true;
      after = end;
    }
    List<Translated> more = List.of();
    try {
      more = prepare.apply(after);
    } finally {
      synchronized (this) {
        working = false;
        advance(more);
        poll(taken);
      }
    }
    return taken;
  }

  private void poll(List<Translated> taken) {
    while (taken.size() < entriesMax && !ready.isEmpty()) {
      Translated one = ready.poll();
      bytes -= size(one);
      taken.add(one);
    }
  }

  /** What a batch had no room for begins the next one; translating it again would be for nothing. */
  synchronized void putBack(List<Translated> rest) {
    for (int k = rest.size() - 1; k >= 0; k--) {
      ready.addFirst(rest.get(k));
      bytes += size(rest.get(k));
    }
  }

  private void awaitWhatFollows(long sealedUpTo) {
    while (true) {
      if (!ready.isEmpty()) {
        Admitted first = ready.peek().message();
        if (first.repaired() || first.number() == sealedUpTo + 1) {
          return;
        }
        begin(sealedUpTo);
      }
      if (!working) {
        begin(sealedUpTo);
        return;
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Refused(Refused.Reason.STOPPING, "");
      }
    }
  }

  private void begin(long after) {
    beginning++;
    ready.clear();
    bytes = 0;
    end = after;
    endsInRepairs = false;
  }

  private void work() {
    boolean goOn = true;
    while (goOn) {
      goOn = false;
      try {
        goOn = one();
      } finally {
        if (!goOn) {
          synchronized (this) {
            working = false;
            notifyAll();
          }
        }
      }
    }
  }

  /** Translates one more part; false if nothing waits or no room is left. */
  private boolean one() {
    long after;
    long began;
    synchronized (this) {
      if (full()) {
        return false;
      }
      after = end;
      began = beginning;
    }
    List<Translated> more;
    try {
      more = prepare.apply(after);
    } catch (RuntimeException e) {
      // Prepared again in the courier's own thread, where a failure that lasts is heard.
      return false;
    }
    synchronized (this) {
      if (began != beginning) {
        return true;
      }
      advance(more);
      notifyAll();
      return !more.isEmpty();
    }
  }

  private void advance(List<Translated> more) {
    for (Translated each : more) {
      ready.add(each);
      bytes += size(each);
      if (each.message().repaired()) {
        endsInRepairs = true;
      } else {
        end = each.message().number();
      }
    }
  }

  private boolean full() {
    return end == NOWHERE || endsInRepairs || ready.size() >= entriesMax || bytes >= BYTES_MAX;
  }

  private static long size(Translated one) {
    return (one.body() == null ? 0 : one.body().length) + (one.message().bytes() == null ? 0 : one.message().bytes().length);
  }
}
