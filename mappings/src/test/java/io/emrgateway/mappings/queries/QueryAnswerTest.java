package io.emrgateway.mappings.queries;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.records.Feed.OUYANG;
import static io.emrgateway.mappings.records.Feed.pv1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.util.Terser;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Samples;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.records.Feed;
import io.emrgateway.mappings.records.Hospital;
import io.emrgateway.mappings.records.Section;
import io.emrgateway.mappings.records.Source;
import io.emrgateway.mappings.records.Source.Status;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How: HAPI, told to take no segment that its version has no place for, reads every answer. */
@DisplayName("An answer to a query")
class QueryAnswerTest {
  private static final byte[] DOCUMENT = Asking.document();
  /** What our conformance statement (QUERIES.md) has between QPD and DSC. */
  private static final String PATTERN = "(PID PV1 (PV2 )?((OBX )*(AL1 )*(DG1 )*(PR1 )*)"
      + "(OBR (NTE )*(OBX (NTE )*)*|ORC ((RXE|RXD|RXA) (RXR )?)+(NTE )*)*)*";

  static Stream<Arguments> queries() {
    List<Arguments> all = new ArrayList<>();
    for (String version : List.of("2.3.1", "2.4", "2.5", "2.5.1")) {
      all.add(Arguments.of("A19", version, Asking.a19(version)));
      all.add(Arguments.of("R02", version, Asking.r02(version)));
      if (!version.equals("2.3.1")) {
        all.add(Arguments.of("Q11", version, Asking.q11(version)));
        all.add(Arguments.of("Q22", version, Asking.q22(version)));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0} of {1}")
  @MethodSource("queries")
  void has_the_structure_of_its_version(String kind, String version, String query) throws HL7Exception {
    String answer = Asking.answer(query, DOCUMENT);

    Message message = Hapi.parse(answer, !kind.equals("Q11"));
    Terser found = new Terser(message);
    assertThat(found.get("/MSA-1")).isEqualTo("AA");
    assertThat(found.get("/MSA-2")).isEqualTo("C-0001");
    assertThat(found.get("/MSH-12")).isEqualTo(version);
    assertThat(found.get("/.PID-5")).isEqualTo("欧阳锋");
  }

  @ParameterizedTest(name = "{0} of {1}")
  @MethodSource("queries")
  void that_is_a_refusal_has_the_structure_of_its_version_too(String kind, String version, String query) throws HL7Exception {
    Reply reply = Asking.reply(query, "GB18030");
    String answer = reply.objection(new QueryRefused(QueryRefused.Reason.FIELD_MISSING, "QPD-3").objection());

    Terser found = new Terser(Hapi.parse(answer, true));
    assertThat(found.get("/MSA-1")).isEqualTo("AR");
    assertThat(found.get("/MSA-3")).startsWith("QPD-3: 查询缺少必填的内容 / The query lacks");
    assertThat(answer).contains("query.field-missing").doesNotContain("PID|");
    if (version.startsWith("2.5")) {
      assertThat(found.get("/ERR-8")).contains("请按接口说明填写该字段");
      assertThat(found.get("/ERR-3-1")).isEqualTo("101");
    }
  }

  @ParameterizedTest(name = "{0} of version 2.4 instead of {1}: {2}")
  @CsvSource({"visit=ZY900~,-,QRF-5 visit=: 查询缺少必填的内容 /", "visit=,张伟=,QRF-5(4): 该字段的代码不在约定的代码表中 /",
      "visit=ZY900,张伟,QRF-5(4): 该字段的代码不在约定的代码表中 /", "20261128085900+0800,20261128,QRF-5 confirmed=: 该字段的内容无法使用 /"})
  void that_is_a_refusal_names_the_word_that_is_wrong_and_nothing_of_what_stands_there(String instead, String wrong, String begins) {
    Reply reply = Asking.reply(Asking.r02("2.4").replace(instead, wrong.equals("-") ? "" : wrong), "GB18030");
    QueryRefused refused = catchThrowableOfType(QueryRefused.class, reply::query);
    String answer = reply.objection(refused.objection());

    String acknowledgement = answer.split("\r")[1];
    assertThat(acknowledgement.split("\\|")[3]).startsWith(begins).doesNotContain("张伟");
    assertThat(answer).contains("ERR|QRF^1^5^");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.4", "2.5", "2.5.1"})
  void about_everything_keeps_to_the_pattern_of_our_conformance_statement(String version) {
    String names = names(Asking.answer(Asking.q11(version), DOCUMENT));

    assertThat(names).matches("MSH MSA QAK QPD " + PATTERN);
    assertThat(names).contains("AL1 ", "DG1 ", "PR1 ", "RXE RXR ", "OBR NTE OBX ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"A19", "R02", "Q11"})
  void is_what_stands_in_the_file_beside_it(String kind) throws IOException {
    String query = kind.equals("A19") ? Asking.a19("2.4") : kind.equals("R02") ? Asking.r02("2.4") : Asking.q11("2.5.1");
    String answer = query.replace('\r', '\n') + "\n" + Asking.answer(query, DOCUMENT).replace('\r', '\n');
    Path golden = Path.of("src/test/resources/golden/queries/own__" + kind + ".hl7");
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(golden, answer);
    }

    assertThat(answer).isEqualTo(Files.readString(golden));
  }

  @Test
  void read_as_the_message_of_a_laboratory_gives_the_results_of_the_summary_again() {
    Feed feed = new Feed("H-0104", "北京大学人民医院");
    feed.sends("ORU^R01", Asking.result());
    byte[] document = Asking.document(Asking.answered(feed));
    String answer = Asking.answer(Asking.r02("2.5"), document);
    String results = answer.substring(answer.indexOf("\rPID|") + 1);
    String oru = "MSH|^~\\&|GW|H|HIS|RMYY|20261128090001+0800||ORU^R01^ORU_R01|X|P|2.5\r" + results;

    Map<String, Object> before = observations(document);
    Mapped again = Samples.MAPPING.map(oru, Site.standard("H-0104"), "b");
    Map<String, Object> after = observations(again.bundle());
    after.keySet().removeIf(code -> code.contains("LOOKUP-STATUS"));
    assertThat(after).isEqualTo(before);
    assertThat(before).hasSize(5);
  }

  /** Value, unit, flag, range and time by code. */
  @SuppressWarnings("unchecked")
  private static Map<String, Object> observations(byte[] bundle) {
    Map<String, Object> found = new TreeMap<>();
    for (Map<String, Object> one : Samples.resources((Map<String, Object>) Samples.json(bundle), "Observation")) {
      Map<String, Object> said = new TreeMap<>();
      one.forEach((name, value) -> {
        if (name.startsWith("value") || List.of("interpretation", "referenceRange", "status", "code").contains(name)) {
          said.put(name, value);
        }
      });
      said.put("time", String.valueOf(one.get("effectiveDateTime")));
      found.put(String.valueOf(at(one, "code", "coding", 0, "system")) + "|" + at(one, "code", "coding", 0, "code"), said);
    }
    return found;
  }

  @Test
  void says_first_what_became_of_the_question_at_each_hospital_in_different_words() {
    assertThat(Asking.answer(Asking.r02("2.4"), DOCUMENT).lines().flatMap(line -> Stream.of(line.split("\r"))).filter(one -> one.contains("LOOKUP-STATUS"))
        .map(one -> one.split("\\|")[5] + one.split("\\|")[15])).containsExactly(
        "answered^有资料 data received^99EMRGWH-0104^北京大学人民医院^99EMRGW",
        "answered^有资料 data received^99EMRGWH-0105^北京安贞医院^99EMRGW",
        "timeout^未答复 no answer^99EMRGWH-0106^北京天坛医院^99EMRGW",
        "denied^无权查看 no right^99EMRGWH-0107^北京协和医院^99EMRGW",
        "none^无资料 no data^99EMRGWH-0108^北京友谊医院^99EMRGW");
  }

  @ParameterizedTest
  @CsvSource({"NONE,NF", "TIMEOUT,OK", "DENIED,OK", "UNVERIFIED,OK"})
  void says_no_data_only_if_every_hospital_says_so(Status status, String code) {
    byte[] document = Asking.document(Source.without(new Hospital("H-0104", "甲"), Status.NONE),
        Source.without(new Hospital("H-0106", "乙"), status));

    assertThat(Asking.answer(Asking.q11("2.5"), document)).contains("QAK|Q-0001|" + code + "|").contains("|" + status.name().toLowerCase() + "^");
  }

  @Test
  void says_to_what_the_patient_has_not_agreed_which_is_another_word_than_no_data() {
    byte[] document = Asking.document(Feed.about(Feed.RESIDENT, Asking.DAY, Section.RESULTS), Set.of(Section.ALLERGIES, Section.MEDICATIONS),
        Source.without(new Hospital("H-0104", "甲"), Status.NONE));

    assertThat(Asking.answer(Asking.q11("2.5"), document)).contains("QAK|Q-0001|OK|",
        "|CE|NOT-AGREED^患者未授权的内容 Not agreed to by the patient^99EMRGW|2|medications^用药 medications^99EMRGW|",
        "|CE|NOT-AGREED^患者未授权的内容 Not agreed to by the patient^99EMRGW|3|allergies^过敏 allergies^99EMRGW|");
    assertThat(Asking.answer(Asking.a19("2.4"), document)).contains("NOT-AGREED");
  }

  @Test
  void says_why_a_hospital_refused_or_was_not_believed() {
    byte[] document = Asking.document(Source.without(new Hospital("H-0104", "甲"), Status.UNVERIFIED, new Source.Why("key-unknown", "证书不认识 certificate unknown")));

    assertThat(Asking.answer(Asking.r02("2.4"), document)).contains("unverified^答复未通过核验 answer not verified：证书不认识 certificate unknown^99EMRGW",
        "NTE||L|甲：答复未通过核验 answer not verified：证书不认识 certificate unknown\r");
  }

  @Test
  void keeps_the_digits_of_a_result_and_when_a_drug_begins_and_how_long() {
    Feed feed = new Feed("H-0104", "甲");
    feed.sends("ORU^R01", OUYANG.pid(), pv1("O", "MZ1", "20261110080000", ""), "OBR|1|JY1^HIS|BG1^LIS|XJ^肌钙蛋白^LOCAL|||20261120090000||||||||||||||20261120100000||HM|F",
        "OBX|1|NM|TNI^肌钙蛋白I^LOCAL||0.50|ng/mL^^UCUM|0.00-0.10|H|||F");
    feed.sends("RDE^O11", OUYANG.pid(), pv1("O", "MZ1", "", ""), "ORC|NW|RX1^CPOE|||||||20261112080000", "TQ1|1||BID||||20261115|20261121",
        "RXE||86905^阿莫西林胶囊^NMPA|0.50||g");
    feed.sends("RDE^O11", OUYANG.pid(), pv1("O", "MZ1", "", ""), "ORC|NW|RX2^CPOE|||||||20261112080000", "TQ1|1||BID|||7^d", "RXE||86906^头孢克洛胶囊^NMPA|0.250||g");
    String answer = Asking.answer(Asking.q11("2.5"), Asking.document(Asking.answered(feed)));

    assertThat(answer).contains("|TNI^肌钙蛋白I^urn:emr-gateway:H-0104:codes:OBX-3||0.50|", "|0.00-0.10|", "RXE|^BID^^20261115^20261121|", "|0.50||g", "RXE|^BID^D7|", "|0.250||g");
  }

  @Test
  void never_makes_an_allergy_of_one_that_is_over() {
    Feed feed = new Feed("H-0104", "甲");
    feed.sends("ADT^A60", "EVN|A60", OUYANG.pid(), pv1("O", "MZ1", "20261110080000", ""),
        "IAM|1|DA|QMS^青霉素^LOCAL|SV|皮疹|A|||||||||||I", "IAM|2|DA|TB^头孢^LOCAL|SV|皮疹|A|||||||||||C");
    String answer = Asking.answer(Asking.a19("2.4"), Asking.document(Asking.answered(feed)));

    assertThat(answer.split("\r")).filteredOn(one -> one.startsWith("AL1")).hasSize(1).allMatch(one -> one.contains("头孢"));
    assertThat(answer).contains("|ALLERGY-INACTIVE^已不存在的过敏 Allergy of the past^99EMRGW||QMS^青霉素^");
  }

  @Test
  void pages_by_whole_groups_and_loses_none() {
    List<String> pages = Asking.answers(Asking.q11("2.5", "", "2^RD"), DOCUMENT);
    String whole = Asking.answer(Asking.q11("2.5", "", ""), DOCUMENT);

    assertThat(pages).hasSizeGreaterThan(3);
    assertThat(pages.subList(0, pages.size() - 1)).allMatch(page -> page.endsWith("\rDSC|P-1|I\r"));
    assertThat(pages.get(pages.size() - 1)).doesNotContain("DSC|");
    assertThat(pages.stream().flatMap(QueryAnswerTest::clinical)).containsExactlyElementsOf(clinical(whole).toList());
    pages.forEach(page -> assertThat(names(page)).matches("MSH MSA QAK QPD " + PATTERN + "(DSC )?"));
    assertThat(pages.get(0)).contains("LOOKUP-STATUS");
    assertThat(pages.get(1)).doesNotContain("LOOKUP-STATUS");
  }

  @Test
  void of_patient_and_results_queries_pages_in_the_structure_of_the_version() {
    for (String query : List.of(Asking.a19("2.5").replace("50^RD", "1"), Asking.r02("2.4").replace("50^RD", "1^RD"))) {
      List<String> pages = Asking.answers(query, DOCUMENT);
      assertThat(pages).hasSizeGreaterThan(2);
      pages.forEach(page -> Hapi.parse(page, true));
    }
  }

  private static Stream<String> clinical(String page) {
    return Stream.of(page.split("\r")).filter(one -> !one.matches("(MSH|MSA|QAK|QPD|DSC|PID|PV1).*"));
  }

  private static String names(String answer) {
    StringBuilder names = new StringBuilder();
    for (String segment : answer.split("\r")) {
      names.append(segment, 0, 3).append(' ');
    }
    return names.toString();
  }

  @ParameterizedTest
  @CsvSource({"@PID.5.1.1^欧阳锋,OK", "@PID.7^19491231,OK", "@PID.5.1.1^欧阳~@PID.5.2^锋,OK", "@PID.5.1.1^欧阳克,NF", "@PID.7^19491230,NF",
      "@PID.5.1.1^欧阳锋~@PID.7^19491230,NF"})
  void names_a_candidate_only_if_everything_that_was_asked_fits(String more, String status) {
    String answer = Asking.answer(Asking.q22("2.5", "@PID.3.1^0001234567~" + more), DOCUMENT);

    assertThat(answer).contains("QAK|Q-0001|" + status + "|");
    assertThat(answer.contains("\rPID|")).isEqualTo(status.equals("OK"));
    assertThat(answer).doesNotContain("OBX|").doesNotContain("DG1|").doesNotContain("PV1|");
  }

  @ParameterizedTest
  @CsvSource({"GB18030,,𠮷", "UTF-8,,𠮷", "GB18030,GBK,\\XF0A0AEB7\\", "UTF-8,UNICODE UTF-8,𠮷"})
  void writes_a_character_that_the_sender_cannot_read_so_that_it_is_seen(String charset, String said, String written) {
    Feed feed = new Feed("H-0104", "甲");
    feed.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20261110080000", ""), "DG1|1||J18^𠮷氏肺炎^LOCAL|𠮷氏肺炎");
    String query = Asking.msh("QBP^Q11^QBP_Q11", "2.5", said == null ? "" : said)
        + Asking.q11("2.5").substring(Asking.q11("2.5").indexOf('\r'));
    Reply reply = Asking.reply(query, charset);
    String answer = reply.page(reply.query(), reply.told(reply.query(), Asking.document(Asking.answered(feed))), 0, group -> "").text();

    assertThat(answer).contains(written + "氏肺炎");
    assertThat(new String(answer.getBytes(Charset.forName(charset)), Charset.forName(charset))).isEqualTo(answer);
    // Our own reader, for one, reads the escape.
    assertThat(Hl7Message.read(answer).orElseThrow().first("DG1").field(4).text()).isEqualTo("𠮷氏肺炎");
  }

  @Test
  void in_a_character_set_without_chinese_is_refused_rather_than_filled_with_question_marks() {
    String query = Asking.q11("2.5").replaceAll("[^\\x00-\\x7F]+", "X");
    Reply reply = Asking.reply(query, "US-ASCII");

    assertThatThrownBy(() -> reply.told(reply.query(), DOCUMENT)).isInstanceOfSatisfying(QueryRefused.class, refused -> {
      assertThat(refused.reason()).isEqualTo(QueryRefused.Reason.CHARSET_TOO_NARROW);
      assertThat(reply.objection(refused.objection())).isASCII();
    });
  }

  @Test
  void keeps_the_senders_delimiters_and_escapes_them_in_what_it_says() {
    Feed feed = new Feed("H-0104", "甲|乙^丙~丁\\戊&己#$%*");
    feed.sends("ADT^A04", OUYANG.pid(), pv1("O", "MZ1", "20261110080000", ""), "DG1|1||J18^肺炎^LOCAL|肺炎#$%*@");
    String query = Asking.q11("2.5").replace('|', '#').replace('^', '$').replace('~', '%').replace('\\', '*').replace('&', '@');
    Reply reply = Asking.reply(query, "UTF-8");
    Reply.Page page = reply.page(reply.query(), reply.told(reply.query(), Asking.document(Asking.answered(feed))), 0, group -> "");

    assertThat(page.text()).startsWith("MSH#$%*@#GATEWAY#EDGE#HIS#RMYY#");
    Hl7Message read = Hl7Message.read(page.text()).orElseThrow();
    assertThat(read.unread()).isEmpty();
    assertThat(read.first("DG1").field(4).text()).isEqualTo("肺炎#$%*@");
    assertThat(read.first("OBX").field(15).component(2).text()).isEqualTo(feed.hospital.name());
  }
}
