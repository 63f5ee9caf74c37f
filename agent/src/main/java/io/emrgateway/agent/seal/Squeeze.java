package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Makes bundles small before they are sealed: raw deflate that starts with a dictionary of what our
 * bundles always say, so that even one of 1 KB shrinks.
 *
 * <p>Layout: version (one octet: 0 as it was, 1 deflated with dictionary 1), then for version 1 the plain
 * length (4 octets, big-endian) and the deflated bytes. A dictionary that has shipped never changes; a
 * better one gets the next version.
 *
 * <p>Seal what comes out, never the other way round, and only for storage: sizes of squeezed text tell
 * something of the text, which matters on a wire and not in our own file. Safe for any number of threads.
 */
public final class Squeeze {
  private static final byte AS_IT_WAS = 0;
  private static final byte DEFLATED_1 = 1;
  private static final int HEAD_BYTES = 5;
  private static final int PLAIN_BYTES_MAX = 64 << 20;
  private static final byte[] DICTIONARY_1 = dictionary("squeeze-1.txt");

  private final ThreadLocal<Deflater> deflaters;
  private final ThreadLocal<Inflater> inflaters = ThreadLocal.withInitial(() -> new Inflater(true));

  /** @param level 1 (fast) to 9 (small); 1 to 3 are worth their time here */
  public Squeeze(int level) {
    this.deflaters = ThreadLocal.withInitial(() -> new Deflater(level, true));
  }

  /** @return never more than one octet longer than {@code plain} */
  public byte[] squeeze(byte[] plain) {
    Deflater deflater = deflaters.get();
    deflater.reset();
    deflater.setDictionary(DICTIONARY_1);
    deflater.setInput(plain);
    deflater.finish();
    byte[] out = new byte[Math.max(plain.length, HEAD_BYTES) + 1];
    int written = deflater.deflate(out, HEAD_BYTES, out.length - HEAD_BYTES);
    deflater.setInput(new byte[0]); // the thread keeps the deflater, not the patient's text
    if (!deflater.finished() || HEAD_BYTES + written > plain.length) {
      out[0] = AS_IT_WAS;
      System.arraycopy(plain, 0, out, 1, plain.length);
      return Arrays.copyOf(out, plain.length + 1);
    }
    out[0] = DEFLATED_1;
    ByteBuffer.wrap(out).putInt(1, plain.length);
    return Arrays.copyOf(out, HEAD_BYTES + written);
  }

  /**
   * @throws SealRefused {@code rest.squeeze-broken}; {@code rest.version-unknown} for a dictionary that
   *     this version does not have
   */
  public byte[] unsqueeze(byte[] squeezed) {
    if (squeezed.length == 0) {
      throw new SealRefused(Reason.SQUEEZE_BROKEN, "payload");
    }
    return switch (squeezed[0]) {
      case AS_IT_WAS -> Arrays.copyOfRange(squeezed, 1, squeezed.length);
      case DEFLATED_1 -> inflate(squeezed);
      default -> throw new SealRefused(Reason.AT_REST_VERSION, "payload");
    };
  }

  private byte[] inflate(byte[] squeezed) {
    int length = squeezed.length < HEAD_BYTES ? -1 : ByteBuffer.wrap(squeezed).getInt(1);
    if (length < 0 || length > PLAIN_BYTES_MAX) {
      throw new SealRefused(Reason.SQUEEZE_BROKEN, "payload");
    }
    Inflater inflater = inflaters.get();
    inflater.reset();
    inflater.setDictionary(DICTIONARY_1);
    inflater.setInput(squeezed, HEAD_BYTES, squeezed.length - HEAD_BYTES);
    byte[] plain = new byte[length];
    try {
      int read = inflater.inflate(plain);
      boolean ended = inflater.finished() || read == length && inflater.inflate(new byte[1]) == 0 && inflater.finished();
      if (read != length || !ended || inflater.getRemaining() != 0) {
        throw new SealRefused(Reason.SQUEEZE_BROKEN, "payload");
      }
      return plain;
    } catch (DataFormatException e) {
      throw new SealRefused(Reason.SQUEEZE_BROKEN, "payload");
    } finally {
      inflater.setInput(new byte[0]);
    }
  }

  private static byte[] dictionary(String name) {
    try (InputStream in = Squeeze.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException | NullPointerException e) {
      throw new IllegalStateException("The dictionary " + name + " is part of this package");
    }
  }
}
