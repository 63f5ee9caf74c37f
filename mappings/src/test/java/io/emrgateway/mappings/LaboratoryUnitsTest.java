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
import org.junit.jupiter.params.provider.ValueSource;

/** Results as Chinese laboratories write them. */
@DisplayName("A result of a Chinese laboratory")
class LaboratoryUnitsTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "10^9/L|10*9/L", "10\\S\\9/L|10*9/L", "×10⁹/L|10*9/L", "10*9/L|10*9/L", "x10^9/L|10*9/L", "10⁹/l|10*9/L", "×10^12/L|10*12/L",
      "10E9/L|10*9/L", "×10¹²/L|10*12/L", "＊10＾9／L|10*9/L", "个/HP|/[HPF]", "/HP|/[HPF]", "个/LPF|/[LPF]", "mmol/l|mmol/L", "umol/L|umol/L",
      "\u03BCmol/L|umol/L", "\u00B5mol/L|umol/L", "\u03BCmol/l|umol/L", "g/L|g/L", "ｇ／Ｌ|g/L", "IU/ml|[iU]/mL", "\u00B5IU/ml|u[iU]/mL", "U/L|U/L",
      "mmHg|mm[Hg]", "次/分|/min", "℃|Cel", "%|%", "％|%", "mg/dl|mg/dL", "s|s", "秒|s", "fl|fL", "fL|fL", "pg|pg", "mg/24h|mg/(24.h)",
      "kg/m²|kg/m2", "mPa·s|mPa.s", "ml/min/1.73m²|mL/min/{1.73_m2}", "ng/ml|ng/mL", "个/\u03BCl|/uL",
      "kg/m^2|kg/m2", "mL/min/1.73m^2|mL/min/{1.73_m2}", "10~9/L|10*9/L"})
  void has_ucum_beside_its_unit_as_spelt(String spelt, String ucum) {
    Map<String, Object> result = result("NM", "5.60", spelt, "", "");

    assertThat(at(result, "valueQuantity", "unit")).isEqualTo(spelt.replace("\\S\\", "^"));
    assertThat(at(result, "valueQuantity", "system")).isEqualTo("http://unitsofmeasure.org");
    assertThat(at(result, "valueQuantity", "code")).isEqualTo(ucum);
    assertThat(at(result, "valueQuantity", "value")).isEqualTo("5.60");
  }

  @ParameterizedTest
  @ValueSource(strings = {"S/CO", "COI", "S", "MG/L", "RU/ml", "级", "十亿每升"})
  void has_no_ucum_where_its_unit_could_mean_something_else(String spelt) {
    Map<String, Object> result = result("NM", "5.6", spelt, "", "");

    assertThat(at(result, "valueQuantity", "unit")).isEqualTo(spelt);
    assertThat(at(result, "valueQuantity", "code")).isNull();
  }

  @Test
  void has_the_name_of_its_unit_where_a_code_and_a_name_are_sent() {
    Map<String, Object> result = result("NM", "5.6", "10^9/L^^UCUM", "", "");

    assertThat(at(result, "valueQuantity", "unit")).isEqualTo("10^9/L");
    assertThat(at(result("NM", "5.6", "mmol^毫摩尔^LOCAL", "", ""), "valueQuantity", "unit")).isEqualTo("毫摩尔");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "/", "--", "无"})
  void has_no_unit_where_a_dash_or_a_slash_says_so(String unit) {
    assertThat(at(result("NM", "5.6", unit, "", ""), "valueQuantity").toString()).isEqualTo("{value=5.6}");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"ST|15.6", "TX|15.6", "FT|15.6", "SN|15.6", "''|15.6"})
  void that_is_a_number_with_a_unit_is_a_quantity_however_it_is_labelled(String type, String sent) {
    Map<String, Object> result = result(type, sent, "mmol/L", "", "");

    assertThat(at(result, "valueQuantity", "value")).isEqualTo("15.6");
    assertThat(at(result, "valueQuantity", "code")).isEqualTo("mmol/L");
  }

  @ParameterizedTest
  @CsvSource({"ST,<0.5", "SN,<0.5"})
  void that_is_compared_is_so_however_it_is_labelled(String type, String sent) {
    Map<String, Object> result = result(type, sent, "mg/L", "", "");

    assertThat(at(result, "valueQuantity", "comparator")).isEqualTo("<");
    assertThat(at(result, "valueQuantity", "value")).isEqualTo("0.5");
  }

  @Test
  void that_is_a_number_sent_as_text_without_a_unit_stays_text() {
    assertThat(result("ST", "15.6", "", "", "").get("valueString")).isEqualTo("15.6");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "NM|1,234.5|U/L|1,234.5 U/L", "NM|1.0E+3|IU/mL|1.0E+3 IU/mL", "NM|120/80|mmHg|120/80 mmHg", "ST|3+|个/HP|3+ 个/HP",
      "ST|5.6 mmol/L|mmol/L|5.6 mmol/L", "ST|阴性|IU/mL|阴性", "NM|溶血|mmol/L|溶血", "SN|^5^+|U/L|5 + U/L", "NM|5.6.7|-|5.6.7"})
  void keeps_its_unit_behind_a_text_that_measures_something(String type, String sent, String unit, String text) {
    assertThat(result(type, sent, unit, "", "").get("valueString")).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"NM,5~6,5,6", "NM,0-3,0,3", "NM,0～3,0,3", "ST,0~3,0,3", "ST,0-3,0,3", "'',0~3,0,3", "NM,-1~1,-1,1"})
  void between_two_numbers_is_a_range_whatever_stands_between_them(String type, String sent, String low, String high) {
    Map<String, Object> result = result(type, sent, "个/HP", "", "");

    assertThat(at(result, "valueRange", "low", "value")).isEqualTo(low);
    assertThat(at(result, "valueRange", "high", "value")).isEqualTo(high);
    assertThat(at(result, "valueRange", "high", "unit")).isEqualTo("个/HP");
    assertThat(result).doesNotContainKey("component");
  }

  @Test
  void between_two_numbers_without_a_unit_keeps_its_wave() {
    assertThat(result("ST", "0~3", "", "", "").get("valueString")).isEqualTo("0~3");
    assertThat(result("TX", "第一段~第二段", "", "", "").get("valueString")).isEqualTo("第一段\n第二段");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "-.", "+."})
  void without_a_digit_is_no_number(String sent) {
    Map<String, Object> result = result("NM", sent, "mmol/L", ".-.", "");

    assertThat(result.get("valueString")).isEqualTo(sent);
    assertThat(at(result, "referenceRange", 0).toString()).isEqualTo("{text=.-.}");
  }

  @ParameterizedTest
  @CsvSource({"&lt;0.5,<,0.5", "&gt;90,>,90", "<0.5,<,0.5", "＜0.5,<,0.5", ">200,>,200", "＞２００,>,200", "≤0.5,<=,0.5", "≥3,>=,3", "> 200,>,200", "５.６,,5.6"})
  void has_its_comparator_in_whatever_signs(String sent, String comparator, String value) {
    Map<String, Object> result = result("NM", sent, "mg/L", "", "");

    assertThat(at(result, "valueQuantity", "comparator")).isEqualTo(comparator);
    assertThat(at(result, "valueQuantity", "value")).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"阴性", "阳性(+)", "3+", "-", "--", "±", "未检出", "无", "/", "<>3"})
  void in_words_and_signs_stays_what_it_is(String sent) {
    assertThat(result("NM", sent, "", "", "").get("valueString")).isEqualTo(sent);
    assertThat(result("ST", sent, "", "", "").get("valueString")).isEqualTo(sent);
    assertThat(result("CE", sent, "", "", "").toString()).contains(sent);
  }

  @ParameterizedTest
  @CsvSource({"-^^99LAB,-", "-^^L,-", "-,-"})
  void that_is_a_dash_sent_as_a_code_is_negative_and_not_absent(String sent, String kept) {
    assertThat(result("CE", sent, "", "", "").get("valueString")).isEqualTo(kept);
  }

  @Test
  void of_a_titre_is_a_ratio() {
    Map<String, Object> result = result("NM", "1:160", "", "", "");

    assertThat(at(result, "valueRatio", "numerator", "value")).isEqualTo("1");
    assertThat(at(result, "valueRatio", "denominator", "value")).isEqualTo("160");
    assertThat(result("ST", "1:160", "", "", "").get("valueString")).isEqualTo("1:160");
  }

  @ParameterizedTest
  @CsvSource({"H,H", "L,L", "N,N", "高,H", "低,L", "正常,N", "↑,H", "↓,L", "↑↑,HH", "偏高,H", "偏低,L", "阳性,POS", "h,H"})
  void is_flagged_in_letters_words_or_arrows(String flag, String code) {
    Map<String, Object> result = result("NM", "5.6", "mmol/L", "", flag);

    assertThat(at(result, "interpretation", 0, "coding", 0, "code")).isEqualTo(code);
  }

  @Test
  void is_flagged_by_the_arrow_behind_its_number_unless_obx_8_says_more() {
    Map<String, Object> alone = result("NM", "310↑", "U/L", "", "");
    Map<String, Object> both = result("NM", "310↑", "U/L", "", "HH");

    assertThat(at(alone, "valueQuantity", "value")).isEqualTo("310");
    assertThat(at(alone, "interpretation", 0, "coding", 0, "code")).isEqualTo("H");
    assertThat((List<?>) both.get("interpretation")).hasSize(1);
    assertThat(at(both, "interpretation", 0, "coding", 0, "code")).isEqualTo("HH");
  }

  @Test
  void with_a_dash_for_a_flag_has_none() {
    assertThat(result("NM", "5.6", "mmol/L", "", "-").get("interpretation")).isNull();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "none", value = {
      "3.5-5.5|3.5|5.5", "3.5～5.5|3.5|5.5", "3.5--5.5|3.5|5.5", "3.5—5.5|3.5|5.5", "3.5–5.5|3.5|5.5", "3.5 ~ 5.5|3.5|5.5", "3.5~5.5|3.5|5.5",
      "(3.5-5.5)|3.5|5.5", "3.5-5.5mmol/L|3.5|5.5", "3.5-5.5 mmol/L|3.5|5.5", "３.５－５.５|3.5|5.5", "3.5至5.5|3.5|5.5", "-2.0-2.0|-2.0|2.0",
      "<10|none|10", "＜10|none|10", "≤10|none|10", "<=10|none|10", "≥60|60|none", ">60|60|none", "阴性|none|none", "男:3-5 女:2-4|none|none",
      "5.5-3.5|none|none", "~5|none|none", "5~|none|none", "-3--1|none|none", "-3~-1|-3|-1", "-3~+3|-3|3", "3.5~5.5mmol/L|3.5|5.5",
      "&lt;10|none|10"})
  void has_limits_where_its_range_plainly_says_them_and_its_words_always(String sent, String low, String high) {
    Map<String, Object> result = result("NM", "5.6", "mmol/L", sent, "");

    assertThat((List<?>) result.get("referenceRange")).hasSize(1);
    assertThat(at(result, "referenceRange", 0, "text")).isEqualTo(sent);
    assertThat(at(result, "referenceRange", 0, "low", "value")).isEqualTo(low);
    assertThat(at(result, "referenceRange", 0, "high", "value")).isEqualTo(high);
  }

  /** Joined by ^^^ in one value, as Hangzhou's upload has them; HL7's own delimiter is escaped there. */
  @Test
  void carries_its_items_of_mutual_recognition_one_by_one() {
    Map<String, Object> result = resources(bundle(own("own__CN_ORU_R01")), "Observation").get(1);

    assertThat(at(result, "code", "coding", 0, "code")).isEqualTo("CRP");
    assertThat(at(result, "code", "coding", 1, "system")).isEqualTo("urn:emr-gateway:codes:mutual-recognition");
    assertThat(at(result, "code", "coding", 1, "code")).isEqualTo("L0121");
    assertThat(at(result, "code", "coding", 2, "code")).isEqualTo("L0122");
  }

  /** Where the HR mark stands in HL7 no standard says; a site names its field. */
  @Test
  void carries_the_mark_of_mutual_recognition_from_the_field_a_site_names() {
    Mapping mapping = Mapping.shippedWith(Map.of(
        "segments/zhr.yaml", """
            maps:
            - map: "ZHR[Observation]"
              rows:
              - {from: ZHR-1, to: extension.valueString, with: {url: "urn:emr-gateway:extension:mutual-recognition"}}
              - {from: ZHR-2, by: recognition-items}
            """,
        "messages/ORU.yaml", """
            message: ORU
            segments:
            - {segment: ZHR, map: "ZHR[Observation]", for: order, role: Observation, after: [OBX]}
            """));
    String text = own("own__CN_ORU_R01").replace("\rOBX|2|", "\rZHR|HR(京津冀)|L0001^^^L0002\rOBX|2|");
    @SuppressWarnings("unchecked")
    Map<String, Object> bundle = (Map<String, Object>) Samples.json(mapping.map(text, Samples.SITE, "b").bundle());
    Map<String, Object> result = resources(bundle, "Observation").get(0);

    assertThat(at(result, "extension", 0, "valueString")).isEqualTo("HR(京津冀)");
    assertThat(at(result, "code", "coding", 2, "code")).isEqualTo("L0001");
    assertThat(at(result, "code", "coding", 3, "code")).isEqualTo("L0002");
  }

  @ParameterizedTest
  @CsvSource({"1,preliminary", "2,final", "F,final"})
  void is_temporary_or_final_by_1_and_2_too(String sent, String status) {
    String text = own("own__CN_ORU_R01").replace("||HM|2|", "||HM|" + sent + "|");

    assertThat(resources(bundle(text), "DiagnosticReport").get(0).get("status")).isEqualTo(status);
  }

  /** An age of seven days is written 7/30 (months); it is neither seven nor a fraction anybody asked for. */
  @Test
  void of_an_age_in_thirtieths_of_a_month_is_left_as_it_was_written() {
    assertThat(result("NM", "7/30", "月", "", "").get("valueString")).isEqualTo("7/30 月");
  }

  @Test
  void that_nobody_asked_for_says_so_and_one_that_could_not_be_had_is_more_than_cancelled() {
    Map<String, Object> unasked = result("NM", "", "", "", "", "N");
    Map<String, Object> failed = result("NM", "", "", "", "", "X");

    assertThat(at(unasked, "dataAbsentReason", "coding", 0, "code")).isEqualTo("not-asked");
    assertThat(result("NM", "5.6", "", "", "", "N")).as("a value has no reason for being absent")
        .doesNotContainKey("dataAbsentReason").containsKey("valueQuantity");
    assertThat(failed).containsEntry("status", "cancelled").doesNotContainKey("dataAbsentReason");
    assertThat(at(failed, "_status", "extension", 0, "valueCodeableConcept", "coding", 0, "code")).isEqualTo("X");
    assertThat(at(failed, "_status", "extension", 0, "url"))
        .isEqualTo("http://hl7.org/fhir/StructureDefinition/alternate-codes");
  }

  private static Map<String, Object> result(String type, String value, String unit, String range, String flag) {
    return result(type, value, unit, range, flag, "F");
  }

  private static Map<String, Object> result(String type, String value, String unit, String range, String flag,
      String status) {
    String text = own("own__ORU_R01.");
    String before = text.substring(0, text.indexOf("OBX|1|"));
    return resources(bundle(before + "OBX|1|" + type + "|X^项目^LOCAL||" + value + "|" + unit + "|" + range + "|" + flag
        + "|||" + status + "\r"), "Observation").get(0);
  }
}
