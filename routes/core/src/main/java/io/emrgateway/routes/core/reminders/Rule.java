package io.emrgateway.routes.core.reminders;

import java.util.Arrays;
import java.util.Optional;

/** Why a reminder speaks. A code that has shipped keeps its meaning, and a rule its place in this list. */
public enum Rule {
  ALLERGY_SUBSTANCE("allergy.substance", "对该药过敏", "allergic to this drug"),
  ALLERGY_INGREDIENT("allergy.ingredient", "对其中成分过敏", "allergic to an ingredient"),
  ALLERGY_CLASS("allergy.class", "对同类药过敏", "allergic to the class"),
  ALLERGY_CROSS("allergy.cross", "可能交叉过敏", "may cross-react"),
  DRUG_REPEATED("drug.repeated", "重复用药", "the drug has not run out"),
  TEST_REPEATED("test.repeated", "重复检查检验", "the test was done lately");

  private final String code;
  private final String zh;
  private final String en;

  Rule(String code, String zh, String en) {
    this.code = code;
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

  public boolean isOfAllergy() {
    return ordinal() <= ALLERGY_CROSS.ordinal();
  }

  public static Optional<Rule> of(String code) {
    return Arrays.stream(values()).filter(one -> one.code.equals(code)).findFirst();
  }
}
