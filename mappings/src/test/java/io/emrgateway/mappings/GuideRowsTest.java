package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.entries;
import static io.emrgateway.mappings.Samples.mapped;
import static io.emrgateway.mappings.Samples.only;
import static io.emrgateway.mappings.Samples.resources;
import static io.emrgateway.mappings.Samples.target;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of HL7's guide, and of its segments in unusual places, that our own messages do not exercise. */
@DisplayName("Of a message")
class GuideRowsTest {
  private static final String PID = "PID|1||0001234567^^^RMYY^PI||测试一||19491231|2";
  private static final String PV1 = "PV1|1|I|N03^301^02||||||||||||||||ZY1^^^RMYY^VN";

  private static Map<String, Object> converted(String type, String... segments) {
    return bundle(text(type, segments));
  }

  private static String text(String type, String... segments) {
    return "MSH|^~\\&|HIS|RMYY|GATEWAY|CITY|20240318093015||" + type + "|C1|P|2.5.1\r"
        + String.join("\r", segments) + "\r";
  }

  @Nested
  @DisplayName("the header")
  class Header {

    @Test
    void makes_the_sender_an_organization_where_its_country_is_known() {
      Map<String, Object> bundle = bundle(
          "MSH|^~\\&|HIS|RMYY|G|CITY|20240318093015||ADT^A08|C1|P|2.4|||||CHN\r" + PID + "\r");
      Object sender = at(only(bundle, "MessageHeader"), "sender");

      assertThat(at(sender, "identifier", "value")).isEqualTo("RMYY");
      assertThat(at(target(bundle, sender), "address", 0, "country")).isEqualTo("CHN");
    }

    @Test
    void makes_no_organization_of_a_sender_of_whom_only_the_code_is_known() {
      assertThat(resources(converted("ADT^A08", PID), "Organization")).isEmpty();
    }

    @Test
    void tells_the_program_that_sent_it_as_a_device() {
      Map<String, Object> bundle = converted("ADT^A08", "SFT|厂商|3.1|HIS Pro|B7|测试版|20240101", PID);
      Map<String, Object> device = only(bundle, "Device");

      assertThat(device.get("manufacturer")).isEqualTo("厂商");
      assertThat(at(device, "version", 0, "value")).isEqualTo("3.1");
      assertThat(at(device, "deviceName", 0, "name")).isEqualTo("HIS Pro");
      assertThat(device.get("modelNumber")).isEqualTo("B7");
      assertThat(at(device, "note", 0, "text")).isEqualTo("测试版");
      assertThat(target(bundle, at(only(bundle, "MessageHeader"), "source", "extension", 0, "valueReference")))
          .isEqualTo(device);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADT^A03", "adt^a03", "ADT_A03", "ADT^^ADT_A03", " ADT ^ A03 "})
    void is_understood_however_it_writes_its_type(String type) {
      assertThat(only(converted(type, PID, PV1), "Encounter").get("status")).isEqualTo("finished");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADT^Z99", "ORM^Z01", "OML^O39", "OUL^Z24", "RDE^Z25", "SIU^Z12", "VXU^Z04", "PGL"})
    void with_an_event_nobody_knows_is_read_as_the_others_of_its_type(String type) {
      assertThat(mapped(text(type, PID, PV1)).converted()).isTrue();
    }
  }

  @Nested
  @DisplayName("the patient's part")
  class Patients {

    @Test
    void tells_of_a_living_will_as_an_observation() {
      Map<String, Object> will = only(converted("ADT^A31", PID, "PD1|||||||F"), "Observation");

      assertThat(at(will, "code", "text")).isEqualTo("Living will");
      assertThat(at(will, "valueCodeableConcept", "coding", 0, "system"))
          .isEqualTo("http://terminology.hl7.org/CodeSystem/v2-0315");
      assertThat(at(will, "valueCodeableConcept", "coding", 0, "code")).isEqualTo("F");
    }

    @Test
    void names_the_account_that_an_admission_is_billed_to_and_never_reopens_it() {
      Map<String, Object> bundle = converted("ADT^A01", PID + "||||||||||ZH7^^^RMYY", PV1);
      Map<String, Object> account = only(bundle, "Account");

      assertThat(at(account, "identifier", 0, "value")).isEqualTo("ZH7");
      assertThat(target(bundle, at(only(bundle, "Encounter"), "account", 0))).isEqualTo(account);
      assertThat(entries(bundle)).filteredOn(entry -> account.equals(entry.get("resource")))
          .allSatisfy(entry -> assertThat(at(entry, "request", "ifNoneExist")).isNotNull());
    }

    @ParameterizedTest
    @CsvSource({"BAR^P01,active", "BAR^P02,inactive", "BAR^P06,inactive"})
    void closes_an_account_that_billing_ends(String type, String status) {
      assertThat(only(converted(type, PID + "||||||||||ZH7^^^RMYY"), "Account").get("status")).isEqualTo(status);
    }

    @Test
    void says_what_is_the_matter_with_the_bed_of_the_bed_itself() {
      Map<String, Object> bundle = converted("ADT^A02", PID, PV1 + "|||||||||||||||||||||K");

      assertThat(at(only(bundle, "Location"), "operationalStatus", "code")).isEqualTo("K");
    }

    @Test
    void keeps_a_relative_of_whom_only_the_number_to_call_is_known() {
      Map<String, Object> bundle = converted("VXU^V04", PID, "NK1|1||MTH|||13900139000");

      assertThat(at(only(bundle, "RelatedPerson"), "telecom", 0, "value")).isEqualTo("13900139000");
    }

    @Test
    void says_where_and_until_when_somebody_can_be_reached() {
      Map<String, Object> patient = only(converted("ADT^A31", "PID|1||1^^^RMYY^PI||张^三^^^^^L^^^20200101&20301231"
          + "||||||长安街&支路&7号^302室^北京^^^^^^^0042^^20200101&20301231||^PRN^PH^^^^65000000^^^^^^20200101^20301231^^^^2"),
          "Patient");

      assertThat(at(patient, "name", 0, "period", "end")).isEqualTo("2030-12-31");
      assertThat(at(patient, "address", 0, "line")).isEqualTo(List.of("长安街", "支路", "7号", "302室"));
      assertThat(at(patient, "address", 0, "extension", 0, "valueString")).isEqualTo("0042");
      assertThat(at(patient, "address", 0, "period", "start")).isEqualTo("2020-01-01");
      assertThat(at(patient, "telecom", 0, "period", "end")).isEqualTo("2030-12-31");
      assertThat(at(patient, "telecom", 0, "rank")).isEqualTo("2");
    }

    @Test
    void keeps_what_qualifies_a_doctor() {
      assertThat(at(only(converted("ADT^A01", PID, PV1.replace("||||||||||||||||ZY1", "||||D1^王^一^^^^主任医师||||||||||||ZY1")),
          "Practitioner"), "qualification", 0, "code", "coding", 0, "code")).isEqualTo("主任医师");
    }

    @Test
    void lists_who_takes_part_in_visit_and_operation_and_who_is_the_family_doctor() {
      Map<String, Object> bundle = converted("ADT^A01", PID, "ROL|1|AD|PP|D1^王^一", PV1,
          "ROL|2|AD|AT|D2^李^二|20240318", "ROL|3|DE|AT|D9^赵^九", "PR1|1||47.0^阑尾切除^L||20240318",
          "ROL|4|AD|AI|D3^孙^三");

      assertThat(practitioner(bundle, at(only(bundle, "Patient"), "generalPractitioner", 0))).isEqualTo("D1");
      assertThat(at(only(bundle, "Encounter"), "participant")).asList().hasSize(1);
      assertThat(practitioner(bundle, at(only(bundle, "Encounter"), "participant", 0, "individual"))).isEqualTo("D2");
      assertThat(at(only(bundle, "Encounter"), "participant", 0, "type", 0, "coding", 0, "system"))
          .isEqualTo("http://terminology.hl7.org/CodeSystem/v2-0443");
      assertThat(practitioner(bundle, at(only(bundle, "Procedure"), "performer", 0, "actor"))).isEqualTo("D3");
    }

    private Object practitioner(Map<String, Object> bundle, Object reference) {
      return at(target(bundle, reference), "identifier", 0, "value");
    }

    @Test
    void keeps_further_codes_of_an_allergen_beside_the_first() {
      Map<String, Object> allergy = only(converted("ADT^A60", PID,
          "IAM|1|DA|QMS^青霉素^L||皮疹|A|1" + "|".repeat(20) + "N0000175503^^NDFRT"), "AllergyIntolerance");

      assertThat(at(allergy, "code", "coding")).asList().hasSize(2);
    }
  }

  @Nested
  @DisplayName("the order")
  class Orders {

    @Test
    void has_the_placers_number_of_its_group_and_the_fillers_beside_it() {
      Map<String, Object> order = only(converted("OML^O21", PID, "ORC|NW|1||G1&HIS^G2&LIS", "OBR|1|1||A^B^L"),
          "ServiceRequest");

      assertThat(at(order, "requisition", "value")).isEqualTo("G1");
      assertThat(at(order, "identifier")).asList()
          .anySatisfy(one -> assertThat(at(one, "value")).isEqualTo("G2"));
    }

    @Test
    void is_not_recognised_by_the_number_of_its_group() {
      Map<String, Object> bundle = converted("OML^O21", PID, "ORC|NW|||^G2&LIS", "OBR|1|||A^B^L",
          "ORC|NW|||^G2&LIS", "OBR|2|||C^D^L");

      assertThat(resources(bundle, "ServiceRequest")).hasSize(2);
    }

    @Test
    void of_a_drug_has_the_number_of_its_group_too() {
      assertThat(at(only(converted("OMP^O09", PID, "ORC|NW|1||G1&HIS^G2&LIS", "RXO|A^B^L|1||mg"), "MedicationRequest"),
          "groupIdentifier", "value")).isEqualTo("G1");
    }

    @Test
    void of_a_laboratory_takes_its_specimen_when_OBR_7_says() {
      Map<String, Object> specimen =
          only(converted("OML^O21", PID, "ORC|NW|1", "OBR|1|1||A^B^L|||20240318090000"), "Specimen");

      assertThat(at(specimen, "collection", "collectedDateTime")).isEqualTo("2024-03-18T09:00:00+08:00");
    }

    @ParameterizedTest
    @CsvSource({"HM,1", "RAD,0", "EC,0", "'',0"})
    void has_a_specimen_in_a_report_only_where_its_section_examines_some(String section, int specimens) {
      Map<String, Object> bundle = converted(
          "ORU^R01", PID, "OBR|1|1|2|A^B^L|||20240318090000" + "|".repeat(17) + section + "|F");

      assertThat(resources(bundle, "Specimen")).hasSize(specimens);
    }

    @Test
    void before_SPM_told_of_its_specimen_in_one_field() {
      Map<String, Object> specimen = only(converted(
          "OML^O21", PID, "ORC|NW|1", "OBR|1|1||A^B^L" + "|".repeat(11) + "BLD&血^EDTA&抗凝^空腹采^LA&左臂"), "Specimen");

      assertThat(at(specimen, "type", "text")).isEqualTo("血");
      assertThat(at(specimen, "container", 0, "additiveCodeableConcept", "coding", 0, "code")).isEqualTo("EDTA");
      assertThat(at(specimen, "note", 0, "text")).isEqualTo("空腹采");
      assertThat(at(specimen, "collection", "bodySite", "text")).isEqualTo("左臂");
    }

    @Test
    void tells_in_words_what_is_known_and_of_the_specimen_whether_the_patient_had_fasted() {
      Map<String, Object> bundle = converted(
          "OML^O21", PID, "ORC|NW|1", "OBR|1|1||A^B^L|||20240318||||||F^空腹^HL70916");

      assertThat(at(only(bundle, "ServiceRequest"), "note", 0, "text")).isEqualTo("空腹");
      assertThat(at(only(bundle, "Specimen"), "collection", "fastingStatusCodeableConcept", "coding", 0, "code"))
          .isEqualTo("F");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADT^A01", "DFT^P03"})
    void that_comes_with_an_admission_or_a_charge_is_an_order(String type) {
      Map<String, Object> bundle =
          converted(type, PID, PV1, "ORC|NW|1", "OBR|1|1||A^B^L", "NTE|1||急", "OBX|1|NM|X^Y^L||1|g");
      Map<String, Object> order = only(bundle, "ServiceRequest");

      assertThat(at(order, "note", 0, "text")).isEqualTo("急");
      assertThat(target(bundle, at(only(bundle, "Observation"), "basedOn", 0))).isEqualTo(order);
    }

    @Test
    void keeps_a_comment_that_stands_behind_a_segment_it_is_not_about() {
      Map<String, Object> bundle = converted(
          "OML^O21", PID, "ORC|NW|1", "OBR|1|1||A^B^L", "TCD|1", "ZDS|1.2.3", "NTE|1||空腹", "CTD|X", "NTE|2||加急");

      assertThat(at(only(bundle, "ServiceRequest"), "note")).asList().hasSize(2);
    }

    @Test
    void is_by_one_person_however_many_numbers_he_is_repeated_with() {
      Map<String, Object> bundle = converted(
          "OML^O21", PID, "ORC|NW|1||||||||||D1^王^一~N77^王^一~D2^李^二", "OBR|1|1||A^B^L");
      Object person = target(bundle, only(bundle, "ServiceRequest").get("requester"));

      assertThat((List<?>) at(person, "identifier")).extracting(one -> at(one, "value")).containsExactly("D1", "N77");
    }

    @Test
    void is_of_a_department_of_which_only_the_address_is_known() {
      Map<String, Object> bundle = converted(
          "OML^O21", PID, "ORC|NW|1" + "|".repeat(20) + "长安街1号^^北京", "OBR|1|1||A^B^L");
      Object department = target(bundle, only(bundle, "ServiceRequest").get("requester"));

      assertThat(at(department, "address", 0, "city")).isEqualTo("北京");
      assertThat(at(department, "identifier", 0, "system")).isEqualTo("urn:emr-gateway:H-0104:organization:by-content");
    }

    @Test
    void of_each_patient_belongs_to_that_patient() {
      Map<String, Object> bundle = converted("ORU^R01", PID, PV1, "OBR|1|1|2|A^B^L", "OBX|1|NM|X^Y^L||1|g",
          PID.replace("0001234567", "0007654321"), "OBR|1|3|4|A^B^L", "OBX|1|NM|X^Y^L||2|g");

      for (Map<String, Object> result : resources(bundle, "Observation")) {
        String value = at(result, "valueQuantity", "value").toString();
        assertThat(at(target(bundle, result.get("subject")), "identifier", 0, "value"))
            .isEqualTo(value.equals("1") ? "0001234567" : "0007654321");
        assertThat(result.containsKey("encounter")).isEqualTo(value.equals("1"));
      }
    }
  }

  @Nested
  @DisplayName("the result")
  class Results {
    private static final String OBR = "OBR|1|1|2|A^B^L|||20240318090000";

    @Test
    void is_of_the_specimen_that_OBX_33_names_among_several() {
      Map<String, Object> bundle = converted("ORU^R01", PID, OBR,
          "OBX|1|NM|X^Y^L||1|g" + "|".repeat(27) + "^S2&LIS", "SPM|1|^S1&LIS||BLD", "SPM|2|^S2&LIS||UR");
      Object specimen = target(bundle, only(bundle, "Observation").get("specimen"));

      assertThat(at(specimen, "type", "coding", 0, "code")).isEqualTo("UR");
    }

    @Test
    void names_a_specimen_by_number_where_the_message_does_not_describe_it() {
      Map<String, Object> result = only(
          converted("ORU^R01", PID, OBR, "OBX|1|NM|X^Y^L||1|g" + "|".repeat(27) + "S9"), "Observation");

      assertThat(at(result, "specimen", "identifier", "value")).isEqualTo("S9");
      assertThat(at(result, "specimen", "reference")).isNull();
    }

    @Test
    void has_the_number_of_OBR_beside_that_of_ORC_where_they_differ_and_once_where_they_agree() {
      assertThat(numbers("ORC|RE|1|F1", "OBR|1|1|ACC7|A^B^L")).contains("1", "F1", "ACC7").hasSize(4);
      assertThat(numbers("ORC|RE|1|F1", "OBR|1|1|F1|A^B^L")).contains("1", "F1").hasSize(3);
    }

    private List<Object> numbers(String... segments) {
      String[] all = {PID, segments[0], segments[1]};
      Object identifiers = only(converted("ORU^R01", all), "DiagnosticReport").get("identifier");
      return ((List<?>) identifiers).stream().map(one -> at(one, "value")).toList();
    }

    @Test
    void keeps_the_unit_of_a_titre_with_its_numerator() {
      Map<String, Object> result = only(
          converted("ORU^R01", PID, OBR, "OBX|1|SN|X^Y^L||^1^:^128|{titer}^滴度^UCUM"), "Observation");

      assertThat(at(result, "valueRatio", "numerator", "unit")).isEqualTo("滴度");
      assertThat(at(result, "valueRatio", "denominator", "value")).isEqualTo("128");
    }

    @Test
    void is_a_number_though_its_type_is_written_small() {
      assertThat(at(only(converted("ORU^R01", PID, OBR, "OBX|1|nm|X^Y^L||5.2|g"), "Observation"),
          "valueQuantity", "value")).isEqualTo("5.2");
    }

    @Test
    void has_a_type_for_every_attachment() {
      Map<String, Object> report = only(
          converted("ORU^R01", PID, OBR, "OBX|1|ED|X^Y^L||^XYZ^^Base64^TWFu"), "DiagnosticReport");

      assertThat(at(report, "presentedForm", 0, "contentType")).isEqualTo("application/octet-stream");
    }

    @Test
    void is_by_the_people_that_PRT_names() {
      Map<String, Object> bundle = converted("ORU^R01", PID, OBR, "OBX|1|NM|X^Y^L||1|g", "PRT|1|AD||RO|D7^钱^七");

      assertThat(at(target(bundle, at(only(bundle, "Observation"), "performer", 0)), "identifier", 0, "value"))
          .isEqualTo("D7");
    }
  }

  @Nested
  @DisplayName("what R4 forbids together")
  class Invariants {

    @Test
    void of_an_organization_is_not_said_to_be_at_home() {
      Map<String, Object> laboratory = only(converted("ORU^R01", PID, "OBR|1|1|2|A^B^L",
          "OBX|1|NM|X^Y^L||1" + "|".repeat(18) + "检验科^^L1|西单^^北京^^^^H"), "Organization");

      assertThat(at(laboratory, "address", 0, "city")).isEqualTo("北京");
      assertThat(at(laboratory, "address", 0, "use")).isNull();
    }

    @Test
    void that_a_period_ends_before_it_begins_keeps_the_beginning_and_tells() {
      String text = text("ADT^A01", PID, "NK1|1|张^三|MTH|||||20240318|20240301");

      assertThat(at(only(bundle(text), "RelatedPerson"), "period", "start")).isEqualTo("2024-03-18");
      assertThat(at(only(bundle(text), "RelatedPerson"), "period", "end")).isNull();
      assertThat(mapped(text).diagnostics()).extracting(Diagnostic::place).contains("NK1-9");
    }

    @Test
    void that_a_contact_is_nobody_makes_no_contact() {
      assertThat(only(converted("ADT^A01", PID, "NK1|1||MTH||^PRN^PH"), "Patient").get("contact")).isNull();
    }

    @Test
    void that_a_route_has_no_dose_says_that_the_dose_is_unknown() {
      Object dosage = at(only(converted("RAS^O17", PID, "ORC|RE|1", "RXA|0|1|20240318||D^药^L", "RXR|PO^口服^HL70162"),
          "MedicationAdministration"), "dosage");

      assertThat(at(dosage, "route", "text")).isEqualTo("口服");
      assertThat(at(dosage, "dose", "extension", 0, "valueCode")).isEqualTo("unknown");
    }

    @Test
    void that_an_appointment_was_missed_for_a_reason_keeps_the_reason_elsewhere() {
      Map<String, Object> appointment = only(
          converted("SIU^S26", "SCH|B1|B2||||RSN^忘记^L|||||^^^202403200900^202403200930", PID), "Appointment");

      assertThat(appointment.get("cancelationReason")).isNull();
      assertThat(at(appointment, "extension", 0, "valueCodeableConcept", "text")).isEqualTo("忘记");
    }

    @Test
    void that_an_order_has_details_and_does_not_say_of_what_says_that_it_is_unknown() {
      Map<String, Object> order = only(converted(
          "OML^O21", PID, "ORC|NW|1", "OBR|1|1" + "|".repeat(45) + "加急^^L"), "ServiceRequest");

      assertThat(at(order, "code", "coding", 0, "code")).isEqualTo("unknown");
      assertThat((List<?>) order.get("orderDetail")).hasSize(1);
    }

    @Test
    void that_one_laboratory_has_two_names_keeps_both() {
      Map<String, Object> laboratory = only(converted("ORU^R01", PID, "OBR|1|1|2|A^B^L",
          "OBX|1|NM|X^Y^L||1||||||||||L1^中心实验室^L" + "|".repeat(8) + "检验科^^^^^^^^^L1"), "Organization");

      assertThat(laboratory.get("name")).isEqualTo("检验科");
      assertThat(at(laboratory, "alias", 0)).isEqualTo("中心实验室");
    }
  }

  @Nested
  @DisplayName("a code")
  class Codes {

    @Test
    void that_HL7s_table_of_the_field_has_is_HL7s() {
      assertThat(at(only(converted("ADT^A01", PID, "PV1|1|I||E||||||||||||||||ZY1"), "Encounter"),
          "type", 0, "coding", 0, "system")).isEqualTo("http://terminology.hl7.org/CodeSystem/v2-0007");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "MZ"})
    void that_is_a_number_or_none_of_HL7s_stays_the_hospitals(String code) {
      assertThat(at(only(converted("ADT^A01", PID, "PV1|1|I||||||||||||" + code + "|||||ZY1"), "Encounter"),
          "hospitalization", "admitSource", "coding", 0, "system")).isEqualTo("urn:emr-gateway:H-0104:codes:PV1-14");
    }
  }

  @Nested
  @DisplayName("a number")
  class Numbers {

    @ParameterizedTest
    @CsvSource({"ISO,urn:oid:1.2.3.4.5", "'',urn:oid:1.2.3.4.5", "DNS,urn:emr-gateway:H-0104:order:NS"})
    void has_the_same_system_wherever_it_stands(String type, String system) {
      String ei = "1^NS^1.2.3.4.5^" + type;
      String parent = ei.replace('^', '&');
      String obr = "OBR|1|" + ei + "||A^B^L" + "|".repeat(25) + parent;
      Map<String, Object> order = only(converted("OML^O21", PID, "ORC|NW|" + ei, obr), "ServiceRequest");

      assertThat(at(order, "identifier", 0, "system")).isEqualTo(system);
      assertThat(at(order, "basedOn", 0, "identifier", "system")).isEqualTo(system);
    }
  }

  @Nested
  @DisplayName("what is booked or written")
  class Appointments {

    @Test
    void along_with_an_admission_is_an_appointment_of_the_patient() {
      Map<String, Object> bundle = converted("ADT^A05", PID, PV1,
          "SCH|B1^HIS|B2^RIS|||||||30|min|^^^20240320090000^20240320093000|||||||||||||||Booked", "RGS|1", "AIS|1||CT^胸部CT^L",
          "AIL|1||CT1");
      Map<String, Object> appointment = only(bundle, "Appointment");

      assertThat(at(appointment, "serviceType", 0, "text")).isEqualTo("胸部CT");
      assertThat(target(bundle, at(appointment, "participant", 0, "actor"))).isEqualTo(only(bundle, "Patient"));
    }

    @Test
    void along_with_an_admission_is_a_document_of_the_patient() {
      Map<String, Object> bundle = converted("ADT^A01", PID, PV1, "TXA|1|DS|TX|||20240318||||||DOC7");

      assertThat(at(only(bundle, "DocumentReference"), "masterIdentifier", "value")).isEqualTo("DOC7");
    }
  }
}
