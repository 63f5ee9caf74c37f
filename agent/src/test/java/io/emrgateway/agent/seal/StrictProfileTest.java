package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Signed data")
class StrictProfileTest {
  private static final byte[] CONTENT = "{\"v\":1}".getBytes(StandardCharsets.UTF_8);
  private static final Keys INTL = new Keys(Suite.INTL);
  private static final Keys GM = new Keys(Suite.GM);
  private static final Keys.Issued INTL_FEED = INTL.forFeed("H-0104/main");
  private static final Keys.Issued GM_FEED = GM.forFeed("H-0104/main");

  private static Keys.Issued feed(Suite suite) {
    return suite == Suite.GM ? GM_FEED : INTL_FEED;
  }

  private static byte[] forged(Suite suite, Consumer<Forge> fault) {
    Forge forge = new Forge(suite, feed(suite), CONTENT);
    fault.accept(forge);
    return forge.build();
  }

  private static void refused(Suite suite, byte[] cms, Reason reason) {
    assertThatThrownBy(() -> StrictCms.open(cms, suite, List.of(feed(suite).certificate())))
        .isInstanceOfSatisfying(SealRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @EnumSource
  void opens_as_it_was_signed(Suite suite) {
    byte[] cms = feed(suite).signer().sign(CONTENT);
    assertThat(StrictCms.open(cms, suite, List.of(feed(suite).certificate()))).isEqualTo(CONTENT);
  }

  @ParameterizedTest
  @EnumSource
  void opens_with_any_of_several_pinned_certificates(Suite suite) {
    byte[] cms = feed(suite).signer().sign(CONTENT);
    List<Certificate> pinned = List.of(INTL.forCity("a").certificate(), GM.forCity("b").certificate(),
        feed(suite).certificate());
    assertThat(StrictCms.open(cms, suite, pinned)).isEqualTo(CONTENT);
  }

  @ParameterizedTest
  @EnumSource
  void opens_without_the_certificate_inside_because_it_is_pinned(Suite suite) {
    byte[] cms = forged(suite, f -> f.withoutCertificate = true);
    assertThat(StrictCms.open(cms, suite, List.of(feed(suite).certificate()))).isEqualTo(CONTENT);
  }

  @ParameterizedTest
  @EnumSource
  void opens_when_the_digest_algorithm_has_a_null(Suite suite) {
    byte[] cms = forged(suite, f -> f.digestNull = true);
    assertThat(StrictCms.open(cms, suite, List.of(feed(suite).certificate()))).isEqualTo(CONTENT);
  }

  @Test
  void of_gm_opens_with_the_ietf_identifiers_too() {
    byte[] cms = forged(Suite.GM, Forge::ietf);
    assertThat(StrictCms.open(cms, Suite.GM, List.of(GM_FEED.certificate()))).isEqualTo(CONTENT);
  }

  /** What an ordinary Bouncy Castle writer makes: it adds the algorithm protection attribute. */
  @ParameterizedTest
  @EnumSource
  void opens_when_bouncy_castle_wrote_it(Suite suite) throws Exception {
    var signer = new JcaContentSignerBuilder(suite == Suite.GM ? "SM3WITHSM2" : "SHA256WITHECDSA")
        .setProvider(Keys.BC).build(feed(suite).pair().getPrivate());
    var generator = new CMSSignedDataGenerator();
    var digests = new JcaDigestCalculatorProviderBuilder().setProvider(Keys.BC).build();
    generator.addSignerInfoGenerator(
        new JcaSignerInfoGeneratorBuilder(digests).build(signer, feed(suite).x509()));
    byte[] cms = generator.generate(new CMSProcessableByteArray(CONTENT), true).toASN1Structure().getEncoded("DER");
    assertThat(StrictCms.open(cms, suite, List.of(feed(suite).certificate()))).isEqualTo(CONTENT);
  }

  @Test
  void of_gm_opens_with_the_version_that_rfc_5652_would_give() {
    byte[] cms = forged(Suite.GM, f -> f.version = 3);
    assertThat(StrictCms.open(cms, Suite.GM, List.of(GM_FEED.certificate()))).isEqualTo(CONTENT);
    refused(Suite.INTL, forged(Suite.INTL, f -> f.version = 3), Reason.CMS_STRUCTURE);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_in_ber(Suite suite) {
    refused(suite, Forge.indefinite(feed(suite).signer().sign(CONTENT)), Reason.CMS_NOT_DER);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_when_its_signed_attributes_are_out_of_order(Suite suite) {
    refused(suite, forged(suite, f -> f.unsortedAttributes = true), Reason.CMS_NOT_DER);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_when_it_is_something_else(Suite suite) {
    refused(suite, new byte[0], Reason.CMS_NOT_DER);
    refused(suite, "not signed data".getBytes(StandardCharsets.UTF_8), Reason.CMS_NOT_DER);
    refused(suite, new byte[] {0x05, 0x00}, Reason.CMS_STRUCTURE);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_one_byte_after_it(Suite suite) {
    byte[] cms = feed(suite).signer().sign(CONTENT);
    refused(suite, Arrays.copyOf(cms, cms.length + 1), Reason.TRAILING_BYTES);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_when_cut_off_anywhere(Suite suite) {
    byte[] cms = feed(suite).signer().sign(CONTENT);
    for (int length = 0; length < cms.length; length++) {
      byte[] cut = Arrays.copyOf(cms, length);
      assertThatThrownBy(() -> StrictCms.open(cut, suite, List.of(feed(suite).certificate())))
          .isInstanceOf(SealRefused.class);
    }
  }

  /** Certificates inside are not read, so the flips leave them out. */
  @ParameterizedTest
  @EnumSource
  void is_refused_with_any_bit_changed(Suite suite) {
    byte[] cms = forged(suite, f -> f.withoutCertificate = true);
    for (int at = 0; at < cms.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = cms.clone();
        changed[at] ^= (byte) (1 << bit);
        if (changed[at] == 3 && cms[at] == 1 && cms[at - 1] == 1 && cms[at - 2] == 2 && suite == Suite.GM) {
          continue; // the one version that GM/T 0010 and RFC 5652 give differently: 1 or 3, both are read
        }
        assertThatThrownBy(() -> StrictCms.open(changed, suite, List.of(feed(suite).certificate())))
            .as("byte %d bit %d", at, bit).isInstanceOf(SealRefused.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_an_outer_type_that_means_nothing(Suite suite) {
    refused(suite, forged(suite, f -> f.outerType = "1.2.3.4"), Reason.CONTENT_TYPE);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_another_content_type(Suite suite) {
    refused(suite, forged(suite, f -> f.contentType = "1.2.3.4"), Reason.CONTENT_TYPE);
  }

  @Test
  void is_refused_when_it_mixes_the_families_of_identifiers() {
    refused(Suite.GM, forged(Suite.GM, f -> f.outerType = "1.2.840.113549.1.7.2"), Reason.CONTENT_TYPE);
    refused(Suite.INTL, forged(Suite.INTL, f -> f.outerType = "1.2.156.10197.6.1.4.2.2"), Reason.CONTENT_TYPE);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_another_version(Suite suite) {
    refused(suite, forged(suite, f -> f.version = 4), Reason.CMS_STRUCTURE);
    refused(suite, forged(suite, f -> f.signerVersion = 3), Reason.CMS_STRUCTURE);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_another_digest_algorithm(Suite suite) {
    refused(suite, forged(suite, f -> f.digest = "2.16.840.1.101.3.4.2.3"), Reason.DIGEST_ALGORITHM);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_another_signature_algorithm(Suite suite) {
    refused(suite, forged(suite, f -> f.signature = "1.2.840.113549.1.1.11"), Reason.SIGNATURE_ALGORITHM);
  }

  @Test
  void is_refused_with_parameters_where_ecdsa_has_none() {
    refused(Suite.INTL, forged(Suite.INTL, f -> f.signatureNull = true), Reason.SIGNATURE_ALGORITHM);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_without_its_content(Suite suite) {
    refused(suite, forged(suite, f -> f.detached = true), Reason.CONTENT_MISSING);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_revocation_lists(Suite suite) {
    refused(suite, forged(suite, f -> f.crl = true), Reason.CRL_PRESENT);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_without_a_signer(Suite suite) {
    refused(suite, forged(suite, f -> f.signers = 0), Reason.SIGNERS_NOT_ONE);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_two_signers(Suite suite) {
    refused(suite, forged(suite, f -> f.signers = 2), Reason.SIGNERS_NOT_ONE);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_without_signed_attributes(Suite suite) {
    refused(suite, forged(suite, f -> f.noAttributes = true), Reason.SIGNED_ATTRIBUTES_MISSING);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_without_a_message_digest(Suite suite) {
    refused(suite, forged(suite, f -> f.noMessageDigest = true), Reason.MESSAGE_DIGEST_MISSING);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_two_message_digests(Suite suite) {
    refused(suite, forged(suite, f -> f.twoMessageDigests = true), Reason.ATTRIBUTE_REPEATED);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_when_the_signed_content_type_is_missing_or_another(Suite suite) {
    refused(suite, forged(suite, f -> f.noContentType = true), Reason.CONTENT_TYPE_ATTRIBUTE);
    refused(suite, forged(suite, f -> f.attributeContentType = "1.2.3.4"), Reason.CONTENT_TYPE_ATTRIBUTE);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_other_content_than_was_signed(Suite suite) {
    refused(suite, forged(suite, f -> f.contentAfterSigning = "{\"v\":2}".getBytes(StandardCharsets.UTF_8)),
        Reason.MESSAGE_DIGEST_WRONG);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_an_attribute_that_nobody_signed(Suite suite) {
    refused(suite, forged(suite, f -> f.unsignedAttribute = true), Reason.UNSIGNED_ATTRIBUTES);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_a_signature_of_64_plain_bytes(Suite suite) {
    refused(suite, forged(suite, f -> f.plainSignature = true), Reason.SIGNATURE_WRONG);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_from_another_hospital_of_the_same_authority(Suite suite) {
    Keys.Issued other = (suite == Suite.GM ? GM : INTL).forFeed("H-0105/main");
    refused(suite, other.signer().sign(CONTENT), Reason.SIGNER_NOT_PINNED);
  }

  @Test
  void is_refused_from_a_pinned_certificate_of_the_other_suite() {
    assertThatThrownBy(() -> StrictCms.open(
        GM_FEED.signer().sign(CONTENT), Suite.INTL, List.of(GM_FEED.certificate(), INTL_FEED.certificate())))
        .isInstanceOf(SealRefused.class);
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_a_signer_that_only_names_the_pinned_certificate(Suite suite) {
    // Same issuer and serial, another key: what an impostor can always write.
    Keys.Issued impostor = (suite == Suite.GM ? GM : INTL).forFeed("H-0104/main");
    Keys.Issued mixed = new Keys.Issued(impostor.pair(), feed(suite).x509(), feed(suite).certificate());
    refused(suite, new Forge(suite, mixed, CONTENT).build(), Reason.SIGNATURE_WRONG);
  }
}
