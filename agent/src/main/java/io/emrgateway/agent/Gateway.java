package io.emrgateway.agent;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.start.Inspection;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;

/**
 * The gateway inside Quarkus: wired when HTTP and Camel are up, taken apart before they go.
 *
 * <p>Quarkus calls {@link #run} after its own listeners are bound, so a port that is taken ends the
 * start before a single message is acknowledged.
 */
@ApplicationScoped
public class Gateway implements QuarkusApplication {
  /** Set by the command line before Quarkus starts; there is one gateway in a process. */
  static volatile GatewaySettings settings;
  /** Without errors, and not made twice: what it opened is what runs. */
  static volatile Inspection inspection;
  /** The shipped rules are compiled while Quarkus starts beside it. */
  static volatile CompletableFuture<RulesInForce> rules;

  @Inject CamelContext camel;
  @Inject Vertx vertx;
  @Inject MeterRegistry meters;
  private volatile Wiring wiring;

  @Override
  public int run(String... arguments) throws Exception {
    // With a main class of our own, Camel Quarkus builds the context and leaves the start to us.
    if (!camel.isStarted()) {
      camel.start();
    }
    try (Wiring wired = new Wiring(settings, inspection, rules::join, camel, vertx, meters)) {
      wired.open();
      wiring = wired;
      Quarkus.waitForExit();
      return 0;
    } finally {
      wiring = null;
    }
  }

  /** What is wired; empty while starting and stopping. */
  public Optional<Wiring> wiring() {
    return Optional.ofNullable(wiring);
  }
}
