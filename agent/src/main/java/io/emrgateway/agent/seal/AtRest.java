package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Seals payloads for the database and opens them.
 *
 * <p>Every payload has a key of its own: HMAC of the data key over 16 random octets, purpose and row. A
 * row number may come twice (a restored backup counts on from an older number), and with a counter or the
 * row as nonce that would be the end of GCM; here only an accident among 2^128 could repeat a key, so the
 * nonce may be fixed. Purpose and row are authenticated too, so a payload moved to another row or column
 * does not open.
 *
 * <p>Layout: version 1 (one octet), salt (16), ciphertext, tag (16). {@code intl}: HMAC-SHA-256,
 * AES-256-GCM, nonce of zeros. {@code gm}: HMAC-SM3, its first 16 octets the SM4-GCM key, the next 12 the
 * nonce. Safe for any number of threads.
 */
public final class AtRest {
  /** How many octets a sealed payload is longer than the plain one. */
  public static final int OVERHEAD_BYTES = 1 + 16 + 16;

  private static final byte VERSION = 1;
  private static final int SALT_BYTES = 16;
  private static final int TAG_BITS = 128;
  private static final int PLACE_BYTES = 12;

  private final Suite suite;
  private final SecureRandom random = new SecureRandom();
  private final ThreadLocal<Kit> kits;

  public AtRest(Suite suite) {
    this.suite = suite;
    this.kits = ThreadLocal.withInitial(() -> suite == Suite.GM ? new GmKit() : new IntlKit());
  }

  public Suite suite() {
    return suite;
  }

  /**
   * @param row of the table the payload is stored in
   * @param purpose which table and column; one number for each, never given to another
   * @return {@link #OVERHEAD_BYTES} more than {@code plain}
   */
  public byte[] seal(DataKey key, long row, int purpose, byte[] plain) {
    return seal(key.bytes(), place(row, purpose), plain);
  }

  /**
   * @return exactly what was sealed for this row and purpose under this key
   * @throws SealRefused {@code rest.broken} when a bit, the row, the purpose or the key is another;
   *     {@code rest.version-unknown}
   */
  public byte[] open(DataKey key, long row, int purpose, byte[] sealed) {
    return open(key.bytes(), place(row, purpose), sealed, () -> "purpose " + purpose + " row " + row);
  }

  byte[] seal(byte[] key, byte[] place, byte[] plain) {
    byte[] out = new byte[plain.length + OVERHEAD_BYTES];
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    out[0] = VERSION;
    System.arraycopy(salt, 0, out, 1, SALT_BYTES);
    kits.get().seal(key, salt, place, plain, out, 1 + SALT_BYTES);
    return out;
  }

  byte[] open(byte[] key, byte[] place, byte[] sealed, Supplier<String> where) {
    if (sealed.length < OVERHEAD_BYTES) {
      throw new SealRefused(Reason.AT_REST_BROKEN, where.get());
    }
    if (sealed[0] != VERSION) {
      throw new SealRefused(Reason.AT_REST_VERSION, where.get());
    }
    byte[] salt = Arrays.copyOfRange(sealed, 1, 1 + SALT_BYTES);
    byte[] plain = kits.get().open(key, salt, place, sealed, 1 + SALT_BYTES);
    if (plain == null) {
      throw new SealRefused(Reason.AT_REST_BROKEN, where.get());
    }
    return plain;
  }

  private static byte[] place(long row, int purpose) {
    return ByteBuffer.allocate(PLACE_BYTES).putInt(purpose).putLong(row).array();
  }

  /** One thread's cipher, made once: making it anew costs more than using it. */
  private interface Kit {
    void seal(byte[] key, byte[] salt, byte[] place, byte[] plain, byte[] out, int outAt);

    /** The plain bytes, or null when they are not authentic. */
    byte[] open(byte[] key, byte[] salt, byte[] place, byte[] sealed, int at);
  }

  private static final class IntlKit implements Kit {
    private static final GCMParameterSpec NONCE_ZERO = new GCMParameterSpec(TAG_BITS, new byte[12]);

    private final Cipher cipher;

    IntlKit() {
      try {
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("Every Java platform has AES-GCM", e);
      }
    }

    private void init(int mode, byte[] key, byte[] salt, byte[] place) throws GeneralSecurityException {
      byte[] own = Suite.INTL.hmac(key, salt, place);
      cipher.init(mode, new SecretKeySpec(own, "AES"), NONCE_ZERO);
      Arrays.fill(own, (byte) 0);
      cipher.updateAAD(place);
    }

    @Override
    public void seal(byte[] key, byte[] salt, byte[] place, byte[] plain, byte[] out, int outAt) {
      try {
        init(Cipher.ENCRYPT_MODE, key, salt, place);
        cipher.doFinal(plain, 0, plain.length, out, outAt);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("Sealing in memory does not fail");
      }
    }

    @Override
    public byte[] open(byte[] key, byte[] salt, byte[] place, byte[] sealed, int at) {
      try {
        init(Cipher.DECRYPT_MODE, key, salt, place);
        return cipher.doFinal(sealed, at, sealed.length - at);
      } catch (GeneralSecurityException e) {
        return null;
      }
    }
  }

  private static final class GmKit implements Kit {
    private final GCMModeCipher cipher = GCMBlockCipher.newInstance(new SM4Engine());

    private void init(boolean encrypt, byte[] key, byte[] salt, byte[] place) {
      byte[] own = Suite.GM.hmac(key, salt, place);
      byte[] nonce = Arrays.copyOfRange(own, 16, 28);
      cipher.init(encrypt, new AEADParameters(new KeyParameter(own, 0, 16), TAG_BITS, nonce, place));
      Arrays.fill(own, (byte) 0);
    }

    @Override
    public void seal(byte[] key, byte[] salt, byte[] place, byte[] plain, byte[] out, int outAt) {
      try {
        init(true, key, salt, place);
        int done = cipher.processBytes(plain, 0, plain.length, out, outAt);
        cipher.doFinal(out, outAt + done);
      } catch (InvalidCipherTextException e) {
        throw new IllegalStateException("Sealing in memory does not fail");
      }
    }

    @Override
    public byte[] open(byte[] key, byte[] salt, byte[] place, byte[] sealed, int at) {
      try {
        init(false, key, salt, place);
        byte[] plain = new byte[cipher.getOutputSize(sealed.length - at)];
        int done = cipher.processBytes(sealed, at, sealed.length - at, plain, 0);
        cipher.doFinal(plain, done);
        return plain;
      } catch (InvalidCipherTextException e) {
        return null;
      }
    }
  }
}
