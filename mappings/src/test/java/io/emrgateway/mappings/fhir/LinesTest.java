package io.emrgateway.mappings.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.Samples;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A bundle in lines")
class LinesTest {

  @Test
  void says_the_same_as_the_bundle_it_was_made_of() {
    for (Path message : Samples.own()) {
      byte[] bundle = Samples.mapped(Samples.text(message)).bundle();
      if (bundle != null) {
        assertThat(Samples.json(Lines.of(bundle).getBytes(StandardCharsets.UTF_8))).isEqualTo(Samples.json(bundle));
      }
    }
  }

  @Test
  void has_one_value_a_line_and_every_character_as_itself() {
    Json json = new Json(0).object().text("a", "").name("b").array().text("{[,:]}").text("\"\\\n").endArray()
        .name("c").object().endObject().text("d", "\uD842\uDFB7张").endObject();
    assertThat(Lines.of(json.bytes())).isEqualTo(String.join("\n",
        "{",
        "  \"a\": \"\",",
        "  \"b\": [",
        "    \"{[,:]}\",",
        "    \"\\\"\\\\\\n\"",
        "  ],",
        "  \"c\": {},",
        "  \"d\": \"\uD842\uDFB7张\"",
        "}", ""));
  }

  @Test
  void has_no_line_that_ends_in_a_space() {
    byte[] bundle = Samples.mapped(Samples.own("own__ORU_R01")).bundle();
    assertThat(Arrays.asList(Lines.of(bundle).split("\n"))).noneMatch(line -> line.endsWith(" "));
  }
}
