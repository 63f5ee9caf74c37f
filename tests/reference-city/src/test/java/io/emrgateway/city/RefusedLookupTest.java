package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.city.Clinic.Asked;
import io.emrgateway.city.Clinic.Told;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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

/** How: one city for all of them, with one hospital that asks and one that would be asked. */
@DisplayName("A lookup is refused")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusedLookupTest {
  private static final String RESIDENT = "11010519491231002X";

  private Path dir;
  private Trial trial;
  private Clinic here;
  private Clinic there;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    dir = folder;
    trial = new Trial(dir, "intl");
    here = new Clinic(trial.gateway);
    there = new Clinic(trial.another("H-0105/main", "intl"));
    there.gateway.deliver(there.gateway.about(Instant.now(), RESIDENT));
  }

  @AfterAll
  void stop() {
    trial.close();
  }

  private static ObjectNode in(ObjectNode request, String... path) {
    ObjectNode at = request;
    for (String key : path) {
      at = (ObjectNode) at.get(key);
    }
    return at;
  }

  private static Arguments breaking(String rule, String what, Consumer<ObjectNode> spoil) {
    return Arguments.of(rule, what, spoil);
  }

  static Stream<Arguments> spoiled() {
    String doctor = "doctorAuthorization";
    String patient = "patientAuthorization";
    return Stream.of(
        breaking("400 lookup.form", "a key too many", r -> r.put("note", "x")),
        breaking("400 lookup.form", "a key missing", r -> r.remove("purpose")),
        breaking("400 lookup.form", "a version to come", r -> r.put("v", 2)),
        breaking("400 lookup.form", "a rid that is none", r -> r.put("rid", "17")),
        breaking("400 lookup.form", "a short nonce", r -> r.put("nonce", "ab")),
        breaking("400 lookup.form", "a longer life", r -> r.put("exp", Gateway.time(Instant.now().plusSeconds(90)))),
        breaking("400 lookup.form", "an unknown purpose", r -> r.put("purpose", "research")),
        breaking("400 lookup.form", "an unknown section", r -> in(r, "scope").withArray("sections").add("genomes")),
        breaking("400 lookup.form", "a day that is none", r -> in(r, "scope").put("since", "2026-02-30")),
        breaking("400 lookup.form", "nobody", r -> in(r, "patient").putArray("identifiers")),
        breaking("400 lookup.form", "eleven identifiers", RefusedLookupTest::elevenIdentifiers),
        breaking("400 lookup.form", "an unknown kind", r -> in(r, patient).put("kind", "oral")),
        breaking("400 lookup.form", "evidence that is no hash", r -> in(r, patient).put("evidence", "scan.pdf")),
        breaking("400 lookup.form", "a reason outside emergencies",
            r -> in(r, doctor).putObject("emergency").put("reason", "x").putNull("second")),
        breaking("400 lookup.form", "an emergency with an authorisation", r -> r.put("purpose", "emergency")),
        breaking("403 lookup.feed", "a feed nobody knows", r -> r.put("feed", "H-0777/main")),
        breaking("403 lookup.signature", "another hospital's feed", r -> r.put("feed", "H-0105/main")),
        breaking("403 lookup.feed", "another hospital's doctor", r -> in(r, "requester").put("org", "H-0105")),
        breaking("400 lookup.time", "a request of a minute ago", r -> Clinic.at(r, Instant.now().minusSeconds(65))),
        breaking("400 lookup.time", "a request to come", r -> Clinic.at(r, Instant.now().plusSeconds(90))),
        breaking("400 lookup.doctor", "another doctor", r -> in(r, doctor).put("practitioner", "D9")),
        breaking("400 lookup.doctor", "another department", r -> in(r, doctor).put("department", "外科")),
        breaking("400 lookup.doctor", "another visit", r -> in(r, doctor).put("encounter", "V-18")),
        breaking("400 lookup.doctor", "yesterday's word",
            r -> in(r, doctor).put("at", Gateway.time(Instant.now().minusSeconds(12 * 3600 + 5)))),
        breaking("400 lookup.doctor", "tomorrow's word",
            r -> in(r, doctor).put("at", Gateway.time(Instant.now().plusSeconds(30)))),
        breaking("400 lookup.consent", "no authorisation", r -> in(r, patient).put("kind", "none")),
        breaking("400 lookup.consent", "no evidence", r -> in(r, patient).putNull("evidence")),
        breaking("400 lookup.consent", "no reference", r -> in(r, patient).putNull("reference")),
        breaking("400 lookup.consent", "no guardian", r -> in(r, patient).put("kind", "guardian")),
        breaking("400 lookup.consent", "a guardian without relation",
            r -> in(r, patient).put("kind", "guardian").putObject("guardian").put("name", "张母").put("relation", "")),
        breaking("400 lookup.consent-time", "an authorisation that is over",
            r -> in(r, patient).put("expiresAt", Gateway.time(Instant.now().minusSeconds(10)))),
        breaking("400 lookup.consent-time", "an authorisation to come",
            r -> in(r, patient).put("grantedAt", Gateway.time(Instant.now().plusSeconds(10)))),
        breaking("400 lookup.consent-time", "an authorisation of no time", r -> in(r, patient).putNull("grantedAt")),
        breaking("400 lookup.grantee", "an authorisation for another hospital",
            r -> in(r, patient).put("grantee", "H-0105")),
        breaking("400 lookup.scope", "more than authorised", r -> in(r, "scope").withArray("sections").add("reports")),
        breaking("400 lookup.scope", "nothing", r -> in(r, "scope").putArray("sections")),
        breaking("400 lookup.scope", "days the wrong way round", r -> in(r, "scope").put("until", "2025-12-31")));
  }

  private static void elevenIdentifiers(ObjectNode request) {
    for (int k = 0; k < 10; k++) {
      in(request, "patient").withArray("identifiers").addObject().put("system", "urn:x").put("value", "v" + k);
    }
  }

  @ParameterizedTest(name = "{0} for {1}")
  @MethodSource("spoiled")
  void with_the_rule_it_breaks(String rule, String what, Consumer<ObjectNode> spoil) throws Exception {
    ObjectNode request = here.request(RESIDENT);
    spoil.accept(request);
    HttpResponse<byte[]> response = here.post(request, 1);
    assertThat(Clinic.rule(response)).as(what).isEqualTo(rule);
    assertThat(new String(response.body(), StandardCharsets.UTF_8))
        .contains("textZh")
        .doesNotContain(RESIDENT)
        .doesNotContain("张");
    assertThat(trial.lookups().get("refused").has(rule.substring(4))).isTrue();
  }

  /** Those that need a history are tried by tests of their own below. */
  @Test
  void here_for_every_rule_that_a_request_can_break() {
    Set<String> known =
        Arrays.stream(Rule.values())
            .filter(Rule::refusesRequest)
            .map(rule -> rule.id)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> tried =
        spoiled().map(one -> one.get()[0].toString().substring(4)).collect(Collectors.toCollection(TreeSet::new));
    tried.addAll(Set.of("lookup.nonce", "lookup.emergency", "lookup.withdrawn", "lookup.too-many"));
    assertThat(tried).isEqualTo(known);
  }

  @Test
  void with_the_first_rule_it_breaks() throws Exception {
    ObjectNode request = Clinic.at(here.request(RESIDENT), Instant.now().minusSeconds(300));
    in(request, "requester").put("org", "H-0105");
    in(request, "patientAuthorization").putNull("evidence");
    assertThat(Clinic.rule(here.post(request, 1))).isEqualTo("403 lookup.feed");
  }

  @Test
  void if_it_is_no_signed_json() throws Exception {
    String type = Clinic.LOOKUP;
    assertThat(Clinic.rule(here.gateway.post("lookups", type, new byte[] {1, 2}, 1))).isEqualTo("400 lookup.form");
    byte[] twice = "{\"v\":1,\"v\":1}".getBytes(StandardCharsets.UTF_8);
    assertThat(Clinic.rule(here.gateway.post("lookups", type, here.gateway.cms(twice), 1))).isEqualTo("400 lookup.form");
    byte[] large = new byte[(64 << 10) + 1];
    assertThat(Clinic.rule(here.gateway.post("lookups", type, large, 1))).isEqualTo("400 lookup.form");
    byte[] good = here.gateway.cms(Clinic.bytes(here.request(RESIDENT)));
    assertThat(Clinic.rule(here.gateway.post("lookups", "application/json", good, 1)))
        .isEqualTo("400 lookup.content-type");
    good[good.length - 1] ^= 1;
    assertThat(Clinic.rule(here.gateway.post("lookups", type, good, 1))).isEqualTo("403 lookup.signature");
  }

  @Test
  void over_another_hospitals_connection() throws Exception {
    byte[] stolen = here.gateway.cms(Clinic.bytes(here.request(RESIDENT)));
    assertThat(Clinic.rule(there.gateway.post("lookups", Clinic.LOOKUP, stolen, 1))).isEqualTo("403 lookup.feed");
  }

  @Test
  void if_it_comes_again_even_after_a_restart_of_the_city() throws Exception {
    ObjectNode request = here.request("nobody");
    byte[] cms = here.gateway.cms(Clinic.bytes(request));
    assertThat(here.gateway.post("lookups", Clinic.LOOKUP, cms, 1).statusCode()).isEqualTo(200);
    assertThat(Clinic.rule(here.gateway.post("lookups", Clinic.LOOKUP, cms, 1))).isEqualTo("400 lookup.nonce");
    assertThat(Clinic.rule(here.post(request.put("nonce", Clinic.nonce()), 1)))
        .as("a rid that is under way")
        .isEqualTo("400 lookup.nonce");
    trial.restart();
    assertThat(Clinic.rule(here.gateway.post("lookups", Clinic.LOOKUP, cms, 1))).isEqualTo("400 lookup.nonce");
  }

  @Test
  void with_its_nonce_used_up_once_it_has_been_looked_at() throws Exception {
    ObjectNode request = here.request("nobody");
    in(request, "patientAuthorization").putNull("evidence");
    assertThat(Clinic.rule(here.post(request, 1))).isEqualTo("400 lookup.consent");
    in(request, "patientAuthorization").put("evidence", "ab".repeat(32));
    assertThat(Clinic.rule(here.post(request, 1))).isEqualTo("400 lookup.nonce");
  }

  @Test
  void in_an_emergency_unless_the_hospital_is_allowed_it_and_two_stand_for_it() throws Exception {
    Clinic clinic = new Clinic(trial.another("H-0107/main", "intl"));
    assertThat(Clinic.rule(clinic.post(clinic.emergency(RESIDENT), 1))).isEqualTo("400 lookup.emergency");
    trial.register("H-0107/main", "emergency", BooleanNode.TRUE);
    assertThat(clinic.told(clinic.post(clinic.emergency(RESIDENT), 1)).status(0)).isEqualTo("answered 1 by city");

    ObjectNode alone = clinic.emergency(RESIDENT);
    in(alone, "doctorAuthorization", "emergency", "second").put("id", "D3002");
    assertThat(Clinic.rule(clinic.post(alone, 1))).isEqualTo("400 lookup.emergency");
    ObjectNode silent = clinic.emergency(RESIDENT);
    in(silent, "doctorAuthorization", "emergency").put("reason", " ");
    assertThat(Clinic.rule(clinic.post(silent, 1))).isEqualTo("400 lookup.emergency");
    ObjectNode noReason = clinic.emergency(RESIDENT);
    in(noReason, "doctorAuthorization").putNull("emergency");
    assertThat(Clinic.rule(clinic.post(noReason, 1))).isEqualTo("400 lookup.emergency");
    ObjectNode more = clinic.emergency(RESIDENT);
    in(more, "patientAuthorization").putArray("scope").add("visits");
    assertThat(Clinic.rule(clinic.post(more, 1))).isEqualTo("400 lookup.scope");
  }

  @Test
  void once_the_authorisation_is_withdrawn_also_after_a_restart() throws Exception {
    ObjectNode request = here.request("nobody");
    String evidence = in(request, "patientAuthorization").get("evidence").asText();
    assertThat(there.withdraws(evidence).statusCode()).as("not its to withdraw").isEqualTo(200);
    assertThat(here.post(request, 1).statusCode()).isEqualTo(200);
    String rid = request.get("rid").asText();

    assertThat(here.withdraws(evidence).statusCode()).isEqualTo(200);
    assertThat(here.withdraws(evidence).statusCode()).as("again is no harm").isEqualTo(200);
    assertThat(Clinic.rule(here.gateway.getAny("lookups/" + rid))).isEqualTo("400 lookup.withdrawn");
    ObjectNode again = here.request("nobody");
    in(again, "patientAuthorization").put("evidence", evidence);
    assertThat(Clinic.rule(here.post(again, 1))).isEqualTo("400 lookup.withdrawn");
    trial.restart();
    again.put("nonce", Clinic.nonce());
    assertThat(Clinic.rule(here.post(again, 1))).isEqualTo("400 lookup.withdrawn");
  }

  @Test
  void while_it_is_under_way_if_the_authorisation_is_withdrawn() throws Exception {
    ObjectNode request = here.request(RESIDENT);
    String evidence = in(request, "patientAuthorization").get("evidence").asText();
    CompletableFuture<Told> told = here.asks(request, 20);
    Asked inquiry = there.isAsked(10);
    assertThat(here.withdraws(evidence).statusCode()).isEqualTo(200);
    assertThat(told.handle((answer, failure) -> String.valueOf(failure)).get()).contains("lookup.withdrawn");
    assertThat(Clinic.rule(there.answers(inquiry, "answered", Clinic.record(1)))).isEqualTo("400 lookup.withdrawn");
  }

  @Test
  void if_a_withdrawal_is_signed_by_somebody_else_and_the_authorisation_stands() throws Exception {
    ObjectNode withdrawal = Gateway.JSON.createObjectNode();
    withdrawal.put("v", 1).put("feed", here.gateway.feed).put("reference", "x").put("evidence", "ab".repeat(32));
    withdrawal.put("t", Gateway.time(Instant.now()));
    byte[] foreign = there.gateway.cms(Clinic.bytes(withdrawal));
    String address = "lookups/withdrawals";
    assertThat(Clinic.rule(here.gateway.post(address, Clinic.SIGNED, foreign, 0))).isEqualTo("403 lookup.signature");
    withdrawal.remove("reference");
    byte[] incomplete = here.gateway.cms(Clinic.bytes(withdrawal));
    assertThat(Clinic.rule(here.gateway.post(address, Clinic.SIGNED, incomplete, 0))).isEqualTo("400 lookup.form");
  }

  @Test
  void if_the_feed_has_as_many_under_way_as_it_may() throws Exception {
    Clinic busy = new Clinic(trial.another("H-0108/main", "intl"));
    trial.register("H-0108/main", "lookupsAtOnce", IntNode.valueOf(2));
    List<CompletableFuture<Told>> waiting =
        List.of(busy.asks(busy.request(RESIDENT), 5), busy.asks(busy.request(RESIDENT), 5));
    while (trial.lookups().get("open").asLong() < 2) {
      Thread.sleep(50);
    }
    HttpResponse<byte[]> refused = busy.post(busy.request(RESIDENT), 1);
    assertThat(Clinic.rule(refused)).isEqualTo("429 lookup.too-many");
    assertThat(refused.headers().firstValue("retry-after")).contains("1");
    for (CompletableFuture<Told> told : waiting) {
      told.get();
    }
    assertThat(busy.post(busy.request(RESIDENT), 1).statusCode()).isEqualTo(200);
  }

  @Test
  void if_a_doctor_has_looked_up_sixty_in_a_minute() throws Exception {
    Clinic eager = new Clinic(trial.another("H-0109/main", "intl"));
    for (int k = 0; k < 60; k++) {
      assertThat(eager.post(eager.request("nobody " + k), 1).statusCode()).isEqualTo(200);
    }
    HttpResponse<byte[]> refused = eager.post(eager.request("nobody"), 1);
    assertThat(Clinic.rule(refused)).isEqualTo("429 lookup.too-many");
    assertThat(refused.headers().firstValue("retry-after")).contains("60");
    ObjectNode colleague = eager.request("nobody");
    in(colleague, "requester", "practitioner").put("id", "D3003");
    in(colleague, "doctorAuthorization").put("practitioner", "D3003");
    assertThat(eager.post(colleague, 1).statusCode()).isEqualTo(200);
  }

  @Test
  void from_a_stranger_at_the_door() throws Exception {
    Pki.Issued other = trial.pki.tlsClient("H-0999/main");
    char[] password = Pki.readPassword(dir.resolve("agent/password"));
    Keys.write(dir.resolve("other.p12"), password, "tls", other.pair().getPrivate(), true, other.der());
    var client = Gateway.client(dir.resolve("other.p12"), password, dir.resolve("agent/city-ca.pem"), "TLSv1.3");
    URI address = URI.create("https://127.0.0.1:" + trial.server.port() + "/v1/lookups/x");
    HttpResponse<byte[]> response =
        client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(Clinic.rule(response)).isEqualTo("403 tls.not-pinned");
  }
}
