package io.emrgateway.agent.seal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Date;
import java.util.List;
import java.util.ArrayList;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/** Signs properly, but for what a test sets wrong; every signature made here is a valid one over what it signs. */
final class Forge {
  private final Suite suite;
  private final Keys.Issued issued;
  private final byte[] content;

  String outerType;
  String contentType;
  String attributeContentType;
  int version = 1;
  int signerVersion = 1;
  String digest;
  String signature;
  boolean digestNull;
  boolean signatureNull;
  boolean detached;
  boolean crl;
  int signers = 1;
  boolean noAttributes;
  boolean noMessageDigest;
  boolean twoMessageDigests;
  boolean noContentType;
  boolean unsortedAttributes;
  boolean unsignedAttribute;
  boolean withoutCertificate;
  boolean plainSignature;
  byte[] contentAfterSigning;

  Forge(Suite suite, Keys.Issued issued, byte[] content) {
    this.suite = suite;
    this.issued = issued;
    this.content = content;
    boolean gm = suite == Suite.GM;
    outerType = gm ? "1.2.156.10197.6.1.4.2.2" : "1.2.840.113549.1.7.2";
    contentType = gm ? "1.2.156.10197.6.1.4.2.1" : "1.2.840.113549.1.7.1";
    digest = gm ? "1.2.156.10197.1.401" : "2.16.840.1.101.3.4.2.1";
    signature = gm ? "1.2.156.10197.1.301.1" : "1.2.840.10045.4.3.2";
  }

  Forge ietf() {
    outerType = "1.2.840.113549.1.7.2";
    contentType = "1.2.840.113549.1.7.1";
    signature = suite == Suite.GM ? "1.2.156.10197.1.501" : signature;
    return this;
  }

  byte[] build() {
    try {
      ASN1EncodableVector signerInfos = new ASN1EncodableVector();
      for (int at = 0; at < signers; at++) {
        signerInfos.add(signerInfo());
      }
      ASN1EncodableVector signedData = new ASN1EncodableVector();
      signedData.add(new ASN1Integer(version));
      signedData.add(new DERSet(algorithm(digest, digestNull)));
      byte[] carried = contentAfterSigning == null ? content : contentAfterSigning;
      signedData.add(detached
          ? new DERSequence(oid(contentType))
          : sequence(oid(contentType), new DERTaggedObject(true, 0, new DEROctetString(carried))));
      if (!withoutCertificate) {
        signedData.add(new DERTaggedObject(false, 0, new DERSet(issued.certificate().holder().toASN1Structure())));
      }
      if (crl) {
        signedData.add(new DERTaggedObject(false, 1, new DERSet(sequence(new ASN1Integer(1)))));
      }
      signedData.add(new DERSet(signerInfos));
      return sequence(oid(outerType), new DERTaggedObject(true, 0, new DERSequence(signedData)))
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DERSequence signerInfo() throws IOException {
    List<ASN1Encodable> attributes = new ArrayList<>();
    if (!noContentType) {
      attributes.add(attribute("1.2.840.113549.1.9.3",
          oid(attributeContentType == null ? contentType : attributeContentType)));
    }
    attributes.add(attribute("1.2.840.113549.1.9.5", new Time(Date.from(Keys.NOW))));
    if (!noMessageDigest) {
      attributes.add(attribute("1.2.840.113549.1.9.4", new DEROctetString(suite.hashUntagged(content))));
    }
    if (twoMessageDigests) {
      attributes.add(attribute("1.2.840.113549.1.9.4", new DEROctetString(new byte[32])));
    }
    DERSet sorted = new DERSet(attributes.toArray(ASN1Encodable[]::new));
    byte[] signedBytes = noAttributes ? content : sorted.getEncoded(ASN1Encoding.DER);
    ASN1EncodableVector info = new ASN1EncodableVector();
    info.add(new ASN1Integer(signerVersion));
    info.add(sequence(issued.certificate().holder().getIssuer(), new ASN1Integer(issued.certificate().serial())));
    info.add(algorithm(digest, digestNull));
    if (!noAttributes) {
      if (unsortedAttributes) {
        ASN1Encodable[] reversed = new ASN1Encodable[sorted.size()];
        for (int at = 0; at < reversed.length; at++) {
          reversed[at] = sorted.getObjectAt(reversed.length - 1 - at);
        }
        // A sequence has the same content octets as a set and keeps the order that it was given.
        info.add(new DERTaggedObject(false, 0, new DERSequence(reversed)));
      } else {
        info.add(new DERTaggedObject(false, 0, sorted));
      }
    }
    info.add(algorithm(signature, signatureNull));
    info.add(new DEROctetString(sign(signedBytes)));
    if (unsignedAttribute) {
      info.add(new DERTaggedObject(false, 1, new DERSet(attribute("1.2.3.4", new ASN1Integer(5)))));
    }
    return new DERSequence(info);
  }

  private byte[] sign(byte[] bytes) throws IOException {
    BigInteger n = issued.key().getParameters().getN();
    if (suite == Suite.GM) {
      SM2Signer signer = plainSignature
          ? new SM2Signer(PlainDSAEncoding.INSTANCE) : new SM2Signer(StandardDSAEncoding.INSTANCE);
      signer.init(true, issued.key());
      signer.update(bytes, 0, bytes.length);
      try {
        return signer.generateSignature();
      } catch (CryptoException e) {
        throw new IllegalStateException(e);
      }
    }
    ECDSASigner signer = new ECDSASigner();
    signer.init(true, issued.key());
    BigInteger[] rs = signer.generateSignature(suite.hashUntagged(bytes));
    return (plainSignature ? PlainDSAEncoding.INSTANCE : StandardDSAEncoding.INSTANCE).encode(n, rs[0], rs[1]);
  }

  /** The same data in BER: indefinite length outside, otherwise untouched. */
  static byte[] indefinite(byte[] der) {
    int header = 2 + (der[1] < 0 ? der[1] & 0x7f : 0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x30);
    out.write(0x80);
    out.write(der, header, der.length - header);
    out.write(0);
    out.write(0);
    return out.toByteArray();
  }

  private static DERSequence algorithm(String oid, boolean withNull) {
    return withNull ? sequence(oid(oid), DERNull.INSTANCE) : new DERSequence(oid(oid));
  }

  private static DERSequence attribute(String type, ASN1Encodable value) {
    return sequence(oid(type), new DERSet(value));
  }

  private static DERSequence sequence(ASN1Encodable... elements) {
    return new DERSequence(elements);
  }

  private static ASN1ObjectIdentifier oid(String dotted) {
    return new ASN1ObjectIdentifier(dotted);
  }
}
