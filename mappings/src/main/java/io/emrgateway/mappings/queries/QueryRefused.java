package io.emrgateway.mappings.queries;

/** A query that cannot be put as it is written. */
public final class QueryRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Stable across releases: a code that has shipped keeps its meaning. */
  public enum Reason {
    UNSUPPORTED("query.unsupported", 201, "不支持这种查询", "A query of this kind is not answered",
        "请使用 QRY^A19、QRY^R02、QBP^Q11 或 QBP^Q22", "Use QRY^A19, QRY^R02, QBP^Q11 or QBP^Q22"),
    FIELD_MISSING("query.field-missing", 101, "查询缺少必填的内容", "The query lacks something that it has to say",
        "请按接口说明填写该字段", "Fill in the field as the guide says"),
    FIELD_UNUSABLE("query.field-unusable", 102, "该字段的内容无法使用", "What stands in this field cannot be used",
        "请核对格式：日期为 YYYYMMDD，时间为 YYYYMMDDHHMMSS，数量单位为 RD，只支持即时应答（I）",
        "Check its form: days are YYYYMMDD, times YYYYMMDDHHMMSS, quantities are of RD, and answers are immediate (I)"),
    CODE_UNKNOWN("query.code-unknown", 103, "该字段的代码不在约定的代码表中", "The code in this field is not one that was agreed",
        "请使用接口说明中列出的代码", "Use a code that the guide lists"),
    NOT_IN_THIS_ANSWER("query.not-in-this-answer", 103, "这种查询的应答不能包含所要的内容", "An answer of this kind cannot hold what is asked for",
        "请改用 QBP^Q11", "Use QBP^Q11"),
    DRAFT_UNUSABLE("query.draft-unusable", 102, "无法识别该医嘱草稿，所有草稿均未检查", "This draft order cannot be understood; none was checked",
        "每条草稿以 ORC 开头，ORC-1 为 NW，含一个有名称或代码的 RXE、RXO 或 OBR；患者写在 QPD-3，不带 PID",
        "Begin each draft with its own ORC, ORC-1 NW, with one RXE, RXO or OBR that has a name or code; the patient is in QPD-3, without a PID"),
    POINTER_UNKNOWN("query.pointer-unknown", 204, "续查指针无效：已过期，或属于另一来源、医生或患者",
        "The continuation pointer is not valid: it has expired, or is another sender's, doctor's or patient's",
        "请重新查询", "Ask anew"),
    CHARSET_TOO_NARROW("query.charset-too-narrow", 102, "无法用该来源的字符集书写应答", "The answer cannot be written in this source's character set",
        "请在 gateway.yaml 中写明该来源的 charset，或在 MSH-18 中声明", "Set this source's charset in gateway.yaml, or name one in MSH-18");

    private final String code;
    private final int condition;
    private final String textZh;
    private final String text;
    private final String remedyZh;
    private final String remedy;

    Reason(String code, int condition, String textZh, String text, String remedyZh, String remedy) {
      this.code = code;
      this.condition = condition;
      this.textZh = textZh;
      this.text = text;
      this.remedyZh = remedyZh;
      this.remedy = remedy;
    }

    public String code() {
      return code;
    }
  }

  private final Reason reason;
  private final String place;
  private final String part;

  /** @param place e.g. {@code QPD-3}, never a value */
  public QueryRefused(Reason reason, String place) {
    this(reason, place, "");
  }

  /** @param part of the place, e.g. {@code doctor=} or {@code (2)} of {@code QRF-5} */
  QueryRefused(Reason reason, String place, String part) {
    super(reason.code + " at " + place);
    this.reason = reason;
    this.place = place;
    this.part = part;
  }

  public Reason reason() {
    return reason;
  }

  public String place() {
    return place;
  }

  public Objection objection() {
    return new Objection(reason.code, reason.condition, place, part, reason.textZh, reason.text, reason.remedyZh, reason.remedy, true);
  }
}
