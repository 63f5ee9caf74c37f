package io.emrgateway.city;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;

/**
 * The patients of whom a hospital does not want anything shown in its place. What the hospital itself answers is its own
 * matter; these are for when it is silent.
 */
final class Objections {
  static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS objected (
        org TEXT NOT NULL, objection TEXT NOT NULL, system TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (org, objection, system, value)) WITHOUT ROWID""";
  static final String BY_PATIENT = "CREATE INDEX IF NOT EXISTS objected_patient ON objected (org, system, value)";

  private final Connection connection;

  /** @param connection also the lock */
  Objections(Connection connection) {
    this.connection = connection;
  }

  /**
   * Durable when this returns; again is no harm.
   *
   * @param objection the hospital's name for it
   * @param patient none once it is lifted
   */
  void set(String org, String objection, Set<Identifier> patient) {
    synchronized (connection) {
      try (PreparedStatement delete = connection.prepareStatement("DELETE FROM objected WHERE org = ? AND objection = ?");
          PreparedStatement insert = connection.prepareStatement("INSERT INTO objected VALUES (?,?,?,?)")) {
        connection.setAutoCommit(false);
        delete.setString(1, org);
        delete.setString(2, objection);
        delete.executeUpdate();
        for (Identifier one : patient) {
          insert.setString(1, org);
          insert.setString(2, objection);
          insert.setString(3, one.system());
          insert.setString(4, one.value());
          insert.executeUpdate();
        }
        connection.commit();
        connection.setAutoCommit(true);
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  /** Whether anybody with one of these identifiers objects to that hospital showing them. */
  boolean hold(String org, Set<Identifier> patient) {
    synchronized (connection) {
      try (PreparedStatement select =
          connection.prepareStatement("SELECT 1 FROM objected WHERE org = ? AND system = ? AND value = ?")) {
        for (Identifier one : patient) {
          select.setString(1, org);
          select.setString(2, one.system());
          select.setString(3, one.value());
          try (ResultSet row = select.executeQuery()) {
            if (row.next()) {
              return true;
            }
          }
        }
        return false;
      } catch (SQLException e) {
        throw failed(e);
      }
    }
  }

  private static IllegalStateException failed(SQLException e) {
    return new IllegalStateException("the objections cannot be read or written", e);
  }
}
