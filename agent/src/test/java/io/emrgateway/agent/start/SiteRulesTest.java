package io.emrgateway.agent.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.configuration.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private List<Problem> ofSite() throws Exception {
    write("gateway.yaml", "hospital: H-0104\nsite: site\ncity:\n  address: https://city.example\nsources:\n  - name: his\n    port: 2575\n");
    return Inspection.of(GatewaySettings.load(folder.resolve("gateway.yaml"))).problems().stream()
        .filter(problem -> problem.key().equals("site")).toList();
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(folder.resolve(path).getParent());
    Files.writeString(folder.resolve(path), text);
  }
}
