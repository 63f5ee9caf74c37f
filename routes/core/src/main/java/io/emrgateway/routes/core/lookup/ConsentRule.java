package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.Worded;
import io.emrgateway.routes.core.Words;

/** Why a consent is not taken, or not shown. A code that has shipped keeps its meaning. */
public enum ConsentRule implements Worded {
  FORM("consent.form", "授权的格式不正确", "The consent has not the form that is asked for",
      "请对照接口说明改正所指的字段", "Compare the field that is named with the manual"),
  KIND("consent.kind", "本院不接受这种授权方式，或不经此接口", "This hospital does not take this kind of consent, or not at this address",
      "改用本院开通的方式（设置 consent.kinds）；手写签名须在签署页完成",
      "Use a kind that is switched on (setting consent.kinds); handwriting is taken by the signing page alone"),
  REFERENCE_MISSING("consent.reference-missing", "缺少协议编号", "The agreement's number is missing",
      "请填写纸质协议上的编号", "Give the number on the paper agreement"),
  REFERENCE_PERSONAL("consent.reference-personal", "协议编号中含有身份证号", "The agreement's number holds a resident ID",
      "编号会成为网址的一部分，请改用不含证件号的编号", "It becomes part of an address: give the agreement a number of its own"),
  REFERENCE_TAKEN("consent.reference-taken", "该编号已登记", "There is a consent or an objection of that number already",
      "请核对编号；重新签署须用新编号", "Compare the number; a new agreement has a new one"),
  GRANTEE("consent.grantee", "授权的对象不是本医院", "The consent is given to another hospital",
      "请患者授权给本医院", "Ask the patient to authorise this hospital"),
  SCOPE_EMPTY("consent.scope-empty", "没有写明授权的内容", "The consent names no section",
      "至少写明一类资料", "Name at least one kind of records"),
  PERIOD("consent.period", "授权的结束时间不晚于开始时间", "The consent ends before it begins",
      "请核对起止时间", "Compare both times"),
  EXPIRED("consent.expired", "授权已到期", "The consent has expired",
      "请患者重新授权", "Ask the patient for a new one"),
  TOO_LONG("consent.too-long", "授权期限超过本院上限，或超过患者满十四周岁之日",
      "The consent is longer than this hospital allows, or a guardian's goes beyond the child's 14th birthday",
      "请缩短期限（上限见设置 consent.longest）", "Make it shorter (the limit is the setting consent.longest)"),
  PATIENT_UNKNOWN("consent.patient-unknown", "本院没有该患者，或没有全市通用的证件号码",
      "This hospital does not know the patient, or no number of theirs that other hospitals know",
      "请核对号码：只写号码须在站点规则中设 patient-authority，否则须写明发号机构；或先登记患者及其身份证件",
      "Compare the number, which is written with its authority unless the site's rules have patient-authority; or register the patient with an identity document"),
  PATIENT_CONTRADICTORY("consent.patient-id-contradictory", "患者在本院登记的身份证号自相矛盾（校验位，或与出生日期、性别不符）",
      "The patient's resident ID as registered here contradicts its check digit, the birth date or the sex",
      "请在 HIS 中更正并重发 ADT；或登记护照等另一种证件", "Correct it in the HIS, which then sends ADT again; or register another document, a passport for example"),
  PATIENTS_DIFFER("consent.patients-differ", "所列号码属于不同的患者", "The numbers are those of different patients",
      "请核对患者，只写同一人的号码", "Compare the patient; give numbers of one person only"),
  BIRTH_DATE_UNKNOWN("consent.birth-date-unknown", "本院没有该患者的出生日期，无法判断是否满十四周岁",
      "This hospital does not know the patient's birth date, and so not whether they are 14",
      "请先在 HIS 中补全出生日期", "Complete the birth date in the HIS first"),
  MINOR("consent.minor", "患者不满十四周岁，须由监护人授权（个人信息保护法第三十一条）",
      "The patient is under 14: a guardian has to consent (PIPL, article 31)",
      "请由父母或其他监护人签署", "Have a parent or other guardian sign"),
  GUARDIAN_MISSING("consent.guardian-missing", "缺少监护人的姓名或与患者的关系", "The guardian's name or relation to the patient is missing",
      "请填写监护人姓名和关系", "Give the guardian's name and relation"),
  GUARDIAN_NEEDLESS("consent.guardian-needless", "患者已满十四周岁，且未声明其不能自行授权",
      "The patient is 14 or older, and is not said to be unable to consent",
      "请患者本人签署；确不能自行授权的，请注明（incapacitated）", "Have the patient sign, or say that they cannot (incapacitated)"),
  EVIDENCE_MISSING("consent.evidence-missing", "缺少协议扫描件", "The scan of the agreement is missing",
      "请附上扫描件（PDF、JPEG 或 PNG）", "Attach the scan (PDF, JPEG or PNG)"),
  EVIDENCE_TOO_LARGE("consent.evidence-too-large", "扫描件超过 20 MiB", "The scan is larger than 20 MiB",
      "请降低分辨率或只扫描协议", "Lower the resolution, or scan the agreement alone"),
  EVIDENCE_TYPE("consent.evidence-type", "扫描件不是 PDF、JPEG 或 PNG，或与所写类型不符",
      "The scan is no PDF, JPEG or PNG, or not what it is said to be",
      "请核对 contentType 与文件", "Compare contentType and file"),
  EVIDENCE_DIGEST("consent.evidence-digest", "扫描件与所附摘要不符", "The scan is not the one whose digest is named",
      "文件可能损坏或被替换，请重新扫描上传", "It may be damaged or exchanged: scan and send it again"),
  EVIDENCE_WITHDRAWN("consent.evidence-withdrawn", "该扫描件所证明的授权已被患者撤回", "The patient has withdrawn the consent that this scan proves",
      "请患者重新签署，再扫描新的协议", "Have the patient sign anew, and scan the new agreement"),
  EVIDENCE_USED("consent.evidence-used", "该扫描件已证明过另一位患者的授权，或一份已到期的授权",
      "This scan has proved another patient's consent already, or one that has expired",
      "请核对患者与扫描件；授权到期后须重新签署", "Compare patient and scan; after a consent has expired, have a new one signed"),
  SIGNATURE_EMPTY("consent.signature-empty", "没有签名，或只点了一下", "There is no signature, or only a dot",
      "请在签名框内写下姓名", "Write the name into the box"),
  TEXT_DIFFERS("consent.text-differs", "签名所附的文本不是网关出示的文本", "The signature is for another text than the gateway has shown",
      "请由 HIS 重新发起签署", "Begin again from the HIS"),
  UNKNOWN("consent.unknown", "没有这个编号的授权或拒绝共享声明", "There is no consent and no objection of that number",
      "请核对编号", "Compare the number"),
  BUSY("consent.busy", "正在接收另一份较大的扫描件", "Another large scan is being taken",
      "请数秒后重试", "Try again in a few seconds");

  private final Words words;

  ConsentRule(String code, String textZh, String text, String remedyZh, String remedy) {
    this.words = new Words(code, textZh, text, remedyZh, remedy);
  }

  @Override
  public Words words() {
    return words;
  }
}
