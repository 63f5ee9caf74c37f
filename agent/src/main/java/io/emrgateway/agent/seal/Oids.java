package io.emrgateway.agent.seal;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/** The object identifiers of the two CMS families. */
final class Oids {
  private Oids() {}

  private static ASN1ObjectIdentifier oid(String dotted) {
    return new ASN1ObjectIdentifier(dotted).intern();
  }

  /** RFC 5652. */
  static final ASN1ObjectIdentifier DATA = oid("1.2.840.113549.1.7.1");
  static final ASN1ObjectIdentifier SIGNED_DATA = oid("1.2.840.113549.1.7.2");
  static final ASN1ObjectIdentifier CONTENT_TYPE = oid("1.2.840.113549.1.9.3");
  static final ASN1ObjectIdentifier MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4");
  static final ASN1ObjectIdentifier SIGNING_TIME = oid("1.2.840.113549.1.9.5");

  /** RFC 5754, RFC 5758. */
  static final ASN1ObjectIdentifier SHA_256 = oid("2.16.840.1.101.3.4.2.1");
  static final ASN1ObjectIdentifier ECDSA_SHA_256 = oid("1.2.840.10045.4.3.2");

  /** GM/T 0010-2012 (GB/T 35275-2017). */
  static final ASN1ObjectIdentifier GM_DATA = oid("1.2.156.10197.6.1.4.2.1");
  static final ASN1ObjectIdentifier GM_SIGNED_DATA = oid("1.2.156.10197.6.1.4.2.2");

  /** GM/T 0006-2012: SM3; SM2 used for signing; SM2 with SM3, the name the IETF family uses. */
  static final ASN1ObjectIdentifier SM3 = oid("1.2.156.10197.1.401");
  static final ASN1ObjectIdentifier SM2_SIGN = oid("1.2.156.10197.1.301.1");
  static final ASN1ObjectIdentifier SM2_SM3 = oid("1.2.156.10197.1.501");

  /** Curves: RFC 5480, GM/T 0006-2012. */
  static final ASN1ObjectIdentifier P_256 = oid("1.2.840.10045.3.1.7");
  static final ASN1ObjectIdentifier SM2_CURVE = oid("1.2.156.10197.1.301");
}
