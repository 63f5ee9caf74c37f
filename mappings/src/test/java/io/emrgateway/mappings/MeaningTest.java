package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.mapped;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The mapping")
class MeaningTest {

  @Nested
  @DisplayName("of a patient")
  class OfAPatient {

    @Test
    void keeps_a_whole_chinese_name_whole_and_the_pinyin_beside_it() {
      Map<String, Object> patient = resources(bundle(own("own__ADT_A01.")), "Patient").get(0);

      assertThat(at(patient, "name", 0, "text")).isEqualTo("欧阳锋");
      assertThat(at(patient, "name", 0, "family")).isNull();
      assertThat(at(patient, "name", 1, "text")).isEqualTo("Feng Ouyang");
      assertThat(at(patient, "name", 1, "extension", 0, "valueCode")).isNull();
    }

    @Test
    void gives_a_resident_id_that_agrees_with_everything_the_national_system() {
      Map<String, Object> patient = resources(bundle(own("own__ADT_A01.")), "Patient").get(0);

      assertThat(at(patient, "identifier", 1, "system")).isEqualTo("urn:oid:2.16.156.10011.1.3");
      assertThat(at(patient, "identifier", 1, "extension", 0, "valueCode")).isEqualTo("valid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"|19491230|2|", "|19491231|1|"})
    void keeps_a_contradictory_resident_id_where_nobody_is_matched_by_it(String changed) {
      String text = own("own__ADT_A01.").replace("|19491231|2|", changed);
      Map<String, Object> patient = resources(bundle(text), "Patient").get(0);

      assertThat(at(patient, "identifier", 1, "value")).isEqualTo("11010519491231002X");
      assertThat(at(patient, "identifier", 1, "system")).isEqualTo("urn:emr-gateway:H-0104:resident-id:contradictory");
      assertThat(mapped(text).diagnostics()).extracting(Diagnostic::code)
          .contains("mapping.resident-id-contradictory");
    }

    @ParameterizedTest
    @CsvSource({"0,unknown,0", "9,unknown,9", "1,male,1", "2,female,2", "M,male,1", "F,female,2"})
    void keeps_the_sexes_that_fhir_calls_unknown_apart(String sent, String gender, String national) {
      Map<String, Object> patient =
          resources(bundle(own("own__ADT_A01.").replace("|19491231|2|", "|19491231|" + sent + "|")), "Patient").get(0);

      assertThat(patient.get("gender")).isEqualTo(gender);
      assertThat(at(patient, "_gender", "extension", 0, "valueCoding", "code")).isEqualTo(national);
    }

    @Test
    void normalises_the_middle_dot_for_matching_only() {
      Map<String, Object> patient = resources(bundle(own("own__ADT_A01_strange")), "Patient").get(0);

      assertThat(at(patient, "name", 0, "text")).isEqualTo("阿卜杜拉\u2022买买提");
      assertThat(at(patient, "name", 0, "extension", 0, "valueString")).isEqualTo("阿卜杜拉\u00B7买买提");
    }

    @Test
    void without_an_identifier_is_diagnosed_and_not_lost() {
      Mapped mapped = mapped(own("own__ADT_A01_noid"));

      assertThat(mapped.converted()).isTrue();
      assertThat(mapped.diagnostics()).extracting(Diagnostic::code, Diagnostic::place)
          .contains(org.assertj.core.groups.Tuple.tuple("mapping.no-patient-identifier", "PID-3"));
      Map<String, Object> patient = resources(bundle(own("own__ADT_A01_noid")), "Patient").get(0);
      assertThat(at(patient, "identifier", 0, "value")).isEqualTo("OWNNOID-1");
      assertThat(patient.get("birthDate")).isEqualTo("1949");
    }
  }

  @Nested
  @DisplayName("of a visit")
  class OfAVisit {

    @ParameterizedTest
    @CsvSource({"A01,in-progress", "A02,in-progress", "A03,finished", "A04,arrived", "A08,in-progress",
        "A11,cancelled", "A13,in-progress"})
    void follows_the_event(String event, String status) {
      Map<String, Object> encounter = resources(bundle(own("own__ADT_" + event + ".")), "Encounter").get(0);

      assertThat(encounter.get("status")).isEqualTo(status);
    }

    @Test
    void takes_a_discharge_back() {
      assertThat(at(resources(bundle(own("own__ADT_A03.")), "Encounter").get(0), "period", "end"))
          .isEqualTo("2024-03-25T10:00:00+08:00");
      assertThat(at(resources(bundle(own("own__ADT_A13.")), "Encounter").get(0), "period", "end")).isNull();
    }

    @Test
    void in_a_result_never_overwrites_what_admission_knows() {
      Object request = Samples.entries(bundle(own("own__ORU_R01."))).stream()
          .filter(e -> "Encounter".equals(at(e, "resource", "resourceType"))).findFirst().orElseThrow().get("request");

      assertThat(at(request, "method")).isEqualTo("POST");
      assertThat((String) at(request, "ifNoneExist"))
          .startsWith("identifier=urn%3Aemr-gateway%3AH-0104%3Avisit-record%7C");
    }

    /** A laboratory's PID is often a name and a number; written over the record it would erase the address. */
    @Test
    void in_a_result_or_an_order_never_overwrites_the_patient_either() {
      for (String message : List.of("own__ORU_R01.", "own__ORM_O01.", "own__RDE_O11.")) {
        Object request = Samples.entries(bundle(own(message))).stream()
            .filter(e -> "Patient".equals(at(e, "resource", "resourceType"))).findFirst().orElseThrow().get("request");
        assertThat(at(request, "method")).as(message).isEqualTo("POST");
        assertThat((String) at(request, "ifNoneExist")).as(message).startsWith("identifier=");
      }
    }
  }

  @Nested
  @DisplayName("of diagnoses, operations and allergies")
  class OfDiagnoses {

    @Test
    void keeps_code_name_edition_and_the_doctors_words() {
      Map<String, Object> condition = resources(bundle(own("own__ADT_A01.")), "Condition").get(0);

      assertThat(at(condition, "code", "coding", 0, "code")).isEqualTo("I21.900");
      assertThat(at(condition, "code", "coding", 0, "display")).isEqualTo("急性心肌梗死");
      assertThat(at(condition, "code", "coding", 0, "version")).isEqualTo("ICD10CN");
      assertThat(at(condition, "code", "text")).isEqualTo("急性前壁心肌梗死");
      assertThat(condition.get("onsetDateTime")).isEqualTo("2024-03-18");
    }

    @Test
    void takes_a_lone_dash_for_absent() {
      List<Map<String, Object>> conditions = resources(bundle(own("own__ADT_A01.")), "Condition");

      assertThat(conditions).filteredOn(c -> String.valueOf(c.get("code")).contains("-}")).isEmpty();
      assertThat(conditions).extracting(c -> at(c, "code", "text")).doesNotContain("-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"否认药物过敏史", "无过敏史", "否认食物、药物过敏史。", "NKDA", "无"})
    void never_makes_an_allergy_of_its_denial(String words) {
      String text = own("own__ADT_A01.").replace("否认药物过敏史", words);
      Map<String, Object> allergy = resources(bundle(text), "AllergyIntolerance").get(0);

      assertThat(at(allergy, "verificationStatus", "coding", 0, "code")).isEqualTo("refuted");
      assertThat(at(allergy, "clinicalStatus", "coding", 0, "code")).isEqualTo("inactive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"青霉素过敏", "否认食物过敏史，青霉素过敏", "否认药物过敏史，但头孢可疑"})
    void never_hides_an_allergy_behind_a_denial(String words) {
      String text = own("own__ADT_A01.").replace("否认药物过敏史", words);
      Map<String, Object> allergy = resources(bundle(text), "AllergyIntolerance").get(0);

      assertThat(at(allergy, "clinicalStatus", "coding", 0, "code")).isEqualTo("active");
    }
  }

  @Nested
  @DisplayName("of results")
  class OfResults {
    private final Map<String, Object> bundle = bundle(own("own__ORU_R01."));
    private final List<Map<String, Object>> observations = resources(bundle, "Observation");

    @Test
    void keeps_digits_units_as_spelt_and_adds_ucum_only_when_sure() {
      assertThat(at(observations.get(0), "valueQuantity", "value")).isEqualTo("12.60");
      assertThat(at(observations.get(0), "valueQuantity", "unit")).isEqualTo("10^9/L");
      assertThat(at(observations.get(0), "valueQuantity", "code")).isEqualTo("10*9/L");
      assertThat(at(observations.get(6), "valueQuantity", "unit")).isEqualTo("个/HP");
      assertThat(at(observations.get(6), "valueQuantity", "code")).isEqualTo("/[HPF]");
    }

    @Test
    void keeps_local_and_national_codes_beside_each_other() {
      assertThat(at(observations.get(0), "code", "coding", 0, "system"))
          .isEqualTo("urn:emr-gateway:H-0104:codes:OBX-3");
      assertThat(at(observations.get(0), "code", "coding", 1, "system")).isEqualTo("http://loinc.org");
    }

    @Test
    void reads_comparators_words_and_ratios_sent_as_numbers() {
      assertThat(at(observations.get(1), "valueQuantity", "comparator")).isEqualTo(">");
      assertThat(observations.get(2).get("valueString")).isEqualTo("阴性");
      assertThat(at(observations.get(3), "valueRatio", "denominator", "value")).isEqualTo("128");
      assertThat(observations.get(7).get("valueString")).isEqualTo("a&b ^ |");
    }

    @Test
    void follows_corrections_deletions_and_cancellations() {
      assertThat(resources(bundle, "DiagnosticReport").get(0).get("status")).isEqualTo("corrected");
      assertThat(observations).extracting(o -> o.get("status")).containsExactly(
          "corrected", "final", "final", "final", "final", "entered-in-error", "final", "cancelled");
    }

    @Test
    void writes_the_offset_out_and_leaves_dates_alone() {
      assertThat(observations.get(0).get("effectiveDateTime")).isEqualTo("2024-03-18T09:55:00+08:00");
      assertThat(observations.get(4).get("valueDateTime")).isEqualTo("2024-03-18");
      assertThat(bundle.get("timestamp")).isEqualTo("2024-03-18T09:30:15+08:00");
    }

    @ParameterizedTest
    @CsvSource({"20240318093015+0900, 2024-03-18T09:55:00+09:00", "20240318093015-0530, 2024-03-18T09:55:00-05:30",
        "20240318093015, 2024-03-18T09:55:00+08:00", "20240318093015+9900, 2024-03-18T09:55:00+08:00",
        "20240318, 2024-03-18T09:55:00+08:00"})
    void takes_the_offset_of_the_header_for_every_time_without_one(String sent, String then) {
      Map<String, Object> result = resources(bundle("MSH|^~\\&|L|RMYY|G|E|" + sent + "||ORU^R01|1|P|2.5.1\rPID|1||1^^^RMYY^PI\r"
          + "OBR|1||L1|GLU^葡萄糖^L\rOBX|1|NM|GLU^葡萄糖^L||5.1||||||F|||20240318095500\r"), "Observation").get(0);

      assertThat(result.get("effectiveDateTime")).isEqualTo(then);
    }

    @Test
    void keeps_every_sub_id_where_one_of_them_joins_results() {
      String organism = "OBX|1|CE|ORG^细菌^L|1|ECO^大肠埃希菌||||||F\r";
      String sensitive = "OBX|1|SN|AMP^氨苄西林^L|1|<^2||||||F\rOBX|2|ST|AMP^氨苄西林^L|2|耐药||R|||F\r";
      String head = "MSH|^~\\&|L|RMYY|G|E|20240318||ORU^R01|1|P|2.5.1\rPID|1||1^^^RMYY^PI\rOBR|1||L1|PY^血培养^L\r" + organism;

      assertThat(subIds(head + "OBR|2||L2|YM^药敏^L\r" + sensitive + "OBX|3|ST|CRO^头孢曲松^L|1|敏感||敏感|||F\r"))
          .containsExactly("1", "1", "2", "1");
      assertThat(subIds(head + "OBX|2|ST|AMP^氨苄西林^L|2|耐药||R|||F\r")).as("running numbers").isEmpty();
      assertThat(subIds(head + "OBX|2|ST|AMP^氨苄西林^L|1|耐药||R|||F\r")).as("1 in every result").isEmpty();
    }

    private List<Object> subIds(String message) {
      return resources(bundle(message), "Observation").stream()
          .map(one -> at(one, "extension", 0, "extension", 0, "valueString")).filter(java.util.Objects::nonNull).toList();
    }

    @ParameterizedTest
    @CsvSource({"敏感, S", "中介, I", "中敏, I", "耐药, R"})
    void reads_what_a_germ_is_sensitive_to_in_chinese(String word, String code) {
      Map<String, Object> result = resources(bundle("MSH|^~\\&|L|RMYY|G|E|20240318||ORU^R01|1|P|2.5.1\rPID|1||1^^^RMYY^PI\r"
          + "OBR|1||L1|YM^药敏^L\rOBX|1|ST|CRO^头孢曲松^L|1|8|||" + word + "|||F\r"), "Observation").get(0);

      assertThat(at(result, "interpretation", 0, "coding", 0, "code")).isEqualTo(code);
    }

    @Test
    void puts_the_comment_with_the_result_it_follows() {
      assertThat(at(observations.get(2), "note", 0, "text")).isEqualTo("危急值已电话通知\n护士站");
    }
  }

  @Test
  void revokes_a_cancelled_order() {
    assertThat(resources(bundle(own("own__ORM_O01.")), "ServiceRequest").get(0).get("status")).isEqualTo("revoked");
  }

  @Test
  void takes_the_medicine_and_the_dose_from_what_the_pharmacy_encoded() {
    Map<String, Object> request = resources(bundle(own("own__RDE_O11.")), "MedicationRequest").get(0);

    assertThat(at(request, "medicationCodeableConcept", "coding", 0, "code")).isEqualTo("86905");
    assertThat(at(request, "dosageInstruction", 0, "doseAndRate", 0, "doseQuantity", "value")).isEqualTo("0.5");
    assertThat(at(request, "dosageInstruction", 0, "route", "text")).isEqualTo("口服");
    assertThat(at(request, "status")).isEqualTo("active");
  }

  @Test
  void of_a_merge_makes_the_old_patient_inactive_and_leads_to_the_one_who_stays() {
    Map<String, Object> bundle = bundle(own("own__ADT_A40."));
    List<Map<String, Object>> patients = resources(bundle, "Patient");

    assertThat(patients).hasSize(2);
    assertThat(patients.get(0).get("link")).isNull();
    assertThat(at(patients.get(1), "link", 0, "type")).isEqualTo("replaced-by");
    assertThat(patients.get(1).get("active")).isEqualTo(false);
    assertThat(at(patients.get(1), "identifier", 0, "value")).isEqualTo("0009999999");
    assertThat(at(resources(bundle, "Linkage"), 0, "item", 1, "type")).isEqualTo("historical");
  }

  @Test
  void is_the_same_bytes_for_the_same_message() {
    for (var file : Samples.own()) {
      String text = Samples.text(file);
      assertThat(Mapping.shipped().map(text, Samples.SITE, "b-1").bundle()).isEqualTo(mapped(text).bundle());
    }
  }

  @Test
  void of_a_later_message_speaks_of_the_same_visit_under_the_same_address() {
    assertThat(fullUrlOf("own__ADT_A01.", "Encounter")).isEqualTo(fullUrlOf("own__ADT_A11.", "Encounter"))
        .isEqualTo(fullUrlOf("own__ORU_R01.", "Encounter"));
    assertThat(fullUrlOf("own__ADT_A01.", "Patient")).isEqualTo(fullUrlOf("own__RDE_O11.", "Patient"));
  }

  private static Object fullUrlOf(String message, String type) {
    return Samples.entries(bundle(own(message))).stream()
        .filter(e -> type.equals(at(e, "resource", "resourceType"))).findFirst().orElseThrow().get("fullUrl");
  }

  @Test
  void refuses_what_it_has_no_rules_for_with_a_stable_code() {
    Mapped mapped = mapped("MSH|^~\\&|A|B|C|D|20240101||MFN^M16|1|P|2.4\rMFI|INV\r");

    assertThat(mapped.bundle()).isNull();
    assertThat(mapped.diagnostics()).last().extracting(Diagnostic::code, Diagnostic::place)
        .containsExactly("mapping.message-type-unknown", "MSH-9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\r\n", "MSH", "MSH|", "MSH|^~\\&", "hello", "MSH|^~\\&|||||||ADT^A01\rPID",
      "MSH|^~\\&|||||||ADT^A01|1\rPID|||||||||||||||||||||||\rPV1\rOBX\rDG1\rAL1\rMRG\rNK1\rIN1\rPR1\r",
      "MSH#*~\\&#A#B#C#D#20240101##ADT*A01#1#P#2.4\rPID#1##5***X*PI\r"})
  void never_throws(String text) {
    Mapped mapped = mapped(text);

    assertThat(mapped.converted() || mapped.diagnostics().stream()
        .anyMatch(d -> d.severity() == Diagnostic.Severity.FATAL)).isTrue();
    assertThat(mapped.diagnostics()).extracting(Diagnostic::code).doesNotContain("mapping.internal");
  }

  @Test
  void survives_every_message_cut_short_and_every_field_blown_up() {
    for (var file : Samples.own()) {
      String text = Samples.text(file);
      for (int cut = 0; cut < text.length(); cut += 37) {
        assertThat(mapped(text.substring(0, cut)).diagnostics()).as(file.getFileName().toString())
            .extracting(Diagnostic::code).doesNotContain("mapping.internal");
      }
      for (String junk : new String[] {"|~~^^&&", "|\"\"", "|\\X4\\\\.sp", "|\u0001\uD800", "|-"}) {
        String blown = text.substring(0, 8) + text.substring(8).replace("|", junk);
        assertThat(mapped(blown).diagnostics()).as(file.getFileName().toString())
            .extracting(Diagnostic::code).doesNotContain("mapping.internal");
      }
    }
  }

  @Test
  void never_puts_a_value_into_a_diagnostic() {
    Mapped mapped = mapped(own("own__ADT_A01_strange"));

    assertThat(mapped.diagnostics()).isNotEmpty().allSatisfy(d ->
        assertThat(d.place()).matches("([A-Z][A-Z0-9]{2}(\\[\\d+])?(-\\d+)?(\\(\\d+\\))?|line \\d+)"));
    assertThat(mapped.diagnostics()).extracting(Diagnostic::code).contains(
        "mapping.value-unusable", "mapping.code-unmapped", "mapping.line-unread", "mapping.segment-unmapped");
  }

  @Test
  void names_the_fields_that_no_rule_has_read() {
    assertThat(Samples.MAPPING.unreadFields(own("own__ADT_A01_strange"), Samples.SITE)).contains("ZPI-2")
        .doesNotContain("PID-3", "PV1-2");
  }

  /** Before v2.5 the rhythm of a service stands in ORC-7 (or OBR-27), and nowhere else. */
  @Test
  void a_service_that_is_done_again_and_again_says_how_often_and_how_long() {
    for (String fields : List.of("^Q6H^D3^20261120080000^^R|;", ";^Q6H^D3^20261120080000^^R")) {
      Map<String, Object> order = service(fields);

      assertThat(at(order, "occurrenceTiming", "code", "coding", 0, "code")).as(fields).isEqualTo("Q6H");
      assertThat(at(order, "occurrenceTiming", "repeat", "boundsPeriod", "start")).isEqualTo("2026-11-20T08:00:00+08:00");
      assertThat(at(order, "occurrenceTiming", "repeat", "boundsPeriod", "end")).isEqualTo("2026-11-23T08:00:00+08:00");
      assertThat(order).containsEntry("priority", "routine").doesNotContainKey("occurrenceDateTime");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"^ONCE^^20261120080000^^S", "1^^^20261120080000^^S", "^ONCE^^20261120080000^20261120080000^S",
      "^ONCE^H001^20261120080000^200000^S", "1^^0^20261120080000^^S"})
  void a_service_that_is_done_once_says_when(String tq) {
    assertThat(service(tq + ";")).containsEntry("occurrenceDateTime", "2026-11-20T08:00:00+08:00").containsEntry("priority", "stat");
  }

  @Test
  void a_service_keeps_when_it_is_needed_and_what_else_is_said_of_its_time() {
    Map<String, Object> order = service("^PRN^^^^^血压高于160时^床旁;");

    assertThat(order).containsEntry("asNeededBoolean", true);
    assertThat(at(order, "note", 0, "text")).isEqualTo("床旁");
    assertThat((List<?>) order.get("extension")).extracting(one -> at(one, "valueString")).contains("血压高于160时");
  }

  @Test
  void a_service_that_is_done_again_begins_when_it_was_asked_for() {
    Object repeat = at(service("^Q6H^D10;").get("occurrenceTiming"), "repeat");
    assertThat(at(repeat, "boundsDuration", "value")).isEqualTo("10");

    Object begun = at(resources(bundle("MSH|^~\\&|HIS|RMYY|GW|CITY|20261120080000||ORM^O01|1|P|2.4\rPID|1||P1^^^RMYY^PI||张伟\r"
        + "ORC|NW|O1|||||^Q6H^D10\rOBR|1|O1||BP^血压监测^L||20261120\r"), "ServiceRequest").get(0), "occurrenceTiming", "repeat", "boundsPeriod");
    assertThat(at(begun, "start")).isEqualTo("2026-11-20");
    assertThat(at(begun, "end")).isEqualTo("2026-11-30");
  }

  /** @param fields ORC-7 and OBR-27, parted by a semicolon */
  private static Map<String, Object> service(String fields) {
    String[] tq = fields.split(";", -1);
    return Samples.only(bundle("MSH|^~\\&|HIS|RMYY|GW|CITY|20261120080000||ORM^O01|1|P|2.4\rPID|1||P1^^^RMYY^PI||张伟\r"
        + "ORC|NW|O1|||||" + tq[0] + "\rOBR|1|O1||BP^血压监测^L" + "|".repeat(23) + tq[1] + "\r"), "ServiceRequest");
  }
}
