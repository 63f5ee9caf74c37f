package io.emrgateway.mappings.records;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.records.Feed.OUYANG;
import static io.emrgateway.mappings.records.Feed.RESIDENT;
import static io.emrgateway.mappings.records.Feed.about;
import static io.emrgateway.mappings.records.Feed.pv1;
import static io.emrgateway.mappings.records.Feed.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.About.Identifier;
import io.emrgateway.mappings.Samples;
import io.emrgateway.mappings.records.Source.Status;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A patient summary")
class PatientSummaryTest {
  private static final String DAY = "2026-11-28";
  private static final Hospital ASKING = new Hospital("H-0001", "北京大学第三医院");
  private static final String RESULT = "OBX|1|NM|WBC^白细胞^LOCAL^6690-2^白细胞计数^LN||12.60|10*9/L|3.5-9.5||||F|||20261120095500";

  private final Feed first = new Feed("H-0104", "北京大学人民医院");
  private final Feed second = new Feed("H-0105", "北京安贞医院");

  private static PatientSummary.Head head(Asked asked) {
    return new PatientSummary.Head(new Identifier("urn:ietf:rfc:3986", "urn:uuid:7c1b9fb7-6f0e-4a42-8c5f-0a4b8a5f2d11"),
        Instant.parse("2026-11-28T01:02:03Z"), ASKING, new Whom("欧阳锋", LocalDate.of(1949, 12, 31), "female"), asked, Set.of());
  }

  private static byte[] summary(Source... sources) {
    return PatientSummary.write(head(about(RESIDENT, DAY)), List.of(sources));
  }

  /** What a hospital's answer becomes on the other side. */
  private static Source answered(Feed feed) {
    PatientRecords received = new PatientRecords(feed.hospital);
    feed.answer(about(RESIDENT, DAY)).bundles().forEach(received::take);
    return Source.answered(received);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> read(byte[] summary) {
    return (Map<String, Object>) Samples.json(summary);
  }

  private static Map<String, Object> section(byte[] summary, String code) {
    Map<String, Object> composition = Samples.resources(read(summary), "Composition").get(0);
    return Tree.objects(composition, "section").stream().filter(one -> code.equals(at(one, "code", "coding", 0, "code")))
        .findFirst().orElseThrow();
  }

  private static String[] result(String visit, String obx) {
    return new String[] {OUYANG.pid(), pv1("O", visit, "", ""), "ORC|RE|JY1^HIS|BG1^LIS",
        "OBR|1|JY1^HIS|BG1^LIS|XCG^血常规^LOCAL|||20261120090000||||||||BLD&全血|D3002^周医||||||20261120100000||HM|F", obx};
  }

  private void everything(Feed feed) {
    feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", ""), "AL1|1|DA|QMS^青霉素^LOCAL|SV|皮疹",
        "DG1|1||I21.900^急性心肌梗死^ICD10CN|急性前壁心肌梗死|20261110|A",
        "PR1|1||36.0601^经皮冠状动脉支架置入术^ICD9CM3CN|经皮冠脉支架置入术|20261111103000|||||D2001^赵强");
    feed.sends("ORU^R01", result("ZY1", RESULT));
    feed.sends("RDE^O11", OUYANG.pid(), pv1("I", "ZY1", "", ""), "ORC|NW|RX1^CPOE|PH1^PHARM||||||20261112080000|||D3002^周医",
        "RXE|1^BID^^20261112|86905^阿莫西林胶囊^NMPA|500||mg|CAP^胶囊", "RXR|PO^口服");
    feed.sends("MDM^T02^MDM_T02", OUYANG.pid(), pv1("I", "ZY1", "", ""),
        "TXA|1|DS^出院小结^HL70270|TX|20261120113000|D1001^李明|||||||DOC0001^EMR||||||AU", "OBX|1|TX|18842-5^出院小结^LN||患者好转");
  }

  @Test
  void of_two_hospitals_is_a_valid_document_of_the_International_Patient_Summary() {
    everything(first);
    everything(second);
    byte[] summary = summary(answered(first), answered(second), Source.without(new Hospital("H-0106", "北京天坛医院"), Status.TIMEOUT));

    assertThat(Judge.errors(summary, "Bundle-uv-ips")).isEmpty();
  }

  @Test
  void keeps_the_profile_of_every_resource_that_has_one() {
    everything(first);
    Map<String, Object> summary = read(summary(answered(first)));
    Map<String, String> profiles = Map.ofEntries(
        Map.entry("Patient", "Patient-uv-ips"), Map.entry("AllergyIntolerance", "AllergyIntolerance-uv-ips"),
        Map.entry("Condition", "Condition-uv-ips"), Map.entry("Procedure", "Procedure-uv-ips"),
        Map.entry("MedicationRequest", "MedicationRequest-uv-ips"),
        Map.entry("DiagnosticReport", "DiagnosticReport-uv-ips"),
        Map.entry("Observation", "Observation-results-laboratory-pathology-uv-ips"),
        Map.entry("Specimen", "Specimen-uv-ips"), Map.entry("Practitioner", "Practitioner-uv-ips"),
        Map.entry("Organization", "Organization-uv-ips"));
    List<String> errors = new ArrayList<>();
    profiles.forEach((type, profile) -> {
      assertThat(Samples.resources(summary, type)).as(type).isNotEmpty();
      Samples.resources(summary, type).forEach(one -> Judge.errors(json(one), profile).stream()
          .filter(error -> !error.contains("urn:uuid:")).forEach(error -> errors.add(type + ": " + error)));
    });
    assertThat(errors).isEmpty();
  }

  /** Numbers were read as text: back to numbers for the judge. */
  private static byte[] json(Map<String, Object> resource) {
    return text(Tree.bytes(resource, 4_096)).replaceAll("\"value\":\"([0-9.]+)\"(?=,\"unit\")", "\"value\":$1").getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void begins_with_its_composition_then_the_patient_and_holds_whatever_it_refers_to() {
    everything(first);
    everything(second);
    Map<String, Object> summary = read(summary(answered(first), answered(second)));

    assertThat(at(summary, "entry", 0, "resource", "resourceType")).isEqualTo("Composition");
    assertThat(at(summary, "entry", 1, "resource", "resourceType")).isEqualTo("Patient");
    assertThat(Samples.resources(summary, "Patient")).hasSize(1);
    assertThat(at(summary, "identifier", "value")).isEqualTo("urn:uuid:7c1b9fb7-6f0e-4a42-8c5f-0a4b8a5f2d11");
    assertThat(summary.get("timestamp")).isEqualTo("2026-11-28T09:02:03+08:00");
    Set<Object> inside = new HashSet<>();
    Samples.entries(summary).forEach(entry -> assertThat(inside.add(entry.get("fullUrl"))).isTrue());
    Held.eachReference(summary, to -> assertThat(inside).contains(to.get("reference")));
  }

  @Test
  void shows_the_same_allergy_once_with_both_hospitals_and_every_reaction() {
    first.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20261110080000", ""), "AL1|1|DA|QMS^青霉素^LOCAL|MO|皮疹");
    second.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ7", "20261112080000", ""), "AL1|1|DA|P01^青霉素^LOCAL|SV|休克");
    byte[] summary = summary(answered(first), answered(second));

    List<Map<String, Object>> allergies = Samples.resources(read(summary), "AllergyIntolerance");
    assertThat(allergies).hasSize(1);
    Map<String, Object> allergy = allergies.get(0);
    assertThat(Tree.objects(allergy, "reaction")).hasSize(2);
    assertThat(Tree.objects(allergy, "code", "coding")).extracting(one -> one.get("code")).containsExactly("QMS", "P01");
    assertThat(Tree.objects(allergy, "extension").stream().map(one -> one.get("valueUri")).filter(one -> one != null))
        .containsExactly("urn:emr-gateway:H-0104", "urn:emr-gateway:H-0105");
    assertThat(Tree.objects(allergy, "identifier")).hasSize(2);
    assertThat((String) at(section(summary, "48765-2"), "text", "div")).contains("青霉素", "皮疹", "休克", "北京大学人民医院、北京安贞医院");
  }

  @Test
  void keeps_an_allergy_and_its_denial_apart() {
    first.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20261110080000", ""), "AL1|1|DA|QMS^青霉素^LOCAL|MO|皮疹");
    second.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ7", "20261112080000", ""), "AL1|1|DA|^否认青霉素过敏史");

    assertThat(Samples.resources(read(summary(answered(first), answered(second))), "AllergyIntolerance")).hasSize(2);
  }

  @Test
  void shows_a_result_that_two_hospitals_report_once_and_each_report_refers_to_it() {
    first.sends("ORU^R01", result("MZ1", RESULT));
    second.sends("ORU^R01", result("MZ7", RESULT.replace("WBC^白细胞", "BXB^白细胞数").replace("12.60", "12.6")));
    Map<String, Object> summary = read(summary(answered(first), answered(second)));

    List<Map<String, Object>> results = Samples.resources(summary, "Observation");
    assertThat(results).hasSize(1);
    assertThat(text(Tree.bytes(results.get(0), 4_096))).contains("白细胞", "白细胞数", "H-0104", "H-0105");
    assertThat(Samples.resources(summary, "DiagnosticReport")).hasSize(2).allSatisfy(report ->
        assertThat(at(report, "result", 0, "reference")).isEqualTo("urn:uuid:" + results.get(0).get("id")));
  }

  @ParameterizedTest
  @EnumSource(Difference.class)
  void shows_two_results_that_differ_in_value_time_code_or_hospital_as_two(Difference difference) {
    first.sends("ORU^R01", result("MZ1", RESULT));
    Feed other = difference == Difference.SAME_HOSPITAL ? first : second;
    other.sends("ORU^R01", result("MZ7", RESULT.replace(difference.from, difference.to)));
    if (difference == Difference.SAME_HOSPITAL) {
      first.sends("ORU^R01", String.join("\r", result("MZ1", RESULT)).replace("JY1", "JY2").replace("BG1", "BG2"));
    }
    Source[] sources = difference == Difference.SAME_HOSPITAL ? new Source[] {answered(first)} : new Source[] {answered(first), answered(second)};

    assertThat(Samples.resources(read(summary(sources)), "Observation")).hasSize(2);
  }

  private enum Difference {
    VALUE("12.60", "12.61"), UNIT("|10*9/L|", "|/uL|"), TIME("20261120095500", "20261120095600"), DAY_ONLY("20261120095500", "20261120"),
    LOCAL_CODE_ONLY("^6690-2^白细胞计数^LN", ""), SAME_HOSPITAL("~", "~");

    final String from;
    final String to;

    Difference(String from, String to) {
      this.from = from;
      this.to = to;
    }
  }

  @Test
  void tells_no_answer_no_right_and_no_data_apart() {
    first.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20261110080000", ""));
    byte[] summary = summary(answered(first), Source.without(second.hospital, Status.NONE),
        Source.without(new Hospital("H-0106", "北京天坛医院"), Status.DENIED),
        Source.without(new Hospital("H-0107", "首都医科大学宣武医院"), Status.TIMEOUT),
        Source.without(new Hospital("H-0108", "北京协和医院"), Status.UNVERIFIED));

    Map<String, Object> allergies = section(summary, "48765-2");
    assertThat((String) at(allergies, "text", "div")).contains("无资料 no data：北京大学人民医院、北京安贞医院",
        "无权查看 no right：北京天坛医院", "未答复 no answer：首都医科大学宣武医院", "答复未通过核验 answer not verified：北京协和医院");
    assertThat(at(allergies, "emptyReason", "coding", 0, "code")).isEqualTo("unavailable");
    assertThat(Tree.objects(allergies, "emptyReason", "coding")).extracting(one -> one.get("code"))
        .containsExactly("unavailable", "none", "denied", "timeout", "unverified");
    assertThat((String) at(section(summary, "46240-8"), "text", "div")).contains("门诊 outpatient", "心血管内科", "未答复 no answer")
        .doesNotContain("no data");
    assertThat(Judge.errors(summary, "Bundle-uv-ips")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Status.class, names = {"ANSWERED", "IN_PART", "CITY"}, mode = EnumSource.Mode.EXCLUDE)
  void is_valid_when_no_hospital_tells_anything(Status status) {
    byte[] summary = summary(Source.without(first.hospital, status));

    assertThat(Judge.errors(summary, "Bundle-uv-ips")).isEmpty();
    assertThat(at(section(summary, "10160-0"), "emptyReason", "coding", 0, "code"))
        .isEqualTo(status == Status.DENIED ? "withheld" : "unavailable");
    assertThat(text(summary)).doesNotContain("nilknown");
  }

  @Test
  void says_of_a_section_that_was_not_asked_for_that_it_was_not() {
    everything(first);
    byte[] summary = PatientSummary.write(head(about(RESIDENT, DAY, Section.ALLERGIES)), List.of(answered(first)));

    assertThat(at(section(summary, "11450-4"), "emptyReason", "coding", 0, "code")).isEqualTo("notasked");
    assertThat(Samples.resources(read(summary), "Condition")).isEmpty();
    assertThat(Samples.resources(read(summary), "AllergyIntolerance")).hasSize(1);
    assertThat(Judge.errors(summary, "Bundle-uv-ips")).isEmpty();
  }

  @Test
  void says_of_a_section_that_the_patient_has_not_agreed_to_that_it_was_withheld_and_not_that_there_is_nothing() {
    everything(first);
    PatientSummary.Head head = head(about(RESIDENT, DAY, Section.ALLERGIES, Section.RESULTS));
    byte[] summary = PatientSummary.write(new PatientSummary.Head(head.identifier(), head.at(), head.asking(), head.whom(), head.asked(),
        Set.of(Section.MEDICATIONS, Section.VISITS, Section.REPORTS)), List.of(answered(first)));

    for (String part : List.of("10160-0", "46240-8")) {
      assertThat(at(section(summary, part), "emptyReason", "coding", 0, "code")).isEqualTo("withheld");
      assertThat((String) at(section(summary, part), "text", "div")).contains("患者未授权 not agreed to by the patient：").doesNotContain("无资料", "未查询");
    }
    assertThat((String) at(section(summary, "30954-2"), "text", "div")).as("a half of a section").contains("患者未授权 not agreed to by the patient：报告 reports", "白细胞计数");
    assertThat(at(section(summary, "11450-4"), "emptyReason", "coding", 0, "code")).as("not wanted").isEqualTo("notasked");
    assertThat(Judge.errors(summary, "Bundle-uv-ips")).isEmpty();
    assertThat(new String(SearchSet.of(summary, Set.of("Observation")), StandardCharsets.UTF_8))
        .contains("患者未授权 not agreed to by the patient：用药 medications", "\"code\":\"suppressed\"");
  }

  @Test
  void says_why_a_hospital_refused_or_was_not_believed() {
    byte[] summary = summary(Source.without(first.hospital, Status.DENIED, new Source.Why("lookup.withdrawn", "患者已撤回 withdrawn")));

    assertThat((String) at(Tree.objects(read(summary), "entry").get(0), "resource", "text", "div")).contains("无权查看 no right：患者已撤回 withdrawn");
    assertThat(Judge.errors(summary, "Bundle-uv-ips")).isEmpty();
    assertThat(new String(SearchSet.of(summary, Set.of()), StandardCharsets.UTF_8)).contains("：患者已撤回 withdrawn\"", "lookup.withdrawn");
  }

  @Test
  void keeps_the_digits_of_a_result_and_says_from_when_to_when_a_drug_is_taken() {
    first.sends("ORU^R01", OUYANG.pid(), pv1("O", "MZ1", "20261110080000", ""), "OBR|1|JY1^HIS|BG1^LIS|XJ^肌钙蛋白^LOCAL|||20261120090000||||||||||||||20261120100000||HM|F",
        "OBX|1|NM|TNI^肌钙蛋白I^LOCAL||0.50|ng/mL^^UCUM|0.00-0.10|H|||F");
    first.sends("RDE^O11", OUYANG.pid(), pv1("O", "MZ1", "", ""), "ORC|NW|RX1^CPOE|||||||20261112080000", "TQ1|1||BID||||20261115|20261121",
        "RXE||86905^阿莫西林胶囊^NMPA|0.50||g");
    byte[] summary = summary(answered(first));

    assertThat((String) at(section(summary, "30954-2"), "text", "div")).contains("<td>0.50 ng/mL", "0.00-0.10");
    assertThat((String) at(section(summary, "10160-0"), "text", "div")).contains("0.50 g", "2026-11-15 – 2026-11-21", "2026-11-12");
  }

  @Test
  void holds_nothing_of_another_patient_or_another_time_that_a_hospital_sends_along() {
    second.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20261110080000", ""));
    second.sends("ADT^A04", Feed.ZHANG.pid(), pv1("O", "MZ2", "20261110080000", ""));
    second.now = "20200101080000";
    second.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ3", "20200101080000", "20200101090000"));

    // The records as they were fed, not an answer: what the city keeps of a hospital that is down.
    assertThat(text(summary(Source.answered(second.records)))).contains("MZ1").doesNotContain("张无忌", Feed.ZHANG.number(), "MZ2", "MZ3");
  }

  @Test
  void shows_marks_in_a_text_as_text() {
    first.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20261110080000", ""), "AL1|1|DA|^<script>alert('x')</script> \\T\\ \"花生\"|MO|皮疹");
    byte[] summary = summary(answered(first), Source.without(new Hospital("H-0106", "<b>天坛</b>"), Status.TIMEOUT));

    assertThat((String) at(section(summary, "48765-2"), "text", "div")).doesNotContain("<script", "<b>")
        .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;花生&quot;");
    assertThat(Judge.errors(summary, "Bundle-uv-ips")).isEmpty();
  }

  /** How: one value after another of a hospital's answer is something that it should never be. */
  @Test
  void is_made_or_the_answer_refused_whatever_a_hospital_sends() {
    everything(first);
    String answer = text(first.answer(about(RESIDENT, DAY)).bundles().get(0));
    List<String> wrong = List.of("7", "1e99999999999999999", "null", "\"\"", "\"\\ud800<&\\u0000\"", "[]", "[null]", "{}", "[[7]]",
        "{\"reference\":\"urn:uuid:00000000-0000-0000-0000-000000000000\"}", "\"+999999999-01-01\"", "\"9999-12-31\"");
    int made = 0;
    int at = answer.indexOf("\":", answer.indexOf("\"entry\":") + 8);
    for (int n = 0; at > 0; at = answer.indexOf("\":", at + 1), n++) {
      PatientRecords records = new PatientRecords(first.hospital);
      try {
        records.take((answer.substring(0, at + 2) + wrong.get(n % wrong.size()) + answer.substring(endOfValue(answer, at + 2)))
            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
      } catch (RecordsRefused expected) {
        continue;
      }
      made += Samples.json(summary(Source.answered(records), answered(first))) == null ? 0 : 1;
    }
    assertThat(made).isGreaterThan(200);
  }

  private static int endOfValue(String json, int from) {
    int depth = 0;
    for (int i = from; ; i++) {
      char c = json.charAt(i);
      if (c == '"') {
        i = json.indexOf('"', i + 1);
      } else if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']' || c == ',') {
        depth -= c == ',' ? 0 : 1;
        if (depth < 0 || depth == 0 && c == ',') {
          return i;
        }
        if (depth == 0) {
          return i + 1;
        }
      }
    }
  }

  @Test
  void is_the_same_bytes_for_the_same_answers() {
    everything(first);
    everything(second);

    assertThat(summary(answered(first), answered(second))).isEqualTo(summary(answered(first), answered(second)));
  }

  /** Who reads the text alone must not take a drug regularly that is for need, nor at its first dose for ever. */
  @Test
  void tells_of_a_drug_each_phase_its_range_and_that_it_is_for_need_only() {
    Map<String, Object> request = Tree.of(("{'resourceType':'MedicationRequest','dosageInstruction':["
        + "{'doseAndRate':[{'doseRange':{'low':{'value':1,'unit':'片'},'high':{'value':2,'unit':'片'}}}],'asNeededBoolean':true,"
        + "'additionalInstruction':[{'text':'血压高于160时'}],'timing':{'repeat':{'boundsPeriod':{'end':'2026-11-25'}}}},"
        + "{'timing':{'repeat':{'boundsPeriod':{'start':'2026-11-25'}}}}]}").replace('\'', '"').getBytes(StandardCharsets.UTF_8));

    assertThat(Narrative.cells(request).get(1)).isEqualTo("1 片–2 片 必要时 as needed  – 2026-11-25 血压高于160时; 2026-11-25 – ");
  }
}
