package io.emrgateway.agent.store;

import io.emrgateway.agent.audit.Deed;
import io.emrgateway.agent.seal.AtRest;
import io.emrgateway.agent.seal.DataKeys;
import io.emrgateway.agent.seal.Header;
import io.emrgateway.agent.seal.MasterKey;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.SearchKey;
import io.emrgateway.agent.seal.SigningKeys;
import io.emrgateway.agent.seal.Squeeze;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.routes.core.delivery.Attempts;
import io.emrgateway.routes.core.delivery.Outbox;
import io.emrgateway.routes.core.intake.Journal;
import io.emrgateway.routes.core.lookup.Audits;
import io.emrgateway.routes.core.lookup.Consents;
import io.emrgateway.routes.core.lookup.Nonces;
import io.emrgateway.routes.core.lookup.Objections;
import io.emrgateway.routes.core.records.Records;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Everything durable, put together: opened and verified when constructed, closed in order. */
public final class Store implements AutoCloseable {

  /**
   * @param folder where gateway.db lives
   * @param feed full name, e.g. "H-0104/main"
   * @param sources names of all configured sources
   * @param diskFloor bytes that must stay free, or nothing is admitted
   * @param diskCeiling bytes of our file from which on delivered bytes are released
   * @param keepDelivered age from which on they are released in any case
   * @param keepRecords age from which on the rows of delivered messages go too; under the ceiling's pressure after 30 days
   * @param keepConsents how long consents with their evidence, and objections, are kept after they are over
   * @param gzip whether batches go out compressed
   * @param agentVersion goes into each batch's header
   * @param config what holds now, as a batch's header names it; that of a batch with bundles is what these were made with
   */
  public record Settings(
      Path folder,
      String feed,
      Suite suite,
      Collection<String> sources,
      long diskFloor,
      long diskCeiling,
      Duration keepDelivered,
      Duration keepRecords,
      Duration keepConsents,
      boolean gzip,
      String agentVersion,
      Supplier<String> config) {}

  private final Database database;
  private final ExecutorService answers;
  private final Writer writer;
  private final Readers readers;
  private final Housekeeper housekeeper;
  private final Space space;
  private final Leftovers leftovers;
  private final Attempts attempts;
  private final Kept kept;
  private final RecordTable records;
  private final ConsentTable consents;
  private final ObjectionTable objections;
  private final SqliteJournal journal;
  private final SqliteOutbox outbox;
  private final Audit audit;
  private final AuditLog auditLog;
  private final Overview overview;
  private final Operations operations;

  /**
   * @param wake called after each commit that admitted something
   * @throws StoreUnusable if the store cannot be opened, trusted, or belongs to another feed
   * @throws SealRefused if the master key does not open it
   */
  public Store(Settings settings, MasterKey master, SigningKeys keys, Clock clock, Runnable wake) {
    database = Database.open(settings.folder());
    attempts = new AttemptFiles(database.folder());
    answers = Executors.newSingleThreadExecutor(work -> new Thread(work, "store-answers"));
    Writer started = null;
    try {
      AtRest atRest = new AtRest(settings.suite());
      KeyRing ring = new KeyRing(atRest, new DataKeys(atRest, master));
      Sources sources;
      long last;
      try (Session session = new Session(database.connect(false))) {
        session.connection().setAutoCommit(false);
        claim(session, settings);
        sources = Sources.load(session, settings.sources());
        ring.load(session, clock.instant());
        leftovers = Leftovers.load(session, sources, ring, clock);
        session.connection().commit();
        last = lastNumber(session);
      }
      space = new Space(settings.folder(), settings.diskFloor());
      readers = new Readers(database);
      JournalWatch watch = new JournalWatch();
      AtomicBoolean sound = new AtomicBoolean(true);
      kept = new Kept(readers, sources, ring);
      writer = started = new Writer(database, watch, answers);
      leftovers.writeWith(writer);
      journal = new SqliteJournal(writer, sources, ring, space, last,
          bytes -> settings.suite().hash(Suite.TAG_RAW, bytes), wake, sound::get);
      watch.journal = journal;
      writer.start();
      Squeeze squeeze = new Squeeze(1);
      SearchKey searchKey = new SearchKey(settings.suite(), master);
      audit = new Audit(writer, readers, ring, searchKey, settings.suite(), settings.feed(), squeeze, clock);
      records = new RecordTable(searchKey, readers, ring, squeeze);
      auditLog = new AuditLog(audit, records, readers, ring, searchKey, squeeze, settings.feed(), clock);
      consents = new ConsentTable(writer, readers, ring, searchKey, audit, clock);
      objections = new ObjectionTable(writer, readers, ring, searchKey, records, audit, clock);
      outbox = new SqliteOutbox(writer, readers, sources, ring, squeeze, records, audit, keys, settings.suite(), settings.feed(),
          settings.gzip(), settings.agentVersion(), settings.config(), clock);
      outbox.finishRotation();
      housekeeper = new Housekeeper(database, writer, space, ring,
          new Housekeeper.Retention(settings.diskCeiling(), settings.keepDelivered(), settings.keepRecords(), settings.keepConsents()), clock,
          outbox::cursor, leftovers, () -> {
            consents.makeUp();
            objections.makeUp();
          }, sound);
      housekeeper.start();
      overview = new Overview(writer, readers, sources, journal, outbox, space, housekeeper, clock);
      operations = new Operations(writer, outbox, journal, audit, clock);
      audit.append(Deed.START, settings.agentVersion());
    } catch (SQLException | IOException e) {
      abandon(started);
      throw new StoreUnusable("store.cannot-open", "无法打开数据文件", "the store cannot be opened",
          "检查磁盘空间和 home 目录的权限", "check the disk's space and the rights on home", e);
    } catch (RuntimeException e) {
      abandon(started);
      throw e instanceof CompletionException && e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** The watcher the writer needs before the journal, which needs the writer. */
  private static final class JournalWatch implements Writer.Watcher {
    private SqliteJournal journal;

    @Override
    public void rolledBack() {
      journal.rolledBack();
    }

    @Override
    public void committed() {
      journal.committed();
    }
  }

  private static void claim(Session session, Settings settings) throws SQLException {
    session.update("INSERT OR IGNORE INTO feed (id, name, suite, epoch) VALUES (1, ?, ?, 1)",
        settings.feed(), settings.suite().wireName());
    try (ResultSet rows = session.prepared("SELECT name, suite FROM feed").executeQuery()) {
      rows.next();
      if (!rows.getString(1).equals(settings.feed()) || !rows.getString(2).equals(settings.suite().wireName())) {
        throw new StoreUnusable("store.other-feed", "该数据目录属于另一个数据流或算法套件",
            "this data folder belongs to another feed or suite",
            "核对 gateway.yaml 中的 hospital、feed、suite 和 home", "check hospital, feed, suite and home in gateway.yaml", null);
      }
    }
  }

  /** Also behind what the batches account for: rows of messages go with time, and a resync takes up the city's numbers. */
  private static long lastNumber(Session session) throws SQLException {
    try (ResultSet rows = session.prepared("SELECT max(coalesce((SELECT max(i) FROM message), 0),"
        + " coalesce((SELECT to_i FROM batch ORDER BY seq DESC LIMIT 1), 0))").executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private void abandon(Writer started) {
    if (started != null) {
      started.close();
    }
    answers.shutdownNow();
    database.close();
  }

  public Journal journal() {
    return journal;
  }

  public Outbox outbox() {
    return outbox;
  }

  public Overview overview() {
    return overview;
  }

  public Operations operations() {
    return operations;
  }

  /** The messages whose bytes are still here. */
  public Kept kept() {
    return kept;
  }

  /** The bundles that are still here, by whom they are about. */
  public Records records() {
    return records;
  }

  public Consents consents() {
    return consents;
  }

  public Objections objections() {
    return objections;
  }

  public Nonces nonces() {
    return consents;
  }

  /** Where a lookup's acts go before they are done. */
  public Audits audits() {
    return audit;
  }

  /**
   * A doctor's page is launched, opened, refused, printed or closed: in the audit when this returns.
   *
   * @param detail who and where by numbers, never a patient's data
   */
  public void auditPage(Deed act, String detail) {
    audit.append(act, detail);
  }

  /** Where the audit's chain stands; every entry that was appended before is in it. */
  public Header.Audit auditHead() {
    return audit.head();
  }

  /** The audit, to be read. */
  public AuditLog auditLog() {
    return auditLog;
  }

  /** What the rules have no use for. */
  public Leftovers leftovers() {
    return leftovers;
  }

  public Attempts attempts() {
    return attempts;
  }

  /** Nothing is admitted any more; what waits is committed, the WAL is copied back, the lock released. */
  @Override
  public void close() {
    housekeeper.close();
    leftovers.write();
    writer.close();
    answers.shutdown();
    readers.close();
    database.close();
  }
}
