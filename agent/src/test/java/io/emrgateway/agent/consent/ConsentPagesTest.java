package io.emrgateway.agent.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.lookup.Withdrawal;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Scan;
import io.emrgateway.routes.core.records.Identifier;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How: the HIS's door over sockets, a real store behind it. */
@DisplayName("A consent on paper")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsentPagesTest {
  private static final String FHIR = "application/fhir+json";
  private static final byte[] PDF = "%PDF-1.7 of a signed agreement".getBytes(StandardCharsets.US_ASCII);

  private Counter counter;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    counter = new Counter(folder, Suite.INTL, Kind.PAPER, Kind.GUARDIAN);
  }

  @AfterAll
  void stop() throws Exception {
    counter.close();
  }

  private static String consent(String reference, byte[] scan) {
    return """
        {"resourceType":"Consent","status":"active","identifier":[{"value":"%s"}],
         "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
         "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
         "patient":{"identifier":{"value":"P1"}},"policy":[{"uri":"http://example.org"}],
         "sourceAttachment":{"contentType":"application/pdf","data":"%s"},
         "provision":{"period":{"end":"%s"},"actor":[{"role":{"text":"recipient"},"reference":{"identifier":{"value":"H-0104"}}}],
          "class":[{"system":"urn:emr-gateway:codes:section","code":"results"}]}}""".formatted(reference,
        Base64.getEncoder().encodeToString(scan), LocalDate.now().plusDays(90));
  }

  private HttpResponse<String> offer(String consent) throws Exception {
    return counter.post("/fhir/Consent", FHIR, consent);
  }

  private static void refused(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonObject issue = new JsonObject(answer.body()).getJsonArray("issue").getJsonObject(0);
    assertThat(issue.getJsonObject("details").getJsonArray("coding").getJsonObject(0).getString("code")).isEqualTo(code);
    assertThat(issue.getJsonObject("details").getString("text")).matches(".*\\p{IsHan}.* / .*[a-z].*");
    assertThat(issue.getString("diagnostics")).matches(".*\\p{IsHan}.* / .*[a-z].*");
    assertThat(answer.body()).doesNotContain("P1", "110105", "张伟", "Exception");
  }

  @Test
  void is_taken_found_by_any_of_the_patients_numbers_shown_with_its_scan_and_withdrawn() throws Exception {
    HttpResponse<String> taken = offer(consent("XY-1", PDF));
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
    assertThat(taken.headers().firstValue("Location")).contains("/fhir/Consent/XY-1");
    JsonObject shown = new JsonObject(counter.get("/fhir/Consent/XY-1").body());
    assertThat(shown).isEqualTo(new JsonObject(taken.body()));
    assertThat(shown.getString("status")).isEqualTo("active");
    assertThat(shown.toString()).contains("11010519491231002X", "\"paper\"", "his-web", "\"results\"");

    for (String number : new String[] {"P1", "HIS%7CP1", "urn:oid:2.16.156.10011.1.3%7C11010519491231002X"}) {
      assertThat(counter.get("/fhir/Consent?patient.identifier=" + number).body()).as(number).contains("XY-1").contains("searchset");
    }
    assertThat(counter.post("/fhir/Consent/_search", "application/x-www-form-urlencoded", "patient.identifier=P1").body()).contains("XY-1");
    assertThat(new JsonObject(counter.get("/fhir/Consent?patient.identifier=P2").body()).getInteger("total")).isZero();

    long before = counter.store.auditHead().n();
    HttpResponse<byte[]> scan = counter.bytes("/fhir/Consent/XY-1/evidence");
    assertThat(scan.body()).isEqualTo(PDF);
    assertThat(scan.headers().firstValue("Content-Type")).contains("application/pdf");
    assertThat(scan.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(counter.store.auditHead().n()).isEqualTo(before + 1);

    HttpResponse<String> withdrawn = counter.post("/fhir/Consent/XY-1/$withdraw", FHIR, "");
    assertThat(withdrawn.statusCode()).as(withdrawn.body()).isEqualTo(200);
    assertThat(new JsonObject(withdrawn.body()).getString("status")).isEqualTo("inactive");
    assertThat(counter.post("/fhir/Consent/XY-1/$withdraw?practitioner=N7", FHIR, "").statusCode()).as("again").isEqualTo(200);
    refused(counter.post("/fhir/Consent/XY-1/$withdraw?practitioner=%22", FHIR, ""), 400, "consent.form");
    for (int k = 0; k < 100 && counter.told.isEmpty(); k++) {
      Thread.sleep(50);
    }
    assertThat(counter.told).extracting(Withdrawal::reference).containsExactly("XY-1");
    refused(offer(consent("XY-1b", PDF)), 422, "consent.evidence-withdrawn");
  }

  private static String objection(String reference, String provision) {
    return """
        {"resourceType":"Consent","status":"active","identifier":[{"value":"%s"}],
         "extension":[{"url":"urn:emr-gateway:extension:recorded-by","valueString":"N2001"}],
         "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
         "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
         "patient":{"identifier":{"system":"HIS","value":"P1"}},"policy":[{"uri":"http://example.org"}],
         "provision":{"type":"deny"%s}}""".formatted(reference, provision);
  }

  @Test
  void may_be_the_opposite_an_objection_that_is_taken_found_shown_and_lifted_in_the_same_place() throws Exception {
    HttpResponse<String> taken = offer(objection("JJ-1", ",\"class\":[{\"system\":\"urn:emr-gateway:codes:section\",\"code\":\"reports\"}]"));
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
    assertThat(taken.headers().firstValue("Location")).contains("/fhir/Consent/JJ-1");
    JsonObject shown = new JsonObject(counter.get("/fhir/Consent/JJ-1").body());
    assertThat(shown).isEqualTo(new JsonObject(taken.body()));
    assertThat(shown.getJsonObject("provision").getString("type")).isEqualTo("deny");
    assertThat(shown.toString()).contains("reports", "N2001").doesNotContain("results");
    assertThat(offer(objection("JJ-2", "")).statusCode()).as("to everything").isEqualTo(201);
    assertThat(counter.get("/fhir/Consent?patient.identifier=P1").body()).contains("JJ-1", "JJ-2");
    List<Identifier> patient = List.of(new Identifier(Counter.RESIDENT, "11010519491231002X"));
    assertThat(counter.store.objections().against(patient)).hasSize(2);

    refused(offer(objection("JJ-1", "")), 409, "consent.reference-taken");
    refused(offer(consent("JJ-1", "%PDF-8".getBytes(StandardCharsets.US_ASCII))), 409, "consent.reference-taken");
    refused(offer(objection("JJ-3", ",\"period\":{\"end\":\"2099-01-01\"}")), 400, "consent.form");
    refused(offer(objection("JJ-3", "").replace("\"P1\"", "\"P9\"")), 404, "consent.patient-unknown");
    refused(counter.get("/fhir/Consent/JJ-1/evidence"), 404, "consent.unknown");

    for (String one : List.of("JJ-1", "JJ-2", "JJ-2")) {
      HttpResponse<String> lifted = counter.post("/fhir/Consent/" + one + "/$withdraw?practitioner=N7", FHIR, "");
      assertThat(new JsonObject(lifted.body()).getString("status")).as(lifted.body()).isEqualTo("inactive");
    }
    assertThat(counter.store.objections().against(patient)).isEmpty();
    for (int k = 0; k < 100 && !counter.store.objections().untold(1).isEmpty(); k++) {
      Thread.sleep(50);
    }
    assertThat(counter.objected).extracting(one -> one.patient().size()).contains(1, 0);
  }

  @Test
  void of_another_patient_is_not_proved_by_the_same_scan() throws Exception {
    byte[] scan = "%PDF-9".getBytes(StandardCharsets.US_ASCII);
    assertThat(offer(consent("XY-9a", scan)).statusCode()).isEqualTo(201);
    String others = consent("XY-9b", scan).replace("\"patient\":{\"identifier\":{\"value\":\"P1\"}}", "\"contained\":[{\"resourceType\":\"RelatedPerson\","
        + "\"id\":\"g\",\"patient\":{\"reference\":\"#p\"},\"name\":[{\"text\":\"王母\"}],\"relationship\":[{\"text\":\"母亲\"}]}],"
        + "\"patient\":{\"identifier\":{\"value\":\"P2\"}},\"performer\":[{\"reference\":\"#g\"}]");
    refused(offer(others), 422, "consent.evidence-used");
    assertThat(offer(consent("XY-9c", scan)).statusCode()).as("the same patient's, put right").isEqualTo(201);
  }

  @Test
  void may_have_a_number_that_needs_writing_out_in_an_address() throws Exception {
    HttpResponse<String> taken = offer(consent("协议 7/2026", "%PDF-7".getBytes(StandardCharsets.US_ASCII)));
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
    String location = taken.headers().firstValue("Location").orElseThrow();
    assertThat(counter.get(location).body()).contains("协议 7/2026");
    assertThat(counter.bytes(new JsonObject(taken.body()).getJsonObject("sourceAttachment").getString("url")).statusCode()).isEqualTo(200);
  }

  @Test
  void may_have_a_scan_of_twenty_mebibytes_and_not_one_octet_more() throws Exception {
    byte[] scan = new byte[Scan.BYTES_MAX];
    new Random(20_261_128).nextBytes(scan);
    System.arraycopy(PDF, 0, scan, 0, 5);
    assertThat(offer(consent("XY-20", scan)).statusCode()).isEqualTo(201);
    assertThat(counter.bytes("/fhir/Consent/XY-20/evidence").body()).isEqualTo(scan);
    refused(offer(consent("XY-21", Arrays.copyOf(scan, scan.length + 1))), 413, "consent.evidence-too-large");
    refused(offer(consent("XY-22", Arrays.copyOf(scan, scan.length + (2 << 20)))), 413, "consent.evidence-too-large");
  }

  @Test
  void waits_while_another_scan_is_on_its_way() throws Exception {
    try (Socket slow = new Socket("127.0.0.1", counter.port)) {
      slow.setSoTimeout(20_000);
      slow.getOutputStream().write(("POST /fhir/Consent HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + Counter.SECRET
          + "\r\nExpect: 100-continue\r\nContent-Type: application/fhir+json\r\nContent-Length: 1000000\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(slow.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100");
      HttpResponse<String> busy = offer("{}");
      refused(busy, 503, "consent.busy");
      assertThat(busy.headers().firstValue("Retry-After")).isPresent();
    }
    int status = 503;
    for (int k = 0; k < 100 && status == 503; k++) {
      status = offer("{}").statusCode();
      Thread.sleep(20);
    }
    assertThat(status).as("who went away is not waited for").isEqualTo(400);
  }

  @ParameterizedTest(name = "{3}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "\"status\":\"active\"            | \"status\":\"draft\"                    | 400 | consent.form",
      "\"value\":\"P1\"                 | \"value\":\"P9\"                        | 404 | consent.patient-unknown",
      "\"value\":\"P1\"                 | \"value\":\"P2\"                        | 422 | consent.minor",
      "\"value\":\"P1\"                 | \"value\":\"P3\"                        | 409 | consent.patient-id-contradictory",
      "XY-9                             | 11010519491231002X                      | 422 | consent.reference-personal",
      "XY-9                             | XY-11010519491231002x/2                 | 422 | consent.reference-personal",
      "\"identifier\":[{\"value\":\"XY-9\"}], | ``                              | 422 | consent.reference-missing",
      "H-0104                           | H-0105                                  | 422 | consent.grantee",
      "\"class\":[{\"system\":\"urn:emr-gateway:codes:section\",\"code\":\"results\"}] | \"class\":[] | 422 | consent.scope-empty",
      "\"period\":{\"end\":\"           | \"period\":{\"start\":\"2019-01-01\",\"end\":\"2020-01-01\",\"x\":\" | 422 | consent.expired",
      "\"period\":{\"end\":\"           | \"period\":{\"end\":\"2099-01-01\",\"x\":\" | 422 | consent.too-long",
      "application/pdf                  | image/png                               | 422 | consent.evidence-type",
      "\"contentType\"                  | \"hash\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"contentType\" | 422 | consent.evidence-digest",
      "\"data\"                         | \"title\"                               | 422 | consent.evidence-missing",
      "59284-0\"}]}                     | 59284-0\"},{\"system\":\"urn:emr-gateway:codes:consent-kind\",\"code\":\"handwriting\"}]} | 422 | consent.kind",
      "59284-0\"}]}                     | 59284-0\"},{\"system\":\"urn:emr-gateway:codes:consent-kind\",\"code\":\"guardian\"}]} | 422 | consent.guardian-needless",
      "59284-0\"}]}                     | 59284-0\"},{\"system\":\"urn:emr-gateway:codes:consent-kind\",\"code\":\"none\"}]} | 400 | consent.form"})
  void is_refused_with_a_code_and_a_remedy_and_nothing_of_it_is_kept(String from, String to, int status, String code) throws Exception {
    String offered = consent("XY-9", PDF);
    assertThat(offered).contains(from);
    refused(offer(offered.replace(from, to)), status, code);
    refused(counter.get("/fhir/Consent/XY-9"), 404, "consent.unknown");
    refused(counter.get("/fhir/Consent/XY-9/evidence"), 404, "consent.unknown");
    refused(counter.post("/fhir/Consent/XY-9/$withdraw", FHIR, ""), 404, "consent.unknown");
  }

  @Test
  void twice_under_one_number_is_refused_and_the_first_stays() throws Exception {
    assertThat(offer(consent("XY-3", "%PDF-3".getBytes(StandardCharsets.US_ASCII))).statusCode()).isEqualTo(201);
    refused(offer(consent("XY-3", "%PDF-4".getBytes(StandardCharsets.US_ASCII))), 409, "consent.reference-taken");
    assertThat(counter.bytes("/fhir/Consent/XY-3/evidence").body()).isEqualTo("%PDF-3".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void is_nothing_to_whoever_has_no_secret_or_names_no_patient() throws Exception {
    for (String path : new String[] {"/fhir/Consent?patient.identifier=P1", "/fhir/Consent/XY-3", "/fhir/Consent/XY-3/evidence"}) {
      assertThat(HttpClient.newHttpClient().send(counter.to(path).build(), BodyHandlers.ofString()).statusCode()).as(path).isEqualTo(401);
    }
    refused(counter.get("/fhir/Consent"), 400, "consent.form");
    refused(counter.get("/fhir/Consent?patient.identifier=HIS%7C"), 400, "consent.form");
  }
}
