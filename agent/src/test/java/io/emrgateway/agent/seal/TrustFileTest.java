package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The trust file")
class TrustFileTest {
  private static final Keys INTL = new Keys(Suite.INTL);
  private static final Keys GM = new Keys(Suite.GM);
  private static final Keys.Issued ROOT = INTL.forCity("root one");
  private static final Keys.Issued NEXT_ROOT = INTL.forCity("root two");
  private static final Keys.Issued RECEIPT = INTL.forCity("receipts");
  private static final Keys.Issued LOOKUP = INTL.forCity("lookups");
  private static final Keys.Issued HOSPITAL = INTL.forFeed("H-0105/main");

  @TempDir Path folder;

  private static String list(Keys.Issued... issued) {
    return Arrays.stream(issued)
        .map(i -> "\"" + Base64.getEncoder().encodeToString(i.certificate().der()) + "\"")
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String json(long version, String expires, String roots, String receipts) {
    return "{\"v\":1,\"version\":" + version + ",\"issued\":\"2026-11-01T00:00:00.000+08:00\",\"expires\":\"" + expires
        + "\",\"suite\":\"intl\",\"roots\":" + roots + ",\"receipt\":" + receipts + ",\"lookup\":" + list(LOOKUP)
        + ",\"hospitals\":[{\"feed\":\"H-0105/main\",\"org\":\"H-0105\",\"name\":\"合成医院\",\"certificates\":" + list(HOSPITAL)
        + "}]}";
  }

  private static byte[] file(Keys.Issued by, String json) {
    return by.signer().sign(json.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] version(long version, Keys.Issued by, Keys.Issued... roots) {
    return file(by, json(version, "2027-11-01T00:00:00.000+08:00", list(roots), list(RECEIPT)));
  }

  private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Reason reason) {
    assertThatThrownBy(call).isInstanceOfSatisfying(SealRefused.class,
        refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  @Test
  void says_whom_to_believe() {
    TrustFile trust = TrustFile.installed(version(7, ROOT, ROOT), Suite.INTL);
    assertThat(trust.version()).isEqualTo(7);
    assertThat(trust.roots()).containsExactly(ROOT.certificate());
    assertThat(trust.receiptCertificates()).containsExactly(RECEIPT.certificate());
    assertThat(trust.lookupCertificates()).containsExactly(LOOKUP.certificate());
    assertThat(trust.hospital("H-0105/main")).get()
        .satisfies(h -> assertThat(h.certificates()).containsExactly(HOSPITAL.certificate()));
    assertThat(trust.hospital("H-0106/main")).isEmpty();
    assertThat(trust.isExpired(Keys.NOW)).isFalse();
    assertThat(trust.isExpired(trust.expires())).isTrue();
  }

  @Test
  void hands_over_from_root_to_root_and_loads_again_afterwards() {
    Path installed = folder.resolve("trust.cms");
    TrustFile first = TrustFile.installed(version(7, ROOT, ROOT), Suite.INTL);
    TrustFile second = first.accept(version(8, ROOT, NEXT_ROOT), Keys.NOW);
    second.install(installed);
    TrustFile loaded = TrustFile.load(installed, Suite.INTL);
    assertThat(loaded.accept(version(9, NEXT_ROOT, NEXT_ROOT), Keys.NOW).version()).isEqualTo(9);
    refused(() -> loaded.accept(version(9, ROOT, ROOT), Keys.NOW), Reason.SIGNER_NOT_PINNED);
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void never_goes_back() {
    TrustFile trust = TrustFile.installed(version(7, ROOT, ROOT), Suite.INTL);
    refused(() -> trust.accept(version(7, ROOT, ROOT), Keys.NOW), Reason.TRUST_VERSION);
    refused(() -> trust.accept(version(6, ROOT, ROOT), Keys.NOW), Reason.TRUST_VERSION);
  }

  @Test
  void is_not_taken_from_another_signer_nor_from_a_receipt_key() {
    TrustFile trust = TrustFile.installed(version(7, ROOT, ROOT), Suite.INTL);
    refused(() -> trust.accept(version(8, NEXT_ROOT, NEXT_ROOT), Keys.NOW), Reason.SIGNER_NOT_PINNED);
    refused(() -> trust.accept(version(8, RECEIPT, ROOT), Keys.NOW), Reason.SIGNER_NOT_PINNED);
  }

  @Test
  void is_not_taken_when_it_has_expired_or_names_nobody() {
    TrustFile trust = TrustFile.installed(version(7, ROOT, ROOT), Suite.INTL);
    refused(() -> trust.accept(
        file(ROOT, json(8, "2026-11-22T17:40:03.120+08:00", list(ROOT), list(RECEIPT))), Keys.NOW), Reason.TRUST_EXPIRED);
    refused(() -> trust.accept(
        file(ROOT, json(8, "2027-01-01T00:00:00+08:00", "[]", list(RECEIPT))), Keys.NOW), Reason.TRUST_INCOMPLETE);
    refused(() -> trust.accept(
        file(ROOT, json(8, "2027-01-01T00:00:00+08:00", list(ROOT), "[]")), Keys.NOW), Reason.TRUST_INCOMPLETE);
    refused(() -> trust.accept(
        file(ROOT, json(8, "2027-01-01T00:00:00+08:00", "[\"AAAA\"]", list(RECEIPT))), Keys.NOW),
        Reason.CERTIFICATE_UNREADABLE);
  }

  @Test
  void is_of_the_feed_s_suite() {
    Keys.Issued gmRoot = GM.forCity("root");
    byte[] gm = file(gmRoot, json(7, "2027-01-01T00:00:00+08:00", list(gmRoot), list(GM.forCity("r")))
        .replace("\"intl\"", "\"gm\""));
    assertThat(TrustFile.installed(gm, Suite.GM).roots()).containsExactly(gmRoot.certificate());
    refused(() -> TrustFile.installed(file(gmRoot, json(7, "2027-01-01T00:00:00+08:00", list(gmRoot), list(RECEIPT))),
        Suite.GM), Reason.SUITE_MISMATCH);
  }

  @Test
  void that_rotted_on_disk_does_not_load() throws Exception {
    Path installed = folder.resolve("trust.cms");
    byte[] cms = version(7, ROOT, ROOT);
    cms[cms.length / 3] ^= 4;
    Files.write(installed, cms);
    assertThatThrownBy(() -> TrustFile.load(installed, Suite.INTL)).isInstanceOf(SealRefused.class);
    refused(() -> TrustFile.load(folder.resolve("absent"), Suite.INTL), Reason.KEY_FILE_UNREADABLE);
  }
}
