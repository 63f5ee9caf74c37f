package io.emrgateway.routes.core.delivery;

/**
 * Which messages are being translated, remembered beyond the death of the process: whatever a message does to us, it
 * does it twice at most.
 */
public interface Attempts {
  /** Nothing is remembered; for tests and for messages that cannot do harm. */
  Attempts FORGETFUL = new Attempts() {
    @Override
    public boolean begin(long number) {
      return true;
    }

    @Override
    public void end(long number) {}
  };

  /**
   * Notes that a translation begins.
   *
   * @param number of the admission
   * @return false if it has begun twice and never ended: the process died of it, or with it. That is forgotten then, so
   *     that an operator's replay begins anew
   */
  boolean begin(long number);

  /** It ended, whatever came of it. */
  void end(long number);
}
