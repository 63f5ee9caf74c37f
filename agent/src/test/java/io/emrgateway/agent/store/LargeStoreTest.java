package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.routes.core.Refused;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A store above 256 MiB")
class LargeStoreTest {
  @TempDir Path folder;

  /** How: 300 payloads of 1 MiB; in the middle of one, where no start looks, a page points nowhere. */
  @Test
  void opens_at_once_is_checked_meanwhile_and_takes_nothing_more_once_damage_is_found() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "one");
    }
    Path file = folder.resolve("home/gateway.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("WITH RECURSIVE k(i) AS (VALUES (1000) UNION ALL SELECT i + 1 FROM k WHERE i < 1299)"
          + " INSERT INTO payload (i, key, bytes) SELECT i, 1, zeroblob(1048576) FROM k");
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    assertThat(Files.size(file)).isGreaterThan(256L << 20);

    try (Bench sound = new Bench(folder)) {
      assertThat(sound.admit("C2", "two")).isEqualTo(2);
      Thread.sleep(2_000);
      assertThat(sound.store.overview().storeCode()).isNull();
    }
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(150L << 20);
      bytes.write(new byte[] {-1, -1, -1, -1});
    }
    try (Bench damaged = new Bench(folder)) {
      long end = System.nanoTime() + 60_000_000_000L;
      while (damaged.store.overview().storeCode() == null && System.nanoTime() < end) {
        Thread.sleep(50);
      }
      assertThat(damaged.store.overview().storeCode()).isEqualTo("store.damaged");
      assertThat(damaged.store.overview().canAdmit()).isFalse();
      assertThatThrownBy(() -> damaged.admit("C3", "three")).hasCauseInstanceOf(Refused.class)
          .hasRootCauseMessage("store.cannot-write");
    }
  }
}
