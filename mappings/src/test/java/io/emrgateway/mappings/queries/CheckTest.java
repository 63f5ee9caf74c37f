package io.emrgateway.mappings.queries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.util.Terser;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Samples;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.queries.Reminded.Ground;
import io.emrgateway.mappings.queries.Reminded.Reminder;
import io.emrgateway.mappings.queries.Reminded.Word;
import io.emrgateway.mappings.reminders.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How: drafts are mapped and read as orders are; HAPI reads the query and every answer. */
@DisplayName("A check of draft orders")
class CheckTest {
  private static final String[] DRAFTS = {"ORC|NW|RX1^HIS", "RXE||YP0017^阿莫西林胶囊^L|500||mg", "RXR|PO^口服", "ORC|NW|RX2^HIS", "RXO|L2^阿托伐他汀钙片^L",
      "ORC|NW|JY1^HIS", "OBR|1|JY1^HIS||XCG^血常规^L"};
  private static final Reminded REMINDED = new Reminded(new Word("in-part", "部分医院尚未答复 Some have not answered yet"), null,
      List.of(new Word("H-0106", "北京天坛医院")), List.of(new Word("reports", "报告 reports")), List.of(
          new Reminder(1, new Word("allergy.class", "对同类药过敏 allergic to the class"), new Word("critical", "须确认 interrupts"), "阿莫西林胶囊：患者对同类药过敏（青霉素）",
              "阿莫西林胶囊: allergic to the class (青霉素)", List.of(new Ground(new Word("H-0105", "北京安贞医院"), LocalDate.of(2026, 11, 10), "QMS", "青霉素",
                  "对同类药过敏：青霉素，反应 皮疹|红斑", "allergic to the class: 青霉素"))),
          new Reminder(3, new Word("test.repeated", "重复检查检验 the test was done lately"), new Word("info", "提示 information"), "血常规：近日做过", "血常规: done lately",
              List.of(new Ground(new Word("H-0001", "北京大学第三医院"), null, "", "血常规", "血常规 正常", "血常规 normal")))));

  private static List<Draft> drafts(String... segments) {
    return Asking.reply(Asking.check("2.5.1", segments), "GB18030").drafts();
  }

  private static List<Reading.Order> orders(Draft draft) {
    Mapped mapped = Samples.MAPPING.map(draft.text(), Site.standard("H-0104"), "b");
    assertThat(mapped.converted()).isTrue();
    return Reading.shipped().orders(mapped.bundle());
  }

  @Test
  void is_a_query_and_no_order_whatever_is_in_it() throws HL7Exception {
    String text = Asking.check("2.5.1", DRAFTS);
    Query query = Asking.reply(text, "GB18030").query();

    assertThat(Kind.isQuery(Hl7Message.read(text).orElseThrow().header().field(9).component(1).text())).isTrue();
    assertThat(Samples.MAPPING.map(text, Site.standard("H-0104"), "b").converted()).as("where nobody asks, it is no order either").isFalse();
    assertThat(query.kind()).isEqualTo(Kind.CHECK);
    assertThat(query.numbers()).containsExactly(new Query.Number("0001234567", "RMYY", null, null, "PI"));
    assertThat(query.visit()).isEqualTo("ZY900");
    assertThat(new Terser(Hapi.parse(text, false)).get("/.RXE-2-2")).isEqualTo("阿莫西林胶囊");
  }

  @Test
  void has_its_drafts_read_as_orders_are_read() {
    List<List<Reading.Order>> read = drafts(DRAFTS).stream().map(CheckTest::orders).toList();

    assertThat(read).allSatisfy(one -> assertThat(one).hasSize(1));
    assertThat(read.stream().map(one -> one.get(0).name())).containsExactly("阿莫西林胶囊", "阿托伐他汀钙片", "血常规");
    assertThat(read.get(0).get(0).numbers()).contains("RX1");
    assertThat(read.get(2).get(0).numbers()).contains("JY1");
    assertThat(read.get(0).get(0).drug().ingredients()).containsOnlyKeys("阿莫西林");
    assertThat(read.get(0).get(0).route()).isEqualTo("oral");
    assertThat(read.get(1).get(0).drug().ingredients()).containsOnlyKeys("阿托伐他汀");
    assertThat(read.get(2).get(0).tests()).hasSize(1);
  }

  @Test
  void has_its_drafts_found_in_other_delimiters_and_behind_the_rest_of_the_query() {
    String text = Asking.check("2.5").replace("\r\r", "\r") + String.join("\r", DRAFTS) + "\r";

    assertThat(Asking.reply(text.replace('^', '$').replace('|', '!'), "GB18030").drafts().stream().map(one -> orders(one).get(0).name()))
        .containsExactly("阿莫西林胶囊", "阿托伐他汀钙片", "血常规");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void that_was_garbled_is_read_or_refused(int seed) {
    Random chance = new Random(seed);
    int read = 0;
    for (int n = 0; n < 3_000; n++) {
      StringBuilder text = new StringBuilder(Asking.check("2.5.1", DRAFTS));
      int header = text.indexOf("\r");
      for (int k = chance.nextInt(4); k >= 0; k--) {
        int at = header + 1 + chance.nextInt(text.length() - header - 1);
        if (chance.nextBoolean()) {
          text.deleteCharAt(at);
        } else {
          text.insert(at, "|^~\\&\r=0P".charAt(chance.nextInt(9)));
        }
      }
      Reply reply = Asking.reply(text.toString(), "UTF-8");
      try {
        if (reply.query().kind() == Kind.CHECK) {
          read += reply.drafts().isEmpty() ? 0 : 1;
        }
      } catch (QueryRefused refused) {
        assertThat(reply.objection(refused.objection())).contains("MSA|AR|");
      }
    }
    assertThat(read).isBetween(500, 2_900);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
      "NTE|1;query.field-missing;ORC", "RXE||^阿莫西林;query.draft-unusable;RXE", "PID|1||2~ORC|NW~RXE||^阿莫西林;query.draft-unusable;PID",
      "ORC|NW|1~RXE||^甲~RXE||^乙;query.draft-unusable;ORC", "ORC|NW|1~RXO|^甲~RXE||^甲;query.draft-unusable;ORC", "ORC|NW|1~RXE||^甲~ORC|NW|2~RXR|^口服;query.draft-unusable;ORC[2]",
      "ORC|NW|1~RXE||^甲~OBR|1|||^血常规;query.draft-unusable;ORC", "ORC|NW|1~RXE||^甲~O RC|NW|2;query.draft-unusable;''"})
  void with_a_draft_that_could_be_overlooked_is_refused(String segments, String code, String place) {
    assertThatThrownBy(() -> drafts(segments.split("~"))).isInstanceOfSatisfying(QueryRefused.class, refused -> {
      assertThat(refused.reason().code()).isEqualTo(code);
      assertThat(refused.place()).isEqualTo(place);
    });
  }

  @Test
  void of_more_drafts_than_anybody_signs_at_once_is_refused() {
    List<String> many = new ArrayList<>();
    for (int k = 0; k <= 100; k++) {
      many.addAll(List.of("ORC|NW|" + k, "OBR|1|||^血常规"));
    }
    assertThatThrownBy(() -> drafts(many.toArray(String[]::new))).isInstanceOfSatisfying(QueryRefused.class, refused -> {
      assertThat(refused.reason()).isEqualTo(QueryRefused.Reason.DRAFT_UNUSABLE);
      assertThat(refused.place()).isEqualTo("ORC[101]");
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.4", "2.5", "2.5.1"})
  void is_answered_by_the_pattern_of_the_guide_with_every_reminder_and_its_grounds(String version) throws HL7Exception {
    String answer = Asking.reply(Asking.check(version, DRAFTS), "GB18030").reminded(REMINDED);
    Terser found = new Terser(Hapi.parse(answer, false));

    assertThat(answer.lines().flatMap(line -> List.of(line.split("\r")).stream()).map(one -> one.substring(0, 3)).collect(Collectors.joining(" ", "", " ")))
        .matches("MSH MSA QAK QPD (OBX )+(ORC OBX NTE NTE OBX (OBX NTE NTE )*)*");
    assertThat(found.get("/MSA-1")).isEqualTo("AA");
    assertThat(found.get("/QAK-2")).isEqualTo("OK");
    assertThat(answer).contains("ORC|NW|RX1^HIS\rOBX|1|CE|REMINDER^提醒 Reminder^99EMRGW|1|allergy.class^对同类药过敏 allergic to the class^99EMRGW||||||F",
        "|QMS^青霉素||||||F|||20261110|H-0105^北京安贞医院^99EMRGW\rNTE|1|L|对同类药过敏：青霉素，反应 皮疹\\F\\红斑\r", "ORC|NW|JY1^HIS\rOBX|1|CE|REMINDER");
  }

  @Test
  void says_of_which_sections_no_other_hospitals_records_count_because_the_patient_has_not_agreed() {
    assertThat(Asking.reply(Asking.check("2.5", DRAFTS), "GB18030").reminded(REMINDED))
        .contains("|NOT-AGREED^患者未授权的内容 Not agreed to by the patient^99EMRGW|0|reports^报告 reports^99EMRGW||||||F\r");
  }

  @Test
  void that_reminds_of_nothing_says_whose_records_count() throws HL7Exception {
    String answer = Asking.reply(Asking.check("2.5", DRAFTS), "GB18030").reminded(new Reminded(new Word("denied", "不能调阅 may not"),
        new Word("lookup.no-open-visit", "没有在诊 no open visit"), List.of(), List.of(), List.of()));

    assertThat(new Terser(Hapi.parse(answer, false)).get("/QAK-2")).isEqualTo("NF");
    assertThat(answer).contains("\rOBX|1|CE|OTHER-HOSPITALS^外院记录 Records of other hospitals^99EMRGW|0|"
        + "denied^不能调阅 may not^99EMRGW^lookup.no-open-visit^没有在诊 no open visit^99EMRGW||||||F\r").doesNotContain("REMINDER");
  }

  @Test
  void that_is_refused_is_told_which_draft() throws HL7Exception {
    String answer = Asking.reply(Asking.check("2.5", DRAFTS), "GB18030")
        .objection(new QueryRefused(QueryRefused.Reason.DRAFT_UNUSABLE, "ORC[2]").objection());

    Terser found = new Terser(Hapi.parse(answer, true));
    assertThat(List.of(found.get("/MSA-1"), found.get("/ERR-2-1"), found.get("/ERR-2-2"), found.get("/ERR-5-1")))
        .containsExactly("AR", "ORC", "2", "query.draft-unusable");
  }

  @Test
  void is_what_stands_in_the_file_beside_it() throws IOException {
    String query = Asking.check("2.5.1", DRAFTS);
    String answer = query.replace('\r', '\n') + "\n" + Asking.reply(query, "GB18030").reminded(REMINDED).replace('\r', '\n');
    Path golden = Path.of("src/test/resources/golden/queries/own__CHECK.hl7");
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(golden, answer);
    }

    assertThat(answer).isEqualTo(Files.readString(golden));
  }
}
