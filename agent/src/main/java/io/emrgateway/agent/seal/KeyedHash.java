package io.emrgateway.agent.seal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Makes identifiers findable in the database without standing in it: equal ones hash alike, and without
 * the master key nobody can try out numbers, which for a resident ID would take minutes.
 *
 * <p>The key is derived from the master key and the same for every month, since a patient is looked for
 * across months. Safe for any number of threads.
 */
public final class KeyedHash {
  private final Suite suite;
  private final byte[] key;

  public KeyedHash(Suite suite, MasterKey master) {
    this.suite = suite;
    this.key = mac(suite, master.bytes(), "emr-gateway search key".getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @param kind of identifier, e.g. its system: the same digits of two kinds have nothing in common
   * @param value exactly as compared; normalise before
   * @return 32 bytes
   */
  public byte[] of(String kind, String value) {
    // A zero between them, so that no kind and value run into another pair.
    return mac(suite, key, (kind + "\0" + value).getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] mac(Suite suite, byte[] key, byte[] text) {
    if (suite == Suite.GM) {
      HMac mac = new HMac(new SM3Digest());
      mac.init(new KeyParameter(key));
      mac.update(text, 0, text.length);
      byte[] out = new byte[Suite.HASH_BYTES];
      mac.doFinal(out, 0);
      return out;
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HMAC-SHA-256", e);
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  @Override
  public String toString() {
    return "KeyedHash[" + suite.wireName() + "]";
  }
}
