package io.emrgateway.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.RulesOrders;
import io.emrgateway.agent.control.RulesOrders.Standing;
import io.emrgateway.agent.start.RulesAtStart;
import io.emrgateway.routes.camel.Translate;
import io.emrgateway.routes.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The rules in force")
class RulesInForceTest {
  private static final String ADMITTED = "MSH|^~\\&|HIS|G|E|E|20260101080000||ADT^A01|C1|P|2.4\r"
      + "PID|1||77^^^RM^PI||张伟||19850307|公\r";

  @TempDir Path folder;
  private final List<String> audited = new ArrayList<>();

  @BeforeEach
  void site() throws IOException {
    Files.createDirectory(folder.resolve("home"));
    write("site/site.yaml", "site: H-0104\n");
    write("gateway.yaml",
        "hospital: H-0104\nhome: home\nsite: site\ncity:\n  address: https://city.example\nsources:\n  - name: his\n    port: 2575\n    zone: \"+09:00\"\n");
  }

  @Test
  void give_way_to_those_of_the_folder_once_it_has_been_changed_and_is_quiet() throws Exception {
    try (RulesInForce rules = started()) {
      rules.watch(audited::add);
      Translate.Rules old = rules.now();
      assertThat(genderBy(old)).isNull();

      write("site/tables/sex.yaml", "table: AdministrativeSex\nsource: this HIS\ncodes: {公: male}\n");
      await(() -> rules.now() != old);

      assertThat(genderBy(rules.now())).isEqualTo("male");
      assertThat(genderBy(old)).as("who began with the old rules ends with them").isNull();
      assertThat(rules.now().config()).as("what a batch's header says").isNotEqualTo(old.config());
      assertThat(rules.now().of("his").site().zone()).as("a source keeps its zone").hasToString("+09:00");
      assertThat(audited).containsExactly("from " + old.mapping().version() + " to " + rules.now().mapping().version());
      assertThat(rules.standing().problem()).isNull();
    }
  }

  @Test
  void stay_while_the_folder_holds_a_mistake_which_is_named_by_file_and_line_until_it_is_mended() throws Exception {
    try (RulesInForce rules = started()) {
      rules.watch(audited::add);
      Translate.Rules old = rules.now();
      write("site/segments/pid.yaml", "maps:\n- map: \"PID[Patient]\"\n  rows:\n  - {from: PID-7, to: birthDay}\n");
      await(() -> rules.standing().problem() != null);

      RulesOrders.Problem problem = rules.standing().problem();
      assertThat(problem.code()).isEqualTo("mapping.rule");
      assertThat(problem.place()).isEqualTo("segments/pid.yaml:4");
      assertThat(problem.text()).contains("birthDay");
      assertThat(problem.remedy()).isNotBlank();
      assertThat(rules.now()).isSameAs(old);
      assertThat(rules.reload().problem()).as("the same mistake again").isEqualTo(problem);

      Files.delete(folder.resolve("site/segments/pid.yaml"));
      await(() -> rules.standing().problem() == null);
      assertThat(rules.now()).isSameAs(old);
      assertThat(audited).isEmpty();
    }
  }

  @Test
  void stay_when_an_example_of_the_folder_fails_which_is_named_without_what_stands_in_it() throws Exception {
    try (RulesInForce rules = started()) {
      rules.watch(audited::add);
      Translate.Rules old = rules.now();
      write("site/tables/sex.yaml", "table: AdministrativeSex\nsource: this HIS\ncodes: {公: male}\n");
      write("site/examples/own__a.hl7", ADMITTED);
      write("site/examples/own__a.paths", "Patient.gender = female\n");
      Standing refused = rules.reload();

      assertThat(refused.problem().code()).isEqualTo("mapping.example");
      assertThat(refused.problem().place()).isEqualTo("examples/own__a.hl7");
      assertThat(refused.problem().toString()).doesNotContain("male").doesNotContain("张伟");
      assertThat(rules.now()).isSameAs(old);

      write("site/examples/own__a.paths", "Patient.gender = male\n");
      await(() -> rules.standing().problem() == null);
      assertThat(genderBy(rules.now())).isEqualTo("male");
    }
  }

  @Test
  void are_after_a_restart_the_last_accepted_ones_and_not_those_that_were_refused_while_running() throws Exception {
    String accepted = acceptedThenStopped();
    write("site/tables/sex.yaml", "table: AdministrativeSex\nsource: this HIS\ncodes: {公: female}\n");
    try (RulesInForce rules = started()) {
      rules.watch(audited::add);
      assertThat(rules.now().mapping().version()).isEqualTo(accepted);
      assertThat(genderBy(rules.now())).isEqualTo("male");
      RulesOrders.Problem problem = rules.standing().problem();
      assertThat(problem.code()).isEqualTo("mapping.example");
      assertThat(problem.place()).isEqualTo("examples/own__a.hl7");
      assertThat(problem.text()).contains("上次通过的规则").contains("last accepted rules");

      write("site/examples/own__a.paths", "Patient.gender = female\n");
      await(() -> rules.standing().problem() == null);
      assertThat(genderBy(rules.now())).isEqualTo("female");
    }
  }

  @Test
  void are_after_a_restart_the_last_accepted_ones_when_the_folder_does_not_compile_or_is_gone() throws Exception {
    String accepted = acceptedThenStopped();
    write("site/segments/pid.yaml", "maps: [\n");
    try (RulesInForce rules = started()) {
      rules.watch(audited::add);
      assertThat(rules.now().mapping().version()).isEqualTo(accepted);
      assertThat(rules.standing().problem().place()).startsWith("segments/pid.yaml:");
    }
    Files.move(folder.resolve("site"), folder.resolve("aside"));
    try (RulesInForce rules = started()) {
      rules.watch(audited::add);
      assertThat(rules.now().mapping().version()).isEqualTo(accepted);
      assertThat(rules.standing().problem().code()).isEqualTo("mapping.file");
    }
  }

  @Test
  void stay_when_they_cannot_be_kept_for_a_restart_and_come_with_the_next_try() throws Exception {
    try (RulesInForce rules = started()) {
      rules.watch(audited::add);
      Translate.Rules old = rules.now();
      Files.move(folder.resolve("home"), folder.resolve("away"));
      write("site/tables/sex.yaml", "table: AdministrativeSex\nsource: this HIS\ncodes: {公: male}\n");
      assertThat(rules.reload().problem().code()).isEqualTo("mapping.not-kept");
      assertThat(rules.now()).isSameAs(old);
      Files.move(folder.resolve("away"), folder.resolve("home"));
      assertThat(rules.reload().problem()).isNull();
      assertThat(rules.now()).isNotSameAs(old);
    }
  }

  /** Rules by which 公 is male, with an example that holds them to it; their version. */
  private String acceptedThenStopped() throws Exception {
    write("site/tables/sex.yaml", "table: AdministrativeSex\nsource: this HIS\ncodes: {公: male}\n");
    write("site/examples/own__a.hl7", ADMITTED);
    write("site/examples/own__a.paths", "Patient.gender = male\n");
    try (RulesInForce rules = started()) {
      rules.watch(audited::add);
      return rules.now().mapping().version();
    }
  }

  @Test
  void never_become_those_of_another_hospital() throws Exception {
    try (RulesInForce rules = started()) {
      rules.watch(audited::add);
      Translate.Rules old = rules.now();
      write("site/site.yaml", "site: H-0999\n");
      assertThat(rules.reload().problem().code()).isEqualTo("settings.site-rules");
      assertThat(rules.now()).isSameAs(old);
    }
  }

  @Test
  void change_with_what_site_yaml_says_too() throws Exception {
    try (RulesInForce rules = started()) {
      rules.watch(audited::add);
      Translate.Rules old = rules.now();
      write("site/site.yaml", "site: H-0104\npatient-authority: RMYY\n");
      assertThat(rules.reload().problem()).isNull();
      assertThat(rules.now().of("his").site().patientAuthority()).isEqualTo("RMYY");
      assertThat(rules.now().config()).isNotEqualTo(old.config());
    }
  }

  /** How: the folder is a link, which is turned to another folder. */
  @Test
  void change_all_at_once_when_the_folder_is_a_link_that_is_turned() throws Exception {
    write("v2/site.yaml", "site: H-0104\n");
    write("v2/tables/sex.yaml", "table: AdministrativeSex\nsource: this HIS\ncodes: {公: male}\n");
    Files.move(folder.resolve("site"), folder.resolve("v1"));
    Files.createSymbolicLink(folder.resolve("site"), Path.of("v1"));
    try (RulesInForce rules = started()) {
      rules.watch(audited::add);
      Files.delete(folder.resolve("site"));
      Files.createSymbolicLink(folder.resolve("site"), Path.of("v2"));
      await(() -> "male".equals(genderBy(rules.now())));
    }
  }

  @Test
  void stay_when_the_change_cannot_be_recorded_and_come_with_the_next_try() throws Exception {
    try (RulesInForce rules = started()) {
      boolean[] full = {true};
      rules.watch(detail -> {
        if (full[0]) {
          throw new CompletionException(new Refused(Refused.Reason.DISK_FULL, ""));
        }
      });
      Translate.Rules old = rules.now();
      write("site/tables/sex.yaml", "table: AdministrativeSex\nsource: this HIS\ncodes: {公: male}\n");
      assertThat(rules.reload().problem().code()).isEqualTo("mapping.not-recorded");
      assertThat(rules.now()).isSameAs(old);
      full[0] = false;
      assertThat(rules.reload().problem()).isNull();
      assertThat(rules.now()).isNotSameAs(old);
    }
  }

  @Test
  void without_a_folder_are_the_shipped_ones_and_nothing_is_there_to_be_read_again() throws Exception {
    write("gateway.yaml", "hospital: H-0104\ncity:\n  address: https://city.example\nsources:\n  - name: his\n    port: 2575\n");
    try (RulesInForce rules = new RulesInForce(settings(), Optional.empty())) {
      rules.watch(audited::add);
      assertThat(rules.reload().problem().code()).isEqualTo("mapping.no-site");
      assertThat(rules.standing().problem()).isNull();
    }
  }

  private RulesInForce started() throws Exception {
    return new RulesInForce(settings(), Optional.of(RulesAtStart.of(settings(), folder.resolve("site"))), Duration.ofMillis(200));
  }

  private GatewaySettings settings() throws Exception {
    return GatewaySettings.load(folder.resolve("gateway.yaml"));
  }

  private static String genderBy(Translate.Rules rules) {
    return rules.mapping().trace(ADMITTED, rules.of("his").site(), "b").written().stream()
        .filter(one -> one.path().equals("Patient.gender")).map(one -> one.value()).findFirst().orElse(null);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(50);
    }
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(folder.resolve(path).getParent());
    Files.writeString(folder.resolve(path), text);
  }
}
