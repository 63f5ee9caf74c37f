package io.emrgateway.agent;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.his.CdsPages;
import io.emrgateway.agent.his.FeedbackCounts;
import io.emrgateway.agent.his.HisPages;
import io.emrgateway.agent.start.Opened;
import io.emrgateway.agent.store.Store;
import io.emrgateway.mappings.reminders.Reading;
import io.emrgateway.routes.camel.CheckOrders;
import io.emrgateway.routes.camel.FactsInBundles;
import io.emrgateway.routes.camel.FoundInRecords;
import io.emrgateway.routes.camel.Hospitals;
import io.emrgateway.routes.core.WithoutMessage;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.reminders.Remind;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Reminders, put together: the use case, what it rests on, and its two doors: CDS Hooks, and checks by HL7 v2. */
final class Reminders implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Reminders.class);
  /** Each waits for the city, up to the deadline. */
  private static final int LOOKUPS_AT_ONCE = 8;

  private final ExecutorService lookups;
  private final HisPages pages;
  private final CheckOrders checks;

  /**
   * @param reading what reminders are told by now
   * @param numbers what may be meant by a patient's number that is named without a URI
   */
  Reminders(GatewaySettings.Reminders said, GatewaySettings settings, Opened opened, Store store, Hospitals hospitals, LookUp lookUp,
      Supplier<Reading> reading, BiFunction<String, String, List<Identifier>> numbers, Headroom room, MeterRegistry meters, Clock clock) {
    String org = settings.hospital();
    lookups = Executors.newFixedThreadPool(LOOKUPS_AT_ONCE, task -> {
      Thread thread = new Thread(task, "reminders-lookup");
      thread.setDaemon(true);
      return thread;
    });
    // It is the HIS that asks here: it is not asked back at every order.
    FoundInRecords kept = new FoundInRecords(org, store.records(), hospitals, Optional.empty(), room);
    Remind remind = new Remind(new Remind.Settings(org, said.keep()), store.records(), kept, new FactsInBundles(org, hospitals, reading), lookUp,
        store.consents(), task -> lookups.execute(() -> told(task)), clock);
    FeedbackCounts counts = new FeedbackCounts(settings.home().resolve("reminders.counts"), meters);
    pages = new CdsPages(remind, numbers, opened.cdsClients(), new CdsPages.Settings(said.address(), said.origins()),
        one -> Lookups.named(opened, one), counts, clock);
    checks = new CheckOrders(CheckOrders.Reminding.of(remind, counts::shown), one -> Lookups.named(opened, one));
  }

  HisPages pages() {
    return pages;
  }

  /** For a HIS that speaks HL7 v2 only. */
  CheckOrders checks() {
    return checks;
  }

  private static void told(Runnable lookup) {
    try {
      lookup.run();
    } catch (RuntimeException e) {
      LOG.error("reminders.failed: 提醒所需的外院查询出错 / a lookup for reminders failed", WithoutMessage.of(e));
    }
  }

  @Override
  public void close() {
    lookups.shutdownNow();
  }
}
