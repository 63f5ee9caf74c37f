package io.emrgateway.mappings.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A mistake in a rule file")
class RuleErrorTest {
  private static final Path ROOT = Path.of("src/main/resources");

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
      "segments/PID-Patient.yaml;to: birthDate;to: birthDay;Patient has no element",
      "segments/PID-Patient.yaml;from: PID-7, to;from: PV1-7, to;reads PID, not PV1",
      "segments/PID-Patient.yaml;table: [MaritalStatus;table: [MartialStatus;There is no table",
      "segments/PID-Patient.yaml;by: sex;by: sexx;There is no function",
      "segments/PID-Patient.yaml;to: maritalStatus;too: maritalStatus;There is no key",
      "segments/PID-Patient.yaml;with: {use: old};with: {use: olden};is no use in FHIR R4",
      "segments/visit.yaml;v2-0203#VN;v2-0203#VNN;has no code",
      "segments/visit.yaml;as: \"PL[Location]\";as: \"PL[Lokation]\";There is no map",
      "messages/ADT.yaml;beneficiary: Patient;benefactor: Patient;Coverage has no element",
      "tables/AdministrativeSex.yaml;M: male;M: mail;which gender does not allow",
      "tables/MaritalStatus.yaml;A: L;A: LL;has no code",
      "segments/visit.yaml;rows:;rows: [;no valid YAML"})
  void is_refused_with_file_line_and_remedy(String file, String right, String wrong, String said) throws IOException {
    Map<String, String> files = shipped();
    String text = files.get(file);
    assertThat(text).contains(right);
    if (file.startsWith("tables/Adm")) {
      // A table's codes are checked where a row uses it.
      files.put("segments/x.yaml", "map: ZZX[Patient]\nrows:\n- {from: ZZX-1, to: gender, table: AdministrativeSex}\n");
    }
    files.put(file, text.replaceFirst(java.util.regex.Pattern.quote(right),
        java.util.regex.Matcher.quoteReplacement(wrong)));

    RuleError error = catchThrowableOfType(RuleError.class, () -> RuleSet.compile("v", files));

    assertThat(error).isNotNull();
    assertThat(error.file()).isEqualTo(file);
    assertThat(error.getMessage()).contains(said);
    assertThat(error.remedy()).isNotBlank();
    for (String told : List.of(error.problem(), error.remedy())) {
      assertThat(told).as("Chinese first").matches("(?s).*\\p{IsHan}.* / .*");
    }
    int line = (int) text.substring(0, text.indexOf(right)).lines().count();
    if (!file.startsWith("tables/") && !wrong.endsWith("[")) {
      assertThat(error.line()).isBetween(line, line + 1);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
      "to: birthDate;to: birthDay;birthDate",
      "to: birthDate;to: BirthDate;birthDate",
      "table: [MaritalStatus;table: [MartialStatus;MaritalStatus",
      "table: EthnicGroup;table: ethnic_group;EthnicGroup",
      "by: religion;by: religon;religion",
      "by: sex;bye: sex;by",
      "as: \"XPN[HumanName]\";as: \"XPN[HumanNam]\";XPN[HumanName]",
      "with: {use: old};with: {use: olt};old"})
  void that_is_a_slip_of_the_finger_is_told_with_what_was_meant_before_what_else_there_is(
      String right, String wrong, String meant) throws IOException {
    assertThat(remedyOf(right, wrong)).startsWith("是否想写 " + meant + "？ / Did you mean " + meant + "?");
  }

  @ParameterizedTest
  @CsvSource({"PID7, PID-7", "PID_7, PID-7", "PID.7, PID-7", "PID7.1, PID-7.1"})
  void in_how_a_field_is_written_is_told_with_the_dash_that_it_needs(String written, String meant) throws IOException {
    assertThat(remedyOf("from: PID-7, to", "from: " + written + ", to")).contains("Did you mean " + meant + "?");
  }

  @Test
  void that_is_no_slip_is_told_with_all_there_is_and_no_guess() throws IOException {
    assertThat(remedyOf("to: birthDate", "to: qqqqqq")).startsWith("可用 / Known: ").contains("birthDate");
  }

  private static String remedyOf(String right, String wrong) throws IOException {
    Map<String, String> files = shipped();
    String text = files.get("segments/PID-Patient.yaml");
    assertThat(text).contains(right);
    files.put("segments/PID-Patient.yaml", text.replaceFirst(java.util.regex.Pattern.quote(right), wrong));
    return catchThrowableOfType(RuleError.class, () -> RuleSet.compile("v", files)).remedy();
  }

  @Test
  void cannot_hide_in_a_file_that_the_index_forgets() throws IOException {
    assertThat(Files.readString(ROOT.resolve("mappings/index.txt")).lines().filter(l -> !l.startsWith("#")))
        .containsExactlyInAnyOrderElementsOf(shipped().keySet());
  }

  private static Map<String, String> shipped() throws IOException {
    Map<String, String> files = new HashMap<>();
    for (String folder : Arrays.asList("mappings", "codes")) {
      try (Stream<Path> all = Files.walk(ROOT.resolve(folder))) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          String name = folder.equals("codes") ? ROOT.relativize(file).toString()
              : ROOT.resolve("mappings").relativize(file).toString();
          // Tables of reminders are no rules, and have a list of their own.
          if (!name.equals("index.txt") && !name.endsWith(".md") && !name.startsWith("codes/reminders/")) {
            files.put(name.replace('\\', '/'), Files.readString(file));
          }
        }
      }
    }
    return files;
  }
}
