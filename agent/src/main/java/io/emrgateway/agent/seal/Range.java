package io.emrgateway.agent.seal;

/**
 * Numbers from first to last, both included; empty when {@code first = last + 1}, and even then it says
 * where the next number begins.
 */
public record Range(long first, long last) {
  public Range {
    if (first < 0 || last < 0 || first > last + 1) {
      throw new SealRefused(SealRefused.Reason.BATCH_NUMBERS, "range");
    }
  }

  /** Nothing yet, and {@code next} comes next. */
  public static Range emptyBefore(long next) {
    return new Range(next, next - 1);
  }

  public long count() {
    return last - first + 1;
  }

  public boolean isEmpty() {
    return count() == 0;
  }
}
