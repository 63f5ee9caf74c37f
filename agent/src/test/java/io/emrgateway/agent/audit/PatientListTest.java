package io.emrgateway.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.records.Tree;
import io.emrgateway.routes.core.lookup.Audits;
import io.emrgateway.routes.core.lookup.Audits.Entry;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.Practitioner;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The list of who looked at a patient's records")
class PatientListTest {
  private static final AuditEvents EVENTS = new AuditEvents("H-0104/main");

  private static List<AuditRecord> records(List<Entry> acts) {
    List<AuditRecord> records = new ArrayList<>();
    acts.forEach(one -> records.add(AuditRecord.read(records.size() + 1, EVENTS.lookup(Acts.NOW.plusSeconds(records.size()), one), Acts.NOW)));
    return records;
  }

  private static PatientList list(List<AuditRecord> records) {
    return new PatientList(records, org -> org.equals("H-0105") ? "乙医院" : org);
  }

  private static String page(List<AuditRecord> records) {
    return list(records).html(List.of(Acts.ZHANG), Acts.NOW, "H-0104/main");
  }

  @Test
  void says_in_plain_words_who_asked_for_what_on_what_ground_and_what_came_of_it_one_row_a_question() throws Exception {
    String page = page(records(Acts.all()));
    assertThat(page.split("<tr", -1)).as("a head and four questions").hasSize(6);
    assertThat(page).contains("心血管内科", "李明（D1001）", "就诊 visit ZY1", "监护人授权 / a guardian&#39;s consent: 母亲 张母", "XY-2026-7",
        "检验检查结果 results", "2026-08-28 – 2026-11-28", "只提供三个月", "乙医院（H-0105） 已提供 answered", "H-0106 没有资料", "患者已撤回授权",
        "紧急调阅，未经患者授权", "患者昏迷", "王芳（D2）", "delivery.city-unreachable", "患者已拒绝共享", "签名方 signed by H-0999");
    // As XML it is read without an error, so no cell broke out of its place.
    String body = page.substring(page.indexOf("<main>"), page.indexOf("</main>") + 7).replace("<br>", "<br/>");
    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void shows_of_the_patients_number_its_end_alone() {
    assertThat(page(records(Acts.all()))).doesNotContain(Acts.ZHANG.value()).contains("**************002X");
    assertThat(PatientList.masked("AB123456")).isEqualTo("******56");
    assertThat(PatientList.masked("123")).isEqualTo("***");
  }

  @Test
  void of_somebody_nobody_asked_for_says_so() {
    assertThat(page(List.of())).contains("没有记录", "nobody has asked").doesNotContain("<table");
  }

  @Test
  void has_who_looked_at_a_consents_evidence_and_who_took_down_what_the_patient_wants() {
    List<AuditRecord> records = new ArrayList<>();
    for (Deed deed : List.of(Deed.CONSENT, Deed.CONSENT_EVIDENCE, Deed.CONSENT_WITHDRAWN, Deed.OBJECTION, Deed.OBJECTION_LIFTED)) {
      records.add(AuditRecord.read(records.size() + 1, EVENTS.will(Acts.NOW, deed, "reference 3fa9", "N2001", List.of(Acts.ZHANG)), Acts.NOW));
    }
    assertThat(records).allSatisfy(one -> assertThat(one.patient()).containsExactly(Acts.ZHANG));
    assertThat(list(records).csv()).contains("\"本院工作人员 / staff of this hospital\nN2001\"", "looked at the consent's evidence", "took the patient's consent",
        "took the consent back", "are not shown to other hospitals", "this is lifted", "reference 3fa9");
  }

  @Test
  void says_what_an_answer_lacked_because_somebody_objects() {
    List<AuditRecord> records = new ArrayList<>();
    Entry whole = Acts.all().stream().filter(one -> one.act() == Audits.Act.ANSWER && one.count() > 0).findFirst().orElseThrow();
    for (String outcome : List.of("objected", "withheld")) {
      for (int count : new int[] {0, 2}) {
        Entry entry = new Entry(whole.act(), whole.asker(), whole.request(), outcome, List.of(), count == 0 ? "" : whole.digest(), count);
        records.add(AuditRecord.read(records.size() + 1, EVENTS.lookup(Acts.NOW, entry), Acts.NOW));
      }
    }
    assertThat(list(records).csv()).contains("患者已拒绝共享，未提供", "患者拒绝共享的除外", "本院不提供这些资料", "本院提供了部分资料");
  }

  @Test
  void does_not_run_or_calculate_what_somebody_wrote_into_a_name() {
    LookupRequest question = Acts.question(Acts.ZHANG, "D1");
    LookupRequest.Requester asker = new LookupRequest.Requester("=1+1", "<script>alert(1)</script>", new Practitioner("D1", "\"O'&"), "ZY1");
    List<AuditRecord> records = records(List.of(Acts.ask(new LookupRequest(question.rid(), question.feed(), question.nonce(), question.issued(),
        question.expires(), asker, question.patient(), question.scope(), question.purpose(), question.doctor(), question.consent()))));
    assertThat(page(records)).doesNotContain("<script").contains("&lt;script&gt;", "&quot;O&#39;&amp;");
    assertThat(list(records).csv()).startsWith("\uFEFF\"时间").contains("\"'=1+1\n<script>").contains("\"\"O'&");
  }

  @Test
  void gives_the_events_to_the_byte_as_they_were_chained() throws Exception {
    List<AuditRecord> records = records(Acts.all());
    byte[] bundle = list(records).bundle();
    String text = new String(bundle, StandardCharsets.UTF_8);
    records.forEach(one -> assertThat(text).contains(new String(one.event(), StandardCharsets.UTF_8)));
    assertThat(Tree.objects(Tree.of(bundle), "entry")).hasSize(records.size());
    assertThat(list(List.of()).bundle()).asString().isEqualTo("{\"resourceType\":\"Bundle\",\"type\":\"collection\"}");
  }
}
