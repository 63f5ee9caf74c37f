package io.emrgateway.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How: the command as an engineer types it, on a message whose sex only the hospital's own table knows. */
@DisplayName("The command map")
class MapMessagesTest {
  @TempDir Path folder;
  private String said;

  @BeforeEach
  void aFolderOfRules() throws IOException {
    write("site/site.yaml", "site: H-0104\npatient-authority: RMYY\n");
    write("site/tables/sex.yaml", "table: AdministrativeSex\nsource: this HIS\ncodes: {公: male}\n");
    write("gateway.yaml",
        "hospital: H-0104\nsite: site\ncity:\n  address: https://city.example\nsources:\n  - name: his\n    port: 2575\n");
    write("own__a.hl7", "MSH|^~\\&|HIS|G|E|E|20260101080000||ADT^A01|C1|P|2.4\rPID|1||77||张伟||19850307|公\r");
  }

  @Test
  void converts_by_the_rules_that_the_settings_name() {
    assertThat(map("-c", folder.resolve("gateway.yaml").toString())).isZero();
    assertThat(said).contains("\"gender\":\"male\"").contains("urn:emr-gateway:H-0104:patient:RMYY").contains("规则 / rules");
  }

  @Test
  void converts_by_the_rules_of_a_folder_that_no_settings_name_yet() {
    assertThat(map("--rules", folder.resolve("site").toString())).isZero();
    assertThat(said).contains("\"gender\":\"male\"").contains("urn:emr-gateway:H-0104:patient:RMYY");
  }

  @Test
  void converts_by_the_shipped_rules_when_nothing_else_is_said() {
    map("--hospital", "H-0417");
    assertThat(said).doesNotContain("\"gender\":\"male\"").contains("urn:emr-gateway:H-0417").contains("出厂 / shipped");
  }

  @Test
  void names_the_mistake_in_a_folder_by_file_and_line() throws IOException {
    write("site/segments/pid.yaml", "maps:\n- map: \"PID[Patient]\"\n  rows:\n  - {from: PID-7, to: birthDay}\n");
    assertThat(map("--rules", folder.resolve("site").toString())).isEqualTo(2);
    assertThat(said).contains("mapping.rule: segments/pid.yaml:4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "H 0104", "H/0104", "一院"})
  void refuses_what_is_no_hospitals_number(String number) {
    assertThat(map("--hospital", number)).isEqualTo(2);
    assertThat(said).contains("map.hospital").contains("处理 / remedy").doesNotContain("gateway.internal");
  }

  @Test
  void takes_one_way_to_be_told_the_rules() {
    assertThat(map("--rules", folder.resolve("site").toString(), "--hospital", "H-0104")).isEqualTo(2);
    assertThat(said).contains("map.usage");
  }

  private int map(String... options) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(both, true, StandardCharsets.UTF_8);
    String[] words = new String[options.length + 2];
    words[0] = "map";
    System.arraycopy(options, 0, words, 1, options.length);
    words[words.length - 1] = folder.resolve("own__a.hl7").toString();
    System.setOut(to);
    System.setErr(to);
    try {
      return EmrGateway.execute("0", settings -> 0, () -> {}, words);
    } finally {
      System.setOut(out);
      System.setErr(err);
      said = both.toString(StandardCharsets.UTF_8);
    }
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(folder.resolve(path).getParent());
    Files.writeString(folder.resolve(path), text);
  }
}
