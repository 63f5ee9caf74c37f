package io.emrgateway.agent.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Short numbers to find a message by; never proof of anything, so 8 octets are enough. */
final class Hashing {
  private static final ThreadLocal<MessageDigest> SHA256 = ThreadLocal.withInitial(() -> {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  });

  private Hashing() {}

  /** First 8 octets of SHA-256 over source, a zero octet and the control id. */
  static long control8(String source, String control) {
    MessageDigest digest = SHA256.get();
    digest.update(source.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    return first8(digest.digest(control.getBytes(StandardCharsets.UTF_8)));
  }

  static long first8(byte[] hash) {
    return ByteBuffer.wrap(hash).getLong();
  }
}
