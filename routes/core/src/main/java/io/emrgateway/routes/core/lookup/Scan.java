package io.emrgateway.routes.core.lookup;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;

/**
 * A scanned agreement, as it was sent.
 *
 * @param bytes null if there are none
 * @param type the media type it is said to be of
 * @param digest as named by whoever sent it, SHA-1 (what FHIR R4's {@code Attachment.hash} is) or SHA-256; null if none was
 */
public record Scan(byte[] bytes, String type, byte[] digest) {
  /** Octets of a scan. */
  public static final int BYTES_MAX = 20 << 20;
  private static final int SHA_1_BYTES = 20;

  /**
   * What may be kept as evidence.
   *
   * @throws ConsentRefused by the first rule that it breaks
   */
  byte[] checked() {
    if (bytes == null || bytes.length == 0) {
      throw new ConsentRefused(ConsentRule.EVIDENCE_MISSING);
    }
    if (bytes.length > BYTES_MAX) {
      throw new ConsentRefused(ConsentRule.EVIDENCE_TOO_LARGE);
    }
    if (type == null || !isScan(typeOf(bytes)) || !type.toLowerCase(Locale.ROOT).equals(typeOf(bytes))) {
      throw new ConsentRefused(ConsentRule.EVIDENCE_TYPE);
    }
    if (digest != null && !MessageDigest.isEqual(digest, hash(digest.length == SHA_1_BYTES ? "SHA-1" : "SHA-256"))) {
      throw new ConsentRefused(ConsentRule.EVIDENCE_DIGEST);
    }
    return bytes;
  }

  private byte[] hash(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has " + algorithm, e);
    }
  }

  private static boolean isScan(String type) {
    return !type.endsWith("json");
  }

  /** The media type of kept evidence by its first octets: a scan's, or else that of the file which the signing page makes. */
  public static String typeOf(byte[] evidence) {
    return begins(evidence, '%', 'P', 'D', 'F', '-') ? "application/pdf"
        : begins(evidence, 0xff, 0xd8, 0xff) ? "image/jpeg"
        : begins(evidence, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n') ? "image/png" : "application/json";
  }

  private static boolean begins(byte[] bytes, int... with) {
    byte[] start = new byte[with.length];
    for (int k = 0; k < with.length; k++) {
      start[k] = (byte) with[k];
    }
    return bytes.length >= with.length && Arrays.equals(bytes, 0, with.length, start, 0, with.length);
  }

  /** Never what: it is patient data. */
  @Override
  public String toString() {
    return "Scan[" + (bytes == null ? 0 : bytes.length) + "]";
  }
}
