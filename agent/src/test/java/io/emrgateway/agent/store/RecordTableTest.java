package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Person;
import io.emrgateway.routes.core.records.Records;
import io.emrgateway.routes.core.records.Records.Record;
import io.emrgateway.routes.core.records.Records.VisitState;
import io.emrgateway.routes.core.records.Subjects;
import io.emrgateway.routes.core.records.Visit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A record")
class RecordTableTest {
  private static final Identifier ZHANG = new Identifier("urn:emr-gateway:H-0104:patient", "0001234567");
  private static final Identifier RESIDENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");
  private static final Identifier RETIRED = new Identifier("urn:emr-gateway:H-0104:patient", "0007654321");
  private static final Identifier LI = new Identifier("urn:emr-gateway:H-0104:patient", "0002222222");
  private static final Identifier STAY = new Identifier("urn:emr-gateway:H-0104:visit", "ZY1");
  private static final Instant MORNING = Instant.parse("2026-11-20T00:00:00Z");

  @TempDir Path folder;

  private static Person person(Identifier key, Identifier... more) {
    return new Person(key, Stream.concat(Stream.of(key), Arrays.stream(more)).toList(), null);
  }

  private static Subjects about(Person... persons) {
    return new Subjects(List.of(persons), List.of());
  }

  private static Subjects stay(Identifier patient, String status, Instant ends, boolean onlyNamed) {
    return new Subjects(List.of(person(patient)),
        List.of(new Visit(STAY, List.of(STAY), patient, status, onlyNamed ? null : "IMP", onlyNamed ? null : MORNING, ends, onlyNamed)));
  }

  private static void keep(Bench bench, String control, Subjects subjects) {
    bench.subjects = subjects;
    bench.admit(control, control);
    bench.sealAndSettle();
  }

  private static List<Long> inputs(Records records, Identifier... identifiers) {
    return after(records, 0, identifiers).stream().map(Record::input).toList();
  }

  private static List<Record> after(Records records, long input, Identifier... identifiers) {
    List<Record> all = new ArrayList<>();
    records.about(List.of(identifiers), input, all::add);
    return all;
  }

  @Test
  void is_found_by_any_number_of_its_patient_and_by_nobody_elses_also_after_a_restart() {
    try (Bench bench = new Bench(folder)) {
      keep(bench, "1", about(person(ZHANG, RESIDENT)));
      keep(bench, "2", about(person(LI)));
      keep(bench, "3", about(person(ZHANG)));
    }
    try (Bench bench = new Bench(folder)) {
      Records records = bench.store.records();
      assertThat(inputs(records, RESIDENT)).containsExactly(1L, 3L);
      assertThat(inputs(records, ZHANG)).containsExactly(1L, 3L);
      assertThat(inputs(records, LI, RESIDENT)).containsExactly(1L, 2L, 3L);
      assertThat(inputs(records, new Identifier(RESIDENT.system(), "110105194912310021"))).isEmpty();
      assertThat(after(records, 1, ZHANG)).singleElement()
          .satisfies(one -> assertThat(new String(one.bundle())).contains("\"i\":3"));
      assertThat(records.extent(List.of(RESIDENT)).last()).isEqualTo(3);
      assertThat(records.extent(List.of(RESIDENT)).bytes()).as("of two, sealed").isBetween(1L, 4_000L)
          .isGreaterThan(records.extent(List.of(LI)).bytes());
      assertThat(records.extent(List.of(new Identifier("urn:x", "nobody")))).isEqualTo(new Records.Extent(0, 0));
    }
  }

  @Test
  void of_a_file_that_was_merged_is_found_by_the_number_that_stands_and_by_the_one_that_was() {
    try (Bench bench = new Bench(folder)) {
      keep(bench, "1", about(person(RETIRED)));
      keep(bench, "2", about(person(ZHANG)));
      keep(bench, "3", about(person(ZHANG), new Person(RETIRED, List.of(RETIRED), ZHANG)));

      assertThat(inputs(bench.store.records(), ZHANG)).containsExactly(1L, 2L, 3L);
      assertThat(inputs(bench.store.records(), RETIRED)).containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  void is_not_found_any_more_once_its_bundle_is_released() throws Exception {
    try (Bench bench = new Bench(folder, 1, 1L << 40, Duration.ofMillis(1))) {
      keep(bench, "1", about(person(ZHANG)));
      Bench.await(() -> inputs(bench.store.records(), ZHANG).isEmpty());
    }
  }

  @Test
  void tells_of_a_visit_what_the_last_message_said_that_said_anything() {
    try (Bench bench = new Bench(folder)) {
      Records records = bench.store.records();
      keep(bench, "1", stay(ZHANG, "in-progress", null, false));
      assertThat(records.visit(STAY, List.of(ZHANG))).contains(new VisitState("in-progress", "IMP", MORNING, null));
      keep(bench, "2", stay(ZHANG, "unknown", null, true));
      assertThat(records.visit(STAY, List.of(ZHANG))).get().returns("in-progress", VisitState::status);
      keep(bench, "3", stay(ZHANG, "finished", MORNING.plusSeconds(60), false));
      assertThat(records.visit(STAY, List.of(ZHANG)))
          .contains(new VisitState("finished", "IMP", MORNING, MORNING.plusSeconds(60)));
      assertThat(records.visit(STAY, List.of(LI))).as("another patient's").isEmpty();
    }
  }

  @Test
  void leaves_no_number_of_a_patient_or_a_visit_readable_on_the_disk() throws Exception {
    try (Bench bench = new Bench(folder)) {
      keep(bench, "1", new Subjects(List.of(person(ZHANG, RESIDENT)), stay(ZHANG, "in-progress", null, false).visits()));
      keep(bench, "2", new Subjects(List.of(person(ZHANG)), List.of(new Visit(STAY, List.of(STAY), ZHANG, "in-progress", "ZhangWei", MORNING, null, false))));
      assertThat(bench.onDisk()).doesNotContain(ZHANG.value()).doesNotContain(RESIDENT.value()).doesNotContain("ZY1")
          .as("a name where the kind of a visit belongs").doesNotContain("ZhangWei");
    }
  }

  @Test
  void survives_the_upgrade_of_a_store_that_knew_none() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.admit("1", "one");
      bench.sealAndSettle();
    }
    Bench.backTo(3, folder);
    try (Bench bench = new Bench(folder)) {
      keep(bench, "2", about(person(ZHANG)));
      assertThat(inputs(bench.store.records(), ZHANG)).containsExactly(2L);
    }
  }
}
