package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.YearMonth;
import java.util.Arrays;

/** Makes the monthly data keys, and wraps them for the database under the master key. */
public final class DataKeys {
  private static final int BYTES = 32;

  private final AtRest atRest;
  private final MasterKey master;
  private final SecureRandom random = new SecureRandom();

  public DataKeys(AtRest atRest, MasterKey master) {
    this.atRest = atRest;
    this.master = master;
  }

  /** A data key as the database keeps it. */
  public record Wrapped(YearMonth month, String id, byte[] bytes) {
    @Override
    public String toString() {
      return "Wrapped[" + month + " " + id + "]";
    }
  }

  /** A new key for the month, with a new id. */
  public DataKey make(YearMonth month) {
    byte[] key = new byte[BYTES];
    byte[] id = new byte[8];
    random.nextBytes(key);
    random.nextBytes(id);
    return new DataKey(month, Suite.hex(id), key);
  }

  /** The same key, of use only to the holder of the master key. */
  public Wrapped wrap(DataKey key) {
    return new Wrapped(key.month(), key.id(), atRest.seal(master.bytes(), label(key.month(), key.id()), key.bytes()));
  }

  /**
   * @throws SealRefused {@code rest.broken} when month, id or bytes are not those that were wrapped
   *     together, or the master key is another
   */
  public DataKey unwrap(Wrapped wrapped) {
    byte[] label = label(wrapped.month(), wrapped.id());
    byte[] key = atRest.open(master.bytes(), label, wrapped.bytes(), () -> "data key " + wrapped.month());
    if (key.length != BYTES) {
      Arrays.fill(key, (byte) 0);
      throw new SealRefused(Reason.AT_REST_BROKEN, "data key " + wrapped.month());
    }
    return new DataKey(wrapped.month(), wrapped.id(), key);
  }

  private static byte[] label(YearMonth month, String id) {
    return ("emr-gateway data key " + month + " " + id).getBytes(StandardCharsets.UTF_8);
  }
}
