package io.emrgateway.mappings;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.Trace.Field;
import io.emrgateway.mappings.Trace.Use;
import io.emrgateway.mappings.Trace.Written;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A trace")
class TraceTest {

  @Test
  void tells_component_rule_file_and_line_of_a_value() {
    Trace trace = Samples.MAPPING.trace(Samples.own("synth__ADT_A01__e4cab52a"), Samples.SITE, "b");
    Written number = written(trace, "Patient.identifier[0].value");
    assertThat(number.place()).isEqualTo("PID-3.1");
    assertThat(number.rule()).startsWith("CX[Identifier]/");
    assertThat(number.file()).isEqualTo("datatypes/identifiers.yaml");
    assertThat(number.line()).isPositive();
    assertThat(written(trace, "Patient.birthDate").place()).isEqualTo("PID-7");
  }

  @Test
  void changes_nothing_and_explains_every_value_and_field_both_ways() {
    List<Path> samples = new ArrayList<>(Samples.own());
    samples.addAll(Samples.corpus());
    for (Path sample : samples) {
      String name = sample.getFileName().toString();
      String text = Samples.text(sample);
      Trace trace = Samples.MAPPING.trace(text, Samples.SITE, "b");
      assertThat(trace.mapped().bundle()).as(name).isEqualTo(Samples.MAPPING.map(text, Samples.SITE, "b").bundle());
      Map<String, List<String>> forward = new HashMap<>();
      for (Written one : trace.written()) {
        assertThat(one.rule()).as("%s %s", name, one.path()).isNotEqualTo("derived");
        if (!one.place().isEmpty()) {
          int dot = one.place().indexOf('.');
          forward.computeIfAbsent(dot < 0 ? one.place() : one.place().substring(0, dot), p -> new ArrayList<>()).add(one.path());
        }
      }
      Map<String, List<String>> backward = new HashMap<>();
      for (Field field : trace.fields()) {
        assertThat(field.use() == Use.MAPPED).isEqualTo(!field.paths().isEmpty());
        assertThat(field.use() == Use.IGNORED).isEqualTo(!field.why().isEmpty());
        if (field.use() == Use.MAPPED) {
          backward.put(field.place(), field.paths());
        }
      }
      assertThat(backward).as(name).isEqualTo(forward);
    }
  }

  @Test
  void says_of_a_field_that_nobody_reads_whether_that_is_on_purpose() {
    Trace trace = Samples.MAPPING.trace("MSH|^~\\&|HIS|G|E|E|20260101080000||ADT^A01|C1|P|2.4\r"
        + "PID|1||77^^^RM^PI||张伟||19850307|M\rZPI|1|价值\r", Samples.SITE, "b");
    Map<String, Use> uses = new HashMap<>();
    trace.fields().forEach(field -> uses.put(field.place(), field.use()));
    assertThat(uses).containsEntry("PID-1", Use.IGNORED).containsEntry("ZPI-2", Use.UNKNOWN)
        .containsEntry("PID-8", Use.MAPPED).containsEntry("MSH-10", Use.READ);
  }

  @Test
  void shows_a_label_once_that_two_segments_bring_and_no_version_as_an_oid() {
    Trace trace = Samples.MAPPING.trace("MSH|^~\\&|HIS^1.4^ISO|G|E|E|20260101080000||ADT^A01|C1|P|2.5\r"
        + "PID|1||77^^^RM^PI||张伟||19850307|M\rPV1|1|I|N03^301^02||||||||||||||||Z1^^^RM^VN\r"
        + "PV2||||||||||||||||||||||Y\rPV2||||||||||||||||||||||Y\r", Samples.SITE, "b");
    assertThat(trace.written()).filteredOn(one -> one.path().matches("Encounter\\.meta\\.security\\[[0-9]+]\\.code"))
        .singleElement().satisfies(one -> assertThat(one.value()).isEqualTo("R"));
    assertThat(trace.written()).noneMatch(one -> one.value().contains("urn:oid:1.4"));
  }

  @Test
  void of_what_cannot_be_converted_is_empty() {
    Trace trace = Samples.MAPPING.trace("MSH|^~\\&|HIS|G|E|E|20260101080000||ZZZ^Z01|C1|P|2.4\r", Samples.SITE, "b");
    assertThat(trace.mapped().converted()).isFalse();
    assertThat(trace.written()).isEmpty();
    assertThat(trace.fields()).isEmpty();
  }

  private static Written written(Trace trace, String path) {
    return trace.written().stream().filter(one -> one.path().equals(path)).findFirst().orElseThrow();
  }
}
