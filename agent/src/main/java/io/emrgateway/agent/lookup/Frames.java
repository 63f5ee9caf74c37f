package io.emrgateway.agent.lookup;

import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;

/** Octets one behind the other, each with its length before it (4 octets, big-endian), as the city contract frames them. */
final class Frames {
  private Frames() {}

  static byte[] of(byte[] first, List<byte[]> more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(first.length + 4 + more.stream().mapToInt(one -> one.length + 4).sum());
    frame(out, first);
    more.forEach(one -> frame(out, one));
    return out.toByteArray();
  }

  private static void frame(ByteArrayOutputStream out, byte[] bytes) {
    out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
    out.writeBytes(bytes);
  }

  /** Reads frames one after the other, so that whoever has no room for one need not hold it. */
  static final class Reader {
    private final DataInputStream in;
    private int read;

    Reader(InputStream in) {
      this.in = new DataInputStream(in);
    }

    /**
     * The length of the next frame, in octets; {@link #frame} or {@link #pass} has to follow.
     *
     * @throws SealRefused {@code lookup.frames-broken} if there is none
     */
    int length() throws IOException {
      read++;
      int length;
      try {
        length = in.readInt();
      } catch (EOFException none) {
        throw broken();
      }
      if (length < 0) {
        throw broken();
      }
      return length;
    }

    /** @throws SealRefused {@code lookup.frames-broken} if it is shorter than it said */
    byte[] frame(int length) throws IOException {
      byte[] frame = in.readNBytes(length);
      if (frame.length < length) {
        throw broken();
      }
      return frame;
    }

    void pass(int length) throws IOException {
      try {
        in.skipNBytes(length);
      } catch (EOFException shorter) {
        throw broken();
      }
    }

    /** @throws SealRefused {@code lookup.frames-broken} unless the frames end where the octets do */
    void end() throws IOException {
      if (in.read() >= 0) {
        throw broken();
      }
    }

    private SealRefused broken() {
      return new SealRefused(Reason.FRAMES_BROKEN, "frame " + read);
    }
  }
}
