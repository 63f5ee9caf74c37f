package io.emrgateway.city;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** Bodies as they lie on disk: raw deflate at its fastest, a fifth of the size for a twentieth of a millisecond. */
final class Packed {
  private Packed() {}

  /** @param deflater made with {@code nowrap}; reset here, so that one serves a whole batch */
  static byte[] pack(byte[] body, Deflater deflater) {
    deflater.reset();
    deflater.setInput(body);
    deflater.finish();
    byte[] out = new byte[body.length / 2 + 128];
    int size = 0;
    while (!deflater.finished()) {
      if (size == out.length) {
        out = Arrays.copyOf(out, out.length * 2);
      }
      size += deflater.deflate(out, size, out.length - size);
    }
    return Arrays.copyOf(out, size);
  }

  static byte[] unpack(byte[] packed) {
    Inflater inflater = new Inflater(true);
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(packed), inflater)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(packed.length * 5);
      in.transferTo(out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("a stored body is damaged", e);
    } finally {
      inflater.end();
    }
  }
}
