package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.city.Gateway.Draft;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A batch the city holds")
class HeldBatchTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void has_a_receipt_that_verifies_and_names_it(String suite) throws Exception {
    try (Trial trial = new Trial(dir, suite)) {
      Gateway gateway = trial.gateway;
      Draft draft = gateway.data(3, 1);
      HttpResponse<byte[]> response = gateway.deliver(draft);

      assertThat(response.headers().firstValue("content-type")).contains("application/vnd.emr-gateway.signed");
      ObjectNode receipt = gateway.opened(response.body());
      assertThat(receipt.fieldNames())
          .toIterable()
          .containsExactly("v", "feed", "epoch", "seq", "hh", "n", "in", "audit", "prevCh", "ch", "t", "status");
      assertThat(receipt.get("hh").asText()).isEqualTo(gateway.prev);
      assertThat(receipt.get("in").asLong()).isEqualTo(4);
      assertThat(receipt.get("n").toString()).isEqualTo("[1,3]");
      assertThat(receipt.get("status").asText()).isEqualTo("held");
      byte[] chained = HexFormat.of().parseHex(Gateway.ZEROS + gateway.prev);
      assertThat(receipt.get("ch").asText()).isEqualTo(gateway.hex(6, chained));
      assertThat(receipt.get("t").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+08:00");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void may_come_in_gm_envelopes_or_the_ietfs(String suite) throws Exception {
    try (Trial trial = new Trial(dir, suite)) {
      Gateway gateway = trial.gateway;
      gateway.deliver(gateway.data(2, 0));
      Draft other = gateway.data(2, 0);
      byte[] content = gateway.headerBytes(other);
      Pinned signer = new Pinned(gateway.certificate.getEncoded());
      other.envelope =
          cms -> Cms.sign(Suite.named(suite), gateway.key, signer, content, java.time.Instant.now());
      gateway.deliver(other);
      assertThat(gateway.seq).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void is_answered_with_the_same_bytes_when_it_comes_again(String suite) throws Exception {
    try (Trial trial = new Trial(dir, suite)) {
      Gateway gateway = trial.gateway;
      Draft draft = gateway.data(2, 0);
      byte[] first = gateway.deliver(draft).body();
      // Sealed anew: another signature over the same header, which is what counts.
      HttpResponse<byte[]> again = gateway.post(draft);
      assertThat(again.statusCode()).isEqualTo(200);
      assertThat(again.body()).isEqualTo(first);
      assertThat(trial.status().get("duplicates").asLong()).isEqualTo(1);
      assertThat(trial.status().get("held").asLong()).isEqualTo(2);

      gateway.deliver(gateway.data(1, 0));
      assertThat(gateway.post(draft).body()).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void is_shown_entry_by_entry_and_body_by_body(String suite) throws Exception {
    try (Trial trial = new Trial(dir, suite)) {
      Gateway gateway = trial.gateway;
      gateway.deliver(gateway.data(2, 1));
      List<String> lines = trial.get("/holdings.jsonl").lines().toList();
      assertThat(lines).hasSize(3);
      assertThat(Gateway.JSON.readTree(lines.get(0)).get("control").asText()).isEqualTo("C1");
      assertThat(Gateway.JSON.readTree(lines.get(2)).get("why").asText()).isEqualTo("quarantined");
      assertThat(trial.get("/holdings/H-0104%2Fmain/2"))
          .isEqualTo(new String(Gateway.bundle(2), StandardCharsets.UTF_8));
      assertThat(trial.get("/")).contains("参考市平台").contains("H-0104/main");
      assertThat(trial.status().get("explained").asLong()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void is_still_held_after_a_restart(String suite) throws Exception {
    try (Trial trial = new Trial(dir, suite)) {
      Gateway gateway = trial.gateway;
      Draft draft = gateway.data(2, 1);
      byte[] receipt = gateway.deliver(draft).body();
      trial.restart();
      assertThat(gateway.post(draft).body()).isEqualTo(receipt);
      gateway.deliver(gateway.repair(gateway.data(1, 0), 3));
      assertThat(trial.status().get("held").asLong()).isEqualTo(4);
      assertThat(trial.status().get("quarantined").asLong()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void may_come_compressed_or_not(boolean gzip) throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Gateway gateway = trial.gateway;
      Draft draft = gateway.data(200, 56);
      assertThat(gateway.post(1, 1, gateway.seal(draft), gzip).statusCode()).isEqualTo(200);
      assertThat(trial.status().get("held").asLong()).isEqualTo(200);
      assertThat(trial.get("/holdings/H-0104%2Fmain/200"))
          .isEqualTo(new String(Gateway.bundle(200), StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8 << 20, 32 << 20})
  void may_hold_one_large_body_alone(int bytes) throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Gateway gateway = trial.gateway;
      Draft draft = gateway.data(0, 1);
      String start = "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"x\":\"";
      byte[] body = (start + "y".repeat(bytes - start.length() - 2) + "\"}").getBytes(StandardCharsets.UTF_8);
      draft.entries.set(0, gateway.withBody(draft, 1, 1, body));
      draft.header.putArray("n").add(1).add(1);
      gateway.deliver(gateway.count(draft));
      assertThat(trial.status().get("held").asLong()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void survives_the_city_being_killed_right_after_its_receipt(String suite) throws Exception {
    new Pki(dir, java.time.Instant.now(), java.time.Duration.ofDays(30)).make(Gateway.FEED, Suite.named(suite));
    Process city = serve();
    try {
      Gateway gateway = new Gateway(dir.resolve("agent"), Gateway.FEED, suite, port(city));
      Draft draft = gateway.data(20, 2);
      byte[] receipt = gateway.deliver(draft).body();
      city.destroyForcibly().waitFor();

      city = serve();
      Gateway after = new Gateway(dir.resolve("agent"), Gateway.FEED, suite, port(city));
      assertThat(after.post(draft).body()).isEqualTo(receipt);
      assertThat(after.head().get("n").asLong()).isEqualTo(20);
    } finally {
      city.destroyForcibly().waitFor();
    }
  }

  private Process serve() throws Exception {
    Path log = Files.createTempFile(dir, "city", ".log");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-cp",
            System.getProperty("java.class.path"), "io.emrgateway.city.Main", "serve", "--dir", dir.toString())
        .redirectError(log.toFile())
        .start();
  }

  private static int port(Process city) throws Exception {
    String line = city.inputReader(StandardCharsets.UTF_8).readLine();
    assertThat(line).startsWith("city listening https://127.0.0.1:");
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }
}
