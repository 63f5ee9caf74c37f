package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.Worded;
import io.emrgateway.routes.core.Words;
import java.util.Arrays;
import java.util.Optional;

/**
 * Why a lookup is refused. The order is that in which they are looked at: a request is refused by the first it breaks, so
 * that three implementations refuse alike. A code that has shipped keeps its meaning.
 */
public enum Rule implements Worded {
  FORM("lookup.form", "请求格式不正确", "The request has not the form that the contract asks for",
      "请检查缺失或多余的字段", "Look for what is missing or too much"),
  SIGNATURE("lookup.signature", "请求签名无效", "The request's signature is not valid",
      "请检查签名证书是否已在市平台登记", "Check that the signing certificate is on the city's register"),
  FEED("lookup.feed", "请求方不是其声称的医院", "The request is not by the hospital that it names",
      "请核对机构编号与数据流", "Compare organisation and feed"),
  TIME("lookup.time", "请求已过期，或本机时钟不准", "The request has expired, or a clock is wrong",
      "请校准时钟（NTP）后重试", "Set the clock (NTP) and ask again"),
  NONCE("lookup.nonce", "该请求已被使用过", "The request has been used before",
      "请重新发起查询", "Ask anew"),
  DOCTOR("lookup.doctor", "医生授权与请求人不符或已过时", "The doctor's authorisation is another's or too old",
      "请医生本人在就诊时重新确认", "Have the doctor confirm again, during the visit"),
  CONSENT("lookup.consent", "缺少患者授权的凭据", "The patient's authorisation lacks its evidence",
      "请登记纸质协议编号与扫描件，或请患者重新签名", "Register agreement and scan, or have the patient sign again"),
  CONSENT_TIME("lookup.consent-time", "患者授权尚未生效或已到期", "The patient's authorisation has not begun or has expired",
      "请患者重新授权", "Ask the patient for a new one"),
  GRANTEE("lookup.grantee", "患者授权的对象不是本医院", "The patient has authorised another hospital",
      "请患者授权给本医院", "Ask the patient to authorise this hospital"),
  SCOPE("lookup.scope", "查询范围超出患者授权，或日期颠倒", "The question goes beyond what the patient allowed, or its days are swapped",
      "请缩小查询范围，或请患者扩大授权", "Ask for less, or the patient for more"),
  EMERGENCY("lookup.emergency", "市平台或对方医院未开通紧急调阅",
      "The city, or the hospital that was asked, does not take part in emergency access",
      "请患者或其监护人签署授权后再查询；如需开通，请信息科联系市平台",
      "Ask under a consent by the patient or a guardian; to have it switched on, have IT ask the city"),
  WITHDRAWN("lookup.withdrawn", "患者已撤回授权", "The patient has withdrawn the authorisation",
      "请患者重新授权", "Ask the patient for a new one"),
  TOO_MANY("lookup.too-many", "查询过于频繁", "Too many questions at once",
      "请稍后重试", "Try again in a moment"),

  // What only the asking gateway sees.
  PATIENT_UNKNOWN("lookup.patient-unknown", "本院没有该患者，或没有全市通用的证件号码",
      "This hospital does not know the patient, or no number of theirs that other hospitals know",
      "请核对号码：只写号码须在站点规则中设 patient-authority，否则须写明发号机构；或先登记患者及其身份证件",
      "Compare the number, which is written with its authority unless the site's rules have patient-authority; or register the patient with an identity document"),
  NO_OPEN_VISIT("lookup.no-open-visit", "该患者在本院没有进行中的就诊", "The patient has no open visit here",
      "请核对就诊号；就诊信息由 HIS 的 ADT 消息提供", "Compare the visit's number; visits are known from the HIS's ADT messages"),
  NO_CONSENT("lookup.no-consent", "没有患者的有效授权", "There is no authorisation by the patient that is in force",
      "请患者签署授权后再查询", "Ask the patient to sign one first"),
  CONSENT_IN_PART("lookup.consent-in-part", "患者的授权不包括所查的全部内容", "The patient has not agreed to all that is asked for",
      "请只查询已授权的内容，或请患者扩大授权", "Ask for what was agreed to, or the patient for more"),
  PATIENT_CONTRADICTORY("lookup.patient-id-contradictory",
      "患者在本院登记的身份证号自相矛盾（校验位，或与出生日期、性别不符），不能用来查询其他医院",
      "The patient's resident ID as registered here contradicts its check digit, the birth date or the sex: other hospitals cannot be asked by it",
      "请核对证件，在 HIS 中更正身份证号、出生日期或性别并重发 ADT；或登记护照等另一种证件后再查询",
      "Compare it with the document, correct ID, birth date or sex in the HIS, which then sends ADT again; or register another document, a passport for example"),
  EMERGENCY_OFF("lookup.emergency-off", "本院未开通紧急调阅", "Emergency access is not switched on at this hospital",
      "请患者或其监护人签署授权后再查询；如需开通，由信息科设置 lookup.emergencies: true",
      "Ask under a consent by the patient or a guardian; IT switches it on with lookup.emergencies: true"),
  EMERGENCY_REASON("lookup.emergency-reason", "紧急调阅缺少理由，或理由超过 2000 字", "Emergency access lacks its reason, or it is longer than 2,000 characters",
      "请填写理由（reason）", "Give the parameter reason"),
  EMERGENCY_SECOND("lookup.emergency-second", "紧急调阅缺少第二确认人，或确认人就是医生本人",
      "Emergency access lacks the person who confirms it, or that is the doctor again",
      "请由另一名医务人员确认，填写其工号和姓名（second、second-name）",
      "Have somebody else confirm it: second is their number, second-name their name");

  private final Words words;

  Rule(String code, String textZh, String text, String remedyZh, String remedy) {
    this.words = new Words(code, textZh, text, remedyZh, remedy);
  }

  /** The rule of that code. */
  public static Optional<Rule> of(String code) {
    return Arrays.stream(values()).filter(one -> one.code().equals(code)).findFirst();
  }

  @Override
  public Words words() {
    return words;
  }
}
