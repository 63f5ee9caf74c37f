package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Health and metrics")
class HealthTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LAG_HIS = "emr_gateway_lag_seconds{source=\"his\"}";
  private static final String LAG_LIS = "emr_gateway_lag_seconds{source=\"lis\"}";

  @TempDir Path folder;

  @Test
  void tell_a_city_that_is_away_from_a_gateway_that_cannot_admit() throws IOException {
    try (Trial trial = Trial.intl(folder)) {
      trial.source("lis", "");
      trial.start();
      try (His his = His.of(trial.agent)) {
        his.admit("A", 2);
        trial.awaitSettled();
        assertThat(check(trial, "/q/health/ready", "can admit").path("status").asText()).isEqualTo("UP");
        assertThat(check(trial, "/q/health/group/delivery", "can deliver").path("status").asText()).isEqualTo("UP");
        Waiting.until("no source lags", Trial.PATIENCE, () -> trial.metric(LAG_HIS) == 0);

        trial.city.kill();
        his.admit("B", 2);
        trial.awaitCode("delivery.city-unreachable");
        assertThat(trial.http("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(trial.http("/q/health/group/delivery").statusCode()).isEqualTo(503);
        JsonNode delivery = check(trial, "/q/health/group/delivery", "can deliver").path("data");
        assertThat(delivery.path("code").asText()).isEqualTo("delivery.city-unreachable");
        assertThat(delivery.path("waiting messages").asLong()).isEqualTo(2);

        theLagGrowsAtTheSourceThatWaitsAndOnlyThere(trial);
        his.admit("C", 1);
        trial.city.start();
        trial.awaitSettled();
        Waiting.until("no source lags any more", Trial.PATIENCE, () -> trial.metric(LAG_HIS) == 0);
        assertThat(trial.metric("emr_gateway_waiting_messages")).isZero();
        assertThat(trial.metric("emr_gateway_delivery_attempts_failed")).isZero();
        assertThat(trial.http("/q/health/group/delivery").statusCode()).isEqualTo(200);
        trial.assertHeldOnce(his.acknowledged());
      }
    }
  }

  private static void theLagGrowsAtTheSourceThatWaitsAndOnlyThere(Trial trial) {
    Waiting.until("the lag passes two seconds", Trial.PATIENCE, () -> trial.metric(LAG_HIS) > 2);
    double then = trial.metric(LAG_HIS);
    Waiting.until("the lag grows", Trial.PATIENCE, () -> trial.metric(LAG_HIS) > then + 1.5);
    assertThat(trial.metric(LAG_LIS)).isZero();
    assertThat(trial.agent.ask("status").stream().filter(line -> line.path("source").asText().equals("his"))
        .findFirst().orElseThrow().path("lagSeconds").asLong()).isGreaterThanOrEqualTo(2);
    assertThat(trial.metric("emr_gateway_waiting_messages")).isEqualTo(2);
  }

  /** How: a floor that no disk of a test machine reaches, which is the same to the gateway as a full disk. */
  @Test
  void are_down_for_admitting_below_the_disk_floor_and_every_message_is_refused_with_ae() throws IOException {
    try (Trial trial = Trial.in(folder, "intl", "", "store:\n  disk-floor: 1000TiB\n  disk-ceiling: 1024TiB\n").start();
        His his = His.of(trial.agent)) {
      JsonNode admit = check(trial, "/q/health/ready", "can admit");
      assertThat(admit.path("status").asText()).isEqualTo("DOWN");
      assertThat(admit.path("data").path("code").asText()).isEqualTo("store.disk-full");
      assertThat(trial.http("/q/health/ready").statusCode()).isEqualTo(503);
      assertThat(trial.agent.status().path("canAdmit").asBoolean()).isFalse();

      His.Answer answer = his.send(His.admission("F1"));
      assertThat(answer.code()).isEqualTo("AE");
      assertThat(answer.control()).isEqualTo("F1");
      assertThat(answer.text()).contains("store.disk-full").contains("磁盘").doesNotContain("Exception");
      assertThat(trial.agent.status().path("admitted").asLong()).isZero();
      trial.awaitLog("store.disk-full");

      // There is room again.
      trial.agent.stop();
      trial.settings(yaml -> yaml.replace("disk-floor: 1000TiB", "disk-floor: 1MiB")).agent.start();
      his.close();
      assertThat(his.send(His.admission("F1")).code()).isEqualTo("AA");
      assertThat(trial.http("/q/health/ready").statusCode()).isEqualTo(200);
      trial.awaitSettled();
      trial.assertHeldOnce(his.acknowledged());
    }
  }

  /** How: more waits for a city that is away than the ceiling allows; then it comes back. */
  @Test
  void say_that_the_ceiling_cannot_be_kept_until_it_can() throws IOException {
    try (Trial trial = Trial.in(folder, "intl", "", "store:\n  disk-floor: 1MiB\n  disk-ceiling: 2MiB\n").start();
        His his = His.of(trial.agent)) {
      trial.city.kill();
      for (int k = 1; k <= 6; k++) {
        assertThat(his.send(His.message("ADT^A01", "L" + k, StandardCharsets.UTF_8, "PID|1||P" + k + "^^^HIS^MR||甲^乙",
            "PV1|1|I|W1", "NTE|1||" + "长".repeat(150_000))).code()).isEqualTo("AA");
      }
      Waiting.until("the store is over its ceiling", Trial.PATIENCE,
          () -> trial.agent.status().path("storeCode").asText().equals("store.ceiling-exceeded"));
      assertThat(trial.agent.status().path("canAdmit").asBoolean()).isTrue();
      assertThat(trial.http("/q/health/ready").statusCode()).isEqualTo(200);
      assertThat(trial.http("/q/health/group/store").statusCode()).isEqualTo(503);
      assertThat(check(trial, "/q/health/group/store", "store").path("data").path("code").asText())
          .isEqualTo("store.ceiling-exceeded");
      assertThat(trial.metric("emr_gateway_store_over_ceiling")).isEqualTo(1);
      trial.awaitLog("store.ceiling-exceeded");

      trial.city.start();
      trial.awaitSettled();
      Waiting.until("what is delivered has gone", Trial.PATIENCE, () -> !trial.agent.status().has("storeCode"));
      assertThat(trial.http("/q/health/group/store").statusCode()).isEqualTo(200);
      assertThat(trial.agent.log().split("store.ceiling-exceeded", -1)).as("said once").hasSize(2);
    }
  }

  private static JsonNode check(Trial trial, String path, String name) throws IOException {
    for (JsonNode check : JSON.readTree(trial.http(path).body()).path("checks")) {
      if (check.path("name").asText().equals(name)) {
        return check;
      }
    }
    throw new AssertionError("no check " + name + " at " + path);
  }
}
