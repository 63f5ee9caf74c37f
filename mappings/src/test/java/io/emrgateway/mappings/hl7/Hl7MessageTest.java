package io.emrgateway.mappings.hl7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.parser.GenericModelClassFactory;
import ca.uhn.hl7v2.parser.PipeParser;
import ca.uhn.hl7v2.util.Terser;
import ca.uhn.hl7v2.validation.impl.ValidationContextFactory;
import io.emrgateway.mappings.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The reader")
class Hl7MessageTest {

  @ParameterizedTest
  @ValueSource(strings = {"\r", "\n", "\r\n"})
  void takes_any_segment_end(String end) {
    Hl7Message message = read("MSH|^~\\&|A" + end + "PID|1||7" + end);

    assertThat(message.segments()).extracting(Segment::name).containsExactly("MSH", "PID");
    assertThat(message.first("PID").field(3).text()).isEqualTo("7");
    assertThat(message.unread()).isEmpty();
  }

  @Test
  void skips_what_stands_in_front_and_reports_lines_that_are_no_segment() {
    Hl7Message message = read("\uFEFF\u000B FHS|^~\\&\rMSH|^~\\&|A\rstray text\rPID|1\rMSH|^~\\&|B\rPID|2\r\u001C");

    assertThat(message.segments()).hasSize(2);
    assertThat(message.unread()).extracting(Hl7Message.Unread::why).containsExactly(
        Hl7Message.Unread.Why.BEFORE_HEADER, Hl7Message.Unread.Why.NOT_A_SEGMENT,
        Hl7Message.Unread.Why.SECOND_MESSAGE, Hl7Message.Unread.Why.SECOND_MESSAGE);
  }

  @Test
  void uses_the_delimiters_that_the_message_names() {
    Hl7Message message = read("MSH#*!@%#A\rPID#1##5*a%b!6*c@T@d\r");

    Part field = message.first("PID").field(3);
    assertThat(field.repetitions()).isEqualTo(2);
    assertThat(field.repetition(1).component(2).subcomponent(2).text()).isEqualTo("b");
    assertThat(field.repetition(2).component(2).text()).isEqualTo("c%d");
  }

  @Test
  void fills_in_encoding_characters_that_are_missing() {
    Hl7Message message = read("MSH|^|A\rPID|1||5^6~7&8\r");

    assertThat(message.first("PID").field(3).repetition(2).subcomponent(2).text()).isEqualTo("8");
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
      "a\\F\\b;a|b", "a\\S\\b;a^b", "a\\T\\b;a&b", "a\\R\\b;a~b", "a\\E\\b;a\\b", "\\X48\\\\X49\\;HI",
      "\\XE4BDA0\\;你", "\\XD6D0\\;\\XD6D0\\", "\\H\\bold\\N\\;bold", "\\Zq\\;\\Zq\\", "100\\;100\\"})
  void resolves_escapes_and_leaves_what_it_would_have_to_guess(String sent, String read) {
    assertThat(read("MSH|^~\\&|A\rNTE|1||" + sent + "\r").first("NTE").field(3).text()).isEqualTo(read);
  }

  @Test
  void tells_a_null_from_nothing_and_both_from_a_value() {
    Segment pid = read("MSH|^~\\&|A\rPID|1||\"\"|^^&~\r").first("PID");

    assertThat(pid.field(3).isNull()).isTrue();
    assertThat(pid.field(3).isEmpty()).isFalse();
    assertThat(pid.field(3).isValued()).isFalse();
    assertThat(pid.field(3).text()).isNull();
    assertThat(pid.field(4).isValued()).isFalse();
    assertThat(pid.field(2).isEmpty()).isTrue();
    assertThat(pid.field(99).isEmpty()).isTrue();
  }

  @Test
  void counts_the_header_as_the_standard_does() {
    Segment msh = read("MSH|^~\\&|A|B\r").header();

    assertThat(msh.field(1).text()).isEqualTo("|");
    assertThat(msh.field(2).text()).isEqualTo("^~\\&");
    assertThat(msh.field(3).text()).isEqualTo("A");
    assertThat(msh.field(4).text()).isEqualTo("B");
  }

  /** How: HAPI's generic parse, no validation, beside ours; every leaf of every field of every segment. */
  @Test
  void agrees_with_hapi_on_every_field_of_every_corpus_message() throws Exception {
    List<Path> files = new ArrayList<>(Samples.own());
    files.addAll(Samples.corpus());
    int compared = 0;
    int messages = 0;
    List<String> differences = new ArrayList<>();
    try (DefaultHapiContext context = new DefaultHapiContext(ValidationContextFactory.noValidation())) {
      context.setModelClassFactory(new GenericModelClassFactory());
      PipeParser parser = context.getPipeParser();
      for (Path file : files) {
        String text = Samples.text(file).replace("\r\n", "\r").replace('\n', '\r');
        Message theirs;
        try {
          theirs = parser.parse(text);
        } catch (HL7Exception | RuntimeException e) {
          continue; // HAPI cannot read it; ours may, but there is nothing to compare.
        }
        Hl7Message ours = Hl7Message.read(text).orElseThrow();
        if (!ours.unread().isEmpty()) {
          continue; // Stray lines shift HAPI's groups; the fields are compared where both saw the same segments.
        }
        if (ours.header().field(2).text().chars().anyMatch(Character::isLetterOrDigit)) {
          continue; // HAPI splits at a "0" if MSH-2 says so; we do not believe it.
        }
        messages++;
        Map<String, Integer> counts = new HashMap<>();
        for (Segment segment : ours.segments()) {
          int n = counts.merge(segment.name(), 1, Integer::sum);
          ca.uhn.hl7v2.model.Segment theirSegment = segmentOf(theirs, segment.name(), n);
          if (theirSegment == null) {
            continue;
          }
          for (int f = segment.name().equals("MSH") ? 3 : 1; f <= segment.size(); f++) {
            Part field = segment.field(f);
            for (int r = 1; r <= field.repetitions(); r++) {
              for (int c = 1; c <= field.repetition(r).components(); c++) {
                for (int s = 1; s <= field.repetition(r).component(c).subcomponents(); s++) {
                  String mine = field.repetition(r).component(c).subcomponent(s).text();
                  String his = Terser.get(theirSegment, f, r - 1, c, s);
                  compared++;
                  if (!same(mine, his, field.repetition(r).component(c).subcomponent(s).raw())) {
                    differences.add(file.getFileName() + " " + segment.place() + "-" + f + "(" + r + ")." + c + "." + s);
                  }
                }
              }
            }
          }
        }
      }
    }
    System.out.println("differential: " + messages + " messages, " + compared + " leaves compared");
    assertThat(differences).isEmpty();
    assertThat(compared).isGreaterThan(1_000);
    assumeTrue(!Samples.corpus().isEmpty(), "the development corpus is not beside the project");
    assertThat(messages).isGreaterThan(500);
  }

  /** The n-th segment of a name anywhere in HAPI's generic message, which keeps unexpected ones under name2, name3. */
  private static ca.uhn.hl7v2.model.Segment segmentOf(Message message, String name, int n) throws HL7Exception {
    int seen = 0;
    for (String key : message.getNames()) {
      if (!key.startsWith(name)) {
        continue;
      }
      for (var structure : message.getAll(key)) {
        if (structure instanceof ca.uhn.hl7v2.model.Segment segment && segment.getName().equals(name) && ++seen == n) {
          return segment;
        }
      }
    }
    return null;
  }

  private static boolean same(String mine, String his, String raw) {
    if (his == null || his.isBlank() || his.equals("\"\"")) {
      return mine == null || raw.indexOf('\\') >= 0;
    }
    if (mine == null) {
      return false;
    }
    if (raw.contains("\\P\\")) {
      return true; // The truncation escape of v2.7, which HAPI does not know.
    }
    if (raw.contains("\\X")) {
      return true; // Bytes to us, as chapter 2.7 has it; HAPI makes one UTF-16 unit of two of them.
    }
    // Where an escape is not plain, HAPI and we choose differently on purpose (line breaks, character sets).
    return his.strip().equals(mine) || raw.indexOf('\\') >= 0 && normal(his).equals(normal(mine));
  }

  private static String normal(String text) {
    return text.replaceAll("\\\\(\\.[^\\\\]*|[HNP]|[XCMZ][^\\\\]*)\\\\", "").replaceAll("[\\s\\\\]", "");
  }

  private static Hl7Message read(String text) {
    return Hl7Message.read(text).orElseThrow();
  }
}
