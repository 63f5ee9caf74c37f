package io.emrgateway.mappings.records;

import static io.emrgateway.mappings.records.Feed.OUYANG;
import static io.emrgateway.mappings.records.Feed.RESIDENT;
import static io.emrgateway.mappings.records.Feed.about;
import static io.emrgateway.mappings.records.Feed.pv1;
import static io.emrgateway.mappings.records.Feed.resources;
import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.Samples;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The last three months")
class WindowTest {
  private final Feed feed = Feed.ofThisHospital();

  private boolean shows(String day) {
    return !feed.answer(about(RESIDENT, day)).isEmpty();
  }

  private void outpatient(String begins, String ends) {
    feed.now = "20200101080000"; // When it is told makes no difference.
    feed.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", begins, ends));
  }

  @ParameterizedTest
  @CsvSource({"2026-11-28, 2026-08-28", "2026-01-31, 2025-10-31", "2026-04-30, 2026-01-30", "2026-05-30, 2026-02-28",
      "2026-05-31, 2026-02-28", "2024-05-30, 2024-02-29", "2024-05-29, 2024-02-29", "2026-05-29, 2026-02-28",
      "2026-02-28, 2025-11-28", "2024-02-29, 2023-11-29", "2026-12-31, 2026-09-30"})
  void begin_on_the_same_day_of_the_month_or_the_last_one_there_is(LocalDate day, LocalDate from) {
    assertThat(Window.lastThreeMonths(day)).isEqualTo(new Window(from, day));
  }

  @ParameterizedTest
  @CsvSource({
      "20260828000000, 2026-11-28, true", "20260827235959, 2026-11-28, false", "20260828, 2026-11-28, true",
      "20260827, 2026-11-28, false", "20260130, 2026-04-30, true", "20260131, 2026-04-30, true", "20260129, 2026-04-30, false",
      "20251031, 2026-01-31, true", "20251030, 2026-01-31, false", "20240229, 2024-05-30, true", "20240228, 2024-05-30, false",
      "20260228, 2026-05-30, true", "20260227, 2026-05-30, false",
      "20261128235959, 2026-11-28, true", "20261129000000, 2026-11-28, false"})
  void hold_a_visit_of_a_day_by_when_it_was(String begins, String day, boolean shown) {
    outpatient(begins, "");

    assertThat(shows(day)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"20260827160000+0000, true", "20260827155959+0000, false", "20260828000000+0800, true", "20260828005959+0900, false"})
  void turn_at_midnight_in_Beijing_wherever_the_clock_stood(String begins, boolean shown) {
    outpatient(begins, begins);

    assertThat(shows("2026-11-28")).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"202608, 2026-11-28, true", "202607, 2026-11-28, false", "2026, 2026-11-28, true", "2025, 2026-11-28, false"})
  void hold_a_visit_of_which_only_month_or_year_is_known_if_it_may_have_been(String begins, String day, boolean shown) {
    outpatient(begins, begins);

    assertThat(shows(day)).isEqualTo(shown);
  }

  @Nested
  @DisplayName("hold a stay")
  class HoldAStay {

    @Test
    void with_all_that_was_done_in_it_when_only_its_last_day_is_within() {
      feed.now = "20260701080000";
      feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20260701080000", ""),
          "PR1|1||36.0601^经皮冠状动脉支架置入术^ICD9CM3CN|经皮冠脉支架置入术|20260702103000|||||D2001^赵强");
      feed.sends("ADT^A03", OUYANG.pid(), pv1("I", "ZY1", "20260701080000", "20260828000000"));

      assertThat(Feed.types(feed.answer(about(RESIDENT, "2026-11-28")))).contains("Encounter", "Procedure");
      assertThat(shows("2026-11-29")).isFalse();
    }

    @Test
    void that_has_not_ended_however_long_ago_it_began_but_not_before_it_began() {
      feed.now = "20240101080000";
      feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20240101080000", ""));

      assertThat(shows("2026-11-28")).isTrue();
      assertThat(shows("2024-01-01")).isTrue();
      assertThat(shows("2023-12-31")).isFalse();
    }
  }

  @Test
  void do_not_hold_an_outpatient_for_ever_because_nobody_discharges_outpatients() {
    outpatient("20260601090000", "");

    assertThat(shows("2026-08-31")).isTrue();
    assertThat(shows("2026-11-28")).isFalse();
  }

  @Test
  void hold_an_outpatients_visit_until_the_last_thing_that_is_known_of_it() {
    outpatient("20260820090000", "");
    feed.sends("ORU^R01", OUYANG.pid(), pv1("O", "MZ1", "", ""), "OBR|1|JY1^HIS|BG1^LIS|XCG^血常规^LOCAL|||20260829090000||||||||||||||||||F",
        "OBX|1|NM|WBC^白细胞^LOCAL||7|10*9/L|||||F|||20260829095500");

    Answer answer = feed.answer(about(RESIDENT, "2026-11-28"));
    assertThat(Feed.types(answer)).contains("Encounter", "Observation");
    // Who is answered sees the same, even where the results were not asked for.
    PatientRecords answered = new PatientRecords(feed.hospital);
    feed.answer(about(RESIDENT, "2026-11-28", Section.VISITS)).bundles().forEach(answered::take);
    assertThat(answered.answer(about(RESIDENT, "2026-11-28")).isEmpty()).isFalse();
    assertThat(answered.answer(about(RESIDENT, "2026-11-30")).isEmpty()).isTrue();
  }

  @Test
  void hold_what_belongs_to_no_visit_by_its_own_time() {
    for (String day : List.of("20260827", "20260828")) {
      feed.now = day + "080000";
      feed.sends("ORU^R01", OUYANG.pid(), "OBR|1|JY" + day + "^HIS|BG" + day + "^LIS|XCG^血常规^LOCAL|||" + day + "000000||||||||||||||||||F",
          "OBX|1|NM|WBC^白细胞^LOCAL||7|10*9/L|||||F");
    }

    Answer answer = feed.answer(about(RESIDENT, "2026-11-28"));
    assertThat(resources(answer, "DiagnosticReport")).extracting(one -> one.get("effectiveDateTime"))
        .containsExactly("2026-08-28T00:00:00+08:00");
    assertThat(resources(answer, "Observation")).as("a result without a time has its report's").hasSize(1);
  }

  @Test
  void hold_what_has_no_time_at_all_by_when_it_was_told() {
    feed.now = "20260827120000";
    feed.sends("PPR^PC1", OUYANG.pid(), "PRB|AD|20260827120000|I10^高血压^ICD10CN|P1");
    feed.now = "20260829120000";
    feed.sends("ADT^A31", OUYANG.pid(), "DG1|1||E11^糖尿病^ICD10CN||");
    feed.now = "20260827120000";
    feed.sends("ADT^A31", OUYANG.pid(), "DG1|1||K29^胃炎^ICD10CN||");

    assertThat(resources(feed.answer(about(RESIDENT, "2026-11-28")), "Condition"))
        .extracting(one -> Samples.at(one, "code", "coding", 0, "code")).containsExactly("E11");
  }

  @Test
  void do_not_bind_allergies() {
    feed.now = "20100101080000";
    feed.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20100101080000", "20100101090000"), "AL1|1|DA|QMS^青霉素^LOCAL|SV|皮疹|20091231");

    assertThat(Feed.types(feed.answer(about(RESIDENT, "2026-11-28")))).containsExactly("Patient", "AllergyIntolerance");
  }

  @ParameterizedTest
  @CsvSource({"2026-09-01, 2026-09-30, 2026-09-01, 2026-09-30", "2020-01-01, 2030-01-01, 2026-08-28, 2026-11-28", ", , 2026-08-28, 2026-11-28"})
  void are_narrowed_by_what_is_asked_and_never_widened(LocalDate since, LocalDate until, LocalDate from, LocalDate to) {
    assertThat(Window.lastThreeMonths(LocalDate.parse("2026-11-28")).narrowed(since, until)).isEqualTo(new Window(from, to));
  }

  @Test
  void hold_nothing_when_what_is_asked_lies_before_them() {
    outpatient("20260601090000", "");
    Window none = Window.lastThreeMonths(LocalDate.parse("2026-11-28"))
        .narrowed(LocalDate.parse("2026-06-01"), LocalDate.parse("2026-06-02"));

    assertThat(feed.answer(Asked.all(List.of(RESIDENT), none)).isEmpty()).isTrue();
  }
}
