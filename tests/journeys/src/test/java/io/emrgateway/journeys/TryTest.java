package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private JsonNode run(List<String> more) throws IOException {
    Path report = folder.resolve("report.json");
    Path bundles = folder.resolve("bundles");
    List<String> line = new ArrayList<>(List.of(House.root().resolve("installer/try.sh").toString(),
        "--once", "--report", report.toString(), "--bundles", bundles.toString()));
    line.addAll(more);
    Trial.Done done = Trial.process(Duration.ofMinutes(4), line);
    assertThat(done.status()).as(done.output()).isZero();

    JsonNode summary = JSON.readTree(report.toFile());
    assertThat(summary.path("lost")).isEmpty();
    JsonNode quarantined = summary.path("quarantined");
    assertThat(summary.path("held").asInt() + quarantined.size()).isEqualTo(summary.path("messages").asInt());
    for (JsonNode one : quarantined) {
      assertThat(one.path("code").asText()).as(one.toString()).matches("(intake|mapping|delivery|store)\\.[a-z0-9-]+");
      assertThat(one.path("i").asLong()).isPositive();
    }
    // One line of the ledger for each file says how it ended.
    int answers = 0;
    for (JsonNode count : summary.path("acknowledged")) {
      answers += count.asInt();
    }
    assertThat(answers).isEqualTo(summary.path("messages").asInt());
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
