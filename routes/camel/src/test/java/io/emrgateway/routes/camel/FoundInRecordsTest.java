package io.emrgateway.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.routes.core.lookup.Found;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookUp.Part;
import io.emrgateway.routes.core.lookup.LookUp.Result.Shown;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.NoRoom;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is found of a patient")
class FoundInRecordsTest {
  private static final Sought ZHANG = new Sought(List.of(new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X")), "张伟", null);
  private static final Scope RESULTS = new Scope(Set.of(Section.RESULTS), LocalDate.of(2026, 9, 1), LocalDate.of(2026, 11, 28));
  private static final Window WINDOW = new Window(LocalDate.of(2026, 9, 1), LocalDate.of(2026, 11, 28));

  private final List<byte[]> kept = new ArrayList<>();
  private final List<String> passedOver = new ArrayList<>();
  private final Hospitals hospitals = new Hospitals(org -> "合成医院 " + org, (org, why) -> passedOver.add(org + " " + why));
  private final Records records = new Records() {
    @Override
    public void about(List<Identifier> identifiers, long afterInput, Consumer<Record> each) {
      for (int i = 0; i < kept.size(); i++) {
        each.accept(new Record(i + 1, i + 1, Instant.EPOCH, kept.get(i)));
      }
    }

    @Override
    public Extent extent(List<Identifier> identifiers) {
      return new Extent(kept.size(), kept.stream().mapToLong(one -> one.length).sum() / 4);
    }

    @Override
    public Optional<VisitState> visit(Identifier visit, List<Identifier> patient) {
      return Optional.of(new VisitState(visit.value(), "IMP", null, null));
    }
  };
  private final Headroom room = new Headroom(1 << 20, Duration.ZERO);
  private final FoundInRecords found = new FoundInRecords("H-0104", records, hospitals, Optional.empty(), room);
  private final PatientsInRecords patients = new PatientsInRecords("H-0104", records, hospitals, () -> Site.standard("H-0104"));

  private static byte[] bundle(String resident, String number, String value) {
    return Mapping.shipped().map("MSH|^~\\&|LIS|RM|G|E|20261120080000||ORU^R01|C1|P|2.4\r"
        + "PID|1||" + number + "^^^RM^PI~" + resident + "^^^GA^NI||张伟||19491231|F\r"
        + "OBR|1|P" + number + "^HIS|F" + number + "^LIS|XCG^血常规^L|||20261120060005\r"
        + "OBX|1|NM|6690-2^白细胞计数^LN||" + value + "|10*9/L|3.50-9.50|N|||F|||20261120080000\r", Site.standard("H-0104"), "b").bundle();
  }

  private List<byte[]> here(Sought patient, Scope scope, Window window) {
    try (Found.Here here = found.here(patient, scope, window)) {
      return here.bundles();
    }
  }

  @Test
  void is_this_patients_alone_by_number_section_and_day_and_names_its_hospital() {
    kept.add(bundle("11010519491231002X", "1", "5.5"));
    kept.add(bundle("110105194912310038", "2", "7.7"));
    String here = text(here(ZHANG, RESULTS, WINDOW));
    assertThat(here).contains("5.5").contains("urn:emr-gateway:H-0104").doesNotContain("7.7");
    assertThat(here(ZHANG, new Scope(Set.of(Section.ALLERGIES), RESULTS.since(), RESULTS.until()), WINDOW)).isEmpty();
    assertThat(here(ZHANG, RESULTS, new Window(LocalDate.of(2026, 11, 21), LocalDate.of(2026, 11, 28)))).isEmpty();
    assertThat(text(found.there("H-0105", kept, ZHANG, RESULTS, WINDOW))).contains("5.5").contains("urn:emr-gateway:H-0105").doesNotContain("7.7");
  }

  @Test
  void is_nothing_when_the_numbers_are_of_two_people_or_the_person_was_born_on_another_day() {
    kept.add(bundle("11010519491231002X", "1", "5.5"));
    kept.add(bundle("110105194912310038", "2", "7.7"));
    Sought two = new Sought(List.of(ZHANG.identifiers().get(0), new Identifier("urn:emr-gateway:H-0104:patient:RM", "2")), "张伟", null);
    assertThat(here(two, RESULTS, WINDOW)).isEmpty();
    assertThat(found.there("H-0105", kept, two, RESULTS, WINDOW)).isEmpty();
    assertThat(here(new Sought(ZHANG.identifiers(), "张伟", LocalDate.of(2026, 11, 1)), RESULTS, WINDOW)).as("a newborn under its mother's number").isEmpty();
    assertThat(here(new Sought(ZHANG.identifiers(), "张伟", LocalDate.of(1949, 12, 31)), RESULTS, WINDOW)).isNotEmpty();
  }

  @Test
  void is_all_but_a_bundle_that_cannot_be_read() {
    kept.add("{".getBytes(StandardCharsets.UTF_8));
    kept.add(bundle("11010519491231002X", "1", "5.5"));
    assertThat(text(here(ZHANG, RESULTS, WINDOW))).contains("5.5");
    assertThat(passedOver).as("told, with hospital, code and place").hasSize(1).first().asString().startsWith("H-0104 records.unreadable ");
  }

  @Test
  void is_not_read_while_other_lookups_have_the_memory_or_if_it_is_larger_than_that() {
    kept.add(bundle("11010519491231002X", "1", "5.5"));
    try (Headroom.Taken all = room.take(room.most()).orElseThrow()) {
      assertThatThrownBy(() -> found.here(ZHANG, RESULTS, WINDOW)).isInstanceOfSatisfying(NoRoom.class,
          none -> assertThat(none.reason().code()).isEqualTo("lookup.busy"));
    }
    Headroom small = new Headroom(4_096, Duration.ZERO);
    assertThatThrownBy(() -> new FoundInRecords("H-0104", records, hospitals, Optional.empty(), small).here(ZHANG, RESULTS, WINDOW))
        .isInstanceOfSatisfying(NoRoom.class, none -> assertThat(none.reason().code()).isEqualTo("lookup.record-too-large"));
    assertThat(small.free()).isEqualTo(small.most());
  }

  @Test
  void is_sought_elsewhere_by_numbers_that_mean_something_there() {
    kept.add(bundle("11010519491231002X", "1", "5.5"));
    kept.add(bundle("110105194912310038", "2", "7.7"));
    Identifier own = new Identifier("urn:emr-gateway:H-0104:patient:RM", "1");
    Sought sought = patients.known(List.of(own)).orElseThrow().sought();
    assertThat(sought).isEqualTo(new Sought(ZHANG.identifiers(), "张伟", LocalDate.of(1949, 12, 31)));
    assertThat(patients.known(List.of(own, new Identifier("urn:emr-gateway:H-0104:patient:RM", "2")))).as("two people").isEmpty();
  }

  @Test
  void is_sought_nowhere_under_a_resident_id_that_contradicts_itself_which_is_told_apart_from_nobody() {
    kept.add(bundle("110105194912310021", "1", "5.5")); // Its check character is wrong.
    kept.add(bundle("110105199001010029", "2", "7.7")); // Born on another day.
    kept.add(bundle("11010519491231002X", "3", "6.6"));
    for (String number : List.of("1", "2")) {
      List<Identifier> own = List.of(new Identifier("urn:emr-gateway:H-0104:patient:RM", number));
      assertThat(patients.known(own)).isEmpty();
      assertThat(patients.isContradictory(own)).isTrue();
    }
    assertThat(patients.isContradictory(List.of(new Identifier(ZHANG.identifiers().get(0).system(), "110105199001010029")))).as("asked by it").isTrue();
    assertThat(patients.isContradictory(List.of(new Identifier("urn:emr-gateway:H-0104:patient:RM", "3")))).isFalse();
    assertThat(patients.isContradictory(List.of(new Identifier("urn:emr-gateway:H-0104:patient:RM", "4")))).as("nobody").isFalse();
  }

  @Test
  void has_visits_known_by_their_bare_number() {
    kept.add(Mapping.shipped().map("MSH|^~\\&|HIS|RM|G|E|20261120080000||ADT^A01|C1|P|2.4\r"
        + "PID|1||1^^^RM^PI~11010519491231002X^^^GA^NI||张伟||19491231|F\r"
        + "PV1|1|I|N03^301^02||||||||||||||||ZY1^^^RM^VN\r", Site.standard("H-0104"), "b").bundle());
    LookUp.File file = patients.known(ZHANG.identifiers()).orElseThrow();
    assertThat(file.visits().apply("ZY1").orElseThrow().status()).isEqualTo("ZY1");
    assertThat(file.visits().apply("ZY2")).isEmpty();
  }

  @Test
  void is_one_document_that_names_each_hospital_with_what_became_of_it() {
    kept.add(bundle("11010519491231002X", "1", "5.5"));
    List<byte[]> answered = found.there("H-0105", kept, ZHANG, RESULTS, WINDOW);
    byte[] document = new Summaries("H-0104", hospitals, Clock.systemUTC()).apply(new Shown(UUID.randomUUID(), "\"1\"", ZHANG,
        Set.of(Section.RESULTS), Set.of(Section.ALLERGIES), WINDOW, true, List.of(new Part("H-0105", "answered", answered), new Part("H-0106", "none", List.of()),
            new Part("H-0107", "denied:lookup.withdrawn", List.of()), new Part("H-0108", "timeout", List.of()),
            new Part("H-0109", "unproved:key-unknown", List.of()), new Part("H-0110", "city", found.there("H-0110", kept, ZHANG, RESULTS, WINDOW))), null));
    assertThat(text(List.of(document))).contains("\"document\"").contains("5.5")
        .contains("合成医院 H-0105").contains("合成医院 H-0106")
        .contains("无权查看 no right：合成医院 H-0107").contains("未答复 no answer：合成医院 H-0108")
        .contains("<td>合成医院 H-0107</td><td>无权查看 no right：患者已撤回授权 The patient has withdrawn the authorisation</td>")
        .contains("<td>合成医院 H-0109</td><td>答复未通过核验 answer not verified：签名证书不在信任文件中该医院名下")
        .contains("患者未授权 not agreed to by the patient：过敏 allergies")
        .contains("答复未通过核验 answer not verified：合成医院 H-0109").contains("医院未答复，市平台代答 no answer; from the city's copy");
  }

  @Test
  void has_a_digest_that_tells_bundles_and_their_order_apart() {
    byte[] one = {1};
    byte[] two = {2};
    assertThat(found.digest(List.of(one, two))).hasSize(64).isNotEqualTo(found.digest(List.of(two, one)))
        .isNotEqualTo(found.digest(List.of(new byte[] {1, 2})));
  }

  private static String text(List<byte[]> bundles) {
    StringBuilder all = new StringBuilder();
    bundles.forEach(one -> all.append(new String(one, StandardCharsets.UTF_8)));
    return all.toString();
  }
}
