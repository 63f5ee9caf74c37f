package io.emrgateway.mappings.queries;

import static io.emrgateway.mappings.records.Feed.OUYANG;
import static io.emrgateway.mappings.records.Feed.RESIDENT;
import static io.emrgateway.mappings.records.Feed.about;
import static io.emrgateway.mappings.records.Feed.pv1;

import io.emrgateway.mappings.About.Identifier;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.records.Asked;
import io.emrgateway.mappings.records.Feed;
import io.emrgateway.mappings.records.Hospital;
import io.emrgateway.mappings.records.PatientRecords;
import io.emrgateway.mappings.records.PatientSummary;
import io.emrgateway.mappings.records.Section;
import io.emrgateway.mappings.records.Source;
import io.emrgateway.mappings.records.Source.Status;
import io.emrgateway.mappings.records.Whom;
import java.nio.charset.Charset;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A HIS that asks, and the summary that it is told. */
final class Asking {
  static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
  static final String DAY = "2026-11-28";
  static final String QRD = "QRD|20261128090000+0800|R|I|Q-0001|||50^RD|0001234567^欧阳^锋^^^^^^RMYY^^^^PI|";
  static final String WORDS = "doctor=D1001~doctor-name=李明~department=心血管内科~visit=ZY900~confirmed=20261128085900+0800";
  static final String WHO = "D1001^李明|心血管内科|ZY900|20261128085900+0800";

  private Asking() {}

  static String msh(String type, String version, String label) {
    return "MSH|^~\\&|HIS|RMYY|GATEWAY|EDGE|20261128090000||" + type + "|C-0001|P|" + version + "||||||" + label;
  }

  static String a19(String version) {
    return msh("QRY^A19", version, "") + "\r" + QRD + "DEM\rQRF|RMYY||||" + WORDS + "\r";
  }

  static String r02(String version) {
    return msh("QRY^R02", version, "") + "\r" + QRD + "RES\rQRF|RMYY|20260901|20261128||" + WORDS + "\r";
  }

  static String q11(String version) {
    return q11(version, "", "50^RD");
  }

  static String q11(String version, String sections, String limit) {
    return msh("QBP^Q11^QBP_Q11", version, "") + "\rQPD|ZEMRGW^跨院调阅^99EMRGW|Q-0001|0001234567^^^RMYY^PI|" + sections + "|||||" + WHO
        + "\rRCP|I|" + limit + "\r";
  }

  /** @param drafts segments between QPD and RCP */
  static String check(String version, String... drafts) {
    return msh("QBP^Q11^QBP_Q11", version, "") + "\rQPD|ZEMRGW-CHECK^医嘱检查^99EMRGW|Q-0001|0001234567^^^RMYY^PI||||||" + WHO + "\r"
        + String.join("\r", drafts) + "\rRCP|I\r";
  }

  static String q22(String version, String demographics) {
    return msh("QBP^Q22^QBP_Q21", version, "") + "\rQPD|Q22^Find Candidates^HL70471|Q-0001|" + demographics + "||||||" + WHO + "\rRCP|I\r";
  }

  static String q22(String version) {
    return q22(version, "@PID.3.1^0001234567~@PID.3.4.1^RMYY~@PID.3.5^PI~@PID.5.1.1^欧阳锋~@PID.7^19491231");
  }

  static Reply reply(String text, String charset) {
    return new Reply(Hl7Message.read(text).orElseThrow(), CHINA, Charset.forName(charset), "A-0001", "20261128090001+0800");
  }

  /** The whole answer to a query, page behind page. */
  static List<String> answers(String text, byte[] document) {
    Reply reply = reply(text, "GB18030");
    Query query = reply.query();
    Reply.Told told = reply.told(query, document);
    List<String> pages = new ArrayList<>();
    int next = 0;
    do {
      Reply.Page page = reply.page(query, told, next, group -> "P-1");
      pages.add(page.text());
      next = page.next();
    } while (next > 0);
    return pages;
  }

  static String answer(String text, byte[] document) {
    return answers(text, document).get(0);
  }

  /** Two hospitals with the same patient, one of which has nobody to answer, one without a right, one without data. */
  static byte[] document() {
    Feed first = new Feed("H-0104", "北京大学人民医院");
    Feed second = new Feed("H-0105", "北京安贞医院");
    everything(first, "QMS");
    everything(second, "P01");
    return document(answered(first), answered(second), Source.without(new Hospital("H-0106", "北京天坛医院"), Status.TIMEOUT),
        Source.without(new Hospital("H-0107", "北京协和医院"), Status.DENIED), Source.without(new Hospital("H-0108", "北京友谊医院"), Status.NONE));
  }

  static byte[] document(Source... sources) {
    return document(about(RESIDENT, DAY), Set.of(), sources);
  }

  static byte[] document(Asked asked, Set<Section> notAgreed, Source... sources) {
    return PatientSummary.write(new PatientSummary.Head(
        new Identifier("urn:ietf:rfc:3986", "urn:uuid:7c1b9fb7-6f0e-4a42-8c5f-0a4b8a5f2d11"), Instant.parse("2026-11-28T01:02:03Z"),
        new Hospital("H-0001", "北京大学第三医院"), new Whom("欧阳锋", LocalDate.of(1949, 12, 31), "female"), asked, notAgreed),
        List.of(sources));
  }

  static Source answered(Feed feed) {
    PatientRecords received = new PatientRecords(feed.hospital);
    feed.answer(about(RESIDENT, DAY)).bundles().forEach(received::take);
    return Source.answered(received);
  }

  static void everything(Feed feed, String penicillin) {
    feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", ""), "AL1|1|DA|" + penicillin + "^青霉素^LOCAL|SV|皮疹",
        "DG1|1||I21.900^急性心肌梗死^ICD10CN|急性前壁心肌梗死|20261110|A",
        "PR1|1||36.0601^经皮冠状动脉支架置入术^ICD9CM3CN|经皮冠脉支架置入术|20261111103000|||||D2001^赵强");
    feed.sends("ORU^R01", result());
    feed.sends("RDE^O11", OUYANG.pid(), pv1("I", "ZY1", "", ""), "ORC|NW|RX1^CPOE|PH1^PHARM||||||20261112080000|||D3002^周医",
        "RXE|1^BID^^20261112|86905^阿莫西林胶囊^NMPA|500||mg|CAP^胶囊", "RXR|PO^口服");
    feed.sends("MDM^T02^MDM_T02", OUYANG.pid(), pv1("I", "ZY1", "", ""),
        "TXA|1|DS^出院小结^HL70270|TX|20261120113000|D1001^李明|||||||DOC0001^EMR||||||AU",
        "OBX|1|TX|18842-5^出院小结^LN||患者好转|||||||F", "OBX|2|TX|18842-5^出院小结^LN||一周后复诊；体温<37.5|||||||F");
  }

  /** Behind MSH. */
  static String[] result() {
    return new String[] {OUYANG.pid(), pv1("I", "ZY1", "", ""), "ORC|RE|JY1^HIS|BG1^LIS",
        "OBR|1|JY1^HIS|BG1^LIS|XCG^血常规^LOCAL|||20261120090000||||||||BLD&全血|D3002^周医||||||20261120100000||HM|F",
        "OBX|1|NM|WBC^白细胞^LOCAL^6690-2^白细胞计数^LN||12.60|10*9/L|3.5-9.5|H|||F|||20261120095500", "NTE|1||标本轻度溶血",
        "OBX|2|ST|ABO^血型^LOCAL||A型|||N|||F", "OBX|3|CE|HBS^表面抗原^LOCAL||NEG^阴性^LOCAL||阴性||||C",
        "OBX|4|SN|PRO^尿蛋白^LOCAL||<^5|mg/L|||||P", "OBX|5|SN|TIT^滴度^LOCAL||^1^:^128||||||F"};
  }
}
