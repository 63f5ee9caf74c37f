package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.entries;
import static io.emrgateway.mappings.Samples.mapped;
import static io.emrgateway.mappings.Samples.only;
import static io.emrgateway.mappings.Samples.resources;
import static io.emrgateway.mappings.Samples.target;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The mapping, of what stands around a result,")
class HeaderAndOrdersTest {
  private static final String HEAD = "MSH|^~\\&|LIS^1.2.3.4^ISO|RMYY|GATEWAY|CITY|20240318093015||ORU^R01|C1|P|2.5.1";
  private static final String PID = "PID|1||0001234567^^^RMYY^PI||测试一||19491231|2";
  private static final String LABORATORY =
      "||||||F|||20240318095500|||||20240318100000||||人民医院检验科^^L01|长安街1号^^北京市|D9001^主任一";

  private static String message(String... segments) {
    return String.join("\r", segments) + "\r";
  }

  @Nested
  @DisplayName("the header,")
  class Header {

    @Test
    void says_who_sent_what_to_whom() {
      Map<String, Object> bundle = bundle(message(HEAD, "SFT|厂商|3.1|LIS Pro|B7", PID));
      Map<String, Object> header = only(bundle, "MessageHeader");

      assertThat(at(header, "eventCoding", "code")).isEqualTo("R01");
      assertThat(at(header, "eventCoding", "system")).isEqualTo("http://terminology.hl7.org/CodeSystem/v2-0003");
      assertThat(at(header, "source", "name")).isEqualTo("LIS");
      assertThat(at(header, "source", "endpoint")).isEqualTo("urn:oid:1.2.3.4");
      assertThat(at(header, "source", "software")).isEqualTo("LIS Pro");
      assertThat(at(header, "source", "version")).isEqualTo("3.1");
      assertThat(at(header, "destination", 0, "endpoint")).isEqualTo("urn:emr-gateway:H-0104:application:GATEWAY");
      assertThat(at(header, "sender", "identifier", "value")).isEqualTo("RMYY");
      assertThat(at(header, "destination", 0, "receiver", "display")).isEqualTo("CITY");
      assertThat(at(header, "meta", "tag", 0, "code")).isEqualTo("P");
    }

    @Test
    void of_a_replay_is_written_over_itself_and_of_another_message_is_not() {
      assertThat(urlOf("C1")).isEqualTo(urlOf("C1"));
      assertThat(urlOf("C1").toString()).matches("MessageHeader/[0-9a-f]{8}-[0-9a-f-]{27}");
      assertThat(urlOf("C1")).isNotEqualTo(urlOf("C2"));
    }

    private Object urlOf(String control) {
      return entries(bundle(message(HEAD.replace("|C1|", "|" + control + "|"), PID))).stream()
          .filter(entry -> "MessageHeader".equals(at(entry, "resource", "resourceType")))
          .peek(entry -> assertThat(at(entry, "request", "url"))
              .isEqualTo("MessageHeader/" + at(entry, "resource", "id")))
          .map(entry -> at(entry, "request", "url")).findFirst().orElseThrow();
    }

    @Test
    void that_names_nobody_says_that_both_ends_are_unknown() {
      Map<String, Object> header =
          only(bundle(message("MSH|^~\\&|||||20240318093015||ORU^R01|C1|P|2.5.1", PID)), "MessageHeader");

      assertThat(at(header, "source", "_endpoint", "extension", 0, "valueCode")).isEqualTo("unknown");
      assertThat(header.get("sender")).isNull();
      assertThat(header.get("destination")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"en,en", "chi,zh", "zho,zh", "zh-cn,zh-CN", "eng,en"})
    void gives_its_language_as_the_web_does(String sent, String language) {
      assertThat(only(bundle(message(HEAD + "|||||||" + sent, PID)), "MessageHeader").get("language"))
          .isEqualTo(language);
    }

    @Test
    void leaves_out_a_language_that_is_none() {
      Mapped mapped = mapped(message(HEAD + "|||||||HHHH8", PID));

      assertThat(mapped.converted()).isTrue();
      assertThat(mapped.diagnostics()).extracting(Diagnostic::place).contains("MSH-19");
    }
  }

  @Nested
  @DisplayName("the laboratory,")
  class Laboratory {

    @Test
    void is_made_once_with_its_director_and_referred_to_by_every_result() {
      String[] results = new String[30];
      for (int i = 0; i < results.length; i++) {
        results[i] = "OBX|" + (i + 1) + "|NM|C" + i + "^项目^L||" + i + LABORATORY;
      }
      Map<String, Object> bundle =
          bundle(message(HEAD, PID, "OBR|1||F1^LIS|XCG^血常规^L", String.join("\r", results)));
      Map<String, Object> role = only(bundle, "PractitionerRole");

      assertThat(at(role, "code", 0, "coding", 0, "code")).isEqualTo("MDIR");
      assertThat(at(target(bundle, role.get("organization")), "address", 0, "city")).isEqualTo("北京市");
      assertThat(at(target(bundle, role.get("practitioner")), "identifier", 0, "value")).isEqualTo("D9001");
      assertThat(resources(bundle, "Observation")).hasSize(30)
          .allSatisfy(result -> assertThat(target(bundle, at(result, "performer", 0))).isEqualTo(role));
    }

    @Test
    void without_a_director_is_the_performer_itself() {
      Map<String, Object> bundle = bundle(message(HEAD, PID, "OBR|1||F1^LIS|XCG^血常规^L",
          "OBX|1|NM|C^项目^L||1" + LABORATORY.substring(0, LABORATORY.lastIndexOf('|'))));

      assertThat(resources(bundle, "PractitionerRole")).isEmpty();
      assertThat(at(target(bundle, at(only(bundle, "Observation"), "performer", 0)), "resourceType"))
          .isEqualTo("Organization");
    }

    @Test
    void with_an_address_and_no_name_is_known_by_its_address() {
      Map<String, Object> laboratory = only(bundle(message(HEAD, PID, "OBR|1||F1^LIS|XCG^血常规^L",
          "OBX|1|NM|C^项目^L||1||||||F|||||||||||||长安街1号^^北京市|")), "Organization");

      assertThat(at(laboratory, "address", 0, "line", 0)).isEqualTo("长安街1号");
      assertThat(laboratory.get("name")).isNull();
    }

    @Test
    void says_when_it_analysed_beside_when_the_specimen_was_taken() {
      Map<String, Object> result = only(bundle(message(HEAD, PID, "OBR|1||F1^LIS|XCG^血常规^L",
          "OBX|1|NM|C^项目^L||1" + LABORATORY)), "Observation");

      assertThat(at(result, "effectiveDateTime")).isEqualTo("2024-03-18T09:55:00+08:00");
      assertThat(at(result, "extension", 0, "valueDateTime")).isEqualTo("2024-03-18T10:00:00+08:00");
    }
  }

  @Nested
  @DisplayName("the order,")
  class Order {
    private Map<String, Object> order(String orc, String obr) {
      return only(bundle(message(HEAD, PID, orc, obr)), "ServiceRequest");
    }

    @Test
    void is_asked_for_by_a_doctor_for_a_department() {
      Map<String, Object> bundle = bundle(message(HEAD, PID,
          "ORC|NW|P1^HIS|||||||20240318090000|||D3002^周医|||||||||心内科^^K0301|长安街1号^^北京市|^WPN^PH^^^010^12345678",
          "OBR|1|P1^HIS||XCG^血常规^L"));
      Object role = target(bundle, only(bundle, "ServiceRequest").get("requester"));

      assertThat(at(role, "resourceType")).isEqualTo("PractitionerRole");
      assertThat(at(target(bundle, at(role, "practitioner")), "identifier", 0, "value")).isEqualTo("D3002");
      assertThat(at(target(bundle, at(role, "organization")), "telecom", 0, "value")).isEqualTo("010 12345678");
    }

    @Test
    void of_a_department_takes_its_doctor_from_OBR_when_ORC_names_none() {
      Map<String, Object> bundle = bundle(message(HEAD, PID, "ORC|NW|P1^HIS|||||||||||||||||||心内科^^K0301",
          "OBR|1|P1^HIS||XCG^血常规^L||||||||||||D3002^周医"));
      Object role = target(bundle, only(bundle, "ServiceRequest").get("requester"));

      assertThat(at(target(bundle, at(role, "practitioner")), "identifier", 0, "value")).isEqualTo("D3002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NW", "SN"})
    void is_written_at_the_time_of_the_transaction_that_writes_it(String control) {
      Map<String, Object> order =
          order("ORC|" + control + "|P1^HIS|||||||20240318090000", "OBR|1|P1^HIS||XCG^血常规^L");

      assertThat(order.get("authoredOn")).isEqualTo("2024-03-18T09:00:00+08:00");
    }

    @Test
    void is_not_written_when_its_results_follow() {
      Map<String, Object> order = order("ORC|RE|P1^HIS|||||||20240318090000", "OBR|1|P1^HIS||XCG^血常规^L");

      assertThat(order.get("authoredOn")).isNull();
      assertThat(at(order, "extension", 0, "extension", 0, "valueCodeableConcept", "coding", 0, "code"))
          .isEqualTo("RE");
      assertThat(at(order, "extension", 0, "extension", 1, "valueDateTime")).isEqualTo("2024-03-18T09:00:00+08:00");
    }

    @Test
    void tells_why_it_was_cancelled_and_not_that_this_was_its_indication() {
      Map<String, Object> order =
          order("ORC|CA|P1^HIS||||||||||||||DUP^重复申请^L", "OBR|1|P1^HIS||XCG^血常规^L");

      assertThat(order.get("reasonCode")).isNull();
      assertThat(order.get("status")).isEqualTo("revoked");
      assertThat(at(order, "extension", 1, "valueCodeableConcept", "text")).isEqualTo("重复申请");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"ORM^O01, ServiceRequest, revoked", "RDE^O11, MedicationRequest, cancelled"})
    void that_is_cancelled_by_its_number_alone_gets_that_status_and_nothing_else(String type, String what, String status) {
      Mapped mapped = mapped("MSH|^~\\&|HIS|RMYY|G|E|20240318100000||" + type + "|1|P|2.5.1\rPID|1||1^^^RMYY^PI\r"
          + "ORC|CA|P1^HIS||||||||||||||DUP^重复申请^L\r");
      Map<String, Object> patch = entries(bundle(mapped)).stream()
          .filter(entry -> at(entry, "request", "method").equals("PATCH")).findFirst().orElseThrow();

      assertThat((String) at(patch, "request", "url"))
          .isEqualTo(what + "?identifier=urn%3Aemr-gateway%3AH-0104%3Aorder%3AHIS%7CP1");
      assertThat(at(patch, "resource", "resourceType")).isEqualTo("Parameters");
      assertThat(at(patch, "resource", "parameter", 0, "part", 1, "valueString")).isEqualTo(what + ".status");
      assertThat(at(patch, "resource", "parameter", 0, "part", 2, "valueCode")).isEqualTo(status);
      assertThat(mapped.diagnostics()).extracting(Diagnostic::code).contains("mapping.order-not-repeated");
    }

    @Test
    void that_is_placed_without_saying_what_is_ordered_takes_nothing_away() {
      Mapped mapped = mapped("MSH|^~\\&|HIS|RMYY|G|E|20240318100000||ORM^O01|1|P|2.5.1\rPID|1||1^^^RMYY^PI\r"
          + "ORC|NW|P1^HIS\r");

      assertThat(entries(bundle(mapped))).filteredOn(entry -> "ServiceRequest".equals(at(entry, "resource", "resourceType")))
          .singleElement().satisfies(entry -> assertThat(at(entry, "request", "ifNoneExist")).isNotNull());
    }

    @Test
    void knows_its_parent_by_the_parents_own_number() {
      Map<String, Object> order = order("ORC|NW|P2^HIS",
          "OBR|1|P2^HIS||PC^培养药敏^L|||||||||||||||||||||||||P1&HIS&1.2.3.4&ISO^F1&LIS");

      assertThat(at(order, "basedOn", 0, "identifier", "system")).isEqualTo("urn:oid:1.2.3.4");
      assertThat(at(order, "basedOn", 0, "identifier", "value")).isEqualTo("P1");
      assertThat(at(order, "basedOn", 1, "identifier", "system")).isEqualTo("urn:emr-gateway:H-0104:filler:LIS");
    }
  }

  @Nested
  @DisplayName("a comment,")
  class Comment {

    @Test
    void keeps_its_author_its_time_and_its_kind() {
      Map<String, Object> bundle = bundle(message(HEAD, PID, "OBR|1||F1^LIS|XCG^血常规^L",
          "OBX|1|NM|C^项目^L||1||||||F", "NTE|1|L|危急值已通知|RE^Remark^HL70364|D4001^检验一|20240318101500"));
      Map<String, Object> result = only(bundle, "Observation");

      assertThat(at(result, "note", 0, "text")).isEqualTo("危急值已通知");
      assertThat(at(result, "note", 0, "time")).isEqualTo("2024-03-18T10:15:00+08:00");
      assertThat(at(result, "note", 0, "extension", 0, "valueCodeableConcept", "coding", 0, "code")).isEqualTo("RE");
      assertThat(at(target(bundle, at(result, "note", 0, "authorReference")), "identifier", 0, "value"))
          .isEqualTo("D4001");
    }
  }

  @Nested
  @DisplayName("the patient and the visit,")
  class PatientAndVisit {

    @Test
    void give_a_contact_that_has_no_name_and_can_be_reached() {
      Map<String, Object> bundle = bundle(message(HEAD.replace("ORU^R01", "ADT^A01"), PID,
          "NK1|1||SPO^配偶^HL70063||13800138001", "PV1|1|I"));

      assertThat(at(only(bundle, "Patient"), "contact", 0, "telecom", 0, "value")).isEqualTo("13800138001");
      assertThat(resources(bundle, "RelatedPerson")).hasSize(1);
    }

    @Test
    void give_an_employer_with_whom_to_ask_for_there() {
      Map<String, Object> bundle = bundle(message(HEAD.replace("ORU^R01", "ADT^A01"), PID,
          "NK1|1||E^单位^HL70063||||||||||某某公司" + "|".repeat(17) + "王某|^WPN^PH^^^^87654321", "PV1|1|I"));
      Object employer = target(bundle, at(only(bundle, "Patient"), "contact", 0, "organization"));

      assertThat(at(employer, "name")).isEqualTo("某某公司");
      assertThat(at(employer, "contact", 0, "name", "text")).isEqualTo("王某");
      assertThat(at(employer, "contact", 0, "telecom", 0, "value")).isEqualTo("87654321");
      assertThat(resources(bundle, "RelatedPerson")).isEmpty();
    }

    @Test
    void say_that_a_protected_visit_is_restricted() {
      Map<String, Object> bundle = bundle(message(HEAD.replace("ORU^R01", "ADT^A01"), PID, "PV1|1|I",
          "PV2|||||||||||||||||||||" + "|Y"));

      assertThat(at(only(bundle, "Encounter"), "meta", "security", 0, "code")).isEqualTo("R");
    }

    @Test
    void do_not_say_that_a_man_is_an_animal() {
      String pid = PID + "|".repeat(27) + "337915000^Homo sapiens^SCT";
      Map<String, Object> bundle = bundle(message(HEAD, pid));

      assertThat(pid.split("\\|")[35]).startsWith("337915000");
      assertThat(String.valueOf(only(bundle, "Patient"))).doesNotContain("patient-animal");
    }
  }
}
