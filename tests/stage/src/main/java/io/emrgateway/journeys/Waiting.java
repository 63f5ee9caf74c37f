package io.emrgateway.journeys;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something to become true, and says what it was that did not. */
public final class Waiting {
  private Waiting() {}

  /** @throws IllegalStateException naming {@code what} if it is not true within the patience */
  public static void until(String what, Duration patience, BooleanSupplier holds) {
    until(() -> what, patience, holds);
  }

  /**
   * As above, asking for the words when patience has ended: they may tell how things stand then.
   *
   * @throws IllegalStateException with these words
   */
  public static void until(Supplier<String> what, Duration patience, BooleanSupplier holds) {
    long end = System.nanoTime() + patience.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("not within " + patience.toSeconds() + " s: " + what.get());
      }
      try {
        Thread.sleep(25);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting");
      }
    }
  }
}
