package io.emrgateway.conformance;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A pinned certificate: who it names and its key. Its own signature is not looked at; pinning is the trust. */
final class Pinned {
  private static final String FEED_PREFIX = "urn:emr-gateway:feed:";
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----");

  private final byte[] der;
  private final Suite suite;
  private final byte[] issuer;
  private final BigInteger serial;
  private final Optional<String> feed;
  private final PublicKey p256;
  private final Sm2.Point sm2;

  private Pinned(
      byte[] der, Suite suite, byte[] issuer, BigInteger serial, Optional<String> feed, PublicKey p256, Sm2.Point sm2) {
    this.der = der;
    this.suite = suite;
    this.issuer = issuer;
    this.serial = serial;
    this.feed = feed;
    this.p256 = p256;
    this.sm2 = sm2;
  }

  /** Every certificate of a PEM text. */
  static List<Pinned> ofPem(String pem) throws Broken {
    List<Pinned> found = new ArrayList<>();
    Matcher matcher = PEM.matcher(pem);
    while (matcher.find()) {
      try {
        found.add(ofDer(Base64.getMimeDecoder().decode(matcher.group(1))));
      } catch (IllegalArgumentException e) {
        throw new Broken("certificate.unreadable", "not base64");
      }
    }
    Broken.unless(!found.isEmpty(), "certificate.unreadable", "no certificate in the PEM text");
    return found;
  }

  /** RFC 5280 section 4.1, as far as a pin needs it. */
  static Pinned ofDer(byte[] der) throws Broken {
    Der body = Der.read(der).part(0, Der.SEQUENCE);
    int at = !body.parts().isEmpty() && body.parts().get(0).tag() == 0xa0 ? 1 : 0; // the version, absent for 1
    BigInteger serial = body.part(at, Der.INTEGER).integer();
    byte[] issuer = body.part(at + 2, Der.SEQUENCE).whole();
    Der keyInfo = body.part(at + 5, Der.SEQUENCE);
    String curve = keyInfo.part(0, Der.SEQUENCE).part(1, Der.OID).oid();
    byte[] point = keyInfo.part(1, Der.BIT_STRING).value();
    Broken.unless(point.length == 66 && point[0] == 0 && point[1] == 4, "certificate.key", "not an uncompressed point");
    Sm2.Point xy = new Sm2.Point(
        new BigInteger(1, Arrays.copyOfRange(point, 2, 34)), new BigInteger(1, Arrays.copyOfRange(point, 34, 66)));
    switch (curve) {
      case "1.2.840.10045.3.1.7":
        try {
          PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(keyInfo.whole()));
          return new Pinned(der, Suite.INTL, issuer, serial, feed(body), key, null);
        } catch (GeneralSecurityException e) {
          throw new Broken("certificate.key", "not a point of P-256");
        }
      case "1.2.156.10197.1.301":
        Broken.unless(xy.isOnCurve(), "certificate.key", "not a point of the SM2 curve");
        return new Pinned(der, Suite.GM, issuer, serial, feed(body), null, xy);
      default:
        throw new Broken("certificate.key", "neither P-256 nor SM2");
    }
  }

  private static Optional<String> feed(Der body) throws Broken {
    List<String> feeds = new ArrayList<>();
    for (Der part : body.parts()) {
      if (part.tag() != 0xa3) {
        continue;
      }
      for (Der extension : part.part(0, Der.SEQUENCE).parts()) {
        if (extension.part(0, Der.OID).oid().equals("2.5.29.17")) {
          byte[] names = extension.parts().get(extension.parts().size() - 1).value();
          for (Der name : Der.read(names).parts()) {
            String text = new String(name.value(), StandardCharsets.US_ASCII);
            if (name.tag() == 0x86 && text.startsWith(FEED_PREFIX)) {
              feeds.add(text.substring(FEED_PREFIX.length()));
            }
          }
        }
      }
    }
    return feeds.size() == 1 ? Optional.of(feeds.get(0)) : Optional.empty();
  }

  Suite suite() {
    return suite;
  }

  Optional<String> feed() {
    return feed;
  }

  /** Untagged, in hex: what a rotation names. */
  String hash() {
    return Suite.hex(suite.hash(der));
  }

  boolean isNamed(byte[] issuer, BigInteger serial) {
    return this.serial.equals(serial) && Arrays.equals(this.issuer, issuer);
  }

  /** Whether a DER SEQUENCE of r and s is this key's signature. */
  boolean verifies(byte[] signed, byte[] signature) {
    try {
      Der pair = Der.read(signature);
      BigInteger r = pair.part(0, Der.INTEGER).integer();
      BigInteger s = pair.part(1, Der.INTEGER).integer();
      if (pair.tag() != Der.SEQUENCE || pair.parts().size() != 2) {
        return false;
      }
      if (suite == Suite.GM) {
        return Sm2.verifies(sm2, signed, r, s);
      }
      Signature verifier = Signature.getInstance("SHA256withECDSA");
      verifier.initVerify(p256);
      verifier.update(signed);
      return verifier.verify(signature);
    } catch (Broken | GeneralSecurityException e) {
      return false;
    }
  }
}
