package io.emrgateway.routes.core.lookup;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** How many questions one doctor may ask: as many as the city takes of one, so that a script is stopped here. */
final class Pace {
  static final int IN_A_MINUTE = 60;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Map<String, Deque<Instant>> byDoctor = new HashMap<>();

  /** Counts a question, unless it is one too many. */
  synchronized boolean allows(String doctor, Instant now) {
    byDoctor.values().removeIf(asked -> {
      while (!asked.isEmpty() && !asked.peekFirst().plus(MINUTE).isAfter(now)) {
        asked.removeFirst();
      }
      return asked.isEmpty();
    });
    Deque<Instant> asked = byDoctor.computeIfAbsent(doctor, one -> new ArrayDeque<>());
    if (asked.size() >= IN_A_MINUTE) {
      return false;
    }
    asked.addLast(now);
    return true;
  }
}
