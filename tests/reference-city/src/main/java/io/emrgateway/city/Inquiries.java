package io.emrgateway.city;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Where inquiries wait for their hospital, and hospitals for inquiries. Each inquiry is handed out once.
 *
 * <p>Of several polls of one feed the newest is served: the older ones may be a gateway's that has been restarted, and
 * nobody reads their answers any more.
 */
final class Inquiries {
  private final Map<String, Desk> desks = new ConcurrentHashMap<>();

  /** One feed's. Also the lock. */
  private static final class Desk {
    private final Deque<Inquiry> inquiries = new ArrayDeque<>();
    private final Deque<CompletableFuture<Inquiry>> polls = new ArrayDeque<>();
  }

  /** Hands the inquiry to the hospital if it is waiting, or keeps it until it comes. */
  void offer(Inquiry inquiry) {
    Desk desk = desk(inquiry.to().feed());
    synchronized (desk) {
      if (desk.polls.isEmpty()) {
        desk.inquiries.add(inquiry);
      } else if (inquiry.handOut()) {
        desk.polls.pop().complete(inquiry);
      }
    }
  }

  /** The next inquiry for the feed, or null if none has come within {@code patience}. */
  Inquiry next(String feed, Duration patience) {
    Desk desk = desk(feed);
    CompletableFuture<Inquiry> poll = new CompletableFuture<>();
    synchronized (desk) {
      while (!desk.inquiries.isEmpty()) {
        Inquiry inquiry = desk.inquiries.poll();
        if (inquiry.handOut()) {
          return inquiry;
        }
      }
      desk.polls.push(poll);
    }
    try {
      return poll.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return givenUp(desk, poll);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return givenUp(desk, poll);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What was handed out in the last moment counts as handed out. */
  private static Inquiry givenUp(Desk desk, CompletableFuture<Inquiry> poll) {
    synchronized (desk) {
      desk.polls.remove(poll);
      return poll.getNow(null);
    }
  }

  /** Takes back what has not been handed out of a lookup. */
  void takeBack(Lookup lookup) {
    for (Source source : lookup.sources()) {
      Desk desk = desk(source.feed.feed());
      synchronized (desk) {
        desk.inquiries.removeIf(inquiry -> inquiry.lookup == lookup);
      }
    }
  }

  private Desk desk(String feed) {
    return desks.computeIfAbsent(feed, name -> new Desk());
  }
}
