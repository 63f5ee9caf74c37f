package io.emrgateway.mappings.hl7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.mappings.hl7.Decoded.Flag;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A charset policy")
class CharsetPolicyTest {
  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final Charset GBK = Charset.forName("GBK");

  private static String message(String msh18, String name) {
    return "MSH|^~\\&|HIS|H1|||20261122||ADT^A01|1|P|2.4||||||" + msh18 + "\rPID|1||1||" + name + "||19700101|F\r";
  }

  private static Decoded decoded(String setting, byte[] bytes) {
    CharsetPolicy.Outcome outcome = CharsetPolicy.of(setting).decode(bytes);
    assertThat(outcome).isInstanceOf(Decoded.class);
    return (Decoded) outcome;
  }

  /**
   * How: messages in each of 6 character sets, under each of 6 labels in MSH-18, read by each of 4 policies. The text is
   * right or the message is refused; a flag makes a wrong text no better, for it is acknowledged all the same.
   */
  @Test
  void never_accepts_a_wrong_text_for_any_set_label_and_policy() {
    record Written(String charset, String name) {}
    List<Written> sets = List.of(
        new Written("GB18030", "和珅 张伟 𠮷田 玘 女"), new Written("GBK", "和珅 欧阳 女 昞"),
        new Written("UTF-8", "和珅 李娜 𠮷 龦 女"), new Written("ISO-8859-1", "José Müller"),
        new Written("ISO-8859-1", "José"), new Written("ISO-8859-1", "José^Luis"), new Written("ISO-8859-1", "René~André"),
        new Written("ISO-8859-1", "Müller"), new Written("ISO-8859-1", "Größe^André"), new Written("ISO-8859-1", "Élodie"),
        new Written("ISO-8859-1", "37.2°C"), new Written("ISO-8859-1", "5^µg/L"), new Written("ISO-8859-15", "Søren^Åse"),
        new Written("US-ASCII", "ZHANG WEI"), new Written("Big5", "張偉 陳"));
    List<String> labels = List.of("", "GB 18030-2000", "UNICODE UTF-8", "8859/1", "ASCII", "NO SUCH SET");
    List<String> policies = List.of("detect", "msh-18", "GB18030", "GBK");
    List<String> wrong = new ArrayList<>();
    List<String> refusedThoughRight = new ArrayList<>();
    for (Written set : sets) {
      for (String label : labels) {
        for (String policy : policies) {
          String sent = message(label, set.name);
          String what = set.charset + " " + set.name + " labelled '" + label + "' read by " + policy;
          CharsetPolicy.Outcome outcome = CharsetPolicy.of(policy).decode(sent.getBytes(Charset.forName(set.charset)));
          if (outcome instanceof Decoded decoded && !decoded.text().equals(sent)) {
            wrong.add(what);
          } else if (outcome instanceof Undecodable && set.charset.startsWith("GB") && policy.startsWith("GB")) {
            refusedThoughRight.add(what);
          }
        }
      }
    }
    // What is left: Big5, whose octets are other Chinese in GB 18030. No reader of bytes can tell.
    assertThat(wrong).allMatch(what -> what.startsWith("Big5"));
    assertThat(refusedThoughRight).isEmpty();
  }

  /** How: one ideograph and nothing else Chinese, in a message that says nothing about its character set. */
  @Test
  void lets_the_setting_or_the_label_decide_over_a_lone_ideograph_that_ends_in_a_delimiter() {
    String lone = message("", "珅");
    assertThat(decoded("GB18030", lone.getBytes(GB18030)).text()).isEqualTo(lone);
    assertThat(decoded("GBK", lone.getBytes(GB18030)).text()).isEqualTo(lone);
    assertThat(CharsetPolicy.of("detect").decode(lone.getBytes(GB18030))).isInstanceOf(Undecodable.class);
    assertThat(CharsetPolicy.of("msh-18").decode(lone.getBytes(GB18030))).isInstanceOf(Undecodable.class);
    String two = message("", "頔瑋");
    assertThat(decoded("GB18030", two.getBytes(GB18030)).text()).isEqualTo(two);
    String known = message("", "和珅");
    assertThat(decoded("detect", known.getBytes(GB18030)).text()).isEqualTo(known);
    String ward = message("", "WANG^珅").replace("|H1|", "|心内科|");
    assertThat(decoded("detect", ward.getBytes(GB18030)).text()).isEqualTo(ward);
  }

  @Test
  void says_the_same_of_a_long_message_as_of_a_short_one_and_makes_its_whole_text_only_when_asked() {
    for (String name : List.of("和珅 张伟 𠮷", "José", "女", "ZHANG", "\uE81E?", "??")) {
      for (String charset : List.of("GB18030", "UTF-8", "ISO-8859-1")) {
        for (String setting : List.of("detect", "msh-18", "GB18030", "UTF-8")) {
          String sent = message("", name);
          String rest = "OBX|1|ED|X||" + "QUJD".repeat(100_000) + "\r";
          CharsetPolicy policy = CharsetPolicy.of(setting);
          CharsetPolicy.Outcome small = policy.decode(sent.getBytes(Charset.forName(charset)));
          byte[] bytes = (sent + rest).getBytes(Charset.forName(charset));
          CharsetPolicy.Outcome large = policy.decode(bytes);
          CharsetPolicy.Outcome beginning = policy.decodeBeginning(bytes);
          assertThat(large.getClass()).as("%s %s %s", name, charset, setting).isEqualTo(small.getClass());
          if (small instanceof Decoded decoded) {
            assertThat(large).isEqualTo(new Decoded(decoded.text() + rest, decoded.charset(), decoded.flags()));
            assertThat(((Decoded) beginning).text()).startsWith(decoded.text()).hasSizeLessThan(100_000);
            assertThat(((Decoded) beginning).flags()).isEqualTo(decoded.flags());
          } else {
            assertThat(large).isEqualTo(small);
          }
        }
      }
    }
  }

  @Test
  void reads_every_hospital_set_right_when_label_or_setting_is_right() {
    String name = "和珅 玘 昞 女 张伟";
    for (String setting : List.of("GB18030", "GBK", "msh-18", "detect")) {
      for (String label : List.of("GB 18030-2000", "GB18030", "GBK", "GB2312", "gb 18030-2000~UNICODE UTF-8")) {
        Decoded decoded = decoded(setting, message(label, name).getBytes(GB18030));
        assertThat(decoded.text()).isEqualTo(message(label, name));
        assertThat(decoded.charset()).isEqualTo("GB18030");
      }
    }
    for (String setting : List.of("UTF-8", "msh-18", "detect")) {
      for (String label : List.of("UNICODE UTF-8", "UTF-8", "UNICODE", "utf8")) {
        Decoded decoded = decoded(setting, message(label, name).getBytes(StandardCharsets.UTF_8));
        assertThat(decoded).isEqualTo(new Decoded(message(label, name), "UTF-8", decoded.flags()));
        assertThat(decoded.flags()).isEmpty();
      }
    }
  }

  @Test
  void repairs_a_wrong_label_and_says_so() {
    Decoded utf8 = decoded("msh-18", message("GB 18030-2000", "张伟").getBytes(StandardCharsets.UTF_8));
    assertThat(utf8.text()).contains("张伟");
    assertThat(utf8.flags()).containsExactly(Flag.MSH18_WRONG);
    Decoded gb = decoded("msh-18", message("UNICODE UTF-8", "张伟医院").getBytes(GB18030));
    assertThat(gb.text()).contains("张伟医院");
    assertThat(gb.flags()).containsExactly(Flag.MSH18_WRONG);
    assertThat(gb.charset()).isEqualTo("GB18030");
  }

  @Test
  void believes_the_setting_before_the_label() {
    Decoded decoded = decoded("GB18030", message("8859/1", "张伟").getBytes(GB18030));
    assertThat(decoded.text()).contains("张伟");
    assertThat(decoded.flags()).containsExactly(Flag.MSH18_WRONG);
  }

  @Test
  void does_not_take_utf8_for_configured_gb18030_though_it_would_decode() {
    byte[] bytes = message("", "王芳").getBytes(StandardCharsets.UTF_8);
    assertThat(new String(bytes, GB18030)).doesNotContain("\uFFFD");
    assertThat(CharsetPolicy.of("GB18030").decode(bytes)).isInstanceOf(Undecodable.class);
  }

  @Test
  void takes_the_sex_of_a_woman_in_gbk_for_chinese_and_says_that_it_is_ambiguous() {
    Decoded decoded = decoded("detect", message("", "女").getBytes(GBK));
    assertThat(decoded.text()).contains("|女|");
    assertThat(decoded.flags()).contains(Flag.AMBIGUOUS);
    Decoded spanish = decoded("detect", message("", "José").getBytes(StandardCharsets.UTF_8));
    assertThat(spanish.text()).contains("José");
    assertThat(decoded("detect", message("", "36.5±0.2").getBytes(StandardCharsets.UTF_8)).text()).contains("36.5±0.2");
    assertThat(decoded("detect", message("", "Иванов").getBytes(StandardCharsets.UTF_8)).text()).contains("Иванов");
  }

  @Test
  void names_the_first_bad_byte_and_still_gives_the_header() {
    byte[] bytes = message("UNICODE UTF-8", "A\u00e9B").getBytes(StandardCharsets.ISO_8859_1);
    int at = message("UNICODE UTF-8", "A\u00e9B").indexOf('\u00e9');
    Undecodable bad = (Undecodable) CharsetPolicy.of("UTF-8").decode(bytes);
    assertThat(bad.offset()).isEqualTo(at);
    assertThat(Msh.read(bad.header()).controlId()).isEqualTo("1");
    assertThat(bad.header()).doesNotContain("PID");
  }

  @Test
  void refuses_a_switch_to_another_set_by_an_escape_sequence_under_every_setting() {
    String head = "MSH|^~\\&|HIS|||||||C1||2.4\rPID|1||1||";
    byte[] japanese = (head + "\u001B$B;3ED\u001B(B^x\r").getBytes(StandardCharsets.US_ASCII);
    for (String setting : List.of("detect", "msh-18", "GB18030", "UTF-8", "ISO-8859-1")) {
      assertThat(CharsetPolicy.of(setting).decode(japanese)).as(setting)
          .isInstanceOfSatisfying(Undecodable.class, refused -> assertThat(refused.offset()).isEqualTo(head.length()));
      assertThat(CharsetPolicy.of(setting).decode((head + "a\u001Bb\r").getBytes(StandardCharsets.US_ASCII)))
          .as("a lone escape is no switch, " + setting).isInstanceOf(Decoded.class);
    }
  }

  @Test
  void passes_over_a_byte_order_mark() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF});
    bytes.writeBytes(message("", "女").getBytes(StandardCharsets.UTF_8));
    Decoded decoded = decoded("detect", bytes.toByteArray());
    assertThat(decoded.text()).startsWith("MSH|").contains("女");
    assertThat(decoded.flags()).containsExactly(Flag.BYTE_ORDER_MARK);
  }

  @Test
  void finds_the_label_behind_a_facility_whose_last_byte_looks_like_a_delimiter() {
    String sent = message("GB 18030-2000", "张伟").replace("|H1|", "|瑋玘|");
    Decoded decoded = decoded("msh-18", sent.getBytes(GB18030));
    assertThat(decoded.text()).isEqualTo(sent);
    assertThat(decoded.flags()).isEmpty();
  }

  /** How: all two-byte codes whose second byte is one of | ^ \ ~ and which mean an ideograph of the basic plane. */
  @Test
  void keeps_all_464_ideographs_that_end_in_the_byte_of_a_delimiter() {
    int ideographs = 0;
    for (int lead = 0x81; lead <= 0xFE; lead++) {
      for (int trail : new int[] {'|', '^', '\\', '~'}) {
        String one = strictly(GB18030, new byte[] {(byte) lead, (byte) trail});
        if (one == null || one.charAt(0) < 0x4E00 || one.charAt(0) > 0x9FA5) {
          continue;
        }
        ideographs++;
        String sent = message("GB 18030-2000", one);
        for (String setting : List.of("GB18030", "GBK", "msh-18", "detect")) {
          assertThat(decoded(setting, sent.getBytes(GB18030)).text()).isEqualTo(sent);
        }
      }
    }
    assertThat(ideographs).isEqualTo(464);
  }

  /** How: both decoders of this very JDK, over every two-byte code. A JDK that moves a point fails here. */
  @Test
  void reads_each_two_byte_code_as_one_and_the_same_text_on_every_jdk() {
    int moved = 0;
    for (int lead = 0x81; lead <= 0xFE; lead++) {
      for (int trail = 0x40; trail <= 0xFE; trail++) {
        byte[] code = {(byte) lead, (byte) trail};
        String gb = strictly(GB18030, code);
        String gbk = strictly(GBK, code);
        if (gb == null || gbk == null || gbk.charAt(0) < 0xE000 || gbk.charAt(0) > 0xF8FF) {
          continue;
        }
        String canonical = PrivateUse.moved(gb);
        assertThat(PrivateUse.moved(gbk)).as("%02X%02X", lead, trail).isEqualTo(canonical);
        if (!gbk.equals(canonical)) {
          moved++;
        }
      }
    }
    assertThat(moved).isEqualTo(99);
    assertThat(decoded("GB18030", new byte[] {'A', (byte) 0xA8, (byte) 0xBC}).text()).isEqualTo("A\u1E3F");
    assertThat(decoded("GBK", new byte[] {'A', (byte) 0xA6, (byte) 0xD9}).text()).isEqualTo("A\uFE10");
    assertThat(decoded("GB18030", new byte[] {' ', (byte) 0xFE, (byte) 0x59}).text()).isEqualTo(" \u9FB4");
    Decoded old = decoded("UTF-8", "\uE81E\uE7C7".getBytes(StandardCharsets.UTF_8));
    assertThat(old.text()).isEqualTo("\u9FB4\u1E3F");
    assertThat(old.flags()).contains(Flag.PRIVATE_USE_MOVED);
  }

  private static String strictly(Charset charset, byte[] bytes) {
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException unmapped) {
      return null;
    }
  }

  /** How: 20 000 random byte strings, seeded; each policy answers, and its text has no U+FFFD. */
  @Test
  void never_invents_a_replacement_character_whatever_the_bytes() {
    Random random = new Random(18030);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      for (String setting : List.of("detect", "msh-18", "GB18030", "UTF-8")) {
        if (CharsetPolicy.of(setting).decode(bytes) instanceof Decoded decoded) {
          if (decoded.text().indexOf('\uFFFD') >= 0) {
            assertThat(decoded.flags()).contains(Flag.LOST_BY_SENDER);
            assertThat(decoded.text().getBytes(Charset.forName(decoded.charset()))).isEqualTo(bytes);
          }
          Decoded again = decoded(decoded.charset(), bytes);
          assertThat(again.text()).isEqualTo(decoded.text());
        }
      }
    }
  }

  @Test
  void refuses_a_setting_nobody_knows_and_one_that_mllp_cannot_carry() {
    assertThatThrownBy(() -> CharsetPolicy.of("GB-NEW")).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GB-NEW");
    assertThatThrownBy(() -> CharsetPolicy.of("UTF-16")).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MLLP");
    assertThat(CharsetPolicy.of("gbk")).hasToString("GB18030");
    assertThat(CharsetPolicy.of("detect").configured()).isEqualTo(Optional.empty());
  }

  @Test
  void refuses_utf8_with_a_character_cut_in_half_instead_of_reading_it_as_other_chinese() {
    byte[] cut = "王^小".getBytes(StandardCharsets.UTF_8);
    byte[] head = message("UNICODE UTF-8", "").split("\\|\\|19700101")[0].getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[head.length + cut.length - 1 + 2];
    System.arraycopy(head, 0, bytes, 0, head.length);
    System.arraycopy(cut, 0, bytes, head.length, cut.length - 1);
    bytes[bytes.length - 2] = '|';
    bytes[bytes.length - 1] = '\r';
    for (String setting : List.of("detect", "msh-18", "UTF-8")) {
      assertThat(CharsetPolicy.of(setting).decode(bytes)).as(setting).isInstanceOf(Undecodable.class);
    }
  }

  @Test
  void still_reads_gb18030_under_a_label_that_says_utf8() {
    assertThat(decoded("detect", message("UNICODE UTF-8", "欧阳张伟和珅诸葛明月，心血管内科门诊复查").getBytes(GB18030)).text())
        .contains("诸葛明月，心血管内科");
  }

  /** Prints what a decoding of 1 KB takes, warm; a look, not a proof. */
  @Test
  void decodes_a_kilobyte_in_microseconds() {
    byte[] ascii = message("UNICODE UTF-8", "x".repeat(900)).getBytes(StandardCharsets.UTF_8);
    byte[] gb = message("GB 18030-2000", "张伟".repeat(100) + "x".repeat(500)).getBytes(GB18030);
    for (byte[] bytes : List.of(ascii, gb)) {
      CharsetPolicy policy = CharsetPolicy.of("msh-18");
      long characters = 0;
      long start = 0;
      for (int i = 0; i < 40_000; i++) {
        if (i == 20_000) {
          start = System.nanoTime();
        }
        characters += ((Decoded) policy.decode(bytes)).text().length();
      }
      double micros = (System.nanoTime() - start) / 1e3 / 20_000;
      System.out.printf("decode 1 KB: %.2f us%n", micros);
      assertThat(characters).isPositive();
    }
  }

  @Test
  void reads_every_sequence_of_two_bytes_as_the_jdk_does() {
    CharsetDecoder jdk = Charset.forName("GB18030").newDecoder();
    CharsetPolicy policy = CharsetPolicy.of("GB18030");
    for (int pair = 0; pair < 0x10000; pair++) {
      byte[] bytes = ("MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.4\rZZZ|  |x").getBytes(StandardCharsets.US_ASCII);
      int at = bytes.length - 4;
      bytes[at] = (byte) (pair >> 8);
      bytes[at + 1] = (byte) pair;
      String theirs;
      try {
        theirs = jdk.decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        theirs = null;
      }
      if (policy.decode(bytes) instanceof Decoded ours) {
        assertThat(ours.text()).as("%04X", pair).isEqualTo(PrivateUse.moved(theirs));
      } else if (pair >= 0x8000 || !Character.isLetterOrDigit(pair >> 8)) {
        // Behind a letter or digit, a pair that swallows the delimiter is taken for Latin; 1B24 to 1B2F switch the set.
        assertThat(pair >= 0x1B24 && pair <= 0x1B2F || theirs == null).as("%04X", pair).isTrue();
      }
    }
  }
}
