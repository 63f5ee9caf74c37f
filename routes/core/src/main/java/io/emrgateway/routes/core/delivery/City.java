package io.emrgateway.routes.core.delivery;

/** The city platform, as one gateway sees it. */
public interface City {

  /** One attempt. No transaction is open meanwhile; every way to fail is an outcome, never an exception. */
  Delivery deliver(Batch batch);
}
