package io.emrgateway.routes.core.reminders;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.routes.core.reminders.Facts.Allergy;
import io.emrgateway.routes.core.reminders.Facts.Drug;
import io.emrgateway.routes.core.reminders.Facts.Origin;
import io.emrgateway.routes.core.reminders.Facts.Result;
import io.emrgateway.routes.core.reminders.Facts.Therapy;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("An order")
class RulesTest {
  private static final Instant NOW = Instant.parse("2026-11-28T02:00:00Z");
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 28);
  private static final Drug WARFARIN = new Drug(Map.of("华法林", Set.of("narrow-margin")), "华法林钠片");
  private static final Drug STATIN = new Drug(Map.of("阿托伐他汀", Set.of("statins")), "阿托伐他汀钙片");

  private static Origin at(String org, Instant when, String name) {
    return new Origin(org, "合成二院", when, "", name);
  }

  private static Allergy allergy(String to, LocalDate since, boolean intolerance) {
    return new Allergy(at("H-0105", null, to), Set.of(to), Map.of(), "", true, intolerance, "皮疹", since);
  }

  private static Therapy therapy(Drug drug, int begins, Integer days, String order, String visit, boolean taken) {
    return new Therapy(at("H-0105", NOW, "药"), drug, "oral", "", TODAY.plusDays(begins), days, false, true, taken, Set.of(order), Set.of(visit));
  }

  private static Order order(Drug drug) {
    return new Order("MedicationRequest/1", drug.spelt(), Set.of("RX9"), drug, "oral", "", false, List.of(), Set.of());
  }

  private static List<Reminder> reminders(Facts facts, Order... orders) {
    return Rules.reminders(facts, Arrays.asList(orders), "V1", "H-0104", NOW);
  }

  @Test
  void is_interrupted_once_though_allergy_and_repetition_are_both_grave() {
    List<Reminder> said = reminders(new Facts(List.of(allergy("华法林", null, false)), List.of(therapy(WARFARIN, -5, 28, "RX1", "V0", false)), List.of()),
        order(WARFARIN));
    assertThat(said).extracting(Reminder::rule).containsExactly(Rule.ALLERGY_SUBSTANCE, Rule.DRUG_REPEATED);
    assertThat(said).extracting(Reminder::severity).containsExactly(Severity.CRITICAL, Severity.WARNING);
  }

  @Test
  void gets_one_reminder_for_several_allergies_with_a_ground_for_each() {
    Drug compound = new Drug(Map.of("磺胺甲噁唑", Set.of(), "甲氧苄啶", Set.of()), "复方");
    List<Reminder> said = reminders(new Facts(List.of(allergy("甲氧苄啶", null, true), allergy("磺胺甲噁唑", null, false)), List.of(), List.of()), order(compound));
    assertThat(said).singleElement().satisfies(one -> {
      assertThat(one.rule()).isEqualTo(Rule.ALLERGY_INGREDIENT);
      assertThat(one.severity()).isEqualTo(Severity.CRITICAL);
      assertThat(one.grounds()).hasSize(2);
      assertThat(one.grounds().get(0).zh()).contains("磺胺甲噁唑", "皮疹");
    });
  }

  @Test
  void of_a_drug_that_is_only_not_borne_well_is_not_interrupted() {
    assertThat(reminders(new Facts(List.of(allergy("阿托伐他汀", null, true)), List.of(), List.of()), order(STATIN)))
        .extracting(Reminder::severity).containsExactly(Severity.WARNING);
  }

  @Test
  void tells_that_the_drug_was_taken_after_the_allergy_was_known_and_stays_as_loud() {
    Facts facts = new Facts(List.of(allergy("阿托伐他汀", TODAY.minusDays(90), false)),
        List.of(therapy(STATIN, -60, 28, "RX1", "V0", true), therapy(STATIN, -80, 28, "RX0", "V0", false)), List.of());
    assertThat(reminders(facts, order(STATIN))).singleElement().satisfies(one -> {
      assertThat(one.severity()).isEqualTo(Severity.CRITICAL);
      assertThat(one.grounds().get(0).zh()).contains("此后曾使用", "2026-09-29");
      assertThat(one.grounds().get(0).en()).contains("taken since");
    });
    Facts before = new Facts(List.of(allergy("阿托伐他汀", TODAY.minusDays(10), false)), List.of(therapy(STATIN, -60, 28, "RX1", "V0", true)), List.of());
    assertThat(reminders(before, order(STATIN)).get(0).grounds().get(0).zh()).doesNotContain("此后");
  }

  @ParameterizedTest
  @CsvSource({"RX9,V0,0", "RX1,V1,0", "RX1,V0,1"})
  void repeats_neither_itself_nor_what_was_ordered_in_the_same_visit(String order, String visit, int reminders) {
    Therapy there = therapy(STATIN, -5, 28, order, visit, false);
    Therapy here = new Therapy(at("H-0104", NOW, "药"), there.drug(), there.route(), "", there.begins(), there.days(), false, true, false,
        there.orders(), there.visits());
    assertThat(reminders(new Facts(List.of(), List.of(here), List.of()), order(STATIN))).hasSize(reminders);
    assertThat(reminders(new Facts(List.of(), List.of(there), List.of()), order(STATIN))).as("the same numbers at another hospital").hasSize(1);
  }

  /** Left is last date + days − today; a supply of four weeks or more may be fetched seven days ahead, any other one. */
  @ParameterizedTest
  @CsvSource({"-20,28,1", "-21,28,0", "-28,28,0", "-5,7,1", "-6,7,0", "-1,27,1", "-25,27,1", "-26,27,0", "-5,,1", "-6,,0", "-82,90,1", "-83,90,0"})
  void repeats_a_drug_of_which_more_is_left_than_a_refill_needs(int begins, Integer days, int reminders) {
    assertThat(reminders(new Facts(List.of(), List.of(therapy(STATIN, begins, days, "RX1", "V0", false)), List.of()), order(STATIN))).hasSize(reminders);
  }

  @Test
  void says_when_the_days_are_assumed() {
    assertThat(reminders(new Facts(List.of(), List.of(therapy(STATIN, -1, null, "RX1", "V0", false)), List.of()), order(STATIN)).get(0).grounds().get(0).zh())
        .contains("未写天数，按 7 天计", "尚余 6 天");
  }

  @Test
  void of_a_test_is_told_the_newest_result_first_whatever_hospital_it_is_of() {
    Order test = new Order("ServiceRequest/1", "糖化血红蛋白", Set.of(), null, "", "", false, List.of(new Order.Test(Set.of("糖化"), 60, Set.of("%"))), Set.of());
    List<Result> results = new ArrayList<>();
    results.add(new Result(at("H-0105", NOW.minus(Duration.ofDays(40)), "HbA1c"), Set.of("糖化"), "7.9 %", "%", true, ""));
    results.add(new Result(at("H-0106", NOW.minus(Duration.ofDays(5)), "HbA1c"), Set.of("糖化"), "6.8 %", "%", true, "HR"));
    results.add(new Result(at("H-0106", NOW.minus(Duration.ofDays(60)).minusSeconds(1), "HbA1c"), Set.of("糖化"), "9.8 %", "%", true, "HR"));
    assertThat(reminders(new Facts(List.of(), List.of(), results), test)).singleElement().satisfies(one -> {
      assertThat(one.severity()).isEqualTo(Severity.WARNING);
      assertThat(one.grounds()).extracting(Reminder.Ground::zh).containsExactly("HbA1c 6.8 %（互认 HR）", "HbA1c 7.9 %（无互认标识）");
    });
    assertThat(reminders(new Facts(List.of(), List.of(), results.subList(0, 1)), test).get(0).severity()).isEqualTo(Severity.INFO);
  }

  @Test
  void shows_no_patients_data_by_accident() {
    Allergy allergy = allergy("青霉素", null, false);
    Therapy therapy = therapy(STATIN, -1, 7, "RX1", "V0", false);
    Result result = new Result(at("H-0105", NOW, "HbA1c"), Set.of("糖化"), "6.8 %", "%", true, "");
    Facts facts = new Facts(List.of(allergy), List.of(therapy), List.of(result));
    assertThat(allergy + "" + therapy + result + facts + order(STATIN) + reminders(facts, order(STATIN)) + allergy.origin()
        + reminders(facts, order(STATIN)).get(0).grounds()).doesNotContain("青霉素", "6.8", "他汀", "皮疹");
  }
}
