package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.seal.MasterKey;
import io.emrgateway.agent.seal.NewKey;
import io.emrgateway.agent.seal.SigningKeys;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.routes.core.delivery.Admitted;
import io.emrgateway.routes.core.delivery.Batch;
import io.emrgateway.routes.core.delivery.Delivery;
import io.emrgateway.routes.core.delivery.Translated;
import io.emrgateway.routes.core.delivery.Wire;
import io.emrgateway.routes.core.intake.Admission;
import io.emrgateway.routes.core.intake.Message;
import io.emrgateway.routes.core.records.Subjects;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** A real store on a real disk, with keys of its own; what tests do with it in a word each. */
final class Bench implements AutoCloseable {
  static final String FEED = "H-0104/main";
  private static final char[] PASSWORD = "a password for tests".toCharArray();

  final Path folder;
  final Store store;
  /** What the bundles that {@link #translated} gives are made with, and what a batch without any is sealed under. */
  String config = Suite.ZERO_HASH;
  /** Subjects they are about. */
  Subjects subjects = Subjects.NOBODY;
  private String cityHead = Suite.ZERO_HASH;

  Bench(Path folder) {
    this(folder, 1, 1L << 40, Duration.ofDays(100));
  }

  Bench(Path folder, long floor, long ceiling, Duration keep) {
    this(folder, FEED, floor, ceiling, keep);
  }

  Bench(Path folder, String feed, long floor, long ceiling, Duration keep) {
    this.folder = folder;
    Path signing = folder.resolve(feed.replace('/', '-') + ".p12");
    Path master = folder.resolve("master.key");
    if (!Files.exists(signing)) {
      NewKey.make(signing, PASSWORD.clone(), Suite.INTL, feed, Instant.now(), Duration.ofDays(30));
    }
    MasterKey key = Files.exists(master) ? MasterKey.load(master) : MasterKey.create(master);
    store = new Store(
        new Store.Settings(folder.resolve("home"), feed, Suite.INTL, List.of("his", "lis"), floor, ceiling, keep,
            Duration.ofDays(180), Duration.ofDays(1_096), false, "test", () -> config),
        key, new SigningKeys(signing, PASSWORD::clone, Suite.INTL, feed, Clock.systemUTC()), Clock.systemUTC(), () -> {});
  }

  /** Puts a signing key beside the one in use, as if it were to follow it. */
  void layReady(String feed) {
    NewKey.make(folder.resolve(FEED.replace('/', '-') + "-next.p12"), PASSWORD.clone(), Suite.INTL, feed, Instant.now(), Duration.ofDays(30));
  }

  static Message message(String source, String control, String text) {
    return new Message(source, Instant.now(), text.getBytes(StandardCharsets.UTF_8), "UTF-8", "ADT^A01", control, null);
  }

  Admission admit(Message message) {
    return store.journal().append(message).toCompletableFuture().join();
  }

  long admit(String control, String text) {
    return admit(message("his", control, text)).number();
  }

  /** Picks up all that waits and gives each a bundle that names its number. */
  List<Translated> translated() {
    List<Translated> all = new ArrayList<>();
    for (Admitted message : store.outbox().next(store.outbox().sealedUpTo(), 256, 1 << 20)) {
      all.add(message.code() == null
          ? Translated.into(message, ("{\"resourceType\":\"Bundle\",\"i\":" + message.number() + "}").getBytes(StandardCharsets.UTF_8), config, subjects)
          : Translated.quarantined(message, message.code(), message.place()));
    }
    return all;
  }

  /** Seals what waits and settles it as a city would. */
  Batch sealAndSettle() {
    Batch batch = store.outbox().seal(translated()).orElseThrow();
    settle(batch);
    return batch;
  }

  void settle(Batch batch) {
    Wire wire = store.outbox().wire(batch);
    cityHead = Suite.INTL.cityHead(wire.cityHeadBefore(), batch.headerHash());
    store.outbox().settle(batch, new Delivery.Accepted(new byte[] {1}, cityHead));
  }

  /** Undoes the later versions of an empty store's file, the latest first, as if an older program had made it. */
  static void backTo(int version, Path folder) throws Exception {
    Map<Integer, List<String>> undo = new TreeMap<>(Comparator.reverseOrder());
    undo.put(7, List.of("DROP TABLE objection", "DROP TABLE objection_patient", "DROP TABLE consent_past", "DROP INDEX consent_expires",
        "DROP INDEX consent_withdrawn", "DROP INDEX consent_owed", "ALTER TABLE consent DROP COLUMN owed"));
    undo.put(6, List.of("DROP INDEX consent_untold", "ALTER TABLE consent DROP COLUMN told"));
    undo.put(5, List.of("DROP TABLE audit_about", "DROP INDEX audit_at", "ALTER TABLE audit DROP COLUMN hash",
        "ALTER TABLE audit DROP COLUMN key"));
    undo.put(4, List.of("DROP TABLE record", "DROP TABLE patient_number", "DROP TABLE patient_merged", "DROP TABLE visit",
        "DROP TABLE visit_number", "DROP TABLE consent", "DROP TABLE consent_patient", "DROP TABLE nonce", "DROP INDEX batch_n", "DROP INDEX message_reused"));
    undo.put(3, List.of("DROP INDEX entry_quarantine", "DROP INDEX entry_discarded", "ALTER TABLE entry DROP COLUMN discarded",
        "CREATE INDEX entry_quarantine ON entry (i) WHERE n IS NULL"));
    undo.put(2, List.of("DROP TABLE leftover_field", "DROP TABLE leftover_code"));
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("home/gateway.db"));
        Statement statement = connection.createStatement()) {
      for (Map.Entry<Integer, List<String>> one : undo.entrySet()) {
        for (String sql : one.getKey() > version ? one.getValue() : List.<String>of()) {
          statement.execute(sql);
        }
      }
      statement.execute("PRAGMA user_version=" + version);
    }
  }

  /** Waits half a minute at most for what the housekeeper does in its own time. */
  static void await(BooleanSupplier done) throws InterruptedException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!done.getAsBoolean() && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    assertThat(done.getAsBoolean()).isTrue();
  }

  String cityHead() {
    return cityHead;
  }

  /** Everything of the store on the disk, as text, to search in. */
  String onDisk() throws Exception {
    StringBuilder all = new StringBuilder();
    for (String name : List.of("gateway.db", "gateway.db-wal")) {
      Path file = folder.resolve("home").resolve(name);
      if (Files.exists(file)) {
        all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  @Override
  public void close() {
    store.close();
  }
}
