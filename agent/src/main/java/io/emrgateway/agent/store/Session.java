package io.emrgateway.agent.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** A connection and the statements prepared on it, each once. For one thread at a time. */
final class Session implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  Session(Connection connection) {
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  /** A column of milliseconds, or null. */
  static Instant instant(ResultSet rows, int column) throws SQLException {
    long millis = rows.getLong(column);
    return rows.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  /** The statement for this text, which must be a constant: it is kept as long as the connection. */
  PreparedStatement prepared(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  /** Sets the parameters in order and runs the statement; returns how many rows it changed. */
  int update(String sql, Object... parameters) throws SQLException {
    return bind(sql, parameters).executeUpdate();
  }

  /** Sets the parameters in order. Null stands for NULL. */
  PreparedStatement bind(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = prepared(sql);
    for (int k = 0; k < parameters.length; k++) {
      statement.setObject(k + 1, parameters[k]);
    }
    return statement;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException ignored) {
      // What was committed stays; what was not is rolled back by the next to open the file.
    }
  }
}
