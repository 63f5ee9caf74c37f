package io.emrgateway.mappings;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.hl7.Part;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Each was found by tests/fuzz, and is a message of a few lines here. */
@DisplayName("A message that fuzzing found")
class FoundByFuzzingTest {
  private static final Mapping MAPPING = Mapping.shipped();
  private static final String HEAD =
      "MSH|^~\\&|HIS|H|GATEWAY|EDGE|20261122091517||ADT^A01^ADT_A01|found|P|2.5\rEVN|A01|20261122091517\rPID|1||P1^^^H^";

  /** CX-5 has a second subcomponent and no first: valued, and yet no code. It was an exception of ours. */
  @Test
  void with_an_identifier_type_that_begins_with_an_empty_subcomponent_is_mapped() {
    Mapped mapped = MAPPING.map(HEAD + "&HC\rPV1|1|I\r", Site.standard("H-0104"), "urn:uuid:0");

    assertThat(mapped.diagnostics()).noneMatch(one -> one.finding() == Diagnostic.Finding.INTERNAL);
    assertThat(new String(mapped.bundle(), StandardCharsets.UTF_8)).contains("\"P1\"");
  }

  /**
   * Each repetition was looked for from the field's beginning: 128 KiB of ~ took 134 s, and every other message
   * waited. The bound is a hundred times what it takes now, in this thread's own time.
   */
  @Test
  void with_a_hundred_thousand_empty_repetitions_delays_nobody() {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    Mapped mapped = MAPPING.map(HEAD + "PI||" + "~".repeat(100_000) + "\rPV1|1|I\r", Site.standard("H-0104"), "urn:uuid:0");
    long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;

    assertThat(mapped.converted()).isTrue();
    assertThat(spent).isLessThan(10_000_000_000L);
  }

  /** MRG-1 says who gave the old number, and not the number: comparing it with the new one was an exception of ours. */
  @Test
  void with_a_merged_patient_whose_old_number_is_empty_is_mapped() {
    String merge = HEAD.replace("ADT^A01^ADT_A01", "ADT^A40^ADT_A39") + "PI\rMRG|^^^H^PI\r";
    Mapped mapped = MAPPING.map(merge, Site.standard("H-0104"), "urn:uuid:0");

    assertThat(mapped.diagnostics()).noneMatch(one -> one.finding() == Diagnostic.Finding.INTERNAL);
    assertThat(mapped.converted()).isTrue();
  }

  /** The class was begun and not written, so its default was not either, and the visit was lost. */
  @Test
  void with_a_patient_class_that_is_no_code_keeps_the_visit() {
    Mapped mapped = MAPPING.map(HEAD + "PI\rPV1|1|I  I|N03||||||||||||||||V1\r", Site.standard("H-0104"), "urn:uuid:0");

    assertThat(new String(mapped.bundle(), StandardCharsets.UTF_8)).contains("\"V1\"", "v3-NullFlavor");
  }

  /** SCH at the end came too late for the patient to take part, and an appointment of nobody cannot be written. */
  @Test
  void with_an_appointment_behind_its_patient_keeps_it() {
    String booked = HEAD.replace("ADT^A01^ADT_A01", "SIU^S12") + "PI\rPV1|1|O|||||||||||||||||V1\rSCH|B1|B2\r";
    Mapped mapped = MAPPING.map(booked, Site.standard("H-0104"), "urn:uuid:0");

    assertThat(new String(mapped.bundle(), StandardCharsets.UTF_8)).contains("\"resourceType\":\"Appointment\"");
  }

  /** Each result looked through its report's results, so that none stood there twice: 5 billion looks for 100,000. */
  @Test
  void with_thirty_thousand_results_in_one_report_names_each_of_them_once() {
    String report = HEAD.replace("ADT^A01^ADT_A01", "ORU^R01") + "PI\rOBR|1||R1^L|A\r" + "OBX|1|ST|A||x\r".repeat(30_000);
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    Mapped mapped = MAPPING.map(report, Site.standard("H-0104"), "urn:uuid:0");
    long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;

    String bundle = new String(mapped.bundle(), StandardCharsets.UTF_8);
    String results = bundle.substring(bundle.indexOf("\"result\":["));
    String[] references = results.substring(0, results.indexOf(']')).split("urn:uuid:");
    assertThat(references).hasSize(30_001).doesNotHaveDuplicates();
    assertThat(spent).isLessThan(10_000_000_000L);
  }

  @Test
  void gives_each_repetition_as_if_asked_for_one_by_one() {
    for (String field : new String[] {"A", "A~B", "~A", "A~", "~~", "A~~B^C", ""}) {
      Part part = Hl7Message.read("MSH|^~\\&|HIS\rPID|1|" + field + "|x\r").orElseThrow().first("PID").field(2);

      assertThat(part.eachRepetition()).as("repetitions").hasSize(part.repetitions());
      for (int r = 1; r <= part.repetitions(); r++) {
        assertThat(part.eachRepetition().get(r - 1).raw()).isEqualTo(part.repetition(r).raw());
      }
    }
  }
}
