package io.emrgateway.fhirserver;

import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Messages that lie in files, one in each. */
final class Messages {
  private static final Path HOUSE = Path.of(System.getProperty("emr.house"));
  private static final CharsetPolicy DETECT = CharsetPolicy.of("detect");

  private Messages() {}

  /** Those of our own making: what the mapping is tried on and what the simulated HIS sends. */
  static Stream<Path> own() {
    return Stream.of("mappings/src/test/resources/messages", "tests/his-simulator/src/main/resources/samples")
        .flatMap(folder -> in(HOUSE.resolve(folder)).stream());
  }

  /** The development corpus beside the project; none where it is not there. */
  static List<Path> corpus() {
    Path folder = HOUSE.resolve("../shared/corpus/dev").normalize();
    return Files.isDirectory(folder) ? in(folder) : List.of();
  }

  /** The message as text; empty when its bytes cannot be decoded. */
  static Optional<String> text(Path file) {
    try {
      return DETECT.decode(Files.readAllBytes(file)) instanceof Decoded decoded
          ? Optional.of(decoded.text()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> in(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".hl7")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
