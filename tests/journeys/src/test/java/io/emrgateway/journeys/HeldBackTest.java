package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How: the longest pause is ten minutes, so that within a test only an operator's {@code resume} makes it go on. */
@DisplayName("A batch that the city will not take as it is")
class HeldBackTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static Trial trial;
  private static His his;
  private static int round;

  @BeforeAll
  static void start() {
    trial = Trial.intl(folder).settings(yaml -> yaml.replace("pause-max: 2s", "pause-max: 10m")).start();
    his = His.of(trial.agent);
    his.admit("warm", 2);
    trial.awaitSettled();
  }

  @AfterAll
  static void stop() {
    try (Trial ended = trial; His left = his) {
      trial.assertHeldOnce(his.acknowledged());
      trial.verified();
    }
  }

  @ParameterizedTest
  @CsvSource({"413, delivery.too-large", "422, delivery.rule-broken", "403, delivery.certificate-not-pinned"})
  void is_held_with_an_alarm_while_intake_goes_on_and_goes_out_when_an_operator_says_resume(int answer, String code)
      throws InterruptedException {
    trial.city.misbehave("{\"status\":[" + answer + "]}");
    staysUntilResumed(code, "city.internal", () -> { });
  }

  /** Not only the status: the city really takes our TLS certificate off its register. */
  @Test
  void for_want_of_our_certificate_goes_out_when_the_register_is_mended() throws IOException, InterruptedException {
    Path register = trial.city.folder().resolve("city/register.json");
    Path kept = trial.folder.resolve("register.kept");
    Files.copy(register, kept, StandardCopyOption.REPLACE_EXISTING);
    ObjectNode all = (ObjectNode) JSON.readTree(register.toFile());
    ((ArrayNode) all.path("feeds").get(0).path("tls")).removeAll();
    JSON.writeValue(register.toFile(), all);
    trial.city.reloadRegister();

    staysUntilResumed("delivery.certificate-not-pinned", "tls.not-pinned", () -> {
      Files.copy(kept, register, StandardCopyOption.REPLACE_EXISTING);
      trial.city.reloadRegister();
    });
  }

  private interface Mending {
    void mend() throws IOException;
  }

  private void staysUntilResumed(String code, String rule, Mending cause) throws InterruptedException {
    long seq = trial.city.status().path("seq").asLong();
    his.admit("H" + ++round + "-a", 3);
    JsonNode status = trial.awaitCode(code);

    assertThat(status.path("detail").asText()).isEqualTo(rule);
    assertThat(status.path("attemptsFailed").asInt()).isEqualTo(1);
    trial.awaitLog(code + ": ");
    assertThat(trial.agent.log()).containsPattern(code + ": .*[\\u4e00-\\u9fff].* / ");
    HttpResponse<String> delivery = trial.http("/q/health/group/delivery");
    assertThat(delivery.statusCode()).isEqualTo(503);
    assertThat(delivery.body()).contains(code);
    assertThat(trial.http("/q/health/ready").statusCode()).isEqualTo(200);

    his.admit("H" + round + "-b", 2);
    // Long past the shortest pause: what the city declined is not knocked with again.
    Thread.sleep(800);
    assertThat(trial.city.status().path("seq").asLong()).isEqualTo(seq);
    assertThat(trial.agent.status().path("waiting").asLong()).isEqualTo(5);
    assertThat(trial.agent.status().path("attemptsFailed").asInt()).isEqualTo(1);

    try {
      cause.mend();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(trial.command("resume").status()).isZero();
    trial.awaitSettled();
    assertThat(trial.agent.status().path("code").isMissingNode()).isTrue();
    assertThat(trial.http("/q/health/group/delivery").statusCode()).isEqualTo(200);
    trial.awaitLog("delivery.resumed");
    trial.assertHeldOnce(his.acknowledged());
    // In the order in which they were acknowledged.
    List<String> held = trial.heldRaw();
    assertThat(held).isEqualTo(his.acknowledged());
  }
}
