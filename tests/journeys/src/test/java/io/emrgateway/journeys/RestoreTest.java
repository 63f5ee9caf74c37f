package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How: a backup is a copy of the stopped gateway's home; keys, the master key too, are where they were. */
@DisplayName("A gateway put back to an older state")
class RestoreTest {
  @TempDir Path folder;

  @Test
  void stops_sending_and_goes_on_admitting_until_an_operator_confirms_then_delivers_all_it_has_in_a_new_epoch()
      throws IOException, InterruptedException {
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      his.admit("A", 3);
      trial.awaitSettled();
      trial.agent.stop();
      Path backup = folder.resolve("backup");
      Trial.copy(trial.agent.home(), backup);
      trial.agent.start();
      his.close();
      his.admit("B", 4);
      trial.awaitSettled();
      trial.agent.stop();
      List<String> heldBefore = trial.heldRaw();
      long seq = trial.city.status().path("seq").asLong();

      Trial.restore(backup, trial.agent.home());
      trial.agent.start();
      his.close();
      JsonNode status = trial.awaitCode("delivery.city-ahead");
      assertThat(status.path("canAdmit").asBoolean()).isTrue();
      statusSaysInWordsThatAnOperatorIsNeeded(trial, status);
      List<String> sinceRestore = His.hashes(his.admit("C", 3));
      // More than the longest pause: it asks again, and still does not send by itself.
      Thread.sleep(2_500);
      assertThat(trial.city.status().path("seq").asLong()).isEqualTo(seq);
      assertThat(trial.agent.status().path("code").asText()).isEqualTo("delivery.city-ahead");
      assertThat(trial.agent.log()).contains("delivery.city-ahead").contains("emr-gateway resync");
      assertThat(trial.http("/q/health/group/delivery").statusCode()).isEqualTo(503);
      assertThat(trial.http("/q/health/ready").statusCode()).isEqualTo(200);

      Trial.Done done = trial.command("resync");
      assertThat(done.output()).contains("\"ok\":true");
      assertThat(done.status()).isZero();
      trial.awaitSettled();
      his.admit("D", 2);
      trial.awaitSettled();

      assertThat(trial.city.status().path("epoch").asLong()).isEqualTo(2);
      assertThat(trial.agent.status().path("epoch").asLong()).isEqualTo(2);
      assertThat(trial.heldRaw()).containsAll(heldBefore).containsAll(sinceRestore);
      trial.assertHeldOnce(his.acknowledged());
      trial.verified();

      theHisRepeatsTheWindow(trial, his);
      aSecondResyncIsNotDone(trial);
      aRestartGoesOn(trial, his);
    }
  }

  private static void statusSaysInWordsThatAnOperatorIsNeeded(Trial trial, JsonNode status) {
    assertThat(status.path("paused").asBoolean()).isTrue();
    assertThat(status.path("text").asText()).containsPattern("\\p{IsHan}.* / .*[a-z]");
    assertThat(status.path("remedy").asText()).containsPattern("\\p{IsHan}.* / .*emr-gateway resync");
    assertThat(status.path("since").asText()).matches("20.*\\+08:00");
    assertThat(status.path("nextTry").asText()).matches("20.*\\+08:00");
    Trial.Done page = trial.command("status");
    assertThat(page.status()).isZero();
    assertThat(page.output()).contains("须人工处理 / paused: needs an operator", "delivery.city-ahead", "处理 / remedy",
        "emr-gateway resync", "since 20", "+08:00").doesNotContain("{").doesNotContain("null");
    Trial.Done json = trial.command("status", "--json");
    assertThat(json.status()).isZero();
    assertThat(json.output().lines()).allMatch(line -> line.startsWith("{\""));
  }

  /** What was acknowledged after the backup is unknown to the restored gateway; sent again, it is taken. */
  private static void theHisRepeatsTheWindow(Trial trial, His his) {
    his.admit("B", 4);
    trial.awaitSettled();
    assertThat(trial.agent.status().path("quarantined").asLong()).isZero();
  }

  private static void aSecondResyncIsNotDone(Trial trial) {
    Trial.Done done = trial.command("resync");
    assertThat(done.status()).isEqualTo(1);
    assertThat(done.output()).contains("control.resync-not-needed: ", "处理 / remedy: ", "emr-gateway resume");
    assertThat(trial.city.status().path("epoch").asLong()).isEqualTo(2);
  }

  private static void aRestartGoesOn(Trial trial, His his) {
    trial.agent.kill();
    trial.agent.start();
    his.close();
    his.admit("E", 2);
    trial.awaitSettled();
    assertThat(trial.agent.status().path("code").isMissingNode()).isTrue();
    trial.verified();
  }

  /**
   * Admissions that were sealed but not settled when the backup was made, and others that came after the restore,
   * have numbers that the city knows for other messages.
   */
  @Test
  void with_a_sealed_but_unsent_batch_in_the_backup_delivers_that_too() throws IOException {
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      his.admit("A", 2);
      trial.awaitSettled();
      trial.city.misbehave("{\"status\":[503,503,503,503,503,503,503,503,503,503,503,503,503,503,503,503,503,503]}");
      his.admit("S", 3);
      trial.awaitCode("delivery.city-busy");
      trial.agent.kill();
      Path backup = folder.resolve("backup");
      Trial.copy(trial.agent.home(), backup);
      trial.city.misbehave("{\"status\":[]}");
      trial.agent.start();
      his.close();
      his.admit("B", 5);
      trial.awaitSettled();
      trial.agent.kill();

      Trial.restore(backup, trial.agent.home());
      trial.agent.start();
      his.close();
      trial.awaitCode("delivery.city-ahead");
      List<String> since = His.hashes(his.admit("C", 4));
      assertThat(trial.command("resync").status()).isZero();
      trial.awaitSettled();
      // The sealed batch had reached the city from the lost gateway; from the restored one its messages come again.
      assertThat(trial.heldRaw()).containsAll(his.acknowledged());
      assertThat(trial.heldRaw().stream().filter(since::contains).toList()).isEqualTo(since);
      trial.verified();
    }
  }

  /**
   * How: both twins are aligned and each seals its next batch while the city is busy; then the city listens, and the
   * one whose batch comes second holds another history.
   */
  @Test
  void beside_its_twin_finds_the_fork_and_after_a_resync_the_twin_finds_its_epoch_closed() throws IOException {
    try (Trial trial = Trial.intl(folder).start(); His first = His.of(trial.agent)) {
      first.admit("A", 2);
      trial.awaitSettled();
      trial.agent.stop();
      Agent twin = trial.clone("twin", trial.agent.home());
      StringBuilder busy = new StringBuilder("503");
      for (int k = 0; k < 200; k++) {
        busy.append(",503");
      }
      trial.city.misbehave("{\"retryAfter\":0,\"status\":[" + busy + "]}");
      trial.agent.start();
      twin.start();
      first.close();
      try (His second = His.of(twin)) {
        first.admit("F", 2);
        second.admit("G", 2);
        Trial.awaitCode(trial.agent, "delivery.city-busy");
        Trial.awaitCode(twin, "delivery.city-busy");
        trial.city.misbehave("{\"retryAfter\":1,\"status\":[]}");

        Waiting.until("one of the two finds the fork", Trial.PATIENCE,
            () -> hasForked(trial.agent) || hasForked(twin));
        Agent late = hasForked(trial.agent) ? trial.agent : twin;
        Agent early = late == twin ? trial.agent : twin;
        Waiting.until("the log says so", Trial.PATIENCE, () -> late.log().contains("delivery.fork"));
        (late == twin ? second : first).admit("L", 2);
        early.awaitSettled(Trial.PATIENCE);

        assertThat(Trial.command(late, "resync").status()).isZero();
        late.awaitSettled(Trial.PATIENCE);
        assertThat(trial.city.status().path("epoch").asLong()).isEqualTo(2);

        (early == twin ? second : first).admit("E", 2);
        Waiting.until("the other twin is told that its epoch is closed", Trial.PATIENCE,
            () -> early.log().contains("delivery.epoch-closed"));
        assertThat(early.status().path("waiting").asLong()).isEqualTo(2);
        assertThat(early.isAlive()).isTrue();

        late.stop();
        assertThat(Trial.command(early, "resync").status()).isZero();
        early.awaitSettled(Trial.PATIENCE);
        List<String> all = new ArrayList<>(first.acknowledged());
        all.addAll(second.acknowledged());
        assertThat(trial.heldRaw()).containsAll(all);
        trial.verified();
      }
    }
  }

  private static boolean hasForked(Agent one) {
    return "delivery.fork".equals(one.status().path("code").asText());
  }

  @Test
  void without_its_master_key_does_not_start_and_says_so() throws IOException {
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      his.admit("A", 1);
      trial.awaitSettled();
      trial.agent.stop();
      Path key = trial.city.gatewayKeys().resolve("master.key");
      Path aside = folder.resolve("master.aside");
      Files.move(key, aside);

      Trial.Done done = trial.command("run");
      assertThat(done.status()).isNotZero();
      assertThat(done.output()).contains("master.key").contains("Put the file there").contains("把文件放到此处").doesNotContain("Exception");
      assertThat(key).as("no new master key may take the place of the lost one").doesNotExist();

      Files.move(aside, key);
      trial.agent.start();
      his.close();
      his.admit("B", 1);
      trial.awaitSettled();
      trial.assertHeldOnce(his.acknowledged());
    }
  }
}
