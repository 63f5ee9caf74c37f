package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.emrgateway.agent.seal.Header.Kind;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A sealed batch")
class SealedBatchTest {
  private static final Keys INTL = new Keys(Suite.INTL);
  private static final Keys GM = new Keys(Suite.GM);
  private static final Keys.Issued INTL_FEED = INTL.forFeed(Batches.FEED);
  private static final Keys.Issued GM_FEED = GM.forFeed(Batches.FEED);

  @TempDir Path folder;

  private static Keys.Issued feed(Suite suite) {
    return suite == Suite.GM ? GM_FEED : INTL_FEED;
  }

  private static SealedBatch sealed(Suite suite) {
    List<Input> inputs = List.of(
        Batches.held(suite, 11, 5, Batches.bundle(1)),
        Input.explained(12, "quarantined"),
        Batches.held(suite, 13, 6, Batches.bundle(2)),
        Input.explained(14, "duplicate-of:13"),
        Batches.held(suite, 4, 7, Batches.bundle(3)));
    return new BatchSealer(feed(suite).signer()).seal(Batches.data(11, 5, 4), inputs);
  }

  private static void refused(BatchSealer.Context context, List<Input> inputs, Reason reason) {
    assertThatThrownBy(() -> new BatchSealer(INTL_FEED.signer()).seal(context, inputs))
        .isInstanceOfSatisfying(SealRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @EnumSource
  void says_every_key_in_the_order_of_the_contract(Suite suite) {
    SealedBatch batch = sealed(suite);
    assertThat(new String(StrictCms.open(batch.cms(), suite, List.of(feed(suite).certificate())), StandardCharsets.UTF_8))
        .isEqualTo("{\"v\":1,\"feed\":\"H-0104/main\",\"epoch\":1,\"seq\":1,\"prev\":\"" + "0".repeat(64)
            + "\",\"kind\":\"data\",\"suite\":\"" + suite.wireName() + "\",\"created\":\"2026-11-22T17:40:03.120+08:00\","
            + "\"agent\":{\"version\":\"1.4.2\",\"config\":\"" + Batches.CONFIG + "\"},\"in\":{\"from\":11,\"to\":14,"
            + "\"sources\":[[\"his-adt\",4]]},\"n\":[5,7],\"entries\":5,\"root\":\"" + batch.header().root()
            + "\",\"audit\":{\"n\":3,\"head\":\"" + "cd".repeat(32) + "\"},\"last\":{\"seq\":0,\"ch\":\"" + "0".repeat(64)
            + "\"}}");
    assertThat(batch.hh()).isEqualTo(Suite.hex(suite.hash(0x02, batch.headerBytes())));
  }

  @ParameterizedTest
  @EnumSource
  void lists_held_and_explained_inputs_line_by_line(Suite suite) {
    SealedBatch batch = sealed(suite);
    List<String> lines = new String(batch.entries(), StandardCharsets.UTF_8).lines().toList();
    byte[] body = Batches.bundle(1);
    assertThat(lines).hasSize(5);
    assertThat(batch.entries()[batch.entries().length - 1]).isEqualTo((byte) '\n');
    assertThat(lines.get(0)).isEqualTo("{\"i\":11,\"n\":5,\"raw\":\""
        + Suite.hex(suite.hash(4, "MSH|^~\\&|synth|11".getBytes(StandardCharsets.UTF_8))) + "\",\"body\":\""
        + Suite.hex(suite.hash(3, body)) + "\",\"length\":" + body.length + ",\"charset\":\"GB18030\",\"type\":\"ORU^R01\","
        + "\"control\":\"SYN11\",\"received\":\"2026-11-22T17:40:03.120+08:00\"}");
    assertThat(lines.get(1)).isEqualTo("{\"i\":12,\"why\":\"quarantined\"}");
    assertThat(lines.get(3)).isEqualTo("{\"i\":14,\"why\":\"duplicate-of:13\"}");
    List<byte[]> leaves = lines.stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList();
    assertThat(batch.header().root()).isEqualTo(Suite.hex(Tree.head(suite, leaves)));
  }

  @ParameterizedTest
  @EnumSource
  void travels_as_length_and_header_length_and_entries_and_bodies(Suite suite) throws IOException {
    SealedBatch batch = sealed(suite);
    ByteBuffer request = ByteBuffer.wrap(Batches.request(batch, false).bytes());
    byte[] cms = new byte[request.getInt()];
    request.get(cms);
    byte[] entries = new byte[request.getInt()];
    request.get(entries);
    byte[] bodies = new byte[request.remaining()];
    request.get(bodies);
    assertThat(cms).isEqualTo(batch.cms());
    assertThat(entries).isEqualTo(batch.entries());
    assertThat(bodies).startsWith(Batches.bundle(1)).endsWith(Batches.bundle(3));
    assertThat(batch.requestBytes()).isEqualTo(Batches.request(batch, false).bytes().length);
  }

  /** A body of each way to be squeezed: with the dictionary, as a piece, not at all; two pieces side by side too. */
  @ParameterizedTest
  @ValueSource(strings = {"S", "L", "N", "SLS", "LL", "LSNLL", "NS"})
  void is_one_gzip_member_of_pieces_deflated_before_and_of_what_is_deflated_now(String bodies) throws IOException {
    List<byte[]> plain = new ArrayList<>();
    for (char one : bodies.toCharArray()) {
      plain.add(switch (one) {
        case 'S' -> Batches.bundle(plain.size());
        case 'L' -> long200(Batches.bundle(plain.size()));
        default -> noise(9_000);
      });
    }
    Squeeze squeeze = new Squeeze(1);
    List<byte[]> squeezed = plain.stream().map(squeeze::squeeze).toList();
    byte[] cms = noise(800);
    byte[] entries = noise(2_000);
    Request packed = Request.of(cms, entries, plain, squeezed, true);

    assertThat(packed.gzip()).isTrue();
    ByteArrayInputStream sent = new ByteArrayInputStream(packed.bytes());
    try (GZIPInputStream unpacked = new GZIPInputStream(sent)) {
      assertThat(unpacked.readAllBytes()).isEqualTo(Request.of(cms, entries, plain, squeezed, false).bytes());
    }
    assertThat(sent.available()).isZero();
    assertThat(packed.bytes().length)
        .as("long texts are small on the wire")
        .isLessThan(4_000 + plain.stream().mapToInt(one -> one.length > 100_000 ? one.length / 5 : one.length).sum());
  }

  private static byte[] long200(byte[] bundle) {
    return new String(bundle, StandardCharsets.UTF_8).repeat(1 + 200_000 / bundle.length).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    return noise;
  }

  @Test
  void escapes_what_json_and_utf_8_cannot_carry() {
    Input.Held odd = new Input.Held(1, 1, new byte[32], new byte[0], new byte[32], "UTF-8", "ADT^A01",
        "a\"b\\c\nd\u0001\ud800e\ud83d\ude00张", Batches.TIME);
    assertThat(new String(odd.line(), StandardCharsets.UTF_8))
        .contains("\"control\":\"a\\\"b\\\\c\\u000ad\\u0001\\ud800e\ud83d\ude00张\"");
  }

  @ParameterizedTest
  @EnumSource
  void without_entries_is_a_heartbeat_over_the_empty_tree(Suite suite) {
    SealedBatch batch = new BatchSealer(feed(suite).signer())
        .seal(Batches.context(Kind.HEARTBEAT, 15, 8, 0, Optional.empty(), Optional.empty()), List.of());
    assertThat(new String(batch.headerBytes(), StandardCharsets.UTF_8))
        .contains("\"kind\":\"heartbeat\"", "\"in\":{\"from\":15,\"to\":14,\"sources\":[]},\"n\":[8,7],\"entries\":0",
            "\"root\":\"" + Suite.hex(suite.hashUntagged()) + "\"");
    assertThat(batch.entries()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void that_rotates_names_the_new_certificate(Suite suite) {
    Certificate fresh = (suite == Suite.GM ? GM : INTL).forFeed(Batches.FEED).certificate();
    SealedBatch batch = new BatchSealer(feed(suite).signer())
        .seal(Batches.context(Kind.ROTATE, 15, 8, 0, Optional.empty(), Optional.of(fresh)), List.of());
    assertThat(new String(batch.headerBytes(), StandardCharsets.UTF_8))
        .endsWith("},\"certificate\":\"" + Suite.hex(suite.hashUntagged(fresh.der())) + "\"}");
  }

  @Test
  void that_resyncs_says_what_was_restored_and_what_is_unknown() {
    var restore = new Header.Restore(Optional.of(Batches.TIME), "ef".repeat(32), new Range(12, 14));
    BatchSealer sealer = new BatchSealer(INTL_FEED.signer());
    SealedBatch batch = sealer.seal(
        Batches.context(Kind.RESYNC, 15, 8, 0, Optional.of(restore), Optional.empty()), List.of());
    assertThat(new String(batch.headerBytes(), StandardCharsets.UTF_8)).endsWith(
        "},\"restore\":{\"backup\":\"2026-11-22T17:40:03.120+08:00\",\"audit\":\"" + "ef".repeat(32) + "\",\"unknown\":[12,14]}}");
    var unknowing = new Header.Restore(Optional.empty(), "ef".repeat(32), Range.emptyBefore(15));
    batch = sealer.seal(Batches.context(Kind.RESYNC, 15, 8, 0, Optional.of(unknowing), Optional.empty()), List.of());
    assertThat(new String(batch.headerBytes(), StandardCharsets.UTF_8))
        .endsWith("\"restore\":{\"backup\":null,\"audit\":\"" + "ef".repeat(32) + "\",\"unknown\":[15,14]}}");
  }

  @Test
  void is_not_made_with_a_hole_in_the_inputs() {
    refused(Batches.data(1, 1, 2), List.of(Input.explained(1, "quarantined"), Input.explained(3, "quarantined")),
        Reason.BATCH_NUMBERS);
  }

  @Test
  void is_not_made_with_a_hole_in_the_bodies_numbers() {
    refused(Batches.data(1, 1, 1), List.of(Batches.held(Suite.INTL, 1, 2, new byte[0])), Reason.BATCH_NUMBERS);
  }

  @Test
  void is_not_made_with_a_repair_before_its_own_range_or_without_a_body() {
    refused(Batches.data(5, 1, 1), List.of(Batches.held(Suite.INTL, 2, 1, new byte[0]), Input.explained(5, "quarantined")),
        Reason.BATCH_NUMBERS);
    refused(Batches.data(5, 1, 0), List.of(Input.explained(2, "quarantined")), Reason.BATCH_NUMBERS);
  }

  @Test
  void is_not_made_when_the_sources_do_not_add_up() {
    refused(Batches.data(1, 1, 2), List.of(Input.explained(1, "quarantined")), Reason.BATCH_NUMBERS);
  }

  @Test
  void is_not_made_empty_nor_a_heartbeat_with_entries() {
    refused(Batches.data(1, 1, 0), List.of(), Reason.BATCH_KIND);
    refused(Batches.context(Kind.HEARTBEAT, 1, 1, 1, Optional.empty(), Optional.empty()),
        List.of(Input.explained(1, "quarantined")), Reason.BATCH_KIND);
  }

  @Test
  void is_not_made_larger_than_agreed() {
    List<Input> many = new ArrayList<>();
    for (int i = 1; i <= 257; i++) {
      many.add(Input.explained(i, "quarantined"));
    }
    refused(Batches.data(1, 1, 257), many, Reason.BATCH_TOO_LARGE);
    byte[] five = new byte[5 << 20];
    refused(Batches.data(1, 1, 2),
        List.of(Batches.held(Suite.INTL, 1, 1, five), Batches.held(Suite.INTL, 2, 2, five)), Reason.BATCH_TOO_LARGE);
    refused(Batches.data(1, 1, 1), List.of(Batches.held(Suite.INTL, 1, 1, new byte[(32 << 20) + 1])),
        Reason.BATCH_TOO_LARGE);
  }

  @Test
  void may_hold_one_large_body_alone() {
    SealedBatch batch = new BatchSealer(INTL_FEED.signer())
        .seal(Batches.data(1, 1, 1), List.of(Batches.held(Suite.INTL, 1, 1, new byte[12 << 20])));
    assertThat(batch.header().entries()).isEqualTo(1);
  }

  @Test
  void is_not_made_for_a_feed_that_the_certificate_does_not_name() {
    BatchSealer sealer = new BatchSealer(INTL.forFeed("H-0105/main").signer());
    assertThatThrownBy(() -> sealer.seal(Batches.data(1, 1, 1), List.of(Input.explained(1, "quarantined"))))
        .isInstanceOfSatisfying(SealRefused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.CERTIFICATE_FEED));
  }

  @Test
  void takes_no_reason_that_the_contract_does_not_know() {
    for (String why : List.of("", "lost", "filtered:", "filtered:a b", "duplicate-of:0", "duplicate-of:x")) {
      assertThatThrownBy(() -> Input.explained(1, why)).as(why).isInstanceOf(SealRefused.class);
    }
    assertThat(Input.explained(1, "filtered:no-adt-a60").i()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void is_signed_by_a_key_from_a_pkcs12_file(Suite suite) {
    Path file = Keys.pkcs12(folder.resolve("signing.p12"), feed(suite).pair(), feed(suite).x509(), "rw-------");
    FileSigner signer = FileSigner.open(file, Keys.PASSWORD, Keys.CLOCK);
    assertThat(signer.suite()).isEqualTo(suite);
    assertThat(signer.certificate()).isEqualTo(feed(suite).certificate());
    assertThat(signer.certificate().feed()).contains(Batches.FEED);
    byte[] content = {1, 2, 3};
    assertThat(StrictCms.open(signer.sign(content), suite, List.of(signer.certificate()))).isEqualTo(content);
  }

  @Test
  void is_not_signed_by_a_key_file_that_others_may_read_or_that_is_wrong() {
    Path open = Keys.pkcs12(folder.resolve("open.p12"), INTL_FEED.pair(), INTL_FEED.x509(), "rw-r-----");
    Path mixed = Keys.pkcs12(folder.resolve("mixed.p12"), INTL.forFeed("x").pair(), INTL_FEED.x509(), "rw-------");
    keyRefused(open, Keys.PASSWORD, Reason.KEY_FILE_OPEN_TO_OTHERS);
    keyRefused(mixed, Keys.PASSWORD, Reason.KEY_CERTIFICATE_MISMATCH);
    keyRefused(mixed, "wrong".toCharArray(), Reason.KEY_FILE_CONTENT);
    keyRefused(folder.resolve("absent.p12"), Keys.PASSWORD, Reason.KEY_FILE_UNREADABLE);
  }

  private static void keyRefused(Path file, char[] password, Reason reason) {
    assertThatThrownBy(() -> FileSigner.open(file, password, Keys.CLOCK))
        .isInstanceOfSatisfying(SealRefused.class, refused -> {
          assertThat(refused.reason()).isEqualTo(reason);
          assertThat(refused).hasNoCause();
        });
  }

  @Test
  void of_intl_is_verified_by_openssl_up_to_its_authority() throws Exception {
    assumeOpenssl();
    SealedBatch batch = sealed(Suite.INTL);
    Path cms = Files.write(folder.resolve("batch.cms"), batch.cms());
    Path ca = Files.writeString(folder.resolve("ca.pem"), pem("CERTIFICATE", INTL.ca.getEncoded()));
    Path out = folder.resolve("content");
    Run run = run("openssl", "cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any", "-in", cms.toString(),
        "-CAfile", ca.toString(), "-out", out.toString());
    assertThat(run.ok()).as(run.output()).isTrue();
    assertThat(out).hasBinaryContent(batch.headerBytes());
  }

  /** OpenSSL's cms command cannot be told the SM2 user id, so the parts go to pkeyutl one by one. */
  @Test
  void of_gm_is_verified_by_openssl_with_the_standard_user_id() throws Exception {
    assumeOpenssl();
    SealedBatch batch = sealed(Suite.GM);
    Der contentInfo = Der.of(batch.cms());
    assertThat(contentInfo.whole()).isEqualTo(batch.cms());
    assertThat(Suite.hex(contentInfo.at(0).value())).isEqualTo("2a811ccf550601040202");
    Der signedData = contentInfo.at(1, 0);
    assertThat(Suite.hex(signedData.at(2, 0).value())).isEqualTo("2a811ccf550601040201");
    assertThat(signedData.at(2, 1, 0).value()).isEqualTo(batch.headerBytes());
    Der signer = signedData.at(4, 0);
    assertThat(Suite.hex(signer.at(4, 0).value())).isEqualTo("2a811ccf5501822d01");
    Der attributes = signer.at(3);
    assertThat(attributes.parts()).hasSize(3);
    byte[] signed = attributes.whole().clone();
    signed[0] = 0x31;
    Path data = Files.write(folder.resolve("signed"), signed);
    Path signature = Files.write(folder.resolve("signature"), signer.at(5).value());
    Path key = Files.writeString(folder.resolve("key.pem"), pem("PUBLIC KEY", GM_FEED.pair().getPublic().getEncoded()));
    Run run = run("openssl", "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt",
        "distid:1234567812345678", "-pubin", "-inkey", key.toString(), "-in", data.toString(),
        "-sigfile", signature.toString());
    assertThat(run.ok()).as(run.output()).isTrue();
    signed[signed.length - 1] ^= 1;
    Files.write(data, signed);
    assertThat(run("openssl", "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt",
        "distid:1234567812345678", "-pubin", "-inkey", key.toString(), "-in", data.toString(),
        "-sigfile", signature.toString()).ok()).isFalse();
  }

  /** Without it skipped; in CI, where no proof may be left out, failed. */
  private static void assumeOpenssl() throws InterruptedException {
    boolean there = run("openssl", "version").ok();
    String absent = "openssl is not there; tests/setup.sh installs it";
    assertThat(there || !"true".equals(System.getenv("CI"))).as(absent).isTrue();
    assumeTrue(there, absent);
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END " + type + "-----\n";
  }

  private record Run(boolean ok, String output) {}

  private static Run run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Run(process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0, output);
    } catch (IOException e) {
      return new Run(false, "not on this machine");
    }
  }
}
