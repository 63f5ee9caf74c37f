package io.emrgateway.city;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * CMS SignedData (RFC 5652; GM/T 0010 has the same shape under other identifiers), attached, DER, with one signer.
 *
 * <p>Written over plain ASN.1 rather than over a CMS library, because libraries are generous: they take a foreign
 * outer type, trailing bytes, added unsigned attributes, and find "all signers good" where there are none. Here every
 * octet is either signed, compared with something known, or fixed by DER.
 */
final class Cms {
  private static final int SIZE_MAX = 64 * 1024;

  private Cms() {}

  /** Content that one of the pinned certificates signed. */
  record Opened(byte[] content, Pinned signer) {}

  /**
   * Checks {@code der} against the contract's profile and returns what was signed.
   *
   * @param pinned the certificates that may have signed, any of them; a chain to a CA counts for nothing
   * @throws Refused with a {@code cms.*} rule
   */
  static Opened open(Suite suite, byte[] der, List<Pinned> pinned) {
    if (der.length > SIZE_MAX) {
      throw new Refused(Rule.CMS_SHAPE, "size");
    }
    try {
      return read(suite, der, pinned);
    } catch (IOException | IllegalArgumentException | IllegalStateException | ClassCastException e) {
      // The ASN.1 library's way to say that something is not what its place demands.
      throw new Refused(Rule.CMS_DER);
    }
  }

  /**
   * What {@code der} claims to have been signed, checked against nothing: only to find out who should have signed it,
   * and to refuse what has not even the form. Null if there is no such thing in it.
   */
  static byte[] unchecked(byte[] der) {
    try {
      ASN1Sequence contentInfo = ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(der));
      ASN1Sequence signedData = ASN1Sequence.getInstance(explicit(contentInfo.getObjectAt(1), 0));
      ASN1Sequence encapsulated = ASN1Sequence.getInstance(signedData.getObjectAt(2));
      return ASN1OctetString.getInstance(explicit(encapsulated.getObjectAt(1), 0)).getOctets();
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private static Opened read(Suite suite, byte[] der, List<Pinned> pinned) throws IOException {
    ASN1Primitive outer = ASN1Primitive.fromByteArray(der);
    if (outer == null || !Arrays.equals(outer.getEncoded(ASN1Encoding.DER), der)) {
      throw new Refused(Rule.CMS_DER);
    }

    // ContentInfo ::= SEQUENCE { contentType, [0] EXPLICIT SignedData }
    ASN1Sequence contentInfo = ASN1Sequence.getInstance(outer);
    exactly(contentInfo.size() == 2, Rule.CMS_SHAPE, "ContentInfo");
    ASN1ObjectIdentifier type = ASN1ObjectIdentifier.getInstance(contentInfo.getObjectAt(0));
    Suite.Family family =
        suite.read.stream()
            .filter(f -> f.signedData().equals(type))
            .findFirst()
            .orElseThrow(() -> new Refused(Rule.CMS_CONTENT_TYPE, "ContentInfo"));
    ASN1Sequence signedData = ASN1Sequence.getInstance(explicit(contentInfo.getObjectAt(1), 0));

    // SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, [0] certificates, [1] crls, signerInfos }
    int at = 0;
    int version = ASN1Integer.getInstance(signedData.getObjectAt(at++)).intValueExact();
    // RFC 5652 counts 3 where the content is not id-data, GM/T 0010 always 1.
    boolean gmFamily = !family.data().equals(Suite.INTL.written.data());
    exactly(version == 1 || (gmFamily && version == 3), Rule.CMS_SHAPE, "version");
    ASN1Set digestAlgorithms = ASN1Set.getInstance(signedData.getObjectAt(at++));

    ASN1Sequence encapsulated = ASN1Sequence.getInstance(signedData.getObjectAt(at++));
    exactly(encapsulated.size() == 2, Rule.CMS_SHAPE, "encapContentInfo");
    exactly(family.data().equals(encapsulated.getObjectAt(0)), Rule.CMS_CONTENT_TYPE, "encapContentInfo");
    byte[] content = ASN1OctetString.getInstance(explicit(encapsulated.getObjectAt(1), 0)).getOctets();

    ASN1Set certificates = null;
    while (signedData.getObjectAt(at) instanceof ASN1TaggedObject tagged) {
      exactly(tagged.getTagNo() != 1, Rule.CMS_CRLS, "");
      exactly(tagged.hasContextTag(0) && certificates == null, Rule.CMS_SHAPE, "SignedData");
      certificates = ASN1Set.getInstance(tagged, false);
      at++;
    }
    ASN1Set signers = ASN1Set.getInstance(signedData.getObjectAt(at++));
    exactly(at == signedData.size(), Rule.CMS_SHAPE, "SignedData");
    exactly(signers.size() == 1, Rule.CMS_SIGNERS, "");
    exactly(digestAlgorithms.size() == 1, Rule.CMS_ALGORITHM, "digestAlgorithms");
    algorithm(digestAlgorithms.getObjectAt(0), List.of(suite.digestOid), "digestAlgorithms");

    Pinned signer = signer(suite, signers.getObjectAt(0), family, content, pinned);
    if (certificates != null) {
      exactly(
          certificates.size() == 1
              && signer.is(certificates.getObjectAt(0).toASN1Primitive().getEncoded(ASN1Encoding.DER)),
          Rule.CMS_CERTIFICATES,
          "");
    }
    return new Opened(content, signer);
  }

  // SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, [0] signedAttrs, signatureAlgorithm, signature,
  //                           [1] unsignedAttrs }
  private static Pinned signer(
      Suite suite, ASN1Encodable encoded, Suite.Family family, byte[] content, List<Pinned> pinned)
      throws IOException {
    ASN1Sequence info = ASN1Sequence.getInstance(encoded);
    exactly(info.size() != 7, Rule.CMS_UNSIGNED_ATTRIBUTES, "");
    // With six fields or fewer, the fourth is either the signed attributes or they are missing.
    exactly(
        info.size() == 6 && info.getObjectAt(3) instanceof ASN1TaggedObject tagged && tagged.hasContextTag(0),
        Rule.CMS_SIGNED_ATTRIBUTES,
        "");
    exactly(ASN1Integer.getInstance(info.getObjectAt(0)).hasValue(1), Rule.CMS_SHAPE, "SignerInfo.version");
    algorithm(info.getObjectAt(2), List.of(suite.digestOid), "SignerInfo.digestAlgorithm");
    algorithm(info.getObjectAt(4), suite.signatureOids, "SignerInfo.signatureAlgorithm");

    byte[] sidDer = info.getObjectAt(1).toASN1Primitive().getEncoded(ASN1Encoding.DER);
    Pinned signer =
        pinned.stream()
            .filter(p -> Arrays.equals(sidDer, sid(p)))
            .findFirst()
            .orElseThrow(() -> new Refused(Rule.CMS_SIGNER));
    exactly(signer.isOf(suite), Rule.CMS_ALGORITHM, "key");

    ASN1Set attributes = ASN1Set.getInstance((ASN1TaggedObject) info.getObjectAt(3), false);
    checkAttributes(suite, attributes, family, content);

    // What is signed is the set with its own tag (31), not with the [0] that it travels under (RFC 5652, 5.4).
    byte[] signed = attributes.getEncoded(ASN1Encoding.DER);
    byte[] signature = ASN1OctetString.getInstance(info.getObjectAt(5)).getOctets();
    exactly(suite.verify(signer.key, signed, signature), Rule.CMS_SIGNATURE, "");
    return signer;
  }

  /**
   * Other attributes than the two demanded may be there: they are signed, and nothing here depends on them.
   */
  private static void checkAttributes(Suite suite, ASN1Set attributes, Suite.Family family, byte[] content) {
    boolean typeSeen = false;
    boolean digestSeen = false;
    for (ASN1Encodable encoded : attributes) {
      ASN1Sequence attribute = ASN1Sequence.getInstance(encoded);
      exactly(attribute.size() == 2, Rule.CMS_SIGNED_ATTRIBUTES, "");
      ASN1Set values = ASN1Set.getInstance(attribute.getObjectAt(1));
      if (CMSAttributes.contentType.equals(attribute.getObjectAt(0))) {
        exactly(!typeSeen && values.size() == 1, Rule.CMS_SIGNED_ATTRIBUTES, "contentType");
        typeSeen = true;
        exactly(family.data().equals(values.getObjectAt(0)), Rule.CMS_CONTENT_TYPE, "signedAttrs");
      } else if (CMSAttributes.messageDigest.equals(attribute.getObjectAt(0))) {
        exactly(!digestSeen && values.size() == 1, Rule.CMS_SIGNED_ATTRIBUTES, "messageDigest");
        digestSeen = true;
        byte[] claimed = ASN1OctetString.getInstance(values.getObjectAt(0)).getOctets();
        exactly(MessageDigest.isEqual(claimed, suite.hash(content)), Rule.CMS_MESSAGE_DIGEST, "");
      }
    }
    exactly(typeSeen && digestSeen, Rule.CMS_SIGNED_ATTRIBUTES, "");
  }

  private static byte[] sid(Pinned certificate) {
    try {
      return new IssuerAndSerialNumber(certificate.holder.toASN1Structure()).getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Parameters absent or NULL: both are in use for hashes, and neither says anything. */
  private static void algorithm(ASN1Encodable encoded, List<ASN1ObjectIdentifier> allowed, String place) {
    AlgorithmIdentifier algorithm = AlgorithmIdentifier.getInstance(encoded);
    exactly(
        allowed.contains(algorithm.getAlgorithm())
            && (algorithm.getParameters() == null || DERNull.INSTANCE.equals(algorithm.getParameters())),
        Rule.CMS_ALGORITHM,
        place);
  }

  private static ASN1Encodable explicit(ASN1Encodable encoded, int tag) {
    ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(encoded, BERTags.CONTEXT_SPECIFIC, tag);
    return tagged.getExplicitBaseObject();
  }

  private static void exactly(boolean holds, Rule rule, String place) {
    if (!holds) {
      throw new Refused(rule, place);
    }
  }

  /**
   * Signs {@code content} with the suite's own identifiers: contentType, messageDigest and signingTime are signed,
   * the certificate goes along.
   *
   * @return DER; two calls give different bytes, because the signature is random
   */
  static byte[] sign(Suite suite, PrivateKey key, Pinned certificate, byte[] content, Instant time) {
    try {
      AlgorithmIdentifier digest = new AlgorithmIdentifier(suite.digestOid);
      ASN1EncodableVector attributes = new ASN1EncodableVector();
      attributes.add(attribute(CMSAttributes.contentType, suite.written.data()));
      attributes.add(attribute(CMSAttributes.signingTime, new Time(Date.from(time))));
      attributes.add(attribute(CMSAttributes.messageDigest, new DEROctetString(suite.hash(content))));
      DERSet signed = new DERSet(attributes);

      DERSequence signer =
          sequence(
              new ASN1Integer(1),
              new IssuerAndSerialNumber(certificate.holder.toASN1Structure()),
              digest,
              new DERTaggedObject(false, 0, signed),
              new AlgorithmIdentifier(suite.signatureOids.get(0)),
              new DEROctetString(suite.sign(key, signed.getEncoded(ASN1Encoding.DER))));
      DERSequence signedData =
          sequence(
              new ASN1Integer(1),
              new DERSet(digest),
              sequence(suite.written.data(), new DERTaggedObject(true, 0, new DEROctetString(content))),
              new DERTaggedObject(false, 0, new DERSet(certificate.holder.toASN1Structure())),
              new DERSet(signer));
      return sequence(suite.written.signedData(), new DERTaggedObject(true, 0, signedData))
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail to be written", e);
    }
  }

  private static DERSequence attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {
    return sequence(type, new DERSet(value));
  }

  private static DERSequence sequence(ASN1Encodable... elements) {
    return new DERSequence(elements);
  }
}
