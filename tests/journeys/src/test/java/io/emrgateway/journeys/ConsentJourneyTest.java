package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** How: a city and two packaged gateways; consents are posted, asked on and withdrawn as a HIS and an operator do. */
@DisplayName("A patient's consent")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsentJourneyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String RESIDENT = "11010519491231002X";
  private static final Duration BITES_WITHIN = Duration.ofSeconds(5);

  private City city;
  private Agent asking;
  private Agent holder;
  private int door;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    city = City.withKeys(folder.resolve("keys"), "H-0104/main", "intl");
    Path holders = city.anotherGateway("H-0105/main", "intl");
    city.vouchForAll(Map.of("H-0104", "甲医院", "H-0105", "乙医院"), List.of(city.gatewayKeys(), holders));
    city.start();
    door = House.freePort();
    Path secret = folder.resolve("his.secret");
    Files.writeString(secret, SECRET + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    asking = Agent.of(Files.createDirectories(folder.resolve("H-0104")), city, "H-0104", city.gatewayKeys(), "intl", "",
        "lookup:\n  deadline: 20s\nhis:\n  port: " + door + "\n  clients:\n    - name: web\n      secret-file: " + secret + "\n").start();
    holder = Agent.of(Files.createDirectories(folder.resolve("H-0105")), city, "H-0105", holders, "intl", "", "").start();
    send(asking, "ADT^A01", "PV1|1|I|N03^301^02||||||||||||||||ZY1^^^HIS^VN|||||||||||||||||||||||||" + hoursAgo(5));
    send(holder, "ADT^A01", "PV1|1|I|N05^501^01||||||||||||||||ZY77^^^HIS^VN|||||||||||||||||||||||||" + hoursAgo(200),
        "AL1|1|DA|PCN^青霉素^L|SV|皮疹");
    asking.awaitSettled(Duration.ofSeconds(40));
    holder.awaitSettled(Duration.ofSeconds(40));
  }

  @AfterAll
  void stop() {
    for (Agent one : new Agent[] {asking, holder}) {
      if (one != null) {
        one.stop();
      }
    }
    city.stop();
  }

  private static String hoursAgo(int hours) {
    return LocalDateTime.now(ZoneOffset.ofHours(8)).minusHours(hours).format(DateTimeFormatter.ofPattern("yyyyMMddHHmmss"));
  }

  private static void send(Agent agent, String type, String... segments) {
    String[] all = new String[segments.length + 1];
    all[0] = "PID|1||000123^^^HIS^MR~" + RESIDENT + "^^^GA^NNCHN||张^伟||19491231|F";
    System.arraycopy(segments, 0, all, 1, segments.length);
    try (His his = His.of(agent)) {
      assertThat(his.send(His.message(type, "C" + System.nanoTime(), StandardCharsets.UTF_8, all)).code()).isEqualTo("AA");
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door + path)).header("Authorization", "Bearer " + SECRET);
  }

  private HttpResponse<String> post(String path, String type, String body) throws Exception {
    return HTTP.send(to(path).header("Content-Type", type).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  private void agrees(String reference, byte[] scan) throws Exception {
    String consent = """
        {"resourceType":"Consent","status":"active","identifier":[{"value":"%s"}],
         "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
         "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
         "patient":{"identifier":{"system":"HIS","value":"000123"}},"policy":[{"uri":"http://example.org"}],
         "sourceAttachment":{"contentType":"application/pdf","data":"%s"},
         "provision":{"period":{"end":"%s"},"actor":[{"role":{"text":"recipient"},"reference":{"identifier":{"value":"H-0104"}}}],
          "class":[{"system":"urn:emr-gateway:codes:section","code":"allergies"}]}}""".formatted(reference,
        Base64.getEncoder().encodeToString(scan), LocalDate.now().plusDays(90));
    HttpResponse<String> taken = post("/fhir/Consent", "application/fhir+json", consent);
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
  }

  private static byte[] scan(String what) {
    return ("%PDF-1.7 " + what).getBytes(StandardCharsets.US_ASCII);
  }

  private HttpRequest question() {
    return to("/fhir/AllergyIntolerance/_search").header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString("identifier=HIS%7C000123&practitioner=D1001&practitioner-name=%E6%9D%8E&department=X&encounter=ZY1")).build();
  }

  private HttpResponse<String> ask() throws Exception {
    return HTTP.send(question(), BodyHandlers.ofString());
  }

  private JsonNode consent(String reference) {
    List<JsonNode> shown = asking.ask("consent show " + reference);
    assertThat(shown.get(shown.size() - 1).path("ok").asBoolean()).isTrue();
    return shown.get(0);
  }

  private Duration untilTheCityHeard(String reference) {
    Waiting.until("the city has heard of " + reference, Duration.ofSeconds(60), () -> consent(reference).has("cityHeard"));
    JsonNode consent = consent(reference);
    return Duration.between(OffsetDateTime.parse(consent.path("withdrawn").asText()), OffsetDateTime.parse(consent.path("cityHeard").asText()));
  }

  @Test
  void opens_the_other_hospitals_records_until_it_is_withdrawn() throws Exception {
    assertThat(ask().body()).contains("lookup.no-consent");
    agrees("XY-1", scan("1"));
    HttpResponse<String> answer = ask();
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("青霉素");

    assertThat(post("/fhir/Consent/XY-1/$withdraw", "application/fhir+json", "").body()).contains("inactive");

    assertThat(ask().body()).as("here, at once").contains("lookup.no-consent").doesNotContain("青霉素");
    assertThat(untilTheCityHeard("XY-1")).isLessThan(BITES_WITHIN);
  }

  @Test
  void that_is_withdrawn_ends_a_question_that_is_under_way_at_the_holder() throws Exception {
    agrees("XY-2", scan("2"));
    holder.pause();
    try {
      long asked = System.nanoTime();
      CompletableFuture<HttpResponse<String>> waiting = HTTP.sendAsync(question(), BodyHandlers.ofString());
      Thread.sleep(2_000);
      assertThat(waiting).as("the holder is silent").isNotDone();
      long withdrawn = System.nanoTime();
      assertThat(asking.command("consent", "withdraw", "XY-2", "--by", "N2001")).contains("\"withdrawn\":").contains("\"ok\":true");

      HttpResponse<String> answer = waiting.join();

      Duration bit = Duration.ofNanos(System.nanoTime() - withdrawn);
      System.out.printf("withdrawn %d ms after the question, whose answer was a refusal %d ms later, the command's start included%n",
          (withdrawn - asked) / 1_000_000, bit.toMillis());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
      assertThat(answer.body()).contains("lookup.withdrawn");
      assertThat(bit).isLessThan(BITES_WITHIN);
    } finally {
      holder.goOn();
    }
  }

  @Test
  void that_is_withdrawn_while_the_city_is_away_counts_here_and_is_told_to_it_after_a_restart() throws Exception {
    agrees("XY-3", scan("3"));
    city.kill();
    assertThat(asking.command("consent", "withdraw", "XY-3")).contains("\"ok\":true");
    assertThat(ask().body()).contains("lookup.no-consent");
    asking.kill();
    asking.start();
    assertThat(consent("XY-3").has("cityHeard")).isFalse();

    city.start();

    untilTheCityHeard("XY-3");
    assertThat(asking.command("consent", "withdraw", "XY-3")).as("again").contains("\"ok\":true");
  }

  @Test
  void may_have_a_large_scan_while_the_hospitals_messages_go_on() throws Exception {
    byte[] large = new byte[20 << 20];
    new Random(20_261_128).nextBytes(large);
    System.arraycopy(scan("4"), 0, large, 0, 10);
    CompletableFuture<Void> messages = CompletableFuture.runAsync(() -> {
      for (int k = 0; k < 100; k++) {
        send(asking, "ADT^A08", "PV1|1|I|N03^301^02||||||||||||||||ZY1^^^HIS^VN|||||||||||||||||||||||||" + hoursAgo(5));
      }
    });
    for (int k = 0; k < 3; k++) {
      long began = System.nanoTime();
      large[11] = (byte) k;
      agrees("XY-4" + k, large);
      System.out.printf("a scan of 20 MiB is kept after %d ms%n", (System.nanoTime() - began) / 1_000_000);
      byte[] kept = HTTP.send(to("/fhir/Consent/XY-4" + k + "/evidence").build(), BodyHandlers.ofByteArray()).body();
      assertThat(kept).isEqualTo(large);
    }
    messages.join();
    for (int k = 0; k < 3; k++) {
      post("/fhir/Consent/XY-4" + k + "/$withdraw", "application/fhir+json", "");
    }
    assertThat(asking.isAlive()).isTrue();
  }

  @Test
  void is_seen_by_an_operator_by_its_number_alone() throws IOException, Exception {
    agrees("XY-5", scan("5"));
    String listed = asking.command("consent", "list");
    String shown = asking.command("consent", "show", "XY-5");
    assertThat(listed).contains("\"reference\":\"XY-5\",\"kind\":\"paper\"");
    assertThat(shown).contains("\"sections\":\"allergies\"", "\"evidence\":\"");
    assertThat(asking.command("consent", "show", "XY-99")).contains("consent.unknown", "处理 / remedy");
    assertThat(asking.command("consent", "withdraw", "XY-99")).contains("consent.unknown");
    assertThat(asking.command("consent", "withdraw", "XY-5", "--by", "a \"b\"")).contains("control.usage");
    assertThat(listed + shown + asking.log()).doesNotContain("000123", RESIDENT, "张");
    assertThat(JSON.readTree(shown.split("\n")[0]).path("withdrawn").isMissingNode()).isTrue();
    post("/fhir/Consent/XY-5/$withdraw", "application/fhir+json", "");
  }

  private String typed(Agent agent, String number, String... words) throws IOException {
    Path input = Files.writeString(agent.home().resolveSibling("typed"), number + "\n");
    List<String> line = new ArrayList<>(List.of("sh", "-c", "exec \"$0\" \"$@\" < '" + input + "'", House.gateway().toString()));
    line.addAll(List.of(words));
    line.addAll(List.of("-c", agent.settings().toString()));
    return Trial.process(Trial.PATIENCE, line).output();
  }

  /** How: the holder's operator takes the objection down by the number of their HIS; then the holder is silent. */
  @Test
  void opens_nothing_of_a_hospital_where_the_patient_objects_whether_it_answers_or_is_silent() throws Exception {
    agrees("XY-6", scan("6"));
    assertThat(ask().body()).contains("青霉素");
    assertThat(typed(holder, "000999", "objection", "record", "JJ-1")).as("nobody").contains("consent.patient-unknown", "处理 / remedy");
    assertThat(typed(holder, "110105194912310021", "objection", "record", "JJ-1")).contains("control.resident-id-check").doesNotContain("110105");

    String taken = typed(holder, "HIS|000123", "objection", "record", "JJ-1", "--by", "N2001");

    assertThat(taken).contains("\"sections\":\"all\"", "\"ok\":true").doesNotContain("000123");
    assertThat(ask().body()).as("as if it had nothing").contains("无资料").doesNotContain("青霉素");
    Waiting.until("the city has heard", Duration.ofSeconds(30), () -> holder.ask("objection show JJ-1").get(0).has("cityHeard"));
    JsonNode shown = holder.ask("objection show JJ-1").get(0);
    Duration heard = Duration.between(OffsetDateTime.parse(shown.path("since").asText()), OffsetDateTime.parse(shown.path("cityHeard").asText()));
    System.out.printf("the city had heard of the objection after %d ms%n", heard.toMillis());
    assertThat(heard).isLessThan(BITES_WITHIN);
    holder.pause();
    try {
      assertThat(ask().body()).as("nor from the city's copy").contains("未答复").doesNotContain("青霉素", "市平台代答");
    } finally {
      holder.goOn();
    }
    assertThat(holder.command("audit", "list", "--act", "objection")).contains("by: N2001").doesNotContain("000123", RESIDENT, "JJ-1");
    assertThat(holder.command("objection", "lift", "JJ-1", "--by", "N2002")).contains("\"lifted\":");
    Waiting.until("shown again", Duration.ofSeconds(30), () -> body().contains("青霉素"));
    post("/fhir/Consent/XY-6/$withdraw", "application/fhir+json", "");
  }

  private String body() {
    try {
      return ask().body();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void is_in_the_patients_list_with_whoever_looked_at_its_evidence() throws Exception {
    agrees("XY-7", scan("7"));
    HTTP.send(to("/fhir/Consent/XY-7/evidence").build(), BodyHandlers.ofByteArray());
    Path list = asking.home().resolveSibling("list.csv");
    assertThat(typed(asking, "HIS|000123", "audit", "patient", "--out", list.toString())).as("by the number of the HIS").doesNotContain("000123");
    assertThat(Files.readString(list)).contains("looked at the consent's evidence", "took the patient's consent", "web");
    post("/fhir/Consent/XY-7/$withdraw", "application/fhir+json", "");
  }
}
