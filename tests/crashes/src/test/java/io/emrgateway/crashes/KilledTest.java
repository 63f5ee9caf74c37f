package io.emrgateway.crashes;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.conformance.Report;
import io.emrgateway.simulator.WardCharset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL proves survival of the process's death, not of the power's: the kernel still has what was written. */
@DisplayName("What was acknowledged is held by the city once, or explained,")
class KilledTest {
  private static final int ROUNDS = Integer.getInteger("crash.rounds", 10);
  private static final int JUDGED_EVERY = 25;

  @TempDir Path folder;

  @Test
  @DisplayName("when gateway and city are killed at random under load")
  void when_gateway_and_city_are_killed_at_random_under_load() throws Exception {
    Random random = Odds.of("kill rounds");
    long began = System.nanoTime();
    int cityKills = 0;
    try (Trial trial = Trial.in(folder, "").start()) {
      trial.threeWards(random.nextInt(1_000_000));
      for (int round = 1; round <= ROUNDS; round++) {
        if (random.nextBoolean()) {
          // Right behind an acknowledgement: the smallest lead that the disk can have.
          trial.untilAcknowledgedMore(1 + random.nextInt(150), Duration.ofSeconds(120));
        } else {
          Thread.sleep(50 + random.nextInt(1_500));
        }
        boolean cityToo = random.nextInt(3) == 0;
        if (cityToo && random.nextBoolean()) {
          trial.killCity();
          cityKills++;
          Thread.sleep(random.nextInt(300));
        }
        trial.agent().kill();
        if (cityToo) {
          trial.killCity();
          cityKills++;
        }
        trial.startGateway();
        if (cityToo) {
          trial.startCity();
        }
        if (round % JUDGED_EVERY == 0 && round < ROUNDS) {
          // The wards go on meanwhile: a message acknowledged after this look at the ledger is the next look's.
          assertNothingLost(trial, round);
        }
      }
      trial.untilAcknowledgedMore(20, Duration.ofSeconds(120));
      trial.stopWards();
      Equation equation = trial.settle(Duration.ofSeconds(120));
      trial.print("kill rounds", ROUNDS + " kills of the gateway, " + cityKills + " of the city, "
          + (System.nanoTime() - began) / 1_000_000_000L + " s, " + equation);
      assertThat(equation.findings()).isEmpty();
      assertThat(equation.acknowledged()).isGreaterThan(ROUNDS * 10);
      Report report = trial.proof();
      assertThat(report.findings()).isEmpty();
      assertThat(report.isProven()).isTrue();
      assertThat(report.held()).isEqualTo(equation.held());
      assertThat(report.inputs()).isEqualTo(equation.held() + equation.explained());
    }
  }

  private static void assertNothingLost(Trial trial, int round) {
    trial.stopWards();
    Equation equation = trial.settle(Duration.ofSeconds(120));
    trial.print("after " + round + " rounds", equation);
    assertThat(equation.findings()).isEmpty();
    trial.threeWards(1_000_000L + round * 10L);
  }

  @Test
  @DisplayName("when the gateway is killed five times in a row while it starts")
  void when_the_gateway_is_killed_five_times_in_a_row_while_it_starts() throws Exception {
    Random random = Odds.of("kills during the start");
    try (Trial trial = Trial.in(folder, "").start()) {
      trial.ward("A1", WardCharset.GB18030, 3, 0, random.nextInt(1_000_000));
      trial.untilAcknowledgedMore(300, Duration.ofSeconds(120));
      trial.killCity();
      trial.untilAcknowledgedMore(300, Duration.ofSeconds(120));
      trial.agent().kill();
      for (int k = 0; k < 5; k++) {
        trial.agent().launch();
        Thread.sleep(random.nextInt(1_500));
        trial.agent().kill();
      }
      trial.startCity();
      trial.startGateway();
      trial.untilAcknowledgedMore(100, Duration.ofSeconds(120));
      trial.stopWards();
      Equation equation = trial.settle(Duration.ofSeconds(120));
      trial.print("kills during the start", equation);
      assertThat(equation.findings()).isEmpty();
      assertThat(trial.proof().findings()).isEmpty();
    }
  }

  @Test
  @DisplayName("when the very first start is killed before there is a store")
  void when_the_very_first_start_is_killed_before_there_is_a_store() throws Exception {
    Random random = Odds.of("kills during the first start");
    try (Trial trial = Trial.in(folder, "")) {
      trial.startCity();
      for (int k = 0; k < 3; k++) {
        trial.agent().launch();
        Thread.sleep(random.nextInt(2_000));
        trial.agent().kill();
      }
      trial.startGateway();
      trial.ward("A1", WardCharset.UTF_8, 2, 0, random.nextInt(1_000_000));
      trial.untilAcknowledgedMore(50, Duration.ofSeconds(120));
      trial.stopWards();
      assertThat(trial.settle(Duration.ofSeconds(120)).findings()).isEmpty();
    }
  }

  @Test
  @DisplayName("when the city was away for long while messages kept coming")
  void when_the_city_was_away_for_long_while_messages_kept_coming() throws Exception {
    Duration outage = Duration.parse(System.getProperty("crash.outage", "PT10S"));
    try (Trial trial = Trial.in(folder, "").start()) {
      trial.threeWards(Odds.seed() % 1_000_000);
      trial.untilAcknowledgedMore(100, Duration.ofSeconds(120));
      trial.killCity();
      int before = trial.ledger().acknowledgedCount();
      Thread.sleep(outage.toMillis());
      int during = trial.ledger().acknowledgedCount() - before;
      assertThat(during).as("acknowledged without a city").isGreaterThan((int) outage.toSeconds() * 20);
      trial.agent().kill();
      trial.startCity();
      trial.startGateway();
      trial.untilAcknowledgedMore(50, Duration.ofSeconds(120));
      trial.stopWards();
      Equation equation = trial.settle(Duration.ofMinutes(5));
      trial.print("city away for " + outage.toSeconds() + " s, " + during + " acknowledged meanwhile", equation);
      assertThat(equation.findings()).isEmpty();
      assertThat(trial.proof().findings()).isEmpty();
    }
  }

  @Test
  @DisplayName("when the city was restored to an older state, and held everything again")
  void when_the_city_was_restored_to_an_older_state_and_held_everything_again() {
    try (Trial trial = Trial.in(folder, "").start()) {
      trial.threeWards(Odds.seed() % 1_000_000);
      trial.untilAcknowledgedMore(300, Duration.ofSeconds(120));
      trial.until("the city holds four batches", Duration.ofSeconds(120), () -> seq(trial) >= 4);
      long last = seq(trial);
      trial.city().rollBack(last / 2);
      trial.untilAcknowledgedMore(300, Duration.ofSeconds(120));
      trial.stopWards();
      // Settled is what has a receipt, and a batch that the city forgot has one: wait for the city's own count.
      trial.untilSettled(Duration.ofSeconds(120));
      trial.until("the city holds as many batches as before", Duration.ofSeconds(120),
          () -> seq(trial) > last && trial.judge().holds());
      // From an empty city too, and the gateway learns of it at its next start.
      trial.agent().stop();
      trial.city().rollBack(0);
      trial.startGateway();
      trial.until("the city holds everything again", Duration.ofSeconds(120), () -> trial.judge().holds());
      Equation equation = trial.judge();
      trial.print("city restored to older states", equation);
      assertThat(equation.held()).isGreaterThan(500);
      assertThat(trial.proof().findings()).isEmpty();
    }
  }

  private static long seq(Trial trial) {
    return trial.city().status().path("seq").asLong();
  }
}
