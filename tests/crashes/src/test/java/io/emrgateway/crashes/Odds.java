package io.emrgateway.crashes;

import java.util.Random;

/** The randomness of a run, which can be had again: {@code -Dcrash.seed=N}. */
final class Odds {
  private Odds() {}

  static Random of(String test) {
    long seed = seed();
    System.out.println("[crashes] " + test + ": -Dcrash.seed=" + seed);
    return new Random(seed);
  }

  static long seed() {
    String told = System.getProperty("crash.seed", "");
    return told.isEmpty() ? System.nanoTime() & 0xffff_ffffL : Long.parseLong(told);
  }
}
