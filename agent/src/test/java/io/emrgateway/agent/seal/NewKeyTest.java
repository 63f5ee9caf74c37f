package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A new signing key")
class NewKeyTest {
  private static final String FEED = "H-0104/main, O=x";

  @TempDir Path folder;

  private byte[] make(Path file, Suite suite) {
    return NewKey.make(file, Keys.PASSWORD, suite, FEED, Keys.NOW, Duration.ofDays(30));
  }

  @ParameterizedTest
  @EnumSource
  void signs_at_once_and_lies_in_a_file_of_its_owner_that_nobody_overwrites(Suite suite) throws Exception {
    Path file = folder.resolve("signing.p12");
    make(file, suite);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    FileSigner signer = FileSigner.open(file, Keys.PASSWORD, Keys.CLOCK);
    assertThat(signer.certificate().feed()).contains(FEED);
    assertThat(StrictCms.open(signer.sign(new byte[] {1}), suite, List.of(signer.certificate()))).containsExactly(1);
    assertThatThrownBy(() -> make(file, suite)).isInstanceOfSatisfying(SealRefused.class,
        refused -> assertThat(refused.reason()).isEqualTo(Reason.KEY_FILE_EXISTS));
  }

  /** The authority's side by Bouncy Castle: the request is checked, and what it names is certified. */
  @ParameterizedTest
  @EnumSource
  void takes_the_certificate_that_was_issued_on_its_request_and_no_other(Suite suite) throws Exception {
    Path file = folder.resolve("signing.p12");
    PKCS10CertificationRequest request = new PKCS10CertificationRequest(make(file, suite));
    assertThat(request.isSignatureValid(
        new JcaContentVerifierProviderBuilder().setProvider(Keys.BC).build(request.getSubjectPublicKeyInfo()))).isTrue();
    Keys authority = new Keys(suite);
    Keys.Issued other = authority.forFeed("H-0105/main");
    var builder = new X509v3CertificateBuilder(new X500Name("CN=Test CA"), BigInteger.TEN,
        Date.from(Keys.NOW), Date.from(Keys.NOW.plusSeconds(1000)), request.getSubject(),
        request.getSubjectPublicKeyInfo());
    builder.addExtension(request.getRequestedExtensions().getExtension(Extension.subjectAlternativeName));
    Certificate issued = Certificate.ofDer(builder.build(
        new JcaContentSignerBuilder(suite == Suite.GM ? "SM3WITHSM2" : "SHA256WITHECDSA").setProvider(Keys.BC)
            .build(other.pair().getPrivate())).getEncoded());
    Path certified = folder.resolve("certified.p12");
    NewKey.certify(file, certified, Keys.PASSWORD, issued);
    FileSigner signer = FileSigner.open(certified, Keys.PASSWORD, Keys.CLOCK);
    assertThat(signer.certificate()).isEqualTo(issued);
    assertThat(signer.certificate().feed()).contains(FEED);
    assertThat(StrictCms.open(signer.sign(new byte[] {1}), suite, List.of(issued))).containsExactly(1);
    assertThatThrownBy(() -> NewKey.certify(file, folder.resolve("wrong.p12"), Keys.PASSWORD, other.certificate()))
        .isInstanceOfSatisfying(SealRefused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.KEY_CERTIFICATE_MISMATCH));
  }
}
