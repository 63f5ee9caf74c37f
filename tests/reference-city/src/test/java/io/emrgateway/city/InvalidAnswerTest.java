package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.city.Clinic.Asked;
import io.emrgateway.city.Clinic.Told;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A hospital's answer that does not verify")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvalidAnswerTest {
  private static final String RESIDENT = "11010519491231002X";

  private Trial trial;
  private Clinic here;
  private Clinic there;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    trial = new Trial(dir, "intl");
    here = new Clinic(trial.gateway);
    there = new Clinic(trial.another("H-0105/main", "intl"));
    there.gateway.deliver(there.gateway.about(Instant.now(), RESIDENT));
  }

  @AfterAll
  void stop() {
    trial.close();
  }

  private static Arguments spoiled(String place, Consumer<ObjectNode> spoil) {
    return Arguments.of(place, spoil);
  }

  static Stream<Arguments> spoiled() {
    return Stream.of(
        spoiled("answer", answer -> answer.put("note", "x")),
        spoiled("v", answer -> answer.put("v", 2)),
        spoiled("rid", answer -> answer.put("rid", "00000000-0000-0000-0000-000000000000")),
        spoiled("feed", answer -> answer.put("feed", "H-0106/main")),
        spoiled("org", answer -> answer.put("org", "H-0106")),
        spoiled("requestHash", answer -> answer.put("requestHash", "ab".repeat(32))),
        spoiled("answer.t", answer -> answer.put("t", "now")),
        spoiled("result", answer -> answer.put("result", "none")),
        spoiled("result", answer -> answer.put("result", "denied:lookup.nonce")),
        spoiled("result", answer -> answer.put("result", "denied:the patient does not want it")),
        spoiled("count", answer -> answer.put("count", 1)),
        spoiled("bodies", answer -> answer.withArray("bodies").add("not a hash")),
        spoiled("body 2", answer -> ((ArrayNode) answer.get("bodies")).set(1, "ab".repeat(32))),
        spoiled("body 3", InvalidAnswerTest::oneMoreThanComes),
        spoiled("trailing", InvalidAnswerTest::oneLessThanComes),
        spoiled("answer.audit.n", answer -> answer.putObject("audit").put("n", 0).put("head", "ab".repeat(32))));
  }

  private static void oneMoreThanComes(ObjectNode answer) {
    answer.withArray("bodies").add("ab".repeat(32));
    answer.put("count", 3);
  }

  private static void oneLessThanComes(ObjectNode answer) {
    answer.withArray("bodies").remove(1);
    answer.put("count", 1);
  }

  @ParameterizedTest(name = "at {0}")
  @MethodSource("spoiled")
  void counts_as_a_denial_and_is_forwarded_to_nobody(String place, Consumer<ObjectNode> spoil) throws Exception {
    CompletableFuture<Told> told = here.asks(here.request(RESIDENT), 15);
    Asked inquiry = there.isAsked(10);
    byte[][] records = {Clinic.record(1), Clinic.record(2)};
    ObjectNode answer = there.answer(inquiry, "intl", "answered", records);
    spoil.accept(answer);
    counts(told, there.sends(inquiry.rid(), answer, records), place);
  }

  private void counts(CompletableFuture<Told> told, HttpResponse<byte[]> response, String place) throws Exception {
    assertThat(Clinic.rule(response)).isEqualTo("422 answer.invalid");
    assertThat(new String(response.body(), StandardCharsets.UTF_8)).contains("[" + place + "]");
    Told got = told.get();
    assertThat(got.status(0)).isEqualTo("denied:answer.invalid 0 by city");
    assertThat(got.frames()).isEmpty();
    assertThat(got.words().get("complete").asBoolean()).isTrue();
    assertThat(trial.get("/")).contains("answer.invalid").contains(place);
    assertThat(trial.files()).isZero();
  }

  @Test
  void is_one_that_another_hospital_has_signed() throws Exception {
    CompletableFuture<Told> told = here.asks(here.request(RESIDENT), 15);
    Asked inquiry = there.isAsked(10);
    byte[] foreign = here.gateway.cms(Clinic.bytes(there.answer(inquiry, "intl", "none")));
    String address = "lookups/" + inquiry.rid() + "/answers";
    counts(told, there.gateway.post(address, Clinic.ANSWER, Clinic.framed(foreign), 0), "cms.signer");
  }

  @Test
  void is_one_with_a_forged_body() throws Exception {
    CompletableFuture<Told> told = here.asks(here.request(RESIDENT), 15);
    Asked inquiry = there.isAsked(10);
    ObjectNode answer = there.answer(inquiry, "intl", "answered", Clinic.record(1));
    counts(told, there.sends(inquiry.rid(), answer, Clinic.record(2)), "body 1");
  }

  @Test
  void is_one_whose_body_is_no_collection() throws Exception {
    CompletableFuture<Told> told = here.asks(here.request(RESIDENT), 15);
    Asked inquiry = there.isAsked(10);
    byte[] fed = Gateway.bundleAbout(RESIDENT, 1);
    counts(told, there.sends(inquiry.rid(), there.answer(inquiry, "intl", "answered", fed), fed), "body 1");
  }

  @Test
  void is_one_that_is_too_large() throws Exception {
    byte[] record = Clinic.record(1);
    byte[][] seventeen = Stream.generate(() -> record).limit(17).toArray(byte[][]::new);
    CompletableFuture<Told> told = here.asks(here.request(RESIDENT), 15);
    Asked inquiry = there.isAsked(10);
    counts(told, there.sends(inquiry.rid(), there.answer(inquiry, "intl", "answered", seventeen), seventeen), "bodies");

    told = here.asks(here.request(RESIDENT), 15);
    inquiry = there.isAsked(10);
    byte[] large = new byte[(8 << 20) + 1];
    counts(told, there.sends(inquiry.rid(), there.answer(inquiry, "intl", "answered", large), large), "body 1");
  }

  @Test
  void is_not_mended_by_a_better_one() throws Exception {
    CompletableFuture<Told> told = here.asks(here.request(RESIDENT), 15);
    Asked inquiry = there.isAsked(10);
    there.sends(inquiry.rid(), there.answer(inquiry, "intl", "none").put("count", 7));
    assertThat(there.answers(inquiry, "none").statusCode()).isEqualTo(200);
    assertThat(told.get().status(0)).isEqualTo("denied:answer.invalid 0 by city");
    assertThat(here.fetches(inquiry.rid()).status(0)).isEqualTo("denied:answer.invalid 0 by city");
  }
}
