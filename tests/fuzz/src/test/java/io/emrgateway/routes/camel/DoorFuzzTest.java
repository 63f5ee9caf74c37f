package io.emrgateway.routes.camel;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import io.emrgateway.mappings.hl7.Undecodable;
import io.emrgateway.routes.camel.mllp.Answer;
import io.emrgateway.routes.camel.mllp.Intake;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.camel.mllp.Room;
import io.emrgateway.routes.core.intake.Admission;
import io.emrgateway.routes.core.intake.Arrival;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;

@DisplayName("A frame with any bytes in it")
class DoorFuzzTest {
  private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-22T04:00:00Z"), ZoneOffset.UTC);
  private static final Admission FIRST = new Admission(7, Admission.Kind.FIRST);
  private static final List<Listener> DOORS = Stream.of("detect", "msh-18", "GB18030", "GBK", "UTF-8")
      .map(charset -> Listener.plain("his", "127.0.0.1", 2575).withCharset(CharsetPolicy.of(charset))).toList();

  private final Acknowledge acknowledge = new Acknowledge(Intake.UNWATCHED, NOON);

  /** How: through every charset policy; the header is read, and the answer written to whatever it says. */
  @FuzzTest(maxExecutions = 8_000)
  void each_frame_is_read_and_answered(byte[] frame) {
    for (Listener door : DOORS) {
      decodesTheSameAgain(door.charset().decode(frame), frame);
      Received received = new Read(door, Intake.UNWATCHED, new Room(1 << 20, Room.PATIENCE))
          .received(new Arrival("his", NOON.instant(), frame, null));
      Answer answer = received.message().refused() == null
          ? acknowledge.accept(FIRST, received)
          : acknowledge.answer(received, received.message().refused());
      answer.frames().forEach(DoorFuzzTest::isOneMessage);
    }
  }

  /** The promise of {@link Decoded}: its charset, taken at its word, gives the same text. */
  private static void decodesTheSameAgain(CharsetPolicy.Outcome outcome, byte[] frame) {
    if (outcome instanceof Decoded decoded) {
      if (!Charset.isSupported(decoded.charset())) {
        throw new AssertionError("no charset of Java: its name has " + decoded.charset().length() + " characters");
      }
      boolean same = CharsetPolicy.of(decoded.charset()).decode(frame) instanceof Decoded again
          && again.text().equals(decoded.text());
      if (!same) {
        throw new AssertionError("decoded again as " + decoded.charset() + ", the text is another");
      }
    } else if (outcome instanceof Undecodable bad && (bad.offset() < 0 || bad.offset() > frame.length)) {
      throw new AssertionError("the place lies outside: " + bad.offset());
    }
  }

  /** What a sender put into its header must not tear our answer: no framing byte, no line that is no segment of ours. */
  private static void isOneMessage(byte[] answer) {
    for (byte octet : answer) {
      if (octet == 0x0B || octet == 0x1C || octet == '\n') {
        throw new AssertionError("a byte in the answer that tears it: " + octet);
      }
    }
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    for (String segment : text.split("\r")) {
      if (!segment.startsWith("MSH") && !segment.startsWith("MSA") && !segment.startsWith("ERR")) {
        throw new AssertionError("a segment in the answer that we did not write");
      }
    }
  }
}
