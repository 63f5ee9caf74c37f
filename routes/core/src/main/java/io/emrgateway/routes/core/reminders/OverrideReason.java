package io.emrgateway.routes.core.reminders;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Why a doctor orders all the same. Those of a test are the grounds on which the measures on mutual recognition of 2022
 * (国卫医发〔2022〕6号) let a doctor repeat it.
 */
public enum OverrideReason {
  TOLERATED("tolerated", Kind.ALLERGY, "曾使用，未发生过敏", "Taken since without a reaction"),
  NOT_ALLERGIC("not-allergic", Kind.ALLERGY, "过敏史已核实不成立", "The allergy has been ruled out"),
  NO_ALTERNATIVE("no-alternative", Kind.ALLERGY, "无替代药，获益大于风险，已备抢救", "No alternative; benefit outweighs the risk, prepared"),
  SKIN_TEST("skin-test", Kind.ALLERGY, "皮试阴性或将先做皮试", "Skin test negative, or done first"),
  DOSE_CHANGED("dose-changed", Kind.DRUG, "调整剂量或方案", "Dose or regimen is changed"),
  STOPPED("stopped", Kind.DRUG, "原药已停用", "The earlier drug was stopped"),
  LOST("lost", Kind.DRUG, "原药未取、遗失或已用完", "The earlier drug was not fetched, lost or used up"),
  AWAY("away", Kind.DRUG, "外出等需提前备药", "Needed ahead, e.g. for a journey"),
  CONDITION_CHANGED("condition-changed", Kind.TEST, "病情变化或结果与临床不符", "The condition changed, or the result does not fit it"),
  CHANGES_FAST("changes-fast", Kind.TEST, "该项目变化较快", "The item changes fast"),
  DECISIVE("decisive", Kind.TEST, "对诊疗意义重大", "Decisive for what is done next"),
  EMERGENCY("emergency", Kind.TEST, "急诊、急救", "Emergency"),
  EXPERTISE("expertise", Kind.TEST, "司法、伤残、病退等鉴定", "For an expert opinion"),
  OTHER("other", null, "其他", "Other");

  private enum Kind { ALLERGY, DRUG, TEST }

  private final String code;
  private final Kind kind;
  private final String zh;
  private final String en;

  OverrideReason(String code, Kind kind, String zh, String en) {
    this.code = code;
    this.kind = kind;
    this.zh = zh;
    this.en = en;
  }

  public String code() {
    return code;
  }

  public String zh() {
    return zh;
  }

  public String en() {
    return en;
  }

  /** Those that fit a rule, in the order in which they are offered. */
  public static List<OverrideReason> of(Rule rule) {
    Kind kind = rule.isOfAllergy() ? Kind.ALLERGY : rule == Rule.DRUG_REPEATED ? Kind.DRUG : Kind.TEST;
    return Arrays.stream(values()).filter(one -> one.kind == kind || one.kind == null).toList();
  }

  public static Optional<OverrideReason> named(String code) {
    return Arrays.stream(values()).filter(one -> one.code.equals(code)).findFirst();
  }
}
