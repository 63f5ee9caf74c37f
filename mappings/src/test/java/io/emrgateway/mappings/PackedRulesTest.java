package io.emrgateway.mappings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.mappings.rules.RuleSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The packed rules")
class PackedRulesTest {

  @Test
  void are_those_of_the_rule_files() throws IOException {
    try (InputStream in = Mapping.class.getResourceAsStream(Mapping.PACKED)) {
      assertThat(in).as("made by the build").isNotNull();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(PackRules.packed());
    }
  }

  @Test
  void mean_what_the_rule_files_mean() {
    Mapping fromFiles = Mapping.of(Mapping.shippedFiles());

    assertThat(Mapping.shipped().version()).isEqualTo(fromFiles.version());
    for (var file : Samples.own()) {
      String text = Samples.text(file);
      assertThat(Mapping.shipped().map(text, Samples.SITE, "b").bundle())
          .isEqualTo(fromFiles.map(text, Samples.SITE, "b").bundle());
    }
  }

  @Test
  void of_another_edition_or_cut_off_are_refused() {
    String packed = RuleSet.packed("v", Map.of("tables/T.yaml", "table: T\nsource: s\ncodes: {A: b}\n"));

    assertThatThrownBy(() -> RuleSet.unpack("something else\n")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RuleSet.unpack(packed.substring(0, packed.length() - 4)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(RuleSet.unpack(packed).version()).isEqualTo("v");
  }
}
