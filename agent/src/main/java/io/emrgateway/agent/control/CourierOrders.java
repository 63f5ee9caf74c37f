package io.emrgateway.agent.control;

/** What an operator may ask of the one who delivers; the control door needs no more of it. */
public interface CourierOrders {
  /** Asks the city again where it stands, at once. */
  void realign();

  /** Something may be due: looks at once. */
  void ring();

  /**
   * Runs an operator's resync between two steps, if the city is ahead of us or holds another history.
   *
   * @return false if nothing calls for one; nothing has been done then
   */
  boolean resync(Runnable resync);
}
