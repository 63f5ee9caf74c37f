package io.emrgateway.simulator;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in buckets of at most 1.6 % width; any number of threads. Durations above 1 hour count as 1 hour.
 */
public final class Latencies {
  /** 64 buckets for each power of two: below 128 µs every bucket is one microsecond wide. */
  private static final int STEPS = 64;
  private static final long MICROS_MAX = 3_600_000_000L;

  private final AtomicLongArray counts = new AtomicLongArray(bucket(MICROS_MAX) + 1);

  public void add(long micros) {
    counts.incrementAndGet(bucket(Math.max(0, Math.min(micros, MICROS_MAX))));
  }

  public long count() {
    long sum = 0;
    for (int i = 0; i < counts.length(); i++) {
      sum += counts.get(i);
    }
    return sum;
  }

  /** The duration in microseconds that this share (0 to 1) of all stay at or below; 0 if there are none. */
  public long atShare(double share) {
    long rank = (long) Math.ceil(share * count());
    long seen = 0;
    for (int i = 0; i < counts.length(); i++) {
      seen += counts.get(i);
      if (seen >= rank && seen > 0) {
        return upperEnd(i);
      }
    }
    return 0;
  }

  public void clear() {
    for (int i = 0; i < counts.length(); i++) {
      counts.set(i, 0);
    }
  }

  private static int bucket(long micros) {
    if (micros < 2 * STEPS) {
      return (int) micros;
    }
    int shift = 63 - Long.numberOfLeadingZeros(micros) - 6;
    return (shift + 1) * STEPS + (int) (micros >>> shift) - STEPS;
  }

  private static long upperEnd(int bucket) {
    if (bucket < 2 * STEPS) {
      return bucket;
    }
    int shift = bucket / STEPS - 1;
    return ((long) (bucket % STEPS + STEPS + 1) << shift) - 1;
  }
}
