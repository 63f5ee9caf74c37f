package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A hospital's mapping rules")
class RulesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ZPI = "maps:\n- map: \"ZPI[Patient]\"\n  rows:\n"
      + "  - {from: ZPI-2, to: maritalStatus, table: MaritalStatusOfThisHis}\n";
  private static final String ADT = "message: ADT\nsegments:\n- {segment: ZPI, map: \"ZPI[Patient]\", for: patient}\n";
  private static final String TABLE = "table: MaritalStatusOfThisHis\nsource: interface sheet\n"
      + "system: http://terminology.hl7.org/CodeSystem/v3-MaritalStatus\ncodes: {未: {code: S, display: Never Married}}\n";

  @TempDir Path folder;

  /** How: an engineer's afternoon on a running gateway, from what is lost to what is not lost any more. */
  @Test
  void grow_on_a_running_gateway_from_what_it_reports_as_lost() throws IOException {
    write("site/site.yaml", "site: H-0104\n");
    try (Trial trial = Trial.in(folder, "intl", "", "site: site\n").start(); His his = His.of(trial.agent)) {
      String shipped = trial.agent.status().path("rules").asText();
      assertThat(send(his, "A1", "P1", "未")).isEqualTo("AA");
      assertThat(send(his, "A2", "P2", "丧偶")).isEqualTo("AA");
      trial.awaitSettled();
      theFieldThatNobodyReadsIsListedByItsShape(trial);

      write("site/segments/zpi.yaml", ZPI);
      write("site/messages/ADT.yaml", ADT);
      write("site/tables/marital.yaml", TABLE);
      Waiting.until("the new rules are in force", Trial.PATIENCE, () -> !trial.agent.status().path("rules").asText().equals(shipped));
      assertThat(send(his, "A3", "P3", "未")).isEqualTo("AA");
      for (String control : List.of("A4", "A5", "A6")) {
        assertThat(send(his, control, "P" + control, "离异")).isEqualTo("AA");
      }
      assertThat(send(his, "A7", "P7", "欧阳翡翠")).isEqualTo("AA");
      trial.awaitSettled();
      assertThat(bundle(trial, 1)).doesNotContain("v3-MaritalStatus");
      assertThat(bundle(trial, 3)).contains("v3-MaritalStatus").contains("Never Married");
      assertThat(trial.command("mapping", "unmapped").output()).contains("ZPI-2").contains("现行规则下未再出现");

      theWorklistIsTheBeginningOfTheTable(trial);
      write("site/tables/marital.yaml", TABLE.replace("Married}}", "Married}, 离异: {code: D, display: Divorced}}"));
      Trial.Done reloaded = trial.command("mapping", "reload");
      assertThat(reloaded.status()).as(reloaded.output()).isZero();
      assertThat(trial.command("mapping", "worklist", "--json").output()).doesNotContain("离异");

      trial.agent.stop();
      trial.agent.start();
      assertThat(fields(trial)).as("after a restart").anySatisfy(row -> {
        assertThat(row.path("field").asText()).isEqualTo("ZPI-2");
        assertThat(row.path("count").asLong()).isEqualTo(2);
      });
      trial.verified();
    }
  }

  private void theFieldThatNobodyReadsIsListedByItsShape(Trial trial) throws IOException {
    assertThat(fields(trial)).extracting(row -> row.path("field").asText()).as("what every message has, and nobody misses")
        .doesNotContain("MSH-12", "EVN-1", "EVN-2");
    assertThat(fields(trial)).anySatisfy(row -> {
      assertThat(row.path("source").asText()).isEqualTo("his");
      assertThat(row.path("type").asText()).isEqualTo("ADT^A01");
      assertThat(row.path("field").asText()).isEqualTo("ZPI-2");
      assertThat(row.path("count").asLong()).isEqualTo(2);
      assertThat(row.path("sample").asText()).isEqualTo("字");
      assertThat(row.path("inForce").asBoolean()).isTrue();
    });
    assertThat(trial.command("mapping", "unmapped", "--source", "nobody").output()).contains("没有 / none");
    assertThat(trial.command("mapping", "unmapped").output()).contains("ZPI-2").doesNotContain("丧偶").doesNotContain("P1");
  }

  private void theWorklistIsTheBeginningOfTheTable(Trial trial) {
    Trial.Done list = trial.command("mapping", "worklist", "--yaml", "MaritalStatusOfThisHis");
    assertThat(list.output()).contains("table: \"MaritalStatusOfThisHis\"").contains("#\"离异\": {code: , display: }").doesNotContain("未");
    Trial.Done unknown = trial.command("mapping", "worklist", "--yaml", "MaritalStatusOfThisHos");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.output()).contains("mapping.table-unknown").contains("Did you mean MaritalStatusOfThisHis?");
    assertThat(trial.command("mapping", "worklist", "--yaml", "AdministrativeSex").output()).contains("没有 / none");
    assertThat(trial.command("mapping", "worklist", "--csv").output()).contains("\"his\",\"MaritalStatusOfThisHis\",\"离异\",\"\",3,");
    assertThat(trial.command("mapping", "worklist").output()).as("what may be a name in the wrong field")
        .contains("MaritalStatusOfThisHis").doesNotContain("翡翠");
    assertThat(trial.command("mapping", "worklist", "--values").output()).contains("翡翠");
  }

  /** How: a typing mistake is saved into the folder of a running gateway, and mended. */
  @Test
  void with_a_mistake_leave_the_old_ones_in_force_and_messages_going_through_and_say_where_the_mistake_is() throws IOException {
    write("site/site.yaml", "site: H-0104\n");
    write("site/segments/zpi.yaml", ZPI);
    write("site/messages/ADT.yaml", ADT);
    write("site/tables/marital.yaml", TABLE);
    try (Trial trial = Trial.in(folder, "intl", "", "site: site\n").start(); His his = His.of(trial.agent)) {
      String rules = trial.agent.status().path("rules").asText();
      assertThat(trial.http("/q/health/group/rules").statusCode()).isEqualTo(200);
      assertThat(trial.metric("emr_gateway_rules_refused")).isZero();

      write("site/segments/zpi.yaml", ZPI.replace("maritalStatus", "maritalState"));
      Waiting.until("status tells of the mistake", Trial.PATIENCE, () -> trial.agent.status().has("rulesCode"));
      JsonNode status = trial.agent.status();
      assertThat(status.path("rulesCode").asText()).isEqualTo("mapping.rule");
      assertThat(status.path("rulesPlace").asText()).isEqualTo("segments/zpi.yaml:4");
      assertThat(status.path("rules").asText()).isEqualTo(rules);
      assertThat(trial.http("/q/health/group/rules").body()).contains("mapping.rule").contains("segments/zpi.yaml:4");
      assertThat(trial.http("/q/health/group/rules").statusCode()).isEqualTo(503);
      assertThat(trial.http("/q/health/ready").statusCode()).as("it goes on taking messages").isEqualTo(200);
      assertThat(trial.metric("emr_gateway_rules_refused")).isEqualTo(1);

      Trial.Done reload = trial.command("mapping", "reload");
      assertThat(reload.status()).isEqualTo(1);
      assertThat(reload.output()).contains("mapping.rule").contains("segments/zpi.yaml:4");
      assertThat(send(his, "A1", "P1", "未")).isEqualTo("AA");
      trial.awaitSettled();
      assertThat(bundle(trial, 1)).contains("Never Married");
      assertThat(trial.agent.log().split("mapping\\.rule: segments/zpi\\.yaml:4", -1)).as("told once").hasSize(2);

      write("site/segments/zpi.yaml", ZPI);
      Waiting.until("the mistake is mended", Trial.PATIENCE, () -> !trial.agent.status().has("rulesCode"));
      assertThat(trial.http("/q/health/group/rules").statusCode()).isEqualTo(200);
    }
  }

  /** How: SIGKILL while the folder holds rules that were refused, then starts: on failing examples, on a typing mistake. */
  @Test
  void that_were_refused_while_running_do_not_come_into_force_by_a_power_cut_nor_keep_the_door_closed_after_it() throws IOException {
    write("site/site.yaml", "site: H-0104\n");
    write("site/segments/zpi.yaml", ZPI);
    write("site/messages/ADT.yaml", ADT);
    write("site/tables/marital.yaml", TABLE);
    write("site/examples/own__a.hl7", new String(His.message("ADT^A01", "E1", StandardCharsets.UTF_8,
        "PID|1||E1^^^HIS^MR||甲^乙||19800101|M", "ZPI|1|未"), StandardCharsets.UTF_8));
    write("site/examples/own__a.paths", "Patient.maritalStatus.coding[0].code = S\n");
    try (Trial trial = Trial.in(folder, "intl", "", "site: site\n").start(); His his = His.of(trial.agent)) {
      String accepted = trial.agent.status().path("rules").asText();
      assertThat(trial.agent.status().has("rulesCode")).isFalse();

      write("site/tables/marital.yaml", TABLE.replace("code: S", "code: M"));
      Waiting.until("the rules are refused", Trial.PATIENCE, () -> trial.agent.status().path("rulesCode").asText().equals("mapping.example"));
      trial.agent.kill();
      Trial.Done check = trial.command("check");
      assertThat(check.status()).isEqualTo(2);
      assertThat(check.output()).contains("examples/own__a.hl7").contains("a start goes on with the last accepted rules " + accepted);
      trial.agent.start();
      assertThatItRunsOn(accepted, trial, "mapping.example");

      trial.agent.kill();
      write("site/segments/zpi.yaml", ZPI.replace("maritalStatus", "maritalState"));
      assertThat(trial.command("check").output()).contains("segments/zpi.yaml:4").contains("last accepted rules " + accepted);
      trial.agent.start();
      assertThatItRunsOn(accepted, trial, "mapping.rule");
      assertThat(send(his, "A1", "P1", "未")).isEqualTo("AA");
      trial.awaitSettled();
      assertThat(bundle(trial, 1)).contains("Never Married");

      write("site/segments/zpi.yaml", ZPI);
      write("site/tables/marital.yaml", TABLE);
      Waiting.until("the folder is mended", Trial.PATIENCE, () -> !trial.agent.status().has("rulesCode"));
      assertThat(trial.http("/q/health/group/rules").statusCode()).isEqualTo(200);
    }
  }

  private static void assertThatItRunsOn(String accepted, Trial trial, String code) {
    JsonNode status = trial.agent.status();
    assertThat(status.path("rules").asText()).isEqualTo(accepted);
    assertThat(status.path("rulesCode").asText()).isEqualTo(code);
    assertThat(status.path("rulesText").asText()).contains("上次通过的规则").contains("the last accepted rules");
    assertThat(status.path("rulesRemedy").asText()).isNotBlank();
    assertThat(trial.agent.log()).containsPattern("ERROR .*" + code.replace(".", "\\."));
    assertThat(trial.http("/q/health/group/rules").statusCode()).isEqualTo(503);
    assertThat(trial.http("/q/health/ready").statusCode()).isEqualTo(200);
    assertThat(trial.metric("emr_gateway_rules_refused")).isEqualTo(1);
  }

  /** How: with nothing accepted before, there is nothing to go on with. */
  @Test
  void that_are_wrong_at_the_very_first_start_refuse_it() throws IOException {
    write("site/site.yaml", "site: H-0104\n");
    write("site/segments/zpi.yaml", "maps: [\n");
    try (Trial trial = Trial.in(folder, "intl", "", "site: site\n")) {
      Trial.Done run = trial.command("run");
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.output()).contains("settings.site-rules").contains("segments/zpi.yaml:").doesNotContain("last accepted")
          .isEqualTo(trial.command("check").output());
    }
  }

  /** How: messages go through, then the running gateway is asked what another folder would have made of them. */
  @Test
  void of_another_folder_are_compared_over_the_messages_still_here_and_values_are_shown_only_when_asked_for() throws IOException {
    write("other/site.yaml", "site: H-0104\n");
    write("other/segments/zpi.yaml", ZPI);
    write("other/messages/ADT.yaml", ADT);
    write("other/tables/marital.yaml", TABLE);
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      for (int k = 1; k <= 60; k++) {
        assertThat(send(his, "A" + k, "P" + k, k % 2 == 0 ? "未" : "")).isEqualTo("AA");
      }
      trial.awaitSettled();
      String other = folder.resolve("other").toString();
      Trial.Done shapes = trial.command("mapping", "diff", "--against", other, "--days", "2");
      assertThat(shapes.status()).as(shapes.output()).isZero();
      assertThat(shapes.output()).contains("Patient.maritalStatus.coding.code <- ZPI-2")
          .contains("60 compared, 30 differ").doesNotContain("Never Married")
          .as("progress is for a terminal").doesNotContain("已比较 / compared");
      assertThat(trial.command("mapping", "diff", "--against", other, "--days", "2", "--values").output())
          .contains("Never Married").contains("patient data");
      assertThat(trial.command("mapping", "diff", "--against", other, "--days", "2", "--most", "10").output())
          .contains("10 compared, 5 differ").contains("older ones left out");

      write("other/segments/zpi.yaml", ZPI.replace("maritalStatus", "maritalState"));
      Trial.Done wrong = trial.command("mapping", "diff", "--against", other, "--days", "2");
      assertThat(wrong.status()).isEqualTo(2);
      assertThat(wrong.output()).contains("mapping.rule: segments/zpi.yaml:4");
    }
  }

  private static String send(His his, String control, String patient, String marital) {
    return his.send(His.message("ADT^A01", control, StandardCharsets.UTF_8,
        "PID|1||" + patient + "^^^HIS^MR||甲^乙||19800101|M", "PV1|1|I|W1||||||||||||||||V" + patient, "ZPI|1|" + marital)).code();
  }

  private static String bundle(Trial trial, int n) {
    return new String(trial.city.body(n), StandardCharsets.UTF_8);
  }

  private static List<JsonNode> fields(Trial trial) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : trial.command("mapping", "unmapped", "--json").output().split("\n")) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(folder.resolve(path).getParent());
    Files.writeString(folder.resolve(path), text);
  }
}
