package io.emrgateway.routes.camel;

import io.emrgateway.routes.core.delivery.Batch;
import io.emrgateway.routes.core.delivery.City;
import io.emrgateway.routes.core.delivery.Courier;
import io.emrgateway.routes.core.delivery.Delivery;
import io.emrgateway.routes.core.delivery.Outbox;
import io.emrgateway.routes.core.delivery.Translated;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;

/** The city's side: from an admitted message to the city's receipt, in the steps of the walk. */
public final class DeliveryRoutes extends RouteBuilder {
  static final String PREPARE = "direct:delivery.prepare";
  static final String SEAL = "direct:delivery.seal";
  static final String SEND = "direct:delivery.send";

  private final PickUp pickUp;
  private final Translate translate;
  private final Outbox outbox;
  private final City city;

  public DeliveryRoutes(PickUp pickUp, Translate translate, Outbox outbox, City city) {
    this.pickUp = pickUp;
    this.translate = translate;
    this.outbox = outbox;
    this.city = city;
  }

  @Override
  public void configure() {
    // The courier hears of every failure and words it itself; Camel's handler would log an exception's own text.
    errorHandler(noErrorHandler());

    from(PREPARE).routeId("delivery.prepare")
        .bean(pickUp, "next")            // in order of admission, as many as a batch takes
        .bean(translate, "all")          // what fails is quarantined and blocks nobody
        .bean(outbox, "ready");          // whatever of the seal need not wait for its turn

    from(SEAL).routeId("delivery.seal")
        .bean(outbox, "seal");           // signed, numbered and durable once this line returns

    from(SEND).routeId("delivery.send")
        .bean(new Deliver(outbox, city), "attempt")   // no transaction open
        .bean(new Settle(outbox), "settle");          // durable once this line returns
  }

  /** The same steps as the courier calls them. */
  public static Courier.Steps steps(ProducerTemplate camel) {
    return new Courier.Steps() {
      @Override
      @SuppressWarnings("unchecked")
      public List<Translated> prepare(long after) {
        return (List<Translated>) request(camel, PREPARE, after);
      }

      @Override
      @SuppressWarnings("unchecked")
      public Optional<Batch> seal(List<Translated> messages) {
        return (Optional<Batch>) request(camel, SEAL, messages);
      }

      @Override
      public Delivery deliver(Batch batch) {
        return (Delivery) request(camel, SEND, batch);
      }
    };
  }

  private static Object request(ProducerTemplate camel, String step, Object body) {
    try {
      return camel.requestBody(step, body);
    } catch (CamelExecutionException wrapped) {
      throw wrapped.getCause() instanceof RuntimeException cause ? cause : wrapped;
    }
  }
}
