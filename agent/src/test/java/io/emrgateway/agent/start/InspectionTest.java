package io.emrgateway.agent.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.emrgateway.agent.Ports;
import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.configuration.Problem;
import io.emrgateway.agent.configuration.Problem.Code;
import io.emrgateway.agent.seal.FileSigner;
import io.emrgateway.agent.seal.MasterKey;
import io.emrgateway.agent.seal.NewKey;
import io.emrgateway.agent.seal.Suite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How: keys and certificates that are right are made for each test, then one thing is made wrong. */
@DisplayName("The inspection before a start")
class InspectionTest {
  private static final char[] PASSWORD = "password-of-tests".toCharArray();
  private static final String FEED = "H-0104/main";
  private static final Instant NOW = Instant.now();
  private static final Duration YEAR = Duration.ofDays(365);

  /** Made once: a key file takes its time on purpose. */
  @TempDir static Path right;
  @TempDir Path folder;
  private Path keys;
  private String yaml;

  @BeforeAll
  static void makeKeys() throws IOException {
    InspectionTest made = new InspectionTest();
    made.keys = right;
    made.makeAll();
  }

  private void makeAll() throws IOException {
    secret("password", new String(PASSWORD).getBytes(StandardCharsets.UTF_8));
    for (String name : List.of("signing.p12", "tls.p12", "his.p12")) {
      key(name, Suite.INTL, FEED);
    }
    Files.write(keys.resolve("trust.cms"), trust("intl", Suite.INTL, YEAR));
    Files.writeString(keys.resolve("city-ca.pem"), pem("tls.p12"));
    Files.writeString(keys.resolve("senders-ca.pem"), pem("his.p12"));
    MasterKey.create(keys.resolve("master.key")).close();
  }

  @BeforeEach
  void everythingIsRight() throws IOException {
    keys = Files.createDirectory(folder.resolve("keys"));
    try (Stream<Path> all = Files.list(right)) {
      for (Path one : all.toList()) {
        Files.copy(one, keys.resolve(one.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    yaml = """
        hospital: H-0104
        home: home
        suite: intl
        city:
          address: https://city.example
        sources:
          - name: his
            port: %d
            tls:
              keystore: keys/his.p12
              password-file: keys/password
              client-ca: keys/senders-ca.pem
        http:
          port: %d
        """.formatted(Ports.free(), Ports.free());
  }

  @Test
  void that_finds_nothing_wrong_has_opened_everything_and_changed_nothing() throws Exception {
    List<Path> before = files();
    Inspection inspection = inspection();
    assertThat(inspection.problems()).isEmpty();
    assertThat(inspection.status()).isZero();
    assertThat(inspection.opened().signing().current().certificate().feed()).contains(FEED);
    assertThat(inspection.opened().master()).isPresent();
    assertThat(inspection.opened().doors().get("his").senders()).isPresent();
    assertThat(files()).isEqualTo(before);
  }

  interface Spoiling {
    void spoil(InspectionTest test) throws Exception;
  }

  private static Arguments wrong(String what, String code, String key, String file, Spoiling spoiling) {
    return Arguments.of(what, code, key, file, spoiling);
  }

  static Stream<Arguments> wrongThings() {
    return Stream.of(
        wrong("a wrong password", "seal.key-file-content", "keys.signing", "signing.p12",
            test -> test.secret("password", "another".getBytes(StandardCharsets.UTF_8))),
        wrong("a signing key of another feed", "seal.certificate-feed", "feed", "signing.p12",
            test -> test.key("signing.p12", Suite.INTL, "H-0104/annex")),
        wrong("a signing key of the other suite", "seal.suite-mismatch", "keys.signing", "signing.p12",
            test -> test.key("signing.p12", Suite.GM, FEED)),
        wrong("a signing file that is none", "seal.key-file-content", "keys.signing", "signing.p12",
            test -> test.secret("signing.p12", "junk".getBytes(StandardCharsets.UTF_8))),
        wrong("a TLS file that is none", "seal.key-file-content", "keys.tls", "tls.p12",
            test -> test.secret("tls.p12", new byte[0])),
        wrong("a city's authority that is no certificate", "seal.certificate-unreadable", "keys.city-ca", "city-ca.pem",
            test -> Files.writeString(test.keys.resolve("city-ca.pem"), "junk")),
        wrong("an empty city's authority", "seal.certificate-unreadable", "keys.city-ca", "city-ca.pem",
            test -> Files.writeString(test.keys.resolve("city-ca.pem"), "")),
        wrong("half a trust file", "seal.cms-not-der", "keys.trust", "trust.cms",
            test -> Files.write(test.keys.resolve("trust.cms"), Arrays.copyOf(trust(test), 200))),
        wrong("a trust file of which one bit is another", "seal.message-digest-wrong", "keys.trust", "trust.cms",
            test -> Files.write(test.keys.resolve("trust.cms"), turned(trust(test)))),
        wrong("a trust file of the other suite", "seal.suite-mismatch", "keys.trust", "trust.cms",
            test -> Files.write(test.keys.resolve("trust.cms"), test.trust("gm", Suite.INTL, YEAR))),
        wrong("a master key of the wrong length", "seal.key-file-content", "keys.master", "master.key",
            test -> test.secret("master.key", new byte[31])),
        wrong("an intake key store with another password", "seal.key-file-content", "sources[his].tls.keystore", "his.p12",
            test -> test.secret("his.p12", "junk".getBytes(StandardCharsets.UTF_8))),
        wrong("an intake key store that others may read", "settings.named-file-exposed", "sources[his].tls.keystore", "his.p12",
            test -> Files.setPosixFilePermissions(test.keys.resolve("his.p12"), PosixFilePermissions.fromString("rw-r-----"))),
        wrong("a text to be signed that says too little", "settings.agreement-text", "consent.agreement", "agreement.txt", test -> {
          Files.writeString(test.folder.resolve("agreement.txt"), "版本 Version: 1\n{patient}");
          test.yaml += "consent:\n  agreement: agreement.txt\n";
        }),
        wrong("a query for the HIS that asks for nobody", "settings.value-malformed", "lookup.ask-his.query", "query.hl7", test -> {
          Files.writeString(test.folder.resolve("query.hl7"), "MSH|^~\\&|EMRGW|H-0104|HIS|H-0104|{now}||QRY^R02|{control}|P|2.4\n");
          test.yaml += "lookup:\n  ask-his:\n    port: 2600\n    query: query.hl7\n";
        }),
        wrong("a text to be signed that is not there", "settings.named-file-missing", "consent.agreement", "agreement.txt",
            test -> test.yaml += "consent:\n  agreement: agreement.txt\n"),
        wrong("a senders' authority that is no certificate", "seal.certificate-unreadable", "sources[his].tls.client-ca",
            "senders-ca.pem", test -> Files.writeString(test.keys.resolve("senders-ca.pem"), "junk")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongThings")
  void names_by_code_key_file_and_remedy(String what, String code, String key, String file, Spoiling spoiling) throws Exception {
    spoiling.spoil(this);
    Inspection inspection = inspection();
    assertThat(inspection.status()).isEqualTo(2);
    // A password opens several files.
    Problem problem = inspection.problems().get(0);
    assertThat(problem).returns(code, Problem::code).returns(key, Problem::key).returns(true, Problem::isError);
    assertThat(problem.render()).contains("gateway.yaml").contains(file).doesNotContain("Exception").doesNotContain("java.");
    assertThat(problem.remedyZh()).isNotBlank();
    assertThat(inspection.problems()).allSatisfy(one -> assertThat(one.isError()).isTrue());
  }

  @Test
  void opens_the_hospitals_own_text_to_be_signed_or_the_shipped_one() throws Exception {
    assertThat(inspection().opened().agreement().version()).isEqualTo("2026-11");
    Files.writeString(folder.resolve("agreement.txt"), "版本 Version: 7\n{patient}{signer}{hospital}{sections}{from}{until}");
    yaml += "consent:\n  agreement: agreement.txt\n";
    assertThat(inspection().opened().agreement().version()).isEqualTo("7");
  }

  @Test
  void says_in_which_line_the_file_is_named_and_what_to_do_about_a_trust_file() throws Exception {
    Files.write(keys.resolve("trust.cms"), new byte[] {1, 2, 3});
    Problem trust = inspection().problems().get(0);
    assertThat(trust.line()).as("the default").isZero();
    assertThat(trust.remedy()).contains("obtain trust.cms from the city again");
    Files.writeString(keys.resolve("senders-ca.pem"), "");
    assertThat(inspection().problems()).extracting(Problem::key, Problem::line)
        .containsExactly(tuple("keys.trust", 0), tuple("sources[his].tls.client-ca", 12));
  }

  @Test
  void names_both_hospitals_and_the_line_of_the_one_in_the_settings_when_the_certificate_is_anothers() throws Exception {
    yaml = yaml.replace("hospital: H-0104", "# ours\nhospital: H-0105");
    assertThat(inspection().problems()).singleElement().returns("seal.certificate-feed", Problem::code)
        .returns("hospital", Problem::key).returns(2, Problem::line).satisfies(problem -> {
          assertThat(problem.text()).contains("is for H-0104/main, gateway.yaml says H-0105/main");
          assertThat(problem.textZh()).contains("属于 H-0104/main，gateway.yaml 写的是 H-0105/main");
          assertThat(problem.remedy()).contains("correct hospital").doesNotContain("backup");
        });
  }

  @Test
  void says_of_all_files_at_once_which_are_missing() throws Exception {
    for (String name : List.of("password", "signing.p12", "tls.p12", "trust.cms", "city-ca.pem")) {
      Files.delete(keys.resolve(name));
    }
    assertThat(inspection().problems()).extracting(Problem::key, Problem::code).containsExactlyInAnyOrder(
        tuple("keys.password-file", "settings.named-file-missing"), tuple("sources[his].tls.password-file", "settings.named-file-missing"),
        tuple("keys.signing", "settings.named-file-missing"), tuple("keys.tls", "settings.named-file-missing"),
        tuple("keys.trust", "settings.named-file-missing"), tuple("keys.city-ca", "settings.named-file-missing"));
  }

  @Test
  void finds_keys_and_passwords_that_others_may_read_and_lets_everybody_read_what_is_public() throws Exception {
    List<String> secrets = List.of("signing.p12", "tls.p12", "password", "master.key", "his.p12");
    for (String name : List.of("signing.p12", "tls.p12", "password", "master.key", "his.p12", "trust.cms", "city-ca.pem")) {
      Files.setPosixFilePermissions(keys.resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
    }
    assertThat(inspection().problems()).allSatisfy(problem -> {
      assertThat(problem.code()).isEqualTo(Code.NAMED_FILE_EXPOSED.id());
      assertThat(problem.remedy()).contains("chmod 600");
    }).extracting(Problem::key).contains("keys.password-file", "keys.master", "sources[his].tls.password-file");
    for (String name : secrets) {
      Files.setPosixFilePermissions(keys.resolve(name), PosixFilePermissions.fromString("r--------"));
    }
    assertThat(inspection().problems()).isEmpty();
  }

  @Test
  void misses_a_master_key_only_when_there_is_a_store_that_it_should_open() throws Exception {
    Files.delete(keys.resolve("master.key"));
    assertThat(inspection().problems()).isEmpty();
    Files.writeString(Files.createDirectory(folder.resolve("home")).resolve("gateway.db"), "");
    assertThat(inspection().problems()).extracting(Problem::key).containsExactly("keys.master");
  }

  @Test
  void refuses_a_folder_in_which_the_first_start_cannot_make_the_master_key() throws Exception {
    yaml += "keys:\n  master: nowhere/master.key\n";
    assertThat(inspection().problems()).extracting(Problem::key, Problem::line).containsExactly(tuple("keys.master", 16));
  }

  @Test
  void warns_of_everything_that_has_ended_or_will_within_a_month_and_lets_the_gateway_start() throws Exception {
    Inspection soon = inspection(NOW.plus(YEAR).minus(Duration.ofDays(20)));
    assertThat(soon.problems()).extracting(Problem::code).containsOnly(Code.ENDS_SOON.id());
    Inspection late = inspection(NOW.plus(YEAR).plus(Duration.ofDays(1)));
    for (Inspection one : List.of(soon, late)) {
      assertThat(one.status()).isZero();
      assertThat(one.opened()).isNotNull();
      assertThat(one.warnings()).isEqualTo(one.problems()).extracting(Problem::key).containsExactlyInAnyOrder("keys.signing",
          "keys.tls", "keys.city-ca", "keys.trust", "sources[his].tls.keystore", "sources[his].tls.client-ca");
    }
    assertThat(late.problems()).extracting(Problem::code).containsOnly(Code.EXPIRED.id());
    assertThat(late.render()).contains("警告 / warning");
    assertThat(inspection(NOW.minus(YEAR)).problems()).extracting(Problem::code).containsOnly(Code.NOT_YET_VALID.id());
  }

  @Test
  void warns_of_a_key_that_lies_ready_and_cannot_follow() throws Exception {
    key("signing-next.p12", Suite.INTL, "H-0105/main");
    Inspection inspection = inspection();
    assertThat(inspection.status()).isZero();
    assertThat(inspection.warnings()).singleElement().satisfies(problem -> {
      assertThat(problem.code()).isEqualTo("seal.certificate-feed");
      assertThat(problem.text()).contains("signing-next.p12");
    });
  }

  @Test
  void tells_a_taken_port_which_ends_otherwise_from_an_address_that_is_not_of_this_machine() throws Exception {
    int port = Integer.parseInt(yaml.replaceAll("(?s).*- name: his\n    port: (\\d+).*", "$1"));
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      Inspection inspection = inspection();
      assertThat(inspection.status()).isEqualTo(4);
      assertThat(inspection.problems()).singleElement()
          .returns("gateway.port-taken", Problem::code).returns("sources[his].port", Problem::key).returns(8, Problem::line);

    }
    yaml = yaml.replace("  - name: his\n", "  - name: his\n    address: 192.0.2.1\n    allow: [10.0.0.0/8]\n");
    assertThat(inspection().status()).isEqualTo(2);
    assertThat(inspection().problems()).extracting(Problem::code, Problem::key)
        .containsExactly(tuple("settings.address-unusable", "sources[his].address"));
  }

  /** How: somebody at the control socket who answers as a gateway would, or does not answer at all. */
  @Test
  void beside_a_gateway_with_this_home_finds_its_ports_as_they_should_be_and_anothers_taken() throws Exception {
    int port = Integer.parseInt(yaml.replaceAll("(?s).*- name: his\n    port: (\\d+).*", "$1"));
    Files.createDirectory(folder.resolve("home"));
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
        ServerSocketChannel control = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      control.bind(UnixDomainSocketAddress.of(folder.resolve("home/control.sock")));
      assertThat(inspection()).as("one that does not say which ports it has").returns(0, Inspection::status)
          .returns(true, Inspection::isBesideRunning).returns(List.of(), Inspection::problems);
      control.accept().close();

      answering(control, "{\"ok\":true,\"ports\":\"1 " + port + "\"}");
      assertThat(inspection().problems()).isEmpty();
      answering(control, "{\"ok\":true,\"ports\":\"1 2\"}");
      assertThat(inspection()).returns(4, Inspection::status);
      answering(control, "{\"ok\":true,\"ports\":\"1 2\"}");
      assertThat(inspection().problems()).singleElement().returns("gateway.port-taken", Problem::code);

      answering(control, "{\"ok\":true,\"ports\":\"" + port + "\"}");
      Inspection start = Inspection.beforeStart(GatewaySettings.load(folder.resolve("gateway.yaml")), Clock.fixed(NOW.plusSeconds(60), ZoneOffset.UTC));
      assertThat(start.status()).as("a start is another matter").isEqualTo(4);
      assertThat(start.problems()).singleElement().returns("store.in-use", Problem::code).returns("home", Problem::key)
          .satisfies(problem -> assertThat(problem.text()).contains("runs already"));
    }
  }

  private static void answering(ServerSocketChannel control, String answer) {
    Thread one = new Thread(() -> {
      try (var caller = control.accept()) {
        caller.read(java.nio.ByteBuffer.allocate(64));
        caller.write(java.nio.ByteBuffer.wrap((answer + "\n").getBytes(StandardCharsets.UTF_8)));
      } catch (IOException closed) {
        // The test is over.
      }
    });
    one.setDaemon(true);
    one.start();
  }

  @Test
  void leaves_a_port_as_free_as_it_was_and_lets_nobody_in_meanwhile() throws Exception {
    inspection();
    int port = Integer.parseInt(yaml.replaceAll("(?s).*- name: his\n    port: (\\d+).*", "$1"));
    try (ServerSocket now = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThat(now.isBound()).isTrue();
    }
  }

  @Test
  void refuses_a_home_that_is_a_file_and_warns_of_a_disk_on_which_nothing_would_be_admitted() throws Exception {
    Files.writeString(folder.resolve("home"), "");
    assertThat(inspection().problems()).extracting(Problem::code, Problem::line)
        .containsExactly(tuple(Code.HOME_UNUSABLE.id(), 2));
    Files.delete(folder.resolve("home"));
    yaml += "store: {disk-floor: 1000TiB, disk-ceiling: 1024TiB}\n";
    assertThat(inspection().status()).isZero();
    assertThat(inspection().warnings()).extracting(Problem::code, Problem::key).containsExactly(tuple("store.disk-full", "home"));
  }

  private Inspection inspection() throws Exception {
    return inspection(NOW.plusSeconds(60));
  }

  private Inspection inspection(Instant now) throws Exception {
    Path file = Files.writeString(folder.resolve("gateway.yaml"), yaml);
    return Inspection.of(GatewaySettings.load(file), Clock.fixed(now, ZoneOffset.UTC));
  }

  private List<Path> files() throws IOException {
    Files.writeString(folder.resolve("gateway.yaml"), yaml);
    try (Stream<Path> all = Files.walk(folder)) {
      return all.sorted().toList();
    }
  }

  private void key(String name, Suite suite, String feed) throws IOException {
    Files.deleteIfExists(keys.resolve(name));
    NewKey.make(keys.resolve(name), PASSWORD.clone(), suite, feed, NOW, YEAR);
  }

  private void secret(String name, byte[] content) throws IOException {
    Path file = Files.write(keys.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private FileSigner signer(String name) {
    return FileSigner.open(keys.resolve(name), PASSWORD.clone(), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private String pem(String name) {
    return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(signer(name).certificate().der())
        + "\n-----END CERTIFICATE-----\n";
  }

  private static byte[] trust(InspectionTest test) throws IOException {
    return Files.readAllBytes(test.keys.resolve("trust.cms"));
  }

  private byte[] trust(String names, Suite signs, Duration valid) {
    FileSigner signer = signer("signing.p12");
    assertThat(signer.suite()).isEqualTo(signs);
    String der = Base64.getEncoder().encodeToString(signer.certificate().der());
    String json = "{\"v\":1,\"version\":1,\"issued\":\"%s\",\"expires\":\"%s\",\"suite\":\"%s\",\"roots\":[\"%s\"],"
        + "\"receipt\":[\"%s\"],\"lookup\":[],\"hospitals\":[]}";
    return signer.sign(json.formatted(time(NOW), time(NOW.plus(valid)), names, der, der).getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] turned(byte[] trust) {
    byte[] other = trust.clone();
    String text = new String(trust, StandardCharsets.ISO_8859_1);
    other[text.indexOf("\"version\":1") + 10] ^= 2;
    return other;
  }

  private static String time(Instant at) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx").format(at.atOffset(ZoneOffset.ofHours(8)));
  }
}
