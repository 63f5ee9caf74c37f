package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("installer/try.sh --once")
class TryTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void accounts_for_every_shipped_sample() throws IOException {
    JsonNode report = run(List.of());
    assertThat(report.path("held").asInt()).isEqualTo(report.path("messages").asInt());
    assertThat(report.path("acknowledged").path("AA").asInt()).isEqualTo(report.path("messages").asInt());
  }

  /**
   * Each file's answer and reason are those that its bytes call for, as {@link Expected} reads them. Skipped where the
   * project stands without its corpus. Sixteen connections, because a sender waits 300 ms where no answer is due.
   */
  @Test
  void accounts_for_every_message_of_the_corpus() throws IOException {
    Path corpus = House.root().resolve("../shared/corpus/dev").normalize();
    assumeThat(corpus).isDirectory();
    List<String> names;
    try (Stream<Path> files = Files.list(corpus)) {
      names = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".hl7")).toList();
    }
    JsonNode report = run(List.of("--messages", corpus.toString(), "--connections", "16"));
    assertThat(report.path("messages").asInt()).isEqualTo(names.size());
    assertThat(report.path("held").asInt()).isGreaterThan(names.size() / 2);

    Map<String, String> reasons = new HashMap<>();
    report.path("quarantined").forEach(one -> reasons.put(one.path("file").asText(), one.path("code").asText()));
    List<String> otherwise = new ArrayList<>();
    for (String name : names) {
      Expected expected = Expected.of(Files.readAllBytes(corpus.resolve(name)));
      Expected got = new Expected(report.path("answers").path(name).asText(), reasons.getOrDefault(name, ""));
      if (!got.equals(expected)) {
        otherwise.add(name + ": " + got + " instead of " + expected);
      }
    }
    assertThat(otherwise).isEmpty();
  }

  /**
   * How: a folder of files as people have them: captures with frames, delimiters inside, one that is too large, the same
   * twice, without a number, with an upper-case name, and one that is no message.
   */
  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void accounts_for_files_that_are_not_one_plain_message_each(String suite) throws IOException {
    Path odd = Files.createDirectories(folder.resolve("odd"));
    String frame = "\u000b%s\u001c\r";
    write(odd, "a-good.hl7", admission("A", "San"));
    write(odd, "b-again.hl7", admission("A", "San"));
    write(odd, "c-framed.hl7", frame.formatted(admission("C", "San")));
    write(odd, "d-two-frames.hl7", (frame + frame).formatted(admission("D1", "San"), admission("D2", "San")));
    write(odd, "e-end-inside.hl7", admission("E", "S\u001c\ran"));
    write(odd, "f-begun-twice.hl7", admission("F1", "San") + "\u000b" + admission("F2", "San"));
    write(odd, "g-large.hl7", admission("G", "San") + "OBX|1|ED|a||" + "A".repeat(17 << 20) + "\r");
    write(odd, "h-unnumbered.hl7", admission("", "San"));
    write(odd, "i-unnumbered.hl7", admission("", "Li"));
    write(odd, "j-other.HL7", admission("J", "San"));
    write(odd, "k-text.txt", "no message");

    JsonNode report = run(List.of("--messages", odd.toString(), "--suite", suite), 13);
    assertThat(report.path("files").asInt()).isEqualTo(10);
    Map<String, String> reasons = new TreeMap<>();
    report.path("quarantined").forEach(one -> reasons.put(one.path("file").asText(), one.path("code").asText()));
    assertThat(reasons).isEqualTo(Map.of(
        "e-end-inside.hl7#2", "intake.bytes-between-frames", "f-begun-twice.hl7", "intake.frame-unterminated",
        "g-large.hl7", "intake.frame-too-large", "h-unnumbered.hl7", "intake.control-id-missing",
        "i-unnumbered.hl7", "intake.control-id-missing"));
    assertThat(report.path("duplicates").asInt()).isEqualTo(1);
    assertThat(report.path("matchingNoFile")).isEmpty();
    assertThat(report.path("notSent")).extracting(JsonNode::asText).containsExactly("k-text.txt");
    assertThat(folder.resolve("bundles/j-other.json")).exists();
  }

  @Test
  void explains_itself_without_doing_anything() {
    Trial.Done help = Trial.process(Duration.ofSeconds(20), List.of(House.root().resolve("installer/try.sh").toString(), "--help"));
    assertThat(help.status()).isZero();
    assertThat(help.output()).contains("用法 / usage: installer/try.sh", "--messages DIR");
    Trial.Done wrong = Trial.process(Duration.ofSeconds(60), List.of(House.root().resolve("installer/try.sh").toString(), "--helpless"));
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.output()).contains("installer/try.sh --help");
  }

  private static String admission(String control, String given) {
    return ("MSH|^~\\&|HIS|H1|EMR|CITY|20261128080000||ADT^A01|%s|P|2.5\rEVN|A01|20261128080000\r"
        + "PID|1||P1^^^HIS^PI||Zhang^%s||19800101|M\rPV1|1|I|W1||||||||||||||||V1\r").formatted(control, given);
  }

  private static void write(Path folder, String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text, StandardCharsets.US_ASCII);
  }

  private JsonNode run(List<String> more) throws IOException {
    JsonNode summary = run(more, -1);
    assertThat(summary.path("files")).isEqualTo(summary.path("messages"));
    return summary;
  }

  private JsonNode run(List<String> more, int messages) throws IOException {
    Path report = folder.resolve("report.json");
    Path bundles = folder.resolve("bundles");
    List<String> line = new ArrayList<>(List.of(House.root().resolve("installer/try.sh").toString(),
        "--once", "--report", report.toString(), "--bundles", bundles.toString()));
    line.addAll(more);
    Trial.Done done = Trial.process(Duration.ofMinutes(4), line);
    assertThat(done.status()).as(done.output()).isZero();
    assertThat(done.output()).contains("admitted = on the disk").contains("none = no answer is due");

    JsonNode summary = JSON.readTree(report.toFile());
    assertThat(summary.path("lost")).isEmpty();
    JsonNode quarantined = summary.path("quarantined");
    assertThat(summary.path("held").asInt() + quarantined.size()).isEqualTo(summary.path("messages").asInt());
    for (JsonNode one : quarantined) {
      assertThat(one.path("code").asText()).as(one.toString()).matches("(intake|mapping|delivery|store)\\.[a-z0-9-]+");
      assertThat(one.path("i").asLong()).isPositive();
      assertThat(one.path("text").asText()).matches(".*\\p{IsHan}.* / .*[a-z].*");
      if (quarantined.size() <= 40) {
        assertThat(done.output()).contains(one.path("file").asText() + "  " + one.path("code").asText())
            .contains(one.path("text").asText()).contains(one.path("remedy").asText());
      }
    }
    // One line of the ledger for each file says how it ended.
    int answers = 0;
    for (JsonNode count : summary.path("acknowledged")) {
      answers += count.asInt();
    }
    assertThat(answers).isEqualTo(summary.path("files").asInt());
    assertThat(messages).isIn(-1, summary.path("messages").asInt());
    assertThat(summary.path("admitted").asInt())
        .isEqualTo(summary.path("messages").asInt() - summary.path("duplicates").asInt());
    assertThat(summary.path("seconds").asDouble()).isPositive();

    Set<String> explained = new TreeSet<>();
    quarantined.forEach(one -> explained.add(one.path("file").asText()));
    try (Stream<Path> files = Files.list(bundles)) {
      Set<String> written = files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
      assertThat(written).hasSize(summary.path("held").asInt());
      for (String name : written) {
        assertThat(explained).doesNotContain(name.replaceFirst("\\.json$", ".hl7"));
        assertThat(JSON.readTree(bundles.resolve(name).toFile()).path("resourceType").asText()).isEqualTo("Bundle");
      }
    }
    return summary;
  }
}
