package io.emrgateway.routes.camel.mllp;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.routes.core.intake.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A conversation")
class MllpConversationTest {
  private final EmbeddedChannel channel = new EmbeddedChannel(new MllpConversation(
      Listener.plain("adt", "127.0.0.1", 2575), Intake.UNWATCHED, Clock.systemUTC(), new Room(64 << 20, Room.PATIENCE)));

  private static ByteBuf ascii(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private static Answer answer(String... frames) {
    return new Answer(
        List.of(frames).stream().map(f -> f.getBytes(StandardCharsets.US_ASCII)).toList(), false);
  }

  private String next() {
    Arrival arrival = channel.readInbound();
    return arrival == null ? null : new String(arrival.bytes(), StandardCharsets.US_ASCII);
  }

  @Test
  void hands_on_the_next_message_only_after_the_answer_before() {
    channel.writeInbound(ascii("\u000bone\u001c\r\u000btwo\u001c\r\u000bthree\u001c\r"));
    assertThat(next()).isEqualTo("one");
    assertThat(next()).isNull();
    channel.writeOutbound(answer("A1\r"));
    assertThat(next()).isEqualTo("two");
    assertThat(next()).isNull();
    channel.writeOutbound(Answer.NONE);
    assertThat(next()).isEqualTo("three");
  }

  @Test
  void stops_reading_while_more_has_come_than_it_may_hand_on() {
    channel.writeInbound(ascii("\u000bone\u001c\r"));
    assertThat(channel.config().isAutoRead()).isTrue();
    channel.writeInbound(ascii("\u000btwo\u001c\r"));
    assertThat(channel.config().isAutoRead()).isFalse();
    channel.writeOutbound(answer("A1\r"));
    channel.writeOutbound(answer("A2\r"));
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void writes_both_answers_of_one_message_in_one_piece() {
    channel.writeInbound(ascii("\u000bone\u001c\r"));
    channel.writeOutbound(answer("CA\r", "AA\r"));
    ByteBuf written = channel.readOutbound();
    assertThat(written.toString(StandardCharsets.US_ASCII)).isEqualTo("\u000bCA\r\u001c\r\u000bAA\r\u001c\r");
    Object more = channel.readOutbound();
    assertThat(more).isNull();
    written.release();
  }

  @Test
  void lets_nothing_but_an_answer_reach_the_wire() {
    channel.writeInbound(ascii("\u000bone\u001c\r"));
    channel.writeOutbound(new IllegalStateException("inside"));
    Object written = channel.readOutbound();
    assertThat(written).isNull();
    channel.runPendingTasks();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void hands_on_everything_that_came_whole_when_the_sender_hangs_up() {
    channel.writeInbound(ascii("\u000bone\u001c\r\u000btwo\u001c\r\u000bthr"));
    channel.close();
    assertThat(next()).isEqualTo("one");
    assertThat(next()).isEqualTo("two");
    assertThat(next()).isEqualTo("thr");
  }
}
