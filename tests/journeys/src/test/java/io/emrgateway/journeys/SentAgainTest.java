package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.simulator.Ledger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A message sent again")
class SentAgainTest {
  @TempDir static Path folder;
  private static Trial trial;
  private static int otherPort;

  @BeforeAll
  static void start() {
    trial = Trial.intl(folder);
    otherPort = trial.source("lis", "");
    trial.start();
  }

  @AfterAll
  static void stop() {
    try (Trial ended = trial) {
      trial.awaitSettled();
      trial.assertNoDuplicates();
      trial.verified();
    }
  }

  private static long admitted() {
    return trial.agent.status().path("admitted").asLong();
  }

  private static int timesHeld(byte[] message) {
    return Collections.frequency(trial.heldRaw(), Ledger.hash(message));
  }

  @Test
  void with_the_same_bytes_is_acknowledged_again_and_kept_once_on_any_connection_and_after_a_restart() {
    byte[] message = His.admission("AGAIN1");
    long before = admitted();
    try (His his = His.of(trial.agent); His other = His.of(trial.agent)) {
      assertThat(his.send(message).code()).isEqualTo("AA");
      His.Answer again = his.send(message);
      assertThat(again.code()).isEqualTo("AA");
      assertThat(again.control()).isEqualTo("AGAIN1");
      assertThat(other.send(message).code()).isEqualTo("AA");
      trial.awaitSettled();
      assertThat(his.send(message).code()).as("settled by the city meanwhile").isEqualTo("AA");
    }
    trial.agent.kill();
    trial.agent.start();
    try (His his = His.of(trial.agent)) {
      assertThat(his.send(message).code()).isEqualTo("AA");
    }
    trial.awaitSettled();
    assertThat(admitted()).isEqualTo(before + 1);
    assertThat(timesHeld(message)).isEqualTo(1);
  }

  @Test
  void under_the_same_control_id_with_other_bytes_is_another_message_and_flagged() {
    byte[] first = His.admission("SAME1", "P1", "甲^一", StandardCharsets.UTF_8);
    byte[] second = His.admission("SAME1", "P2", "乙^二", StandardCharsets.UTF_8);
    long before = admitted();
    double flagged = flagged();
    try (His his = His.of(trial.agent)) {
      assertThat(his.send(first).code()).isEqualTo("AA");
      assertThat(his.send(second).code()).isEqualTo("AA");
      assertThat(flagged()).isEqualTo(flagged + 1);
      assertThat(his.send(second).code()).isEqualTo("AA");
    }
    trial.awaitSettled();
    assertThat(admitted()).isEqualTo(before + 2);
    assertThat(timesHeld(first)).isEqualTo(1);
    assertThat(timesHeld(second)).isEqualTo(1);
    assertThat(flagged()).as("the repeat of the second is a repeat, not a third message").isEqualTo(flagged + 1);
  }

  private static double flagged() {
    String name = "emr_gateway_messages_flagged_total{code=\"CONTROL_ID_REUSED\",source=\"his\"}";
    return trial.http("/q/metrics").body().contains(name) ? trial.metric(name) : 0;
  }

  @Test
  void by_another_source_is_that_sources_own_message() {
    byte[] message = His.admission("BOTH1");
    long before = admitted();
    try (His his = His.of(trial.agent); His lis = new His(otherPort)) {
      assertThat(his.send(message).code()).isEqualTo("AA");
      assertThat(lis.send(message).code()).isEqualTo("AA");
      assertThat(lis.send(message).code()).isEqualTo("AA");
    }
    trial.awaitSettled();
    assertThat(admitted()).isEqualTo(before + 2);
    assertThat(timesHeld(message)).isEqualTo(2);
  }

  /** A broken message that the sender repeats for ever fills neither the store nor the feed. */
  @Test
  void though_it_is_refused_each_time_stands_in_quarantine_once() {
    byte[] noControl = "MSH|^~\\&|HIS|H|GW|C|20261122||ADT^A01||P|2.4\rPID|1||P1\r".getBytes(StandardCharsets.US_ASCII);
    int before = trial.agent.quarantined().size();
    try (His his = His.of(trial.agent)) {
      for (int k = 0; k < 5; k++) {
        His.Answer answer = his.send(noControl);
        assertThat(answer.code()).isEqualTo("AR");
        assertThat(answer.text()).contains("intake.control-id-missing");
      }
    }
    trial.awaitSettled();
    assertThat(trial.agent.quarantined()).hasSize(before + 1);
  }
}
