package io.emrgateway.mappings.records;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.records.Feed.OUYANG;
import static io.emrgateway.mappings.records.Feed.RESIDENT;
import static io.emrgateway.mappings.records.Feed.ZHANG;
import static io.emrgateway.mappings.records.Feed.about;
import static io.emrgateway.mappings.records.Feed.pv1;
import static io.emrgateway.mappings.records.Feed.resources;
import static io.emrgateway.mappings.records.Feed.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.mappings.About.Identifier;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Samples;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("A patient's records")
class PatientRecordsTest {
  private static final String DAY = "2026-11-28";

  private final Feed feed = Feed.ofThisHospital();

  private static String[] result(Feed.Person whom, String visit, String value, String status) {
    return new String[] {whom.pid(), pv1("I", visit, "", ""), "ORC|RE|JY1^HIS|BG1^LIS",
        "OBR|1|JY1^HIS|BG1^LIS|XCG^血常规^LOCAL|||20261120090000|||||||||D3002^周医||||||20261120100000||HM|" + status,
        "OBX|1|NM|WBC^白细胞^LOCAL^6690-2^白细胞计数^LN||" + value + "|10*9/L|3.5-9.5||||" + status + "|||20261120095500"};
  }

  @Nested
  @DisplayName("stand as a FHIR server would have them")
  class Stand {

    @Test
    void after_admission_transfer_and_discharge_in_the_last_of_these_states() {
      feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", ""));
      feed.sends("ADT^A02", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", "").replace("N03^301^02", "N07^702^01"));
      feed.sends("ADT^A03", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", "20261119100000").replace("N03^301^02", "N07^702^01"));

      Answer answer = feed.answer(about(RESIDENT, DAY));
      assertThat(resources(answer, "Encounter")).hasSize(1);
      Map<String, Object> visit = resources(answer, "Encounter").get(0);
      assertThat(visit.get("status")).isEqualTo("finished");
      assertThat(at(visit, "period", "end")).isEqualTo("2026-11-19T10:00:00+08:00");
      assertThat(resources(answer, "Location")).extracting(one -> one.get("name")).containsExactly("N07 702 01");
    }

    @Test
    void where_a_message_that_only_names_the_visit_undoes_nothing() {
      feed.sends("ADT^A03", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", "20261119100000"));
      feed.sends("ORU^R01", result(OUYANG, "ZY1", "12.6", "F"));

      Map<String, Object> visit = resources(feed.answer(about(RESIDENT, DAY)), "Encounter").get(0);
      assertThat(visit.get("status")).isEqualTo("finished");
      Map<String, Object> result = resources(feed.answer(about(RESIDENT, DAY)), "Observation").get(0);
      assertThat(at(result, "encounter", "reference")).isEqualTo("urn:uuid:" + visit.get("id"));
    }

    @Test
    void with_a_corrected_result_in_the_place_of_the_first() {
      feed.sends("ORU^R01", result(OUYANG, "ZY1", "12.6", "F"));
      feed.sends("ORU^R01", result(OUYANG, "ZY1", "2.6", "C"));

      List<Map<String, Object>> results = resources(feed.answer(about(RESIDENT, DAY)), "Observation");
      assertThat(results).hasSize(1);
      assertThat(at(results.get(0), "valueQuantity", "value")).isEqualTo("2.6");
      assertThat(results.get(0).get("status")).isEqualTo("corrected");
    }

    @Test
    void with_a_cancelled_result_that_only_who_asks_for_it_sees() {
      feed.sends("ORU^R01", result(OUYANG, "ZY1", "12.6", "F"));
      feed.sends("ORU^R01", result(OUYANG, "ZY1", "", "X"));

      assertThat(resources(feed.answer(about(RESIDENT, DAY)), "Observation")).isEmpty();
      assertThat(resources(feed.answer(Feed.withdrawnToo(about(RESIDENT, DAY))), "Observation")).hasSize(1);
    }

    @Test
    void without_a_cancelled_admission_and_its_diagnosis_but_with_what_was_measured_all_the_same() {
      String diagnosis = "DG1|1||I21.900^急性心肌梗死^ICD10CN|急性心肌梗死|20261120|A";
      feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20261120080000", ""), diagnosis);
      feed.sends("ORU^R01", result(OUYANG, "ZY1", "12.6", "F"));
      feed.sends("ADT^A11", OUYANG.pid(), pv1("I", "ZY1", "20261120080000", ""));

      Answer answer = feed.answer(about(RESIDENT, DAY));
      assertThat(Feed.types(answer)).doesNotContain("Encounter", "Condition").contains("Observation");
      assertThat(text(answer)).contains("\"encounter\":{\"extension\"");
      assertThat(Feed.types(feed.answer(Feed.withdrawnToo(about(RESIDENT, DAY))))).contains("Encounter", "Condition");
    }

    @Test
    void with_a_prescription_cancelled_by_its_number_alone() {
      feed.sends("RDE^O11", OUYANG.pid(), pv1("O", "MZ1", "20261120080000", ""), "ORC|NW|RX1^CPOE|PH1^PHARM||||||20261120080000|||D3002^周医",
          "RXE|1^BID^^20261120|86905^阿莫西林胶囊^NMPA|500||mg|CAP^胶囊", "RXR|PO^口服");
      assertThat(resources(feed.answer(about(RESIDENT, DAY)), "MedicationRequest")).hasSize(1);
      feed.sends("ORM^O01", OUYANG.pid(), pv1("O", "MZ1", "20261120080000", ""), "ORC|CA|RX1^CPOE|PH1^PHARM||||||20261120090000|||D3002^周医",
          "RXO|86905^阿莫西林胶囊^NMPA");

      assertThat(resources(feed.answer(about(RESIDENT, DAY)), "MedicationRequest")).isEmpty();
      assertThat(resources(feed.answer(Feed.withdrawnToo(about(RESIDENT, DAY))), "MedicationRequest")).hasSize(1);
    }

    @Test
    void with_a_prescription_cancelled_by_a_message_that_does_not_repeat_it() {
      String[] prescribed = {OUYANG.pid(), pv1("O", "MZ1", "20261120080000", ""), "ORC|NW|RX1^CPOE|PH1^PHARM||||||20261120080000|||D3002^周医",
          "RXE|1^BID^^20261120|86905^阿莫西林胶囊^NMPA|500||mg|CAP^胶囊", "RXR|PO^口服"};
      feed.sends("RDE^O11", OUYANG.pid(), "ORC|CA|RX9^CPOE").sends("RDE^O11", prescribed);
      assertThat(resources(feed.answer(about(RESIDENT, DAY)), "MedicationRequest")).as("another one was cancelled").hasSize(1);

      feed.sends("RDE^O11", OUYANG.pid(), "ORC|CA|RX1^CPOE");

      assertThat(resources(feed.answer(about(RESIDENT, DAY)), "MedicationRequest")).isEmpty();
      assertThat(resources(feed.answer(Feed.withdrawnToo(about(RESIDENT, DAY))), "MedicationRequest")).singleElement()
          .satisfies(one -> assertThat(one.toString()).contains("阿莫西林胶囊").contains("status=cancelled"));
    }

    @Test
    void whatever_is_sent_twice() {
      for (int i = 0; i < 2; i++) {
        feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20261120080000", ""), "AL1|1|DA|QMS^青霉素^LOCAL|SV|皮疹");
        feed.sends("ORU^R01", result(OUYANG, "ZY1", "12.6", "F"));
      }
      Feed once = Feed.ofThisHospital();
      once.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20261120080000", ""), "AL1|1|DA|QMS^青霉素^LOCAL|SV|皮疹");
      once.sends("ORU^R01", result(OUYANG, "ZY1", "12.6", "F"));

      assertThat(text(feed.answer(about(RESIDENT, DAY)))).isEqualTo(text(once.answer(about(RESIDENT, DAY))));
    }

    @Test
    void in_the_same_bytes_each_time() {
      Samples.own().forEach(message -> mapped(feed, Samples.text(message)));
      Feed again = Feed.ofThisHospital();
      Samples.own().forEach(message -> mapped(again, Samples.text(message)));

      Asked asked = about(OUYANG.identifier("H-0104"), "2024-04-01");
      assertThat(text(again.answer(asked))).contains("\"Observation\"").isEqualTo(text(feed.answer(asked)));
    }
  }

  @Nested
  @DisplayName("of two numbers that were merged")
  class Merged {

    @Test
    void are_one_patients_by_either_number_and_stand_under_the_one_that_remains() {
      feed.sends("ADT^A04", ZHANG.pid(), pv1("O", "MZ1", "20261101090000", ""));
      feed.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ2", "20261110090000", ""));
      feed.sends("ADT^A40", OUYANG.pid(), "MRG|" + ZHANG.number() + "^^^RMYY^PI");

      Answer byNew = feed.answer(about(RESIDENT, DAY));
      assertThat(text(byNew)).isEqualTo(text(feed.answer(about(ZHANG.identifier("H-0104"), DAY))));
      List<Map<String, Object>> patients = resources(byNew, "Patient");
      assertThat(patients).hasSize(2);
      assertThat(at(patients.get(0), "link")).isNull();
      assertThat(at(patients.get(1), "link", 0, "other", "reference")).isEqualTo("urn:uuid:" + patients.get(0).get("id"));
      assertThat(resources(byNew, "Encounter")).hasSize(2).allSatisfy(visit ->
          assertThat(at(visit, "subject", "reference")).isEqualTo("urn:uuid:" + patients.get(0).get("id")));
    }
  }

  @Test
  void of_three_numbers_merged_one_after_another_are_one_patients() {
    Feed.Person third = new Feed.Person("0003333333", "", "小龙女", "19491231", "2");
    feed.sends("ADT^A04", third.pid(), pv1("O", "MZ3", "20261101090000", ""));
    feed.sends("ADT^A40", ZHANG.pid(), "MRG|" + third.number() + "^^^RMYY^PI");
    feed.sends("ADT^A40", OUYANG.pid(), "MRG|" + ZHANG.number() + "^^^RMYY^PI");

    Answer answer = feed.answer(about(RESIDENT, DAY));
    assertThat(resources(answer, "Patient")).hasSize(3);
    assertThat(at(resources(answer, "Encounter").get(0), "subject", "reference"))
        .isEqualTo("urn:uuid:" + resources(answer, "Patient").get(0).get("id"));
    assertThat(text(answer)).isEqualTo(text(feed.answer(about(third.identifier("H-0104"), DAY))));
  }

  @Nested
  @DisplayName("are nobody else's")
  class NobodyElses {

    @Test
    void where_two_patients_swap_their_beds() {
      feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", ""));
      feed.sends("ADT^A01", ZHANG.pid(), pv1("I", "ZY2", "20261110090000", "").replace("D1001^李明", "D9009^黄药师"));
      feed.sends("ADT^A17", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", "").replace("N03^301^02", "N09^901^01"),
          ZHANG.pid(), pv1("I", "ZY2", "20261110090000", "").replace("D1001^李明", "D9009^黄药师"));

      String hers = text(feed.answer(about(RESIDENT, DAY)));
      assertThat(hers).contains("欧阳锋", "ZY1", "N09 901 01").doesNotContain("张无忌", ZHANG.number(), "ZY2", "黄药师", "D9009");
      String his = text(feed.answer(about(ZHANG.identifier("H-0104"), DAY)));
      assertThat(his).contains("张无忌", "ZY2").doesNotContain("欧阳锋", OUYANG.number(), OUYANG.residentId(), "ZY1");
    }

    @Test
    void in_any_of_our_own_messages_when_another_patient_sends_the_same_ones() {
      for (Path message : Samples.own()) {
        String one = Samples.text(message);
        mapped(feed, one);
        mapped(feed, ofAnother(one));
      }
      String hers = text(feed.answer(about(OUYANG.identifier("H-0104"), "2024-04-01")));
      String his = text(feed.answer(about(new Identifier("urn:emr-gateway:H-0104:patient:RMYY", "7771234567"), "2024-04-01")));

      assertThat(hers).contains("\"0001234567\"").doesNotContain("7771234567", "7ZY2024", "7MZ2024", "李莫愁", "7DOC");
      assertThat(his).contains("7771234567", "7ZY2024").doesNotContain("\"0001234567\"", "\"ZY2024", "\"MZ2024", "欧阳锋", "\"DOC");
      assertThat(patientsMeantBy(hers)).hasSize(1);
      assertThat(patientsMeantBy(his)).hasSize(1);
    }

    /** The same message about somebody else: other numbers wherever a number is the patient's, visit's or order's. */
    private static String ofAnother(String message) {
      return message.replace("0001234567", "7771234567").replace("11010519491231002X", "").replace("１１０１０５１９４９１２３１００２x", "")
          .replace("欧阳锋", "李莫愁").replace("ZY2024", "7ZY2024").replace("MZ2024", "7MZ2024").replace("DOC0", "7DOC0")
          .replaceAll("\\b(ORD|RX|PH|JY|BG|R|APT|A)([0-9]+)\\^", "7$1$2^").replace("JKK00017", "").replace("YB5566", "")
          .replace("E12345678", "").replace("BA778899", "7BA778899");
    }

    private static List<Object> patientsMeantBy(String bundles) {
      Object bundle = Samples.json(bundles.getBytes(StandardCharsets.UTF_8));
      return Samples.resources(Tree.cast((Map<?, ?>) bundle), "Observation").stream()
          .map(one -> at(one, "subject", "reference")).distinct().toList();
    }

    @Test
    void because_of_a_name_and_a_birth_date() {
      Feed.Person namesake = new Feed.Person("0005555555", "", OUYANG.name(), OUYANG.born(), OUYANG.sex());
      feed.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20261110090000", ""));
      feed.sends("ADT^A04", namesake.pid(), pv1("O", "MZ2", "20261111090000", ""));

      assertThat(text(feed.answer(about(RESIDENT, DAY)))).contains("MZ1").doesNotContain("MZ2", "0005555555");
    }

    @Test
    void any_more_once_a_wrong_resident_id_has_been_corrected() {
      Feed.Person mistaken = new Feed.Person(ZHANG.number(), OUYANG.residentId(), ZHANG.name(), OUYANG.born(), OUYANG.sex());
      feed.sends("ADT^A04", mistaken.pid(), pv1("O", "MZ1", "20261110090000", ""));
      assertThat(feed.answer(about(RESIDENT, DAY)).isEmpty()).isFalse();
      feed.sends("ADT^A08", ZHANG.pid(), pv1("O", "MZ1", "20261110090000", ""));

      assertThat(feed.answer(about(RESIDENT, DAY)).isEmpty()).isTrue();
      assertThat(feed.answer(about(ZHANG.identifier("H-0104"), DAY)).isEmpty()).isFalse();
    }

    @Test
    void because_of_a_resident_id_that_contradicts_the_birth_date() {
      Feed.Person other = new Feed.Person(ZHANG.number(), OUYANG.residentId(), ZHANG.name(), ZHANG.born(), ZHANG.sex());
      feed.sends("ADT^A04", other.pid(), pv1("O", "MZ1", "20261110090000", ""));

      assertThat(feed.answer(about(RESIDENT, DAY)).isEmpty()).isTrue();
    }

    @Test
    void when_a_visit_changes_hands() {
      feed.sends("ADT^A04", ZHANG.pid(), pv1("O", "MZ1", "20261110090000", ""));
      feed.sends("ADT^A08", OUYANG.pid(), pv1("O", "MZ1", "20261110090000", ""));

      assertThat(feed.answer(about(ZHANG.identifier("H-0104"), DAY)).isEmpty()).isTrue();
      assertThat(resources(feed.answer(about(RESIDENT, DAY)), "Encounter")).hasSize(1);
    }

    @Test
    void through_what_another_patients_thing_refers_to() {
      feed.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20261110090000", ""));
      feed.sends("ADT^A04", ZHANG.pid(), pv1("O", "MZ2", "20261110090000", ""));
      // A bundle that no mapping makes: her result refers to his order, his visit and his file, each by name.
      String his = (String) resources(feed.answer(about(ZHANG.identifier("H-0104"), DAY)), "Encounter").get(0).get("id");
      String him = (String) resources(feed.answer(about(ZHANG.identifier("H-0104"), DAY)), "Patient").get(0).get("id");
      String her = (String) resources(feed.answer(about(RESIDENT, DAY)), "Patient").get(0).get("id");
      feed.records.take(("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"timestamp\":\"2026-11-20T08:00:00+08:00\",\"entry\":["
          + entry("ServiceRequest", "00000000-0000-0000-0000-000000000001", "\"subject\":{\"reference\":\"urn:uuid:" + him + "\"}") + ","
          + entry("Observation", "00000000-0000-0000-0000-000000000002", "\"subject\":{\"reference\":\"urn:uuid:" + her + "\"},"
              + "\"basedOn\":[{\"reference\":\"urn:uuid:00000000-0000-0000-0000-000000000001\",\"display\":\"张无忌的申请\"}],"
              + "\"focus\":[{\"reference\":\"urn:uuid:" + him + "\",\"display\":\"张无忌\"}],"
              + "\"encounter\":{\"reference\":\"urn:uuid:" + his + "\",\"display\":\"张无忌\"}") + "]}")
          .getBytes(StandardCharsets.UTF_8));

      Answer answer = feed.answer(about(RESIDENT, DAY));
      assertThat(text(answer)).doesNotContain("张无忌", his, him, "00000000-0000-0000-0000-000000000001");
      assertThat(resources(answer, "Observation")).hasSize(1);
    }

    private static String entry(String type, String id, String members) {
      return "{\"fullUrl\":\"urn:uuid:" + id + "\",\"resource\":{\"resourceType\":\"" + type + "\"," + members
          + "},\"request\":{\"method\":\"PUT\",\"url\":\"" + type + "/" + id + "\"}}";
    }
  }

  @Nested
  @DisplayName("are refused")
  class Refused {

    @Test
    void with_a_place_and_without_a_value_when_they_are_no_records() {
      assertThatThrownBy(() -> feed.records.take("{\"resourceType\":\"Bundle\",\"type\":\"张无忌".getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(RecordsRefused.class).hasMessageStartingWith("records.unreadable at octet").hasMessageNotContaining("张");
      for (String no : List.of("", "[]", "{}", "{\"resourceType\":\"Bundle\",\"type\":\"history\"}",
          "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"type\":\"collection\"}",
          "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}",
          "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[7]}",
          "{\"resourceType\":\"Bundle\",\"type\":\"collection\"} {}",
          "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"x\":" + "[".repeat(9_999) + "]".repeat(9_999) + "}")) {
        assertThatThrownBy(() -> feed.records.take(no.getBytes(StandardCharsets.UTF_8))).as(no).isInstanceOf(RecordsRefused.class);
      }
    }

    @Test
    void when_an_order_is_meant_by_a_number_that_two_orders_bear() {
      feed.sends("ORM^O01", OUYANG.pid(), pv1("O", "MZ1", "20261120080000", ""), "ORC|NW|ORD1^CPOE", "OBR|1|ORD1^CPOE||A^血常规^LOCAL",
          "ORC|NW|ORD1^CPOE", "OBR|2|ORD1^CPOE||B^尿常规^LOCAL");

      assertThatThrownBy(() -> feed.sends("ORM^O01", OUYANG.pid(), pv1("O", "MZ1", "20261120080000", ""), "ORC|CA|ORD1^CPOE"))
          .isInstanceOfSatisfying(RecordsRefused.class, refused ->
              assertThat(refused.reason()).isEqualTo(RecordsRefused.Reason.AMBIGUOUS));
    }

    @Test
    void wholly_when_one_entry_is_wrong() {
      feed.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20261110090000", ""));
      String before = text(feed.answer(about(RESIDENT, DAY)));
      byte[] later = Samples.MAPPING.map(Samples.own("own__ADT_A01"), Samples.SITE, "b").bundle();
      String wrong = text(later).replaceFirst("\"method\":\"PUT\",\"url\":\"Practitioner", "\"method\":\"DELETE\",\"url\":\"Practitioner");

      assertThatThrownBy(() -> feed.records.take(wrong.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOfSatisfying(RecordsRefused.class, refused ->
              assertThat(refused.reason()).isEqualTo(RecordsRefused.Reason.NOT_RECORDS));
      assertThat(text(feed.answer(about(RESIDENT, DAY)))).isEqualTo(before);
    }
  }

  private static void mapped(Feed feed, String message) {
    Mapped mapped = Samples.mapped(message);
    if (mapped.converted()) {
      feed.records.take(mapped.bundle());
    }
  }
}
