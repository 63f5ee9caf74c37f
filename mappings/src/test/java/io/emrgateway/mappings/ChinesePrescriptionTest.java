package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Drugs, routes and rhythms as Chinese systems write them. */
@DisplayName("A Chinese prescription")
class ChinesePrescriptionTest {
  private final List<Map<String, Object>> requests = resources(bundle(own("own__CN_RDE_O11")), "MedicationRequest");

  @Test
  void names_the_product_by_the_nations_code_the_substance_by_atc_and_the_package_in_words() {
    Object drug = requests.get(0).get("medicationCodeableConcept");

    assertThat(at(drug, "coding", 0, "system")).isEqualTo("urn:emr-gateway:codes:national-drug-code");
    assertThat(at(drug, "coding", 0, "code")).isEqualTo("86900001000019");
    assertThat(at(drug, "coding", 1, "system")).isEqualTo("http://www.whocc.no/atc");
    assertThat(at(drug, "coding", 1, "display")).isEqualTo("阿莫西林");
    assertThat(at(drug, "text")).isEqualTo("阿莫西林胶囊 0.25g×24粒");
  }

  @ParameterizedTest
  @CsvSource({"8690000100001", "96900001000019", "869000010000190", "H20033333"})
  void takes_no_other_number_for_the_nations_code(String code) {
    String text = own("own__CN_RDE_O11").replace("86900001000019", code);

    assertThat(at(resources(bundle(text), "MedicationRequest").get(0), "medicationCodeableConcept", "coding", 0, "system"))
        .isEqualTo("urn:emr-gateway:H-0104:codes:%E6%9C%AC%E4%BD%8D%E7%A0%81");
  }

  @ParameterizedTest
  @CsvSource({"YPID,urn:emr-gateway:codes:ypid", "医保药品代码,urn:emr-gateway:codes:insurance-drug-code"})
  void keeps_the_insurers_code_and_the_substance_code_beside_it(String named, String system) {
    String text = own("own__CN_RDE_O11").replace("J01CA04^阿莫西林^ATC", "X1^阿莫西林^" + named);

    assertThat(at(resources(bundle(text), "MedicationRequest").get(0), "medicationCodeableConcept", "coding", 1, "system"))
        .isEqualTo(system);
  }

  @Test
  void tells_what_is_in_it() {
    assertThat(requests.get(0).get("extension").toString()).contains("url=drug", "display=阿莫西林", "0.25");
  }

  @Test
  void says_a_dose_once_that_is_spelt_twice() {
    assertThat((List<?>) at(requests.get(0), "dosageInstruction", 0, "doseAndRate")).hasSize(1);
    assertThat(at(requests.get(0), "dosageInstruction", 0, "doseAndRate", 0, "doseQuantity", "unit")).isEqualTo("克");
  }

  @Test
  void keeps_route_and_rhythm_in_the_hospitals_words_and_codes() {
    assertThat(at(requests.get(0), "dosageInstruction", 0, "route", "text")).isEqualTo("口服");
    assertThat(at(requests.get(0), "dosageInstruction", 0, "timing", "code", "text")).isEqualTo("每日两次");
    assertThat(at(requests.get(0), "dosageInstruction", 0, "timing", "code", "coding", 0, "code")).isEqualTo("BID");
    assertThat(at(requests.get(0), "dosageInstruction", 0, "timing", "code", "coding", 1, "code")).isEqualTo("bid");
    assertThat(at(requests.get(1), "dosageInstruction", 0, "route", "coding", 0, "code")).isEqualTo("静滴");
    assertThat(at(requests.get(1), "dosageInstruction", 0, "timing", "code", "coding", 0, "code")).isEqualTo("qn");
    assertThat(at(requests.get(1), "dosageInstruction", 0, "timing", "code", "text")).isEqualTo("每晚一次");
  }

  @ParameterizedTest
  @CsvSource({"０．125,0.125", "1/2,0.5", "3/4,0.75", "１／２,0.5", ".5,0.5"})
  void of_a_dose_in_whatever_figures_has_the_amount(String sent, String amount) {
    Map<String, Object> dosage = dosage("|" + sent + "||片");

    assertThat(at(dosage, "doseAndRate", 0, "doseQuantity", "value")).isEqualTo(amount);
    assertThat(at(dosage, "doseAndRate", 0, "doseQuantity", "unit")).isEqualTo("片");
    assertThat((List<?>) dosage.get("doseAndRate")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"1-2,1,2", "3~5,3,5", "3～5,3,5"})
  void of_a_dose_between_two_amounts_has_both(String sent, String low, String high) {
    Map<String, Object> dosage = dosage("|" + sent + "||片");

    assertThat(at(dosage, "doseAndRate", 0, "doseRange", "low", "value")).isEqualTo(low);
    assertThat(at(dosage, "doseAndRate", 0, "doseRange", "high", "value")).isEqualTo(high);
    assertThat(at(dosage, "doseAndRate", 0, "doseRange", "high", "unit")).isEqualTo("片");
    assertThat((List<?>) dosage.get("doseAndRate")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"适量,适量", "1/3,1/3 片", "2-1,2-1 片", "1-2粒,1-2粒 片"})
  void of_a_dose_in_words_has_the_words(String sent, String words) {
    Map<String, Object> dosage = dosage("|" + sent + "||片");

    assertThat(dosage).containsEntry("text", words).doesNotContainKey("doseAndRate");
  }

  @Test
  void with_a_dot_for_a_dose_has_none() {
    assertThat(dosage("|.||片")).isNull();
  }

  @ParameterizedTest
  @CsvSource({"10,IU^国际单位,10^IU", "10,国际单位,10^IU", "10,单位,10^U", "0.50,g,0.5^克", "2,片,2", "2,片,2^片"})
  void says_a_dose_once_whatever_its_unit_is_called(String amount, String unit, String again) {
    Map<String, Object> dosage = dosage("|" + amount + "||" + unit + "\rTQ1|1|" + again + "|bid");

    assertThat((List<?>) dosage.get("doseAndRate")).hasSize(1);
  }

  @Test
  void counts_insulin_in_units_that_everybody_knows() {
    assertThat(at(dosage("|10||国际单位"), "doseAndRate", 0, "doseQuantity", "code")).isEqualTo("[iU]");
    assertThat(at(dosage("|10||单位"), "doseAndRate", 0, "doseQuantity", "code")).as("of blood, one is a bag").isNull();
  }

  @ParameterizedTest
  @CsvSource({"PRN,''", "prn^必要时,''", "Q6HPRN,''", "q6h,PRN^必要时"})
  void taken_when_needed_says_so(String rhythm, String priority) {
    Map<String, Object> dosage = dosage("|1||片\rTQ1|1||" + rhythm + "||||||" + priority);

    assertThat(dosage.get("asNeededBoolean")).isEqualTo(true);
    assertThat(at(dosage, "timing", "code")).isNotNull();
  }

  @Test
  void that_is_to_be_taken_regularly_does_not() {
    assertThat(dosage("|1||片\rTQ1|1||q6h||||||R")).doesNotContainKey("asNeededBoolean");
  }

  /** Before v2.6 all of it stands in one field: interval, duration, begin, end, priority. */
  @ParameterizedTest
  @CsvSource({"^tid^D7,7,d", "^tid^W2,2,wk", "^tid^L1,1,mo"})
  void tells_how_long_it_goes_on(String tq, String value, String unit) {
    Object repeat = at(dosage(tq, "|1||片"), "timing", "repeat");

    assertThat(at(repeat, "boundsDuration", "value")).isEqualTo(value);
    assertThat(at(repeat, "boundsDuration", "code")).isEqualTo(unit);
  }

  @Test
  void tells_until_when_where_it_tells_from_when() {
    Object repeat = at(dosage("^tid^D7^20261120", "|1||片"), "timing", "repeat");

    assertThat(at(repeat, "boundsPeriod", "start")).isEqualTo("2026-11-20");
    assertThat(at(repeat, "boundsPeriod", "end")).isEqualTo("2026-11-27");
    assertThat(at(dosage("^tid^D7^20261120^20261122", "|1||片"), "timing", "repeat", "boundsPeriod", "end"))
        .isEqualTo("2026-11-22");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '!', value = {"^^^20261120!''", "''!TQ1|1||bid||||20261120"})
  void tells_until_when_where_another_field_tells_from_when(String tq, String tq1) {
    String text = own("own__CN_RDE_O11").replace("ORC|NW|RX2^CPOE|PH2^PHARM||||", "ORC|NW|RX2^CPOE|PH2^PHARM||||^^D7");
    String order = text.substring(0, text.indexOf("RXE|")) + "RXE|" + tq + "|X^药^LOCAL|1||片\r" + tq1;
    Object repeat = at(resources(bundle(order), "MedicationRequest").get(0), "dosageInstruction", 0, "timing", "repeat");

    assertThat(at(repeat, "boundsPeriod", "start")).isEqualTo("2026-11-20");
    assertThat(at(repeat, "boundsPeriod", "end")).isEqualTo("2026-11-27");
    assertThat(at(repeat, "boundsDuration")).isNull();
  }

  /** Prednisone is tapered off: who sees its first week alone goes on with that dose. */
  @Test
  @SuppressWarnings("unchecked")
  void that_changes_its_dose_on_the_way_tells_each_phase_in_its_turn() {
    List<Map<String, Object>> phases = (List<Map<String, Object>>) (List<?>) dosages(
        "40&mg^QD^D5^20261120^^^^^S~20&mg^QD^D5^20261125^^^^^S~10&mg^QOD^^20261130^^^PRN", "|40||mg");

    assertThat(phases).extracting(one -> at(one, "sequence")).containsExactly("1", "2", "3");
    assertThat(phases).extracting(one -> at(one, "doseAndRate", 0, "doseQuantity", "value")).containsExactly("40", "20", "10");
    assertThat(phases).extracting(one -> at(one, "timing", "repeat", "boundsPeriod", "start"))
        .containsExactly("2026-11-20", "2026-11-25", "2026-11-30");
    assertThat(phases.get(2)).containsEntry("asNeededBoolean", true);
    assertThat(phases.get(0)).doesNotContainKey("asNeededBoolean");
  }

  @Test
  void that_changes_its_dose_on_the_way_does_so_by_tq1_too() {
    assertThat(dosages("", "||||\rTQ1|1|40^mg|QD|||5^d||||||S\rTQ1|2|20^mg|QD|||5^d||||||S\rTQ1|3|10^mg|QD"))
        .extracting(one -> at(one, "sequence")).containsExactly("1", "2", "3");
    assertThat(dosages("", "||||\rTQ1|1|2^片|QAM|||||||||A\rTQ1|2|1^片|QPM")).extracting(one -> at(one, "sequence")).containsOnlyNulls();
  }

  /** TQ-9 A: both at once, e.g. two tablets in the morning and one at night. */
  @Test
  void that_is_taken_in_two_ways_at_once_has_two_dosages_and_no_sequence() {
    List<?> ways = dosages("2&片^QAM^^^^^^^A~1&片^QPM", "|2||片");

    assertThat(ways).hasSize(2).extracting(one -> at(one, "sequence")).containsOnlyNulls();
    assertThat(ways).extracting(one -> at(one, "doseAndRate", 0, "doseQuantity", "value")).containsExactly("2", "1");
  }

  @Test
  void keeps_what_tq_says_in_words_and_how_long_and_how_often_each_time() {
    Map<String, Object> dosage = dosage("^BID&0800,2000^^^^^血压高于160时^饭后半小时^^^30&min^6", "|1||片");

    assertThat(dosage.get("text")).asString().contains("饭后半小时");
    assertThat(at(dosage, "additionalInstruction", 0, "text")).isEqualTo("血压高于160时");
    assertThat(at(dosage, "timing", "repeat", "timeOfDay")).isEqualTo(List.of("08:00:00", "20:00:00"));
    assertThat(at(dosage, "timing", "repeat", "duration")).isEqualTo("30");
    assertThat(at(dosage, "timing", "repeat", "durationUnit")).isEqualTo("min");
    assertThat(at(dosage, "timing", "repeat", "count")).isEqualTo("6");
  }

  /** Senders of v2.5 and later that write TQ1 repeat it in ORC-7 for older receivers. */
  @Test
  void said_by_tq_and_tq1_is_said_once() {
    assertThat(dosages("^QD^^20261120^^^^^S~^QOD^^20261125", "|1||片\rTQ1|1||QD|||||||||S\rTQ1|2||QOD")).hasSize(2);
  }

  @Test
  void tells_how_often_in_all_and_whether_only_when_needed() {
    Map<String, Object> dosage = dosage("^Q6H^X3^^^PRN", "|1||片");

    assertThat(at(dosage, "timing", "repeat", "count")).isEqualTo("3");
    assertThat(dosage.get("asNeededBoolean")).isEqualTo(true);
    assertThat(dosage("^PRN", "|1||片").get("asNeededBoolean")).isEqualTo(true);
  }

  @ParameterizedTest
  @CsvSource({"^ONCE^INDEF", "^ONCE^H", "^ONCE^000", "^ONCE^D-1"})
  void whose_duration_is_none_has_none(String tq) {
    assertThat(at(dosage(tq, "|1||片"), "timing", "repeat")).isNull();
  }

  @Test
  void of_herbs_says_once_how_to_cook_each() {
    String text = own("own__CN_RDE_O11");
    String order = text.substring(0, text.indexOf("RXE|")) + "RXO|^桂枝^L|9||g||先煎\r";

    assertThat((List<?>) resources(bundle(order), "MedicationRequest").get(0).get("note")).hasSize(1);
  }

  private static Map<String, Object> dosage(String doseAndTiming) {
    return dosage("", doseAndTiming);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> dosage(String tq, String doseAndTiming) {
    List<?> all = dosages(tq, doseAndTiming);
    return all == null ? null : (Map<String, Object>) all.get(0);
  }

  private static List<?> dosages(String tq, String doseAndTiming) {
    String text = own("own__CN_RDE_O11");
    String order = text.substring(0, text.indexOf("RXE|")) + "RXE|" + tq + "|X^药^LOCAL" + doseAndTiming + "\r";
    return (List<?>) resources(bundle(order), "MedicationRequest").get(0).get("dosageInstruction");
  }
}
