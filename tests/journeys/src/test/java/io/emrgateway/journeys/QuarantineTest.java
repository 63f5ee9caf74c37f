package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.simulator.Ledger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A message that cannot be mapped")
class QuarantineTest {
  @TempDir Path folder;

  /** How: a source whose charset is set wrong; two kinds of unmappable messages among good ones; then it is set right. */
  @Test
  void is_explained_to_the_city_blocks_nobody_and_goes_out_under_its_old_number_when_the_cause_is_mended() {
    try (Trial trial = Trial.intl(folder).sourceKey("charset: UTF-8").start(); His his = His.of(trial.agent)) {
      byte[] wrongBytes = His.admission("GB1", "P1", "张伟^三", His.GB18030);
      byte[] noPatient = His.message("ADT^A01", "NP1", StandardCharsets.UTF_8, "PV1|1|I|W1");
      byte[] longControl = His.admission("L".repeat(250));
      byte[] unknownType = His.message("ZZZ^Z01", "ZZ1", StandardCharsets.UTF_8, "PID|1||P9^^^HIS^MR||甲^乙");

      his.admit("A", 2);
      His.Answer undecodable = his.send(wrongBytes);
      assertThat(undecodable.code()).isEqualTo("AE");
      assertThat(undecodable.text()).contains("intake.bytes-do-not-decode");
      his.admit("B", 2);
      assertThat(his.send(unknownType).code()).as("held is our promise, understood our work").isEqualTo("AA");
      assertThat(his.send(noPatient).code()).isEqualTo("AA");
      his.admit("C", 2);
      assertThat(his.send(longControl).code()).isEqualTo("AR");
      trial.awaitSettled();

      theNeighboursWentAtOnceAndInOrder(trial);
      theListNamesEachWithCodeAndPlace(trial, wrongBytes, unknownType, noPatient, longControl);
      aReplayBeforeTheCauseIsMendedChangesNothing(trial);
      mended(trial, his, wrongBytes);
      trial.verified();
    }
  }

  /** How: three messages without a patient; one is looked at and given up by its number, the others by an age they do not have. */
  @Test
  void can_be_looked_at_and_given_up_after_a_confirmation_and_stays_explained() throws IOException {
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      byte[] bad = His.message("ADT^A01", "NP1", StandardCharsets.UTF_8, "PV1|1|I|W1");
      his.send(bad);
      his.send(His.message("ADT^A01", "NP2", StandardCharsets.UTF_8, "PV1|1|I|W2"));
      his.admit("A", 1);
      trial.awaitSettled();
      assertThat(trial.agent.quarantined()).hasSize(2);

      assertThat(trial.command("quarantine", "show", "1").output()).contains("mapping.no-patient").doesNotContain("W1");
      Path raw = folder.resolve("raw.hl7");
      assertThat(trial.command("quarantine", "show", "1", "--bytes", "--out", raw.toString()).status()).isZero();
      assertThat(raw).hasBinaryContent(bad);
      assertThat(Files.getPosixFilePermissions(raw)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(trial.command("quarantine", "show", "1", "--bytes").output()).contains("PV1|1|I|W1");
      isNamed(trial.command("quarantine", "show", "3", "--bytes"), "3");
      isNamed(trial.command("quarantine", "show", "999"), "999");

      assertThat(trial.command("quarantine", "discard").status()).isEqualTo(2);
      assertThat(trial.command("quarantine", "discard", "1").output()).contains("control.not-confirmed");
      assertThat(trial.command("quarantine", "discard", "--older-than", "1", "--yes").status()).isEqualTo(1);
      isNamed(trial.command("quarantine", "discard", "3", "--yes"), "");
      assertThat(trial.agent.quarantined()).hasSize(2);
      assertThat(isNamed(trial.command("quarantine", "discard", "1", "3", "--yes"), "3")).contains("\"discarded\":1");

      assertThat(trial.agent.quarantined()).extracting(Agent.Quarantined::control).containsExactly("NP2");
      assertThat(trial.metric("emr_gateway_quarantined_messages")).isEqualTo(1);
      assertThat(trial.command("quarantine", "show", "1").output()).contains("mapping.no-patient", "\"discarded\":\"20");
      assertThat(trial.command("quarantine", "show", "1", "--bytes").output()).contains("store.discarded");
      assertThat(isNamed(trial.command("replay", "1"), "1")).contains("\"asked\":0");
      assertThat(trial.city.entries().stream().filter(entry -> entry.i() == 1).map(City.Entry::why)).containsExactly("quarantined");
      assertThat(his.send(bad).code()).isEqualTo("AA");
      trial.awaitSettled();
      assertThat(trial.agent.quarantined()).as("sent again, it is kept again").extracting(Agent.Quarantined::i).containsExactly(2L, 4L);
      trial.verified();
    }
  }

  private static void theNeighboursWentAtOnceAndInOrder(Trial trial) {
    List<City.Entry> entries = trial.city.entries();
    assertThat(entries.stream().map(City.Entry::i).toList()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(entries.stream().filter(entry -> entry.why() != null).map(City.Entry::i).toList())
        .containsExactly(3L, 6L, 7L, 10L);
    assertThat(entries.stream().filter(entry -> entry.why() != null).map(City.Entry::why).distinct().toList())
        .containsExactly("quarantined");
    assertThat(entries.stream().filter(entry -> entry.n() != null).map(City.Entry::control).toList())
        .containsExactly("A1", "A2", "B1", "B2", "C1", "C2");
    assertThat(trial.agent.status().path("quarantined").asLong()).isEqualTo(4);
    assertThat(trial.metric("emr_gateway_quarantined_messages")).isEqualTo(4);
    assertThat(trial.metric("emr_gateway_messages_refused_total{code=\"intake.bytes-do-not-decode\",source=\"his\"}"))
        .isEqualTo(1);
  }

  private static void theListNamesEachWithCodeAndPlace(Trial trial, byte[]... bad) {
    List<Agent.Quarantined> listed = trial.agent.quarantined();
    assertThat(listed).extracting(Agent.Quarantined::i).containsExactly(3L, 6L, 7L, 10L);
    assertThat(listed).extracting(Agent.Quarantined::raw)
        .isEqualTo(His.hashes(List.of(bad)));
    assertThat(listed).extracting(Agent.Quarantined::code).containsExactly(
        "intake.bytes-do-not-decode", "mapping.message-type-unknown", "mapping.no-patient",
        "intake.control-id-too-long");
    int firstBad = new String(bad[0], StandardCharsets.ISO_8859_1).indexOf("||P1^^^HIS^MR||") + "||P1^^^HIS^MR||".length();
    assertThat(listed.get(0).place()).isEqualTo("byte " + firstBad);
    assertThat(listed.get(1).place()).isEqualTo("MSH-9");
    Trial.Done list = trial.command("quarantine");
    assertThat(list.status()).isZero();
    assertThat(list.output().lines()).hasSize(4).allMatch(line -> line.startsWith("{\"i\":"));
    assertThat(list.output().lines()).as("what is wrong and what to do, in both languages").allMatch(line ->
        line.matches(".*\"text\":\"[^\"]*\\p{IsHan}[^\"]* / [^\"]*[a-z][^\"]*\",\"remedy\":\"[^\"]*\\p{IsHan}[^\"]* / [^\"]*[a-z][^\"]*\".*"));
  }

  private static void aReplayBeforeTheCauseIsMendedChangesNothing(Trial trial) {
    Trial.Done replay = trial.command("replay", "3");
    assertThat(replay.status()).isZero();
    assertThat(replay.output()).contains("\"asked\":1").as("where the outcome is to be seen").contains("emr-gateway quarantine");
    Waiting.until("the replay has been tried", Trial.PATIENCE, () -> trial.agent.status().path("waiting").asLong() == 0);
    assertThat(trial.agent.quarantined()).extracting(Agent.Quarantined::i).containsExactly(3L, 6L, 7L, 10L);
    assertThat(isNamed(trial.command("replay", "1", "4711", "6"), "1 4711")).as("one of three").contains("\"asked\":1");
    trial.awaitSettled();
    assertThat(trial.command("replay", "seven").status()).isEqualTo(2);
  }

  /** What was asked of numbers that are not in quarantine ends with 1 and names these; the output. */
  private static String isNamed(Trial.Done done, String numbers) {
    assertThat(done.status()).isEqualTo(1);
    assertThat(done.output()).contains("control.not-in-quarantine: ").contains(numbers.isEmpty() ? "" : ": " + numbers + "\n")
        .containsPattern("处理 / remedy: .*\\p{IsHan}.* / .*[a-z]");
    return done.output();
  }

  private static void mended(Trial trial, His his, byte[] wrongBytes) {
    assertThat(trial.agent.stop()).isIn(0, 143);
    his.close();
    trial.settings(yaml -> yaml.replace("charset: UTF-8", "charset: GB18030")).agent.start();
    assertThat(trial.agent.quarantined()).as("quarantine survives a restart").hasSize(4);
    his.send(His.admission("D1", "P2", "李娜^四", His.GB18030));
    his.send(His.admission("D2", "P1", "张伟^改名", His.GB18030));
    trial.awaitSettled();
    long before = trial.city.status().path("n").asLong();

    assertThat(trial.command("replay", "all").output()).contains("\"asked\":4");
    Waiting.until("the city holds the repaired message", Trial.PATIENCE,
        () -> trial.heldRaw().contains(Ledger.hash(wrongBytes)));
    City.Entry repaired = trial.city.entries().stream()
        .filter(entry -> entry.n() != null && entry.i() == 3).findFirst().orElseThrow();
    assertThat(repaired.n()).isEqualTo(before + 1);
    assertThat(repaired.control()).isEqualTo("GB1");
    assertThat(new String(trial.city.body(repaired.n()), StandardCharsets.UTF_8)).contains("张伟")
        .as("a later message has told of the patient since").contains("\"method\":\"POST\",\"url\":\"Patient\",\"ifNoneExist\"")
        .doesNotContain("\"url\":\"Patient?");
    assertThat(trial.city.status().path("quarantined").asLong()).isEqualTo(3);
    assertThat(trial.agent.quarantined()).extracting(Agent.Quarantined::i).containsExactly(6L, 7L, 10L);
    assertThat(isNamed(trial.command("replay", "3"), "3")).as("a second time it is harmless").contains("\"asked\":0");
    assertThat(trial.command("rejected").output()).isEqualTo("没有 / none\n");
    trial.assertNoDuplicates();
  }
}
