package io.emrgateway.agent.seal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for tests, and what it issues. */
final class Keys {
  static final Instant NOW = Instant.parse("2026-11-22T09:40:03.120Z");
  /** Long before: TLS looks at the machine's own clock. */
  private static final Instant BEGINS = Instant.parse("2020-01-01T00:00:00Z");
  static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  static final BouncyCastleProvider BC = new BouncyCastleProvider();
  static final char[] PASSWORD = "a-password-of-tests".toCharArray();
  private static long serial = 1000;

  private final Suite suite;
  private final KeyPair caPair;
  private final X500Name caName = new X500Name("CN=Test CA,O=Synthetic,C=CN");
  final X509Certificate ca;

  Keys(Suite suite) {
    this.suite = suite;
    try {
      caPair = pair();
      ca = certificate(caName, caPair, null, true);
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A key pair with its certificate. */
  record Issued(KeyPair pair, X509Certificate x509, Certificate certificate) {
    ECPrivateKeyParameters key() {
      try {
        return (ECPrivateKeyParameters) PrivateKeyFactory.createKey(pair.getPrivate().getEncoded());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    FileSigner signer() {
      return FileSigner.of(certificate, key(), "test.p12", CLOCK);
    }
  }

  Issued forFeed(String feed) {
    return issue("CN=" + feed, new GeneralName(GeneralName.uniformResourceIdentifier, Certificate.FEED_PREFIX + feed));
  }

  Issued forCity(String name) {
    return issue("CN=" + name, null);
  }

  /** For a door on 127.0.0.1. */
  Issued forLoopback() {
    return issue("CN=door", new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
  }

  private Issued issue(String subject, GeneralName name) {
    try {
      KeyPair pair = pair();
      X509Certificate x509 = certificate(new X500Name(subject), pair, name, false);
      return new Issued(pair, x509, Certificate.ofDer(x509.getEncoded()));
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", BC);
    generator.initialize(new ECGenParameterSpec(suite == Suite.GM ? "sm2p256v1" : "P-256"));
    return generator.generateKeyPair();
  }

  private X509Certificate certificate(X500Name subject, KeyPair pair, GeneralName name, boolean isCa)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
        caName, BigInteger.valueOf(++serial), Date.from(BEGINS),
        Date.from(NOW.plusSeconds(86_400L * 3650)), subject, pair.getPublic());
    if (name != null) {
      builder.addExtension(Extension.subjectAlternativeName, false,
          new GeneralNames(name));
    }
    if (isCa) {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    }
    var signer = new JcaContentSignerBuilder(suite == Suite.GM ? "SM3WITHSM2" : "SHA256WITHECDSA")
        .setProvider(BC).build(caPair.getPrivate());
    return new JcaX509CertificateConverter().setProvider(BC).getCertificate(builder.build(signer));
  }

  /** Writes a PKCS#12 file with the given mode. */
  static Path pkcs12(Path file, KeyPair pair, X509Certificate certificate, String mode) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12", BC);
      store.load(null, null);
      store.setKeyEntry("signing", pair.getPrivate(), PASSWORD, new X509Certificate[] {certificate});
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      store.store(out, PASSWORD);
      Files.write(file, out.toByteArray());
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      return file;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
