package io.emrgateway.agent.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.configuration.Problem;
import io.emrgateway.mappings.SiteFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A hospital's own rules")
class SiteRulesTest {
  @TempDir Path folder;

  @Test
  void that_are_right_are_no_problem() throws Exception {
    write("site/site.yaml", "site: H-0104\n");
    write("site/tables/sex.yaml", "table: AdministrativeSex\nsource: this HIS\ncodes: {公: male}\n");
    assertThat(ofSite()).isEmpty();
  }

  @Test
  void with_a_mistake_are_named_by_their_file_and_line() throws Exception {
    write("site/site.yaml", "site: H-0104\n");
    write("site/segments/pid.yaml", "maps:\n- map: \"PID[Patient]\"\n  rows:\n  - {from: PID-7, to: birthDay}\n");
    assertThat(ofSite()).singleElement().satisfies(problem -> {
      assertThat(problem.code()).isEqualTo(Problem.Code.SITE_RULES.id());
      assertThat(problem.line()).as("where gateway.yaml names the folder").isEqualTo(2);
      assertThat(problem.text()).contains("segments/pid.yaml:4");
    });
  }

  @Test
  void of_another_hospital_or_nowhere_are_refused() throws Exception {
    assertThat(ofSite()).extracting(Problem::code).containsExactly(Problem.Code.NAMED_FILE_UNREADABLE.id());
    write("site/site.yaml", "site: H-0999\n");
    assertThat(ofSite()).singleElement().satisfies(problem -> assertThat(problem.text()).contains("H-0999").contains("H-0104"));
  }

  @Test
  void that_fail_their_examples_are_refused_by_the_name_of_the_example_and_nothing_that_stands_in_it() throws Exception {
    write("site/site.yaml", "site: H-0104\n");
    example("female");
    assertThat(ofSite()).singleElement().satisfies(problem -> {
      assertThat(problem.code()).isEqualTo(Problem.Code.SITE_RULES.id());
      assertThat(problem.render()).contains("examples/own__a.hl7").doesNotContain("male").doesNotContain("last accepted");
    });
    assertThat(inspection().canStart()).isFalse();
  }

  @Test
  void that_were_accepted_before_let_a_start_go_on_and_the_error_says_so() throws Exception {
    write("site/site.yaml", "site: H-0104\n");
    example("male");
    SiteFolder site = SiteFolder.read(folder.resolve("site"));
    new AcceptedRules(Files.createDirectory(folder.resolve("home"))).keep(site);
    assertThat(Files.readString(folder.resolve("home/rules.accepted"))).as("messages stay where they are").doesNotContain("张伟");
    assertThat(ofSite()).isEmpty();

    example("female");
    assertThat(ofSite()).singleElement().satisfies(problem -> {
      assertThat(problem.isError()).isTrue();
      assertThat(problem.remedyZh()).contains("沿用上次通过的规则 " + site.mapping().version());
      assertThat(problem.remedy()).contains("a start goes on with the last accepted rules " + site.mapping().version());
    });
    write("site/segments/pid.yaml", "maps: [\n");
    RulesAtStart start = RulesAtStart.of(settings(), folder.resolve("site"));
    assertThat(start.inForce().mapping().version()).isEqualTo(site.mapping().version());
    assertThat(start.inForce().examples()).isEmpty();
  }

  /** How: one octet of the file is another, or the rules in it are another hospital's. */
  @Test
  void that_were_accepted_count_only_whole_and_only_for_their_hospital() throws Exception {
    write("site/site.yaml", "site: H-0104\nnote: \"a b\"\n");
    AcceptedRules accepted = new AcceptedRules(Files.createDirectory(folder.resolve("home")));
    accepted.keep(SiteFolder.read(folder.resolve("site")));
    Path kept = folder.resolve("home/rules.accepted");
    byte[] whole = Files.readAllBytes(kept);
    for (int at = 0; at < whole.length; at++) {
      byte[] other = whole.clone();
      other[at] ^= 1;
      Files.write(kept, other);
      assertThat(accepted.read()).as("octet " + at).isEmpty();
    }
    Files.write(kept, Arrays.copyOf(whole, whole.length - 3));
    assertThat(accepted.read()).isEmpty();
    Files.write(kept, whole);
    assertThat(accepted.read()).isPresent();

    write("other/site.yaml", "site: H-0999\n");
    accepted.keep(SiteFolder.read(folder.resolve("other")));
    write("site/segments/pid.yaml", "maps: [\n");
    assertThat(RulesAtStart.of(settings(), folder.resolve("site")).inForce()).isNull();
  }

  private void example(String gender) throws IOException {
    write("site/examples/own__a.hl7", "MSH|^~\\&|HIS|G|E|E|20260101080000||ADT^A01|C1|P|2.4\rPID|1||77^^^RM^PI||张伟||19850307|M\r");
    write("site/examples/own__a.paths", "Patient.gender = " + gender + "\n");
  }

  private List<Problem> ofSite() throws Exception {
    return inspection().problems().stream().filter(problem -> problem.key().equals("site")).toList();
  }

  private Inspection inspection() throws Exception {
    return Inspection.of(settings());
  }

  private GatewaySettings settings() throws Exception {
    write("gateway.yaml",
        "hospital: H-0104\nsite: site\nhome: home\ncity:\n  address: https://city.example\nsources:\n  - name: his\n    port: 2575\n");
    return GatewaySettings.load(folder.resolve("gateway.yaml"));
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(folder.resolve(path).getParent());
    Files.writeString(folder.resolve(path), text);
  }
}
