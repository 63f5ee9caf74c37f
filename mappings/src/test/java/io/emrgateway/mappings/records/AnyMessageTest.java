package io.emrgateway.mappings.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.About.Identifier;
import io.emrgateway.mappings.About.Person;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Samples;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Our own messages and, where it is beside the project, the development corpus: all in the records of one hospital. */
@DisplayName("Of any messages, all patients' together, an answer")
class AnyMessageTest {
  /** Each takes the judge half a second. */
  private static final int JUDGED = 12;

  private static final PatientRecords RECORDS = new PatientRecords(new Hospital("H-0104", "北京大学人民医院"));
  private static final Map<Identifier, Person> PATIENTS = new LinkedHashMap<>();

  @BeforeAll
  static void take_every_message() {
    List<Path> messages = new ArrayList<>(Samples.own());
    messages.addAll(Samples.corpus());
    for (Path message : messages) {
      Mapped mapped = Samples.mapped(Samples.text(message));
      if (mapped.converted()) {
        try {
          RECORDS.take(mapped.bundle());
          mapped.about().patients().forEach(patient -> PATIENTS.put(patient.key(), patient));
        } catch (RecordsRefused refused) {
          assertThat(refused.reason()).as(message.getFileName().toString()).isEqualTo(RecordsRefused.Reason.AMBIGUOUS);
        }
      }
    }
  }

  private static Asked everythingOf(Identifier patient) {
    return Asked.all(List.of(patient), new Window(LocalDate.of(1900, 1, 1), LocalDate.of(2099, 12, 31)));
  }

  @Test
  void is_about_the_patient_alone_and_refers_to_nothing_else() {
    Set<Object> shown = new HashSet<>();
    int answers = 0;
    for (Identifier patient : PATIENTS.keySet()) {
      Answer answer = RECORDS.answer(everythingOf(patient));
      List<Map<String, Object>> resources = Feed.resources(answer);
      if (resources.isEmpty()) {
        continue;
      }
      answers++;
      Set<String> patients = new HashSet<>();
      Set<String> inside = new HashSet<>();
      for (Map<String, Object> one : resources) {
        inside.add("urn:uuid:" + one.get("id"));
        if (one.get("resourceType").equals("Patient")) {
          patients.add("urn:uuid:" + one.get("id"));
        }
      }
      assertThat(Samples.at(resources.get(0), "resourceType")).isEqualTo("Patient");
      assertThat(patients.size()).isEqualTo(1 + resources.stream().filter(one -> one.containsKey("link")).count());
      for (Map<String, Object> one : resources) {
        Object subject = Samples.at(one, "subject", "reference");
        assertThat(subject == null || patients.contains(subject)).isTrue();
        if (Section.ofType((String) one.get("resourceType")) != null) {
          shown.add(one.get("id"));
        }
        Held.eachReference(one, to -> assertThat(inside).contains((String) to.get("reference")));
      }
    }
    assertThat(answers).isGreaterThan(10);
    assertThat(shown).hasSizeGreaterThan(100);
  }

  @Test
  void and_its_summary_pass_the_official_validator() {
    List<String> errors = new ArrayList<>();
    int step = Math.max(1, PATIENTS.size() / JUDGED);
    List<Identifier> patients = new ArrayList<>(PATIENTS.keySet());
    for (int i = 0; i < patients.size(); i += step) {
      Asked asked = everythingOf(patients.get(i));
      for (byte[] bundle : RECORDS.answer(asked).bundles()) {
        errors.addAll(Judge.errors(bundle));
      }
      errors.addAll(Judge.errors(PatientSummary.write(new PatientSummary.Head(
          new Identifier("urn:ietf:rfc:3986", "urn:uuid:7c1b9fb7-6f0e-4a42-8c5f-0a4b8a5f2d11"), Instant.parse("2026-11-28T01:02:03Z"),
          RECORDS.hospital(), new Whom("某人", null, null), asked, Set.of()), List.of(Source.answered(RECORDS))), "Bundle-uv-ips"));
    }
    assertThat(errors).isEmpty();
  }
}
