package io.emrgateway.conformance;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The strict profile of signed data ("Names and hashes" of the city contract). */
final class Cms {
  private static final String DATA = "1.2.840.113549.1.7.1";
  private static final String SIGNED_DATA = "1.2.840.113549.1.7.2";
  private static final String GM_DATA = "1.2.156.10197.6.1.4.2.1";
  private static final String GM_SIGNED_DATA = "1.2.156.10197.6.1.4.2.2";
  private static final String CONTENT_TYPE = "1.2.840.113549.1.9.3";
  private static final String MESSAGE_DIGEST = "1.2.840.113549.1.9.4";

  private Cms() {}

  /**
   * The signed content, when every rule holds and one of the pinned made the signature.
   *
   * @throws Broken with the rule that does not hold, {@code cms.*}
   */
  static byte[] open(byte[] cms, Suite suite, Collection<Pinned> pinned) throws Broken {
    Der info = Der.read(cms);
    Broken.unless(info.tag() == Der.SEQUENCE && info.parts().size() == 2, "cms.structure", "not a ContentInfo");
    String outer = info.part(0, Der.OID).oid();
    boolean gm = suite == Suite.GM && outer.equals(GM_SIGNED_DATA);
    Broken.unless(gm || outer.equals(SIGNED_DATA), "cms.content-type", "the outer type");
    Der explicit = info.part(1, 0xa0);
    Broken.unless(explicit.parts().size() == 1, "cms.structure", "not one SignedData");
    Der data = explicit.part(0, Der.SEQUENCE);

    BigInteger version = data.part(0, Der.INTEGER).integer();
    Broken.unless(version.equals(BigInteger.ONE) || gm && version.equals(BigInteger.valueOf(3)), "cms.structure", "the version");
    Der digests = data.part(1, Der.SET);
    Broken.unless(digests.parts().size() == 1, "cms.digest-algorithm", "not one");
    digest(digests.part(0, Der.SEQUENCE), suite);
    Der encap = data.part(2, Der.SEQUENCE);
    String type = encap.part(0, Der.OID).oid();
    Broken.unless(type.equals(gm ? GM_DATA : DATA), "cms.content-type", "the content's type");
    Broken.unless(encap.parts().size() == 2, "cms.content-missing", "nothing attached");
    Der wrapped = encap.part(1, 0xa0);
    Broken.unless(wrapped.parts().size() == 1, "cms.structure", "not one content");
    byte[] content = wrapped.part(0, Der.OCTET_STRING).value();
    int at = 3;
    if (at < data.parts().size() && data.parts().get(at).tag() == 0xa0) {
      data.parts().get(at++).requireSorted();
    }
    Broken.unless(at >= data.parts().size() || data.parts().get(at).tag() != 0xa1, "cms.crl-present", "revocation lists");
    Der signers = data.part(at, Der.SET);
    Broken.unless(data.parts().size() == at + 1, "cms.structure", "more than signers at the end");
    Broken.unless(signers.parts().size() == 1, "cms.signers-not-one", signers.parts().size() + " signers");
    signer(signers.part(0, Der.SEQUENCE), suite, type, content, pinned);
    return content;
  }

  private static void signer(Der signer, Suite suite, String type, byte[] content, Collection<Pinned> pinned)
      throws Broken {
    Broken.unless(signer.part(0, Der.INTEGER).integer().equals(BigInteger.ONE), "cms.structure", "the signer's version");
    Der sid = signer.part(1, Der.SEQUENCE);
    digest(signer.part(2, Der.SEQUENCE), suite);
    Broken.unless(signer.parts().size() > 3 && signer.parts().get(3).tag() == 0xa0,
        "cms.signed-attributes-missing", "no signed attributes");
    Der attributes = signer.parts().get(3);
    attributes.requireSorted();
    signatureAlgorithm(signer.part(4, Der.SEQUENCE), suite);
    byte[] signature = signer.part(5, Der.OCTET_STRING).value();
    Broken.unless(signer.parts().size() == 6, "cms.unsigned-attributes", "something after the signature");

    Map<String, Der> values = new HashMap<>();
    for (Der attribute : attributes.parts()) {
      Der set = attribute.part(1, Der.SET);
      boolean once = attribute.tag() == Der.SEQUENCE && attribute.parts().size() == 2 && set.parts().size() == 1
          && values.put(attribute.part(0, Der.OID).oid(), set.parts().get(0)) == null;
      Broken.unless(once, "cms.attribute-repeated", "an attribute twice or with several values");
    }
    Der typeValue = values.get(CONTENT_TYPE);
    Broken.unless(typeValue != null && typeValue.tag() == Der.OID && typeValue.oid().equals(type),
        "cms.content-type-attribute", "missing or another");
    Der digest = values.get(MESSAGE_DIGEST);
    Broken.unless(digest != null && digest.tag() == Der.OCTET_STRING, "cms.message-digest-missing", "no message digest");
    Broken.unless(Arrays.equals(digest.value(), suite.hash(content)), "cms.message-digest-wrong", "content and digest differ");

    byte[] signed = attributes.whole().clone();
    signed[0] = (byte) Der.SET; // RFC 5652 section 5.4
    byte[] issuer = sid.part(0, Der.SEQUENCE).whole();
    boolean known = false;
    for (Pinned one : pinned) {
      if (one.suite() == suite && one.isNamed(issuer, sid.part(1, Der.INTEGER).integer())) {
        known = true;
        if (one.verifies(signed, signature)) {
          return;
        }
      }
    }
    throw known
        ? new Broken("cms.signature-wrong", "the signature does not hold")
        : new Broken("cms.signer-not-pinned", "another certificate than the pinned one");
  }

  private static void digest(Der algorithm, Suite suite) throws Broken {
    String agreed = suite == Suite.GM ? "1.2.156.10197.1.401" : "2.16.840.1.101.3.4.2.1";
    Broken.unless(algorithm.part(0, Der.OID).oid().equals(agreed) && noParameters(algorithm, true),
        "cms.digest-algorithm", "not of the suite");
  }

  private static void signatureAlgorithm(Der algorithm, Suite suite) throws Broken {
    List<String> agreed = suite == Suite.GM
        ? List.of("1.2.156.10197.1.301.1", "1.2.156.10197.1.501") : List.of("1.2.840.10045.4.3.2");
    Broken.unless(agreed.contains(algorithm.part(0, Der.OID).oid()) && noParameters(algorithm, suite == Suite.GM),
        "cms.signature-algorithm", "not of the suite");
  }

  private static boolean noParameters(Der algorithm, boolean nullAllowed) {
    return algorithm.parts().size() == 1
        || nullAllowed && algorithm.parts().size() == 2 && algorithm.parts().get(1).tag() == Der.NULL;
  }
}
