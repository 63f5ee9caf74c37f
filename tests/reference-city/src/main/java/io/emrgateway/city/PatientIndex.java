package io.emrgateway.city;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Which feeds have sent something about a patient, and in which bodies: lookups are routed by it.
 *
 * <p>Written in the transaction that stores the bodies, so it never knows less or more than the city holds. A patient's
 * number stands in it as a keyed hash: there are so few resident identity numbers that a plain hash could be tried out.
 * The key lies beside the database in a file of its own; who has only the one cannot read the other.
 */
final class PatientIndex {
  static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS patient (
        who BLOB NOT NULL,      -- keyed hash of an identifier's system and value
        feed TEXT NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (who, feed, n)) WITHOUT ROWID""";

  /** Half of an HMAC is enough to tell eight billion people apart, and halves the index. */
  private static final int HASH_BYTES = 16;

  private static final int BODIES_AT_ONCE = 200;

  private final Connection reader;
  private final Mac keyed;
  private final boolean keyIsNew;

  /** A body that a feed has sent about a patient. */
  record Found(long n, long seq) {}

  /**
   * @param key the file that holds the key; made if it is missing
   * @param reader also the lock for reading
   */
  PatientIndex(Path key, Connection reader) {
    this.reader = reader;
    try {
      keyIsNew = !Files.exists(key);
      if (keyIsNew) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        try (OutputStream out = Keys.ownersOnly(key)) {
          out.write(random);
        }
      }
      keyed = Mac.getInstance("HmacSHA256");
      keyed.init(new SecretKeySpec(Files.readAllBytes(key), "HmacSHA256"));
    } catch (IOException e) {
      throw new UncheckedIOException("the index's key " + key.getFileName() + " cannot be read or made", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every installation", e);
    }
  }

  /**
   * Indexes what was held before there was an index, or under a key that is lost. A city that is up to date returns at
   * once.
   */
  void catchUp(Connection writer) throws SQLException {
    try (Statement statement = writer.createStatement()) {
      try (ResultSet version = statement.executeQuery("PRAGMA user_version")) {
        if (version.getInt(1) > 0 && !keyIsNew) {
          writer.rollback();
          return;
        }
      }
      statement.execute("DELETE FROM patient");
      long after = 0;
      for (long last = addBodies(writer, after); last > after; last = addBodies(writer, after)) {
        after = last;
      }
      statement.execute("PRAGMA user_version = 1");
      writer.commit();
    }
  }

  /** Indexes some bodies whose row comes after {@code rowid}; returns the last one's, or {@code rowid} at the end. */
  private long addBodies(Connection writer, long rowid) throws SQLException {
    long last = rowid;
    try (PreparedStatement select =
        writer.prepareStatement(
            "SELECT rowid, feed, n, packed FROM body WHERE rowid > ? ORDER BY rowid LIMIT " + BODIES_AT_ONCE)) {
      select.setLong(1, rowid);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          last = row.getLong(1);
          Set<Identifier> patients = Body.read(Packed.unpack(row.getBytes(4)), Body.FED, "");
          add(writer, row.getString(2), row.getLong(3), List.of(patients));
        }
      }
    }
    return last;
  }

  /**
   * Adds bodies in the writer's transaction.
   *
   * @param firstN number of the first body; the others follow it
   * @param patients of each body
   */
  void add(Connection writer, String feed, long firstN, List<Set<Identifier>> patients) throws SQLException {
    try (PreparedStatement insert = writer.prepareStatement("INSERT OR IGNORE INTO patient VALUES (?,?,?)")) {
      insert.setString(2, feed);
      long n = firstN;
      for (Set<Identifier> ofOne : patients) {
        insert.setLong(3, n++);
        for (Identifier identifier : ofOne) {
          insert.setBytes(1, hash(identifier));
          insert.executeUpdate();
        }
      }
    }
  }

  /** The feeds that have sent something about whoever has one of these identifiers, in order of name. */
  List<String> feeds(Collection<Identifier> identifiers) {
    return query(
        "SELECT DISTINCT feed FROM patient WHERE who IN (%s) ORDER BY feed", identifiers, List.of(),
        row -> row.getString(1));
  }

  /**
   * The bodies of a feed about whoever has one of these identifiers, the newest first.
   *
   * @param since the time of the batch, as the contract writes times
   */
  List<Found> bodies(String feed, Collection<Identifier> identifiers, String since, int limit) {
    return query(
        "SELECT DISTINCT body.n, body.seq FROM patient"
            + " JOIN body ON body.feed = patient.feed AND body.n = patient.n"
            + " JOIN batch ON batch.feed = body.feed AND batch.seq = body.seq"
            + " WHERE who IN (%s) AND patient.feed = ? AND batch.t >= ? ORDER BY body.n DESC LIMIT " + limit,
        identifiers,
        List.of(feed, since),
        row -> new Found(row.getLong(1), row.getLong(2)));
  }

  /** A body of the feed that is about somebody else, or null if there is none: only for trials. */
  Found bodyOfAnother(String feed, Collection<Identifier> identifiers) {
    List<Found> found =
        query(
            "SELECT n, seq FROM body WHERE n NOT IN (SELECT n FROM patient WHERE who IN (%s) AND feed = ?)"
                + " AND n IN (SELECT n FROM patient WHERE feed = ?) AND feed = ? ORDER BY n DESC LIMIT 1",
            identifiers,
            List.of(feed, feed, feed),
            row -> new Found(row.getLong(1), row.getLong(2)));
    return found.isEmpty() ? null : found.get(0);
  }

  /** Reads one row of an answer. */
  private interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private <T> List<T> query(String sql, Collection<Identifier> identifiers, List<String> more, Row<T> one) {
    Set<Identifier> asked = new LinkedHashSet<>(identifiers);
    String marks = String.join(",", Collections.nCopies(asked.size(), "?"));
    synchronized (reader) {
      try (PreparedStatement select = reader.prepareStatement(String.format(sql, marks))) {
        int at = 1;
        for (Identifier identifier : asked) {
          select.setBytes(at++, hash(identifier));
        }
        for (String value : more) {
          select.setString(at++, value);
        }
        List<T> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            found.add(one.read(row));
          }
        }
        return found;
      } catch (SQLException e) {
        throw new IllegalStateException("the index of patients cannot be read", e);
      }
    }
  }

  private byte[] hash(Identifier identifier) {
    try {
      Mac mac = (Mac) keyed.clone();
      mac.update(identifier.system().getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return Arrays.copyOf(mac.doFinal(identifier.value().getBytes(StandardCharsets.UTF_8)), HASH_BYTES);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's HMAC can be copied", e);
    }
  }
}
