package io.emrgateway.city;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What the city must not forget about lookups, in one SQLite file beside the holdings: {@link Nonces},
 * {@link Withdrawals} and {@link Objections}. A file of its own, so that a lookup never waits for a batch that is being stored.
 */
final class LookupMemory implements AutoCloseable {
  private final Connection connection;
  private final Nonces nonces;
  private final Withdrawals withdrawals;
  private final Objections objections;

  /** Opens the file or makes it. */
  LookupMemory(Path file) {
    try {
      connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode=WAL");
        statement.execute("PRAGMA synchronous=FULL");
        statement.execute(Nonces.TABLE);
        statement.execute(Nonces.BY_TIME);
        statement.execute(Withdrawals.TABLE);
        statement.execute(Objections.TABLE);
        statement.execute(Objections.BY_PATIENT);
      }
      nonces = new Nonces(connection);
      withdrawals = new Withdrawals(connection);
      objections = new Objections(connection);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot open " + file.getFileName(), e);
    }
  }

  Nonces nonces() {
    return nonces;
  }

  Withdrawals withdrawals() {
    return withdrawals;
  }

  Objections objections() {
    return objections;
  }

  @Override
  public void close() {
    synchronized (connection) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException("the memory of lookups does not close", e);
      }
    }
  }
}
