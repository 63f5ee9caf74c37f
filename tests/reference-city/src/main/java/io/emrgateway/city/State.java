package io.emrgateway.city;

/**
 * How far the city is with one feed: its head, and the last numbers it holds.
 *
 * @param hh hash of the last header held
 * @param in last admission number accounted for
 * @param n last body number held
 * @param ch the city's own chain, {@code H(06|prevCh|hh)}
 */
record State(
    long epoch, long seq, String hh, long in, long n, long auditN, String auditHead, String prevCh, String ch) {

  /** Before the first batch: epochs begin at 1, everything else has not begun. */
  static final State BEGINNING =
      new State(1, 0, Suite.NOTHING_YET, 0, 0, 0, Suite.NOTHING_YET, Suite.NOTHING_YET, Suite.NOTHING_YET);
}
