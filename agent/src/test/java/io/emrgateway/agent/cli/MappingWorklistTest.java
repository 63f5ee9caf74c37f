package io.emrgateway.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.SiteFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A code in the worklist")
class MappingWorklistTest {

  @ParameterizedTest
  @CsvSource(delimiter = ' ', quoteCharacter = '`', value = {
    "77 \"77\"", "a\"b \"a\"\"b\"", "-1 \"-1\"", "=1+1 \"'=1+1\"", "@SUM(A1) \"'@SUM(A1)\"", "+cmd|x \"'+cmd|x\""})
  void opens_in_a_spreadsheet_as_what_was_sent_and_never_as_a_formula(String code, String cell) {
    assertThat(MappingWorklist.quoted(code)).isEqualTo(cell);
  }

  /** How: the rows as they are printed, filled in as an engineer would, in a site's folder. */
  @Test
  void becomes_a_row_of_the_sites_table_once_it_is_filled_in_and_none_before(@TempDir Path site) throws IOException {
    String rows = MappingWorklist.yaml("MaritalStatus", List.of(
        Map.of("source", "his", "table", "MaritalStatus", "code", "离了", "display", "离了#: \"x\"", "count", "12"),
        Map.of("source", "lis", "table", "MaritalStatus", "code", "离了", "count", "3"),
        Map.of("source", "his", "table", "MaritalStatus", "code", "", "count", "1"),
        Map.of("source", "his", "table", "EncounterClass", "code", "ZY", "count", "9")));
    assertThat(rows).containsOnlyOnce("离了\":").contains("his 12, lis 3").doesNotContain("ZY");
    Files.writeString(site.resolve("site.yaml"), "site: H-0104\n");
    Path table = Files.createDirectories(site.resolve("tables")).resolve("marital.yaml");

    Files.writeString(table, rows);
    assertThat(SiteFolder.read(site).mapping().knowsCode("MaritalStatus", "离了")).isFalse();
    Files.writeString(table, rows.replace("source: ", "source: interface sheet")
        .replace("#\"离了\": {code: , display: }", "\"离了\": {code: D, display: Divorced}"));
    assertThat(SiteFolder.read(site).mapping().knowsCode("MaritalStatus", "离了")).isTrue();
  }

  @Test
  void that_is_not_there_makes_a_file_that_says_so_and_passes_as_it_is(@TempDir Path site) throws IOException {
    String rows = MappingWorklist.yaml("MaritalStatus", List.of(Map.of("source", "his", "table", "EncounterClass", "code", "ZY", "count", "9")));
    assertThat(rows).contains("codes: {}").contains("没有 / none");
    Files.writeString(site.resolve("site.yaml"), "site: H-0104\n");
    Files.writeString(Files.createDirectories(site.resolve("tables")).resolve("marital.yaml"), rows);
    assertThat(SiteFolder.read(site).mapping().tables()).contains("MaritalStatus");
  }

  @Test
  void is_a_text_in_yaml_whatever_is_in_it() {
    assertThat(MappingWorklist.yamlText("0\"1\\")).isEqualTo("\"0\\\"1\\\\\"");
  }
}
