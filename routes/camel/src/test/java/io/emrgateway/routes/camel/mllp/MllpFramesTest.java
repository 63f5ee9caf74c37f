package io.emrgateway.routes.camel.mllp;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.routes.core.Refused.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Frames")
class MllpFramesTest {

  /** What was found, written so: whole messages as they are, fragments with the first letter of their reason. */
  private static final class Found implements MllpFrames.Taker {
    final List<String> all = new ArrayList<>();

    @Override
    public void take(byte[] bytes, Reason broken) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1)
          .replace('\u000b', '<').replace('\u001c', '>').replace('\r', '.').replace('\n', ',');
      all.add(broken == null ? text : switch (broken) {
        case FRAME_UNTERMINATED -> "cut:" + text;
        case BYTES_BETWEEN_FRAMES -> "stray:" + text;
        case FRAME_TOO_LARGE -> "large:" + text.length();
        default -> "?";
      });
    }
  }

  private static ByteBuf bytes(String picture) {
    return Unpooled.copiedBuffer(
        picture.replace('<', '\u000b').replace('>', '\u001c').replace('.', '\r').replace(',', '\n').replace('_', ' '),
        StandardCharsets.ISO_8859_1);
  }

  /** In the pictures: {@code <} VT, {@code >} FS, {@code .} CR, {@code ,} LF, {@code _} blank. Then the peer closes. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', value = {
      "one message                  | <MSH1>.              | MSH1",
      "two in one read              | <MSH1>.<MSH2>.       | MSH1 MSH2",
      "CR before FS is content      | <MSH1.>.             | MSH1.",
      "no CR, then VT               | <MSH1><MSH2>.        | MSH1 MSH2",
      "no CR, then the end          | <MSH1>               | MSH1",
      "LF instead of CR             | <MSH1>,<MSH2>.       | MSH1 MSH2",
      "a lone FS is text            | <MSH>1>.             | MSH>1",
      "FS FS CR                     | <MSH1>>.             | MSH1>",
      "line ends between frames     | <MSH1>.,.,_<MSH2>.   | MSH1 MSH2",
      "FS CR twice                  | <MSH1>.>.<MSH2>.     | MSH1 MSH2",
      "bytes between frames         | <MSH1>.abc<MSH2>.    | MSH1 stray:abc MSH2",
      "bytes before the first       | abc.def<MSH1>.       | stray:abc.def MSH1",
      "no frame at all              | MSH1.                | stray:MSH1.",
      "no end                       | <MSH1.               | cut:MSH1.",
      "cut, and sent again          | <MSH1<MSH2>.         | cut:MSH1 MSH2",
      "cut at MS, and sent again    | <MS<MSH2>.           | cut:MS MSH2",
      "VT twice                     | <<MSH1>.             | MSH1",
      "VT in the text is text       | <MSH1<x>.            | MSH1<x",
      "VT M in the text is text     | <MSH1<Mx>.           | MSH1<Mx",
      "VT at the end of the text    | <MSH1<>.             | MSH1<",
      "VT MS at the end             | <MSH1<MS>.           | MSH1<MS",
      "VT VT in the text            | <MSH1<<x>.           | MSH1<<x",
      "cut by two VT                | <MSH1<<MSH2>.        | cut:MSH1< MSH2",
      "cut three times              | <MSH1<MSH2<MSH3>.    | cut:MSH1 cut:MSH2 MSH3",
      "empty                        | <>.                  | ''",
      "nothing                      | .,                   | "
  })
  void are_found_whole_in_any_splitting(String name, String picture, String expected) {
    List<String> want = expected == null ? List.of()
        : expected.isEmpty() ? List.of("") : List.of(expected.split(" "));
    Random random = new Random(picture.hashCode());
    for (int round = 0; round < 60; round++) {
      Found found = new Found();
      MllpFrames frames = new MllpFrames(1 << 20, free(), found);
      ByteBuf all = bytes(picture);
      while (all.isReadable()) {
        int size = round == 0 ? all.readableBytes() : round == 1 ? 1 : 1 + random.nextInt(all.readableBytes());
        frames.read(all.readSlice(size));
      }
      frames.end();
      assertThat(found.all).isEqualTo(want);
    }
  }

  /** How: 3 000 seeded streams of made-up bytes; whole read, byte by byte and randomly split must agree. */
  @Test
  void are_found_alike_however_tcp_splits_the_stream() {
    Random random = new Random(11);
    String alphabet = "<>..,MSHMSHx_abc";
    for (int round = 0; round < 3_000; round++) {
      StringBuilder picture = new StringBuilder();
      for (int n = random.nextInt(60); n > 0; n--) {
        picture.append(random.nextInt(4) == 0 ? "<MSH" : alphabet.charAt(random.nextInt(alphabet.length())));
      }
      List<List<String>> answers = new ArrayList<>();
      for (int way = 0; way < 3; way++) {
        Found found = new Found();
        MllpFrames frames = new MllpFrames(40, free(), found);
        ByteBuf all = bytes(picture.toString());
        while (all.isReadable()) {
          int size = way == 0 ? all.readableBytes() : way == 1 ? 1 : 1 + random.nextInt(all.readableBytes());
          frames.read(all.readSlice(size));
        }
        frames.end();
        answers.add(found.all.stream().map(s -> s.startsWith("large:") ? "large" : s).toList());
      }
      assertThat(answers.get(1)).as(picture.toString()).isEqualTo(answers.get(0));
      assertThat(answers.get(2)).as(picture.toString()).isEqualTo(answers.get(0));
    }
  }

  @Test
  void end_at_fs_when_nothing_follows_for_a_moment() {
    Found found = new Found();
    MllpFrames frames = new MllpFrames(1 << 20, free(), found);
    frames.read(bytes("<MSH1>"));
    assertThat(frames.awaitsCr()).isTrue();
    assertThat(found.all).isEmpty();
    frames.quiet();
    assertThat(found.all).containsExactly("MSH1");
    frames.read(bytes(".<MSH2>."));
    assertThat(found.all).containsExactly("MSH1", "MSH2");
  }

  /** How: 16 MiB, a byte at a time; quadratic work would take hours. */
  @Test
  void cost_the_same_in_16_million_packets_as_in_one() {
    Found found = new Found();
    int size = 16 * 1024 * 1024;
    int[] taken = {0};
    MllpFrames frames = new MllpFrames(size, free(), (bytes, broken) -> {
      assertThat(broken).isNull();
      taken[0] = bytes.length;
    });
    ByteBuf one = Unpooled.wrappedBuffer(new byte[] {'x'});
    long start = System.nanoTime();
    frames.read(bytes("<"));
    for (int i = 0; i < size; i++) {
      one.readerIndex(0);
      frames.read(one);
    }
    frames.read(bytes(">."));
    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat(taken[0]).isEqualTo(size);
    assertThat(seconds).isLessThan(20);
    assertThat(found.all).isEmpty();
  }

  @Test
  void over_the_limit_keep_64_KiB_and_take_nothing_more() {
    List<byte[]> kept = new ArrayList<>();
    MllpFrames frames = new MllpFrames(100_000, free(), (bytes, broken) -> {
      assertThat(broken).isEqualTo(Reason.FRAME_TOO_LARGE);
      kept.add(bytes);
    });
    frames.read(bytes("<MSH"));
    ByteBuf chunk = Unpooled.wrappedBuffer(new byte[10_000]);
    for (int i = 0; i < 1_000; i++) {
      chunk.readerIndex(0);
      frames.read(chunk);
    }
    frames.read(bytes(">.<MSH2>."));
    frames.end();
    assertThat(kept).hasSize(1);
    assertThat(kept.get(0)).hasSize(64 * 1024).startsWith('M', 'S', 'H');
    assertThat(frames.spent()).isTrue();
  }

  @Test
  void outside_of_which_more_than_64_KiB_come_end_the_connection() {
    Found found = new Found();
    MllpFrames frames = new MllpFrames(1 << 20, free(), found);
    frames.read(Unpooled.wrappedBuffer("y".repeat(70_000).getBytes(StandardCharsets.US_ASCII)));
    assertThat(found.all).hasSize(1);
    assertThat(found.all.get(0)).startsWith("stray:").hasSize(6 + 64 * 1024);
    assertThat(frames.spent()).isTrue();
  }

  /** Of a room that has some for anybody. */
  private static Room.Claim free() {
    return new Room(64 << 20, Room.PATIENCE).claim(1, () -> { }, () -> { });
  }
}
