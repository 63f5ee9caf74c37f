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

/** Diagnoses, operations and departments: code, name and edition. */
@DisplayName("A Chinese diagnosis")
class ChineseDiagnosisTest {
  private static final String ICD10 = "urn:oid:2.16.156.10011.2.3.3.11";
  private static final String ICD9 = "urn:oid:2.16.156.10011.2.3.3.12";

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "none", value = {
      "none|国临1.1|none|国家临床版1.1",
      "none|国临2.0|none|国家临床版2.0",
      "none|国临版v2.0|none|国家临床版2.0",
      "none|国家临床版2.0|none|国家临床版2.0",
      "none|ICD-10国家临床版2.0|none|国家临床版2.0",
      "none|ICD-10（国家临床版 Ｖ２.0）|none|国家临床版2.0",
      "none|ICD-10|国家临床版2.0|国家临床版2.0",
      "none|国临版|2.0|国家临床版2.0",
      "国临2.0|none|none|国家临床版2.0",
      "国家临床版2.0|ICD-10|none|国家临床版2.0",
      "none|医保版|none|医保版",
      "none|医保版2.0|none|医保版2.0",
      "none|国家医保版 V1.0|none|医保版1.0",
      "none|北京版6.01|none|北京临床版6.01",
      "none|北京临床版v6.01|none|北京临床版6.01",
      "none|北京临床版5.0|none|北京临床版5.0",
      "none|GB/T 14396-2016|none|GB/T 14396-2016",
      "none|GBT14396|none|GB/T 14396-2016",
      "none|ICD10CN|none|ICD10CN",
      "none|ICD10CN|国家临床版2.0|国家临床版2.0"})
  void has_the_edition_that_its_sender_names_wherever_it_does(
      String method, String system, String version, String edition) {
    Map<String, Object> condition = diagnosed(method, "I21.900^急性心肌梗死^" + or(system) + "^^^^" + or(version));

    assertThat(at(condition, "code", "coding", 0, "system")).isEqualTo(ICD10);
    assertThat(at(condition, "code", "coding", 0, "version")).isEqualTo(edition);
    assertThat(at(condition, "code", "coding", 0, "code")).isEqualTo("I21.900");
    assertThat(at(condition, "code", "coding", 0, "display")).isEqualTo("急性心肌梗死");
  }

  @Test
  void is_of_who_icd_10_where_nothing_speaks_against_it() {
    Map<String, Object> condition = diagnosed(null, "I21.9^Acute myocardial infarction^I10");

    assertThat(at(condition, "code", "coding", 0, "system")).isEqualTo("http://hl7.org/fhir/sid/icd-10");
    assertThat(at(condition, "code", "coding", 0, "version")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"I10.x00", "E11.900x041", "I10.x00x002"})
  void with_the_letter_of_the_chinese_extension_is_not_of_who_icd_10(String code) {
    assertThat(at(diagnosed(null, code + "^高血压^ICD-10"), "code", "coding", 0, "system")).isEqualTo(ICD10);
  }

  @Test
  void without_a_system_is_of_the_one_in_dg1_2() {
    assertThat(at(diagnosed("I10", "I21.9^急性心肌梗死"), "code", "coding", 0, "system"))
        .isEqualTo("http://hl7.org/fhir/sid/icd-10");
    assertThat(at(diagnosed("1", "I21.9^急性心肌梗死"), "code", "coding", 0, "system"))
        .isEqualTo("urn:emr-gateway:H-0104:codes:DG1-3");
  }

  @Test
  void in_two_editions_keeps_both_beside_each_other() {
    Map<String, Object> condition = resources(bundle(own("own__CN_ADT_A01")), "Condition").get(0);

    assertThat(at(condition, "code", "coding", 0, "version")).isEqualTo("国家临床版2.0");
    assertThat(at(condition, "code", "coding", 1, "version")).isEqualTo("北京临床版6.01");
    assertThat(at(condition, "code", "coding", 1, "display")).isEqualTo("高血压病");
    assertThat(at(condition, "code", "text")).isEqualTo("高血压3级");
  }

  @Test
  void of_the_same_code_in_two_editions_keeps_both() {
    Map<String, Object> condition = diagnosed(null, "I21.900^急性心肌梗死^国临2.0^I21.900^急性心肌梗死^北京临床版6.01");

    assertThat(at(condition, "code", "coding", 0, "version")).isEqualTo("国家临床版2.0");
    assertThat(at(condition, "code", "coding", 1, "version")).isEqualTo("北京临床版6.01");
  }

  /** The same code means another disease in another edition. */
  @Test
  void of_another_edition_is_another_one() {
    List<Map<String, Object>> conditions = resources(bundle(own("own__CN_ADT_A01")), "Condition");

    assertThat(conditions).filteredOn(c -> "I21.900".equals(at(c, "code", "coding", 0, "code")))
        .extracting(c -> at(c, "code", "coding", 0, "version")).containsExactly("国家临床版2.0", "医保版2.0");
  }

  @Test
  void of_chinese_medicine_stands_beside_the_western_one() {
    List<Map<String, Object>> conditions = resources(bundle(own("own__CN_ADT_A01")), "Condition");

    assertThat(conditions).anySatisfy(c -> {
      assertThat(at(c, "code", "coding", 0, "system")).isEqualTo("urn:oid:2.16.156.10011.2.3.3.14");
      assertThat(at(c, "code", "coding", 0, "version")).isEqualTo("GB/T 15657-1995");
      assertThat(at(c, "code", "coding", 0, "display")).isEqualTo("胸痹心痛病");
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"-|-", "--|--", "—|——", "/|/", "-^-|-", "|-", "无|无", "－|"})
  void of_dashes_is_none(String codeAndName) {
    String text = own("own__ADT_A01.").replaceAll("DG1\\|2[^\r]*", "DG1|2||" + codeAndName + "||F");
    Map<String, Object> bundle = bundle(text);

    assertThat(resources(bundle, "Condition")).hasSize(1);
    assertThat((List<?>) at(resources(bundle, "Encounter").get(0), "diagnosis")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-^胃炎|", "-|胃炎", "^胃炎|-", "--^胃炎^国临2.0|/"})
  void with_a_dash_for_its_code_keeps_its_name(String codeAndName) {
    String text = own("own__ADT_A01.").replaceAll("DG1\\|2[^\r]*", "DG1|2||" + codeAndName + "||F");
    Map<String, Object> condition = resources(bundle(text), "Condition").get(1);

    assertThat(at(condition, "code", "text")).isEqualTo("胃炎");
    assertThat(at(condition, "code", "coding")).isNull();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "none", value = {
      "none|手术操作国家临床版3.0|国家临床版3.0",
      "none|国家临床版2.0|国家临床版2.0",
      "none|ICD-9-CM-3国临版1.1|国家临床版1.1",
      "none|医保版2.0|医保版2.0",
      "国家临床版3.0|ICD-9-CM-3|国家临床版3.0",
      "none|北京临床版v6.01|北京临床版6.01"})
  void is_never_taken_for_an_operation_of_the_same_edition(String method, String system, String edition) {
    String text = own("own__ADT_A01.").replaceAll("PR1\\|1[^\r]*",
        "PR1|1|" + or(method) + "|36.0601^经皮冠状动脉支架置入术^" + system + "|-|20240319");
    Map<String, Object> procedure = resources(bundle(text), "Procedure").get(0);

    assertThat(at(procedure, "code", "coding", 0, "system")).isEqualTo(ICD9);
    assertThat(at(procedure, "code", "coding", 0, "version")).isEqualTo(edition);
    assertThat(at(procedure, "code", "text")).isEqualTo("经皮冠状动脉支架置入术");
  }

  @Test
  void belongs_to_a_department_by_the_hospitals_list_and_the_nations() {
    Map<String, Object> encounter = resources(bundle(own("own__CN_ADT_A01")), "Encounter").get(0);

    assertThat(at(encounter, "serviceType", "coding", 0, "system")).isEqualTo("urn:emr-gateway:H-0104:codes:PV1-10");
    assertThat(at(encounter, "serviceType", "coding", 0, "display")).isEqualTo("心血管内科");
    assertThat(at(encounter, "serviceType", "coding", 1, "system")).isEqualTo("urn:oid:2.16.156.10011.2.3.2.62");
    assertThat(at(encounter, "serviceType", "coding", 1, "code")).isEqualTo("A03.04");
  }

  private static Map<String, Object> diagnosed(String method, String dg13) {
    String text = own("own__ADT_A01.").replaceAll("DG1\\|1[^\r]*",
        "DG1|1|" + or(method) + "|" + dg13.replace("$", "\\$") + "||20240318|A");
    return resources(bundle(text), "Condition").get(0);
  }

  private static String or(String text) {
    return text == null ? "" : text;
  }
}
