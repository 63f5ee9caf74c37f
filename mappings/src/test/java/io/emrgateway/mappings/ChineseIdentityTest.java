package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.MAPPING;
import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.entries;
import static io.emrgateway.mappings.Samples.mapped;
import static io.emrgateway.mappings.Samples.only;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who somebody is in China: numbers, documents, names, and what a person is by the national tables. */
@DisplayName("In China")
class ChineseIdentityTest {
  private static final String NATIONAL = "urn:oid:2.16.156.10011.1.3";

  private static String admitted(String numbers, String birth, String sex) {
    return "MSH|^~\\&|HIS|RMYY|G|E|20240318||ADT^A28|1|P|2.5.1\rPID|1||" + numbers + "||测试一||" + birth + "|" + sex + "\r";
  }

  private static Object requestFor(String message) {
    return entries(bundle(message)).stream().filter(entry -> "Patient".equals(at(entry, "resource", "resourceType")))
        .map(entry -> at(entry, "request", "url")).findFirst().orElseThrow();
  }

  @Nested
  @DisplayName("a resident ID")
  class AResidentId {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "11010519491231002X|19491231|2|valid|11010519491231002X",
        "440524188001010014|18800101|1|valid|440524188001010014",
        "11010519491231002x|19491231|2|repaired|11010519491231002X",
        "110105 19491231 002X|19491231|2|repaired|11010519491231002X",
        "１１０１０５１９４９１２３１００２Ｘ|19491231|2|repaired|11010519491231002X",
        "110105491231002|19491231|2|repaired|11010519491231002X",
        "11010519491231002X||9|valid|11010519491231002X",
        "11010519491231002X|1949|2|valid|11010519491231002X",
        // of a resident of Hong Kong, with a residence permit
        "810000198506120024|19850612|2|valid|810000198506120024"})
    void that_agrees_is_the_nations_number_in_one_spelling(
        String sent, String birth, String sex, String verdict, String value) {
      Map<String, Object> id = identifiers(sent + "^^^GA^01", birth == null ? "" : birth, sex).get(1);

      assertThat(id.get("system")).isEqualTo(NATIONAL);
      assertThat(id.get("value")).isEqualTo(value);
      assertThat(at(id, "extension", 0, "valueCode")).isEqualTo(verdict);
      assertThat(at(id, "extension", 1, "valueString")).isEqualTo(verdict.equals("valid") ? null : sent);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "110105194912310021|19491231|2", // check character
        "11010519491231002X|19491230|2", // birth date
        "11010519491231002X|19491231|1", // sex
        "110105491231002|19491231|1", // sex, 15 digits
        "11010519491331002X|19491331|2", // no such month
        "1101051949|19491231|2",
        "E12345678|19491231|2"})
    void that_contradicts_is_kept_where_nobody_is_matched_by_it(String sent, String birth, String sex) {
      Map<String, Object> id = identifiers(sent + "^^^GA^01", birth, sex).get(1);

      assertThat(id.get("value")).isEqualTo(sent);
      assertThat(id.get("system")).isEqualTo("urn:emr-gateway:H-0104:resident-id:contradictory");
      assertThat(at(id, "extension", 0, "valueCode")).isEqualTo("contradictory");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "11010519491231002X|19491231|2", "11010519491231002x|19491231|2", "110105 19491231 002X||"})
    void of_which_nobody_says_what_it_is_is_one_where_everything_agrees(String sent, String birth, String sex) {
      Map<String, Object> patient = only(bundle(admitted(sent, birth == null ? "" : birth, sex == null ? "" : sex)), "Patient");

      assertThat(at(patient, "identifier", 0, "system")).isEqualTo(NATIONAL);
      assertThat(at(patient, "identifier", 0, "value")).isEqualTo("11010519491231002X");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "110105194912310021|19491231|2", // check character
        "11010519491231002X|19500101|2", // birth date
        "11010519491231002X|19491231|1", // sex
        "110105491231002|19491231|2", // 15 digits have no check character
        "11010519491231002X^^^RMYY|19491231|2"}) // the hospital says whose number it is
    void is_not_what_any_other_number_without_a_type_is(String sent, String birth, String sex) {
      Map<String, Object> patient = only(bundle(admitted(sent, birth, sex)), "Patient");

      assertThat((String) at(patient, "identifier", 0, "system")).startsWith("urn:emr-gateway:H-0104:patient");
      assertThat(patient.get("extension").toString()).contains("resident-id-verdict, valueCode=absent");
    }

    @Test
    void without_a_type_makes_the_same_patient_as_with_one_and_is_never_preferred_to_the_hospitals_number() {
      assertThat(requestFor(admitted("11010519491231002X", "19491231", "2")))
          .isEqualTo(requestFor(admitted("11010519491231002X^^^^NI", "19491231", "2")));
      assertThat(requestFor(admitted("11010519491231002X~0001^^^RMYY", "19491231", "2")))
          .isEqualTo(requestFor(admitted("0001^^^RMYY", "19491231", "2")));
    }

    @Test
    void of_the_mother_does_not_become_the_newborns() {
      // A boy of today with the number of a woman born in 1985.
      Map<String, Object> id = identifiers("110105198506120026^^^GA^01", "20240318", "1").get(1);

      assertThat(at(id, "extension", 0, "valueCode")).isEqualTo("contradictory");
    }

    @Test
    void of_the_mother_is_hers_and_does_not_mix_two_newborns_up() {
      String twin = own("own__CN_ADT_A01").replace("|||||||||156^", "||110105198506120026^^^GA^01|||||||156^");
      Map<String, Object> mother = resources(bundle(twin), "RelatedPerson").stream()
          .filter(r -> "MTH".equals(at(r, "relationship", 0, "coding", 0, "code"))).findFirst().orElseThrow();
      Map<String, Object> othersMother = resources(bundle(twin.replace("0001234567^^^RMYY^PI", "0001234568^^^RMYY^PI")),
          "RelatedPerson").stream().filter(r -> "MTH".equals(at(r, "relationship", 0, "coding", 0, "code")))
          .findFirst().orElseThrow();

      assertThat(at(mother, "identifier", 0, "system")).isEqualTo(NATIONAL);
      assertThat(at(mother, "identifier", 0, "extension", 0, "valueCode")).isEqualTo("valid");
      assertThat(at(mother, "identifier", 1, "value")).isNotNull()
          .isNotEqualTo(at(othersMother, "identifier", 1, "value"));
    }

    @Test
    void in_pid_19_joins_the_one_in_pid_3() {
      Map<String, Object> patient = resources(bundle(own("own__CN_ADT_A01")), "Patient").get(0);

      assertThat(strings(patient, "identifier", "value")).containsOnlyOnce("11010519491231002X")
          .noneMatch(value -> value.contains(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "--", "无", "/", "　"})
    void that_is_only_a_dash_is_absent(String dash) {
      String text = own("own__ADT_A01.").replace("11010519491231002X", dash);
      Map<String, Object> patient = resources(bundle(text), "Patient").get(0);

      assertThat(strings(patient, "identifier", "value"))
          .as("the hospital's number, and the one that the record is asked for by").startsWith("0001234567").hasSize(2);
      assertThat(patient.get("extension").toString()).contains("resident-id-verdict, valueCode=absent");
      assertThat(mapped(text).diagnostics()).extracting(Diagnostic::code)
          .doesNotContain("mapping.resident-id-contradictory");
    }
  }

  @Nested
  @DisplayName("a number of a patient")
  class ANumber {

    @ParameterizedTest
    @CsvSource({"02,居民户口簿,02", "户口簿,居民户口簿,02", "03,护照,PPN", "护照,护照,PPN", "04,军官证,MI", "05,驾驶证,DL",
        "06,港澳居民来往内地通行证,06", "回乡证,港澳居民来往内地通行证,06", "07,台湾居民来往内地通行证,07", "台胞证,台湾居民来往内地通行证,07",
        "99,其他法定有效证件,99", "外国人永久居留证,外国人永久居留证,PRC", "医保卡,医疗保险卡,SN", "电子健康卡,电子健康卡,HC", "病案号,病案号,MR"})
    void says_what_document_it_is(String sent, String words, String code) {
      Map<String, Object> id = identifiers("A1234567^^^X^" + sent, "19491231", "2").get(1);

      assertThat(at(id, "type", "text")).isEqualTo(words);
      assertThat(at(id, "type", "coding", 0, "code")).isEqualTo(code);
    }

    @Test
    void of_a_kind_only_this_city_knows_keeps_its_code() {
      Map<String, Object> id = identifiers("A1^^^X^109", "19491231", "2").get(1);

      assertThat(at(id, "type", "coding", 0, "code")).isEqualTo("109");
      assertThat(at(id, "type", "coding", 0, "system")).isEqualTo("urn:emr-gateway:H-0104:codes:HL70203");
    }

    /** The record number, the card, the insurance and the outpatient number of one hospital may be the same digits. */
    @Test
    void is_told_apart_from_others_of_the_same_digits() {
      Map<String, Object> patient = resources(bundle(own("own__CN_ADT_A01")
          .replace("BA778899", "0001234567").replace("YB5566^^^YB", "0001234567^^^RMYY")), "Patient").get(0);

      assertThat(strings(patient, "identifier", "system")).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"PI, MR", "PI, PT", "MR, PT", "MR, ''"})
    void makes_the_same_patient_in_whatever_order_it_stands_among_others(String type, String other) {
      String one = "0001^^^RMYY^" + type;
      String two = "0002^^^RMYY^" + other;

      assertThat(requestFor(admitted(two + "~" + one, "", ""))).isEqualTo(requestFor(admitted(one + "~" + two, "", "")))
          .isEqualTo(requestFor(admitted(one, "", "")));
    }

    @Test
    void of_one_type_that_comes_later_makes_no_other_patient() {
      assertThat(requestFor(admitted("0001^^^RMYY^PI~A9^^^EMPI^PI", "", "")))
          .isEqualTo(requestFor(admitted("0001^^^RMYY^PI", "", "")));
    }

    @Test
    void of_the_hospitals_own_authority_comes_before_others_of_its_type() {
      Site site = new Site("H-0104", java.time.ZoneOffset.ofHours(8), "urn:emr-gateway:H-0104", "RMYY", Map.of());
      Map<String, Object> patient = only(
          bundle(MAPPING.map(admitted("A9^^^EMPI^PI~0001^^^RMYY^PI", "", ""), site, "b")), "Patient");

      assertThat(at(patient, "identifier", 2, "value")).isEqualTo(at(only(
          bundle(MAPPING.map(admitted("0001^^^^PI", "", ""), site, "b")), "Patient"), "identifier", 1, "value"));
    }

    @Test
    void of_the_hospital_is_one_numbering_with_its_type_and_without() {
      assertThat(identifiers("1^^^RMYY^PI", "", "2").get(0).get("system"))
          .isEqualTo(resources(bundle(own("own__ADT_A01.").replace("^^^RMYY^PI", "^^^RMYY")), "Patient")
              .stream().map(p -> at(p, "identifier", 0, "system")).findFirst().orElseThrow());
    }

    @Test
    void on_the_health_card_is_the_nations() {
      assertThat(identifiers("JK1^^^WJW^居民健康卡", "", "2").get(1).get("system"))
          .isEqualTo("urn:oid:2.16.156.10011.1.19");
    }

    @Test
    void in_pid_2_is_another_one_than_in_pid_3() {
      Map<String, Object> patient = resources(bundle(own("own__ADT_A01.").replace("PID|1||", "PID|1|0001234567|")
          .replace("^^^RMYY^PI", "")), "Patient").get(0);

      assertThat(strings(patient, "identifier", "system"))
          .contains("urn:emr-gateway:H-0104:patient", "urn:emr-gateway:H-0104:patient:PID-2");
    }
  }

  @Nested
  @DisplayName("an organization")
  class AnOrganization {

    /** All but the sender of the message, which is known by its facility code. */
    private static List<Map<String, Object>> named(Map<String, Object> bundle) {
      return resources(bundle, "Organization").stream()
          .filter(one -> !String.valueOf(at(one, "identifier", 0, "system")).endsWith(":facility")).toList();
    }

    @Test
    void has_several_codes_at_once_and_the_one_inside_its_credit_code() {
      Map<String, Object> hospital = named(bundle(own("own__CN_ADT_A01"))).get(0);

      assertThat(named(bundle(own("own__CN_ADT_A01")))).hasSize(1);
      assertThat(identifiersOf(hospital)).containsExactly(
          tuple("urn:emr-gateway:organization:uscc", "91350100M000100Y43"),
          tuple("urn:emr-gateway:organization:practice-licence", "PDY10001-1"),
          tuple("urn:emr-gateway:organization:insurer", "H11010500001"),
          tuple("urn:oid:2.16.156.10011.1.5", "M000100Y4"));
      assertThat((List<?>) at(resources(bundle(own("own__CN_ADT_A01")), "Patient").get(0), "generalPractitioner"))
          .hasSize(1);
    }

    @Test
    void is_the_same_in_whatever_order_its_codes_come() {
      String text = own("own__CN_ADT_A01");
      String turned = text.replace("北京某医院^^^^^^USCC^^^91350100M000100Y43~北京某医院^^^^^^MIPLRN^^^PDY10001-1",
          "北京某医院^^^^^^MIPLRN^^^PDY10001-1~北京某医院^^^^^^USCC^^^91350100M000100Y43");

      assertThat(turned).isNotEqualTo(text);
      assertThat(identifiersOf(named(bundle(turned)).get(0)).get(0))
          .isEqualTo(tuple("urn:emr-gateway:organization:uscc", "91350100M000100Y43"));
    }

    @Test
    void is_not_taken_for_another_by_a_credit_code_with_a_wrong_check_character() {
      String text = own("own__CN_ADT_A01").replace("91350100M000100Y43", "91350100M000100Y44");

      assertThat(identifiersOf(named(bundle(text)).get(0)).get(0))
          .isEqualTo(tuple("urn:emr-gateway:H-0104:organization", "91350100M000100Y44"));
    }

    @ParameterizedTest
    @CsvSource({"9144030071526726XG,urn:emr-gateway:organization:uscc",
        "9144030071526726XH,urn:emr-gateway:H-0104:organization", "0301,urn:emr-gateway:H-0104:organization"})
    void with_an_untyped_code_has_a_credit_code_only_where_the_check_character_is_right(String code, String system) {
      String text = own("own__CN_ADT_A01").replaceAll("PD1[^\r]*", "PD1|||北京某医院^^" + code);

      assertThat(identifiersOf(named(bundle(text)).get(0)).get(0)).isEqualTo(tuple(system, code));
    }
  }

  @Nested
  @DisplayName("a person")
  class APerson {

    @ParameterizedTest
    @CsvSource({"01^汉族^GB3304,01", "01,01", "HA,01", "汉族,01", "^汉族,01", "汉,01", "05^维吾尔族,05", "UG,05", "JN,56", "56,56",
        "12^满族,11", "崩龙族,46"})
    void is_of_an_ethnic_group_of_gb_3304_whether_by_digits_letters_or_name(String sent, String code) {
      Object group = extension(patient("||01^汉族^GB3304|", "||" + sent + "|"), "urn:emr-gateway:extension:ethnic-group");

      assertThat(at(group, "valueCodeableConcept", "coding", 0, "system")).isEqualTo("urn:oid:2.16.156.10011.2.3.3.3");
      assertThat(at(group, "valueCodeableConcept", "coding", 0, "code")).isEqualTo(code);
      assertThat(at(group, "valueCodeableConcept", "coding", 0, "display")).isNotNull();
    }

    @Test
    void of_a_local_group_keeps_the_hospitals_code() {
      Object group = extension(patient("||01^汉族^GB3304|", "||97^其他|"), "urn:emr-gateway:extension:ethnic-group");

      assertThat(at(group, "valueCodeableConcept", "coding", 0, "system")).isEqualTo("urn:emr-gateway:H-0104:codes:PID-10");
      assertThat(at(group, "valueCodeableConcept", "text")).isEqualTo("其他");
    }

    @Test
    void is_of_the_ethnic_group_that_stands_in_pid_22_when_pid_10_is_empty() {
      Map<String, Object> patient = resources(bundle(own("own__ADT_A01.").replace("||01^汉族^GB3304|", "|||")
          .replace("|||20\r", "|||20||||||HU\r")), "Patient").get(0);

      assertThat(at(extension(patient, "urn:emr-gateway:extension:ethnic-group"), "valueCodeableConcept", "coding", 0,
          "display")).isEqualTo("回族");
    }

    @ParameterizedTest
    @CsvSource({"10,S,10", "20^已婚,M,20", "21^初婚,M,21", "^丧偶,W,30", "离异,D,40", "M,M,20", "S^Single,S,10",
        "10^已婚,M,20", "90,UNK,90"})
    void is_married_or_not_by_both_tables(String sent, String hl7, String national) {
      Map<String, Object> patient = patient("|||20\r", "|||" + sent + "\r");

      assertThat(at(patient, "maritalStatus", "coding", 0, "code")).isEqualTo(hl7);
      assertThat(at(patient, "maritalStatus", "coding", 1, "system")).isEqualTo("urn:oid:2.16.156.10011.2.3.3.5");
      assertThat(at(patient, "maritalStatus", "coding", 1, "code")).isEqualTo(national);
    }

    @ParameterizedTest
    @CsvSource({"0,unknown,0", "1,male,1", "2,female,2", "9,unknown,9", "M,male,1", "F,female,2", "男,male,1", "女,female,2"})
    void is_of_a_sex_of_gb_2261_1(String sent, String gender, String national) {
      Map<String, Object> patient = patient("|19491231|2|", "|19491231|" + sent + "|");

      assertThat(patient.get("gender")).isEqualTo(gender);
      assertThat(at(patient, "_gender", "extension", 0, "valueCoding", "code")).isEqualTo(national);
    }

    @ParameterizedTest
    @CsvSource({"CHN", "CN", "156", "中国", "156^中国^GB2659"})
    void is_a_national_of_a_country_of_gb_2659(String sent) {
      Map<String, Object> patient = resources(
          bundle(own("own__CN_ADT_A01").replace("156^中国^GB2659", sent)), "Patient").get(0);

      assertThat(at(extension(patient, "http://hl7.org/fhir/StructureDefinition/patient-nationality"), "extension", 0,
          "valueCodeableConcept", "coding", 0, "code")).isEqualTo("CHN");
    }

    @Test
    void lives_in_a_division_of_gb_2260_whose_year_nobody_says() {
      Map<String, Object> patient = resources(bundle(own("own__CN_ADT_A01")), "Patient").get(0);

      assertThat(at(patient, "address", 0, "district")).isEqualTo("110105");
      assertThat(at(patient, "address", 0, "_district", "extension", 0, "valueCoding", "system"))
          .isEqualTo("urn:oid:2.16.156.10011.2.3.3.2");
      assertThat(at(patient, "address", 0, "_district", "extension", 0, "valueCoding", "version")).isNull();
    }

    @Test
    void has_relatives_by_gb_4761_and_none_where_only_dashes_stand() {
      List<Map<String, Object>> relatives = resources(bundle(own("own__CN_ADT_A01")), "RelatedPerson");

      assertThat(relatives).hasSize(1);
      assertThat(at(relatives.get(0), "relationship", 0, "coding", 0, "system")).isEqualTo("urn:oid:2.16.156.10011.2.3.3.8");
      assertThat(at(relatives.get(0), "relationship", 0, "coding", 0, "display")).isEqualTo("夫");
      assertThat(at(relatives.get(0), "identifier", 0, "extension", 0, "valueCode")).isEqualTo("valid");
      assertThat(relatives.get(0).get("address")).isNull();
    }

    /** HL7 has no field for them; a site names its own, and the national tables are there. */
    @Test
    void has_education_and_occupation_by_national_tables_where_a_site_says_where_they_stand() {
      Mapping mapping = Mapping.shippedWith(Map.of(
          "segments/zpi.yaml", """
              maps:
              - map: "ZPI[Patient]"
                rows:
                - {from: ZPI-1, to: extension.valueCodeableConcept, table: Education, with: {url: "urn:emr-gateway:extension:education"}}
                - {from: ZPI-2, to: extension.valueCodeableConcept, table: Occupation, with: {url: "urn:emr-gateway:extension:occupation"}}
              """,
          "messages/ADT.yaml", """
              message: ADT
              segments:
              - {segment: ZPI, map: "ZPI[Patient]", for: patient}
              """));
      String text = own("own__ADT_A01.") + "ZPI|^大学本科毕业|31^学生\r";
      @SuppressWarnings("unchecked")
      Map<String, Object> bundle = (Map<String, Object>) Samples.json(mapping.map(text, Samples.SITE, "b").bundle());
      Map<String, Object> patient = resources(bundle, "Patient").get(0);

      assertThat(at(extension(patient, "urn:emr-gateway:extension:education"), "valueCodeableConcept", "coding", 0,
          "code")).isEqualTo("21");
      assertThat(at(extension(patient, "urn:emr-gateway:extension:occupation"), "valueCodeableConcept", "coding", 0,
          "display")).isEqualTo("学生");
    }

    /** Summer time of 1986 to 1991: moved through a zone, this birth would be of the day before. */
    @Test
    void is_born_on_the_day_that_was_written_down() {
      Map<String, Object> patient = patient("|19491231|", "|198705150030|");

      assertThat(patient.get("birthDate")).isEqualTo("1987-05-15");
      assertThat(at(patient, "_birthDate", "extension", 0, "valueDateTime")).isEqualTo("1987-05-15T00:30:00+08:00");
    }
  }

  @Nested
  @DisplayName("a name")
  class AName {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"阿依古丽\u2022买买提", "阿依古丽\u30FB买买提", "阿依古丽\uFF0E买买提", "阿依古丽\u2027买买提",
        "阿依古丽.买买提", "阿依古丽\uFF65买买提", "阿依古丽 \u2022 买买提", "阿依古丽\u3000·\u3000买买提"})
    void meets_its_other_spellings_and_is_shown_as_it_was_sent(String sent) {
      Map<String, Object> patient = patient("欧阳锋^^^^^^L", sent + "^^^^^^L");

      assertThat(at(patient, "name", 0, "text")).isEqualTo(sent);
      assertThat(at(patient, "name", 0, "extension", 0, "valueString")).isEqualTo("阿依古丽\u00B7买买提");
    }

    @ParameterizedTest
    @CsvSource({"李\u3000明,李明", "李 明,李明"})
    void of_two_characters_may_be_spread_to_three(String sent, String meant) {
      assertThat(at(patient("欧阳锋^^^^^^L", sent + "^^^^^^L"), "name", 0, "extension", 0, "valueString")).isEqualTo(meant);
    }

    @Test
    void loses_the_full_width_blanks_that_fill_its_field() {
      Map<String, Object> patient = patient("欧阳锋^^^^^^L", "李明\u3000\u3000^^^^^^L");

      assertThat(at(patient, "name", 0, "text")).isEqualTo("李明");
      assertThat(at(patient, "name", 0, "extension")).isNull();
    }

    @Test
    void with_a_character_beyond_the_basic_plane_is_whole() {
      Map<String, Object> patient = patient("欧阳锋^^^^^^L", "\uD842\uDFB7\u9FA6^^^^^^L");

      assertThat(at(patient, "name", 0, "text")).isEqualTo("\uD842\uDFB7\u9FA6");
      assertThat(at(patient, "name", 0, "family")).isNull();
    }

    @Test
    void of_two_parts_has_its_compound_surname() {
      Map<String, Object> patient = patient("欧阳锋^^^^^^L", "欧阳^锋^^^^^L");

      assertThat(at(patient, "name", 0, "family")).isEqualTo("欧阳");
      assertThat(at(patient, "name", 0, "text")).isEqualTo("欧阳锋");
    }

    @ParameterizedTest
    @CsvSource({"P,ABC", "A,ABC"})
    void in_pinyin_is_alphabetic_whether_it_is_called_phonetic_or_not(String sent, String representation) {
      Map<String, Object> patient = patient("Ouyang^Feng^^^^^P", "Ouyang^Feng^^^^^L^" + sent);

      assertThat(at(patient, "name", 1, "extension", 0, "valueCode")).isEqualTo(representation);
    }
  }

  @Nested
  @DisplayName("that is a dash")
  class ThatIsADash {

    @Test
    void is_no_telephone_number() {
      String text = own("own__ADT_A01.").replaceFirst("13800138000", "-");

      assertThat(resources(bundle(text), "Patient").get(0).toString()).doesNotContain("value=-");
    }

    @Test
    void is_no_number_of_anybody() {
      String text = own("own__ADT_A01.").replaceFirst("(PID(\\|[^|\r]*){18}\\|)[^|\r]*", "$1-");
      List<Map<String, Object>> identifiers = list(resources(bundle(text), "Patient").get(0), "identifier");

      assertThat(identifiers).isNotEmpty().allSatisfy(identifier -> assertThat(identifier).containsKey("value"));
    }

    @Test
    void is_no_doctor() {
      String with = own("own__ADT_A01.");
      String without = with.replaceFirst("(PV1(\\|[^|\r]*){6}\\|)[^|\r]*", "$1-");

      assertThat(resources(bundle(without), "Practitioner")).allSatisfy(
          doctor -> assertThat(doctor).containsKey("name"));
      assertThat(resources(bundle(without), "Practitioner").toString()).doesNotContain("value=-");
      assertThat(resources(bundle(without), "Encounter").get(0)).doesNotContainKey("participant");
      assertThat(without).isNotEqualTo(with);
    }
  }

  @ParameterizedTest
  @CsvSource({"1980-01-01 00:00:00", "19800101000000", "198001010000"})
  void is_not_born_at_midnight_because_a_database_says_so(String sent) {
    Map<String, Object> patient = patient("|19491231|2|", "|" + sent + "|2|");

    assertThat(patient).containsEntry("birthDate", "1980-01-01").doesNotContainKey("_birthDate");
    assertThat(patient("|19491231|2|", "|198001010930|2|")).containsKey("_birthDate");
  }

  private static List<Map<String, Object>> identifiers(String second, String birth, String sex) {
    String text = own("own__ADT_A01.").replace("11010519491231002X^^^GA^NNCHN", second)
        .replace("|19491231|2|", "|" + birth + "|" + sex + "|");
    return list(resources(bundle(text), "Patient").get(0), "identifier");
  }

  private static Map<String, Object> patient(String replaced, String by) {
    String text = own("own__ADT_A01.");
    assertThat(text).contains(replaced);
    return resources(bundle(text.replace(replaced, by)), "Patient").get(0);
  }

  private static Object extension(Map<String, Object> of, String url) {
    return list(of, "extension").stream().filter(e -> url.equals(e.get("url"))).findFirst().orElse(null);
  }

  private static List<String> strings(Map<String, Object> of, String name, String field) {
    return list(of, name).stream().map(item -> (String) item.get(field)).toList();
  }

  private static List<Tuple> identifiersOf(Map<String, Object> organization) {
    return list(organization, "identifier").stream().map(id -> tuple(id.get("system"), id.get("value"))).toList();
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> list(Map<String, Object> of, String name) {
    return (List<Map<String, Object>>) of.get(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"01^本人^GB/T4761", "本人", "SEL^Self^HL70063"})
  void is_no_relative_of_himself(String relation) {
    Map<String, Object> bundle = bundle("MSH|^~\\&|HIS|RMYY|GW|CITY|20240318100000||ADT^A01|1|P|2.4\rPID|1||P1^^^RMYY^PI||张伟\r"
        + "NK1|1|张伟|" + relation + "||13800000000\rNK1|2|李梅|10^配偶^GB/T4761||13900000000\r");

    assertThat(at(only(bundle, "RelatedPerson"), "name", 0, "text")).isEqualTo("李梅");
    assertThat((List<?>) only(bundle, "Patient").get("contact")).as("his number is kept").hasSize(2);
  }
}
