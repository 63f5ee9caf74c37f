package io.emrgateway.agent.lookup;

import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
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

  /**
   * @return every frame, at least one
   * @throws SealRefused {@code lookup.frames-broken} unless they end where the octets do
   */
  static List<byte[]> read(byte[] all) {
    List<byte[]> frames = new ArrayList<>();
    int at = 0;
    do {
      if (all.length - at < 4) {
        throw new SealRefused(Reason.FRAMES_BROKEN, "frame " + (frames.size() + 1));
      }
      int length = ByteBuffer.wrap(all, at, 4).getInt();
      at += 4;
      if (length < 0 || length > all.length - at) {
        throw new SealRefused(Reason.FRAMES_BROKEN, "frame " + (frames.size() + 1));
      }
      frames.add(Arrays.copyOfRange(all, at, at + length));
      at += length;
    } while (at < all.length);
    return frames;
  }
}
