package io.emrgateway.agent.store;

import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.delivery.Standing;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where everything stands, for health, metrics and the command line. Reads only. */
public final class Overview {

  /**
   * The delivery in figures.
   *
   * @param admitted last admission number
   * @param sealed last admission number in a sealed batch
   * @param settled last admission number that the city has signed for
   * @param failingSince since when no attempt has succeeded; null while they do. After a restart it is the time of the
   *     last receipt
   */
  public record Delivery(long epoch, long admitted, long sealed, long settled, long lastSeq, long settledSeq, Standing standing,
      Instant failingSince) {
    public long waiting() {
      return admitted - settled;
    }
  }

  /**
   * A message in quarantine. Holds numbers, codes and places only.
   *
   * @param size of the message as it arrived, in bytes
   * @param discarded when an operator gave its bytes up; null while they are here
   */
  public record Quarantined(long i, String source, Instant received, String raw, String control, String type, String code,
      String place, long size, Instant discarded) {}

  private final Writer writer;
  private final Readers readers;
  private final Sources sources;
  private final SqliteJournal journal;
  private final SqliteOutbox outbox;
  private final Space space;
  private final Housekeeper housekeeper;
  private final Clock clock;

  Overview(Writer writer, Readers readers, Sources sources, SqliteJournal journal, SqliteOutbox outbox, Space space,
      Housekeeper housekeeper, Clock clock) {
    this.writer = writer;
    this.readers = readers;
    this.sources = sources;
    this.journal = journal;
    this.outbox = outbox;
    this.space = space;
    this.housekeeper = housekeeper;
    this.clock = clock;
  }

  public Delivery delivery() {
    return new Delivery(outbox.epoch(), journal.last(), outbox.sealedUpTo(), outbox.settledUpTo().input(),
        outbox.sealedPosition().seq(), outbox.settledUpTo().seq(), outbox.standing(), outbox.failingSince().orElse(null));
  }

  /**
   * The city stood at one batch and then at an earlier one; what lies between has been or is being sent again.
   *
   * @param from and {@code to}: numbers of batches
   */
  public record CityWentBack(long from, long to, Instant at) {}

  /** The last time since the gateway started; empty if it has not happened. */
  public Optional<CityWentBack> cityWentBack() {
    return outbox.wentBack();
  }

  /** True while messages can be admitted: the disk has room and the store is sound. */
  public boolean canAdmit() {
    return !space.isShort() && housekeeper.isSound() && writer.isAlive();
  }

  /** What is wrong with the store, or null: the worst first. Only {@link #canAdmit} says whether messages are taken. */
  public String storeCode() {
    if (!housekeeper.isSound()) {
      return "store.damaged";
    }
    if (!writer.isAlive()) {
      return Reason.CANNOT_WRITE.code();
    }
    if (space.isShort()) {
      return Reason.DISK_FULL.code();
    }
    return housekeeper.isOverCeiling() ? Housekeeper.CEILING_EXCEEDED : null;
  }

  /** Whether the store is larger than its ceiling although all that may be released is gone. */
  public boolean isOverCeiling() {
    return housekeeper.isOverCeiling();
  }

  /** Why the signing key that lies ready does not follow the one in use; empty if it can or none lies there. */
  public Optional<SealRefused> nextKeyRefused() {
    return outbox.nextKeyRefused();
  }

  public long diskFreeBytes() {
    return space.free();
  }

  public long storeUsedBytes() {
    return housekeeper.used();
  }

  /**
   * For each source, how many milliseconds its oldest message has waited that the city has not signed
   * for; 0 if none waits.
   */
  public Map<String, Long> lagMillis() {
    long settled = outbox.settledUpTo().input();
    long now = clock.millis();
    return readers.read(session -> {
      Map<String, Long> lag = new LinkedHashMap<>();
      for (Map.Entry<Integer, String> source : sources.names().entrySet()) {
        PreparedStatement oldest = session.bind(
            "SELECT received FROM message WHERE source = ? AND i > ? ORDER BY i LIMIT 1", source.getKey(), settled);
        try (ResultSet rows = oldest.executeQuery()) {
          lag.put(source.getValue(), rows.next() ? Math.max(1, now - rows.getLong(1)) : 0);
        }
      }
      return lag;
    });
  }

  /** A bundle that the city holds and did not take over clinically. */
  public record Rejected(long n, long i, String control, String type, String rule) {}

  /** Oldest first, those with a body number above {@code after}. */
  public List<Rejected> rejected(long after, int most) {
    return readers.read(session -> {
      List<Rejected> found = new ArrayList<>();
      PreparedStatement query = session.bind(
          // A released bundle's message is looked for in its batch.
          "SELECT o.n, m.i, coalesce(m.control, ''), coalesce(m.type, ''), o.rule FROM outcome o"
              + " LEFT JOIN body d ON d.n = o.n"
              + " LEFT JOIN batch b ON b.seq = (SELECT seq FROM batch WHERE from_n <= o.n ORDER BY from_n DESC, seq DESC LIMIT 1)"
              + " LEFT JOIN entry e ON d.n IS NULL AND e.n = o.n AND e.i BETWEEN b.from_i AND b.to_i"
              + " LEFT JOIN message m ON m.i = coalesce(d.i, e.i)"
              + " WHERE o.accepted = 0 AND o.n > ? ORDER BY o.n LIMIT ?", after, most);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(new Rejected(rows.getLong(1), rows.getLong(2), rows.getString(3), rows.getString(4), rows.getString(5)));
        }
      }
      return found;
    });
  }

  public long rejectedCount() {
    return readers.read(session -> {
      try (ResultSet rows = session.prepared("SELECT count(*) FROM outcome WHERE accepted = 0").executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0L;
      }
    });
  }

  public long quarantinedCount() {
    return readers.read(session -> {
      try (ResultSet rows = session.prepared("SELECT count(*) FROM entry WHERE n IS NULL AND discarded IS NULL").executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0L;
      }
    });
  }

  /**
   * Messages in quarantine, oldest first, without the discarded ones.
   *
   * @param after only those with a greater admission number
   */
  public List<Quarantined> quarantined(long after, int most) {
    return quarantined("e.n IS NULL AND e.discarded IS NULL AND e.i > ? ORDER BY e.i LIMIT ?", after, most);
  }

  /** The message with this number if it stands in quarantine, also a discarded one. */
  public Optional<Quarantined> quarantined(long i) {
    return quarantined("e.n IS NULL AND e.i = ?", i).stream().findFirst();
  }

  private List<Quarantined> quarantined(String which, Object... parameters) {
    return readers.read(session -> {
      List<Quarantined> found = new ArrayList<>();
      PreparedStatement query = session.bind("SELECT m.i, m.source, m.received, m.raw, m.control, m.type,"
          + " coalesce(e.code, m.code), coalesce(e.place, m.place, ''), m.size, e.discarded"
          + " FROM entry e JOIN message m ON m.i = e.i WHERE " + which, parameters);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(row(rows));
        }
      }
      return found;
    });
  }

  /** A message whose control id its source had used before, for other bytes. */
  public record Reused(long i, String source, Instant received, String control, String type) {}

  /** Messages kept as their own though their control id was not, oldest first. */
  public List<Reused> reused(long after, int most) {
    return readers.read(session -> {
      List<Reused> found = new ArrayList<>();
      PreparedStatement query = session.bind(
          "SELECT i, source, received, control, type FROM message WHERE reused = 1 AND i > ? ORDER BY i LIMIT ?", after, most);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(new Reused(rows.getLong(1), sources.nameOf(rows.getInt(2)), Instant.ofEpochMilli(rows.getLong(3)),
              rows.getString(4), rows.getString(5)));
        }
      }
      return found;
    });
  }

  private Quarantined row(ResultSet rows) throws SQLException {
    return new Quarantined(rows.getLong(1), sources.nameOf(rows.getInt(2)), Instant.ofEpochMilli(rows.getLong(3)),
        Suite.hex(rows.getBytes(4)), rows.getString(5), rows.getString(6), rows.getString(7), rows.getString(8), rows.getLong(9),
        rows.getObject(10) == null ? null : Instant.ofEpochMilli(rows.getLong(10)));
  }
}
