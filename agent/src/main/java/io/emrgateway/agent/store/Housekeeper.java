package io.emrgateway.agent.store;

import io.emrgateway.routes.core.Refused;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Keeps the file in shape beside the work: copies the WAL back in good time, keeps an eye on the
 * disk, releases what the city holds when time or the ceiling says so, makes the next month's key.
 *
 * <p>Only what the city has signed for goes, oldest first: raw bytes and bundles by their age, later the
 * records too (rows of messages, entries, batches). Above the ceiling, first the records that are older than
 * {@link #RECORDS_KEPT_MIN} with all that hangs on them, then raw bytes, then bundles. What the city has not
 * signed for, what stands in quarantine, and the feed's two last batches, on which the next one builds, never go. Consents
 * and objections go by their own time, once they have long been over.
 * When that is not enough, the ceiling cannot be kept: an alarm, because nobody else would notice.
 */
final class Housekeeper implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Housekeeper.class);
  static final String CEILING_EXCEEDED = "store.ceiling-exceeded";
  private static final String CEILING_REMEDY =
      "检查投递（emr-gateway status）和隔离区（emr-gateway quarantine discard），或调大 disk-ceiling"
          + " / look at the delivery (emr-gateway status) and the quarantine (emr-gateway quarantine discard), or raise disk-ceiling";
  /** From this size on the WAL is copied back; small enough that a restart reads it in no time. */
  private static final long WAL_BYTES_DUE = 8L << 20;
  /** Five seconds. */
  private static final int ROUNDS_BETWEEN_LOOKS = 25;
  /**
   * However full the store: a resend is recognised, a late outcome finds its message, and a city restored from a backup
   * finds where the two histories part, for so long.
   */
  static final Duration RECORDS_KEPT_MIN = Duration.ofDays(30);
  /** Free pages of 4 KiB worth giving back to the file system at once. */
  private static final int PAGES_GIVEN_BACK = 2_000;

  /**
   * @param ceiling bytes our file may take before delivered bytes are released
   * @param keep delivered bytes are released when they are older
   * @param records what is left of delivered messages goes when it is older; at least {@link #RECORDS_KEPT_MIN}
   * @param consents consents with their evidence, and objections, go when they have been over for longer
   */
  record Retention(long ceiling, Duration keep, Duration records, Duration consents) {}

  private final Database database;
  private final Writer writer;
  private final Space space;
  private final KeyRing keys;
  private final Retention retention;
  private final Clock clock;
  private final LongSupplier heldBefore;
  private final Leftovers leftovers;
  private final Runnable owed;
  private final Thread thread = new Thread(this::run, "store-housekeeper");
  private volatile boolean stopping;
  private final AtomicBoolean sound;
  private volatile long used;
  private volatile boolean overCeiling;

  /**
   * @param heldBefore batches before this number are at the city; a restored city moves it back
   * @param leftovers written every few seconds
   * @param owed adds to the audit what it could not have at the time
   * @param sound set to false when the check of a large file finds damage
   */
  Housekeeper(Database database, Writer writer, Space space, KeyRing keys, Retention retention, Clock clock,
      LongSupplier heldBefore, Leftovers leftovers, Runnable owed, AtomicBoolean sound) {
    this.database = database;
    this.writer = writer;
    this.space = space;
    this.keys = keys;
    this.retention = retention;
    this.clock = clock;
    this.heldBefore = heldBefore;
    this.leftovers = leftovers;
    this.owed = owed;
    this.sound = sound;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
    if (database.checkIsDue()) {
      Thread check = new Thread(this::checkWhole, "store-check");
      check.setDaemon(true);
      check.start();
    }
  }

  /** False once the check of a large file, made while the doors are open, has found damage. */
  boolean isSound() {
    return sound.get();
  }

  /** Bytes of the file in use, free pages not counted. */
  long used() {
    return used;
  }

  /** True while the store is larger than its ceiling and nothing is left that may be released. */
  boolean isOverCeiling() {
    return overCeiling;
  }

  private void run() {
    while (!stopping) {
      try (Session reader = new Session(database.connect(false)); Statement statement = reader.connection().createStatement()) {
        keep(reader, statement);
        statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch (SQLException | CompletionException | Refused e) {
        // The disk fails just now; with a connection of its own the next round sees whether it has recovered.
        LOG.warnf("store.housekeeping-failed: 存储维护受阻，将重试；请检查磁盘 / housekeeping of the store failed and is tried again; check the disk (%s)",
            e.getClass().getSimpleName());
        pause(Duration.ofSeconds(1));
      }
    }
  }

  private void keep(Session reader, Statement statement) throws SQLException {
    boolean wasShort = false;
    for (long round = 0; !stopping; round++) {
      space.measure();
      wasShort = tellIfShort(wasShort);
      if (database.walBytes() > WAL_BYTES_DUE) {
        copyBack(statement);
      }
      if (round % ROUNDS_BETWEEN_LOOKS == 0) {
        leftovers.write();
      }
      if (round % ROUNDS_BETWEEN_LOOKS == 0 || wasShort) {
        keys.makeDue(clock.instant(), writer);
        release(reader);
        // Last: what cannot be written now may only need the room that has just been made.
        owed.run();
      }
      pause(Duration.ofMillis(200));
    }
  }

  private void pause(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      stopping = true;
    }
  }

  /** Beside everything else: reading a large file may take minutes. */
  private void checkWhole() {
    if (!database.checkWhole()) {
      sound.set(false);
      LOG.error("store.damaged: 数据文件检查发现损坏，请从备份恢复 / the check of the store found damage; restore from a backup");
    }
  }

  private boolean tellIfShort(boolean wasShort) {
    boolean isShort = space.isShort();
    if (isShort && !wasShort) {
      LOG.errorf("store.disk-full: 磁盘剩余 %d MiB，低于下限，暂停接收（应答 AE） / %d MiB of disk are left, below the floor: nothing is admitted (AE) until there is room",
          space.free() >> 20, space.free() >> 20);
    } else if (!isShort && wasShort) {
      LOG.info("store.disk-recovered: 磁盘空间已恢复，继续接收 / there is room on the disk again: admitting");
    }
    return isShort;
  }

  /**
   * The bulk is copied without stopping anyone; the writer then only has to copy what came meanwhile
   * before it may start the WAL anew.
   */
  private void copyBack(Statement statement) {
    try {
      // Its result has to be read to the end: an open one pins this connection to an old snapshot, and the WAL with it.
      Database.number(statement, "PRAGMA wal_checkpoint(PASSIVE)");
      writer.outside(session -> {
        try (Statement own = session.connection().createStatement()) {
          own.execute("PRAGMA busy_timeout=50");
          own.execute("PRAGMA wal_checkpoint(RESTART)");
          own.execute("PRAGMA busy_timeout=10000");
        }
        return null;
      }).join();
    } catch (SQLException | CompletionException e) {
      // Tried again in a moment; until then the WAL only grows, and the floor watches over that.
      LOG.debug("the WAL could not be copied back this time");
    }
  }

  private void release(Session reader) {
    try (Statement statement = reader.connection().createStatement()) {
      while (!stopping) {
        space.measure();
        boolean isShort = space.isShort();
        long page = Database.number(statement, "PRAGMA page_size");
        long spare = Database.number(statement, "PRAGMA freelist_count");
        used = (Database.number(statement, "PRAGMA page_count") - spare) * page;
        boolean tooLarge = used > retention.ceiling();
        boolean released = releaseSomething(reader, isShort && spare < PAGES_GIVEN_BACK || tooLarge);
        if (!tooLarge || !released) {
          tellIfOverCeiling(tooLarge);
        }
        if (spare >= PAGES_GIVEN_BACK) {
          writer.alone(Housekeeper::giveBack).join();
        } else if (!released) {
          return;
        }
      }
    } catch (SQLException | CompletionException e) {
      LOG.debug("nothing could be released this time");
    }
  }

  private void tellIfOverCeiling(boolean over) {
    if (over && !overCeiling) {
      LOG.errorf("%s: 存储 %d MiB 超过 disk-ceiling，已无可清除的内容 / the store's %d MiB are over disk-ceiling and nothing is left that may be released."
          + " 处理 / remedy: %s", CEILING_EXCEEDED, used >> 20, used >> 20, CEILING_REMEDY);
    } else if (!over && overCeiling) {
      LOG.info("store.ceiling-kept: 存储已回到 disk-ceiling 以内 / the store is below disk-ceiling again");
    }
    overCeiling = over;
  }

  private boolean releaseSomething(Session reader, boolean pressed) throws SQLException {
    long now = clock.millis();
    long bytes = now - retention.keep().toMillis();
    long records = now - (pressed ? RECORDS_KEPT_MIN : retention.records()).toMillis();
    return forgetPast(reader, now - retention.consents().toMillis()) || forgetDiscarded(reader, records) || forgetOldest(reader, records)
        || releaseOldest(reader, 0, pressed, bytes) || releaseOldest(reader, 1, pressed, bytes);
  }

  /** Not under pressure either: what proves that a question was allowed is worth more than room. */
  private boolean forgetPast(Session reader, long before) throws SQLException {
    boolean consents = ConsentTable.hasPast(reader, before);
    if (!consents && !ObjectionTable.hasPast(reader, before)) {
      return false;
    }
    writer.alone(session -> consents ? ConsentTable.release(session, before) : ObjectionTable.release(session, before)).join();
    return true;
  }

  /** The records of messages whose bytes an operator discarded; the city keeps its explanation. */
  private boolean forgetDiscarded(Session reader, long before) throws SQLException {
    try (ResultSet rows = reader.bind("SELECT 1 FROM entry WHERE discarded < ? LIMIT 1", before).executeQuery()) {
      if (!rows.next()) {
        return false;
      }
    }
    writer.alone(session -> {
      session.update("DELETE FROM message WHERE i IN (SELECT i FROM entry WHERE discarded < ? ORDER BY discarded LIMIT 1000)", before);
      return session.update(
          "DELETE FROM entry WHERE i IN (SELECT i FROM entry WHERE discarded < ? ORDER BY discarded LIMIT 1000)", before);
    }).join();
    return true;
  }

  private boolean forgetOldest(Session reader, long before) throws SQLException {
    long seq;
    // The batch before the one that goes out next has the city's head that its receipt must build on.
    try (ResultSet rows = reader.bind("SELECT seq, created FROM batch WHERE seq < ? AND receipt IS NOT NULL ORDER BY seq LIMIT 1",
        heldBefore.getAsLong() - 1).executeQuery()) {
      if (!rows.next() || rows.getLong(2) >= before) {
        return false;
      }
      seq = rows.getLong(1);
    }
    writer.alone(session -> forget(session, seq)).join();
    return true;
  }

  /** Of what the batch carried nothing stays here; the city holds it, and its receipt says so there. */
  private static int forget(Session session, long seq) throws SQLException {
    releaseRaw(session, seq);
    releaseBodies(session, seq);
    // Also what the city said late of bundles before this one's.
    session.update("DELETE FROM outcome WHERE n <= (SELECT to_n FROM batch WHERE seq = ?)", seq);
    session.update("DELETE FROM message WHERE i IN (SELECT e.i FROM batch b JOIN entry e ON e.i BETWEEN b.from_i AND b.to_i"
        + " WHERE b.seq = ? AND e.n IS NOT NULL AND e.repaired IS NULL)", seq);
    session.update("DELETE FROM entry WHERE n IS NOT NULL AND repaired IS NULL AND i BETWEEN"
        + " (SELECT from_i FROM batch WHERE seq = ?) AND (SELECT to_i FROM batch WHERE seq = ?)", seq, seq);
    session.update("DELETE FROM message WHERE i IN (SELECT i FROM entry WHERE repaired = ?)", seq);
    session.update("DELETE FROM entry WHERE repaired = ?", seq);
    return session.update("DELETE FROM batch WHERE seq = ?", seq);
  }

  private boolean releaseOldest(Session reader, int stage, boolean pressed, long before) throws SQLException {
    long seq = 0;
    try (ResultSet rows = reader.bind(
        "SELECT seq, created FROM batch WHERE receipt IS NOT NULL AND released = ? AND seq < ? ORDER BY seq LIMIT 1",
        stage, heldBefore.getAsLong()).executeQuery()) {
      if (rows.next() && (pressed || rows.getLong(2) < before)) {
        seq = rows.getLong(1);
      }
    }
    if (seq == 0) {
      return false;
    }
    long oldest = seq;
    writer.alone(session -> stage == 0 ? releaseRaw(session, oldest) : releaseBodies(session, oldest)).join();
    return true;
  }

  private static int releaseRaw(Session session, long seq) throws SQLException {
    session.update("DELETE FROM payload WHERE i IN (SELECT e.i FROM batch b JOIN entry e ON e.i BETWEEN b.from_i AND b.to_i"
        + " WHERE b.seq = ? AND e.n IS NOT NULL AND e.repaired IS NULL)", seq);
    session.update("DELETE FROM payload WHERE i IN (SELECT i FROM entry WHERE repaired = ? AND n IS NOT NULL)", seq);
    return session.update("UPDATE batch SET released = 1 WHERE seq = ?", seq);
  }

  private static int releaseBodies(Session session, long seq) throws SQLException {
    session.update("DELETE FROM body WHERE n IN (SELECT d.n FROM batch b JOIN body d ON d.n BETWEEN b.from_n AND b.to_n"
        + " WHERE b.seq = ?)", seq);
    RecordTable.release(session, seq);
    return session.update("UPDATE batch SET released = 2 WHERE seq = ?", seq);
  }

  /** Each step of the statement gives one free page back to the file system. */
  private static Void giveBack(Session session) throws SQLException {
    try (Statement own = session.connection().createStatement();
        ResultSet rows = own.executeQuery("PRAGMA incremental_vacuum(" + PAGES_GIVEN_BACK + ")")) {
      while (rows.next()) {
        // Nothing to read; the work is in the stepping.
      }
      return null;
    }
  }

  @Override
  public void close() {
    stopping = true;
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
