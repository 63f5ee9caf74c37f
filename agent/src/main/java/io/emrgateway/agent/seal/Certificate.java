package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * A certificate that somebody pinned, decoded once: decoding key and curve anew for each signature costs
 * more than the signature.
 *
 * <p>Pinning is the whole trust: no chain is built, and the validity dates are shown but decide nothing
 * here, because a clock that runs wrong must not stop the feed.
 */
public final class Certificate {
  /** What stands before the feed in the subject alternative name, a URI. */
  public static final String FEED_PREFIX = "urn:emr-gateway:feed:";

  private final byte[] der;
  private final X509CertificateHolder holder;
  private final byte[] issuer;
  private final Optional<String> feed;
  private final Suite suite;
  private final ECPublicKeyParameters key;

  private Certificate(
      byte[] der,
      X509CertificateHolder holder,
      byte[] issuer,
      Optional<String> feed,
      Suite suite,
      ECPublicKeyParameters key) {
    this.der = der;
    this.holder = holder;
    this.issuer = issuer;
    this.feed = feed;
    this.suite = suite;
    this.key = key;
  }

  /**
   * @param der one X.509 certificate and nothing after it
   * @throws SealRefused {@code seal.certificate-unreadable}; {@code seal.certificate-key} when the key is
   *     on neither P-256 nor the SM2 curve, by its name
   */
  public static Certificate ofDer(byte[] der) {
    X509CertificateHolder holder;
    byte[] issuer;
    Optional<String> feed;
    try {
      holder = new X509CertificateHolder(der);
      if (!Arrays.equals(holder.toASN1Structure().getEncoded(ASN1Encoding.DER), der)) {
        throw new SealRefused(Reason.CERTIFICATE_UNREADABLE, "certificate");
      }
      issuer = holder.getIssuer().getEncoded(ASN1Encoding.DER);
      feed = feed(holder);
    } catch (IOException | RuntimeException e) {
      throw new SealRefused(Reason.CERTIFICATE_UNREADABLE, "certificate");
    }
    ASN1ObjectIdentifier curve;
    ECPublicKeyParameters key;
    try {
      curve = ASN1ObjectIdentifier.getInstance(holder.getSubjectPublicKeyInfo().getAlgorithm().getParameters());
      key = (ECPublicKeyParameters) PublicKeyFactory.createKey(holder.getSubjectPublicKeyInfo());
    } catch (IOException | RuntimeException e) {
      throw new SealRefused(Reason.CERTIFICATE_KEY, "certificate.subjectPublicKeyInfo");
    }
    Suite suite;
    if (Oids.P_256.equals(curve)) {
      suite = Suite.INTL;
    } else if (Oids.SM2_CURVE.equals(curve)) {
      suite = Suite.GM;
    } else {
      throw new SealRefused(Reason.CERTIFICATE_KEY, "certificate.subjectPublicKeyInfo");
    }
    return new Certificate(der.clone(), holder, issuer, feed, suite, key);
  }

  /** Every certificate of a PEM text, in its order; at least one, or it is refused as unreadable. */
  public static List<Certificate> ofPem(byte[] pem) {
    List<Certificate> found = new ArrayList<>();
    try (PemReader reader =
        new PemReader(new InputStreamReader(new ByteArrayInputStream(pem), StandardCharsets.US_ASCII))) {
      for (PemObject object = reader.readPemObject(); object != null; object = reader.readPemObject()) {
        if (object.getType().equals("CERTIFICATE")) {
          found.add(ofDer(object.getContent()));
        }
      }
    } catch (IOException e) {
      throw new SealRefused(Reason.CERTIFICATE_UNREADABLE, "certificate.pem");
    }
    if (found.isEmpty()) {
      throw new SealRefused(Reason.CERTIFICATE_UNREADABLE, "certificate.pem");
    }
    return found;
  }

  public byte[] der() {
    return der.clone();
  }

  public Suite suite() {
    return suite;
  }

  /** Hash of the DER, untagged, by the certificate's own suite, in hex: what a rotation names. */
  public String hash() {
    return Suite.hex(suite.hashUntagged(der));
  }

  public Instant notBefore() {
    return holder.getNotBefore().toInstant();
  }

  public Instant notAfter() {
    return holder.getNotAfter().toInstant();
  }

  /** The feed this certificate may sign for, if it names exactly one; the city's certificates name none. */
  public Optional<String> feed() {
    return feed;
  }

  private static Optional<String> feed(X509CertificateHolder holder) {
    List<String> feeds = new ArrayList<>();
    Extension names = holder.getExtension(Extension.subjectAlternativeName);
    if (names != null) {
      for (GeneralName name : GeneralNames.getInstance(names.getParsedValue()).getNames()) {
        if (name.getTagNo() == GeneralName.uniformResourceIdentifier
            && name.getName().toString().startsWith(FEED_PREFIX)) {
          feeds.add(name.getName().toString().substring(FEED_PREFIX.length()));
        }
      }
    }
    return feeds.size() == 1 ? Optional.of(feeds.get(0)) : Optional.empty();
  }

  byte[] issuerDer() {
    return issuer;
  }

  BigInteger serial() {
    return holder.getSerialNumber();
  }

  X509CertificateHolder holder() {
    return holder;
  }

  ECPublicKeyParameters key() {
    return key;
  }

  /** Whether {@code signature}, strictly a DER SEQUENCE of r and s, is this key's over {@code signed}. */
  boolean verifies(byte[] signed, byte[] signature) {
    try {
      if (suite == Suite.GM) {
        SM2Signer verifier = new SM2Signer();
        verifier.init(false, key); // no id given: the standard's 1234567812345678
        verifier.update(signed, 0, signed.length);
        return verifier.verifySignature(signature);
      }
      BigInteger n = key.getParameters().getN();
      BigInteger[] rs = StandardDSAEncoding.INSTANCE.decode(n, signature);
      ECDSASigner verifier = new ECDSASigner();
      verifier.init(false, key);
      return verifier.verifySignature(suite.hashUntagged(signed), rs[0], rs[1]);
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Certificate that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  /** The suite and the hash; a certificate is public. */
  @Override
  public String toString() {
    return "Certificate[" + suite.wireName() + " " + hash() + "]";
  }
}
