package io.emrgateway.routes.camel.mllp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.emrgateway.routes.core.Refused.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

@DisplayName("A stream of any bytes")
class FramingFuzzTest {
  private static final int CONTENT_MAX = 1024;

  /** How: the same bytes whole, one by one, and cut where the input itself says. */
  @FuzzTest(maxExecutions = 32_000)
  void each_stream_is_cut_the_same_however_it_is_packed(byte[] stream) {
    List<String> whole = taken(stream, stream.length);
    // Each is written with VT in front as well: mutated messages seldom bring one.
    byte[] framed = framed(stream);

    same(whole, taken(stream, 1));
    same(taken(framed, framed.length), taken(framed, 1));
    same(taken(framed, framed.length), taken(framed, 1 + (stream.length == 0 ? 0 : stream[0] & 0x3F)));
  }

  private static void same(List<String> one, List<String> other) {
    if (!one.equals(other)) {
      throw new AssertionError("packed otherwise, the stream was cut otherwise: " + one.size() + " and " + other.size());
    }
  }

  private static byte[] framed(byte[] stream) {
    byte[] framed = new byte[stream.length + 3];
    framed[0] = MllpFrames.VT;
    System.arraycopy(stream, 0, framed, 1, stream.length);
    framed[framed.length - 2] = MllpFrames.FS;
    framed[framed.length - 1] = MllpFrames.CR;
    return framed;
  }

  /**
   * What the framing hands over, packet by packet. Of what is too large only the beginning is kept, and how much of
   * it depends on the packets: only that it was too large is compared.
   */
  private static List<String> taken(byte[] stream, int packet) {
    List<String> taken = new ArrayList<>();
    int[] bytes = {0};
    MllpFrames frames = new MllpFrames(CONTENT_MAX, free(), (content, broken) -> {
      bytes[0] += content.length;
      boolean tooLarge = broken == Reason.FRAME_TOO_LARGE;
      taken.add(broken + " " + (tooLarge ? "" : Arrays.hashCode(content) + " " + content.length));
      if (!tooLarge && broken == null && content.length > CONTENT_MAX) {
        throw new AssertionError("a message longer than allowed: " + content.length);
      }
    });
    for (int at = 0; at < stream.length; at += packet) {
      ByteBuf in = Unpooled.wrappedBuffer(stream, at, Math.min(packet, stream.length - at));
      frames.read(in);
      if (in.isReadable()) {
        throw new AssertionError("bytes were left unread");
      }
    }
    frames.end();
    if (bytes[0] > stream.length) {
      throw new AssertionError("more bytes came out than went in");
    }
    return taken;
  }

  /** Of a room that has some for anybody. */
  private static Room.Claim free() {
    return new Room(64 << 20, Room.PATIENCE).claim(1, () -> { }, () -> { });
  }
}
