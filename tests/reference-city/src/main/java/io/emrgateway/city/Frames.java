package io.emrgateway.city;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Frames: four octets of length, big-endian, and that many octets. */
final class Frames {
  private Frames() {}

  /**
   * The next frame.
   *
   * @param shortOne thrown if the input ends before the frame does
   * @param longOne thrown if the frame is longer than {@code max}
   */
  static byte[] read(InputStream in, int max, Refused shortOne, Refused longOne) throws IOException {
    byte[] length = in.readNBytes(4);
    if (length.length < 4) {
      throw shortOne;
    }
    long size =
        (length[0] & 0xffL) << 24 | (length[1] & 0xffL) << 16 | (length[2] & 0xffL) << 8 | length[3] & 0xffL;
    if (size > max) {
      throw longOne;
    }
    byte[] frame = in.readNBytes((int) size);
    if (frame.length < size) {
      throw shortOne;
    }
    return frame;
  }

  static void write(OutputStream out, byte[] frame) throws IOException {
    int size = frame.length;
    out.write(new byte[] {(byte) (size >>> 24), (byte) (size >>> 16), (byte) (size >>> 8), (byte) size});
    out.write(frame);
  }

  /** The frame around {@code content}, in one piece. */
  static byte[] framed(byte[] content) {
    var bytes = new ByteArrayOutputStream(content.length + 4);
    try {
      write(bytes, content);
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail to be written", e);
    }
    return bytes.toByteArray();
  }
}
