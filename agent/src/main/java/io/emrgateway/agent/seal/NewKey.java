package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A signing key made where it stays: the file with the key, and the request for its certificate.
 *
 * <p>Until the certificate comes, a self-signed one stands in the file, for the key has to be durable
 * before anyone is asked to certify it.
 */
public final class NewKey {
  private NewKey() {}

  /**
   * Makes a key for a feed.
   *
   * @param file is created with mode 0600 and never overwritten: PKCS#12, AES
   * @param now from which the stand-in certificate counts
   * @param validity of the stand-in certificate
   * @return the request in PKCS#10, DER, which names the feed as subject alternative name
   * @throws SealRefused {@code seal.key-file-exists}, {@code seal.key-file-unreadable} when it cannot be
   *     written
   */
  public static byte[] make(Path file, char[] password, Suite suite, String feed, Instant now, Duration validity) {
    try {
      BouncyCastleProvider bc = new BouncyCastleProvider();
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", bc);
      generator.initialize(new ECGenParameterSpec(suite == Suite.GM ? "sm2p256v1" : "P-256"), new SecureRandom());
      KeyPair pair = generator.generateKeyPair();
      ContentSigner signer = new JcaContentSignerBuilder(suite == Suite.GM ? "SM3WITHSM2" : "SHA256WITHECDSA")
          .setProvider(bc).build(pair.getPrivate());
      // Built, not parsed: a comma in a feed's name must not become a second name.
      X500Name subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, feed).build();
      GeneralNames names =
          new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, Certificate.FEED_PREFIX + feed));
      KeyUsage usage = new KeyUsage(KeyUsage.digitalSignature | KeyUsage.nonRepudiation);
      byte[] standIn = new JcaX509v3CertificateBuilder(
              subject, new BigInteger(120, new SecureRandom()).add(BigInteger.ONE), Date.from(now),
              Date.from(now.plus(validity)), subject, pair.getPublic())
          .addExtension(Extension.subjectAlternativeName, false, names)
          .addExtension(Extension.keyUsage, true, usage)
          .build(signer).getEncoded();
      byte[] request = new JcaPKCS10CertificationRequestBuilder(subject, pair.getPublic())
          .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new Extensions(new Extension[] {
              new Extension(Extension.subjectAlternativeName, false, names.getEncoded()),
              new Extension(Extension.keyUsage, true, usage.getEncoded())}))
          .build(signer).getEncoded();
      write(file, password, pair.getPrivate(), standIn, bc);
      return request;
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("A key is made in memory, which does not fail");
    }
  }

  /**
   * Writes a second file with the key of the first and the certificate that has come for it.
   *
   * @param from the file that {@link #make} wrote
   * @param to is created with mode 0600 and never overwritten
   * @throws SealRefused {@code seal.key-certificate-mismatch} when the certificate is another key's;
   *     {@code seal.key-file-*}
   */
  public static void certify(Path from, Path to, char[] password, Certificate certificate) {
    byte[] bytes = SecretFile.read(from, FileSigner.FILE_BYTES_MAX);
    try {
      BouncyCastleProvider bc = new BouncyCastleProvider();
      KeyStore store = KeyStore.getInstance("PKCS12", bc);
      store.load(new ByteArrayInputStream(bytes), password);
      if (!(store.getKey("signing", password) instanceof PrivateKey key)) {
        throw new SealRefused(Reason.KEY_FILE_CONTENT, SecretFile.place(from));
      }
      FileSigner.requirePair(certificate, FileSigner.parameters(key, SecretFile.place(from)), SecretFile.place(from));
      write(to, password, key, certificate.der(), bc);
    } catch (IOException | GeneralSecurityException e) {
      throw new SealRefused(Reason.KEY_FILE_CONTENT, SecretFile.place(from));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static void write(Path file, char[] password, PrivateKey key, byte[] der, BouncyCastleProvider bc)
      throws IOException, GeneralSecurityException {
    X509Certificate x509 = (X509Certificate)
        CertificateFactory.getInstance("X.509", bc).generateCertificate(new ByteArrayInputStream(der));
    KeyStore store = KeyStore.getInstance("PKCS12-AES256-AES128", bc);
    store.load(null, null);
    store.setKeyEntry("signing", key, password, new X509Certificate[] {x509});
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.store(out, password);
    SecretFile.create(file, out.toByteArray());
  }
}
