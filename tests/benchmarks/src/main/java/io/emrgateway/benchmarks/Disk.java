package io.emrgateway.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** What SQLite with {@code synchronous=FULL} can do on this disk, with nothing around it. */
final class Disk {
  private static final int ROW_BYTES = 2_048;
  private static final long WAL_PAGES = 2_000;

  private Disk() {}

  /**
   * Rows of 2 KiB a second, so many in each transaction, WAL, {@code synchronous=FULL}.
   *
   * @param folder where the file goes: the same file system as the gateway's
   */
  static double rowsPerSecond(Path folder, int rowsEach, double seconds) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("limit-" + rowsEach + ".db"));
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("PRAGMA wal_autocheckpoint=" + WAL_PAGES);
      statement.execute("CREATE TABLE row (i INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
      connection.setAutoCommit(false);
      byte[] bytes = new byte[ROW_BYTES];
      long rows = 0;
      try (PreparedStatement insert = connection.prepareStatement("INSERT INTO row (bytes) VALUES (?)")) {
        long begin = System.nanoTime();
        long end = begin + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
          for (int k = 0; k < rowsEach; k++) {
            insert.setBytes(1, bytes);
            insert.executeUpdate();
          }
          connection.commit();
          rows += rowsEach;
        }
        return rows / ((System.nanoTime() - begin) / 1e9);
      }
    }
  }
}
