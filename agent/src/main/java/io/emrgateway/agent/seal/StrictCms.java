package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.BERTags;

/**
 * Opens signed data by the city contract's strict profile.
 *
 * <p>The libraries are lenient: they take an outer type that means nothing, bytes after the end, an
 * attribute nobody signed, and call data with no signer verified. So every element is looked at here, and
 * each rule has its own code.
 *
 * <p>Certificates that travel inside are not read: they are unsigned, and who may sign is known already.
 */
public final class StrictCms {
  private static final BigInteger ONE = BigInteger.ONE;
  private static final BigInteger THREE = BigInteger.valueOf(3);

  private StrictCms() {}

  /**
   * The content, when every rule holds.
   *
   * @param pinned those who may have signed; certificates of another suite never match
   * @return the signed bytes, exactly
   * @throws SealRefused with the code of the first rule that is broken
   */
  public static byte[] open(byte[] cms, Suite suite, Collection<Certificate> pinned) {
    Parsed parsed = parse(cms, suite);
    boolean known = false;
    for (Certificate certificate : pinned) {
      if (certificate.suite() == suite && parsed.names(certificate)) {
        known = true;
        if (certificate.verifies(parsed.signedBytes, parsed.signature)) {
          return parsed.content;
        }
      }
    }
    throw known
        ? new SealRefused(Reason.SIGNATURE_WRONG, "signerInfos[0].signature")
        : new SealRefused(Reason.SIGNER_NOT_PINNED, "signerInfos[0].sid");
  }

  /**
   * The content when every rule holds and the signer is a certificate that travels inside. This proves
   * that the bytes are whole, not who made them: for the trust file that an operator installed.
   */
  static byte[] openByOwnCertificate(byte[] cms, Suite suite) {
    Parsed parsed = parse(cms, suite);
    for (byte[] der : parsed.certificates) {
      Certificate certificate = Certificate.ofDer(der);
      if (certificate.suite() == suite && parsed.names(certificate)) {
        return open(cms, suite, List.of(certificate));
      }
    }
    throw new SealRefused(Reason.SIGNER_NOT_PINNED, "certificates");
  }

  private record Parsed(
      byte[] content, byte[] issuer, BigInteger serial, byte[] signedBytes, byte[] signature, List<byte[]> certificates) {
    boolean names(Certificate certificate) {
      return serial.equals(certificate.serial()) && Arrays.equals(issuer, certificate.issuerDer());
    }
  }

  /** Checks everything but whose signature it is. */
  private static Parsed parse(byte[] cms, Suite suite) {
    ASN1Primitive outer = der(cms);
    try {
      return contentInfo(outer, suite);
    } catch (IOException | RuntimeException e) {
      if (e instanceof SealRefused refused) {
        throw refused;
      }
      // A cast that failed or an element too few: the structure is not the agreed one, wherever.
      throw new SealRefused(Reason.CMS_STRUCTURE, "contentInfo");
    }
  }

  private static ASN1Primitive der(byte[] cms) {
    ASN1Primitive outer;
    int left;
    ByteArrayInputStream bytes = new ByteArrayInputStream(cms);
    try (ASN1InputStream in = new ASN1InputStream(bytes, cms.length)) {
      outer = in.readObject();
      left = bytes.available();
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw new SealRefused(Reason.CMS_NOT_DER, "contentInfo");
    }
    if (outer == null) {
      throw new SealRefused(Reason.CMS_NOT_DER, "contentInfo");
    }
    byte[] again;
    try {
      again = outer.getEncoded(ASN1Encoding.DER);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw new SealRefused(Reason.CMS_NOT_DER, "contentInfo");
    }
    int read = cms.length - left;
    if (again.length != read || !Arrays.equals(again, 0, read, cms, 0, read)) {
      throw new SealRefused(Reason.CMS_NOT_DER, "contentInfo");
    }
    if (left > 0) {
      throw new SealRefused(Reason.TRAILING_BYTES, "contentInfo");
    }
    return outer;
  }

  private static Parsed contentInfo(ASN1Primitive outer, Suite suite) throws IOException {
    ASN1Sequence contentInfo = sequence(outer, 2, 2, "contentInfo");
    ASN1Encodable outerType = contentInfo.getObjectAt(0);
    boolean gmFamily = suite == Suite.GM && Oids.GM_SIGNED_DATA.equals(outerType);
    if (!gmFamily && !Oids.SIGNED_DATA.equals(outerType)) {
      throw new SealRefused(Reason.CONTENT_TYPE, "contentInfo.contentType");
    }
    ASN1Sequence signedData = sequence(explicit(contentInfo.getObjectAt(1), 0, "content"), 4, 6, "signedData");
    // GM/T 0010 writes 1 with its own content type, where RFC 5652 section 5.1 would have 3.
    BigInteger version = ((ASN1Integer) signedData.getObjectAt(0)).getValue();
    if (!version.equals(ONE) && !(gmFamily && version.equals(THREE))) {
      throw new SealRefused(Reason.CMS_STRUCTURE, "signedData.version");
    }

    int at = 3;
    List<byte[]> certificates = List.of();
    int signersAt = signedData.size() - 1;
    if (at < signersAt && tagNumber(signedData.getObjectAt(at)) == 0) {
      certificates = encodings(implicitSet(signedData.getObjectAt(at)));
      at++;
    }
    if (at < signersAt && tagNumber(signedData.getObjectAt(at)) == 1) {
      throw new SealRefused(Reason.CRL_PRESENT, "signedData.crls");
    }
    if (at != signersAt) {
      throw new SealRefused(Reason.CMS_STRUCTURE, "signedData");
    }
    ASN1Set signers = (ASN1Set) signedData.getObjectAt(at);
    if (signers.size() != 1) {
      throw new SealRefused(Reason.SIGNERS_NOT_ONE, "signedData.signerInfos");
    }
    ASN1Set digests = (ASN1Set) signedData.getObjectAt(1);
    if (digests.size() != 1) {
      throw new SealRefused(Reason.DIGEST_ALGORITHM, "signedData.digestAlgorithms");
    }
    digestAlgorithm(digests.getObjectAt(0), suite, "signedData.digestAlgorithms");

    ASN1Sequence encap = sequence(signedData.getObjectAt(2), 1, 2, "signedData.encapContentInfo");
    ASN1ObjectIdentifier contentType = gmFamily ? Oids.GM_DATA : Oids.DATA;
    if (!contentType.equals(encap.getObjectAt(0))) {
      throw new SealRefused(Reason.CONTENT_TYPE, "encapContentInfo.eContentType");
    }
    if (encap.size() == 1) {
      throw new SealRefused(Reason.CONTENT_MISSING, "encapContentInfo.eContent");
    }
    byte[] content = ((ASN1OctetString) explicit(encap.getObjectAt(1), 0, "eContent")).getOctets();
    return signerInfo(signers.getObjectAt(0), suite, contentType, content, certificates);
  }

  private static Parsed signerInfo(
      ASN1Encodable element, Suite suite, ASN1ObjectIdentifier contentType, byte[] content, List<byte[]> certificates)
      throws IOException {
    ASN1Sequence signer = sequence(element, 5, 7, "signerInfos[0]");
    if (!((ASN1Integer) signer.getObjectAt(0)).getValue().equals(ONE)) {
      throw new SealRefused(Reason.CMS_STRUCTURE, "signerInfos[0].version");
    }
    ASN1Sequence sid = sequence(signer.getObjectAt(1), 2, 2, "signerInfos[0].sid");
    byte[] issuer = sid.getObjectAt(0).toASN1Primitive().getEncoded(ASN1Encoding.DER);
    BigInteger serial = ((ASN1Integer) sid.getObjectAt(1)).getValue();
    digestAlgorithm(signer.getObjectAt(2), suite, "signerInfos[0].digestAlgorithm");
    if (tagNumber(signer.getObjectAt(3)) != 0) {
      throw new SealRefused(Reason.SIGNED_ATTRIBUTES_MISSING, "signerInfos[0].signedAttrs");
    }
    ASN1Set signedAttributes = implicitSet(signer.getObjectAt(3));
    signatureAlgorithm(signer.getObjectAt(4), suite);
    byte[] signature = ((ASN1OctetString) signer.getObjectAt(5)).getOctets();
    if (signer.size() == 7) {
      throw new SealRefused(Reason.UNSIGNED_ATTRIBUTES, "signerInfos[0].unsignedAttrs");
    }
    attributes(signedAttributes, suite, contentType, content);
    // RFC 5652 section 5.4: what is signed is the SET, not the [0] that stands in its place.
    byte[] signedBytes = signedAttributes.getEncoded(ASN1Encoding.DER);
    return new Parsed(content, issuer, serial, signedBytes, signature, certificates);
  }

  private static void attributes(ASN1Set attributes, Suite suite, ASN1ObjectIdentifier contentType, byte[] content) {
    Map<ASN1ObjectIdentifier, ASN1Encodable> values = new HashMap<>();
    for (ASN1Encodable element : attributes) {
      ASN1Sequence attribute = sequence(element, 2, 2, "signedAttrs");
      ASN1Set value = (ASN1Set) attribute.getObjectAt(1);
      ASN1ObjectIdentifier type = (ASN1ObjectIdentifier) attribute.getObjectAt(0);
      if (value.size() != 1 || values.put(type, value.getObjectAt(0)) != null) {
        throw new SealRefused(Reason.ATTRIBUTE_REPEATED, "signedAttrs");
      }
    }
    if (!contentType.equals(values.get(Oids.CONTENT_TYPE))) {
      throw new SealRefused(Reason.CONTENT_TYPE_ATTRIBUTE, "signedAttrs.contentType");
    }
    if (!(values.get(Oids.MESSAGE_DIGEST) instanceof ASN1OctetString digest)) {
      throw new SealRefused(Reason.MESSAGE_DIGEST_MISSING, "signedAttrs.messageDigest");
    }
    if (!MessageDigest.isEqual(digest.getOctets(), suite.hashUntagged(content))) {
      throw new SealRefused(Reason.MESSAGE_DIGEST_WRONG, "signedAttrs.messageDigest");
    }
  }

  private static void digestAlgorithm(ASN1Encodable element, Suite suite, String place) {
    ASN1ObjectIdentifier agreed = suite == Suite.GM ? Oids.SM3 : Oids.SHA_256;
    if (!agreed.equals(algorithm(element, true))) {
      throw new SealRefused(Reason.DIGEST_ALGORITHM, place);
    }
  }

  private static void signatureAlgorithm(ASN1Encodable element, Suite suite) {
    // ecdsa-with-SHA256 has no parameters (RFC 5758 section 3.2); writers of SM2 disagree about a NULL.
    ASN1ObjectIdentifier found = algorithm(element, suite == Suite.GM);
    boolean agreed = suite == Suite.GM
        ? Oids.SM2_SIGN.equals(found) || Oids.SM2_SM3.equals(found)
        : Oids.ECDSA_SHA_256.equals(found);
    if (!agreed) {
      throw new SealRefused(Reason.SIGNATURE_ALGORITHM, "signerInfos[0].signatureAlgorithm");
    }
  }

  /** The algorithm's identifier, or null when it has parameters other than an allowed NULL. */
  private static ASN1ObjectIdentifier algorithm(ASN1Encodable element, boolean nullAllowed) {
    ASN1Sequence algorithm = sequence(element, 1, 2, "algorithm");
    if (algorithm.size() == 2 && !(nullAllowed && algorithm.getObjectAt(1) instanceof ASN1Null)) {
      return null;
    }
    return (ASN1ObjectIdentifier) algorithm.getObjectAt(0);
  }

  private static ASN1Sequence sequence(ASN1Encodable element, int sizeMin, int sizeMax, String place) {
    if (element instanceof ASN1Sequence sequence && sequence.size() >= sizeMin && sequence.size() <= sizeMax) {
      return sequence;
    }
    throw new SealRefused(Reason.CMS_STRUCTURE, place);
  }

  private static ASN1Primitive explicit(ASN1Encodable element, int tag, String place) {
    if (element instanceof ASN1TaggedObject tagged && tagged.hasContextTag(tag)) {
      return tagged.getExplicitBaseObject().toASN1Primitive();
    }
    throw new SealRefused(Reason.CMS_STRUCTURE, place);
  }

  /**
   * The set behind an implicit tag, in DER's order: whoever reads only tags cannot know that it is a set,
   * so the check of the whole does not see one that is out of order.
   */
  private static ASN1Set implicitSet(ASN1Encodable element) throws IOException {
    ASN1Set set = (ASN1Set) ((ASN1TaggedObject) element).getBaseUniversal(false, BERTags.SET);
    if (!Arrays.equals(set.getEncoded(ASN1Encoding.DER), set.getEncoded(ASN1Encoding.DL))) {
      throw new SealRefused(Reason.CMS_NOT_DER, "contentInfo");
    }
    return set;
  }

  private static int tagNumber(ASN1Encodable element) {
    return element instanceof ASN1TaggedObject tagged && tagged.hasContextTag() ? tagged.getTagNo() : -1;
  }

  private static List<byte[]> encodings(ASN1Set set) throws IOException {
    byte[][] encodings = new byte[set.size()][];
    for (int at = 0; at < encodings.length; at++) {
      encodings[at] = set.getObjectAt(at).toASN1Primitive().getEncoded(ASN1Encoding.DER);
    }
    return List.of(encodings);
  }
}
