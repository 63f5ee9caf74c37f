package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The key outside the database that wraps every key inside it. Whoever has only the database, or only this
 * file, has nothing.
 *
 * <p>32 random bytes in a file of mode 0600. Losing it loses every payload at rest: back it up, apart from
 * the database.
 */
public final class MasterKey implements AutoCloseable {
  private static final int BYTES = 32;

  private final byte[] key;
  private volatile boolean closed;

  private MasterKey(byte[] key) {
    this.key = key;
  }

  /**
   * Makes a new one, durable when this returns.
   *
   * @throws SealRefused {@code seal.key-file-exists}: a master key is never overwritten
   */
  public static MasterKey create(Path file) {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    SecretFile.create(file, key);
    return new MasterKey(key);
  }

  /**
   * @throws SealRefused {@code seal.key-file-unreadable}, {@code seal.key-file-open-to-others} when group
   *     or world may access it, {@code seal.key-file-content} unless it is exactly 32 bytes
   */
  public static MasterKey load(Path file) {
    byte[] key = SecretFile.read(file, BYTES);
    if (key.length != BYTES) {
      Arrays.fill(key, (byte) 0);
      throw new SealRefused(Reason.KEY_FILE_CONTENT, SecretFile.place(file));
    }
    return new MasterKey(key);
  }

  /** @throws IllegalStateException once closed: sealing under zeros would look like success */
  byte[] bytes() {
    if (closed) {
      throw new IllegalStateException("The master key was closed and is used again");
    }
    return key;
  }

  /** Forgets the key. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(key, (byte) 0);
  }

  @Override
  public String toString() {
    return "MasterKey[…]";
  }
}
