package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.city.Gateway.Draft;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A city told to misbehave")
class MisbehaviourTest {
  @TempDir Path dir;
  Trial trial;
  Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    trial = new Trial(dir, "intl");
    gateway = trial.gateway;
  }

  @AfterEach
  void stop() {
    trial.close();
  }

  private long held() throws Exception {
    return trial.status().get("held").asLong();
  }

  @Test
  void loses_receipts_of_batches_that_it_holds() throws Exception {
    trial.order("/misbehave", "{\"loseReceipts\":2}");
    Draft draft = gateway.data(2, 0);
    assertThatThrownBy(() -> gateway.post(draft)).isInstanceOf(IOException.class);
    assertThat(held()).isEqualTo(2);
    assertThatThrownBy(() -> gateway.post(draft)).isInstanceOf(IOException.class);
    gateway.deliver(draft);
    assertThat(held()).isEqualTo(2);
  }

  @Test
  void resets_the_connection_in_the_body_and_holds_nothing() throws Exception {
    trial.order("/misbehave", "{\"resetInBody\":1}");
    Draft draft = gateway.data(2, 0);
    assertThatThrownBy(() -> gateway.post(draft)).isInstanceOf(IOException.class);
    assertThat(held()).isZero();
    gateway.deliver(draft);
    assertThat(held()).isEqualTo(2);
  }

  @Test
  void sends_half_a_receipt_of_a_batch_that_it_holds() throws Exception {
    trial.order("/misbehave", "{\"halfReceipt\":1}");
    Draft draft = gateway.data(2, 0);
    assertThatThrownBy(() -> gateway.post(draft)).isInstanceOf(IOException.class);
    assertThat(held()).isEqualTo(2);
    gateway.deliver(draft);
  }

  @Test
  void signs_wrongly_and_afterwards_rightly_again() throws Exception {
    trial.order("/misbehave", "{\"wrongSignature\":1}");
    Draft draft = gateway.data(1, 0);
    HttpResponse<byte[]> wrong = gateway.post(draft);
    assertThat(wrong.statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> gateway.opened(wrong.body())).hasMessageNotContaining("patient");
    assertThat(held()).isEqualTo(1);
    assertThat(gateway.deliver(draft).body()).isNotEqualTo(wrong.body());
  }

  @Test
  void answers_the_statuses_it_was_given_one_after_the_other() throws Exception {
    trial.order("/misbehave", "{\"status\":[429,503,500],\"retryAfter\":7}");
    Draft draft = gateway.data(1, 0);
    HttpResponse<byte[]> first = gateway.post(draft);
    assertThat(first.statusCode()).isEqualTo(429);
    assertThat(first.headers().firstValue("retry-after")).contains("7");
    assertThat(Gateway.JSON.readTree(first.body()).get("rule").asText()).isEqualTo("city.too-fast");
    assertThat(gateway.post(draft).statusCode()).isEqualTo(503);
    assertThat(gateway.post(draft).statusCode()).isEqualTo(500);
    assertThat(held()).isZero();
    gateway.deliver(draft);
  }

  @Test
  void is_unavailable_for_a_while_with_everything() throws Exception {
    trial.order("/misbehave", "{\"unavailableFor\":1,\"retryAfter\":3}");
    HttpResponse<byte[]> answer = gateway.post(gateway.data(1, 0));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("retry-after")).contains("3");
    assertThat(gateway.get("head?nonce=" + "ab".repeat(16)).statusCode()).isEqualTo(503);
    Thread.sleep(1_100);
    gateway.deliver(gateway.data(1, 0));
  }

  @Test
  void is_slow_until_told_otherwise() throws Exception {
    trial.order("/misbehave", "{\"slowMs\":400}");
    long start = System.nanoTime();
    gateway.deliver(gateway.data(1, 0));
    assertThat(System.nanoTime() - start).isGreaterThan(400_000_000L);
    assertThat(trial.order("/misbehave", "{\"slowMs\":0}").get("slowMs").asInt()).isZero();
  }

  @Test
  void processes_a_request_twice_and_counts_it_once() throws Exception {
    trial.order("/misbehave", "{\"duplicate\":1}");
    gateway.deliver(gateway.data(2, 0));
    assertThat(held()).isEqualTo(2);
    assertThat(trial.status().get("duplicates").asLong()).isEqualTo(1);
  }

  @Test
  void refuses_orders_it_does_not_understand() {
    assertThatThrownBy(() -> trial.order("/misbehave", "{\"explode\":1}")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> trial.order("/misbehave", "{\"slowMs\":\"much\"}"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> trial.order("/rollback", "{\"feed\":\"H-9/x\",\"seq\":0}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
