package io.emrgateway.routes.camel;

import static io.emrgateway.routes.camel.Hospital.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.reminders.Reading;
import io.emrgateway.routes.camel.mllp.Intake;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.camel.mllp.Room;
import io.emrgateway.routes.core.intake.Admit;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Rule;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.reminders.Facts;
import io.emrgateway.routes.core.reminders.Order;
import io.emrgateway.routes.core.reminders.Remind;
import io.emrgateway.routes.core.reminders.Remind.Elsewhere;
import io.emrgateway.routes.core.reminders.Rules;
import java.net.Socket;
import java.nio.charset.Charset;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How: real loopback sockets; what is known of the patient are another hospital's messages, and the rules are the real ones. */
@DisplayName("A door where draft orders are checked")
@Timeout(60)
class CheckDoorTest {
  private static final String DRAFTS = "ORC|NW|RX1^HIS\rRXE||L1^阿莫西林胶囊^L|500||mg\rRXR|^口服\r"
      + "ORC|NW|RX2^HIS\rRXO|^立普妥\rRXR|^口服\rORC|NW|JY1^HIS\rOBR|1|JY1^HIS||F1^血常规^L\r";
  private static final Facts FACTS = io.emrgateway.routes.camel.Ward.of("过敏=青霉素|皮疹|20250301 & 药=阿托伐他汀钙片|口服|-3|28|").facts();
  private static final Hospitals HOSPITALS = new Hospitals(org -> org, (org, why) -> { });

  private final List<Remind.Asking> asked = new CopyOnWriteArrayList<>();
  private volatile Elsewhere elsewhere = Elsewhere.IN_PART;
  private volatile String code = "";
  private CamelContext camel;
  private Hospital.MemoryJournal journal;
  private Listener door;

  private final CheckOrders.Reminding reminding = new CheckOrders.Reminding() {
    private final FactsInBundles reader = new FactsInBundles("H-0104", HOSPITALS, Reading::shipped);

    @Override
    public List<Order> orders(byte[] bundle) {
      return reader.orders(bundle);
    }

    @Override
    public Remind.Answer remind(Remind.Asking asking, List<Order> orders) {
      asked.add(asking);
      return new Remind.Answer(Rules.reminders(FACTS, orders, asking.visit(), "H-0104", io.emrgateway.routes.camel.Ward.NOW), FACTS, elsewhere, code,
          elsewhere == Elsewhere.IN_PART ? List.of("H-0106") : List.of(), java.util.Set.of());
    }
  };

  @BeforeEach
  void open() throws Exception {
    journal = new Hospital.MemoryJournal();
    door = Listener.plain("his", "127.0.0.1", Hospital.freePort()).withQueries();
    camel = new DefaultCamelContext();
    camel.getShutdownStrategy().setTimeout(5);
    Translate.SourceRules site = new Translate.SourceRules(CharsetPolicy.of("detect"), Site.standard("H-0104"));
    Translate.Rules rules = new Translate.Rules(Mapping.shipped(), Map.of("his", site), site, "c");
    AnswerQuery.Asking nobody = new AnswerQuery.Asking() {
      @Override
      public Result ask(Question question) {
        throw new AssertionError("a check waits for no other hospital");
      }

      @Override
      public Optional<Rule> forbidden(UUID rid) {
        throw new AssertionError();
      }
    };
    camel.addRoutes(new LookupRoutes(new AnswerQuery(nobody, shown -> new byte[0], () -> rules,
        Optional.of(new CheckOrders(reminding, org -> Map.of("H-0106", "丙医院").get(org))), Headroom.ofHeap(160 << 20), Intake.UNWATCHED, Clock.systemUTC())));
    IntakeRoutes doors = new IntakeRoutes(List.of(door), new Admit(journal), Intake.UNWATCHED, Clock.systemUTC(), new Room(64 << 20, Room.PATIENCE));
    camel.addRoutes(doors);
    camel.start();
    doors.open();
  }

  @AfterEach
  void close() {
    camel.stop();
    journal.writer.shutdownNow();
  }

  private Hospital.Ward ward() throws Exception {
    return new Hospital.Ward(new Socket("127.0.0.1", door.port()));
  }

  private static String check(String drafts) {
    return "MSH|^~\\&|HIS|H1|GW|CITY|20261128080000||QBP^Q11^QBP_Q11|C1|P|2.5\rQPD|ZEMRGW-CHECK|T1|000123^^^HIS^MR||||||D1^李明|急诊科|ZY1\r"
        + drafts + "RCP|I\r";
  }

  @Test
  void reminds_on_its_connection_and_keeps_nothing_of_it() throws Exception {
    try (Hospital.Ward ward = ward()) {
      ward.send(frame(check(DRAFTS)));
      String answer = ward.answer();
      assertThat(Hospital.Ward.verdict(answer)).isEqualTo("AA C1");
      assertThat(answer).contains("QAK|T1|OK|", "|in-part^部分医院尚未答复", "|H-0106^丙医院^",
          "ORC|NW|RX1^HIS\rOBX|1|CE|REMINDER^提醒 Reminder^99EMRGW|1|allergy.class^", "|1|critical^须确认 interrupts^", "NTE|1|L|阿莫西林胶囊：患者对同类药过敏（青霉素）",
          "|^青霉素||||||F|||20250301|H-0105^合成二院^99EMRGW\r", "ORC|NW|RX2^HIS\rOBX|1|CE|REMINDER^提醒 Reminder^99EMRGW|2|drug.repeated^", "立普妥：重复用药")
          .doesNotContain("ORC|NW|JY1").doesNotContain("\rPID|");
    }
    assertThat(journal.kept).isEmpty();
    Remind.Asking asking = asked.get(0);
    assertThat(asking.patient()).containsExactly(new Identifier("urn:emr-gateway:H-0104:patient:HIS", "000123"));
    assertThat(asking.visit()).isEqualTo("ZY1");
    assertThat(asking.doctor()).isEqualTo(new Practitioner("D1", "李明"));
    assertThat(asking.department()).isEqualTo("急诊科");
  }

  @Test
  void keeps_the_real_order_as_an_order_and_checks_nothing() throws Exception {
    try (Hospital.Ward ward = ward()) {
      ward.send(frame("MSH|^~\\&|HIS|H1|GW|CITY|20261128080000||RDE^O11|M1|P|2.5\rPID|1||000123^^^HIS^MR\r" + DRAFTS));
      assertThat(ward.verdict()).isEqualTo("AA M1");
    }
    assertThat(journal.controls()).containsExactly("M1");
    assertThat(asked).isEmpty();
  }

  @Test
  void tells_two_drafts_without_numbers_apart() throws Exception {
    try (Hospital.Ward ward = ward()) {
      ward.send(frame(check("ORC|NW\rRXE||^阿莫西林胶囊\rORC|NW\rRXE||^阿莫西林胶囊\r")));
      assertThat(ward.answer()).contains("99EMRGW|1|allergy.class^", "99EMRGW|2|allergy.class^");
    }
  }

  @Test
  void says_why_other_hospitals_are_not_in_it() throws Exception {
    elsewhere = Elsewhere.DENIED;
    code = Rule.NO_OPEN_VISIT.code();
    try (Hospital.Ward ward = ward()) {
      ward.send(frame(check("ORC|NW\rOBR|1|||^血常规\r")));
      assertThat(ward.answer()).contains("QAK|T1|NF|", "|denied^不能调阅外院记录，只按本院记录提醒 ", "^lookup.no-open-visit^" + Rule.NO_OPEN_VISIT.textZh());
    }
  }

  @ParameterizedTest
  @CsvSource({"ORC|CA|RX2,ORC|NW|RX2", "RXO|^立普妥,RXO|", "RXO|^立普妥,ZXO|^立普妥"})
  void looks_at_none_when_one_cannot_be_understood(String draft, String before) throws Exception {
    try (Hospital.Ward ward = ward()) {
      ward.send(frame(check(DRAFTS.replace(draft.startsWith("ORC") ? before : draft, draft.startsWith("ORC") ? draft : before))));
      assertThat(ward.answer()).contains("MSA|AR|C1|ORC[2]: 无法识别该医嘱草稿", "query.draft-unusable", "ORC^2").doesNotContain("REMINDER");
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void has_no_second_page() throws Exception {
    try (Hospital.Ward ward = ward()) {
      ward.send(frame(check(DRAFTS).replace("RCP|I", "RCP|I|1^RD\rDSC|x.1|I"))).send(frame(check(DRAFTS).replace("RCP|I", "RCP|I|1^RD")));
      assertThat(ward.answer()).contains("MSA|AR|C1|", "query.pointer-unknown");
      assertThat(ward.answer()).contains("|1|allergy.class^", "|2|drug.repeated^").doesNotContain("\rDSC");
    }
  }

  @Test
  void answers_in_the_character_set_of_the_check() throws Exception {
    Charset gb18030 = Charset.forName("GB18030");
    try (Hospital.Ward ward = ward()) {
      ward.send(frame(check(DRAFTS).getBytes(gb18030)));
      assertThat(ward.answer(gb18030)).contains("|GB 18030-2000\r", "患者对同类药过敏");
      ward.send(frame(check("ORC|NW\rRXE||AMOX\r").replace("李明", "LI").replace("急诊科", "ER")));
      assertThat(ward.answer()).contains("MSA|AR|C1|", "query.charset-too-narrow");
    }
  }
}
