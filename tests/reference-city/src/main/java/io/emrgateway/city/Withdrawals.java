package io.emrgateway.city;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * The authorisations that patients have taken back, by the hash of their evidence. For good: a withdrawn authorisation
 * does not come to life again, a patient who changes their mind signs anew.
 *
 * <p>A withdrawal counts for the hospital that kept the authorisation. Otherwise each hospital that was once asked, and
 * so knows the hash, could stop another's lookups.
 */
final class Withdrawals {
  static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS withdrawn (
        org TEXT NOT NULL, evidence TEXT NOT NULL, t TEXT NOT NULL,
        PRIMARY KEY (org, evidence)) WITHOUT ROWID""";

  private final Connection connection;

  /** @param connection also the lock */
  Withdrawals(Connection connection) {
    this.connection = connection;
  }

  /** Durable when this returns; again is no harm. */
  void add(String org, String evidence, Instant now) {
    synchronized (connection) {
      try (PreparedStatement insert = connection.prepareStatement("INSERT OR IGNORE INTO withdrawn VALUES (?,?,?)")) {
        connection.setAutoCommit(true);
        insert.setString(1, org);
        insert.setString(2, evidence);
        insert.setString(3, Times.text(now));
        insert.executeUpdate();
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  /** @param evidence null for a request that rests on none */
  boolean holds(String org, String evidence) {
    if (evidence == null) {
      return false;
    }
    synchronized (connection) {
      try (PreparedStatement select =
          connection.prepareStatement("SELECT 1 FROM withdrawn WHERE org = ? AND evidence = ?")) {
        select.setString(1, org);
        select.setString(2, evidence);
        try (ResultSet row = select.executeQuery()) {
          return row.next();
        }
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  private static IllegalStateException failed(SQLException e) {
    return new IllegalStateException("the withdrawals cannot be read or written", e);
  }
}
