package io.emrgateway.mappings.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.mappings.About.Identifier;
import io.emrgateway.mappings.records.ConsentResource.Guardian;
import io.emrgateway.mappings.records.ConsentResource.Kept;
import io.emrgateway.mappings.records.ConsentResource.Malformed;
import io.emrgateway.mappings.records.ConsentResource.Objected;
import io.emrgateway.mappings.records.ConsentResource.Offered;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A consent in FHIR")
class ConsentResourceTest {
  private static final Identifier RESIDENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");
  private static final Instant FROM = Instant.parse("2026-11-28T02:00:00.120Z");
  private static final Instant TO = Instant.parse("2027-02-26T02:00:00Z");
  private static final String PAPER = """
      {"resourceType":"Consent","status":"active","identifier":[{"value":"XY-1"}],
       "extension":[{"url":"urn:emr-gateway:extension:recorded-by","valueString":"N2001"}],
       "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
       "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
       "patient":{"identifier":{"value":"P1"}},"dateTime":"2026-11-28",
       "policy":[{"uri":"http://example.org/agreement"}],
       "sourceAttachment":{"contentType":"application/pdf","data":"JVBERi0=","hash":"2jmj7l5rSw0yVb/vlWAYkK/YBwk="},
       "provision":{"type":"permit","period":{"start":"2026-11-28T10:00:00+08:00","end":"2027-02-25"},
        "actor":[{"role":{"text":"recipient"},"reference":{"identifier":{"value":"H-0104"}}}],
        "class":[{"system":"urn:emr-gateway:codes:section","code":"results"},{"system":"urn:emr-gateway:codes:section","code":"allergies"}]}}""";
  private static final String GUARDED = PAPER
      .replace("\"patient\":{\"identifier\":{\"value\":\"P1\"}}",
          "\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"p\",\"identifier\":[{\"value\":\"P1\"},{\"system\":\"urn:x\",\"value\":\"9\"}]},"
              + "{\"resourceType\":\"RelatedPerson\",\"id\":\"g\",\"patient\":{\"reference\":\"#p\"},\"name\":[{\"family\":\"王\"}],"
              + "\"relationship\":[{\"coding\":[{\"code\":\"MTH\",\"display\":\"母亲\"}]}]}],"
              + "\"patient\":{\"reference\":\"#p\"},\"performer\":[{\"reference\":\"#g\"}]");

  private static Kept kept(Guardian guardian, Instant withdrawn) {
    return new Kept(guardian == null ? "XY-2" : "XY-1", guardian == null ? "paper" : "guardian", List.of(RESIDENT, new Identifier("urn:passport", "X9")),
        Set.of(Section.RESULTS, Section.ALLERGIES), FROM, TO, "H-0104", guardian, guardian != null, "N2001", "ab".repeat(32),
        "/fhir/Consent/XY-1/evidence", withdrawn);
  }

  private static Offered read(String json) throws Malformed {
    return ConsentResource.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void is_valid_r4_whoever_signed_it_and_also_when_withdrawn() {
    assertThat(Judge.errors(ConsentResource.write(kept(null, null)))).isEmpty();
    assertThat(Judge.errors(ConsentResource.write(kept(new Guardian("王母", "母亲"), null)))).isEmpty();
    assertThat(Judge.errors(ConsentResource.write(kept(new Guardian("王母", "母亲"), TO)))).isEmpty();
    assertThat(Judge.errors(ConsentResource.search(List.of(kept(null, null), kept(new Guardian("王母", "母亲"), TO))))).isEmpty();
    assertThat(Judge.errors(ConsentResource.search(List.of()))).isEmpty();
    String odd = new String(ConsentResource.write(new Kept("协议/1", "paper", List.of(RESIDENT), Set.of(Section.VISITS), FROM, TO, "H-0104", null,
        false, "N1", "ab".repeat(32), "/fhir/Consent/1/evidence", null)), StandardCharsets.UTF_8);
    assertThat(Judge.errors(odd.getBytes(StandardCharsets.UTF_8))).as("a number that is no id").isEmpty();
    assertThat(odd).contains("协议/1");
  }

  @Test
  void comes_back_as_it_was_written() throws Exception {
    String written = new String(ConsentResource.write(kept(new Guardian("王母", "母亲"), null)), StandardCharsets.UTF_8);
    Offered read = read(written.replaceAll("\"url\":\"/fhir[^,]*,", ""));
    assertThat(read).usingRecursiveComparison().isEqualTo(new Offered(false, null, "XY-1", "guardian", List.of(RESIDENT, new Identifier("urn:passport", "X9")),
        Set.of(Section.RESULTS, Section.ALLERGIES), FROM, TO, "H-0104", new Guardian("王母", "母亲"), true, "N2001",
        new ConsentResource.Attachment(null, null, null)));
    assertThat(read + kept(null, null).toString()).doesNotContain("110105");
  }

  @Test
  void of_a_hospitals_own_hand_is_read_whole() throws Exception {
    Offered paper = read(PAPER);
    assertThat(paper.reference()).isEqualTo("XY-1");
    assertThat(paper.patient()).containsExactly(new Identifier(null, "P1"));
    assertThat(paper.sections()).containsExactlyInAnyOrder(Section.RESULTS, Section.ALLERGIES);
    assertThat(paper.from()).isEqualTo(Instant.parse("2026-11-28T02:00:00Z"));
    assertThat(paper.to()).as("to the end of the day").isEqualTo(Instant.parse("2027-02-25T16:00:00Z"));
    assertThat(paper.grantee()).isEqualTo("H-0104");
    assertThat(paper.recordedBy()).isEqualTo("N2001");
    assertThat(paper.scan().data()).isEqualTo("%PDF-".getBytes(StandardCharsets.US_ASCII));
    assertThat(paper.scan().type()).isEqualTo("application/pdf");
    assertThat(paper.scan().digest()).hasSize(20);
    assertThat(paper.guardian()).isNull();
    assertThat(read(PAPER.replace("\"start\":\"2026-11-28T10:00:00+08:00\",", "")).from()).as("dateTime").isEqualTo(Instant.parse("2026-11-27T16:00:00Z"));

    Offered guarded = read(GUARDED);
    assertThat(guarded.patient()).containsExactly(new Identifier(null, "P1"), new Identifier("urn:x", "9"));
    assertThat(guarded.guardian()).isEqualTo(new Guardian("王", "母亲"));
  }

  @Test
  void may_bring_a_scan_of_twenty_mebibytes() throws Exception {
    byte[] scan = new byte[20 << 20];
    new Random(20_261_128).nextBytes(scan);
    assertThat(read(PAPER.replace("JVBERi0=", Base64.getEncoder().encodeToString(scan))).scan().data()).isEqualTo(scan);
  }

  @ParameterizedTest(name = "{2}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "Consent                                    | Patient                                          | resourceType",
      "\"status\":\"active\"                      | \"status\":\"draft\"                             | status",
      "\"status\":\"active\"                      | \"status\":\"active\",\"implicitRules\":\"urn:x\" | implicitRules",
      "\"type\":\"permit\"                        | \"type\":\"veto\"                                | provision.type",
      "\"type\":\"permit\"                        | \"type\":\"permit\",\"provision\":[{}]           | provision",
      "\"type\":\"permit\"                        | \"type\":\"permit\",\"dataPeriod\":{}            | provision",
      "\"type\":\"permit\"                        | \"type\":\"permit\",\"purpose\":[{\"code\":\"HMARKT\"}] | provision.purpose",
      "\"type\":\"permit\"                        | \"type\":\"permit\",\"action\":[{\"coding\":[{\"code\":\"correct\"}]}] | provision.action",
      "{\"text\":\"recipient\"}                   | {\"text\":\"recipient\",\"modifierExtension\":[]} | modifierExtension",
      "patient-privacy                            | research                                         | scope",
      "\"code\":\"results\"                       | \"code\":\"genes\"                               | provision.class.code",
      "\"system\":\"urn:emr-gateway:codes:section\",\"code\":\"results\" | \"code\":\"results\"      | provision.class.system",
      "{\"identifier\":{\"value\":\"H-0104\"}}    | {}                                               | provision.actor.reference.identifier",
      "\"actor\":[                                | \"actor\":[{},                                   | provision.actor",
      "\"end\":\"2027-02-25\"                     | \"end\":\"2027\"                                 | provision.period.end",
      ",\"end\":\"2027-02-25\"                    | ``                                               | provision.period.end",
      "2026-11-28T10:00:00+08:00                  | 2026-11-28T10:00:00                              | provision.period.start",
      "{\"identifier\":{\"value\":\"P1\"}}        | {\"reference\":\"Patient/1\"}                    | patient.reference",
      "{\"identifier\":{\"value\":\"P1\"}}        | {\"identifier\":{\"value\":\" \"}}               | patient.identifier.value",
      "{\"identifier\":{\"value\":\"P1\"}}        | {}                                               | patient",
      "\"patient\":                               | \"performer\":[{\"reference\":\"Practitioner/1\"}],\"patient\": | performer.reference",
      "2jmj7l5rSw0yVb/vlWAYkK/YBwk=               | 2jmj                                             | sourceAttachment.hash",
      "2jmj7l5rSw0yVb/vlWAYkK/YBwk=               | **                                               | sourceAttachment.hash",
      "\"data\":\"JVBERi0=\"                      | \"url\":\"http://example.org\"                   | sourceAttachment.url",
      "\"extension\":[                            | \"extension\":[{\"url\":\"urn:emr-gateway:extension:withheld-reason\",\"valueString\":\"x\"}, | extension",
      "\"sourceAttachment\":                      | \"sourceReference\":{},\"sourceAttachment\":     | sourceReference"})
  void of_another_form_is_refused_with_its_place(String from, String to, String place) {
    assertThat(PAPER).contains(from);
    assertThatThrownBy(() -> read(PAPER.replace(from, to))).isInstanceOfSatisfying(Malformed.class,
        malformed -> assertThat(malformed.place()).isEqualTo(place.equals("Consent") ? place : "Consent." + place));
  }

  private static final String OBJECTION = PAPER.replaceAll("\"sourceAttachment\":\\{[^}]*},", "")
      .replaceAll("\"provision\":[\\s\\S]*$", "\"provision\":{\"type\":\"deny\"}}");

  @Test
  void that_denies_is_an_objection_to_everything_or_to_the_sections_that_it_names() throws Exception {
    Offered wholly = read(OBJECTION);
    assertThat(wholly.denies()).isTrue();
    assertThat(wholly.sections()).isEmpty();
    assertThat(wholly.reference()).isEqualTo("XY-1");
    assertThat(wholly.patient()).containsExactly(new Identifier(null, "P1"));
    assertThat(wholly.recordedBy()).isEqualTo("N2001");
    assertThat(wholly.reason()).isNull();

    Objected kept = new Objected("JJ-1", "H-0104", List.of(RESIDENT), Set.of(Section.RESULTS), new Guardian("王母", "母亲"), "本院在查 under review", FROM,
        "N2001", null);
    Offered back = read(new String(ConsentResource.write(kept), StandardCharsets.UTF_8));
    assertThat(back.denies()).isTrue();
    assertThat(back.sections()).containsExactly(Section.RESULTS);
    assertThat(back.guardian()).isEqualTo(kept.guardian());
    assertThat(back.reason()).isEqualTo(kept.reason());
    assertThat(Judge.errors(ConsentResource.write(kept))).isEmpty();
    Objected lifted = new Objected("JJ-1", "H-0104", List.of(RESIDENT), Set.of(Section.RESULTS), null, null, FROM, "N2001", TO);
    assertThat(Judge.errors(ConsentResource.search(List.of(kept(null, null), lifted)))).isEmpty();
    assertThat(new String(ConsentResource.write(lifted), StandardCharsets.UTF_8)).contains("\"status\":\"inactive\"");
    assertThat(kept.toString()).doesNotContain("110105", "王母", "在查");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "\"type\":\"deny\",\"period\":{\"end\":\"2027-02-25\"}                                  | provision",
      "\"type\":\"deny\",\"actor\":[{\"reference\":{\"identifier\":{\"value\":\"H-0105\"}}}] | provision",
      "\"type\":\"deny\",\"purpose\":[{\"code\":\"TREAT\"}]                                 | provision",
      "\"type\":\"deny\",\"class\":[{\"system\":\"urn:emr-gateway:codes:section\",\"code\":\"genes\"}] | provision.class.code",
      "\"type\":\"deny\"},\"sourceAttachment\":{\"data\":\"JVBERi0=\"                        | sourceAttachment"})
  void that_denies_with_a_limit_that_is_not_kept_is_refused(String provision, String place) {
    assertThatThrownBy(() -> read(OBJECTION.replace("\"type\":\"deny\"", provision))).isInstanceOfSatisfying(Malformed.class,
        malformed -> assertThat(malformed.place()).isEqualTo("Consent." + place));
  }

  @Test
  void that_is_no_json_or_holds_no_base64_is_refused_without_showing_it() {
    for (String broken : List.of("", "[]", "{", PAPER + "x", PAPER.replace("JVBERi0=", "*"), PAPER.replace("\"status\"", "\"status\":\"active\",\"status\""),
        PAPER.replace("\"provision\":{", "\"provision\":[{").replaceAll("}$", "]}"))) {
      assertThatThrownBy(() -> read(broken)).isInstanceOf(Malformed.class).hasMessageStartingWith("Consent").hasNoCause();
    }
  }
}
