package io.emrgateway.routes.camel;

import static io.emrgateway.routes.camel.Hospital.adt;
import static io.emrgateway.routes.camel.Hospital.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.routes.camel.Hospital.Ward;
import io.emrgateway.routes.camel.mllp.Intake;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.camel.mllp.Room;
import io.emrgateway.routes.core.intake.Admit;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.LookUp.Part;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Rule;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Identifier;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How: real loopback sockets; behind the door a use case that answers with one hospital's records, or as it is told. */
@DisplayName("A door that may be asked")
@Timeout(60)
class QueryDoorTest {
  private static final Mapping MAPPING = Mapping.shipped();
  private static final String QPD = "QPD|ZEMRGW|T1|000123^^^HIS^MR||||||D1^李明|急诊科|ZY1|\rRCP|I|";
  private static final Identifier RESIDENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");

  private final List<Question> asked = new CopyOnWriteArrayList<>();
  private volatile Function<Question, Result> answers = question -> shown();
  private volatile Rule forbidden;
  private CamelContext camel;
  private Hospital.MemoryJournal journal;
  private Listener asking;
  private Listener silent;

  @BeforeEach
  void open() throws Exception {
    journal = new Hospital.MemoryJournal();
    asking = Listener.plain("his", "127.0.0.1", Hospital.freePort()).withQueries()
        .withAnswers(Listener.Answers.TWO, Listener.Undecodable.AE);
    silent = Listener.plain("lis", "127.0.0.1", Hospital.freePort());
    camel = new DefaultCamelContext();
    camel.getShutdownStrategy().setTimeout(5);
    Translate.SourceRules site = new Translate.SourceRules(CharsetPolicy.of("detect"), Site.standard("H-0104"));
    Translate.Rules rules = new Translate.Rules(MAPPING, Map.of("his", site), site, "c");
    Hospitals hospitals = new Hospitals(org -> Map.of("H-0105", "乙医院", "H-0106", "丙医院").getOrDefault(org, org), (org, why) -> { });
    camel.addRoutes(new LookupRoutes(new AnswerQuery(new AnswerQuery.Asking() {
      @Override
      public Result ask(Question question) {
        asked.add(question);
        return answers.apply(question);
      }

      @Override
      public Optional<Rule> forbidden(UUID rid) {
        return Optional.ofNullable(forbidden);
      }
    }, new Summaries("H-0104", hospitals, Clock.systemUTC()), () -> rules, Optional.empty(), Headroom.ofHeap(160 << 20), Intake.UNWATCHED, Clock.systemUTC())));
    IntakeRoutes doors = new IntakeRoutes(List.of(asking, silent), new Admit(journal), Intake.UNWATCHED, Clock.systemUTC(),
        new Room(64 << 20, Room.PATIENCE));
    camel.addRoutes(doors);
    camel.start();
    doors.open();
  }

  @AfterEach
  void close() {
    camel.stop();
    journal.writer.shutdownNow();
  }

  private Ward ward() throws Exception {
    return new Ward(new Socket("127.0.0.1", asking.port()));
  }

  private static Result shown() {
    String pid = "PID|1||77^^^YY^MR~11010519491231002X^^^GA^NNCHN||张^伟||19491231|F\r";
    List<byte[]> bundles = new ArrayList<>();
    for (int k = 0; k < 5; k++) {
      bundles.add(MAPPING.map("MSH|^~\\&|LIS|YY|||20261120080000||ORU^R01|M" + k + "|P|2.4\r" + pid + "PV1|1|O|||||||||||||||||MZ" + k
          + "^^^YY^VN|||||||||||||||||||||||||2026112" + k + "0800\rOBR|1|P" + k + "^HIS|F" + k + "^LIS|XCG^血常规|||2026112" + k
          + "0900\rOBX|1|NM|WBC^白细胞^L^6690-2^WBC^LN||1" + k + ".60|10*9/L|3.5-9.5|H|||F\r", Site.standard("H-0105"), "b" + k).bundle());
    }
    return new Result.Shown(UUID.randomUUID(), "\"1\"", new Sought(List.of(RESIDENT), "张伟", LocalDate.of(1949, 12, 31)),
        EnumSet.allOf(Section.class), Set.of(), new Window(LocalDate.of(2026, 8, 28), LocalDate.of(2026, 11, 28)), true,
        List.of(new Part("H-0105", "answered", bundles), new Part("H-0106", "timeout", List.of())), null);
  }

  private static String q11(String control) {
    return q11(control, "", "");
  }

  private static String q11(String control, String limit, String more) {
    return "MSH|^~\\&|HIS|H1|GW|CITY|20261128080000||QBP^Q11^QBP_Q11|" + control + "|P|2.5\r" + QPD + limit + "\r" + more;
  }

  @Test
  void is_answered_on_its_connection_and_nothing_of_it_is_kept() throws Exception {
    try (Ward ward = ward()) {
      ward.send(frame(q11("C1")));
      String answer = ward.answer();
      assertThat(Ward.verdict(answer)).isEqualTo("AA C1");
      assertThat(answer).contains("||RSP^K11^RSP_K11|Q", "QAK|T1|OK|", "|timeout^未答复 no answer^", "|WBC^白细胞^urn:emr-gateway:H-0105:");
      ward.send(frame(adt("M1")));
      assertThat(ward.verdict()).isEqualTo("AA M1");
    }
    assertThat(journal.controls()).containsExactly("M1");
    Question question = asked.get(0);
    assertThat(question.doctor()).isEqualTo(new Practitioner("D1", "李明"));
    assertThat(question.encounter()).isEqualTo("ZY1");
    assertThat(question.patient()).containsExactly(new Identifier("urn:emr-gateway:H-0104:patient:HIS", "000123"));
    assertThat(question.sections()).isEqualTo(EnumSet.allOf(Section.class));
  }

  @Test
  void is_refused_at_once_where_nobody_may_ask_and_says_what_to_set() throws Exception {
    try (Ward ward = new Ward(new Socket("127.0.0.1", silent.port()))) {
      ward.send(frame(q11("C1")));
      String answer = ward.answer();
      assertThat(Ward.verdict(answer)).isEqualTo("AR C1");
      assertThat(answer).contains("ERR||MSH^1^9|200^Unsupported message type^HL70357|E|intake.query-not-expected^", "设置 queries: true 并重启网关");
      ward.send(frame("MSH|^~\\&|HIS|H1|||20261128||QRY^R02|C2|P|2.3.1\rQRD|20261128|R|I|T1|||5^RD|1\r"));
      assertThat(ward.answer()).as("before 2.5 the setting stands in MSA-3").contains("MSA|AR|C2|Queries are not switched on for this source (queries: true)", "intake.query-not-expected");
      ward.send(frame(adt("M1")));
      assertThat(ward.verdict()).isEqualTo("AA M1");
    }
    assertThat(journal.kept).extracting(one -> one.refused() == null ? "" : one.refused().reason().code())
        .as("like all that is refused, kept with its reason").containsExactly("intake.query-not-expected", "intake.query-not-expected", "");
    assertThat(asked).isEmpty();
  }

  @Test
  void that_names_no_section_asks_for_all_that_the_patient_has_agreed_to_and_one_that_does_for_those_alone() throws Exception {
    try (Ward ward = ward()) {
      ward.send(frame(q11("C1"))).send(frame(q11("C2").replace("^MR||", "^MR|results|"))).send(frame(q11("C3").replace("^MR||", "^MR|ALL|")));
      assertThat(List.of(ward.verdict(), ward.verdict(), ward.verdict())).containsExactly("AA C1", "AA C2", "AA C3");
    }
    assertThat(asked).extracting(Question::named).containsExactly(false, true, false);
  }

  @Test
  void says_to_what_the_patient_has_agreed_when_the_question_names_more() throws Exception {
    answers = question -> new Result.Denied(Rule.CONSENT_IN_PART, Set.of(Section.RESULTS));
    try (Ward ward = ward()) {
      ward.send(frame(q11("C1")));
      assertThat(ward.answer()).contains("MSA|AE|C1|", "；已授权：检验检查结果 / ", "; agreed to: results", "lookup.consent-in-part");
    }
  }

  @Test
  void takes_no_check_of_draft_orders_where_there_are_no_reminders_and_keeps_none() throws Exception {
    try (Ward ward = ward()) {
      ward.send(frame(q11("C1").replace("ZEMRGW", "ZEMRGW-CHECK") + "ORC|NW|RX1\rRXE||^阿莫西林\r"));
      assertThat(ward.answer()).contains("MSA|AR|C1|", "query.code-unknown", "QPD^1^1");
    }
    assertThat(journal.kept).isEmpty();
    assertThat(asked).isEmpty();
  }

  @Test
  void answers_queries_and_messages_of_one_connection_in_their_order() throws Exception {
    try (Ward ward = ward()) {
      ward.send(frame(q11("C1"))).send(frame(adt("M1"))).send(frame(q11("C2"))).send(frame("MSH|^~\\&|HIS|H1|||20261128||QRY^Q01|C3|P|2.4\r"));
      assertThat(List.of(ward.verdict(), ward.verdict(), ward.verdict(), ward.verdict())).containsExactly("AA C1", "AA M1", "AA C2", "AR C3");
    }
  }

  @Test
  void lets_other_connections_go_on_while_a_question_waits() throws Exception {
    CountDownLatch wait = new CountDownLatch(1);
    answers = question -> {
      await(wait);
      return shown();
    };
    try (Ward slow = ward(); Ward other = ward()) {
      slow.send(frame(q11("C1")));
      for (int k = 0; k < 50; k++) {
        other.send(frame(adt("M" + k)));
        assertThat(other.verdict()).isEqualTo("AA M" + k);
      }
      wait.countDown();
      assertThat(slow.verdict()).isEqualTo("AA C1");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @EnumSource(value = Rule.class, names = {"PATIENT_UNKNOWN", "NO_OPEN_VISIT", "NO_CONSENT", "TOO_MANY", "EMERGENCY", "EMERGENCY_OFF", "EMERGENCY_SECOND", "PATIENT_CONTRADICTORY"})
  void says_a_refusal_in_the_words_of_its_rule_and_nothing_of_the_patient(Rule rule) throws Exception {
    answers = question -> new Result.Denied(rule);
    try (Ward ward = ward()) {
      ward.send(frame(q11("C1")));
      String answer = ward.answer();
      assertThat(Ward.verdict(answer)).isEqualTo("AE C1");
      assertThat(answer).contains(rule.code(), rule.textZh() + " / " + rule.text(), rule.remedyZh() + " / " + rule.remedy(), "QAK|T1|AE|")
          .doesNotContain("\rPID|", "张");
    }
  }

  @Test
  void says_why_the_city_gave_no_answer() throws Exception {
    answers = question -> new Result.Failed("city.unreachable");
    try (Ward ward = ward()) {
      ward.send(frame(q11("C1")));
      assertThat(ward.answer()).contains("MSA|AE|C1|市平台没有给出有效答复", "city.unreachable");
    }
  }

  @Test
  void says_that_it_failed_and_not_why_when_the_audit_does_not_answer() throws Exception {
    answers = question -> {
      throw new IllegalStateException("secret of 张伟");
    };
    try (Ward ward = ward()) {
      ward.send(frame(q11("C1")));
      assertThat(ward.answer()).contains("MSA|AE|C1|网关出错", "gateway.internal").doesNotContain("secret").doesNotContain("张伟");
    }
  }

  @Test
  void refuses_what_is_more_than_it_asks_at_a_time_and_keeps_answering() throws Exception {
    CountDownLatch wait = new CountDownLatch(1);
    answers = question -> {
      await(wait);
      return shown();
    };
    List<Ward> wards = new ArrayList<>();
    try {
      for (int k = 0; k < LookupRoutes.AT_ONCE; k++) {
        wards.add(ward().send(frame(q11("C" + k))));
      }
      Hospital.until(() -> asked.size() == LookupRoutes.AT_ONCE);
      try (Ward more = ward()) {
        more.send(frame(q11("X")));
        assertThat(more.answer()).contains("MSA|AE|X|", "lookup.too-many", "查询过于频繁");
        wait.countDown();
        for (int k = 0; k < LookupRoutes.AT_ONCE; k++) {
          assertThat(wards.get(k).verdict()).isEqualTo("AA C" + k);
        }
        more.send(frame(q11("Y")));
        assertThat(more.verdict()).isEqualTo("AA Y");
      }
    } finally {
      for (Ward ward : wards) {
        ward.close();
      }
    }
  }

  @Test
  void gives_the_rest_to_whom_it_gave_the_beginning_and_to_nobody_else() throws Exception {
    try (Ward ward = ward()) {
      ward.send(frame(q11("C1", "3^RD", "")));
      String first = ward.answer();
      String dsc = first.substring(first.indexOf("\rDSC|") + 1);
      String pointer = dsc.split("\\|")[1];
      String next = q11("C2", "3^RD", "DSC|" + pointer + "|I\r");
      for (String others : List.of(next.replace("D1^", "D2^"), next.replace("000123", "000124"), next.replace("|HIS|H1|", "|HIS|H2|"),
          next.replace(pointer, pointer.replaceAll("^.", "z")), next.replace(pointer, pointer + "000"), next.replace(pointer, "x"))) {
        ward.send(frame(others));
        String refused = ward.answer();
        assertThat(refused).contains("MSA|AR|C2|", "query.pointer-unknown", "DSC^1^1").doesNotContain("\rPID|");
      }
      ward.send(frame(next)).send(frame(next));
      String second = ward.answer();
      assertThat(second).startsWith("MSH|").contains("MSA|AA|C2", "\rPID|");
      assertThat(ward.answer().split("\r", 2)[1]).as("a page may be lost on the way").isEqualTo(second.split("\r", 2)[1]);
      int pages = 2;
      for (String page = second; page.contains("\rDSC|"); page = ward.answer()) {
        pages++;
        ward.send(frame(q11("C2", "3^RD", page.substring(page.indexOf("\rDSC|") + 1))));
      }
      assertThat(pages).isEqualTo(4);
      forbidden = Rule.WITHDRAWN;
      ward.send(frame(next));
      assertThat(ward.answer()).contains("MSA|AE|C2|患者已撤回授权", "lookup.withdrawn").doesNotContain("\rPID|");
    }
    assertThat(asked).as("only the beginning was asked of others").hasSize(1);
  }

  @Test
  void answers_in_the_character_set_of_the_query() throws Exception {
    Charset gb18030 = Charset.forName("GB18030");
    try (Ward ward = ward()) {
      ward.send(frame(q11("C1").getBytes(gb18030)));
      assertThat(ward.answer(gb18030)).contains("|GB 18030-2000\r", "未答复 no answer");
      ward.send(frame(q11("C2").getBytes(StandardCharsets.UTF_8)));
      assertThat(ward.answer()).contains("|UNICODE UTF-8\r", "未答复 no answer");
      String ascii = q11("C3").replace("李明", "LI").replace("急诊科", "ER");
      ward.send(frame(ascii));
      assertThat(ward.answer()).contains("MSA|AR|C3|MSH-18: The answer cannot be written", "query.charset-too-narrow");
      ward.send(frame(ascii.replace("|P|2.5", "|P|2.5||||||GBK")));
      assertThat(ward.answer(gb18030)).contains("|GBK\r", "未答复 no answer");
    }
  }

  @Test
  void tells_a_query_that_does_not_decode_or_has_no_number_and_keeps_neither() throws Exception {
    try (Ward ward = ward()) {
      byte[] bad = q11("C1").replace("李明", "\u0001\u0001").getBytes(StandardCharsets.US_ASCII);
      for (int k = 0; k < bad.length; k++) {
        bad[k] = bad[k] == 1 ? (byte) 0xFF : bad[k];
      }
      ward.send(frame(bad)).send(frame(q11("")));
      assertThat(ward.answer()).contains("MSA|AE|C1|", "intake.bytes-do-not-decode");
      assertThat(ward.answer()).contains("MSA|AR||", "intake.control-id-missing");
    }
    assertThat(journal.kept).isEmpty();
  }

  @Test
  void sends_the_accept_acknowledgement_first_to_a_sender_that_reads_two() throws Exception {
    try (Ward ward = ward()) {
      ward.send(frame(q11("C1").replace("|P|2.5", "|P|2.5|||AL|AL")));
      assertThat(ward.verdict()).isEqualTo("CA C1");
      assertThat(ward.answer()).contains("RSP^K11", "MSA|AA|C1");
    }
  }

  @Test
  void answers_every_garbled_query_and_stays_open() throws Exception {
    Random chance = new Random(7);
    try (Ward ward = ward()) {
      for (int n = 0; n < 2_000; n++) {
        StringBuilder text = new StringBuilder(q11("C" + n, "3^RD", "DSC|x|I\r"));
        int header = text.indexOf("\r");
        for (int k = chance.nextInt(8); k >= 0; k--) {
          int at = header + 1 + chance.nextInt(text.length() - header - 1);
          if (chance.nextBoolean()) {
            text.deleteCharAt(at);
          } else {
            text.insert(at, "|^~\\&\r=0\"9P".charAt(chance.nextInt(11)));
          }
        }
        if (text.toString().contains("\rMSH") || text.toString().contains("\rMSA")) {
          continue;
        }
        ward.send(frame(text.toString()));
        assertThat(ward.verdict()).endsWith(" C" + n);
      }
    }
    assertThat(journal.kept).isEmpty();
  }
}
