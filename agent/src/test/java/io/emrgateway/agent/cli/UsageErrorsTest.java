package io.emrgateway.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.audit.Deed;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A command line that cannot be understood")
class UsageErrorsTest {
  private static final String NUMBER = "11010519491231002X";

  private record Said(int status, String words) {}

  private static Said said(String... words) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = System.out;
    PrintStream err = System.err;
    PrintStream both = new PrintStream(said, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
    try {
      int status = EmrGateway.execute("1", settings -> {
        throw new AssertionError("nothing is run");
      }, () -> { }, words);
      return new Said(status, said.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"11010519491231002X", "audit 11010519491231002X", "audit patient 11010519491231002X --out x.html", "audit patient --11010519491231002X",
      "audit list --since 11010519491231002X", "audit list --act 11010519491231002X", "audit list --act ask --act=11010519491231002X",
      "audit emergencies --day=11010519491231002X", "audit verify --from 11010519491231002X", "replay 11010519491231002X", "quarantine show 11010519491231002X",
      "quarantine discard --older-than 11010519491231002X", "resync 11010519491231002X", "objection record JJ-1 --section 11010519491231002X",
      "consent withdraw XY-1 11010519491231002X", "status 11010519491231002X", "map --zone 11010519491231002X"})
  void is_told_in_both_languages_and_never_shown_again(String line) {
    Said said = said(line.split(" "));
    assertThat(said.status()).isEqualTo(2);
    assertThat(said.words()).startsWith("control.usage: ").containsPattern("control\\.usage: [^/]*\\p{IsHan}.* / .*[a-z]").contains("处理 / remedy", "--help")
        .doesNotContain(NUMBER).doesNotContain("11010").doesNotContain("java.").doesNotContain("Exception").doesNotContain("LocalDate").doesNotContain("Long");
  }

  @Test
  void names_what_is_missing_and_what_may_be_written_instead() {
    assertThat(said("audit", "patient").words()).contains("--out");
    assertThat(said("consent", "withdraw").words()).contains("NUMBER");
    assertThat(said("audit", "list", "--act", "nonsense").words()).contains("--act").contains(Deed.words());
    assertThat(said("audit", "nonsense").words()).contains("verify", "emergencies");
    assertThat(said("nonsense").words()).contains("quarantine", "objection").doesNotContain("rehearse");
    assertThat(said("objection", "record", "JJ-1", "--section", "genes").words()).contains("--section", "allergies");
  }

  @Test
  void has_no_act_that_the_audit_does_not_have() {
    assertThat(Deed.words()).contains("ask", "ask-refused", "show", "inquiry", "answer", "consent", "consent-evidence", "objection", "page-opened", "audit-read")
        .doesNotHaveDuplicates();
    assertThat(new AuditList.Acts().convert("page-opened")).isEqualTo("page-opened");
    assertThat(List.copyOf(Deed.words())).isSorted();
  }
}
