package io.emrgateway.routes.camel.mllp;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.hl7.Msh;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How: 128 KiB of each pattern that makes a careless reader look back or look again. Whoever needs a step for
 * each pair of bytes needs 10^10 (it took 134 s once); the bound is twenty times what is needed, and counts this thread's own time.
 */
@DisplayName("A message of 128 KiB made to be slow")
class LinearTimeTest {
  private static final int BYTES = 1 << 17;
  private static final long BOUND_NANOS = 20_000_000_000L;
  private static final String HEAD = "MSH|^~\\&|HIS|H|GATEWAY|EDGE|20261122091517||ADT^A01^ADT_A01|slow|P|2.5\r";

  static Stream<Arguments> patterns() {
    String pid = HEAD + "EVN|A01|20261122091517\rPID|1||P1^^^H^PI||";
    String results = HEAD.replace("ADT^A01^ADT_A01", "ORU^R01") + "PID|1||P1^^^H^PI\rOBR|1||R^L|A\r";
    return Stream.of(
        Arguments.of("of separators", pid, "|"),
        Arguments.of("of repetitions", pid, "~"),
        Arguments.of("of repeated identifiers", HEAD + "EVN|A01|20261122091517\rPID|1||P1^^^H^PI", "~P1^^^H^PI"),
        Arguments.of("of components", pid, "^"),
        Arguments.of("of subcomponents", pid, "&"),
        Arguments.of("of escapes that never end", pid, "\\"),
        Arguments.of("of escapes", pid, "\\X41\\"),
        Arguments.of("of empty lines", pid, "\n"),
        Arguments.of("of carriage returns", pid, "\r"),
        Arguments.of("of segments", pid + "\r", "ZZZ|1\r"),
        Arguments.of("of headers", "", "MSH|^~\\&|\r"),
        Arguments.of("of allergies", pid + "\r", "AL1|1|DA|1^A\r"),
        Arguments.of("of diagnoses", pid + "\r", "DG1|1||A\r"),
        Arguments.of("of results", results, "OBX|1|ST|A||x\r"),
        Arguments.of("of reports", results, "OBR|1||R^L|A\rOBX|1|ST|A||x\r"),
        Arguments.of("of orders", HEAD.replace("ADT^A01^ADT_A01", "ORM^O01") + "PID|1||P1^^^H^PI\r", "ORC|NW\r"),
        Arguments.of("of vertical tabs", pid, "\u000b"),
        Arguments.of("of almost headers", pid, "\u000bMS"),
        Arguments.of("of file separators", pid, "\u001c"),
        Arguments.of("of byte order marks", "", "\ufeff"),
        Arguments.of("of question marks", pid, "?"),
        Arguments.of("of characters of four bytes", pid, "\ud840\udc00"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("patterns")
  void is_framed_decoded_read_and_mapped_in_time_that_grows_with_its_length(String name, String head, String pattern) {
    byte[] bytes = (head + pattern.repeat(BYTES / pattern.length())).getBytes(StandardCharsets.UTF_8);
    String text = new String(bytes, StandardCharsets.UTF_8);
    List<Long> spent = List.of(
      time(() -> frame(bytes)),
      time(() -> CharsetPolicy.of("detect").decode(bytes)),
      time(() -> Msh.read(text)),
      time(() -> Hl7Message.read(text)),
      time(() -> Mapping.shipped().map(text, Site.standard("H-0104"), "urn:uuid:0")));

    assertThat(spent).as("framing, decoding, header, reading, mapping in ns").allSatisfy(nanos -> assertThat(nanos).isLessThan(BOUND_NANOS));
  }

  private static void frame(byte[] bytes) {
    MllpFrames frames = new MllpFrames(16 << 20, free(), (content, broken) -> { });
    frames.read(Unpooled.wrappedBuffer(new byte[] {MllpFrames.VT}));
    for (int at = 0; at < bytes.length; at += 7) {
      frames.read(Unpooled.wrappedBuffer(bytes, at, Math.min(7, bytes.length - at)));
    }
    frames.end();
  }

  private static long time(Runnable step) {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    step.run();
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
  }

  /** Of a room that has some for anybody. */
  private static Room.Claim free() {
    return new Room(64 << 20, Room.PATIENCE).claim(1, () -> { }, () -> { });
  }
}
