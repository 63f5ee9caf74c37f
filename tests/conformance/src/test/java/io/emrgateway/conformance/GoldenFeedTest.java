package io.emrgateway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The golden feeds were sealed once by the gateway's own code; their content is synthetic. */
@DisplayName("The gateway's golden feed")
class GoldenFeedTest {
  @TempDir Path folder;

  private Path copy(String suite) throws IOException, URISyntaxException {
    Path golden = Path.of(getClass().getResource("/golden/" + suite).toURI());
    try (Stream<Path> files = Files.list(golden)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString()));
      }
    }
    return folder;
  }

  private static Report verify(Path export) throws IOException {
    return FeedVerifier.verify(
        export, Files.readString(export.resolve("signing.pem")), Files.readString(export.resolve("receipt.pem")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void is_proven_over_rotation_and_restore(String suite) throws Exception {
    Report report = verify(copy(suite));
    assertThat(report.findings()).isEmpty();
    assertThat(report.isProven()).isTrue();
    assertThat(report.receipted()).isEqualTo(7);
    assertThat(report.inputs()).isEqualTo(9);
    assertThat(report.held()).isEqualTo(6);
    assertThat(report.explained()).isEqualTo(Map.of("quarantined", 1L, "filtered:no-a60", 1L, "duplicate", 1L));
  }

  @ParameterizedTest
  @CsvSource({
    "intl, 1-3.batch, -1, body.hash", "gm, 1-3.batch, -1, body.hash", // the last byte of the last body
    "intl, 1-1.batch, 200, cms.message-digest-wrong", "gm, 1-1.batch, 200, cms.message-digest-wrong", // in the header
    "intl, 1-2.receipt, -1, cms.signature-wrong", "gm, 1-2.receipt, -1, cms.signature-wrong",
  })
  void with_one_byte_changed_is_refused(String suite, String name, int at, String rule) throws Exception {
    Path export = copy(suite);
    byte[] bytes = Files.readAllBytes(export.resolve(name));
    bytes[at < 0 ? bytes.length + at : at] ^= 1;
    Files.write(export.resolve(name), bytes);
    assertThat(verify(export).findings()).extracting(Report.Finding::rule).contains(rule);
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void without_one_batch_is_refused(String suite) throws Exception {
    Path export = copy(suite);
    Files.delete(export.resolve("1-3.batch"));
    assertThat(verify(export).findings()).extracting(Report.Finding::rule)
        .contains("header.seq", "header.prev", "header.in", "header.n", "receipt.without-batch");
  }

  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void with_the_other_suite_s_certificates_is_refused(String suite) throws Exception {
    Path export = copy(suite);
    Path other = Path.of(getClass().getResource("/golden/" + (suite.equals("gm") ? "intl" : "gm")).toURI());
    Report report = FeedVerifier.verify(
        export, Files.readString(other.resolve("signing.pem")), Files.readString(other.resolve("receipt.pem")));
    assertThat(report.isProven()).isFalse();
    assertThat(report.receipted()).isZero();
  }
}
