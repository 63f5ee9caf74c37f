package io.emrgateway.mappings.records;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** What a doctor reads of a section: a table, Chinese first and English beside, values as they were fed. */
final class Narrative {
  private static final Map<String, String> STATUS = Map.ofEntries(
      Map.entry("final", "最终 final"), Map.entry("preliminary", "初步 preliminary"), Map.entry("registered", "已登记 registered"),
      Map.entry("corrected", "已更正 corrected"), Map.entry("amended", "已修改 amended"), Map.entry("partial", "部分 partial"),
      Map.entry("active", "有效 active"), Map.entry("inactive", "非活动 inactive"), Map.entry("resolved", "已消除 resolved"),
      Map.entry("completed", "已完成 completed"), Map.entry("stopped", "已停止 stopped"), Map.entry("on-hold", "暂停 on hold"),
      Map.entry("in-progress", "进行中 in progress"), Map.entry("finished", "已结束 finished"), Map.entry("arrived", "已到达 arrived"),
      Map.entry("planned", "计划中 planned"), Map.entry("cancelled", "已取消 cancelled"), Map.entry("unknown", "不详 unknown"),
      Map.entry("entered-in-error", "误录 entered in error"), Map.entry("refuted", "已否认 refuted"),
      Map.entry("unconfirmed", "未证实 unconfirmed"), Map.entry("confirmed", "已证实 confirmed"),
      Map.entry("current", "现行 current"), Map.entry("superseded", "已被替代 superseded"), Map.entry("draft", "草稿 draft"));
  private static final Map<String, String> CLASS = Map.of("IMP", "住院 inpatient", "AMB", "门诊 outpatient",
      "EMER", "急诊 emergency", "OBSENC", "留观 observation", "HH", "家庭病床 home", "PRENC", "预约 pre-admission");
  private static final Map<String, String> KIND = Map.of("MedicationRequest", "处方 prescribed",
      "MedicationDispense", "发药 dispensed", "MedicationAdministration", "给药 given", "MedicationStatement", "用药 taken");

  private Narrative() {}

  /** The heads of a table's columns; the hospital comes last in each. */
  static List<String> heads(String type) {
    return switch (type) {
      case "AllergyIntolerance" -> List.of("过敏原 Substance", "反应 Reaction", "状态 Status");
      case "Condition" -> List.of("诊断 Diagnosis", "编码 Code", "日期 Date");
      case "Procedure" -> List.of("手术操作 Procedure", "编码 Code", "日期 Date");
      case "Encounter" -> List.of("类别 Kind", "科室 Department", "起止 From – to", "原因 Reason", "状态 Status");
      case "Observation" -> List.of("项目 Item", "结果 Result", "参考范围 Reference", "时间 Time", "状态 Status");
      default -> type.startsWith("Medication") ? List.of("药品 Medicine", "用法 Use", "日期 Date", "类别 Kind", "状态 Status")
          : List.of("报告 Report", "结论 Conclusion", "时间 Time", "状态 Status");
    };
  }

  /** The values under these heads. */
  static List<String> cells(Map<String, Object> of) {
    String type = (String) of.get("resourceType");
    String status = STATUS.getOrDefault(String.valueOf(of.get("status")), "");
    return switch (type) {
      case "AllergyIntolerance" -> List.of(concept(of.get("code")), reactions(of), joined(" ",
          status(Tree.text(of, "clinicalStatus", "coding", "code")), status(Tree.text(of, "verificationStatus", "coding", "code"))));
      case "Condition" -> List.of(concept(of.get("code")), codes(of.get("code")), any(of, "onset", "recordedDate"));
      case "Procedure" -> List.of(concept(of.get("code")), codes(of.get("code")), any(of, "performed", "performed"));
      case "Encounter" -> List.of(CLASS.getOrDefault(String.valueOf(Tree.text(of, "class", "code")), "不详 unknown"),
          concept(of.get("serviceType")), period(of.get("period")), concepts(of, "reasonCode"), status);
      case "Observation" -> List.of(concept(of.get("code")), value(of), ranges(of), any(of, "effective", "issued"), status);
      case "DocumentReference" -> List.of(concept(of.get("type")), orEmpty(Tree.text(of, "description")),
          shortTime(Tree.text(of, "date")), status);
      default -> type.startsWith("Medication")
          ? List.of(concept(of.get("medicationCodeableConcept")), dosage(of), medicationTime(of), KIND.getOrDefault(type, ""), status)
          : List.of(concept(of.get("code")), orEmpty(Tree.text(of, "conclusion")), any(of, "effective", "issued"), status);
    };
  }

  /** What a concept is called: its own text first, then each name of it that is another. */
  static String concept(Object concept) {
    StringJoiner names = new StringJoiner(" / ");
    String text = Tree.text(concept, "text");
    if (text != null) {
      names.add(text);
    }
    for (Map<String, Object> coding : Tree.objects(concept, "coding")) {
      String display = coding.get("display") instanceof String name ? name : text == null ? Tree.text(coding, "code") : null;
      if (display != null && !names.toString().contains(display)) {
        names.add(display);
      }
    }
    return names.toString();
  }

  private static String codes(Object concept) {
    StringJoiner codes = new StringJoiner(" / ");
    for (Map<String, Object> coding : Tree.objects(concept, "coding")) {
      if (coding.get("code") instanceof String code) {
        codes.add(code + (coding.get("version") instanceof String edition ? " (" + edition + ")" : ""));
      }
    }
    return codes.toString();
  }

  private static String concepts(Map<String, Object> of, String name) {
    StringJoiner all = new StringJoiner("; ");
    Tree.objects(of, name).forEach(one -> all.add(concept(one)));
    return all.toString();
  }

  private static String reactions(Map<String, Object> allergy) {
    StringJoiner all = new StringJoiner("; ");
    for (Map<String, Object> reaction : Tree.objects(allergy, "reaction")) {
      all.add(joined(" ", concepts(reaction, "manifestation"), Tree.text(reaction, "description"), Tree.text(reaction, "severity")));
    }
    return all.toString();
  }

  static String value(Map<String, Object> of) {
    StringJoiner all = new StringJoiner("; ");
    for (Map.Entry<String, Object> member : of.entrySet()) {
      if (member.getKey().startsWith("value")) {
        all.add(plain(member.getValue()));
      }
    }
    for (Map<String, Object> component : Tree.objects(of, "component")) {
      all.add(joined(" ", concept(component.get("code")), value(component)));
    }
    for (Map<String, Object> flag : Tree.objects(of, "interpretation")) {
      String code = Tree.text(flag, "coding", "code");
      all.add("[" + (code == null ? concept(flag) : code) + "]");
    }
    return all.toString();
  }

  private static String plain(Object value) {
    if (value instanceof Map<?, ?> map) {
      if (map.get("value") != null) {
        return joined(" ", orEmpty(Tree.text(value, "comparator")) + plain(map.get("value")), Tree.text(value, "unit"));
      }
      if (map.get("numerator") != null) {
        return plain(map.get("numerator")) + ":" + plain(map.get("denominator"));
      }
      if (map.get("low") != null || map.get("high") != null) {
        return plain(map.get("low")) + "–" + plain(map.get("high"));
      }
      return map.containsKey("start") || map.containsKey("end") ? period(value) : concept(value);
    }
    return value instanceof Tree.Number number ? number.spelt() : value == null ? "" : String.valueOf(value);
  }

  private static String ranges(Map<String, Object> of) {
    StringJoiner all = new StringJoiner("; ");
    for (Map<String, Object> range : Tree.objects(of, "referenceRange")) {
      all.add(range.get("text") instanceof String text ? text : plain(range));
    }
    return all.toString();
  }

  private static String dosage(Map<String, Object> of) {
    StringJoiner all = new StringJoiner("; ");
    List<Map<String, Object>> dosages = Tree.objects(of, "dosageInstruction");
    for (Map<String, Object> dosage : dosages.isEmpty() && of.get("dosage") instanceof Map<?, ?> one
        ? List.of(Tree.cast(one)) : dosages) {
      Object dose = Tree.at(dosage, "doseAndRate", "doseQuantity");
      dose = dose == null ? Tree.at(dosage, "doseAndRate", "doseRange") : dose;
      all.add(joined(" ", dose == null ? plain(dosage.get("dose")) : plain(dose), concept(Tree.at(dosage, "timing", "code")),
          Boolean.TRUE.equals(dosage.get("asNeededBoolean")) ? "必要时 as needed" : "", concept(dosage.get("route")),
          bounds(Tree.at(dosage, "timing", "repeat")), Tree.text(dosage, "text"), concepts(dosage, "additionalInstruction")));
    }
    return all.toString();
  }

  /** From when to when it is taken, which may be days after it was ordered; or how long. */
  private static String bounds(Object repeat) {
    String period = period(Tree.at(repeat, "boundsPeriod"));
    String length = plain(Tree.at(repeat, "boundsDuration"));
    return period.isEmpty() && !length.isEmpty() ? "共 for " + length : period;
  }

  private static String medicationTime(Map<String, Object> of) {
    for (String name : List.of("authoredOn", "whenHandedOver", "whenPrepared", "dateAsserted")) {
      if (of.get(name) instanceof String text) {
        return shortTime(text);
      }
    }
    return any(of, "effective", "effective");
  }

  private static String any(Map<String, Object> of, String choice, String otherwise) {
    if (of.get(choice + "DateTime") instanceof String text) {
      return shortTime(text);
    }
    if (of.get(choice + "Period") != null) {
      return period(of.get(choice + "Period"));
    }
    return shortTime(Tree.text(of, otherwise));
  }

  private static String period(Object period) {
    String from = shortTime(Tree.text(period, "start"));
    String to = shortTime(Tree.text(period, "end"));
    return from.isEmpty() && to.isEmpty() ? "" : from + " – " + to;
  }

  /** To the minute, as it is spelt; every time we show says +08:00 or is a day. */
  private static String shortTime(String time) {
    if (time == null || time.length() < 16) {
      return orEmpty(time);
    }
    Span at = Span.of(time);
    return at == null ? time : Answering.time(at.begins()).substring(0, 16).replace('T', ' ');
  }

  private static String status(String code) {
    return code == null ? "" : STATUS.getOrDefault(code, code);
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  private static String joined(String by, String... texts) {
    StringJoiner joined = new StringJoiner(by);
    for (String text : texts) {
      if (text != null && !text.isEmpty()) {
        joined.add(text);
      }
    }
    return joined.toString();
  }

  /** Text inside XHTML: no mark-up of its own, and no character that XML does not know. */
  static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> {
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.appendCodePoint(c < ' ' && c != '\n' && c != '\t' || c >= 0xD800 && c <= 0xDFFF || c == 0xFFFE
            || c == 0xFFFF ? 0xFFFD : c);
      }
    });
    return out.toString();
  }

  static Map<String, Object> of(String body) {
    return Tree.object("status", "generated",
        "div", "<div xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"zh\" xml:lang=\"zh\">" + body + "</div>");
  }
}
