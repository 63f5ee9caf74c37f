package io.emrgateway.mappings.records;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.records.Feed.OUYANG;
import static io.emrgateway.mappings.records.Feed.about;
import static io.emrgateway.mappings.records.Feed.pv1;
import static io.emrgateway.mappings.records.Feed.resources;
import static io.emrgateway.mappings.records.Feed.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.About.Identifier;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A hospital's answer")
class AnswerTest {
  private static final String DAY = "2024-04-01";
  /** The last of our own messages has no resident ID, and so the record of the patient has none any more. */
  private static final Identifier NUMBER = OUYANG.identifier("H-0104");

  private final Feed feed = Feed.ofThisHospital();

  private void allOurOwnMessages() {
    for (Path message : Samples.own()) {
      Mapped mapped = Samples.mapped(Samples.text(message));
      if (mapped.converted()) {
        feed.records.take(mapped.bundle());
      }
    }
  }

  @Test
  void begins_with_the_patient_and_refers_to_nothing_outside_itself() {
    allOurOwnMessages();
    Answer answer = feed.answer(about(NUMBER, DAY));

    assertThat(answer.bundles()).hasSize(1);
    assertThat(Feed.types(answer).get(0)).isEqualTo("Patient");
    assertThat(answer.resources()).isEqualTo(resources(answer).size());
    assertThat(Feed.types(answer)).contains("Encounter", "Condition", "Procedure", "MedicationRequest", "MedicationDispense",
        "MedicationAdministration", "AllergyIntolerance", "Observation", "DiagnosticReport", "DocumentReference",
        "Practitioner", "Location", "Specimen", "ServiceRequest");
    assertThat(Feed.types(answer)).doesNotContain("MessageHeader", "Coverage", "Account", "RelatedPerson", "Appointment",
        "Immunization", "Goal", "ChargeItem", "Linkage", "PractitionerRole");
    Set<String> inside = new HashSet<>();
    resources(answer).forEach(one -> assertThat(inside.add("urn:uuid:" + one.get("id"))).isTrue());
    resources(answer).forEach(one -> Held.eachReference(one, to -> assertThat(inside).contains((String) to.get("reference"))));
  }

  @Test
  void names_the_hospital_on_everything() {
    allOurOwnMessages();

    assertThat(resources(feed.answer(about(NUMBER, DAY)))).allSatisfy(one ->
        assertThat(at(one, "meta", "source")).isEqualTo("urn:emr-gateway:H-0104"));
  }

  @Test
  void is_valid_by_the_official_validator() {
    allOurOwnMessages();

    assertThat(Judge.errors(feed.answer(about(NUMBER, DAY)).bundles().get(0))).isEmpty();
  }

  @Test
  void keeps_codes_names_units_and_numbers_as_they_were_fed() {
    feed.now = "20240318093015";
    feed.sends("ORU^R01", OUYANG.pid(), pv1("O", "MZ1", "20240318080000", ""),
        "OBR|1|JY2^HIS|BG2^LIS|XCG^血常规^LOCAL|||20240318090000||||||||||||||||||F",
        "OBX|1|NM|CRP^C反应蛋白^LOCAL^L0121\\S\\\\S\\\\S\\L0122^^互认||＜0.50|mg/l|≤10|正常|||F|||20240318095500");
    String fed = text(feed.bundles.get(0));
    String answered = text(feed.answer(about(NUMBER, DAY)));

    String code = fed.substring(fed.indexOf("\"code\":{\"coding\":[{\"system\":\"urn:emr-gateway:H-0104:codes:OBX-3\""), fed.indexOf("\"referenceRange\""));
    assertThat(code).contains("CRP", "C反应蛋白", "L0121", "L0122", "0.50", "mg/l");
    assertThat(answered).contains(code.substring(0, code.indexOf("\"subject\"")),
        code.substring(code.indexOf("\"valueQuantity\""), code.indexOf("\"interpretation\"")));
  }

  @ParameterizedTest
  @EnumSource(Section.class)
  void holds_of_each_section_asked_for_its_own_resources_and_no_others(Section section) {
    allOurOwnMessages();
    Answer answer = feed.answer(about(NUMBER, DAY, section));

    assertThat(Feed.types(answer)).anyMatch(type -> Section.ofType(type) == section)
        .allMatch(type -> Section.ofType(type) == section || Set.of("Patient", "Practitioner", "Organization", "Location",
            "Specimen", "ServiceRequest", "Medication").contains(type));
    assertThat(Judge.errors(answer.bundles().get(0))).isEmpty();
  }

  @Test
  void is_nothing_for_somebody_unknown_as_for_somebody_of_whom_nothing_is_in_the_window() {
    feed.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20240318080000", "20240318090000"));

    assertThat(feed.answer(about(NUMBER, "2026-11-28"))).isEqualTo(feed.answer(about(Feed.ZHANG.identifier("H-0104"), DAY)));
  }

  @Test
  void means_the_same_to_whom_it_is_given() {
    allOurOwnMessages();
    Answer answer = feed.answer(about(NUMBER, DAY));
    PatientRecords received = new PatientRecords(feed.hospital);
    answer.bundles().forEach(received::take);

    assertThat(text(received.answer(about(NUMBER, DAY)))).isEqualTo(text(answer));
  }

  /** The visit is not in the answer, but that there is one is: what was done early in it stays in the window. */
  @ParameterizedTest
  @EnumSource(value = Section.class, names = {"VISITS", "ALLERGIES"}, mode = EnumSource.Mode.EXCLUDE)
  void of_one_section_of_a_stay_that_began_before_the_window_means_the_same_to_whom_it_is_given(Section section) {
    feed.now = "20231201093015";
    feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20231201080000", ""), "DG1|1||I21.900^急性心肌梗死^ICD10CN|急性心肌梗死|20231201|A",
        "PR1|1||36.0601^经皮冠状动脉支架置入术^ICD9CM3CN|经皮冠脉支架置入术|20231202103000|||||D2001^赵强");
    feed.sends("ORU^R01", OUYANG.pid(), pv1("I", "ZY1", "", ""), "OBR|1|JY1^HIS|BG1^LIS|XCG^血常规^LOCAL|||20231202090000||||||||||||||||||F",
        "OBX|1|NM|WBC^白细胞^LOCAL||7|10*9/L|||||F|||20231202095500");
    feed.sends("RDE^O11", OUYANG.pid(), pv1("I", "ZY1", "", ""), "ORC|NW|RX1^CPOE|PH1^PHARM||||||20231202080000|||D3002^周医",
        "RXE|1^BID^^20231202|86905^阿莫西林胶囊^NMPA|500||mg|CAP^胶囊", "RXR|PO^口服");
    feed.sends("MDM^T02^MDM_T02", OUYANG.pid(), pv1("I", "ZY1", "", ""),
        "TXA|1|DS^出院小结^HL70270|TX|20231203113000|D1001^李明|||||||DOC0001^EMR||||||AU", "OBX|1|TX|18842-5^出院小结^LN||患者好转");
    Asked asked = about(NUMBER, DAY, section);
    Answer answer = feed.answer(asked);
    PatientRecords received = new PatientRecords(feed.hospital);
    answer.bundles().forEach(received::take);

    assertThat(Feed.types(answer)).anyMatch(type -> Section.ofType(type) == section);
    assertThat(text(received.answer(asked))).isEqualTo(text(answer));
  }

  @Test
  void of_many_scans_names_each_and_brings_the_newest_whole() {
    String document = Base64.getEncoder().encodeToString(new byte[500_000]);
    feed.now = "20240318093015";
    for (int visit = 1; visit <= 9; visit++) {
      feed.sends("MDM^T02^MDM_T02", OUYANG.pid(), pv1("O", "MZ" + visit, "2024031" + visit + "0800", ""),
          "TXA|1|DS^出院小结^HL70270|AP|2024031" + visit + "113000|D1001^李明|||||||DOC" + visit + "^EMR||||||AU",
          "OBX|1|ED|18842-5^出院小结^LN||^application^pdf^Base64^" + document);
    }
    Answer answer = feed.answer(about(NUMBER, DAY));

    assertThat(answer.bundles()).hasSizeBetween(1, 2).allSatisfy(bundle ->
        assertThat(bundle.length).isLessThanOrEqualTo(Answer.BUNDLE_BYTES_MAX));
    assertThat(answer.leftOut()).isZero();
    assertThat(resources(answer, "DocumentReference")).hasSize(9);
    assertThat(resources(answer, "DocumentReference").stream()
        .filter(one -> Tree.cast((Map<?, ?>) at(one, "content", 0, "attachment")).containsKey("data"))
        .map(one -> Tree.text(one, "masterIdentifier", "value"))).containsExactlyInAnyOrder("DOC9", "DOC8", "DOC7", "DOC6");
    for (byte[] bundle : answer.bundles()) {
      Answer alone = new Answer(List.of(bundle), 0, 0);
      assertThat(Feed.types(alone).get(0)).isEqualTo("Patient");
      Set<String> inside = new HashSet<>();
      resources(alone).forEach(one -> inside.add("urn:uuid:" + one.get("id")));
      resources(alone).forEach(one -> Held.eachReference(one, to -> assertThat(inside).contains((String) to.get("reference"))));
    }
  }

  @Test
  void leaves_out_the_oldest_visits_of_more_than_fits_and_says_so_to_whom_it_is_given() {
    feed.now = "20240318093015";
    for (int visit = 10; visit < 50; visit++) {
      feed.sends("ORU^R01", OUYANG.pid(), pv1("O", "MZ" + visit, "2024030108" + visit + "00", ""),
          "OBR|1|JY" + visit + "^HIS|BG" + visit + "^LIS|CT^胸部CT^LOCAL|||2024030109" + visit + "00||||||||||||||||||F",
          "OBX|1|TX|CT^所见^LOCAL||" + "双肺纹理清晰".repeat(10_000) + "|||||F");
    }
    Answer answer = feed.answer(about(NUMBER, DAY));

    assertThat(answer.bundles()).hasSize(2).allSatisfy(bundle -> {
      assertThat(bundle.length).isLessThanOrEqualTo(Answer.BUNDLE_BYTES_MAX);
      assertThat(text(bundle)).doesNotContain("\"MZ10\"", "\"MZ11\"");
    });
    assertThat(answer.leftOut()).isBetween(8, 30);
    assertThat(text(answer.bundles().get(0))).contains("\"MZ49\"");
    PatientRecords received = new PatientRecords(feed.hospital);
    answer.bundles().forEach(received::take);
    assertThat(Source.answered(received).status()).isEqualTo(Source.Status.IN_PART);
    assertThat(Judge.errors(answer.bundles().get(0))).isEmpty();
    PatientRecords cut = new PatientRecords(feed.hospital);
    received.answer(about(NUMBER, DAY)).bundles().forEach(cut::take);
    assertThat(cut.isInPart()).as("cut once more on the way").isTrue();
  }

  @Test
  void says_of_a_document_too_large_to_send_that_it_is_there() {
    feed.now = "20240318093015";
    feed.sends("MDM^T02^MDM_T02", OUYANG.pid(), pv1("O", "MZ1", "20240318080000", ""),
        "TXA|1|DS^出院小结^HL70270|AP|20240320113000|D1001^李明|||||||DOC1^EMR||||||AU",
        "OBX|1|ED|18842-5^出院小结^LN||^application^pdf^Base64^" + Base64.getEncoder().encodeToString(new byte[7_000_000]));
    Answer answer = feed.answer(about(NUMBER, DAY));

    Map<String, Object> attachment = Tree.cast((Map<?, ?>) at(resources(answer, "DocumentReference").get(0), "content", 0, "attachment"));
    assertThat(attachment).doesNotContainKey("data").containsEntry("contentType", "application/pdf");
    assertThat(at(attachment, "_data", "extension", 0, "valueCode")).isEqualTo("unsupported");
    assertThat(Judge.errors(answer.bundles().get(0))).isEmpty();
  }

  /** How: a Java process of its own with so much memory; {@link LongStay} holds the messages while it answers. */
  @Test
  void of_five_thousand_resources_is_made_and_summarised_in_160_MiB() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx160m",
        "-cp", System.getProperty("java.class.path"), LongStay.class.getName())).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    List<String> words = new ArrayList<>(List.of(said.strip().split(" ")));
    assertThat(Integer.parseInt(words.get(words.size() - 1))).isGreaterThan(5_000);
  }
}
