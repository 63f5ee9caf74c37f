package io.emrgateway.city;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Everything the city holds, in one SQLite file: write-ahead log, {@code synchronous=FULL}, one transaction per batch.
 * What {@link #keep} has stored survives a power cut, given a disk that does not lie about fsync.
 */
final class Holdings implements AutoCloseable {
  private static final String[] SCHEMA = {
    """
    CREATE TABLE IF NOT EXISTS batch (
      feed TEXT NOT NULL, seq INTEGER NOT NULL, epoch INTEGER NOT NULL, kind TEXT NOT NULL, hh TEXT NOT NULL,
      in_from INTEGER NOT NULL, in_to INTEGER NOT NULL, n_from INTEGER NOT NULL, n_to INTEGER NOT NULL,
      audit_n INTEGER NOT NULL, audit_head TEXT NOT NULL, prev_ch TEXT NOT NULL, ch TEXT NOT NULL,
      explained INTEGER NOT NULL, t TEXT NOT NULL,
      header BLOB NOT NULL,   -- CMS as it came
      entries BLOB NOT NULL,  -- lines as they came
      receipt BLOB NOT NULL,  -- CMS as it went
      rotated_to BLOB,        -- of a rotation: DER of the certificate that counts from the next seq on
      UNIQUE (feed, seq))""",
    """
    CREATE TABLE IF NOT EXISTS body (
      feed TEXT NOT NULL, n INTEGER NOT NULL, seq INTEGER NOT NULL,
      packed BLOB NOT NULL,   -- raw deflate
      UNIQUE (feed, n))""",
    """
    CREATE TABLE IF NOT EXISTS quarantined (
      feed TEXT NOT NULL, i INTEGER NOT NULL, seq INTEGER NOT NULL,
      repaired_seq INTEGER,   -- the batch that brought its body at last
      PRIMARY KEY (feed, i)) WITHOUT ROWID""",
    """
    CREATE TABLE IF NOT EXISTS outcome (
      feed TEXT NOT NULL, n INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (feed, n)) WITHOUT ROWID""",
    PatientIndex.TABLE
  };

  /** What is asked about a batch that is held. */
  record Held(
      long epoch, long seq, String kind, String hh, long inFrom, long inTo, long nFrom, long nTo, long explained,
      String t, byte[] header, byte[] entries, byte[] receipt) {}

  /** Sums over a feed. */
  record Totals(long held, long explained, long waiting, long batches) {}

  private final Connection writer;
  private final Connection reader;
  private final PatientIndex patients;
  private final Map<String, State> states = new ConcurrentHashMap<>();

  /** Opens the file or makes it; the key of the index of patients lies beside it. */
  Holdings(Path file) {
    try {
      writer = open(file);
      reader = open(file);
      patients = new PatientIndex(file.resolveSibling("patients.key"), reader);
      try (Statement statement = writer.createStatement()) {
        for (String table : SCHEMA) {
          statement.execute(table);
        }
        try (ResultSet mode = statement.executeQuery("PRAGMA synchronous")) {
          if (mode.getInt(1) != 2) {
            throw new IllegalStateException("SQLite did not take synchronous=FULL");
          }
        }
      }
      writer.setAutoCommit(false);
      patients.catchUp(writer);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot open the holdings at " + file, e);
    }
  }

  private static Connection open(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("PRAGMA busy_timeout=10000");
    }
    return connection;
  }

  /** Who is known to which feed; it grows with what is held. */
  PatientIndex patients() {
    return patients;
  }

  /** The feed's head; {@link State#BEGINNING} before the first batch. */
  State state(String feed) {
    State known = states.get(feed);
    if (known != null) {
      return known;
    }
    synchronized (writer) {
      State read = readState(feed);
      states.put(feed, read);
      return read;
    }
  }

  private State readState(String feed) {
    synchronized (reader) {
      try (PreparedStatement select =
          reader.prepareStatement(
              "SELECT epoch, seq, hh, in_to, n_to, audit_n, audit_head, prev_ch, ch FROM batch"
                  + " WHERE feed = ? ORDER BY seq DESC LIMIT 1")) {
        select.setString(1, feed);
        try (ResultSet row = select.executeQuery()) {
          return row.next()
              ? new State(row.getLong(1), row.getLong(2), row.getString(3), row.getLong(4), row.getLong(5),
                  row.getLong(6), row.getString(7), row.getString(8), row.getString(9))
              : State.BEGINNING;
        }
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  /** The city's chain after {@code seq}, or null if the city does not hold it. */
  String chAt(String feed, long seq) {
    synchronized (reader) {
      try (PreparedStatement select = reader.prepareStatement("SELECT ch FROM batch WHERE feed = ? AND seq = ?")) {
        select.setString(1, feed);
        select.setLong(2, seq);
        try (ResultSet row = select.executeQuery()) {
          return row.next() ? row.getString(1) : null;
        }
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  /** The batch held under {@code seq}, of whatever epoch, or null. */
  Held batch(String feed, long seq) {
    List<Held> found = batches("WHERE feed = ? AND seq = ?", feed, seq);
    return found.isEmpty() ? null : found.get(0);
  }

  /** At most {@code limit} batches after {@code seq}, in order. */
  List<Held> batchesAfter(String feed, long seq, int limit) {
    return batches("WHERE feed = ? AND seq > ? ORDER BY seq LIMIT " + limit, feed, seq);
  }

  private List<Held> batches(String where, String feed, long seq) {
    synchronized (reader) {
      try (PreparedStatement select =
          reader.prepareStatement(
              "SELECT epoch, seq, kind, hh, in_from, in_to, n_from, n_to, explained, t, header, entries, receipt"
                  + " FROM batch " + where)) {
        select.setString(1, feed);
        select.setLong(2, seq);
        List<Held> batches = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            batches.add(
                new Held(row.getLong(1), row.getLong(2), row.getString(3), row.getString(4), row.getLong(5),
                    row.getLong(6), row.getLong(7), row.getLong(8), row.getLong(9), row.getString(10),
                    row.getBytes(11), row.getBytes(12), row.getBytes(13)));
          }
        }
        return batches;
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  /** True if {@code i} was explained as quarantined and its body has not come since. */
  boolean waitsInQuarantine(String feed, long i) {
    synchronized (reader) {
      try (PreparedStatement select =
          reader.prepareStatement("SELECT 1 FROM quarantined WHERE feed = ? AND i = ? AND repaired_seq IS NULL")) {
        select.setString(1, feed);
        select.setLong(2, i);
        try (ResultSet row = select.executeQuery()) {
          return row.next();
        }
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  /** The certificates this feed has rotated to, oldest first. */
  List<byte[]> rotations(String feed) {
    synchronized (reader) {
      try (PreparedStatement select =
          reader.prepareStatement(
              "SELECT rotated_to FROM batch WHERE feed = ? AND kind = 'rotate' ORDER BY seq")) {
        select.setString(1, feed);
        List<byte[]> certificates = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            certificates.add(row.getBytes(1));
          }
        }
        return certificates;
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  /**
   * Stores a batch with its bodies and its receipt: all of it or nothing, and durable when this returns.
   *
   * @param next the feed's state with this batch
   * @param rotatedTo DER of a rotation's new certificate, else null
   */
  void keep(Batch batch, State next, String t, byte[] receipt, byte[] rotatedTo) {
    Header header = batch.header();
    synchronized (writer) {
      try {
        keepBatch(batch, next, t, receipt, rotatedTo);
        keepBodies(batch);
        patients.add(writer, header.feed(), header.n().from(), batch.patients());
        keepQuarantine(batch);
        writer.commit();
        states.put(header.feed(), next);
      } catch (SQLException e) {
        undo();
        throw failed(e);
      }
    }
  }

  private void keepBatch(Batch batch, State next, String t, byte[] receipt, byte[] rotatedTo) throws SQLException {
    Header header = batch.header();
    try (PreparedStatement insert =
        writer.prepareStatement("INSERT INTO batch VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")) {
      insert.setString(1, header.feed());
      insert.setLong(2, header.seq());
      insert.setLong(3, header.epoch());
      insert.setString(4, header.kind().inJson());
      insert.setString(5, header.hh());
      insert.setLong(6, header.in().from());
      insert.setLong(7, header.in().to());
      insert.setLong(8, header.n().from());
      insert.setLong(9, header.n().to());
      insert.setLong(10, next.auditN());
      insert.setString(11, next.auditHead());
      insert.setString(12, next.prevCh());
      insert.setString(13, next.ch());
      insert.setLong(14, batch.explained());
      insert.setString(15, t);
      insert.setBytes(16, batch.cms());
      insert.setBytes(17, batch.lines());
      insert.setBytes(18, receipt);
      insert.setBytes(19, rotatedTo);
      insert.executeUpdate();
    }
  }

  private void keepBodies(Batch batch) throws SQLException {
    if (batch.bodies().isEmpty()) {
      return;
    }
    try (PreparedStatement insert = writer.prepareStatement("INSERT INTO body VALUES (?,?,?,?)")) {
      long n = batch.header().n().from();
      insert.setString(1, batch.header().feed());
      insert.setLong(3, batch.header().seq());
      for (byte[] packed : batch.bodies()) {
        insert.setLong(2, n++);
        insert.setBytes(4, packed);
        insert.executeUpdate();
      }
    }
  }

  private void keepQuarantine(Batch batch) throws SQLException {
    int own = (int) batch.header().in().size();
    for (int k = 0; k < batch.entries().size(); k++) {
      Entry entry = batch.entries().get(k);
      String change =
          k >= own
              ? "UPDATE quarantined SET repaired_seq = ?3 WHERE feed = ?1 AND i = ?2"
              : Entry.QUARANTINED.equals(entry.why())
                  ? "INSERT INTO quarantined VALUES (?1, ?2, ?3, NULL)"
                  : null;
      if (change != null) {
        try (PreparedStatement statement = writer.prepareStatement(change)) {
          statement.setString(1, batch.header().feed());
          statement.setLong(2, entry.i());
          statement.setLong(3, batch.header().seq());
          statement.executeUpdate();
        }
      }
    }
  }

  /** Forgets every batch after {@code seq}, as if the city had been restored from a backup of that moment. */
  void forgetAfter(String feed, long seq) {
    synchronized (writer) {
      try {
        for (String change :
            List.of(
                "DELETE FROM outcome WHERE feed = ?1 AND n IN (SELECT n FROM body WHERE feed = ?1 AND seq > ?2)",
                "DELETE FROM patient WHERE feed = ?1 AND n IN (SELECT n FROM body WHERE feed = ?1 AND seq > ?2)",
                "DELETE FROM body WHERE feed = ?1 AND seq > ?2",
                "DELETE FROM quarantined WHERE feed = ?1 AND seq > ?2",
                "UPDATE quarantined SET repaired_seq = NULL WHERE feed = ?1 AND repaired_seq > ?2",
                "DELETE FROM batch WHERE feed = ?1 AND seq > ?2")) {
          try (PreparedStatement statement = writer.prepareStatement(change)) {
            statement.setString(1, feed);
            statement.setLong(2, seq);
            statement.executeUpdate();
          }
        }
        writer.commit();
        states.remove(feed);
      } catch (SQLException e) {
        undo();
        throw failed(e);
      }
    }
  }

  /** The body numbered {@code n} as it came, or null. */
  byte[] body(String feed, long n) {
    synchronized (reader) {
      try (PreparedStatement select = reader.prepareStatement("SELECT packed FROM body WHERE feed = ? AND n = ?")) {
        select.setString(1, feed);
        select.setLong(2, n);
        try (ResultSet row = select.executeQuery()) {
          return row.next() ? Packed.unpack(row.getBytes(1)) : null;
        }
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  Totals totals(String feed) {
    synchronized (reader) {
      try (PreparedStatement select =
          reader.prepareStatement(
              "SELECT coalesce(sum(n_to - n_from + 1), 0), coalesce(sum(explained), 0),"
                  + " (SELECT count(*) FROM quarantined WHERE feed = ?1 AND repaired_seq IS NULL), count(*)"
                  + " FROM batch WHERE feed = ?1")) {
        select.setString(1, feed);
        try (ResultSet row = select.executeQuery()) {
          return new Totals(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
        }
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  /** Stores what the city's clinical check says about body {@code n}, in place of what it said before. */
  void putOutcome(String feed, long n, String json) {
    synchronized (writer) {
      try (PreparedStatement insert = writer.prepareStatement("INSERT OR REPLACE INTO outcome VALUES (?,?,?)")) {
        insert.setString(1, feed);
        insert.setLong(2, n);
        insert.setString(3, json);
        insert.executeUpdate();
        writer.commit();
      } catch (SQLException e) {
        undo();
        throw failed(e);
      }
    }
  }

  /** At most {@code limit} outcomes with a number above {@code n}, in order, as JSON. */
  List<String> outcomesAfter(String feed, long n, int limit) {
    synchronized (reader) {
      try (PreparedStatement select =
          reader.prepareStatement("SELECT json FROM outcome WHERE feed = ? AND n > ? ORDER BY n LIMIT ?")) {
        select.setString(1, feed);
        select.setLong(2, n);
        select.setInt(3, limit);
        List<String> outcomes = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            outcomes.add(row.getString(1));
          }
        }
        return outcomes;
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  private void undo() {
    try {
      writer.rollback();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(SQLException e) {
    return new IllegalStateException("the holdings cannot be read or written", e);
  }

  @Override
  public void close() {
    synchronized (writer) {
      synchronized (reader) {
        try {
          reader.close();
          writer.close();
        } catch (SQLException e) {
          throw failed(e);
        }
      }
    }
  }
}
