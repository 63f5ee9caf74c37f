package io.emrgateway.routes.camel;

import io.emrgateway.routes.core.delivery.Batch;
import io.emrgateway.routes.core.delivery.Delivery;
import io.emrgateway.routes.core.delivery.Outbox;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;

/** Keeps what became of an attempt. When to try again is the courier's to say. */
public final class Settle {
  private final Outbox outbox;

  Settle(Outbox outbox) {
    this.outbox = outbox;
  }

  /** A receipt is durable when this returns. */
  public Delivery settle(@Body Delivery outcome, @ExchangeProperty(Deliver.BATCH) Batch batch) {
    if (outcome instanceof Delivery.Accepted accepted) {
      outbox.settle(batch, accepted);
    }
    return outcome;
  }
}
