package io.emrgateway.crashes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway's home is a small tmpfs of its own, so that nobody else's disk fills up. Needs the right to mount. */
@DisplayName("A full disk loses nothing:")
class FullDiskTest {
  private static final long MEBIBYTE = 1L << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @TempDir Path folder;

  @Test
  @DisplayName("below the floor the HIS hears AE and keeps its messages, and with room again it goes on by itself")
  void below_the_floor_the_his_hears_AE_and_keeps_its_messages() throws Exception {
    try (Mounted home = Mounted.at(folder.resolve("home"), 48);
        Trial trial = Trial.in(folder, "store:\n  disk-floor: 16MiB\n").start()) {
      trial.threeWards(Odds.seed() % 1_000_000);
      trial.untilAcknowledgedMore(100, PATIENCE);
      home.fillUpTo(8 * MEBIBYTE);
      trial.until("AE store.disk-full", PATIENCE, () -> refusals(trial) > 10);
      assertThat(trial.agent().status().path("canAdmit").asBoolean()).isFalse();
      // What is on the way to the city gives room back, so it goes on below the floor.
      trial.untilSettled(PATIENCE);
      int then = trial.ledger().acknowledgedCount();
      Thread.sleep(1_000);
      assertThat(trial.ledger().acknowledgedCount()).as("nothing new is admitted below the floor").isEqualTo(then);
      home.empty();
      trial.untilAcknowledgedMore(100, PATIENCE);
      trial.stopWards();
      Equation equation = trial.settle(PATIENCE);
      trial.print("disk below the floor", equation);
      assertThat(equation.findings()).isEmpty();
      assertThat(trial.proof().findings()).isEmpty();
    }
  }

  @Test
  @DisplayName("not one byte left, and then killed")
  void not_one_byte_left_and_then_killed() throws Exception {
    try (Mounted home = Mounted.at(folder.resolve("home"), 24);
        Trial trial = Trial.in(folder, "store:\n  disk-floor: 1MiB\n").start()) {
      trial.threeWards(Odds.seed() % 1_000_000);
      trial.untilAcknowledgedMore(50, PATIENCE);
      for (int round = 0; round < 3; round++) {
        // From far above the floor to nothing at once: the writer meets the full disk before the floor is looked at.
        home.fillUpTo(0);
        int before = refusals(trial);
        trial.until("AE while the disk is full", PATIENCE, () -> refusals(trial) > before + 5);
        Thread.sleep(1_500);
        assertThat(trial.agent().isAlive()).isTrue();
        if (round == 2) {
          trial.agent().kill();
          home.empty();
          trial.startGateway();
        } else {
          home.empty();
        }
        trial.untilAcknowledgedMore(50, PATIENCE);
      }
      trial.stopWards();
      Equation equation = trial.settle(PATIENCE);
      trial.print("disk full to the last byte, three times", equation);
      assertThat(equation.findings()).isEmpty();
      assertThat(trial.proof().findings()).isEmpty();
    }
  }

  private static int refusals(Trial trial) {
    return trial.ledger().outcomes().entrySet().stream()
        .filter(outcome -> outcome.getKey().startsWith("AE:store.")).mapToInt(outcome -> outcome.getValue()).sum();
  }

  /** A tmpfs that ends with the test. */
  private record Mounted(Path at) implements AutoCloseable {
    static Mounted at(Path at, int mebibytes) throws IOException {
      Files.createDirectories(at);
      boolean mounted = Tools.run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m,mode=700", "tmpfs", at.toString());
      assumeTrue(mounted, "mounting a tmpfs needs root");
      return new Mounted(at);
    }

    /** Leaves at most so many bytes free. */
    void fillUpTo(long free) throws IOException {
      byte[] block = new byte[1 << 16];
      try (OutputStream out = Files.newOutputStream(filler())) {
        while (Files.getFileStore(at).getUsableSpace() > free) {
          out.write(block);
        }
      } catch (IOException full) {
        if (free > 0) {
          throw full;
        }
      }
    }

    void empty() throws IOException {
      Files.delete(filler());
    }

    private Path filler() {
      return at.resolve("somebody-elses-file");
    }

    @Override
    public void close() {
      // Lazy: a process that has just been killed may hold it for another moment.
      Tools.run("umount", "-l", at.toString());
    }
  }
}
