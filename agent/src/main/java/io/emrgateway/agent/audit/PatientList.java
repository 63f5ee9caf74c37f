package io.emrgateway.agent.audit;

import io.emrgateway.routes.core.lookup.Audits.Entry;
import io.emrgateway.routes.core.lookup.Audits.Source;
import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.PatientAuthorization;
import io.emrgateway.routes.core.lookup.Rule;
import io.emrgateway.routes.core.lookup.Unproved;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Identifier;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who looked at what of a patient, on what ground: for the patient, in plain words, Chinese first. Each question is one
 * row, with all that came of it.
 */
public final class PatientList {
  private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);
  private static final List<String> HEADS = List.of("时间（北京） / Time (+08:00)", "谁 / Who", "想看什么 / What was asked for", "依据 / Ground",
      "结果 / What came of it", "记录号 / Records");
  private static final Map<String, String> STATUS = Map.of("answered", "已提供 answered", "none", "没有资料 has nothing",
      "timeout", "未及时答复 gave no answer in time", "city", "未答复，市平台代为提供 gave no answer, the city showed its records",
      "too-large", "资料过多，未显示 had too much to show: nothing of it was shown");
  private static final Map<String, String> DEEDS = Map.of(
      Deed.AUDIT_READ.word(), "本院工作人员查看了这份记录 / staff of this hospital read this list",
      Deed.CONSENT.word(), "登记了患者的授权 / took the patient's consent",
      Deed.CONSENT_WITHDRAWN.word(), "登记了授权的撤回 / took the consent back for the patient",
      Deed.CONSENT_EVIDENCE.word(), "查看了授权的凭据（扫描件或签名） / looked at the consent's evidence: the scan or the signature",
      Deed.OBJECTION.word(), "登记了：本院资料不向外院提供 / took down that records here are not shown to other hospitals",
      Deed.OBJECTION_LIFTED.word(), "登记了：不再限制向外院提供 / took down that this is lifted");
  private static final String STYLE = "body{font-family:\"Noto Sans CJK SC\",\"Microsoft YaHei\",SimSun,sans-serif;margin:2em;color:#111}"
      + "h1{font-size:1.3em}table{border-collapse:collapse;width:100%}th,td{border:1px solid #767676;padding:.4em;text-align:left;"
      + "vertical-align:top;white-space:pre-line}th{background:#eee}tr{break-inside:avoid}.urgent td:first-child{border-left:.3em solid #b00}"
      + "thead{display:table-header-group}@media print{body{margin:0;font-size:9pt}}@page{size:A4 landscape;margin:12mm}";

  /** @param urgent asked without a consent */
  private record Row(List<String> cells, boolean urgent) {}

  private final List<AuditRecord> records;
  private final UnaryOperator<String> nameOf;

  /**
   * @param records that name the patient, in the chain's order
   * @param nameOf a hospital's name by its number, as the directory has it
   */
  public PatientList(List<AuditRecord> records, UnaryOperator<String> nameOf) {
    this.records = List.copyOf(records);
    this.nameOf = nameOf;
  }

  /**
   * The list as one page that needs nothing else, to be shown or printed.
   *
   * @param patient whose it is; the numbers are shown in part
   * @param at when it is made
   * @param feed of the gateway that makes it
   */
  public String html(List<Identifier> patient, Instant at, String feed) {
    StringBuilder page = new StringBuilder(4_096);
    page.append("<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>病历查阅记录 / Who looked at the records</title>")
        .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">")
        .append("<style>").append(STYLE).append("</style></head><body><main>\n<h1>病历查阅记录：谁、看了什么、依据是什么<br>")
        .append("<span lang=\"en\">Who looked at the records, at what, on what ground</span></h1>\n<p>患者 / Patient: ")
        .append(escaped(Stream.concat(name(), patient.stream().map(one -> masked(one.value()))).collect(Collectors.joining(" · "))))
        .append("<br>制表 / Made: ").append(time(at)).append(" +08:00, ").append(escaped(feed)).append("</p>\n");
    List<Row> rows = rows();
    if (rows.isEmpty()) {
      page.append("<p>没有记录：无人通过本院网关查询过。 / No entry: nobody has asked through this hospital's gateway.</p>\n");
    } else {
      page.append("<table><thead><tr>");
      HEADS.forEach(head -> page.append("<th scope=\"col\">").append(escaped(head)).append("</th>"));
      page.append("</tr></thead><tbody>\n");
      for (Row row : rows) {
        page.append(row.urgent() ? "<tr class=\"urgent\">" : "<tr>");
        row.cells().forEach(cell -> page.append("<td>").append(escaped(cell)).append("</td>"));
        page.append("</tr>\n");
      }
      page.append("</tbody></table>\n");
    }
    return page.append("<p>每条记录在发生前写入审计链，链头由市平台见证，可用 emr-gateway audit verify 核验。<br><span lang=\"en\">Every entry was in the "
        + "audit chain before what it tells of was done; the city bears witness to the chain, and emr-gateway audit verify verifies it.</span></p>\n"
        + "</main></body></html>\n").toString();
  }

  /** The same rows for a spreadsheet: UTF-8 with its mark, and no cell that one would take for a formula. */
  public String csv() {
    return "\uFEFF" + Stream.concat(Stream.of(HEADS), rows().stream().map(Row::cells))
        .map(cells -> cells.stream().map(PatientList::quoted).collect(Collectors.joining(",")))
        .collect(Collectors.joining("\r\n", "", "\r\n"));
  }

  private static String quoted(String cell) {
    String safe = !cell.isEmpty() && "=+-@\t\r".indexOf(cell.charAt(0)) >= 0 ? "'" + cell : cell;
    return '"' + safe.replace("\"", "\"\"") + '"';
  }

  /** The AuditEvents themselves, each to the byte as it was chained, in one FHIR Bundle. */
  public byte[] bundle() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String before = "{\"resourceType\":\"Bundle\",\"type\":\"collection\"";
    String comma = ",\"entry\":[";
    for (AuditRecord record : records) {
      if (record.event() != null) {
        out.writeBytes((before + comma + "{\"resource\":").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(record.event());
        out.write('}');
        before = "";
        comma = ",";
      }
    }
    out.writeBytes((before.isEmpty() ? "]}" : before + "}").getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private Stream<String> name() {
    return records.stream().flatMap(one -> one.lookup().stream()).map(one -> one.request().patient().name())
        .filter(name -> name != null && !name.isBlank()).reduce((first, last) -> last).stream();
  }

  /** The page may lie on a desk: enough for the patient to know the number again, too little for anybody else. */
  static String masked(String number) {
    int shown = number.length() >= 12 ? 4 : number.length() >= 6 ? 2 : 0;
    return "*".repeat(number.length() - shown) + number.substring(number.length() - shown);
  }

  private List<Row> rows() {
    Map<Object, List<AuditRecord>> together = new LinkedHashMap<>();
    records.forEach(one -> together.computeIfAbsent(one.lookup().<Object>map(Entry::request).orElse(one.k()),
        key -> new ArrayList<>()).add(one));
    return together.values().stream().map(this::row).toList();
  }

  private Row row(List<AuditRecord> acts) {
    AuditRecord first = acts.get(0);
    String numbers = acts.stream().map(one -> String.valueOf(one.k())).collect(Collectors.joining(" "));
    if (first.lookup().isEmpty()) {
      return new Row(List.of(time(first.at()), "本院工作人员 / staff of this hospital" + (first.by().isEmpty() ? "" : "\n" + first.by()), "", "",
          DEEDS.getOrDefault(first.act(), first.act()) + (first.by().isEmpty() ? "" : "\n" + first.detail()), numbers), false);
    }
    LookupRequest request = first.lookup().get().request();
    return new Row(List.of(time(first.at()), who(request), asked(request), ground(request),
        acts.stream().map(one -> outcome(one.lookup().orElseThrow())).distinct().collect(Collectors.joining("\n")), numbers),
        request.doctor().emergency() != null);
  }

  private String who(LookupRequest request) {
    return hospital(request.requester().org()) + "\n" + request.requester().department() + "\n" + request.requester().practitioner().name()
        + "（" + request.requester().practitioner().id() + "）\n就诊 visit " + request.requester().encounter();
  }

  private static String asked(LookupRequest request) {
    Window window = Window.of(request.issued(), request.scope());
    String asked = new TreeSet<>(request.scope().sections()).stream().map(one -> one.zh() + " " + one.wireName()).collect(Collectors.joining("，"))
        + "\n" + window.first() + " – " + window.last();
    return Window.narrows(request.issued(), request.scope())
        ? asked + "\n（请求自 " + request.scope().since() + " 起，只提供三个月 / asked from then on; three months are given）" : asked;
  }

  private static String ground(LookupRequest request) {
    PatientAuthorization consent = request.consent();
    Emergency emergency = request.doctor().emergency();
    String ground = switch (consent.kind()) {
      case PAPER -> "患者纸质授权 / the patient's agreement on paper";
      case HANDWRITING -> "患者手写签名授权 / the patient's signature";
      case GUARDIAN -> "监护人授权 / a guardian's consent: "
          + (consent.guardian() == null ? "" : consent.guardian().relation() + " " + consent.guardian().name());
      case NONE -> emergency == null ? "没有授权 / none"
          : "紧急调阅，未经患者授权 / an emergency, without consent\n理由 reason: " + emergency.reason()
              + (emergency.second() == null ? "" : "\n确认人 confirmed by: " + emergency.second().name() + "（" + emergency.second().id() + "）");
    };
    return consent.reference() == null ? ground : ground + "\n" + consent.reference()
        + (consent.expiresAt() == null ? "" : "\n有效至 until " + time(consent.expiresAt()));
  }

  private String outcome(Entry entry) {
    return switch (entry.act()) {
      case ASK -> "本院医生向其他医院查询 / a doctor here asked other hospitals";
      case ASK_REFUSED -> "被拒绝，查询未发出 / refused, nothing left this hospital: " + words(entry.outcome());
      case SHOW -> !entry.outcome().isEmpty() ? "没有结果 / nothing came back: " + words(entry.outcome())
          : "结果显示给医生 / shown to the doctor: " + (entry.sources().isEmpty() ? "没有医院有资料 no hospital has anything"
              : entry.sources().stream().map(this::source).collect(Collectors.joining("；")));
      case INQUIRY -> "其他医院的医生查询本院 / a doctor elsewhere asked this hospital";
      case INQUIRY_REFUSED -> "被拒绝，未查找 / refused, nothing was looked for: " + words(entry.outcome())
          + (entry.request().requester().org().equals(entry.asker()) ? "" : "（签名方 signed by " + (entry.asker() == null ? "?" : hospital(entry.asker())) + "）");
      case ANSWER -> answer(entry);
    };
  }

  private static String answer(Entry entry) {
    boolean given = entry.count() > 0;
    return switch (entry.outcome()) {
      case "objected" -> given ? "本院提供了资料，患者拒绝共享的除外 / this hospital gave records, without those that the patient objects to"
          : "患者已拒绝共享，未提供 / the patient objects to sharing: nothing was given";
      case "withheld" -> given ? "本院提供了部分资料 / this hospital gave some of its records"
          : "本院不提供这些资料 / this hospital does not show these records";
      default -> given ? "本院提供了资料 / this hospital gave records" : "本院没有资料 / this hospital has nothing";
    };
  }

  private String source(Source source) {
    String status = source.status().startsWith("denied:") ? "拒绝 refused: " + words(source.status().substring("denied:".length()))
        : Unproved.of(source.status()).map(why -> "来源无法核实，未显示 not proved to be theirs, not shown: " + why.zh() + " " + why.en())
            .orElse(STATUS.getOrDefault(source.status(), source.status()));
    return hospital(source.org()) + " " + status;
  }

  private String hospital(String org) {
    String name = nameOf.apply(org);
    return name.equals(org) ? org : name + "（" + org + "）";
  }

  private static String words(String code) {
    return Arrays.stream(Rule.values()).filter(rule -> rule.code().equals(code)).findFirst()
        .map(rule -> rule.textZh() + " " + rule.text()).orElse(code);
  }

  private static String time(Instant at) {
    return SECONDS.format(at.atOffset(CHINA));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
  }
}
