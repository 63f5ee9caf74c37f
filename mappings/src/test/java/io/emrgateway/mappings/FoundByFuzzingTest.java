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
