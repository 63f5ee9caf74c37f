package io.emrgateway.city;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How many lookups may be under way: so many of a feed at once, so many of one practitioner in a minute. Whoever has
 * stolen one doctor's password should not be able to read a city.
 */
final class Quota {
  private static final int PER_PRACTITIONER = 60;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Map<String, Integer> atOnce = new HashMap<>();
  private final Map<String, Deque<Instant>> ofPractitioner = new HashMap<>();

  /**
   * Counts one in. Whoever is counted in has to {@link #leave}.
   *
   * @throws Refused {@code lookup.too-many}; then nothing has been counted
   */
  synchronized void enter(Register.Feed feed, String practitioner, Instant now) {
    if (atOnce.getOrDefault(feed.feed(), 0) >= feed.lookupsAtOnce()) {
      throw new Refused(Rule.LOOKUP_TOO_MANY, "feed");
    }
    ofPractitioner.values().removeIf(times -> isOver(times, now));
    Deque<Instant> times =
        ofPractitioner.computeIfAbsent(feed.org() + '\n' + practitioner, name -> new ArrayDeque<>());
    if (times.size() >= PER_PRACTITIONER) {
      throw new Refused(Rule.LOOKUP_TOO_MANY, "practitioner");
    }
    times.add(now);
    atOnce.merge(feed.feed(), 1, Integer::sum);
  }

  /** Drops what is older than a minute; true if nothing is left. */
  private static boolean isOver(Deque<Instant> times, Instant now) {
    while (!times.isEmpty() && !times.peek().isAfter(now.minus(MINUTE))) {
      times.poll();
    }
    return times.isEmpty();
  }

  synchronized void leave(Register.Feed feed) {
    atOnce.merge(feed.feed(), -1, Integer::sum);
  }
}
