package io.emrgateway.agent.seal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Turns identifiers into numbers to search by. Whoever has only the database can neither read a number in it nor try
 * the eighteen digits of every resident ID: without the master key nobody can compute one.
 *
 * <p>The first 8 octets of HMAC-SHA-256 ({@code gm}: HMAC-SM3) under a key of its own, derived from the master key. Two
 * identifiers among ten million share one with a chance of 1 in 300,000, so whoever finds something by it looks whether
 * it is what was sought. Safe for any number of threads.
 */
public final class SearchKey {
  private final ThreadLocal<Hasher> hashers;

  private interface Hasher {
    byte[] hash(byte[] text);
  }

  public SearchKey(Suite suite, MasterKey master) {
    byte[] key = hasher(suite, master.bytes()).get().hash("emr-gateway search key".getBytes(StandardCharsets.UTF_8));
    hashers = ThreadLocal.withInitial(hasher(suite, key));
  }

  private static Supplier<Hasher> hasher(Suite suite, byte[] key) {
    return suite == Suite.GM ? () -> gm(key) : () -> intl(key);
  }

  private static Hasher intl(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac::doFinal;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HMAC-SHA-256", e);
    }
  }

  private static Hasher gm(byte[] key) {
    HMac mac = new HMac(new SM3Digest());
    mac.init(new KeyParameter(Arrays.copyOf(key, key.length)));
    return text -> {
      byte[] out = new byte[mac.getMacSize()];
      mac.update(text, 0, text.length);
      mac.doFinal(out, 0);
      return out;
    };
  }

  /**
   * The number that stands for some text.
   *
   * @param parts told apart: ("ab", "c") is another number than ("a", "bc")
   */
  public long of(String... parts) {
    byte[] hash = hashers.get().hash(String.join("\u0000", parts).getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(hash).getLong();
  }
}
