package io.emrgateway.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
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

  @Test
  void is_a_text_in_yaml_whatever_is_in_it() {
    assertThat(MappingWorklist.yamlText("0\"1\\")).isEqualTo("\"0\\\"1\\\\\"");
  }
}
