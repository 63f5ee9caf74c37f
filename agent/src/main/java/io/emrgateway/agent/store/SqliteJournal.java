package io.emrgateway.agent.store;

import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.intake.Admission;
import io.emrgateway.routes.core.intake.Admission.Kind;
import io.emrgateway.routes.core.intake.Journal;
import io.emrgateway.routes.core.intake.Message;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** Admission: commit 1 of a message's walk, its fsync shared by all who wait. */
final class SqliteJournal implements Journal, Writer.Watcher {
  private static final String SEEN =
      "SELECT i, source, raw, code FROM message WHERE control8 = ? AND raw8 = ?";
  /** Some, not all: a sender may give every message the same id. */
  private static final String CONTROL_SEEN = "SELECT code FROM message WHERE control8 = ? LIMIT 8";
  private static final String INSERT_MESSAGE =
      "INSERT INTO message (i, source, received, raw, control8, raw8, control, type, charset, size, code, place, reused)"
          + " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)";
  private static final String INSERT_PAYLOAD = "INSERT INTO payload (i, key, bytes) VALUES (?,?,?)";

  private final Writer writer;
  private final Sources sources;
  private final Vault vault;
  private final Space space;
  private final UnaryOperator<byte[]> rawHash;
  private final Runnable admitted;
  private final BooleanSupplier sound;

  /** The last number on the disk; only the writer's thread sets it. */
  private volatile long last;
  private long lastInTransaction;

  /**
   * @param last the greatest admission number on the disk, 0 if none
   * @param rawHash {@code H(04|bytes)} in the feed's suite, 32 octets
   * @param admitted told after each commit that added a message
   * @param sound false once the store has been found damaged: nothing is promised on it any more
   */
  SqliteJournal(Writer writer, Sources sources, Vault vault, Space space, long last,
      UnaryOperator<byte[]> rawHash, Runnable admitted, BooleanSupplier sound) {
    this.writer = writer;
    this.sources = sources;
    this.vault = vault;
    this.space = space;
    this.last = last;
    this.lastInTransaction = last;
    this.rawHash = rawHash;
    this.admitted = admitted;
    this.sound = sound;
  }

  @Override
  public CompletionStage<Admission> append(Message message) {
    if (!sound.getAsBoolean()) {
      return CompletableFuture.failedStage(new Refused(Reason.CANNOT_WRITE, ""));
    }
    if (space.isShort()) {
      return CompletableFuture.failedStage(new Refused(Reason.DISK_FULL, ""));
    }
    byte[] raw = rawHash.apply(message.bytes());
    long raw8 = Hashing.first8(raw);
    // Without a control id the bytes themselves are what a resend is known by.
    long control8 = message.control().isEmpty() ? raw8 : Hashing.control8(message.source(), message.control());
    int source = sources.idOf(message.source());
    return writer.shared(session -> keep(session, message, source, raw, control8, raw8));
  }

  private Admission keep(Session session, Message message, int source, byte[] raw, long control8, long raw8)
      throws SQLException {
    boolean reused = false;
    ControlSeen seen = controlSeen(session, control8);
    if (seen != ControlSeen.NEVER) {
      long earlier = earlier(session, message, source, raw, control8, raw8);
      if (earlier > 0) {
        mend(session, earlier, message);
        return new Admission(earlier, Kind.REPEATED);
      }
      // Half a frame, and then the whole message again, is no second message; nor is what was refused then or now.
      reused = seen == ControlSeen.ACCEPTED && message.refused() == null && !message.control().isEmpty();
    }
    long i = ++lastInTransaction;
    Refused refused = message.refused();
    PreparedStatement insert = session.prepared(INSERT_MESSAGE);
    insert.setLong(1, i);
    insert.setInt(2, source);
    insert.setLong(3, message.received().toEpochMilli());
    insert.setBytes(4, raw);
    insert.setLong(5, control8);
    insert.setLong(6, raw8);
    insert.setString(7, message.control());
    insert.setString(8, message.type());
    insert.setString(9, message.charset());
    insert.setInt(10, message.bytes().length);
    insert.setString(11, refused == null ? null : refused.reason().code());
    insert.setString(12, refused == null ? null : refused.place());
    insert.setInt(13, reused ? 1 : 0);
    insert.executeUpdate();
    Vault.Sealed sealed = vault.seal(Vault.PAYLOAD, i, message.bytes());
    PreparedStatement payload = session.prepared(INSERT_PAYLOAD);
    payload.setLong(1, i);
    payload.setInt(2, sealed.key());
    payload.setBytes(3, sealed.bytes());
    payload.executeUpdate();
    // The driver would keep the bytes, up to the largest message's, until the next one takes their place.
    payload.clearParameters();
    return new Admission(i, reused ? Kind.CONTROL_ID_REUSED : Kind.FIRST);
  }

  /** Sent again because what we kept of it is damaged: the good copy takes its place and is tried anew. */
  private void mend(Session session, long i, Message message) throws SQLException {
    try (ResultSet rows = session.bind("SELECT key, bytes FROM payload WHERE i = ?", i).executeQuery()) {
      if (!rows.next() || vault.open(Vault.PAYLOAD, i, rows.getInt(1), rows.getBytes(2)) != null) {
        return;
      }
    }
    Vault.Sealed sealed = vault.seal(Vault.PAYLOAD, i, message.bytes());
    session.update("UPDATE payload SET key = ?, bytes = ? WHERE i = ?", sealed.key(), sealed.bytes(), i);
    session.update("INSERT OR IGNORE INTO replay (i, asked) SELECT i, ? FROM entry WHERE i = ? AND n IS NULL",
        message.received().toEpochMilli(), i);
  }

  private enum ControlSeen { NEVER, REFUSED, ACCEPTED }

  private static ControlSeen controlSeen(Session session, long control8) throws SQLException {
    PreparedStatement query = session.prepared(CONTROL_SEEN);
    query.setLong(1, control8);
    ControlSeen seen = ControlSeen.NEVER;
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        if (rows.getString(1) == null) {
          return ControlSeen.ACCEPTED;
        }
        seen = ControlSeen.REFUSED;
      }
      return seen;
    }
  }

  /**
   * The number of the same bytes kept before, or 0.
   *
   * <p>Bytes refused at the door then and accepted now (an operator has corrected the charset) are a
   * new admission: the old number has been explained to the city as quarantined.
   */
  private static long earlier(Session session, Message message, int source, byte[] raw, long control8, long raw8)
      throws SQLException {
    PreparedStatement query = session.prepared(SEEN);
    query.setLong(1, control8);
    query.setLong(2, raw8);
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        boolean sameBytes = rows.getInt(2) == source && Arrays.equals(rows.getBytes(3), raw);
        boolean refusedThen = rows.getString(4) != null;
        if (sameBytes && refusedThen == (message.refused() != null)) {
          return rows.getLong(1);
        }
      }
      return 0;
    }
  }

  /**
   * Gives every message after {@code after} a new number behind {@code behind}, in the old order; part
   * of the transaction that opens a new epoch. Messages appended later count on from there.
   */
  void admitAnew(Session session, long after, long behind) throws SQLException {
    long next = Math.max(behind, lastInTransaction);
    List<long[]> moved = new ArrayList<>();
    try (ResultSet rows = session.bind("SELECT i FROM message WHERE i > ? ORDER BY i", after).executeQuery()) {
      while (rows.next()) {
        moved.add(new long[] {rows.getLong(1), ++next});
      }
    }
    long first = behind + 1;
    // Downwards, to the final numbers: behind the city's last one, without a hole.
    for (int k = moved.size() - 1; k >= 0; k--) {
      renumber(session, moved.get(k)[0], moved.get(k)[1]);
    }
    for (int k = 0; k < moved.size(); k++) {
      if (moved.get(k)[1] != first + k) {
        renumber(session, moved.get(k)[1], first + k);
      }
    }
    lastInTransaction = behind + moved.size();
  }

  /** The seal binds a payload to its number, so it is sealed anew; one that does not open stays as it is, damaged. */
  private void renumber(Session session, long from, long to) throws SQLException {
    session.update("UPDATE message SET i = ? WHERE i = ?", to, from);
    session.update("UPDATE replay SET i = ? WHERE i = ?", to, from);
    byte[] plain = null;
    try (ResultSet rows = session.bind("SELECT key, bytes FROM payload WHERE i = ?", from).executeQuery()) {
      if (rows.next()) {
        plain = vault.open(Vault.PAYLOAD, from, rows.getInt(1), rows.getBytes(2));
      }
    }
    if (plain != null) {
      Vault.Sealed sealed = vault.seal(Vault.PAYLOAD, to, plain);
      session.update("DELETE FROM payload WHERE i = ?", from);
      session.update("INSERT INTO payload (i, key, bytes) VALUES (?,?,?)", to, sealed.key(), sealed.bytes());
    } else {
      session.update("UPDATE payload SET i = ? WHERE i = ?", to, from);
    }
  }

  /** The last admission number that is durable. */
  long last() {
    return last;
  }

  @Override
  public void rolledBack() {
    lastInTransaction = last;
  }

  @Override
  public void committed() {
    if (lastInTransaction != last) {
      last = lastInTransaction;
      admitted.run();
    }
  }
}
