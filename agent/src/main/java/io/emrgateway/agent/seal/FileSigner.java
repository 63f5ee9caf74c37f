package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * Signs with a key from a PKCS#12 file.
 *
 * <p>The CMS is put together here element by element, because for {@code gm} the identifiers have to be
 * those of GM/T 0010 from the start (the content type is itself signed). Signed attributes are content
 * type, signing time and message digest, nothing else. P-256 takes its k from RFC 6979, so a poor random
 * generator cannot give the key away; SM2 has no such standard and takes it from the system.
 */
public final class FileSigner implements Signer {
  static final long FILE_BYTES_MAX = 1 << 20;
  private static final ASN1Integer VERSION_1 = new ASN1Integer(1);

  private final Certificate certificate;
  private final ECPrivateKeyParameters key;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  private FileSigner(Certificate certificate, ECPrivateKeyParameters key, Clock clock) {
    this.certificate = certificate;
    this.key = key;
    this.clock = clock;
  }

  /**
   * Opens the file; the password is not kept, and the caller may clear it once this returns.
   *
   * @param file PKCS#12 with exactly one private key and its certificate, mode 0600
   * @param clock gives the signing time, which informs and decides nothing
   * @throws SealRefused {@code seal.key-file-unreadable}, {@code seal.key-file-open-to-others},
   *     {@code seal.key-file-content} (a wrong password too), {@code seal.key-certificate-mismatch}
   */
  public static FileSigner open(Path file, char[] password, Clock clock) {
    byte[] bytes = SecretFile.read(file, FILE_BYTES_MAX);
    try {
      return open(bytes, password, SecretFile.place(file), clock);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static FileSigner open(byte[] pkcs12, char[] password, String place, Clock clock) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      return from(store, pkcs12, password, place, clock);
    } catch (IOException | GeneralSecurityException | RuntimeException notForTheJdk) {
      // The JDK's own reader stumbles over the SM2 curve, in keys and in certificates. For P-256 it spares the start
      // some 900 classes of a provider that nothing else here asks for.
    }
    try {
      return from(KeyStore.getInstance("PKCS12", new BouncyCastleProvider()), pkcs12, password, place, clock);
    } catch (SealRefused refused) {
      throw refused;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // What is no PKCS#12 at all makes the reader stumble in many ways.
      throw new SealRefused(Reason.KEY_FILE_CONTENT, place);
    }
  }

  private static FileSigner from(KeyStore store, byte[] pkcs12, char[] password, String place, Clock clock)
      throws IOException, GeneralSecurityException {
    store.load(new ByteArrayInputStream(pkcs12), password);
    List<String> keys = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        keys.add(alias);
      }
    }
    if (keys.size() != 1 || store.getCertificate(keys.get(0)) == null) {
      throw new SealRefused(Reason.KEY_FILE_CONTENT, place);
    }
    Certificate certificate = Certificate.ofDer(store.getCertificate(keys.get(0)).getEncoded());
    return of(certificate, parameters(store.getKey(keys.get(0), password), place), place, clock);
  }

  /** The key as the lightweight classes want it; the encoding in between is cleared. */
  static ECPrivateKeyParameters parameters(Key key, String place) throws IOException {
    byte[] encoded = key.getEncoded();
    try {
      if (PrivateKeyFactory.createKey(encoded) instanceof ECPrivateKeyParameters parameters) {
        return parameters;
      }
      throw new SealRefused(Reason.KEY_FILE_CONTENT, place);
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  static FileSigner of(Certificate certificate, ECPrivateKeyParameters key, String place, Clock clock) {
    requirePair(certificate, key, place);
    return new FileSigner(certificate, key, clock);
  }

  static void requirePair(Certificate certificate, ECPrivateKeyParameters key, String place) {
    boolean sameCurve = key.getParameters().getCurve().equals(certificate.key().getParameters().getCurve());
    if (!sameCurve || !new FixedPointCombMultiplier().multiply(key.getParameters().getG(), key.getD())
        .normalize().equals(certificate.key().getQ())) {
      throw new SealRefused(Reason.KEY_CERTIFICATE_MISMATCH, place);
    }
  }

  @Override
  public Certificate certificate() {
    return certificate;
  }

  @Override
  public byte[] sign(byte[] content) {
    boolean gm = suite() == Suite.GM;
    ASN1ObjectIdentifier contentType = gm ? Oids.GM_DATA : Oids.DATA;
    DERSequence digestAlgorithm = new DERSequence(gm ? Oids.SM3 : Oids.SHA_256);
    ASN1EncodableVector attributes = new ASN1EncodableVector();
    attributes.add(attribute(Oids.CONTENT_TYPE, contentType));
    attributes.add(attribute(Oids.SIGNING_TIME, new Time(Date.from(clock.instant()))));
    attributes.add(attribute(Oids.MESSAGE_DIGEST, new DEROctetString(suite().hashUntagged(content))));
    DERSet signed = new DERSet(attributes);
    try {
      byte[] signature = signature(signed.getEncoded(ASN1Encoding.DER));
      DERSequence signerInfo = sequence(
          VERSION_1,
          sequence(certificate.holder().getIssuer(), new ASN1Integer(certificate.serial())),
          digestAlgorithm,
          new DERTaggedObject(false, 0, signed),
          new DERSequence(gm ? Oids.SM2_SIGN : Oids.ECDSA_SHA_256),
          new DEROctetString(signature));
      DERSequence signedData = sequence(
          VERSION_1,
          new DERSet(digestAlgorithm),
          sequence(contentType, new DERTaggedObject(true, 0, new DEROctetString(content))),
          new DERTaggedObject(false, 0, new DERSet(certificate.holder().toASN1Structure())),
          new DERSet(signerInfo));
      return sequence(gm ? Oids.GM_SIGNED_DATA : Oids.SIGNED_DATA, new DERTaggedObject(true, 0, signedData))
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException | CryptoException e) {
      throw new IllegalStateException("Signing in memory with a checked key does not fail");
    }
  }

  private byte[] signature(byte[] signed) throws IOException, CryptoException {
    if (suite() == Suite.GM) {
      SM2Signer signer = new SM2Signer(); // no id given: the standard's 1234567812345678
      signer.init(true, new ParametersWithRandom(key, random));
      signer.update(signed, 0, signed.length);
      return signer.generateSignature();
    }
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, key);
    BigInteger[] rs = signer.generateSignature(suite().hashUntagged(signed));
    return StandardDSAEncoding.INSTANCE.encode(key.getParameters().getN(), rs[0], rs[1]);
  }

  private static DERSequence attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {
    return sequence(type, new DERSet(value));
  }

  private static DERSequence sequence(ASN1Encodable... elements) {
    return new DERSequence(elements);
  }

  /** The certificate; never the key. */
  @Override
  public String toString() {
    return "FileSigner[" + certificate + "]";
  }
}
