package io.emrgateway.crashes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.emrgateway.simulator.WardCharset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** libfaketime changes the gateway's wall clock and leaves its monotonic one alone, as a wrong NTP server would. */
@DisplayName("A clock that jumps loses nothing:")
class ClockTest {
  private static final String LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  /** pause-max of the trial's settings is 2 s; the rest is for a slow machine. */
  private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  @DisplayName("days forward, days back, into the next month and before the certificates' time, while it runs and between starts")
  void days_forward_days_back_into_the_next_month() throws Exception {
    Tools.assumeInstalled(LIBRARY);
    Path clock = folder.resolve("clock");
    set(clock, "+0");
    try (Trial trial = Trial.in(folder, "")) {
      trial.startCity();
      trial.agent().under("/usr/bin/env", "LD_PRELOAD=" + LIBRARY, "FAKETIME_TIMESTAMP_FILE=" + clock,
          "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1",
          // Without it every timed wait of a JVM returns at once, and all its threads spin.
          "FAKETIME_FORCE_MONOTONIC_FIX=0");
      trial.startGateway();
      // A slow ward: time passes here in jumps, not in messages.
      trial.ward("A1", WardCharset.GB18030, 3, 30, Odds.seed() % 1_000_000);
      trial.untilAcknowledgedMore(50, PATIENCE);
      trial.until("a first delivery", PATIENCE, () -> trial.agent().status().path("settled").asLong() > 0);

      jumpWhileTheCityIsAway(trial, clock, "+2d", "+0");
      jumpWhileTheCityIsAway(trial, clock, "+0", "-3000");
      jumpWhileTheCityIsAway(trial, clock, "+40d", "+0");

      // Between starts. Two days before the certificates begin nobody trusts them: admitted, not delivered, said.
      trial.agent().kill();
      set(clock, "-2d");
      trial.startGateway();
      trial.untilAcknowledgedMore(50, PATIENCE);
      trial.until("the gateway says why it does not deliver", PATIENCE,
          () -> trial.agent().status().path("code").asText("").startsWith("delivery."));
      trial.agent().kill();
      set(clock, "+2d");
      trial.startGateway();
      awaitDelivery(trial);
      trial.agent().kill();
      set(clock, "+0");
      trial.startGateway();
      awaitDelivery(trial);

      trial.stopWards();
      Equation equation = trial.settle(PATIENCE);
      trial.print("clock jumps", equation);
      assertThat(equation.findings()).isEmpty();
      assertThat(trial.proof().findings()).isEmpty();
    }
  }

  /** The worst time for a jump: a pause until a due time by the old clock has just begun. */
  private static void jumpWhileTheCityIsAway(Trial trial, Path clock, String before, String after) throws Exception {
    set(clock, before);
    trial.untilAcknowledgedMore(20, PATIENCE);
    trial.killCity();
    trial.until("an attempt has failed", PATIENCE, () -> trial.agent().status().path("attemptsFailed").asLong() > 0);
    set(clock, after);
    trial.startCity();
    awaitDelivery(trial);
    trial.untilAcknowledgedMore(20, PATIENCE);
  }

  private static void awaitDelivery(Trial trial) {
    long settled = trial.agent().status().path("settled").asLong();
    long goal = trial.agent().status().path("admitted").asLong();
    trial.until("delivered from " + settled + " to " + goal + " with a pause no longer than configured", PAUSE_MAX, () -> {
      JsonNode status = trial.agent().status();
      return status.path("settled").asLong() >= goal && status.path("code").asText("").isEmpty();
    });
  }

  /** libfaketime looks at the file again within a second. */
  private static void set(Path clock, String offset) throws Exception {
    Path next = clock.resolveSibling("clock.next");
    Files.writeString(next, offset + "\n");
    Files.move(next, clock, java.nio.file.StandardCopyOption.REPLACE_EXISTING, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    Thread.sleep(1_500);
  }
}
