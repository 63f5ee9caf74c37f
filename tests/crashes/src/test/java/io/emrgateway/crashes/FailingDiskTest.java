package io.emrgateway.crashes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** libfiu between the gateway and its disk: write and fsync fail at random, with EIO (5) or ENOSPC (28). */
@DisplayName("A disk that fails loses nothing:")
class FailingDiskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String[] CALLS = {"posix/io/rw/pwrite", "posix/io/sync/fsync", "posix/io/sync/fdatasync"};

  @TempDir Path folder;

  @Test
  @DisplayName("fsync and write fail at random under load, then the disk is well again, then again and killed")
  void fsync_and_write_fail_at_random_under_load() throws Exception {
    Tools.assumeInstalled("/usr/bin/fiu-run", "/usr/bin/fiu-ctrl", "/usr/lib/fiu/fiu_posix_preload.so");
    Random random = Odds.of("failing disk");
    Path control = folder.resolve("fiu");
    try (Trial trial = Trial.in(folder, "")) {
      trial.startCity();
      // exec behind exec, so that the process killed is the gateway itself.
      trial.agent().under("/usr/bin/fiu-run", "-x", "-f", control.toString());
      trial.startGateway();
      trial.threeWards(random.nextInt(1_000_000));
      trial.untilAcknowledgedMore(50, PATIENCE);
      for (int round = 0; round < 4; round++) {
        int before = refusals(trial);
        for (String call : CALLS) {
          int error = random.nextBoolean() ? 5 : 28;
          order(trial, control, "enable_random name=" + call + ",probability=0.2,failinfo=" + error);
        }
        trial.until("AE while the disk fails", PATIENCE, () -> refusals(trial) > before + 5);
        Thread.sleep(1_000 + random.nextInt(1_500));
        assertThat(trial.agent().isAlive()).isTrue();
        if (round % 2 == 1) {
          trial.agent().kill();
          trial.startGateway();
        } else {
          for (String call : CALLS) {
            order(trial, control, "disable name=" + call);
          }
        }
        trial.untilAcknowledgedMore(50, PATIENCE);
      }
      trial.stopWards();
      Equation equation = trial.settle(PATIENCE);
      trial.print("failing disk, four rounds", equation);
      assertThat(equation.findings()).isEmpty();
      assertThat(trial.proof().findings()).isEmpty();
    }
  }

  private static void order(Trial trial, Path control, String command) {
    assertThat(Tools.run("/usr/bin/fiu-ctrl", "-f", control.toString(), "-c", command,
        String.valueOf(trial.agent().pid()))).as(command).isTrue();
  }

  private static int refusals(Trial trial) {
    return trial.ledger().outcomes().entrySet().stream()
        .filter(outcome -> outcome.getKey().startsWith("AE:store.")).mapToInt(outcome -> outcome.getValue()).sum();
  }
}
