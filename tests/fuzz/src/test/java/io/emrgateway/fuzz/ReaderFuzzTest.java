package io.emrgateway.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.hl7.Msh;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Any text")
class ReaderFuzzTest {
  /** So many of each level are walked; a message may have a million, and reaching the n-th costs n. */
  private static final int WALKED = 6;

  /** How: every segment, field, repetition, component and subcomponent is asked for what it says. */
  @FuzzTest(maxExecutions = 9_000)
  void each_text_is_read_without_an_exception(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    Msh header = Msh.read(text);
    header.controlId();
    header.messageType();
    header.version();
    header.component(9, 2);
    if (header.end() < 0 || header.end() > text.length()) {
      throw new AssertionError("the header ends outside the text");
    }
    Hl7Message.read(text).ifPresent(ReaderFuzzTest::walk);
  }

  private static void walk(Hl7Message message) {
    for (Segment segment : message.segments()) {
      segment.place();
      for (int field = 0; field <= Math.min(segment.size() + 1, 60); field++) {
        Part whole = segment.field(Math.max(field, 1));
        ask(whole);
        for (int repetition = 1; repetition <= Math.min(whole.repetitions(), WALKED); repetition++) {
          ask(whole.repetition(repetition));
          for (int component = 1; component <= Math.min(whole.repetition(repetition).components(), WALKED); component++) {
            Part part = whole.repetition(repetition).component(component);
            ask(part);
            ask(part.subcomponent(1));
            ask(part.subcomponent(2));
          }
        }
      }
    }
    message.unread().forEach(Hl7Message.Unread::why);
  }

  private static void ask(Part part) {
    part.raw();
    part.text();
    part.whole();
    part.packed();
    part.isNull();
    if (part.isEmpty() && part.isValued()) {
      throw new AssertionError("empty, and yet it says something");
    }
  }
}
