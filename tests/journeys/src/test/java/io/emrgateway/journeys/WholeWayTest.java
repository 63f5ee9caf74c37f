package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emrgateway.conformance.Report;
import io.emrgateway.simulator.Ledger;
import io.emrgateway.simulator.Running;
import io.emrgateway.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How: one feed from its first batch over silence, SIGKILL under load, a rotation of the signing key and a crash in the
 * middle of that rotation; at the end the verifier of tests/conformance goes over all of it.
 */
@DisplayName("The whole way")
class WholeWayTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @ParameterizedTest(name = "suite {0}")
  @ValueSource(strings = {"intl", "gm"})
  void survives_silence_a_kill_under_load_and_a_new_signing_key_with_one_unbroken_proven_chain(String suite)
      throws IOException {
    try (Trial trial = Trial.in(folder, suite, "  heartbeat: 1s\n", "")) {
      trial.start();
      assertHeartbeatsBoundTheSilence(trial);
      Set<String> controls = trafficWithAKillInTheMiddle(trial);
      rotate(trial);
      crashBetweenReceiptAndExchangeOfTheFiles(trial);

      try (His his = His.of(trial.agent)) {
        his.admit("LAST", 3);
      }
      trial.awaitSettled();
      controls.addAll(Set.of("LAST1", "LAST2", "LAST3"));
      assertEveryAcknowledgedMessageIsHeldOnceAsABundle(trial, controls);
      Report report = trial.verified();
      assertThat(report.receipted()).isEqualTo(report.batches());
      assertThat(report.inputs()).isEqualTo(trial.agent.status().path("admitted").asLong());
    }
  }

  private static void assertHeartbeatsBoundTheSilence(Trial trial) {
    Waiting.until("three signs of life without a message", Duration.ofSeconds(15),
        () -> trial.city.status().path("seq").asLong() >= 3);
    assertThat(trial.city.entries()).isEmpty();
    assertThat(trial.agent.status().path("admitted").asLong()).isZero();
  }

  private Set<String> trafficWithAKillInTheMiddle(Trial trial) throws IOException {
    Path book = folder.resolve("ledger.tsv");
    try (Running ward = Simulator.ward("A7").to("127.0.0.1", trial.agent.mllpPort()).seed(7).sends(120)
        .perSecond(120).connections(3).ledger(book).start()) {
      ward.untilAcknowledged(50);
      trial.agent.kill();
      trial.agent.start();
      ward.await(Duration.ofMinutes(1));
    }
    trial.awaitSettled();
    Set<String> acknowledged = Ledger.read(book).stream().filter(Ledger.Line::acknowledged)
        .map(Ledger.Line::controlId).collect(Collectors.toCollection(TreeSet::new));
    assertThat(acknowledged).hasSize(120);
    return acknowledged;
  }

  private static void rotate(Trial trial) throws IOException {
    Path fresh = trial.folder.resolve("fresh.p12");
    assertThat(trial.cityCommand("make-signing", "--feed", Trial.FEED, "--out", fresh.toString()).status()).isZero();
    trial.city.reloadRegister();
    Path keys = trial.city.gatewayKeys();
    byte[] renewed = Files.readAllBytes(fresh);
    // Whole from the first moment: the gateway looks at the folder every few seconds.
    Files.move(fresh, keys.resolve("signing-next.p12"), StandardCopyOption.ATOMIC_MOVE);

    Waiting.until("the new key has taken the old one's place", Duration.ofSeconds(30),
        () -> !Files.exists(keys.resolve("signing-next.p12")));
    assertThat(Files.readAllBytes(keys.resolve("signing.p12"))).isEqualTo(renewed);
    assertThat(keptKeys(keys)).hasSize(1);
    long seq = trial.city.status().path("seq").asLong();
    Waiting.until("the city takes batches by the new key", Duration.ofSeconds(15),
        () -> trial.city.status().path("seq").asLong() > seq);
  }

  private static List<Path> keptKeys(Path keys) throws IOException {
    try (Stream<Path> files = Files.list(keys)) {
      return files.filter(file -> file.getFileName().toString().matches("signing-[0-9a-f]{16}\\.p12")).toList();
    }
  }

  /**
   * The state on the disk as a crash leaves it after the rotation's receipt was kept and before the files changed
   * places: the moment itself lasts less than a millisecond and is not waited for.
   */
  private static void crashBetweenReceiptAndExchangeOfTheFiles(Trial trial) throws IOException {
    trial.agent.kill();
    Path keys = trial.city.gatewayKeys();
    byte[] renewed = Files.readAllBytes(keys.resolve("signing.p12"));
    Files.move(keys.resolve("signing.p12"), keys.resolve("signing-next.p12"));
    Files.move(keptKeys(keys).get(0), keys.resolve("signing.p12"));

    trial.agent.start();
    assertThat(keys.resolve("signing-next.p12")).doesNotExist();
    assertThat(Files.readAllBytes(keys.resolve("signing.p12"))).isEqualTo(renewed);
  }

  private static void assertEveryAcknowledgedMessageIsHeldOnceAsABundle(Trial trial, Set<String> controls)
      throws IOException {
    List<City.Entry> held = trial.city.entries().stream().filter(entry -> entry.n() != null).toList();
    assertThat(held.stream().map(City.Entry::control).toList()).containsExactlyInAnyOrderElementsOf(controls);
    trial.assertNoDuplicates();
    for (City.Entry entry : held) {
      JsonNode bundle = JSON.readTree(trial.city.body(entry.n()));
      assertThat(bundle.path("resourceType").asText()).isEqualTo("Bundle");
      assertThat(bundle.path("type").asText()).isEqualTo("transaction");
      assertThat(bundle.path("entry").isEmpty()).isFalse();
    }
  }
}
