package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.city.Clinic.Asked;
import io.emrgateway.city.Clinic.Told;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A lookup")
class LookupTest {
  private static final String RESIDENT = "11010519491231002X";
  private static final String STRANGER = "110105198001010017";

  @TempDir Path dir;

  /** A hospital that has fed something about the resident, just now. */
  private static Clinic knowing(Trial trial, String feed, String suite, String... residents) throws Exception {
    Gateway gateway = trial.another(feed, suite);
    gateway.deliver(gateway.about(Instant.now(), residents));
    return new Clinic(gateway);
  }

  @ParameterizedTest
  @CsvSource({"intl,intl", "gm,gm", "intl,gm", "gm,intl"})
  void is_put_to_the_hospital_that_knows_the_patient_and_answered_in_that_hospitals_own_words(
      String asking, String asked) throws Exception {
    try (Trial trial = new Trial(dir, asking)) {
      Clinic here = new Clinic(trial.gateway);
      trial.gateway.deliver(trial.gateway.about(Instant.now(), RESIDENT));
      Clinic there = knowing(trial, "H-0105/main", asked, STRANGER, RESIDENT);
      Clinic elsewhere = knowing(trial, "H-0106/main", asked, STRANGER);

      ObjectNode request = here.request(RESIDENT);
      CompletableFuture<Told> told = here.asks(request, 10);
      Asked inquiry = there.isAsked(10);
      assertThat(inquiry.words().fieldNames()).toIterable().containsExactly("v", "rid", "feed", "iat", "due", "request");
      assertThat(inquiry.words().get("feed").asText()).isEqualTo("H-0105/main");
      assertThat(trial.gateway.openedOwn(inquiry.request())).isEqualTo(request);

      byte[][] records = {Clinic.record(1), Clinic.record(2)};
      ObjectNode answer = there.answer(inquiry, asking, "answered", records);
      HttpResponse<byte[]> taken = there.sends(inquiry.rid(), answer, records);
      assertThat(taken.statusCode()).as(new String(taken.body(), StandardCharsets.UTF_8)).isEqualTo(200);
      assertThat(taken.body()).isEmpty();

      Told got = told.get();
      assertThat(got.words().fieldNames())
          .toIterable()
          .containsExactly("v", "rid", "requestHash", "t", "complete", "sources");
      assertThat(got.words().get("rid")).isEqualTo(request.get("rid"));
      assertThat(got.words().get("requestHash").asText()).isEqualTo(trial.gateway.hex(7, Clinic.bytes(request)));
      assertThat(got.words().get("complete").asBoolean()).isTrue();
      assertThat(got.words().get("sources")).hasSize(1);
      assertThat(got.source(0).get("org").asText()).isEqualTo("H-0105");
      assertThat(got.status(0)).isEqualTo("answered 2 by hospital");
      assertThat(got.frames()).hasSize(3);
      assertThat(there.gateway.openedOwn(got.frames().get(0))).isEqualTo(answer);
      assertThat(got.frames().subList(1, 3)).containsExactly(records);
      assertThat(elsewhere.isAsked(1)).isNull();
      assertThat(here.isAsked(1)).as("whoever asks is not asked").isNull();
    }
  }

  @Test
  void is_complete_at_once_if_no_other_hospital_knows_the_patient() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      trial.gateway.deliver(trial.gateway.about(Instant.now(), RESIDENT));
      Clinic here = new Clinic(trial.gateway);
      long start = System.nanoTime();
      Told told = here.told(here.post(here.request(RESIDENT), 0));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
      assertThat(told.words().get("complete").asBoolean()).isTrue();
      assertThat(told.words().get("sources")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "denied:lookup.nonce"})
  void says_what_a_hospital_said_that_shows_nothing(String result) throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main", "intl", RESIDENT);
      CompletableFuture<Told> told = here.asks(here.request(RESIDENT), 10);
      assertThat(there.answers(there.isAsked(10), result).statusCode()).isEqualTo(200);
      assertThat(told.get().status(0)).isEqualTo(result + " 0 by hospital");
      assertThat(told.get().words().get("complete").asBoolean()).isTrue();
      JsonNode signed = there.gateway.openedOwn(told.get().frames().get(0));
      assertThat(signed.get("result").asText()).isEqualTo(result);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void shows_what_the_city_holds_with_the_hospitals_proof_if_the_hospital_is_silent(String suite) throws Exception {
    try (Trial trial = new Trial(dir, suite)) {
      Clinic here = new Clinic(trial.gateway);
      Gateway silent = trial.another("H-0105/main", suite);
      Instant now = Instant.now();
      silent.deliver(silent.about(now.minus(Duration.ofDays(95)), RESIDENT));
      silent.deliver(silent.about(now.minus(Duration.ofDays(85)), STRANGER, RESIDENT, STRANGER));
      silent.deliver(silent.about(now, RESIDENT, STRANGER, STRANGER, STRANGER, RESIDENT, STRANGER, STRANGER));

      Told told = here.told(here.post(here.request(RESIDENT), 1));
      assertThat(told.status(0)).isEqualTo("answered 3 by city");
      assertThat(told.words().get("complete").asBoolean()).as("it was not even handed the inquiry").isTrue();
      assertThat(told.frames()).hasSize(6);
      List<byte[]> bodies = new ArrayList<>();
      for (int k = 0; k < 6; k += 2) {
        byte[] body = told.frames().get(k + 1);
        assertThat(Proven.by(silent, told.frames().get(k), body)).isTrue();
        assertThat(Proven.by(silent, told.frames().get(k), Gateway.bundleAbout(RESIDENT, 99))).isFalse();
        bodies.add(body);
      }
      assertThat(bodies)
          .containsExactly(
              Gateway.bundleAbout(RESIDENT, 9), Gateway.bundleAbout(RESIDENT, 5), Gateway.bundleAbout(RESIDENT, 3));
    }
  }

  @Test
  void goes_back_three_calendar_months_to_the_day_in_beijing() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Gateway silent = trial.another("H-0105/main", "intl");
      ZoneOffset beijing = ZoneOffset.ofHours(8);
      Instant first = LocalDate.now(beijing).minusMonths(3).atStartOfDay().toInstant(beijing);
      silent.deliver(silent.about(first.minusMillis(1), RESIDENT));
      silent.deliver(silent.about(first, RESIDENT));
      Told told = here.told(here.post(here.request(RESIDENT), 1));
      assertThat(told.status(0)).isEqualTo("answered 1 by city");
      assertThat(told.frames().get(1)).isEqualTo(Gateway.bundleAbout(RESIDENT, 2));
    }
  }

  @Test
  void is_over_after_ten_minutes_for_everybody() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main", "intl", RESIDENT);
      ObjectNode request = here.request(RESIDENT);
      CompletableFuture<Told> told = here.asks(request, 2);
      Asked inquiry = there.isAsked(10);
      told.get();
      trial.ahead = Duration.ofSeconds(595);
      here.fetches(inquiry.rid());
      trial.ahead = Duration.ofSeconds(605);
      assertThat(Clinic.rule(here.gateway.getAny("lookups/" + inquiry.rid()))).isEqualTo("404 lookup.unknown");
      assertThat(Clinic.rule(there.answers(inquiry, "none"))).isEqualTo("404 lookup.unknown");
      await(() -> trial.files() == 0);
    }
  }

  /** How: the city looks every 15 s for what is over. */
  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int k = 0; k < 300 && !condition.getAsBoolean(); k++) {
      Thread.sleep(100);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @Test
  void names_a_silent_hospital_of_which_the_city_holds_nothing_recent() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Gateway silent = trial.another("H-0105/main", "intl");
      silent.deliver(silent.about(Instant.now().minus(Duration.ofDays(95)), RESIDENT));
      Told told = here.told(here.post(here.request(RESIDENT), 1));
      assertThat(told.status(0)).isEqualTo("timeout 0 by hospital");
      assertThat(told.frames()).isEmpty();
    }
  }

  @Test
  void gives_a_late_answer_to_whoever_asked_and_to_nobody_else() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main", "intl", RESIDENT);
      ObjectNode request = here.request(RESIDENT);
      CompletableFuture<Told> told = here.asks(request, 1);
      Asked inquiry = there.isAsked(10);
      assertThat(told.get().status(0)).isEqualTo("answered 1 by city");
      assertThat(told.get().words().get("complete").asBoolean()).as("it may still answer").isFalse();

      String rid = request.get("rid").asText();
      assertThat(here.fetches(rid).words().get("complete").asBoolean()).isFalse();
      assertThat(there.answers(inquiry, "answered", Clinic.record(1)).statusCode()).isEqualTo(200);
      Told late = here.fetches(rid);
      assertThat(late.words().get("complete").asBoolean()).isTrue();
      assertThat(late.status(0)).isEqualTo("answered 1 by hospital");
      assertThat(late.frames().get(1)).isEqualTo(Clinic.record(1));
      assertThat(here.fetches(rid).frames()).as("as often as it asks").hasSize(2);

      assertThat(Clinic.rule(there.gateway.getAny("lookups/" + rid))).isEqualTo("404 lookup.unknown");
      Clinic stranger = knowing(trial, "H-0106/main", "intl", RESIDENT);
      HttpResponse<byte[]> foreign = stranger.answers(inquiry, "answered", Clinic.record(1));
      assertThat(Clinic.rule(foreign)).isEqualTo("404 lookup.unknown");
      assertThat(trial.lookups().get("late").asLong()).isEqualTo(1);
    }
  }

  @Test
  void is_given_again_to_whoever_has_it_only_when_something_has_changed() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main", "intl", RESIDENT);
      ObjectNode request = here.request(RESIDENT);
      String path = "lookups/" + request.get("rid").asText();
      CompletableFuture<HttpResponse<byte[]>> first = inBackground(() -> here.post(request, 3));
      Asked inquiry = there.isAsked(10);
      String early = tag(here.gateway.getAny(path));
      String overdue = tag(first.get());
      assertThat(overdue).as("the city's own records are in it now").matches("\"[!-~]{1,80}\"").isNotEqualTo(early);

      HttpResponse<byte[]> unchanged = here.gateway.getUnless(overdue, path);
      assertThat(unchanged.statusCode()).isEqualTo(304);
      assertThat(unchanged.body()).isEmpty();
      assertThat(tag(unchanged)).isEqualTo(overdue);
      assertThat(here.gateway.getAny(path).body()).as("the same octets").isEqualTo(first.get().body());
      assertThat(here.told(here.gateway.getUnless(early, path)).status(0)).isEqualTo("answered 1 by city");

      there.answers(inquiry, "none");
      HttpResponse<byte[]> late = here.gateway.getUnless(overdue, path);
      assertThat(here.told(late).status(0)).isEqualTo("none 0 by hospital");
      assertThat(here.gateway.getUnless(tag(late), path).statusCode()).isEqualTo(304);

      here.withdraws(request.get("patientAuthorization").get("evidence").asText());
      assertThat(Clinic.rule(here.gateway.getUnless(tag(late), path))).isEqualTo("400 lookup.withdrawn");
    }
  }

  private static String tag(HttpResponse<byte[]> response) {
    return response.headers().firstValue("etag").orElseThrow();
  }

  @Test
  void counts_a_hospitals_first_answer_and_takes_it_again() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main", "intl", RESIDENT);
      ObjectNode request = here.request(RESIDENT);
      CompletableFuture<Told> told = here.asks(request, 10);
      Asked inquiry = there.isAsked(10);
      there.answers(inquiry, "answered", Clinic.record(1));
      assertThat(there.answers(inquiry, "answered", Clinic.record(1)).statusCode()).isEqualTo(200);
      assertThat(there.answers(inquiry, "none").statusCode()).isEqualTo(200);
      assertThat(told.get().status(0)).isEqualTo("answered 1 by hospital");
      assertThat(here.fetches(request.get("rid").asText()).status(0)).isEqualTo("answered 1 by hospital");
      assertThat(there.isAsked(1)).as("it was asked once").isNull();
    }
  }

  @Test
  void is_not_put_to_a_hospital_that_comes_when_the_waiting_is_over() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main", "intl", RESIDENT);
      here.told(here.post(here.request(RESIDENT), 1));
      assertThat(there.isAsked(1)).isNull();
    }
  }

  @Test
  void is_put_to_the_newest_poll_of_a_hospital() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main", "intl", RESIDENT);
      CompletableFuture<Integer> older = pollsInBackground(there, 4);
      Thread.sleep(1_000);
      CompletableFuture<Integer> newer = pollsInBackground(there, 10);
      Thread.sleep(1_000);
      here.post(here.request(RESIDENT), 1);
      assertThat(newer.get()).isEqualTo(200);
      assertThat(older.get()).isEqualTo(204);
    }
  }

  private static CompletableFuture<Integer> pollsInBackground(Clinic clinic, int waitSeconds) {
    return inBackground(() -> clinic.polls(waitSeconds)).thenApply(HttpResponse::statusCode);
  }

  private static <T> CompletableFuture<T> inBackground(Callable<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                done.complete(work.call());
              } catch (Exception e) {
                done.completeExceptionally(e);
              }
            });
    thread.start();
    return done;
  }

  @Test
  void brings_a_whole_answer_of_many_mebibytes_through_and_leaves_no_file() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main", "intl", RESIDENT);
      String start = "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"x\":\"";
      byte[] large = (start + "y".repeat((8 << 20) - start.length() - 2) + "\"}").getBytes(StandardCharsets.UTF_8);
      CompletableFuture<Told> told = here.asks(here.request(RESIDENT), 20);
      assertThat(there.answers(there.isAsked(10), "answered", large, large, large).statusCode()).isEqualTo(200);
      assertThat(told.get().frames().subList(1, 4)).containsExactly(large, large, large);
      assertThat(trial.files()).isEqualTo(1);
      trial.restart();
      assertThat(trial.files()).isZero();
    }
  }

  /** How: thirty connections, each with a poll that waits; what they cost the city is the same whosesoever they are. */
  @Test
  void comes_through_while_thirty_polls_wait() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main", "intl", RESIDENT);
      Clinic others = new Clinic(trial.another("H-0106/main", "intl"));
      List<CompletableFuture<Integer>> polls = new ArrayList<>();
      for (int k = 0; k < 30; k++) {
        polls.add(pollsInBackground(others, 5));
      }
      Thread.sleep(2_000);
      CompletableFuture<Told> told = here.asks(here.request(RESIDENT), 10);
      there.answers(there.isAsked(10), "none");
      assertThat(told.get().status(0)).isEqualTo("none 0 by hospital");
      for (CompletableFuture<Integer> poll : polls) {
        assertThat(poll.get()).isEqualTo(204);
      }
    }
  }

  @Test
  void verifies_by_a_directory_that_names_every_hospital_whatever_its_suite() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Gateway other = trial.another("H-0105/main", "gm");
      for (Gateway gateway : List.of(trial.gateway, other)) {
        JsonNode hospitals =
            Gateway.JSON.readTree(gateway.content(gateway.getTrust().body())).get("hospitals");
        assertThat(hospitals).hasSize(2);
        assertThat(hospitals.get(1).get("feed").asText()).isEqualTo("H-0105/main");
        assertThat(hospitals.get(1).get("org").asText()).isEqualTo("H-0105");
        assertThat(hospitals.get(1).get("name").asText()).isNotEmpty();
        assertThat(hospitals.get(0).get("certificates").get(0).binaryValue())
            .isEqualTo(trial.gateway.certificate.getEncoded());
        assertThat(hospitals.get(1).get("certificates").get(0).binaryValue())
            .isEqualTo(other.certificate.getEncoded());
      }
    }
  }

  @Test
  void is_counted_and_nothing_of_the_patient_shown() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main", "intl", RESIDENT);
      ObjectNode request = here.request(RESIDENT);
      CompletableFuture<Told> told = here.asks(request, 10);
      Asked inquiry = there.isAsked(10);
      assertThat(trial.lookups().get("open").asLong()).isEqualTo(1);
      there.answers(inquiry, "answered", Clinic.record(1));
      told.get();
      assertThat(Clinic.rule(here.post(request, 1))).isEqualTo("400 lookup.nonce");

      JsonNode lookups = trial.lookups();
      assertThat(lookups.get("open").asLong()).isZero();
      assertThat(lookups.get("answered").asLong()).isEqualTo(1);
      assertThat(lookups.get("sources").toString()).isEqualTo("{\"answered\":1}");
      assertThat(lookups.get("refused").toString()).isEqualTo("{\"lookup.nonce\":1}");
      String page = trial.get("/");
      assertThat(page).contains("调阅").contains("lookup.nonce 1");
      assertThat(page + trial.get("/status.json"))
          .doesNotContain(RESIDENT)
          .doesNotContain("张三")
          .doesNotContain("D3002");
      assertThat(Files.readString(dir.resolve("city/lookups.db"), StandardCharsets.ISO_8859_1)).doesNotContain(RESIDENT);
    }
  }
}
