package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How: one packaged gateway and one reference city for all of these; after each test everything the gateway
 * acknowledged since the beginning is at the city, once.
 */
@DisplayName("Whatever the city answers for a while")
class CityAnswersTest {
  private static final long PAUSE_MIN_MILLIS = 100;
  private static final long PAUSE_MAX_MILLIS = 1_000;

  @TempDir static Path folder;
  private static Trial trial;
  private static His his;
  private static int round;

  @BeforeAll
  static void start() {
    trial = Trial.in(folder, "intl", "  patience: 1s\n", "")
        .settings(yaml -> yaml.replace("pause-max: 2s", "pause-max: 1s")).start();
    his = His.of(trial.agent);
    his.admit("warm", 3);
    trial.awaitSettled();
  }

  @AfterAll
  static void stop() {
    try (Trial ended = trial; His left = his) {
      assertThat(trial.verified().held()).isEqualTo(his.acknowledged().size());
    }
  }

  private List<String> admitted(int count) {
    return His.hashes(his.admit("R" + ++round + "-", count));
  }

  @AfterEach
  void nothing_is_lost_and_nothing_arrives_twice() {
    trial.awaitSettled();
    trial.assertHeldOnce(his.acknowledged());
    JsonNode status = trial.agent.status();
    assertThat(status.path("code").isMissingNode()).isTrue();
    assertThat(status.path("attemptsFailed").asInt()).isZero();
  }

  @Test
  void a_receipt_settles_the_batch_and_nothing_waits() {
    admitted(5);
    trial.awaitSettled();

    JsonNode status = trial.agent.status();
    assertThat(status.path("settled").asLong()).isEqualTo(status.path("admitted").asLong());
    assertThat(status.path("batchSettled").asLong()).isEqualTo(trial.city.status().path("seq").asLong());
  }

  /** The lever says for how many batches more; each is stored by the city, and the gateway is not told. */
  @ParameterizedTest
  @CsvSource({"loseReceipts, delivery.city-unreachable", "halfReceipt, delivery.city-unreachable",
      "wrongSignature, delivery.receipt-not-valid"})
  void a_receipt_that_does_not_arrive_whole_and_signed_makes_the_same_bytes_go_again(String lever, String code) {
    long repeatedBefore = trial.city.status().path("duplicates").asLong();
    trial.city.misbehave("{\"" + lever + "\":3}");

    List<String> messages = admitted(2);
    trial.awaitCode(code);
    trial.awaitSettled();

    assertThat(trial.heldRaw()).containsAll(messages);
    // The city knew each repeat by its hash and gave the receipt it had stored.
    assertThat(trial.city.status().path("duplicates").asLong() - repeatedBefore).isEqualTo(3);
    trial.awaitLog(code);
  }

  @Test
  void a_request_that_a_proxy_repeats_is_held_once() {
    trial.city.misbehave("{\"duplicate\":1}");
    admitted(2);
    trial.awaitSettled();
  }

  @Test
  void a_connection_reset_in_the_middle_of_the_body_is_tried_again() {
    trial.city.misbehave("{\"resetInBody\":2}");
    admitted(2);
    trial.awaitCode("delivery.city-unreachable");
  }

  @Test
  void a_city_slower_than_our_patience_counts_as_silent_and_its_stored_receipt_is_taken_later() {
    trial.city.misbehave("{\"slowMs\":1800}");
    admitted(2);
    JsonNode status = trial.awaitCode("delivery.city-slow");
    assertThat(status.path("waiting").asLong()).isEqualTo(2);

    // Meanwhile the door is open.
    admitted(1);
    trial.city.misbehave("{\"slowMs\":0}");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void retry_after_is_waited_for_even_if_it_is_longer_than_our_own_longest_pause(int status) {
    trial.city.misbehave("{\"retryAfter\":2,\"status\":[" + status + "]}");
    long began = System.nanoTime();
    admitted(1);
    trial.awaitCode("delivery.city-busy");
    trial.awaitSettled();
    long millis = (System.nanoTime() - began) / 1_000_000;

    assertThat(millis).isBetween(1_950L, 2_000L + 2 * PAUSE_MAX_MILLIS);
    trial.city.misbehave("{\"retryAfter\":1}");
  }

  @Test
  void a_city_restored_to_an_older_state_gets_what_it_lacks_again_from_its_own_head() {
    admitted(1);
    trial.awaitSettled();
    admitted(1);
    trial.awaitSettled();
    admitted(1);
    trial.awaitSettled();
    long seq = trial.city.status().path("seq").asLong();
    trial.city.rollBack(seq - 3);
    List<String> all = his.acknowledged();
    assertThat(trial.heldRaw()).doesNotContainAnyElementsOf(all.subList(all.size() - 3, all.size()));

    admitted(1);
    Waiting.until("the city is where it was, and further", Trial.PATIENCE,
        () -> trial.city.status().path("seq").asLong() == seq + 1);
    trial.awaitLog("delivery.gap");
    trial.awaitLog("the city went back from " + seq + " to " + (seq - 3) + "; sent again");
    JsonNode status = trial.agent.status();
    assertThat(status.path("cityWentBackFrom").asLong()).isEqualTo(seq);
    assertThat(status.path("cityWentBackTo").asLong()).isEqualTo(seq - 3);
    assertThat(trial.command("status").output()).contains("from batch " + seq + " to " + (seq - 3));
  }

  @Test
  void a_city_that_lost_everything_gets_everything_again() {
    long seq = trial.city.status().path("seq").asLong();
    trial.city.rollBack(0);
    assertThat(trial.heldRaw()).isEmpty();

    admitted(1);
    Waiting.until("the city is where it was, and further", Trial.PATIENCE,
        () -> trial.city.status().path("seq").asLong() == seq + 1);
  }

  /** How: the city's process is killed, each failed attempt is seen in the status, the pauses between them are measured. */
  @Test
  void attempts_back_off_with_jitter_up_to_the_longest_pause_and_intake_goes_on() {
    trial.city.kill();
    admitted(2);
    List<Long> failedAt = new ArrayList<>();
    Waiting.until("nine attempts have failed", Duration.ofSeconds(30), () -> {
      int failed = trial.agent.status().path("attemptsFailed").asInt();
      while (failedAt.size() < failed) {
        failedAt.add(System.nanoTime());
      }
      return failed >= 9;
    });
    admitted(3);

    List<Double> shares = new ArrayList<>();
    for (int k = 1; k < failedAt.size(); k++) {
      long nominal = Math.min(PAUSE_MAX_MILLIS, PAUSE_MIN_MILLIS << (k - 1));
      long pause = (failedAt.get(k) - failedAt.get(k - 1)) / 1_000_000;
      // What is measured is a little more than the pause: an attempt takes time, and we look every 25 ms.
      assertThat(pause).as("pause " + k).isBetween(nominal / 2 - 60, nominal + 700);
      shares.add((double) pause / nominal);
    }
    // Jitter: the long pauses, where measuring hardly counts, are not all the same part of the whole.
    List<Double> longOnes = shares.subList(4, shares.size());
    assertThat(longOnes.stream().map(share -> String.format(Locale.ROOT, "%.2f", share)).distinct().count())
        .as("parts of the whole: " + longOnes).isGreaterThan(1);

    JsonNode status = trial.agent.status();
    assertThat(status.path("code").asText()).isEqualTo("delivery.city-unreachable");
    assertThat(status.path("waiting").asLong()).isEqualTo(5);
    assertThat(status.path("canAdmit").asBoolean()).isTrue();
    assertThat(status.path("paused").asBoolean(true)).as("nobody has to act").isFalse();
    assertThat(OffsetDateTime.parse(status.path("since").asText())).isBefore(OffsetDateTime.parse(status.path("nextTry").asText()));
    assertThat(trial.command("status").output()).contains("goes on by itself", "delivery.city-unreachable: ", "处理 / remedy");
    trial.city.start();
  }
}
