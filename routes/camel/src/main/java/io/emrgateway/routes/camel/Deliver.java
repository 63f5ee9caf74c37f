package io.emrgateway.routes.camel;

import io.emrgateway.routes.core.delivery.Batch;
import io.emrgateway.routes.core.delivery.City;
import io.emrgateway.routes.core.delivery.Delivery;
import io.emrgateway.routes.core.delivery.Outbox;
import org.apache.camel.Body;
import org.apache.camel.Exchange;

/** One attempt to hand a sealed batch to the city. */
public final class Deliver {
  static final String BATCH = "delivery.batch";

  private final Outbox outbox;
  private final City city;

  Deliver(Outbox outbox, City city) {
    this.outbox = outbox;
    this.city = city;
  }

  /** Sends the bytes that were sealed, the same at every attempt. */
  public Delivery attempt(@Body Batch batch, Exchange exchange) {
    exchange.setProperty(BATCH, batch);
    return city.deliver(batch, outbox.wire(batch));
  }
}
