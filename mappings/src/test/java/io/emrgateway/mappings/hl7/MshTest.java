package io.emrgateway.mappings.hl7;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A header segment")
class MshTest {

  @Test
  void is_read_as_sent_whatever_the_line_end() {
    for (String end : new String[] {"\r", "\n", "\r\n", ""}) {
      Msh msh = Msh.read("MSH|^~\\&|HIS^1.2^ISO|医院|GW|CITY|2026||ORU^R01^ORU_R01"
          + "| M\\T\\1 |P|2.5.1^CHN|||AL|NE||UTF-8" + end);
      assertThat(msh.fault()).isEmpty();
      assertThat(msh.field(1)).isEqualTo("|");
      assertThat(msh.field(2)).isEqualTo("^~\\&");
      assertThat(msh.field(3)).isEqualTo("HIS^1.2^ISO");
      assertThat(msh.field(4)).isEqualTo("医院");
      assertThat(msh.controlId()).isEqualTo(" M\\T\\1 ");
      assertThat(msh.messageType()).isEqualTo("ORU^R01");
      assertThat(msh.component(9, 3)).isEqualTo("ORU_R01");
      assertThat(msh.component(9, 4)).isEmpty();
      assertThat(msh.version()).isEqualTo("2.5.1");
      assertThat(msh.field(15) + msh.field(16) + msh.field(18)).isEqualTo("ALNEUTF-8");
      assertThat(msh.field(19)).isEmpty();
    }
  }

  @Test
  void may_use_any_distinct_delimiters() {
    Msh msh = Msh.read("MSH#*!@%#A#B##C#2026##ADT*A08!X#7#P#2.3\rPID#1");
    assertThat(msh.fault()).isEmpty();
    assertThat(msh.messageType()).isEqualTo("ADT^A08");
    assertThat(msh.component() + "" + msh.repetition() + msh.escape() + msh.subcomponent()).isEqualTo("*!@%");
    assertThat(msh.controlId()).isEqualTo("7");
  }

  @Test
  void says_what_is_wrong_with_it_as_a_value() {
    assertThat(Msh.read("").fault()).contains(Msh.Fault.NO_MSH);
    assertThat(Msh.read("PID|1").fault()).contains(Msh.Fault.NO_MSH);
    assertThat(Msh.read("MSHELL|^~\\&").fault()).contains(Msh.Fault.NO_MSH);
    for (String broken : new String[] {
        "MSH", "MSH|", "MSH||A", "MSH|^|A", "MSH|^^~&|A", "MSH^^~\\&^A", "MSH|abcd|A", "MSH |~\\&"}) {
      assertThat(Msh.read(broken).fault()).as(broken).contains(Msh.Fault.DELIMITERS);
      assertThat(Msh.read(broken).controlId()).isEmpty();
    }
  }

  /** How: 50 000 seeded shuffles of the characters that headers are made of. */
  @Test
  void never_throws_whatever_the_text() {
    Random random = new Random(7);
    String alphabet = "MSH|^~\\&\r\n AB1\u0000\uD842";
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "MSH" : "");
      for (int n = random.nextInt(30); n > 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Msh msh = Msh.read(text.toString());
      for (int field = 0; field < 25; field++) {
        for (int component = 0; component < 4; component++) {
          assertThat(msh.component(field, component)).isNotNull();
        }
      }
      assertThat(msh.messageType() + msh.version() + msh.controlId() + msh.escape()).isNotNull();
    }
  }
}
