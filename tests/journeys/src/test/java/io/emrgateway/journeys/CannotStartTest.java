package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How: the gateway's own command, as an operator types it; no city is needed for what fails before. */
@DisplayName("A gateway that cannot start")
class CannotStartTest {
  private static final int BAD_SETTINGS = 2;
  private static final int CANNOT_START = 4;

  @TempDir static Path folder;
  private static Trial trial;
  private String good;

  @BeforeAll
  static void keys() {
    trial = Trial.intl(folder);
  }

  @AfterAll
  static void stop() {
    trial.close();
  }

  @BeforeEach
  void remember() throws IOException {
    good = Files.readString(trial.agent.settings());
  }

  @AfterEach
  void putBack() throws IOException {
    Files.writeString(trial.agent.settings(), good);
  }

  @ParameterizedTest(name = "{2}")
  @CsvSource(delimiter = '|', value = {
      "pause-max: 2s | pause-max: 2s\\n  pause-maximum: 3s | settings.key-unknown | city.pause-maximum | pause-max",
      "suite: intl | suite: rsa | settings.value-not-a-choice | suite | gm",
      "pause-min: 100ms | pause-min: 1ms | settings.value-out-of-range | city.pause-min | 10ms",
      "pause-min: 100ms | pause-min: soon | settings.value-malformed | city.pause-min | 20s",
      "pause-min: 100ms | pause-min: 3s | settings.contradiction | city.pause-min | pause-max",
      "hospital: H-0104 | hospitals: H-0104 | settings.key-missing | hospital | hospital"})
  void for_its_settings_ends_with_2_and_names_file_line_key_and_remedy(
      String before, String after, String code, String key, String inRemedy) {
    trial.settings(yaml -> yaml.replace(before, after.replace("\\n", "\n")));

    Trial.Done run = trial.command("run");
    assertThat(run.status()).isEqualTo(BAD_SETTINGS);
    assertThat(run.output()).contains("[" + code + "]").contains("  " + key + "  ");
    assertThat(run.output()).containsPattern("gateway\\.yaml:[0-9]+:[0-9]+  ");
    assertThat(run.output()).containsPattern("→ .*" + inRemedy);
    assertSaysNothingOfJava(run);

    Trial.Done check = trial.command("check");
    assertThat(check.status()).isEqualTo(BAD_SETTINGS);
    assertThat(check.output()).isEqualTo(run.output());
  }

  @Test
  void for_a_settings_file_that_is_not_there_says_where_it_looked() throws IOException {
    Files.delete(trial.agent.settings());
    for (String command : List.of("run", "check")) {
      Trial.Done done = trial.command(command);
      assertThat(done.status()).isEqualTo(BAD_SETTINGS);
      assertThat(done.output()).contains("settings.file-missing").contains(trial.agent.settings().toString());
    }
  }

  @Test
  void for_a_key_file_that_is_missing_or_open_to_others_says_so_at_check_already() throws IOException {
    Path password = trial.city.gatewayKeys().resolve("password");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
    try {
      refusesAtRunAndCheck("settings.named-file-exposed", "password");
    } finally {
      Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    }
    Path tls = trial.city.gatewayKeys().resolve("tls.p12");
    Files.move(tls, folder.resolve("tls.aside"));
    try {
      refusesAtRunAndCheck("settings.named-file-missing", "tls.p12");
    } finally {
      Files.move(folder.resolve("tls.aside"), tls);
    }
    assertThat(trial.command("check").status()).isZero();
  }

  private static void refusesAtRunAndCheck(String code, String place) {
    Trial.Done run = trial.command("run");
    Trial.Done check = trial.command("check");
    assertThat(check.output()).isEqualTo(run.output());
    for (Trial.Done done : List.of(run, check)) {
      assertThat(done.status()).isEqualTo(BAD_SETTINGS);
      assertThat(done.output()).contains("[" + code + "]").contains(place).contains("→");
      assertSaysNothingOfJava(done);
    }
  }

  /** How: a file is replaced, and put back; what may be wrong inside of it is tried without a process elsewhere. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"password, keys.signing, seal.key-file-content", "trust.cms, keys.trust, seal.cms-not-der",
      "city-ca.pem, keys.city-ca, seal.certificate-unreadable", "tls.p12, keys.tls, seal.key-file-content"})
  void for_a_key_file_that_holds_something_else_says_so_at_check_already(String name, String key, String code) throws IOException {
    Path file = trial.city.gatewayKeys().resolve(name);
    byte[] right = Files.readAllBytes(file);
    Files.writeString(file, "Wrong-Password-4711");
    try {
      refusesAtRunAndCheck(code, "  " + key + "  ");
      Trial.Done check = trial.command("check");
      assertThat(check.output()).contains(name.equals("password") ? "signing.p12" : name).doesNotContain("4711");
    } finally {
      Files.write(file, right);
    }
  }

  @Test
  void for_another_hospital_or_suite_than_that_of_its_certificate_says_so_at_check_already() {
    trial.settings(yaml -> yaml.replace("hospital: H-0104", "hospital: H-0105"));
    refusesAtRunAndCheck("seal.certificate-feed", "signing.p12");
    trial.settings(yaml -> good.replace("suite: intl", "suite: gm"));
    refusesAtRunAndCheck("seal.suite-mismatch", "signing.p12");
  }

  @Test
  void for_a_port_that_is_taken_says_so_at_check_already_and_has_acknowledged_nothing() throws IOException {
    for (int port : new int[] {trial.agent.mllpPort(), trial.agent.httpPort()}) {
      try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
        for (String command : List.of("run", "check")) {
          Trial.Done done = trial.command(command);
          assertThat(done.status()).isEqualTo(CANNOT_START);
          assertThat(done.output()).contains("gateway.port-taken").contains("→").contains(String.valueOf(port));
          assertSaysNothingOfJava(done);
        }
      }
    }
    assertThat(trial.command("check").status()).isZero();
  }

  @Test
  void for_an_address_that_is_not_of_this_machine_says_so_at_check_already() {
    trial.sourceKey("address: 192.0.2.1\n    allow: [10.0.0.0/8]");
    refusesAtRunAndCheck("settings.address-unusable", "sources[his].address");
  }

  @Test
  void on_a_home_in_use_leaves_the_gateway_that_uses_it_alone() throws IOException {
    Agent first = trial.agent.start();
    try {
      Trial.Done check = trial.command("check");
      assertThat(check.status()).isZero();
      assertThat(check.output()).as("its ports are taken by whom they should be").contains("as it should be")
          .doesNotContain("gateway.port-taken").doesNotContain("→");
      Trial.Done again = trial.command("run");
      assertThat(again.status()).isEqualTo(CANNOT_START);
      assertThat(again.output()).contains("store.in-use").contains("runs already").doesNotContain("gateway.port-taken");
      int http = House.freePort();
      int mllp = House.freePort();
      Path settings = folder.resolve("second.yaml");
      Files.writeString(settings, Files.readString(first.settings())
          .replace("port: " + first.httpPort(), "port: " + http).replace("port: " + first.mllpPort(), "port: " + mllp));
      Trial.Done second = Trial.process(Trial.PATIENCE, List.of(House.gateway().toString(), "run", "-c", settings.toString()));
      assertThat(second.status()).isEqualTo(CANNOT_START);
      assertThat(second.output()).contains("store.in-use").contains("→");
      assertSaysNothingOfJava(second);
      assertThat(first.isAlive()).isTrue();
      try (His his = His.of(first)) {
        his.admit("STILL", 1);
      }
      assertThat(first.status().path("admitted").asLong()).isEqualTo(1);
    } finally {
      first.stop();
    }
  }

  @Test
  void for_its_store_files_being_no_store_says_whose_fault_it_is() throws IOException {
    Path home = Files.createDirectories(folder.resolve("other-home"));
    Files.writeString(home.resolve("gateway.db"), "not a database at all, and longer than a header of one hundred bytes "
        + "so that nobody takes it for an empty file; it is a text that somebody put in the wrong place.");
    Path settings = folder.resolve("damaged.yaml");
    Files.writeString(settings, good.replaceFirst("(?m)^home: .*$", "home: " + home));
    // There is a store, so the master key has to be there as well: take any.
    Path master = trial.city.gatewayKeys().resolve("master.key");
    if (!Files.exists(master)) {
      trial.agent.start();
      trial.agent.stop();
    }
    Trial.Done done = Trial.process(Trial.PATIENCE, List.of(House.gateway().toString(), "run", "-c", settings.toString()));
    assertThat(done.status()).isEqualTo(CANNOT_START);
    assertThat(done.output()).contains("store.damaged").contains("处理 / remedy");
    assertSaysNothingOfJava(done);
  }

  /** What is said to the operator; the log beside it names its categories, as logs do. */
  private static void assertSaysNothingOfJava(Trial.Done done) {
    String said = done.output().replaceAll("(?m)^20[0-9]{2}-.* (TRACE|DEBUG|INFO|WARN|ERROR) .*$", "");
    assertThat(said).doesNotContainPattern("\\bat (io|java|org)\\.").doesNotContain("Exception")
        .doesNotContainPattern("(io\\.emrgateway|java\\.|org\\.sqlite|io\\.quarkus|org\\.apache)[.a-z]*\\.[A-Z]");
  }
}
