package io.emrgateway.routes.camel;

import io.emrgateway.routes.camel.mllp.Door;
import io.emrgateway.routes.camel.mllp.DoorThreads;
import io.emrgateway.routes.camel.mllp.Intake;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.camel.mllp.Room;
import io.emrgateway.routes.core.intake.Admit;
import java.time.Clock;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/**
 * The hospital's side: every source ends in the same three lines, but for what it asks.
 *
 * <p>The routes do not start by themselves; {@link #open} opens the doors when everything behind them is up.
 */
public final class IntakeRoutes extends RouteBuilder {
  private final List<Listener> listeners;
  private final Admit admit;
  private final Intake intake;
  private final Clock clock;
  private final Room room;

  /** @param room shared by all doors: what they may hold in memory */
  public IntakeRoutes(List<Listener> listeners, Admit admit, Intake intake, Clock clock, Room room) {
    this.listeners = List.copyOf(listeners);
    this.admit = admit;
    this.intake = intake;
    this.clock = clock;
    this.room = room;
  }

  @Override
  public void configure() throws Exception {
    Acknowledge acknowledge = new Acknowledge(intake, clock);
    Keep keep = new Keep(admit);
    DoorThreads.share(getContext());

    onException(Throwable.class).handled(true).bean(acknowledge, "refuse");

    for (Listener listener : listeners) {
      bindToRegistry("intake.door." + listener.source(), new Door(listener, intake, clock, room));

      from(endpoint(listener)).routeId(routeId(listener)).autoStartup(false)
          .bean(new Read(listener, intake, room), "read")
          .filter(IntakeRoutes::asks).to(LookupRoutes.QUERY).stop().end()
          .bean(keep, "keep")                  // durable once this line returns
          .bean(acknowledge, "accept");
    }
  }

  private static boolean asks(Exchange exchange) {
    return exchange.getProperty(Received.PROPERTY, Received.class).asks();
  }

  /** The route of a source, for whoever opens, closes or shows it. */
  public static String routeId(Listener listener) {
    return "intake." + listener.source();
  }

  /**
   * Opens every door; when it returns, each one listens.
   *
   * @throws Exception if an address or port cannot be had; the doors before it are open then
   */
  public void open() throws Exception {
    for (Listener listener : listeners) {
      getContext().getRouteController().startRoute(routeId(listener));
    }
  }

  private static String endpoint(Listener listener) {
    String host = listener.host().contains(":") ? "[" + listener.host() + "]" : listener.host();
    return "netty:tcp://" + host + ":" + listener.port()
        + "?serverInitializerFactory=#intake.door." + listener.source()
        + "&bossGroup=#" + DoorThreads.BOSS + "&workerGroup=#" + DoorThreads.WORKERS
        // An answer, also the empty one, is always an Answer; the conversation decides about closing.
        + "&sync=true&disconnect=false&disconnectOnNoReply=false"
        // Reading takes microseconds and admitting does not wait: the event loop itself may do it.
        + "&usingExecutorService=false&exceptionHandler=#" + DoorThreads.UNHEARD;
  }
}
