package io.emrgateway.agent;

import io.emrgateway.agent.city.CityClient;
import io.emrgateway.agent.city.CityConnection;
import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.ControlDoor;
import io.emrgateway.agent.control.RulesOrders;
import io.emrgateway.agent.seal.MasterKey;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.start.Inspection;
import io.emrgateway.agent.start.Opened;
import io.emrgateway.agent.store.Store;
import io.emrgateway.mappings.Diagnostic;
import io.emrgateway.routes.camel.DeliveryRoutes;
import io.emrgateway.routes.camel.IntakeRoutes;
import io.emrgateway.routes.camel.PickUp;
import io.emrgateway.routes.camel.Translate;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.camel.mllp.Room;
import io.emrgateway.routes.camel.mllp.Seldom;
import io.emrgateway.routes.core.delivery.Admitted;
import io.emrgateway.routes.core.delivery.AskOutcomes;
import io.emrgateway.routes.core.delivery.Courier;
import io.emrgateway.routes.core.intake.Admit;
import io.emrgateway.routes.core.lookup.Headroom;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.jboss.logging.Logger;

/**
 * Puts the gateway together, constructor after constructor, and takes it apart in the other order.
 *
 * <p>The doors open last: a message is taken only when everything that has to keep it is up.
 */
public final class Wiring implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Wiring.class);
  private static final Seldom SELDOM = new Seldom(Duration.ofSeconds(10));

  private final CamelContext camel;
  private final IntakeRoutes doors;
  private final List<Listener> listeners;
  private final Store store;
  private final CourierThread courier;
  private final ControlDoor control;
  private final Lookups lookups;
  private final RulesInForce rules;
  private final Inspection inspection;

  /**
   * Opens the store; nothing runs before {@link #open}.
   *
   * @param inspection without errors
   * @param compiled asked once, after what can be done without them
   * @throws Exception with a code and a remedy in its text if anything of it cannot be had
   */
  public Wiring(GatewaySettings settings, Inspection inspection, Supplier<RulesInForce> compiled, CamelContext camel,
      Vertx vertx, MeterRegistry meters) throws Exception {
    this.camel = camel;
    Clock clock = Clock.systemUTC();
    Suite suite = Suite.of(settings.suite().toString());
    this.inspection = inspection;
    Opened opened = inspection.opened();
    CityConnection connection = new CityConnection(settings.city().address(), settings.city().connectTimeout(), opened.tls());
    CityClient city = new CityClient(
        new CityClient.Settings(settings.feedName(), suite, settings.city().patience()), connection, opened.trust());

    rules = compiled.get();
    CourierThread.Bell bell = new CourierThread.Bell();
    store = new Store(
        new Store.Settings(settings.home(), settings.feedName(), suite,
            settings.sources().stream().map(GatewaySettings.Source::name).toList(),
            settings.store().diskFloor().bytes(), settings.store().diskCeiling().bytes(), settings.store().keepDelivered(),
            settings.store().keepRecords(), settings.consent().keep(),
            settings.city().gzip(), Version.TEXT,
            () -> rules.now().config()),
        opened.master().orElseGet(() -> MasterKey.create(settings.keys().master())), opened.signing(), clock, bell);

    Headroom lookupRoom = Headroom.ofHeap(Runtime.getRuntime().maxMemory());
    Meters counted = new Meters(meters, store.overview(), rules, opened);
    Translate translate = new Translate(rules::now, (message, version) -> Shapes.of(message, version, store.leftovers()),
        store.attempts(), new WrittenLater(store.records()), lookupRoom, (message, finding) -> noticed(counted, message, finding));
    camel.addRoutes(new DeliveryRoutes(
        new PickUp(store.outbox()), translate, store.outbox(), city));
    courier = new CourierThread(
        ahead -> new Courier(store.outbox(), city, DeliveryRoutes.steps(camel.createProducerTemplate()),
            new Courier.Pace(settings.city().heartbeat(), settings.city().pauseMin(), settings.city().pauseMax(),
                settings.city().batchEntries()),
            clock, () -> ThreadLocalRandom.current().nextDouble(), ahead),
        bell, () -> store.outbox().standing(), city::refreshTrust,
        new AskOutcomes(store.outbox(), city)::step);

    listeners = settings.sources().stream().map(source -> Doors.listener(source, opened.doors().get(source.name()))).toList();
    doors = new IntakeRoutes(listeners, new Admit(store.journal()), counted, clock,
        Room.ofHeap(Runtime.getRuntime().maxMemory()));
    camel.addRoutes(doors);
    lookups = new Lookups(settings, opened, store, connection, city, () -> rules.now().mapping(),
        () -> rules.now().of(settings.sources().get(0).name()).site(), rules::reading, lookupRoom, vertx, meters, clock);
    camel.addRoutes(lookups.queries(rules::now, counted));
    control = new ControlDoor(settings.controlSocket(), store, lookups.orders(), city, courier,
        new Comparing(rules, store), org -> Lookups.named(opened, org),
        Stream.of(Stream.of(settings.http().listen()), settings.sources().stream().map(GatewaySettings.Source::listen),
            settings.his().stream().map(GatewaySettings.His::listen)).flatMap(one -> one).toList());
  }

  /** Counted whatever it is; said of a patient whom no other hospital can be asked about, until somebody corrects it. */
  private static void noticed(Meters counted, Admitted message, Diagnostic finding) {
    counted.noticed(message.source(), finding.code());
    if (finding.finding() == Diagnostic.Finding.ID_CONTRADICTORY) {
      SELDOM.say(finding.code() + message.source(), unsaid -> LOG.warnf("%s %s i=%d %s: %s%s", finding.code(), message.source(),
          message.number(), finding.place(), finding.remedy(), unsaid == 0 ? "" : " (+" + unsaid + ")"));
    }
  }

  /** Starts delivery and opens the doors; when this returns, every source is listened to. */
  public void open() throws Exception {
    courier.start();
    control.start();
    rules.watch(store.operations()::changeRules);
    doors.open();
    lookups.open();
    inspection.warnings().forEach(one ->
        LOG.warnf("%s: %s: %s / %s；处理 / remedy: %s / %s", one.code(), one.key(), one.textZh(), one.text(), one.remedyZh(), one.remedy()));
    LOG.infof("gateway.started: 网关 %s 已启动，监听 %d 个来源 / gateway %s is up, listening to %d sources",
        Version.TEXT, listeners.size(), Version.TEXT, listeners.size());
  }

  public Store store() {
    return store;
  }

  /** What holds of the mapping rules. */
  public RulesOrders.Standing rules() {
    return rules.standing();
  }

  /** True while the courier walks; what the city answers is another matter. */
  public boolean isDeliveryAlive() {
    return courier.isAlive();
  }

  /** Closes the doors first; what was acknowledged is on the disk when this returns. */
  @Override
  public void close() throws Exception {
    for (Listener listener : listeners) {
      camel.getRouteController().stopRoute(IntakeRoutes.routeId(listener));
    }
    lookups.close();
    control.close();
    rules.close();
    courier.close();
    store.close();
    LOG.info("gateway.stopped: 网关已停止 / the gateway has stopped");
  }
}
