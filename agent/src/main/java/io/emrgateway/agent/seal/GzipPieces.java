package io.emrgateway.agent.seal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * One gzip member (RFC 1952) of text that is deflated here and of pieces that are deflated already.
 *
 * <p>Deflate blocks (RFC 1951) may follow each other from any maker, if each begins at an octet's boundary and refers
 * to nothing before itself. So the text before a piece ends with a flush, and what follows the piece begins anew.
 */
final class GzipPieces {
  /** Deflate, no name, no time, fastest, unknown system. */
  private static final byte[] HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};
  /** An empty last block of fixed codes. */
  private static final byte[] LAST_BLOCK = {3, 0};
  private static final int BUFFER_BYTES = 16 << 10;

  private final ByteArrayOutputStream out;
  private final CRC32 crc = new CRC32();
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long plainBytes;
  /** Text has been given to the deflater since it began. */
  private boolean begun;

  /** @param sizeExpected a wrong guess costs a copy */
  GzipPieces(int sizeExpected) {
    out = new ByteArrayOutputStream(sizeExpected);
    out.writeBytes(HEAD);
  }

  void text(byte[] plain) {
    count(plain);
    begun = true;
    deflater.setInput(plain);
    drain(Deflater.NO_FLUSH);
  }

  /** @param piece of exactly this {@code plain}, as {@link Squeeze#piece} gives it */
  void piece(byte[] plain, ByteBuffer piece) {
    count(plain);
    flush();
    out.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
  }

  /** Ends the member; nothing may be added afterwards. */
  byte[] finish() {
    flush();
    deflater.end();
    out.writeBytes(LAST_BLOCK);
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) crc.getValue()).putInt((int) plainBytes).array());
    return out.toByteArray();
  }

  private void count(byte[] plain) {
    crc.update(plain);
    plainBytes += plain.length;
  }

  private void flush() {
    if (begun) {
      drain(Deflater.SYNC_FLUSH);
      deflater.reset();
      begun = false;
    }
  }

  private void drain(int how) {
    int written;
    do {
      written = deflater.deflate(buffer, 0, buffer.length, how);
      out.write(buffer, 0, written);
    } while (written == buffer.length);
  }
}
