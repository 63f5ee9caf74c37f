package io.emrgateway.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/** Frames of the minimal lower layer protocol: 0B, message, 1C 0D. */
final class Mllp {
  static final byte START = 0x0B;
  static final byte END = 0x1C;
  static final byte CR = 0x0D;

  private Mllp() {}

  static byte[] framed(byte[] message) {
    byte[] frame = new byte[message.length + 3];
    frame[0] = START;
    System.arraycopy(message, 0, frame, 1, message.length);
    frame[frame.length - 2] = END;
    frame[frame.length - 1] = CR;
    return frame;
  }

  /** Reads frames off a socket; what arrives outside a frame is skipped. Keeps a half frame over a time-out. */
  static final class Reader {
    private static final int FRAME_BYTES_MAX = 1 << 20;

    private final Socket socket;
    private final InputStream in;
    private byte[] buffer = new byte[4_096];
    private int from;
    private int to;
    /** Where to look for the next end, so that a frame in many packets is not scanned from its start each time. */
    private int scanned;

    Reader(Socket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
    }

    /**
     * The next whole frame's content, or null if none is complete by the deadline.
     *
     * @param deadline of {@link System#nanoTime()}
     * @throws IOException if the peer closed or reset the connection
     */
    byte[] next(long deadline) throws IOException {
      while (true) {
        byte[] frame = complete();
        if (frame != null) {
          return frame;
        }
        long left = (deadline - System.nanoTime() + 999_999) / 1_000_000;
        if (left <= 0) {
          return null;
        }
        makeRoom();
        socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
        int read;
        try {
          read = in.read(buffer, to, buffer.length - to);
        } catch (SocketTimeoutException e) {
          return null;
        }
        if (read < 0) {
          throw new IOException("closed by the peer");
        }
        to += read;
      }
    }

    private byte[] complete() {
      while (from < to && buffer[from] != START) {
        from++;
      }
      for (int i = Math.max(scanned, from); i < to; i++) {
        if (buffer[i] == END) {
          byte[] frame = Arrays.copyOfRange(buffer, from + 1, i);
          from = i + 1;
          scanned = from;
          return frame;
        }
      }
      scanned = to;
      return null;
    }

    private void makeRoom() throws IOException {
      if (from == to) {
        from = to = scanned = 0;
      } else if (to == buffer.length) {
        if (to - from > FRAME_BYTES_MAX) {
          throw new IOException("an answer without end");
        }
        byte[] bigger = from > buffer.length / 2 ? buffer : new byte[buffer.length * 2];
        System.arraycopy(buffer, from, bigger, 0, to - from);
        to -= from;
        scanned -= from;
        from = 0;
        buffer = bigger;
      }
    }
  }
}
