package io.emrgateway.mappings;

/**
 * Something the mapping noticed about one message: a stable code, a place, and what to do about it. Never a value.
 *
 * @param finding what it is; its {@link Finding#code()} keeps its meaning across releases
 * @param place e.g. {@code PID-7}, {@code OBX[3]-5}, {@code PID-3(2)} for a second repetition, or {@code line 7}
 */
public record Diagnostic(Finding finding, String place) {
  /** How much it matters. */
  public enum Severity {
    /** Worth knowing; nothing is missing from what was written. */
    INFO,
    /** A value or segment of the message is not in the bundle. */
    WARNING,
    /** The bundle is usable, but something that matters could not be told. */
    ERROR,
    /** There is no bundle. */
    FATAL
  }

  /** Everything a mapping can find, in one list. */
  public enum Finding {
    UNREADABLE("mapping.unreadable", Severity.FATAL,
        "消息中没有可识别的 MSH 段。请联系发送系统检查消息格式。",
        "No usable MSH segment. Ask the sender to check the format of its messages."),
    MESSAGE_TYPE_UNKNOWN("mapping.message-type-unknown", Severity.FATAL,
        "没有该消息类型的映射规则。请停止发送该类消息，或为本站点增加映射。",
        "No mapping for this message type. Stop sending it here, or add a mapping for this site."),
    NO_PATIENT("mapping.no-patient", Severity.FATAL,
        "消息没有 PID 段，无法确定患者。请由发送系统补发带 PID 段的消息。",
        "No PID segment, so nobody can tell whose record this is. Have the sender send it again with PID."),
    NOTHING_TO_WRITE("mapping.nothing-to-write", Severity.FATAL,
        "消息中没有可写入的内容。请由发送系统检查该消息是否完整。",
        "Nothing in this message can be written. Have the sender check whether the message is complete."),
    INTERNAL("mapping.internal", Severity.FATAL,
        "映射程序出错，消息已保留。请将版本号和该位置报告给开发方，修复后可重放。",
        "The mapping itself failed; the message is kept. Report version and place, then replay after the repair."),
    NO_PATIENT_IDENTIFIER("mapping.no-patient-identifier", Severity.ERROR,
        "PID-3 没有患者标识，已用消息控制号代替，同一患者的记录无法合并。请由发送系统填写 PID-3。",
        "No identifier in PID-3; the message's control id stands in, so records of this patient will not meet."
            + " Have the sender fill PID-3."),
    NO_CONTROL_ID("mapping.no-control-id", Severity.WARNING,
        "MSH-10 为空，以消息内容摘要代替。请由发送系统填写唯一的消息控制号。",
        "MSH-10 is empty; a digest of the message stands in. Have the sender fill in a unique control id."),
    VISIT_UNIDENTIFIED("mapping.visit-unidentified", Severity.INFO,
        "就诊没有就诊号(PV1-19)，无法与其他消息中的同一就诊合并。",
        "The visit has no number (PV1-19), so it will not meet the same visit in other messages."),
    VALUE_UNUSABLE("mapping.value-unusable", Severity.WARNING,
        "该值不符合要求的格式，未写入。请检查发送系统该字段的内容。",
        "The value does not have the form its element needs and was not written. Check this field at the sender."),
    CODE_UNMAPPED("mapping.code-unmapped", Severity.WARNING,
        "该代码不在对照表中。请在本站点的对照表中增加一行。",
        "The code is not in the translation table. Add a row to this site's table."),
    PRECISION_INSUFFICIENT("mapping.precision-insufficient", Severity.INFO,
        "时间精度不足，该元素需要精确到分钟，未写入。",
        "The time is less precise than its element needs (minutes) and was not written there."),
    ID_CONTRADICTORY("mapping.resident-id-contradictory", Severity.WARNING,
        "居民身份证号的校验位、出生日期或性别与其余信息不一致，已按原样保留并标记；更正之前不能凭它查询其他医院。请核对。",
        "The resident ID contradicts its check digit, the birth date or the sex; it is kept and marked, and other hospitals are not"
            + " asked by it until it is corrected. Please verify."),
    INCOMPLETE("mapping.incomplete", Severity.WARNING,
        "缺少必需内容，该部分未写入。",
        "A required part is missing, so this was not written."),
    SEGMENT_UNMAPPED("mapping.segment-unmapped", Severity.INFO,
        "没有规则读取该段，其内容未写入。如需要，请为本站点增加规则。",
        "No rule reads this segment; its content was not written. Add a rule for this site if it matters."),
    LINE_UNREAD("mapping.line-unread", Severity.WARNING,
        "该行不是 HL7 段，未读取。请检查发送系统是否在文本中使用了未转义的换行。",
        "This line is no HL7 segment and was not read. Check whether the sender writes line breaks unescaped."),
    SECOND_MESSAGE("mapping.second-message", Severity.ERROR,
        "同一帧中有第二条消息，未读取。请由发送系统分别发送。",
        "A second message in the same frame was not read. Have the sender send one message a frame."),
    DOCUMENT_NOTICE("mapping.document-notice", Severity.INFO,
        "该消息只通知文档变化，不含正文；城市平台已有的文档保持不变。如状态或正文有变，请由发送系统发送带正文的消息(T02、T04、T08…)。",
        "This notice tells of a document without its text; what the city has of it stays as it is. Have the sender send"
            + " the document itself (T02, T04, T08 …) when its state or text has changed."),
    ORDER_NOT_REPEATED("mapping.order-not-repeated", Severity.WARNING,
        "医嘱控制没有重复医嘱内容(OBR-4、RXE-2)，只写入医嘱状态；城市平台没有该医嘱号或同号有多项时会拒收。"
            + "请由发送系统重复医嘱内容。",
        "The order control does not repeat what was ordered (OBR-4, RXE-2), so only the order's status is written; a city"
            + " that has no order of that number, or several, refuses it. Have the sender repeat the order."),
    DUPLICATE("mapping.duplicate", Severity.INFO,
        "同一标识出现多次，已合并为一个资源。",
        "The same identifier occurs more than once; merged into one resource.");

    private final String code;
    private final Severity severity;
    private final String textZh;
    private final String text;

    Finding(String code, Severity severity, String textZh, String text) {
      this.code = code;
      this.severity = severity;
      this.textZh = textZh;
      this.text = text;
    }

    public String code() {
      return code;
    }

    public Severity severity() {
      return severity;
    }

    /** What it means and what to do, in Chinese. */
    public String textZh() {
      return textZh;
    }

    /** What it means and what to do, in English. */
    public String text() {
      return text;
    }
  }

  /** Stable code, e.g. {@code mapping.value-unusable}. */
  public String code() {
    return finding.code();
  }

  public Severity severity() {
    return finding.severity();
  }

  /** What to do about it, Chinese first. */
  public String remedy() {
    return finding.textZh() + " / " + finding.text();
  }
}
