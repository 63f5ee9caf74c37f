package io.emrgateway.city;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What has gone wrong since the city started, for the status page: counts, and the last fifty by name. No values. */
final class Log {
  private static final int EVENTS_MAX = 50;

  /** @param what a rule's id, or GAP, FORK, EPOCH */
  record Event(String t, String feed, long seq, String what, String place) {}

  private final Deque<Event> events = new ArrayDeque<>();
  private final Map<String, Map<String, Long>> refusals = new HashMap<>();
  private final Map<String, Long> repeats = new HashMap<>();

  synchronized void refused(String feed, long seq, Refused refused, Instant now) {
    note(new Event(Times.text(now), feed, seq, refused.rule.id, refused.place));
  }

  synchronized void outOfOrder(String feed, long seq, Order order, Instant now) {
    note(new Event(Times.text(now), feed, seq, order.name(), ""));
  }

  private void note(Event event) {
    events.addFirst(event);
    if (events.size() > EVENTS_MAX) {
      events.removeLast();
    }
    refusals.computeIfAbsent(event.feed(), name -> new TreeMap<>()).merge(event.what(), 1L, Long::sum);
  }

  /** A batch that is held came again, with the same content, and got its receipt again. */
  synchronized void repeated(String feed) {
    repeats.merge(feed, 1L, Long::sum);
  }

  synchronized long repeats(String feed) {
    return repeats.getOrDefault(feed, 0L);
  }

  synchronized Map<String, Long> refusals(String feed) {
    return new TreeMap<>(refusals.getOrDefault(feed, Map.of()));
  }

  /** Newest first. */
  synchronized List<Event> events() {
    return new ArrayList<>(events);
  }
}
