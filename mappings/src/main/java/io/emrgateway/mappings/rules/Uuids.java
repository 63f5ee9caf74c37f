package io.emrgateway.mappings.rules;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Name-based UUIDs (RFC 9562 version 3), as {@link UUID#nameUUIDFromBytes} makes them, without a new digest each. */
final class Uuids {
  private static final ThreadLocal<MessageDigest> MD5 = ThreadLocal.withInitial(() -> {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java runtime has MD5.", e);
    }
  });

  private Uuids() {}

  /** The UUID of a name. Not a secret and no signature: it only has to be the same for the same name. */
  static String of(String name) {
    byte[] hash = MD5.get().digest(name.getBytes(StandardCharsets.UTF_8));
    hash[6] = (byte) (hash[6] & 0x0f | 0x30);
    hash[8] = (byte) (hash[8] & 0x3f | 0x80);
    long most = 0;
    long least = 0;
    for (int i = 0; i < 8; i++) {
      most = most << 8 | hash[i] & 0xff;
      least = least << 8 | hash[i + 8] & 0xff;
    }
    return new UUID(most, least).toString();
  }
}
