package io.emrgateway.city;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/** The nonces of the last 24 hours, feed by feed. A restart forgets none: a recorded request must not pass twice. */
final class Nonces {
  static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS nonce (
        feed TEXT NOT NULL, nonce TEXT NOT NULL, t INTEGER NOT NULL, -- milliseconds since 1970
        PRIMARY KEY (feed, nonce)) WITHOUT ROWID""";

  static final String BY_TIME = "CREATE INDEX IF NOT EXISTS nonce_by_time ON nonce (t)";

  private static final Duration KEPT = Duration.ofHours(24);

  private final Connection connection;

  /** @param connection also the lock */
  Nonces(Connection connection) {
    this.connection = connection;
  }

  /**
   * Uses the nonce up, durably: when this returns, nobody can use it again for 24 hours, whatever becomes of the
   * request.
   *
   * @throws Refused {@code lookup.nonce} if it has been used
   */
  void use(String feed, String nonce, Instant now) {
    synchronized (connection) {
      try (PreparedStatement forget = connection.prepareStatement("DELETE FROM nonce WHERE t < ?");
          PreparedStatement insert = connection.prepareStatement("INSERT OR IGNORE INTO nonce VALUES (?,?,?)")) {
        connection.setAutoCommit(false);
        forget.setLong(1, now.minus(KEPT).toEpochMilli());
        forget.executeUpdate();
        insert.setString(1, feed);
        insert.setString(2, nonce);
        insert.setLong(3, now.toEpochMilli());
        boolean fresh = insert.executeUpdate() == 1;
        connection.commit();
        if (!fresh) {
          throw new Refused(Rule.LOOKUP_NONCE);
        }
      } catch (SQLException e) {
        throw new IllegalStateException("the nonces cannot be read or written", e);
      }
    }
  }
}
