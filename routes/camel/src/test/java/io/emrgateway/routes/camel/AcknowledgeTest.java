package io.emrgateway.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.routes.camel.mllp.Answer;
import io.emrgateway.routes.camel.mllp.Intake;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.camel.mllp.Room;
import io.emrgateway.routes.camel.mllp.Listener.Answers;
import io.emrgateway.routes.camel.mllp.Listener.Undecodable;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.Refused.Remedy;
import io.emrgateway.routes.core.intake.Admission;
import io.emrgateway.routes.core.intake.Arrival;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Clauses of HL7 v2.5.1, chapter 2.9.2 (original mode) and 2.9.3 (enhanced mode), table 0155. */
@DisplayName("An acknowledgement")
class AcknowledgeTest {
  private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-22T04:00:00Z"), ZoneOffset.UTC);
  private static final Admission FIRST = new Admission(7, Admission.Kind.FIRST);
  private static final Charset GB = Charset.forName("GB18030");

  private final Acknowledge acknowledge = new Acknowledge(Intake.UNWATCHED, NOON);

  private static Listener door(String charset, Answers answers) {
    return Listener.plain("adt", "127.0.0.1", 2575).withCharset(CharsetPolicy.of(charset))
        .withAnswers(answers, Undecodable.AE);
  }

  private static Received received(Listener door, String text, Charset charset) {
    return new Read(door, Intake.UNWATCHED, new Room(1 << 20, Room.PATIENCE))
        .received(new Arrival("adt", NOON.instant(), text.getBytes(charset), null));
  }

  private List<String> answers(Listener door, String text, Charset charset) {
    Answer answer = acknowledge.accept(FIRST, received(door, text, charset));
    return answer.frames().stream().map(f -> new String(f, charset)).toList();
  }

  private String answer(String text) {
    List<String> all = answers(door("UTF-8", Answers.ONE), text, StandardCharsets.UTF_8);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static String field(String answer, int segment, int number) {
    String[] fields = answer.split("\r")[segment].split("\\|", -1);
    int at = segment == 0 ? number - 1 : number;
    return at < fields.length ? fields[at] : "";
  }

  /**
   * How: every MSH-15 with every MSH-16, both settings and all three outcomes: 8 x 8 x 2 x 3 = 384 answers, each
   * against the table written out here a second time, by hand.
   */
  @Test
  void obeys_every_combination_of_MSH_15_and_MSH_16() {
    String[] conditions = {"", "AL", "NE", "ER", "SU", "al", "XX", "\"\""};
    int checked = 0;
    for (String accept : conditions) {
      for (String application : conditions) {
        for (Answers setting : Answers.values()) {
          for (Acknowledge.Verdict verdict : Acknowledge.Verdict.values()) {
            String letter = switch (verdict) {
              case ACCEPT -> "A";
              case ERROR -> "E";
              case REJECT -> "R";
            };
            List<String> want = new ArrayList<>();
            boolean original = Set.of("", "\"\"").contains(accept) && Set.of("", "\"\"").contains(application);
            if (original) {
              want.add("A" + letter);
            } else {
              if (due(accept, letter)) {
                want.add("C" + letter);
              }
              if (due(application, letter) && (setting == Answers.TWO || want.isEmpty())) {
                want.add("A" + letter);
              }
            }
            var header = io.emrgateway.mappings.hl7.Msh.read(
                "MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.4|||" + accept + "|" + application);
            assertThat(Acknowledge.codes(header, verdict, setting))
                .as("MSH-15 '%s', MSH-16 '%s', %s, %s", accept, application, setting, verdict).isEqualTo(want);
            checked++;
          }
        }
      }
    }
    assertThat(checked).isEqualTo(384);
  }

  /** How: refused messages, so that there is something to say, by settings that their MSH-18 contradicts. */
  @ParameterizedTest(name = "{0}, message in {1} that says {2}")
  @CsvSource({
      "GB18030, US-ASCII, UNICODE UTF-8, UTF-8, UNICODE UTF-8", "GB18030, US-ASCII, 8859/1, ISO-8859-1, 8859/1",
      "GB18030, US-ASCII, UNICODE UTF-16, US-ASCII, ASCII", "GB18030, US-ASCII, NO SUCH SET, US-ASCII, ASCII",
      "GB18030, UTF-8, UNICODE UTF-8, UTF-8, UNICODE UTF-8", "UTF-8, US-ASCII, GB 18030-2000, GB18030, GB 18030-2000",
      "UTF-8, GB18030, GB 18030-2000, GB18030, GB 18030-2000", "detect, US-ASCII, UNICODE UTF-16, US-ASCII, ASCII",
      "UTF-8, UTF-8, UNICODE UTF-8, UTF-8, UNICODE UTF-8", "GB18030, GB18030, GB 18030-2000, GB18030, GB 18030-2000"})
  void is_written_in_what_its_MSH_18_says(String setting, String written, String says, String read, String label) {
    String name = written.equals("US-ASCII") ? "ZHANG" : "张伟";
    String sent = "MSH|^~\\&|HIS|H1|||20261122||ADT^A01||P|2.4||||||" + says + "\rPID|1||1||" + name + "\r";
    Answer answer = acknowledge.accept(FIRST, received(door(setting, Answers.ONE), sent, Charset.forName(written)));
    byte[] bytes = answer.frames().get(0);
    String text = new String(bytes, Charset.forName(read));
    assertThat(text.getBytes(Charset.forName(read))).isEqualTo(bytes);
    assertThat(text).doesNotContain("\uFFFD").contains("MSA|A", "intake.");
    assertThat(field(text, 0, 18)).isEqualTo(label);
  }

  @Test
  void names_the_set_it_is_written_in_where_it_has_to_echo_a_name_that_the_sender_labelled_wrong() {
    String sent = "MSH|^~\\&|HIS|心内科|||20261122||ADT^A01|M1|P|2.4||||||UNICODE UTF-8\rPID|1||1||张伟\r";
    String answer = answers(door("GB18030", Answers.ONE), sent, GB).get(0);
    assertThat(field(answer, 0, 6)).isEqualTo("心内科");
    assertThat(field(answer, 0, 18)).isEqualTo("GB 18030-2000");
  }

  private static boolean due(String condition, String letter) {
    return switch (condition) {
      case "AL", "al", "XX" -> true;
      case "ER" -> !letter.equals("A");
      case "SU" -> letter.equals("A");
      default -> false;
    };
  }

  @Test
  void swaps_sender_and_receiver_and_echoes_the_rest_exactly() {
    String ack = answer("MSH|^~\\&|HIS^1.2^ISO|H1&x|GW|CITY|2026||ADT^A01^ADT_A01| m\\T\\1 |T|2.4^CHN"
        + "|||||CHN|UNICODE UTF-8\r");
    assertThat(ack).startsWith("MSH|^~\\&|GW|CITY|HIS^1.2^ISO|H1&x|20261122120000+0800||ACK^A01^ACK|");
    assertThat(field(ack, 0, 11)).isEqualTo("T");
    assertThat(field(ack, 0, 12)).isEqualTo("2.4^CHN");
    assertThat(field(ack, 0, 18)).isEqualTo("UNICODE UTF-8");
    assertThat(ack.split("\r")[1]).isEqualTo("MSA|AA| m\\T\\1 ");
    assertThat(ack).endsWith("\r").doesNotContain("\n").doesNotContain("ERR");
  }

  /** How: FS and VT in every field that is echoed; FS at the end of MSA-2 would make FS CR, the end of a frame. */
  @Test
  void does_not_echo_a_framing_byte_that_a_sender_wrote_into_its_header() {
    String ack = answer("MSH|^~\\&|H\u001cIS|\u000bH1|G\u001cW|CITY\u000b|2026||ADT^A\u001c01^ADT_A01|M1\u001c|T\u000b|2.4^\u001c"
        + "||||||UTF-8~\u000b\r");
    assertThat(ack).startsWith("MSH|^~\\&|G W|CITY |H IS| H1|20261122120000+0800||ACK^A 01^ACK|")
        .contains("\rMSA|AA|M1 \r").doesNotContain("\u001c").doesNotContain("\u000b");
    assertThat(ack.split("\r")).hasSize(2);
  }

  @Test
  void uses_the_senders_own_delimiters_and_escapes_its_text_in_them() {
    String text = "MSH#*!@%#A#B#C#D#2026##ADT*A01##P#2.5\r";
    String ack = answer(text);
    assertThat(ack).startsWith("MSH#*!@%#C#D#A#B#").contains("\rMSA#AR##")
        .contains("#101*Required field missing*HL70357#E#");
    // "unique to each message, in MSH-10" has none of these delimiters; a slash as delimiter has to be escaped.
    String slash = answer("MSH|/~\\&|A|B|C|D|2026||ADT/A01||P|2.5\r");
    assertThat(slash).contains("\\S\\ The message has no control id");
  }

  @ParameterizedTest(name = "version {0}: {1}")
  @CsvSource({"2.1, ACK", "2.2, ACK", "2.3, ACK^A01", "2.3.1, ACK^A01", "2.4, ACK^A01^ACK", "2.5.1, ACK^A01^ACK",
      "2.8, ACK^A01^ACK", "'', ACK^A01^ACK", "rubbish, ACK^A01^ACK"})
  void has_the_type_its_version_wants(String version, String type) {
    String ack = answer("MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|" + version + "\r");
    assertThat(field(ack, 0, 9)).isEqualTo(type);
  }

  @Test
  void carries_an_ERR_segment_of_its_version() {
    String old = answer("MSH|^~\\&|A|B|C|D|2026||ADT^A01||P|2.4\r");
    assertThat(old.split("\r")[2]).isEqualTo(
        "ERR|MSH^1^10^101&Required field missing&HL70357&intake.control-id-missing&&99EMRGW");
    String recent = answer("MSH|^~\\&|A|B|C|D|2026||ADT^A01||P|2.5\r");
    assertThat(field(recent, 2, 1)).isEmpty();
    assertThat(field(recent, 2, 2)).isEqualTo("MSH^1^10");
    assertThat(field(recent, 2, 3)).isEqualTo("101^Required field missing^HL70357");
    assertThat(field(recent, 2, 4)).isEqualTo("E");
    assertThat(field(recent, 2, 5)).startsWith("intake.control-id-missing^");
    assertThat(field(recent, 2, 8)).contains("消息没有控制号").contains("Send a control id");
  }

  @Test
  void is_written_in_the_senders_charset_and_in_English_where_that_has_no_Chinese() {
    String refused = "MSH|^~\\&|A|B|C|D|2026||ADT^A01||P|2.4||||||%s\rPID|1||1||张\r";
    assertThat(answers(door("GB18030", Answers.ONE), refused.formatted("GB 18030-2000"), GB).get(0))
        .contains("消息没有控制号");
    assertThat(answers(door("UTF-8", Answers.ONE), refused.formatted(""), StandardCharsets.UTF_8).get(0))
        .contains("消息没有控制号");
    Charset latin = StandardCharsets.ISO_8859_1;
    assertThat(answers(door("ISO-8859-1", Answers.ONE), refused.formatted("").replace("张", "é"), latin).get(0))
        .contains("|The message has no control id\r").doesNotContain("?");
    // Nobody said in which character set this sender reads: nothing beyond ASCII is written.
    String plain = refused.formatted("").replace("张", "x");
    assertThat(answers(door("detect", Answers.ONE), plain, StandardCharsets.UTF_8).get(0))
        .matches("\\p{ASCII}+").contains("The message has no control id");
  }

  @Test
  void speaks_Chinese_of_undecodable_bytes_too_where_the_sender_says_what_it_reads() {
    String bad = "MSH|^~\\&|A|B|C|D|2026||ADT^A01|M1|P|2.4||||||UNICODE UTF-8\rPID|1||1||é\r";
    Received received = received(door("detect", Answers.ONE), bad, StandardCharsets.ISO_8859_1);
    assertThat(received.message().refused().reason()).isEqualTo(Reason.BYTES_DO_NOT_DECODE);
    String text = new String(acknowledge.accept(FIRST, received).frames().get(0), StandardCharsets.UTF_8);
    assertThat(text).contains("MSA|AE|M1|" + Reason.BYTES_DO_NOT_DECODE.textZh() + " / ");
    assertThat(field(text, 0, 18)).isEqualTo("UNICODE UTF-8");
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void gives_each_refusal_its_code_text_and_letter_and_no_java_name(Reason reason) {
    Received whole = received(door("UTF-8", Answers.ONE), Hospital.adt("M1"), StandardCharsets.UTF_8);
    Answer answer = acknowledge.answer(whole, new Refused(reason, ""));
    Set<Reason> silent = Set.of(
        Reason.ACKNOWLEDGEMENT_NOT_EXPECTED, Reason.FRAME_UNTERMINATED, Reason.BYTES_BETWEEN_FRAMES);
    if (silent.contains(reason)) {
      assertThat(answer.frames()).isEmpty();
      return;
    }
    String text = new String(answer.frames().get(0), StandardCharsets.UTF_8);
    String letter = reason.remedy() == Remedy.SENDER_CORRECTS ? "AR" : "AE";
    assertThat(text).contains("MSA|" + letter + "|M1|" + reason.textZh())
        .contains("&" + reason.code() + "&").contains(String.valueOf(reason.hl7()))
        .doesNotContain("Exception").doesNotContain("java.").doesNotContain("io.emrgateway");
    assertThat(answer.close()).isEqualTo(reason == Reason.FRAME_TOO_LARGE);
  }

  @ParameterizedTest
  @EnumSource(Undecodable.class)
  void tells_a_sender_of_undecodable_bytes_what_its_source_is_set_to(Undecodable rule) {
    Listener door = door("UTF-8", Answers.ONE).withAnswers(Answers.ONE, rule);
    Received bad = received(door, Hospital.adt("M1") + "NTE|1||é\r", StandardCharsets.ISO_8859_1);
    assertThat(bad.message().refused().reason()).isEqualTo(Reason.BYTES_DO_NOT_DECODE);
    String text = new String(acknowledge.accept(FIRST, bad).frames().get(0), StandardCharsets.UTF_8);
    assertThat(text).contains("MSA|" + rule + "|M1|");
  }

  @Test
  void says_AA_again_to_a_repeated_message_and_to_a_reused_control_id() {
    Received whole = received(door("UTF-8", Answers.ONE), Hospital.adt("M1"), StandardCharsets.UTF_8);
    for (Admission.Kind kind : Admission.Kind.values()) {
      Answer answer = acknowledge.accept(new Admission(3, kind), whole);
      assertThat(new String(answer.frames().get(0), StandardCharsets.UTF_8)).contains("\rMSA|AA|M1\r");
    }
  }

  @Test
  void never_repeats_its_own_control_id_not_across_restarts_either() {
    Set<String> ids = new HashSet<>();
    for (int run = 0; run < 3; run++) {
      Clock later = Clock.fixed(NOON.instant().plusSeconds(run), ZoneId.of("UTC"));
      Acknowledge fresh = new Acknowledge(Intake.UNWATCHED, later);
      for (int i = 0; i < 2_000; i++) {
        Received whole = received(door("UTF-8", Answers.ONE), Hospital.adt("M1"), StandardCharsets.UTF_8);
        String id = field(new String(fresh.accept(FIRST, whole).frames().get(0), StandardCharsets.UTF_8), 0, 10);
        assertThat(id.length()).isBetween(1, 20);
        ids.add(id);
      }
    }
    assertThat(ids).hasSize(6_000);
  }
}
