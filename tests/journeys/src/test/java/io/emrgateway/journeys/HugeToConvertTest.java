package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A message that is small to send and huge to convert")
class HugeToConvertTest {
  private static final String PATIENT = "PID|1||P1^^^HIS^MR||甲^乙|||M";

  @TempDir Path folder;

  /** How: the packaged gateway with the heap it ships with; messages whose every third octet asks for an element. */
  @Test
  void is_held_or_quarantined_and_the_process_lives() {
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      long process = trial.agent.pid();
      List<byte[]> huge = List.of(
          adt("B1", "PID|1||" + many(400_000, i -> i + "~") + "||甲^乙", "PV1|1|I|W1"),
          adt("B2", PATIENT, "PV1|1|I|W1||||" + many(120_000, i -> "d" + i + "~")),
          adt("B3", PATIENT, "PV1|1|I|W1", many(60_000, i -> "AL1|||a" + i + "\r")),
          adt("B4", PATIENT, "PV1|1|I|W1", many(40_000, i -> "IN1|1|a" + i + "|b" + i + "\r")),
          His.message("ORU^R01", "B5", StandardCharsets.UTF_8, PATIENT, "OBR|1|||A", many(36_000, i -> "OBX||NM|a||1\r")),
          His.message("ORU^R01", "B6", StandardCharsets.UTF_8, PATIENT, "OBR|1|||A", many(9_000, i -> "OBX|" + i + "|NM|a" + i + "||1\r")));

      for (int k = 0; k < huge.size(); k++) {
        his.admit("N" + k, 1);
        assertThat(his.send(huge.get(k)).code()).as("holding it is our promise").isEqualTo("AA");
      }
      his.admit("Z", 1);
      trial.awaitSettled();

      assertThat(trial.agent.isAlive()).isTrue();
      assertThat(trial.agent.pid()).isEqualTo(process);
      assertThat(trial.agent.quarantined()).extracting(Agent.Quarantined::code).containsOnly("mapping.too-large");
      assertThat(trial.agent.quarantined()).extracting(Agent.Quarantined::control).contains("B1", "B2")
          .as("a report of 9,000 results is no attack").doesNotContain("B6");
      assertThat(trial.city.entries().stream().filter(one -> one.n() != null).map(City.Entry::control))
          .contains("N01", "N11", "N21", "N31", "N41", "N51", "Z1");
      trial.verified();
    }
  }

  /** How: the marks that two processes leave when they die while they translate it; the city is away until they are there. */
  @Test
  void is_quarantined_when_two_processes_have_died_of_it_and_can_be_tried_again() throws IOException {
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      his.admit("A", 1);
      trial.awaitSettled();
      trial.city.kill();
      his.send(adt("B", PATIENT, "PV1|1|I|W1", "NTE|1||" + "x".repeat(40_000)));
      trial.agent.kill();
      Files.createFile(trial.agent.home().resolve("translating-2"));
      Files.createFile(trial.agent.home().resolve("translating-2-again"));
      trial.city.start();
      trial.agent.start();
      trial.awaitSettled();
      assertThat(trial.agent.quarantined()).extracting(Agent.Quarantined::code).containsExactly("mapping.process-died");

      trial.command("replay", "2");
      Waiting.until("the city holds it", Trial.PATIENCE,
          () -> trial.city.entries().stream().anyMatch(one -> one.n() != null && one.control().equals("B")));
      assertThat(trial.agent.quarantined()).isEmpty();
      assertThat(trial.agent.home()).isDirectoryNotContaining("glob:**translating*");
      trial.verified();
    }
  }

  private static byte[] adt(String control, String... segments) {
    return His.message("ADT^A01", control, StandardCharsets.UTF_8, segments);
  }

  private static String many(int count, IntFunction<String> one) {
    return IntStream.range(0, count).mapToObj(one).collect(Collectors.joining());
  }
}
