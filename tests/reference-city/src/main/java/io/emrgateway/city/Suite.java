package io.emrgateway.city;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.jcajce.spec.SM2ParameterSpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * One of the two families of algorithms a feed may use: fixed for a feed and epoch.
 *
 * <p>Sources: RFC 5652 and RFC 5754 for {@link #INTL}; GB/T 32905 (SM3), GB/T 32918 (SM2), GM/T 0009 (user id and
 * the encoding of a signature) and GM/T 0010 (object identifiers of signed data) for {@link #GM}.
 */
enum Suite {
  /** SHA-256, ECDSA on P-256. */
  INTL(
      "intl",
      "SHA-256",
      "secp256r1",
      "SHA256withECDSA",
      "2.16.840.1.101.3.4.2.1",
      new Family("1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1"),
      List.of(new Family("1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1")),
      List.of("1.2.840.10045.4.3.2"),
      "1.2.840.10045.3.1.7"),

  /** SM3, SM2 with the standard's user id. Writes GM/T 0010 identifiers, reads those and the IETF's. */
  GM(
      "gm",
      "SM3",
      "sm2p256v1",
      "SM3withSM2",
      "1.2.156.10197.1.401",
      new Family("1.2.156.10197.6.1.4.2.2", "1.2.156.10197.6.1.4.2.1"),
      List.of(
          new Family("1.2.156.10197.6.1.4.2.2", "1.2.156.10197.6.1.4.2.1"),
          new Family("1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1")),
      List.of("1.2.156.10197.1.301.1", "1.2.156.10197.1.501"),
      "1.2.156.10197.1.301");

  /** The identifiers of signed data and of the plain data in it; they go together. */
  record Family(ASN1ObjectIdentifier signedData, ASN1ObjectIdentifier data) {
    Family(String signedData, String data) {
      this(new ASN1ObjectIdentifier(signedData), new ASN1ObjectIdentifier(data));
    }
  }

  /** What stands before the input of a hash, so that a value made for one purpose serves no other. */
  static final byte LEAF = 0;

  static final byte NODE = 1;
  static final byte HEADER = 2;
  static final byte BODY = 3;
  static final byte RAW = 4;
  static final byte AUDIT = 5;
  static final byte HEAD = 6;
  static final byte LOOKUP = 7;
  static final byte ANSWERED = 8;

  /** Both hashes are 32 octets long; "nothing yet" is written as 64 zeros. */
  static final String NOTHING_YET = "0".repeat(64);

  /** Used by name everywhere, never registered: what the rest of the process uses stays the JDK's own. */
  static final Provider BC = new BouncyCastleProvider();

  /** The id that SM2 mixes into every signature; GM/T 0009 gives this one where none is agreed. */
  private static final byte[] SM2_USER_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);

  final String id;
  final String curve;
  final String signatureName;
  final ASN1ObjectIdentifier digestOid;
  final Family written;
  final List<Family> read;

  /** The first is the one we write. */
  final List<ASN1ObjectIdentifier> signatureOids;

  final ASN1ObjectIdentifier curveOid;
  private final String hashName;

  Suite(
      String id,
      String hashName,
      String curve,
      String signatureName,
      String digestOid,
      Family written,
      List<Family> read,
      List<String> signatureOids,
      String curveOid) {
    this.id = id;
    this.hashName = hashName;
    this.curve = curve;
    this.signatureName = signatureName;
    this.digestOid = new ASN1ObjectIdentifier(digestOid);
    this.written = written;
    this.read = read;
    this.signatureOids = signatureOids.stream().map(ASN1ObjectIdentifier::new).toList();
    this.curveOid = new ASN1ObjectIdentifier(curveOid);
  }

  /** The suite that is called so in headers and in the register, or null. */
  static Suite named(String id) {
    for (Suite suite : values()) {
      if (suite.id.equals(id)) {
        return suite;
      }
    }
    return null;
  }

  /** A fresh computation of {@code H}. SHA-256 comes from the JDK, whose native code is nine times faster. */
  MessageDigest digest() {
    try {
      return this == INTL ? MessageDigest.getInstance(hashName) : MessageDigest.getInstance(hashName, BC);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(hashName + " is part of every installation", e);
    }
  }

  /** {@code H(data)}, 32 octets, without a tag. */
  byte[] hash(byte[] data) {
    return digest().digest(data);
  }

  /** {@code H(tag|parts…)}, 32 octets. */
  byte[] hash(byte tag, byte[]... parts) {
    MessageDigest digest = digest();
    digest.update(tag);
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  /** {@code H(tag|parts…)} as it is written in JSON: 64 lower-case hex digits. */
  String hex(byte tag, byte[]... parts) {
    return HexFormat.of().formatHex(hash(tag, parts));
  }

  /** True if {@code key} made {@code signature} (DER of r and s) over {@code data}; a malformed signature is false. */
  boolean verify(PublicKey key, byte[] data, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(signatureName, BC);
      if (this == GM) {
        verifier.setParameter(new SM2ParameterSpec(SM2_USER_ID));
      }
      verifier.initVerify(key);
      verifier.update(data);
      return verifier.verify(signature);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  /** A signature over {@code data}, DER of r and s. Random: two calls give two signatures. */
  byte[] sign(PrivateKey key, byte[] data) {
    try {
      Signature signer = Signature.getInstance(signatureName, BC);
      if (this == GM) {
        signer.setParameter(new SM2ParameterSpec(SM2_USER_ID));
      }
      signer.initSign(key);
      signer.update(data);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key of suite " + id + " does not sign", e);
    }
  }
}
