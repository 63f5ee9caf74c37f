package io.emrgateway.mappings;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.Trace.Use;
import io.emrgateway.mappings.hl7.Part;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What no rule has a use for")
class UnmappedTest {
  private static final String HEAD = "MSH|^~\\&|HIS|G|E|E|20260101080000||ADT^A01|C1|P|2.4\r";

  private static final class Told implements Unmapped {
    final List<String> fields = new ArrayList<>();
    final List<String> codes = new ArrayList<>();

    @Override
    public void field(String type, String segment, int field, Part value) {
      fields.add(segment + "-" + field);
    }

    @Override
    public void code(String table, String code, String display) {
      codes.add(table + " " + code + " " + display);
    }
  }

  @Test
  void is_told_beside_the_conversion_exactly_as_a_trace_would_tell_it() {
    List<Path> samples = new ArrayList<>(Samples.own());
    samples.addAll(Samples.corpus());
    int told = 0;
    for (Path sample : samples) {
      String text = Samples.text(sample);
      Told unmapped = new Told();
      Mapped mapped = Samples.MAPPING.map(text, Samples.SITE, "b", unmapped);
      Trace trace = Samples.MAPPING.trace(text, Samples.SITE, "b");
      Set<String> unknown = new LinkedHashSet<>();
      trace.fields().stream().filter(field -> field.use() == Use.UNKNOWN)
          .forEach(field -> unknown.add(field.place().replaceAll("\\[[0-9]+]|\\([0-9]+\\)", "")));
      assertThat(unmapped.fields).as(sample.getFileName().toString()).containsExactlyElementsOf(unknown);
      assertThat(mapped.bundle()).isEqualTo(trace.mapped().bundle());
      told += unknown.size();
    }
    assertThat(told).as("the samples hold fields that nobody reads").isPositive();
  }

  @Test
  void is_nothing_that_every_message_has_and_nobody_misses() {
    Told unmapped = new Told();
    Samples.MAPPING.map(HEAD + "EVN|A01|20260101080000|||||ZHANG\rPID|1||77^^^RM^PI||张伟||19850307|M\rZPI|1|x\r", Samples.SITE, "b", unmapped);
    assertThat(unmapped.fields).contains("ZPI-2").doesNotContain("MSH-12", "EVN-1", "EVN-2");
  }

  @Test
  void is_a_code_that_its_table_does_not_have_with_the_senders_word_for_it_once_a_message() {
    Told unmapped = new Told();
    Mapped mapped = Samples.MAPPING.map(HEAD + "PID|1||77^^^RM^PI||张伟||19850307|雌||||||||77^同居^LOCAL\r", Samples.SITE, "b", unmapped);
    assertThat(mapped.diagnostics()).extracting(Diagnostic::place).containsOnlyOnce("PID-8");
    assertThat(unmapped.codes).containsExactly("AdministrativeSex 雌 null", "MaritalStatus 77 同居");

    Told twice = new Told();
    Samples.MAPPING.map(HEAD + "PID|1||77^^^RM^PI||张伟\rPV1|1|I\rDG1|1||J18|||Q\rDG1|2||J18|||Q\r", Samples.SITE, "b", twice);
    assertThat(twice.codes).containsExactly("DiagnosisRole Q null");
  }

  @Test
  void is_not_a_code_that_another_table_of_the_same_field_has() {
    Told unmapped = new Told();
    Samples.MAPPING.map(HEAD + "PID|1||77^^^RM^PI||张伟||||||1号^^^^^^H~2号^^^^^^QQ\r", Samples.SITE, "b", unmapped);
    assertThat(unmapped.codes).containsExactly("AddressUse QQ null", "AddressType QQ null");
  }

  @Test
  void is_not_a_code_that_the_table_has_without_a_counterpart() {
    assertThat(Samples.MAPPING.knowsCode("AdministrativeSex", "M")).isTrue();
    assertThat(Samples.MAPPING.knowsCode("AdministrativeSex", "雌")).isFalse();
    assertThat(Samples.MAPPING.knowsCode("NoSuchTable", "M")).isFalse();
  }

  @Test
  void is_nothing_of_a_message_without_a_bundle() {
    Told unmapped = new Told();
    Samples.MAPPING.map(HEAD.replace("ADT^A01", "ZZZ^Z01") + "PID|1||77^^^RM^PI||张伟\rZPI|1|2\r", Samples.SITE, "b", unmapped);
    assertThat(unmapped.fields).isEmpty();
    assertThat(unmapped.codes).isEmpty();
  }
}
