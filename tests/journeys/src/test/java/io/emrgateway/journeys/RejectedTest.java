package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A bundle that the city holds and did not accept")
class RejectedTest {
  /** The gateway asks for outcomes once a minute. */
  private static final Duration ASKED = Duration.ofSeconds(90);

  @TempDir Path folder;

  @Test
  void is_listed_with_its_rule_and_with_the_citys_words_only_where_they_are_asked_for_which_the_audit_chain_says() {
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      his.admit("A", 2);
      trial.awaitSettled();
      trial.city.reject(2, "MPI-7", "患者 翡翠 已登记为另一人");
      Waiting.until("the outcome has come", ASKED, () -> trial.agent.status().path("rejectedByCity").asInt() == 1);
      long audited = lastAudit(trial, his, "L");

      Trial.Done list = trial.command("rejected");
      assertThat(list.status()).isZero();
      assertThat(list.output()).contains("\"rule\":\"MPI-7\"", "\"control\":\"A2\"").doesNotContain("翡翠");
      assertThat(lastAudit(trial, his, "M")).isEqualTo(audited);

      Trial.Done text = trial.command("rejected", "--text");
      assertThat(text.status()).isZero();
      assertThat(text.output()).contains("\"text\":\"患者 翡翠 已登记为另一人\"", "keep it inside");
      assertThat(lastAudit(trial, his, "N")).as("who looked").isEqualTo(audited + 1);
      assertThat(trial.agent.log()).doesNotContain("翡翠");
      trial.verified();
    }
  }

  /** The length of the audit chain, as the next batch carries it. */
  private static long lastAudit(Trial trial, His his, String next) {
    his.admit(next, 1);
    trial.awaitSettled();
    JsonNode status = trial.city.status();
    return status.path("audit").path("n").asLong();
  }
}
