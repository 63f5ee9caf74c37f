package io.emrgateway.agent.seal;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The body of the request that carries a batch: length and CMS, length and entries, bodies end to end; lengths are 4
 * octets, big-endian.
 *
 * @param bytes as they are sent
 * @param gzip whether they are compressed, which the request has to say
 */
public record Request(byte[] bytes, boolean gzip) {
  /** Less is not worth a header line. */
  private static final int COMPRESS_FROM_BYTES = 2_048;

  /**
   * @param squeezed the same bodies as {@link Squeeze} made them, so that what was deflated for the disk is not
   *     deflated again
   * @param gzip whether to compress it, unless it is too short
   */
  public static Request of(byte[] cms, byte[] entries, List<byte[]> bodies, List<byte[]> squeezed, boolean gzip) {
    int plain = Math.toIntExact(plainBytes(cms, entries, bodies));
    return gzip && plain >= COMPRESS_FROM_BYTES
        ? new Request(compressed(cms, entries, bodies, squeezed, plain), true)
        : new Request(plain(cms, entries, bodies, plain), false);
  }

  private static byte[] plain(byte[] cms, byte[] entries, List<byte[]> bodies, int size) {
    ByteBuffer out = ByteBuffer.allocate(size);
    out.putInt(cms.length).put(cms).putInt(entries.length).put(entries);
    bodies.forEach(out::put);
    return out.array();
  }

  private static byte[] compressed(byte[] cms, byte[] entries, List<byte[]> bodies, List<byte[]> squeezed, int plain) {
    GzipPieces out = new GzipPieces(plain / 8 + 512);
    out.text(length(cms));
    out.text(cms);
    out.text(length(entries));
    out.text(entries);
    for (int k = 0; k < bodies.size(); k++) {
      Optional<ByteBuffer> piece = Squeeze.piece(squeezed.get(k));
      if (piece.isPresent()) {
        out.piece(bodies.get(k), piece.get());
      } else {
        out.text(bodies.get(k));
      }
    }
    return out.finish();
  }

  private static byte[] length(byte[] of) {
    return ByteBuffer.allocate(4).putInt(of.length).array();
  }

  static long plainBytes(byte[] cms, byte[] entries, List<byte[]> bodies) {
    return 8L + cms.length + entries.length + bodies.stream().mapToLong(body -> body.length).sum();
  }
}
