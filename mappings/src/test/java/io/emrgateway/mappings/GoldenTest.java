package io.emrgateway.mappings;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.fhir.Lines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the product makes of a message, beside the message: read {@code messages/own__ADT_A01.hl7}, then
 * {@code own__ADT_A01.json}. When a rule is changed on purpose, {@code -Dgolden.write=true} writes them anew, and the
 * difference is what a reviewer looks at.
 */
@DisplayName("A message of our own")
class GoldenTest {

  static Stream<Path> messages() {
    return Samples.own().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("messages")
  void becomes_the_bundle_beside_it(Path message) throws IOException {
    Path golden = message.resolveSibling(message.getFileName().toString().replaceFirst("\\.hl7$", ".json"));
    Mapped mapped = Samples.mapped(Samples.text(message));
    String bundle = mapped.converted() ? Lines.of(mapped.bundle()) : null;
    if (Boolean.getBoolean("golden.write")) {
      Files.deleteIfExists(golden);
      if (bundle != null) {
        Files.writeString(golden, bundle);
      }
    }

    assertThat(Files.exists(golden) ? Files.readString(golden) : null).isEqualTo(bundle);
  }
}
