package io.emrgateway.conformance;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/** A signing key of tests with its certificate, and the few lines of DER that it takes to use it. */
final class Key {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static int serials = 100;

  private final Suite suite;
  private final PrivateKey p256;
  private final BigInteger d;
  private final Sm2.Point q;
  private final byte[] issuer;
  private final byte[] serial;
  final byte[] certificate;

  Key(Suite suite, String name, String feed) {
    this.suite = suite;
    byte[] keyInfo;
    if (suite == Suite.GM) {
      p256 = null;
      d = new BigInteger(250, RANDOM).add(BigInteger.TWO);
      q = Sm2.multiply(Sm2.G, d);
      keyInfo = tlv(0x30, tlv(0x30, oid("1.2.840.10045.2.1"), oid("1.2.156.10197.1.301")),
          tlv(0x03, new byte[] {0, 4}, Sm2.octets(q.x()), Sm2.octets(q.y())));
    } else {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        p256 = pair.getPrivate();
        keyInfo = pair.getPublic().getEncoded();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
      d = null;
      q = null;
    }
    issuer = tlv(0x30, tlv(0x31, tlv(0x30, oid("2.5.4.3"), tlv(0x0c, utf8("Test CA")))));
    serial = tlv(0x02, BigInteger.valueOf(++serials).toByteArray());
    byte[] algorithm = tlv(0x30, oid(suite == Suite.GM ? "1.2.156.10197.1.501" : "1.2.840.10045.4.3.2"));
    byte[] subject = tlv(0x30, tlv(0x31, tlv(0x30, oid("2.5.4.3"), tlv(0x0c, utf8(name)))));
    byte[] time = tlv(0x30, tlv(0x17, utf8("260101000000Z")), tlv(0x17, utf8("360101000000Z")));
    byte[] extensions = feed == null ? new byte[0]
        : tlv(0xa3, tlv(0x30, tlv(0x30, oid("2.5.29.17"),
            tlv(0x04, tlv(0x30, tlv(0x86, utf8("urn:emr-gateway:feed:" + feed)))))));
    byte[] body = tlv(0x30, tlv(0xa0, tlv(0x02, new byte[] {2})), serial, algorithm, issuer, time, subject, keyInfo, extensions);
    // Nobody checks an issuer's signature on what is pinned.
    certificate = tlv(0x30, body, algorithm, tlv(0x03, new byte[] {0, 1}));
  }

  String pem() {
    return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(certificate)
        + "\n-----END CERTIFICATE-----\n";
  }

  byte[] sign(byte[] content) {
    boolean gm = suite == Suite.GM;
    byte[] type = oid(gm ? "1.2.156.10197.6.1.4.2.1" : "1.2.840.113549.1.7.1");
    byte[] digest = tlv(0x30, oid(gm ? "1.2.156.10197.1.401" : "2.16.840.1.101.3.4.2.1"));
    byte[][] attributes = {
      tlv(0x30, oid("1.2.840.113549.1.9.3"), tlv(0x31, type)),
      tlv(0x30, oid("1.2.840.113549.1.9.4"), tlv(0x31, tlv(0x04, suite.hash(content))))
    };
    Arrays.sort(attributes, Arrays::compareUnsigned);
    byte[] signer = tlv(0x30, tlv(0x02, new byte[] {1}), tlv(0x30, issuer, serial), digest, tlv(0xa0, attributes),
        tlv(0x30, oid(gm ? "1.2.156.10197.1.301.1" : "1.2.840.10045.4.3.2")),
        tlv(0x04, signature(tlv(0x31, attributes))));
    byte[] data = tlv(0x30, tlv(0x02, new byte[] {1}), tlv(0x31, digest),
        tlv(0x30, type, tlv(0xa0, tlv(0x04, content))), tlv(0xa0, certificate), tlv(0x31, signer));
    return tlv(0x30, oid(gm ? "1.2.156.10197.6.1.4.2.2" : "1.2.840.113549.1.7.2"), tlv(0xa0, data));
  }

  private byte[] signature(byte[] message) {
    if (suite == Suite.GM) {
      BigInteger k = new BigInteger(250, RANDOM).add(BigInteger.TWO);
      BigInteger r = Sm2.digest(q, message).add(Sm2.multiply(Sm2.G, k).x()).mod(Sm2.N);
      BigInteger s = d.add(BigInteger.ONE).modInverse(Sm2.N).multiply(k.subtract(r.multiply(d))).mod(Sm2.N);
      return tlv(0x30, tlv(0x02, r.toByteArray()), tlv(0x02, s.toByteArray()));
    }
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(p256);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] tlv(int tag, byte[]... parts) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      value.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    byte[] length = BigInteger.valueOf(value.size()).toByteArray();
    if (value.size() < 0x80) {
      out.write(value.size());
    } else {
      int skip = length[0] == 0 ? 1 : 0;
      out.write(0x80 | length.length - skip);
      out.write(length, skip, length.length - skip);
    }
    out.writeBytes(value.toByteArray());
    return out.toByteArray();
  }

  static byte[] oid(String dotted) {
    long[] arcs = Arrays.stream(dotted.split("\\.")).mapToLong(Long::parseLong).toArray();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write((int) (40 * arcs[0] + arcs[1]));
    for (int at = 2; at < arcs.length; at++) {
      for (int shift = 28; shift >= 0; shift -= 7) {
        if (shift == 0 || arcs[at] >> shift != 0) {
          out.write((int) (arcs[at] >> shift & 0x7f | (shift == 0 ? 0 : 0x80)));
        }
      }
    }
    return tlv(0x06, out.toByteArray());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
