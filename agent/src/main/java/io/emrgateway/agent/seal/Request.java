package io.emrgateway.agent.seal;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

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

  /** @param gzip whether to compress it, unless it is too short */
  public static Request of(byte[] cms, byte[] entries, List<byte[]> bodies, boolean gzip) {
    long plain = plainBytes(cms, entries, bodies);
    boolean compress = gzip && plain >= COMPRESS_FROM_BYTES;
    ByteArrayOutputStream out = new ByteArrayOutputStream(Math.toIntExact(compress ? plain / 8 + 512 : plain));
    try (DataOutputStream to = new DataOutputStream(compress ? new FastGzip(out) : out)) {
      to.writeInt(cms.length);
      to.write(cms);
      to.writeInt(entries.length);
      to.write(entries);
      for (byte[] body : bodies) {
        to.write(body);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return new Request(out.toByteArray(), compress);
  }

  static long plainBytes(byte[] cms, byte[] entries, List<byte[]> bodies) {
    return 8L + cms.length + entries.length + bodies.stream().mapToLong(body -> body.length).sum();
  }

  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 16_384);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
