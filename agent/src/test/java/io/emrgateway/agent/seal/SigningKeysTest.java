package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The signing keys")
class SigningKeysTest {
  private static final String FEED = "H-0104/main";
  private static final Duration MONTH = Duration.ofDays(30);

  @TempDir Path folder;
  private Path file;
  private Path nextFile;

  @BeforeEach
  void oneInUse() {
    file = folder.resolve("signing.p12");
    nextFile = folder.resolve("signing-next.p12");
    NewKey.make(file, Keys.PASSWORD.clone(), Suite.INTL, FEED, Keys.NOW, MONTH);
  }

  private SigningKeys keys(Instant now) {
    return new SigningKeys(file, Keys.PASSWORD::clone, Suite.INTL, FEED, Clock.fixed(now, ZoneOffset.UTC));
  }

  private SigningKeys keys() {
    return keys(Keys.NOW.plusSeconds(60));
  }

  @Test
  void let_the_key_follow_that_lies_ready_and_keep_the_old_one() throws IOException {
    String old = keys().current().certificate().hash();
    NewKey.make(nextFile, Keys.PASSWORD.clone(), Suite.INTL, FEED, Keys.NOW, MONTH);
    SigningKeys keys = keys();
    String next = keys.next().orElseThrow().hash();
    assertThat(keys.nextRefused()).isEmpty();
    keys.promote(next);
    assertThat(keys.current().certificate().hash()).isEqualTo(next);
    assertThat(keys().current().certificate().hash()).as("on the disk").isEqualTo(next);
    assertThat(nextFile).doesNotExist();
    assertThat(folder.resolve("signing-" + old.substring(0, 16) + ".p12")).exists();
    assertThat(keys.next()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"of another hospital, seal.certificate-feed", "of the other suite, seal.suite-mismatch",
      "that has ended, seal.certificate-not-valid-now", "that is not valid yet, seal.certificate-not-valid-now",
      "that is in use, seal.key-in-use", "that is none, seal.key-file-content", "that is empty, seal.key-file-content",
      "that others may read, seal.key-file-open-to-others"})
  void say_of_a_file_why_it_cannot_follow_and_go_on(String file, String code) throws IOException {
    lay(file);
    SigningKeys keys = keys();
    String inUse = keys.current().certificate().hash();
    assertThat(keys.next()).isEmpty();
    assertThat(keys.nextRefused().orElseThrow())
        .returns(code, SealRefused::code).returns("signing-next.p12", SealRefused::place);
    keys.promote("ab".repeat(32));
    assertThat(keys.current().certificate().hash()).isEqualTo(inUse);
  }

  private void lay(String what) throws IOException {
    switch (what) {
      case "of another hospital" -> make("H-0105/main", Suite.INTL, Keys.NOW);
      case "of the other suite" -> make(FEED, Suite.GM, Keys.NOW);
      case "that has ended" -> make(FEED, Suite.INTL, Keys.NOW.minus(MONTH));
      case "that is not valid yet" -> make(FEED, Suite.INTL, Keys.NOW.plus(MONTH));
      case "that is in use" -> Files.copy(file, nextFile, StandardCopyOption.COPY_ATTRIBUTES);
      case "that others may read" -> {
        make(FEED, Suite.INTL, Keys.NOW);
        Files.setPosixFilePermissions(nextFile, PosixFilePermissions.fromString("rw-r--r--"));
      }
      default -> {
        Files.writeString(nextFile, what.endsWith("empty") ? "" : "no key at all");
        Files.setPosixFilePermissions(nextFile, PosixFilePermissions.fromString("rw-------"));
      }
    }
  }

  private void make(String feed, Suite suite, Instant from) {
    NewKey.make(nextFile, Keys.PASSWORD.clone(), suite, feed, from, MONTH);
  }

  /** How: the file of the old key is gone, so that it cannot be kept and the files cannot change places. */
  @Test
  void use_the_new_key_though_the_files_cannot_change_places_and_say_which_still_waits() throws IOException {
    make(FEED, Suite.INTL, Keys.NOW);
    SigningKeys keys = keys();
    String next = keys.next().orElseThrow().hash();
    Files.delete(file);
    keys.promote(next);
    assertThat(keys.current().certificate().hash()).isEqualTo(next);
    assertThat(keys.next()).isEmpty();
    assertThat(keys.nextRefused()).map(SealRefused::reason).contains(Reason.KEY_IN_USE);
  }

  @Test
  void open_also_with_a_certificate_that_has_ended_because_a_clock_must_not_stop_the_feed() {
    assertThat(keys(Keys.NOW.plus(Duration.ofDays(400))).current().certificate().feed()).contains(FEED);
  }

  @Test
  void do_not_open_for_another_feed_or_suite() {
    assertThatThrownBy(() -> new SigningKeys(file, Keys.PASSWORD::clone, Suite.INTL, "H-0105/main", Keys.CLOCK))
        .isInstanceOfSatisfying(SealRefused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.CERTIFICATE_FEED));
    assertThatThrownBy(() -> new SigningKeys(file, Keys.PASSWORD::clone, Suite.GM, FEED, Keys.CLOCK))
        .isInstanceOfSatisfying(SealRefused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.SUITE_MISMATCH));
  }
}
