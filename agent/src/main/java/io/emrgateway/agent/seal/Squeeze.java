package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Makes bundles small before they are sealed: raw deflate. A short one starts with a dictionary of what our bundles
 * always say, so that even 1 KB shrinks; a long one goes without, and then what is made for the disk is a piece of the
 * request too ({@link GzipPieces}): deflating a long report costs as much as mapping it, and is done once.
 *
 * <p>Layout: version (one octet: 0 as it was, 1 deflated with dictionary 1, 2 deflated as a piece), then for versions
 * 1 and 2 the plain length (4 octets, big-endian) and the deflated bytes. A dictionary that has shipped never changes;
 * a better one gets the next version.
 *
 * <p>Seal what comes out, never the other way round. Safe for any number of threads.
 */
public final class Squeeze {
  private static final byte AS_IT_WAS = 0;
  private static final byte DEFLATED_1 = 1;
  private static final byte PIECE = 2;
  /**
   * From here on what deflating twice costs is worth more than what a dictionary, and bodies side by side, save: a bundle
   * of 9 KB takes 50 us once instead of 84 and then 30, and 2.7 KB instead of 2.1.
   */
  static final int PIECE_FROM_BYTES = 6 << 10;
  /** How a piece ends: a stored block of no octets, which brings the next one to an octet's boundary. */
  private static final int FLUSHED = 0x0000FFFF;
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
    boolean piece = plain.length >= PIECE_FROM_BYTES;
    Deflater deflater = deflaters.get();
    deflater.reset();
    if (!piece) {
      deflater.setDictionary(DICTIONARY_1);
    }
    deflater.setInput(plain);
    byte[] out = new byte[Math.max(plain.length, HEAD_BYTES) + 1];
    int room = out.length - HEAD_BYTES;
    int written;
    boolean whole;
    if (piece) {
      written = deflater.deflate(out, HEAD_BYTES, room, Deflater.SYNC_FLUSH);
      whole = written < room;
    } else {
      deflater.finish();
      written = deflater.deflate(out, HEAD_BYTES, room);
      whole = deflater.finished();
    }
    deflater.setInput(new byte[0]); // the thread keeps the deflater, not the patient's text
    if (!whole || HEAD_BYTES + written > plain.length) {
      out[0] = AS_IT_WAS;
      System.arraycopy(plain, 0, out, 1, plain.length);
      return Arrays.copyOf(out, plain.length + 1);
    }
    out[0] = piece ? PIECE : DEFLATED_1;
    ByteBuffer.wrap(out).putInt(1, plain.length);
    return Arrays.copyOf(out, HEAD_BYTES + written);
  }

  /**
   * What of a squeezed bundle may stand in any stream of deflate blocks, at an octet's boundary: blocks that refer to
   * nothing before them, none of them the last.
   *
   * @return empty for a bundle that was squeezed otherwise
   */
  static Optional<ByteBuffer> piece(byte[] squeezed) {
    return squeezed.length > HEAD_BYTES && squeezed[0] == PIECE
        ? Optional.of(ByteBuffer.wrap(squeezed, HEAD_BYTES, squeezed.length - HEAD_BYTES)) : Optional.empty();
  }

  /**
   * @throws SealRefused {@code rest.squeeze-broken}; {@code rest.version-unknown} for a version or dictionary that
   *     this program does not have
   */
  public byte[] unsqueeze(byte[] squeezed) {
    if (squeezed.length == 0) {
      throw new SealRefused(Reason.SQUEEZE_BROKEN, "payload");
    }
    return switch (squeezed[0]) {
      case AS_IT_WAS -> Arrays.copyOfRange(squeezed, 1, squeezed.length);
      case DEFLATED_1, PIECE -> inflate(squeezed);
      default -> throw new SealRefused(Reason.AT_REST_VERSION, "payload");
    };
  }

  private byte[] inflate(byte[] squeezed) {
    int length = squeezed.length < HEAD_BYTES ? -1 : ByteBuffer.wrap(squeezed).getInt(1);
    if (length < 0 || length > PLAIN_BYTES_MAX) {
      throw new SealRefused(Reason.SQUEEZE_BROKEN, "payload");
    }
    boolean piece = squeezed[0] == PIECE;
    if (piece && ByteBuffer.wrap(squeezed).getInt(squeezed.length - 4) != FLUSHED) {
      throw new SealRefused(Reason.SQUEEZE_BROKEN, "payload");
    }
    Inflater inflater = inflaters.get();
    inflater.reset();
    if (!piece) {
      inflater.setDictionary(DICTIONARY_1);
    }
    inflater.setInput(squeezed, HEAD_BYTES, squeezed.length - HEAD_BYTES);
    byte[] plain = new byte[length];
    try {
      int read = inflater.inflate(plain);
      boolean more = read < length || inflater.inflate(new byte[1]) > 0;
      // A piece has no last block; its end is that of its octets.
      if (more || inflater.getRemaining() != 0 || inflater.finished() == piece) {
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
