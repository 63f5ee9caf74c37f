package io.emrgateway.mappings.records;

import static io.emrgateway.mappings.records.Feed.about;
import static io.emrgateway.mappings.records.Feed.pv1;
import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.About.Identifier;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A search among what came back")
class SearchSetTest {
  private static final Identifier RESIDENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");

  private static byte[] document() {
    Feed feed = new Feed("H-0104", "北京大学人民医院");
    String pid = "PID|1||1^^^RMYY^PI~" + RESIDENT.value() + "^^^GA^NI||张^伟||19491231|F";
    feed.sends("ORU^R01", pid, pv1("O", "MZ1", "202611010800", ""), "OBR|1|JY1^HIS|BG1^LIS|XCG^血常规^LOCAL|||20261101090000||||||||||||||||||F",
        "OBX|1|NM|WBC^白细胞^LOCAL||7|10*9/L|||||F|||20261101095500", "OBX|2|NM|HGB^血红蛋白^LOCAL||140|g/L|||||F|||20261101095500");
    PatientRecords received = new PatientRecords(feed.hospital);
    feed.answer(about(RESIDENT, "2026-11-28")).bundles().forEach(received::take);
    return PatientSummary.write(new PatientSummary.Head(new Identifier("urn:ietf:rfc:3986", "urn:uuid:7c1b9fb7-6f0e-4a42-8c5f-0a4b8a5f2d11"),
        Instant.parse("2026-11-28T01:02:03Z"), new Hospital("H-0001", "北京大学第三医院"), new Whom("张伟", null, null), about(RESIDENT, "2026-11-28"), Set.of()),
        List.of(Source.answered(received), Source.without(new Hospital("H-0106", "北京天坛医院"), Source.Status.TOO_LARGE)));
  }

  private static Stream<String> types(Map<String, Object> set, String mode) {
    return Tree.objects(set, "entry").stream().filter(one -> mode.equals(Tree.text(one, "search", "mode")))
        .map(one -> Tree.text(one, "resource", "resourceType"));
  }

  @Test
  void has_what_is_of_the_type_and_what_that_refers_to_and_names_each_hospital() {
    Map<String, Object> set = Tree.of(SearchSet.of(document(), Set.of("Observation")));
    assertThat(types(set, "match")).containsExactly("Observation", "Observation");
    assertThat(Tree.spelt(set.get("total"))).isEqualTo("2");
    assertThat(types(set, "include")).contains("Patient", "Encounter", "Organization").doesNotContain("Composition", "DiagnosticReport");
    assertThat(types(set, "outcome")).containsExactly("OperationOutcome");
    assertThat(new String(SearchSet.of(document(), Set.of("Observation")), java.nio.charset.StandardCharsets.UTF_8))
        .contains("有资料 data received：北京大学人民医院", "资料过多，未显示；请缩短日期或减少类别 too much to show; ask for fewer days or sections：北京天坛医院");
  }

  @Test
  void of_everything_has_all_but_the_documents_head() {
    Map<String, Object> set = Tree.of(SearchSet.of(document(), Set.of()));
    assertThat(types(set, "match")).contains("Patient", "Observation", "DiagnosticReport").doesNotContain("Composition");
    assertThat(types(set, "include")).isEmpty();
  }
}
