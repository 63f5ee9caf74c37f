package io.emrgateway.crashes;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.journeys.Agent;
import io.emrgateway.journeys.City;
import io.emrgateway.journeys.Waiting;
import io.emrgateway.simulator.WardCharset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dying disk or an unlucky moment leaves in the files, put there while nobody has them open. */
@DisplayName("A damaged store")
class DamagedStoreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int FLIPS = Integer.getInteger("crash.rounds", 10) >= 100 ? 60 : 4;
  private static final int WAL_HEADER = 32;
  private static final int FRAME = 24 + 4096;

  @TempDir Path folder;

  @Test
  @DisplayName("with half a frame or garbage behind the end of its WAL starts and has lost nothing")
  void with_half_a_frame_or_garbage_behind_the_end_of_its_WAL_starts_and_has_lost_nothing() throws Exception {
    Random random = Odds.of("torn WAL");
    try (Trial trial = Trial.in(folder, "").start()) {
      trial.threeWards(random.nextInt(1_000_000));
      for (int round = 0; round < 3; round++) {
        trial.untilAcknowledgedMore(100, PATIENCE);
        trial.agent().kill();
        tearEnd(trial.agent().home().resolve("gateway.db-wal"), round, random);
        trial.startGateway();
      }
      trial.untilAcknowledgedMore(50, PATIENCE);
      trial.stopWards();
      Equation equation = trial.settle(PATIENCE);
      trial.print("torn WAL, three times", equation);
      assertThat(equation.findings()).isEmpty();
      assertThat(trial.proof().findings()).isEmpty();
    }
  }

  /** What a write under way leaves: garbage, the beginning of an honest-looking frame, a whole frame of another time. */
  private static void tearEnd(Path wal, int kind, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(wal);
    assertThat(bytes.length).as("the WAL holds frames").isGreaterThan(WAL_HEADER + FRAME);
    byte[] frame = java.util.Arrays.copyOfRange(bytes, WAL_HEADER, WAL_HEADER + FRAME);
    byte[] torn;
    if (kind == 0) {
      torn = new byte[1 + random.nextInt(3 * FRAME)];
      random.nextBytes(torn);
    } else if (kind == 1) {
      torn = java.util.Arrays.copyOf(frame, 1 + random.nextInt(FRAME - 1));
    } else {
      torn = frame; // right salt, a checksum that does not continue the one before
    }
    Files.write(wal, torn, StandardOpenOption.APPEND);
  }

  @Test
  @DisplayName("with one flipped byte in a payload explains that message, and its neighbours are delivered")
  void with_one_flipped_byte_in_a_payload_explains_that_message() throws Exception {
    try (Trial trial = Trial.in(folder, "").start()) {
      trial.killCity();
      trial.ward("A1", WardCharset.GB18030, 2, 0, Odds.seed() % 1_000_000);
      trial.untilAcknowledgedMore(60, PATIENCE);
      trial.stopWards();
      trial.agent().stop();
      long damaged;
      String raw;
      try (Connection store = connect(trial); Statement statement = store.createStatement()) {
        // Not in the first batch, which may have been sealed before the end.
        try (ResultSet rows = statement.executeQuery("SELECT m.i, lower(hex(m.raw)), p.bytes FROM message m JOIN payload p"
            + " ON p.i = m.i WHERE m.i NOT IN (SELECT i FROM entry) ORDER BY m.i DESC LIMIT 1 OFFSET 10")) {
          assertThat(rows.next()).as("messages wait that are not sealed yet").isTrue();
          damaged = rows.getLong(1);
          raw = rows.getString(2);
          byte[] bytes = rows.getBytes(3);
          bytes[bytes.length / 2] ^= 0x10;
          try (PreparedStatement update = store.prepareStatement("UPDATE payload SET bytes = ? WHERE i = ?")) {
            update.setBytes(1, bytes);
            update.setLong(2, damaged);
            assertThat(update.executeUpdate()).isOne();
          }
        }
      }
      trial.startCity();
      trial.startGateway();
      Equation equation = trial.settle(PATIENCE);
      trial.print("one flipped byte in a payload", equation);
      assertThat(equation.findings()).isEmpty();
      assertThat(trial.agent().quarantined()).extracting(Agent.Quarantined::i, Agent.Quarantined::raw, Agent.Quarantined::code)
          .contains(org.assertj.core.groups.Tuple.tuple(damaged, raw, "store.payload-damaged"));
      assertThat(trial.city().entries()).filteredOn(entry -> Math.abs(entry.i() - damaged) == 1)
          .extracting(City.Entry::n).hasSize(2).doesNotContainNull();
      assertThat(trial.proof().findings()).isEmpty();
    }
  }

  @Test
  @DisplayName("with one flipped byte anywhere in its file is refused, or nothing is lost, or delivery says aloud that it stands")
  void with_one_flipped_byte_anywhere_never_loses_in_silence() throws Exception {
    Random random = Odds.of("flipped bytes");
    Map<String, Integer> outcomes = new TreeMap<>();
    List<String> silent = new ArrayList<>();
    try (Trial trial = Trial.in(folder, "").start()) {
      trial.ward("A1", WardCharset.GB18030, 2, 0, random.nextInt(1_000_000));
      trial.untilAcknowledgedMore(60, PATIENCE);
      trial.killCity();
      trial.untilAcknowledgedMore(120, PATIENCE);
      trial.stopWards();
      trial.agent().stop();
      trial.startCity();
      long seq = trial.city().status().path("seq").asLong();
      Path file = trial.agent().home().resolve("gateway.db");
      try (Connection store = connect(trial); Statement statement = store.createStatement()) {
        // Everything into the one file, so that every flip can hit.
        statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      }
      Path sound = folder.resolve("sound.db");
      Files.copy(file, sound);
      for (int k = 0; k < FLIPS; k++) {
        Files.copy(sound, file, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(file.resolveSibling("gateway.db-wal"));
        Files.deleteIfExists(file.resolveSibling("gateway.db-shm"));
        if (trial.city().status().path("seq").asLong() > seq) {
          trial.city().rollBack(seq);
        }
        long at = flip(file, random);
        String outcome = outcomeOf(trial);
        outcomes.merge(outcome, 1, Integer::sum);
        System.out.println("[crashes] byte " + at + " flipped: " + outcome);
        if (outcome.startsWith("SILENT")) {
          silent.add("byte " + at + " " + outcome);
        }
        if (trial.agent().isAlive()) {
          trial.agent().kill();
        }
      }
      System.out.println("[crashes] flipped bytes: " + FLIPS + " " + outcomes);
      assertThat(silent).isEmpty();
    }
  }

  private static long flip(Path file, Random random) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      long at;
      do {
        // Empty space says nothing: a byte that is not zero belongs to something.
        at = (long) (random.nextDouble() * channel.size());
        one.clear();
        channel.read(one, at);
      } while (one.get(0) == 0);
      one.put(0, (byte) (one.get(0) ^ 1 << random.nextInt(8))).rewind();
      channel.write(one, at);
      return at;
    }
  }

  private static String outcomeOf(Trial trial) {
    int logged = trial.agent().isAlive() ? 0 : trial.agent().log().length();
    trial.agent().launch();
    try {
      trial.agent().awaitOpen(PATIENCE);
    } catch (IllegalStateException ended) {
      String said = trial.agent().log().substring(logged);
      return said.contains("store.damaged") || said.contains("store.not-ours") || said.contains("store.other-feed")
          || said.contains("store.newer-version") || said.contains("seal.")
          ? "refused" : "SILENT refusal: " + said.lines().limit(3).toList();
    }
    long end = System.nanoTime() + Duration.ofSeconds(12).toNanos();
    Equation equation;
    do {
      equation = trial.judge();
      if (equation.holds()) {
        return "nothing lost";
      }
      if (System.nanoTime() > end) {
        String code = trial.agent().status().path("code").asText("");
        return !code.isEmpty() ? "delivery stands: " + code : "SILENT loss: " + equation.findings();
      }
      sleep();
    } while (true);
  }

  private static void sleep() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Connection connect(Trial trial) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + trial.agent().home().resolve("gateway.db"));
  }
}
