package io.emrgateway.mappings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.emrgateway.mappings.rules.RuleError;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A site's folder")
class SiteFolderTest {
  private static final Path SITES = Path.of("sites");
  private static final String ADMITTED = "MSH|^~\\&|HIS|G|E|E|20260101080000||ADT^A01|C1|P|2.4\r"
      + "PID|1||77^^^RM^PI||张伟||19850307|M\rPV1|1|I|N03^301^02||||||||||||||||Z1^^^RM^VN\rZPV|1|急\r";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"teaching-hospital", "county-lis", "international-clinic"})
  void that_we_show_passes_its_own_examples(String name) {
    SiteFolder site = SiteFolder.read(SITES.resolve(name));
    assertThat(site.examples()).isNotEmpty();
    assertThat(site.test()).isEmpty();
  }

  @Test
  void is_what_makes_the_difference_in_those_examples() {
    for (String name : List.of("teaching-hospital", "county-lis", "international-clinic")) {
      SiteFolder site = SiteFolder.read(SITES.resolve(name));
      for (String example : site.examples()) {
        String text = Samples.text(SITES.resolve(name).resolve("examples").resolve(example + ".hl7"));
        WhatChanges changes = new WhatChanges();
        changes.add(example, Samples.MAPPING.trace(text, site.site(), "b"), site.mapping().trace(text, site.site(), "b"));
        assertThat(changes.changed()).as(name).isEqualTo(1);
        assertThat(changes.groups()).as(name).anySatisfy(group -> assertThat(group.line()).isPositive());
      }
    }
  }

  /** How: the files are taken out of the guide, word for word; PID-16 says married, ZPI-2 that she never was. */
  @Test
  void that_the_guide_builds_does_what_the_guide_says_whatever_stands_in_PID_16() throws IOException {
    List<String> guide = Files.readAllLines(Path.of("README.md"));
    write("site.yaml", shown(guide, "`site.yaml`"));
    for (String file : List.of("segments/zpi.yaml", "messages/ADT.yaml", "tables/marital.yaml")) {
      write(file, shown(guide, "`" + file + "`"));
    }
    String message = "MSH|^~\\&|HIS|G|E|E|20260101080000||ADT^A01|C1|P|2.4\rPID|1||77^^^RM^PI||张伟|||F||||||||M\rZPI|1|未\r";
    write("examples/admission.hl7", message);
    write("examples/admission.paths", shown(guide, "`admission.paths`"));
    SiteFolder site = SiteFolder.read(folder);
    assertThat(site.test()).isEmpty();
    assertThat(Samples.MAPPING.trace(message, site.site(), "b").written()).as("as shipped, PID-16 says it")
        .anyMatch(one -> one.path().equals("Patient.maritalStatus.coding[0].code") && one.value().equals("M"));
  }

  /** The indented lines that follow the one that names a file. */
  private static String shown(List<String> guide, String named) {
    int at = IntStream.range(0, guide.size()).filter(k -> guide.get(k).contains(named)).findFirst().orElseThrow() + 1;
    return guide.subList(at, guide.size()).stream().dropWhile(line -> !line.startsWith("       "))
        .takeWhile(line -> line.startsWith("       ")).map(line -> line.substring(7) + "\n").collect(Collectors.joining());
  }

  @Test
  void says_only_what_is_different() throws IOException {
    write("site.yaml", "site: H-9009\n");
    write("segments/visit.yaml", "maps:\n- map: \"ZPV[Encounter]\"\n  rows:\n  - {from: ZPV-2, to: priority.text}\n");
    write("messages/ADT.yaml", "message: ADT\nsegments:\n- {segment: ZPV, map: \"ZPV[Encounter]\", for: patient}\n");
    SiteFolder site = SiteFolder.read(folder);
    Trace shipped = Samples.MAPPING.trace(ADMITTED, site.site(), "b");
    Trace own = site.mapping().trace(ADMITTED, site.site(), "b");
    WhatChanges changes = new WhatChanges();
    changes.add("a", shipped, own);
    assertThat(changes.groups()).singleElement().satisfies(group -> {
      assertThat(group.path()).isEqualTo("Encounter.priority.text");
      assertThat(group.from()).isEqualTo("ZPV-2");
      assertThat(group.file() + ":" + group.line()).isEqualTo("segments/visit.yaml:4");
      assertThat(group.after()).isEqualTo("急");
    });
    assertThat(site.mapping().version()).isNotEqualTo(Samples.MAPPING.version());
  }

  @Test
  void drops_and_replaces_rows_and_codes() throws IOException {
    write("site.yaml", "site: H-9009\n");
    write("segments/pid.yaml", "maps:\n- map: \"PID[Patient]\"\n  rows:\n  - {from: PID-7, to: birthDate, drop: \"true\"}\n");
    write("tables/sex.yaml", "table: AdministrativeSex\nsource: this HIS\ncodes: {M: other}\n");
    Trace own = SiteFolder.read(folder).mapping().trace(ADMITTED, Samples.SITE, "b");
    assertThat(own.written()).noneMatch(one -> one.path().equals("Patient.birthDate"));
    assertThat(own.written()).anyMatch(one -> one.path().equals("Patient.gender") && one.value().equals("other"));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "segments/x.yaml;3;maps:\n- map: \"PID[Patient]\"\n  rows: [{from: PID-7, to: birthDay}]\n",
      "segments/x.yaml;4;maps:\n- map: \"PID[Patient]\"\n  rows:\n  - {from: PID-7, to: gender, drop: \"true\"}\n",
      "tables/x.yaml;3;table: AdministrativeSex\ncodes: {M: male}\nclosed: yes\n",
      "messages/x.yaml;3;message: ADT\nsegments:\n- {segment: ZPV, map: \"ZPV[Encounter]\", for: patient}\n",
      "rules.yaml;1;a: b\n",
      "site.yaml;2;site: H-1\nzone: Beijing\n",
      "site.yaml;1;zone: \"+08:00\"\n"})
  void with_a_mistake_is_refused_with_file_line_and_remedy(String mistake) throws IOException {
    String[] parts = mistake.split(";", 3);
    write("site.yaml", "site: H-9009\n");
    write(parts[0], parts[2]);
    RuleError error = catchThrowableOfType(RuleError.class, () -> SiteFolder.read(folder));
    assertThat(error).as(mistake).isNotNull();
    assertThat(error.file()).isEqualTo(parts[0]);
    assertThat(error.line()).as(error.getMessage()).isEqualTo(Integer.parseInt(parts[1]));
    assertThat(error.remedy()).isNotBlank();
  }

  @Test
  void with_several_mistakes_is_refused_with_all_of_them() throws IOException {
    write("site.yaml", "site: H-9009\n");
    write("segments/x.yaml", "maps:\n- map: \"PID[Patient]\"\n  rows:\n  - {from: PID-7, to: birthDay}\n"
        + "  - {from: PID-8, to: gender, table: Sexes}\n- map: \"PV1[Encounter]\"\n  rows:\n  - {from: PID-3, to: status}\n");
    write("messages/x.yaml",
        "message: ADT\nsegments:\n- {segment: ZPV, map: \"ZPV[Encounter]\", for: patient}\n- {segment: ZPW}\n");

    RuleError error = catchThrowableOfType(RuleError.class, () -> SiteFolder.read(folder));

    assertThat(error.getMessage().lines().map(line -> line.replaceFirst(": .*", ""))).containsExactlyInAnyOrder(
        "segments/x.yaml:4", "segments/x.yaml:5", "segments/x.yaml:8", "messages/x.yaml:3", "messages/x.yaml:4");
  }

  @Test
  void with_files_that_are_no_YAML_is_refused_with_all_of_them() throws IOException {
    write("site.yaml", "site: H-9009\n");
    write("segments/x.yaml", "maps: [\n");
    write("tables/y.yaml", "table: [\n");

    RuleError error = catchThrowableOfType(RuleError.class, () -> SiteFolder.read(folder));

    assertThat(error.getMessage()).contains("segments/x.yaml:").contains("tables/y.yaml:");
  }

  @Test
  void takes_a_message_as_an_example_and_then_holds_the_rules_to_it() throws IOException {
    write("site.yaml", "site: H-9009\n");
    Path message = folder.resolve("m.hl7");
    Files.writeString(message, ADMITTED);
    assertThat(SiteFolder.read(folder).promote(message)).isEqualTo("m");
    assertThat(SiteFolder.read(folder).test()).isEmpty();
    Assertions.assertThatThrownBy(() -> SiteFolder.read(folder).promote(message)).isInstanceOf(FileAlreadyExistsException.class);

    write("segments/pid.yaml", "maps:\n- map: \"PID[Patient]\"\n  rows:\n  - {from: PID-7, to: birthDate, drop: \"true\"}\n");
    assertThat(SiteFolder.read(folder).test()).singleElement().satisfies(failure -> {
      assertThat(failure.example()).isEqualTo("m");
      assertThat(failure.expected()).matches("m\\.json:[0-9]+: \"birthDate\": \"1985-03-07\"");
    });
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(folder.resolve(path).getParent());
    Files.writeString(folder.resolve(path), text);
  }
}
