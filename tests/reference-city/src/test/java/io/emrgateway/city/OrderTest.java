package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.city.Gateway.Draft;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The order of a feed")
class OrderTest {
  @TempDir Path dir;

  private static void conflict(Gateway gateway, HttpResponse<byte[]> response, String error, long seq)
      throws Exception {
    assertThat(response.statusCode()).as(new String(response.body(), StandardCharsets.ISO_8859_1)).isEqualTo(409);
    ObjectNode head = gateway.opened(response.body());
    assertThat(head.fieldNames())
        .toIterable()
        .containsExactly(
            "v", "feed", "epoch", "seq", "hh", "in", "n", "audit", "prevCh", "ch", "nonce", "t", "error");
    assertThat(head.get("error").asText()).isEqualTo(error);
    assertThat(head.get("seq").asLong()).isEqualTo(seq);
    assertThat(head.get("nonce").isNull()).isTrue();
  }

  private static String rule(HttpResponse<byte[]> response) throws Exception {
    assertThat(response.statusCode()).isEqualTo(422);
    return Gateway.JSON.readTree(response.body()).get("rule").asText();
  }

  @Test
  void begins_with_a_head_of_zeros_that_echoes_the_nonce() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      ObjectNode head = trial.gateway.head();
      assertThat(head.get("seq").asLong()).isZero();
      assertThat(head.get("hh").asText()).isEqualTo(Gateway.ZEROS);
      assertThat(head.get("ch").asText()).isEqualTo(Gateway.ZEROS);
      assertThat(head.get("nonce").asText()).isEqualTo("0123456789abcdef".repeat(2));
      assertThat(trial.gateway.get("head?nonce=short").statusCode()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void answers_a_skipped_batch_with_gap_and_the_head(String suite) throws Exception {
    try (Trial trial = new Trial(dir, suite)) {
      Gateway gateway = trial.gateway;
      gateway.deliver(gateway.data(1, 0));
      Draft skipping = gateway.data(1, 0);
      skipping.header.put("seq", 3);
      conflict(gateway, gateway.post(skipping), "GAP", 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void answers_other_content_under_a_held_key_with_fork(String suite) throws Exception {
    try (Trial trial = new Trial(dir, suite)) {
      Gateway gateway = trial.gateway;
      Draft first = gateway.data(1, 0);
      gateway.deliver(first);
      first.header.put("created", "2026-11-22T17:40:03.121+08:00");
      conflict(gateway, gateway.post(first), "FORK", 1);
      Draft stranger = gateway.data(1, 0);
      stranger.header.put("prev", "ab".repeat(32));
      conflict(gateway, gateway.post(stranger), "FORK", 1);
      gateway.deliver(gateway.data(1, 0));
    }
  }

  @Test
  void closes_the_old_epoch_with_a_resync_and_goes_on_in_the_new_one() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Gateway gateway = trial.gateway;
      gateway.auditN = 9;
      gateway.auditHead = "cd".repeat(32);
      gateway.deliver(gateway.data(2, 0));
      Draft fromTheTwin = gateway.data(1, 0);
      fromTheTwin.header.put("seq", 3);

      // Restored from a backup: the audit chain is shorter, which only a resync may say.
      gateway.auditN = 4;
      gateway.auditHead = "ef".repeat(32);
      gateway.deliver(gateway.resync());
      assertThat(gateway.epoch).isEqualTo(2);
      gateway.deliver(gateway.data(1, 0));

      conflict(gateway, gateway.post(fromTheTwin), "EPOCH", 3);
      assertThat(trial.status().get("epoch").asLong()).isEqualTo(2);
      assertThat(trial.status().get("held").asLong()).isEqualTo(3);
    }
  }

  @Test
  void takes_heartbeats_which_hold_nothing() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Gateway gateway = trial.gateway;
      gateway.deliver(gateway.heartbeat());
      gateway.deliver(gateway.data(1, 0));
      gateway.deliver(gateway.heartbeat());
      assertThat(gateway.head().get("seq").asLong()).isEqualTo(3);
      assertThat(trial.status().get("held").asLong()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void moves_to_an_approved_certificate_with_a_rotation_and_to_it_alone(String suite) throws Exception {
    try (Trial trial = new Trial(dir, suite)) {
      Gateway gateway = trial.gateway;
      gateway.deliver(gateway.data(1, 0));
      Path file = dir.resolve("agent/signing-2.p12");
      char[] password = Pki.readPassword(dir.resolve("agent/password"));
      byte[] der = trial.pki.makeSigning(Gateway.FEED, Suite.named(suite), file, password, true);
      Draft rotation = gateway.rotate(der);

      // The running city has not been told yet.
      assertThat(rule(gateway.post(rotation))).isEqualTo("rotate.certificate-unknown");
      trial.order("/register", "");
      byte[] receipt = gateway.deliver(rotation).body();

      // The receipt was lost: the same batch, still under the old key, is still known.
      assertThat(gateway.post(rotation).body()).isEqualTo(receipt);
      assertThat(rule(gateway.post(gateway.data(1, 0)))).isEqualTo("cms.signer");
      gateway.use(file);
      gateway.deliver(gateway.data(1, 0));
      trial.restart();
      gateway.deliver(gateway.data(1, 0));
    }
  }

  @Test
  void can_be_put_back_and_is_healed_by_sending_the_same_batches_again() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Gateway gateway = trial.gateway;
      Draft first = gateway.data(1, 1);
      gateway.deliver(first);
      Draft second = gateway.repair(gateway.data(2, 0), 2);
      gateway.deliver(second);
      Draft third = gateway.data(1, 0);
      gateway.deliver(third);
      String chain = gateway.ch;

      trial.order("/rollback", "{\"feed\":\"H-0104/main\",\"seq\":1}");
      assertThat(trial.status().get("seq").asLong()).isEqualTo(1);
      assertThat(trial.status().get("quarantined").asLong()).isEqualTo(1);
      conflict(gateway, gateway.post(third), "GAP", 1);
      assertThat(gateway.post(second).statusCode()).isEqualTo(200);
      ObjectNode receipt = gateway.opened(gateway.post(third).body());
      assertThat(receipt.get("ch").asText()).isEqualTo(chain);
      assertThat(trial.status().get("held").asLong()).isEqualTo(5);
    }
  }

  @Test
  void keeps_two_feeds_of_two_suites_apart() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      trial.pki.makeGateway(dir.resolve("agent-2"), "H-0105/main", Suite.GM);
      trial.restart();
      Gateway other = new Gateway(dir.resolve("agent-2"), "H-0105/main", "gm", trial.server.port());
      trial.gateway.deliver(trial.gateway.data(2, 0));
      other.deliver(other.data(3, 0));
      assertThat(trial.status().get("held").asLong()).isEqualTo(2);
      assertThat(other.head().get("n").asLong()).isEqualTo(3);
    }
  }

  @Test
  void tells_clinical_outcomes_signed_and_from_a_number_on() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Gateway gateway = trial.gateway;
      gateway.deliver(gateway.data(3, 0));
      assertThat(gateway.opened(gateway.get("outcomes?after=0").body()).get("outcomes")).isEmpty();
      trial.order(
          "/outcomes",
          "{\"feed\":\"H-0104/main\",\"outcomes\":[{\"n\":1,\"outcome\":\"accepted\"},"
              + "{\"n\":2,\"outcome\":\"rejected\",\"rule\":\"obs.code\",\"text\":\"unknown code\"}]}");
      var outcomes = gateway.opened(gateway.get("outcomes?after=1").body()).get("outcomes");
      assertThat(outcomes).hasSize(1);
      assertThat(outcomes.get(0).get("rule").asText()).isEqualTo("obs.code");
    }
  }
}
