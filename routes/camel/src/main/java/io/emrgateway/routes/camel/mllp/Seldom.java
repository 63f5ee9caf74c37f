package io.emrgateway.routes.camel.mllp;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/**
 * Says the same thing once in a while: what happens a thousand times is counted a thousand times and logged with its
 * number. Safe for any number of threads.
 */
public final class Seldom {
  private static final int SUBJECTS_MAX = 1_000;

  private static final class Said {
    private long nanos;
    private long unsaid;
  }

  private final long pauseNanos;
  private final Map<String, Said> said = new ConcurrentHashMap<>();

  /** @param pause between two lines about the same subject */
  public Seldom(Duration pause) {
    this.pauseNanos = pause.toNanos();
  }

  /** @param line called, unless it was a moment ago, with how often it was not called since */
  public void say(String subject, LongConsumer line) {
    if (said.size() > SUBJECTS_MAX) {
      said.clear();
    }
    Said one = said.computeIfAbsent(subject, key -> new Said());
    long unsaid;
    synchronized (one) {
      long now = System.nanoTime();
      if (one.nanos != 0 && now - one.nanos < pauseNanos) {
        one.unsaid++;
        return;
      }
      one.nanos = now;
      unsaid = one.unsaid;
      one.unsaid = 0;
    }
    line.accept(unsaid);
  }
}
