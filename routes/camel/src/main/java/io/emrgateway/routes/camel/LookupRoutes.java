package io.emrgateway.routes.camel;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/** What a HIS asks by HL7 v2: answered on the connection it came by, as any other door answers. */
public final class LookupRoutes extends RouteBuilder {
  static final String QUERY = "direct:lookup.query";

  /** More at once than the city takes of one hospital (20), so that the refusal is the city's word. */
  static final int AT_ONCE = 32;
  private static final int IDLE_SECONDS = 30;

  private final AnswerQuery query;

  public LookupRoutes(AnswerQuery query) {
    this.query = query;
  }

  @Override
  public void configure() {
    onException(Throwable.class).handled(true).bean(query, "refuse");

    from(QUERY).routeId("lookup.query")
        .bean(query, "read")
        // The doors' own threads wait for nobody: other connections go on, and this one is answered in order.
        .threads(1, AT_ONCE).threadName("query").maxQueueSize(0).keepAliveTime(IDLE_SECONDS).rejectedPolicy(ThreadPoolRejectedPolicy.Abort)
        .bean(query, "ask")
        .bean(query, "tell");
  }
}
