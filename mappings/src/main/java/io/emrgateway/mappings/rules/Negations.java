package io.emrgateway.mappings.rules;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Free text that says there is nothing. */
final class Negations {
  /** Openings and whole phrases that deny an allergy, as doctors type them. */
  private static final List<String> BEGINNINGS =
      List.of("否认", "无药物过敏", "无过敏", "无食物过敏", "无明确过敏", "无已知", "未发现过敏", "没有过敏", "未诉过敏", "无特殊过敏",
          "不详", "未知过敏史", "暂无过敏", "无明显过敏", "无药敏", "既往无过敏");
  private static final List<String> WHOLE =
      List.of("无", "否", "没有", "未发现", "暂无", "阴性", "none", "no known allergies", "no known allergy",
          "no known drug allergies", "no known drug allergy", "nka", "nkda", "no allergies", "-", "/");

  private static final Pattern FULL_STOP = Pattern.compile("[。．.！!\\s]+$");
  private static final Pattern BETWEEN_CLAUSES = Pattern.compile("[，,；;。]");

  private Negations() {}

  /**
   * Whether a text about an allergy says that there is none (or that nothing is known).
   *
   * <p>A text that denies one and names another ("否认食物过敏史，青霉素过敏") is no denial: when in doubt the allergy
   * stands.
   */
  static boolean deniesAllergy(String text) {
    if (text == null) {
      return false;
    }
    String plain = FULL_STOP.matcher(text.strip().toLowerCase(Locale.ROOT)).replaceAll("");
    if (WHOLE.contains(plain)) {
      return true;
    }
    boolean denied = false;
    // Every clause has to deny: one that does not may name an allergy.
    for (String clause : BETWEEN_CLAUSES.split(plain)) {
      String c = clause.strip();
      if (c.isEmpty()) {
        continue;
      }
      if (!beginsWithDenial(c) && !WHOLE.contains(c)) {
        return false;
      }
      // "否认…，但" or a contrast inside one clause.
      if (c.contains("但") || c.contains("除") || c.contains("外")) {
        return false;
      }
      denied = true;
    }
    return denied;
  }

  private static boolean beginsWithDenial(String clause) {
    for (String beginning : BEGINNINGS) {
      if (clause.startsWith(beginning)) {
        return true;
      }
    }
    return false;
  }
}
