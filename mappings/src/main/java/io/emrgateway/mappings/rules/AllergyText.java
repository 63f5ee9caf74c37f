package io.emrgateway.mappings.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a free text about allergies says, as doctors type it in China: that there are some, none, or that nobody knows.
 *
 * <p>The text is read clause by clause. A clause that denies ({@code 否认药物过敏史}, {@code 过敏史：无},
 * {@code 青霉素皮试阴性}) names no allergy; one that neither denies nor says "unknown" names one. So a text that denies one
 * thing and names another is an allergy to the other, and when in doubt an allergy stands.
 *
 * @param allergens in the order they are named; empty unless some are
 */
record AllergyText(Kind kind, List<String> allergens) {

  /** What is said on the whole. */
  enum Kind { ALLERGIC, DENIED, UNKNOWN }

  /** Longer texts are stories; nothing is taken out of them, and the patterns below never run over them. */
  private static final int LONG = 200;

  /** Beginnings that deny what follows. */
  private static final List<String> DENIALS = List.of("否认", "无药物", "无食物", "无过敏", "无明确", "无已知", "无明显", "无特殊", "无药敏",
      "无其他", "余无", "未发现", "未见", "未诉", "没有过敏", "没有药物", "暂无过敏", "暂无药物", "暂未发现", "既往无", "既往否认", "自述无", "自诉无",
      "患者否认", "家属否认", "不过敏", "denies", "no known");
  /** Substances whose name begins with 无 (fig, absolute alcohol, inorganic …). */
  private static final List<String> NAMED_WU = List.of("无花果", "无水", "无机", "无菌", "无糖", "无名", "无纺");
  /** Words that deny wherever they stand in a clause. */
  private static final List<String> DENYING = List.of("不过敏", "未过敏", "无过敏", "皮试阴性", "皮试(阴性)", "皮试(-)", "皮试-", "皮试:阴性",
      "皮试结果阴性");
  private static final List<String> WHOLE_DENIALS = List.of("无", "否", "没有", "未发现", "暂无", "阴性", "否认", "none", "no known allergies",
      "no known allergy", "no known drug allergies", "no known drug allergy", "nka", "nkda", "no allergies", "(-)");
  private static final List<String> UNKNOWNS =
      List.of("不详", "不清", "未知", "不知", "未询问", "无法询问", "未提供", "不能提供", "未测", "未查", "unknown");
  /** Openings of a clause that goes on about an allergy already named. */
  private static final List<String> REMARKS = List.of("过敏反应", "过敏症状", "过敏表现", "表现", "出现", "引起", "反应", "症状", "具体", "时间", "皮疹", "皮肤", "曾出现", "伴", "致",
      "全身", "休克", "呼吸", "严重", "轻度", "中度", "重度");

  private static final Pattern CLAUSES = Pattern.compile(
      "[,;。\\n]|(?<=过敏史?)\\s+|(?=但)|(?<=阴性|阴性\\)|\\(-\\)|[无不未]过敏)[、及]");
  private static final Pattern HEADING = Pattern.compile("^[^:]*过敏[^:]*:(.*)$");
  private static final Pattern EXCEPT = Pattern.compile("^.*?除(?:对)?(.+?)(?:过敏)?(?:以外|之外|外).*$");
  private static final Pattern EXCEPTED = Pattern.compile("^.*[(\\s](.+?)(?:过敏)?除外.*$");
  private static final Pattern IN_BRACKETS = Pattern.compile("\\(([^)]*)");
  private static final Pattern POSITIVE_SKIN_TEST = Pattern.compile("\\(?皮试(?:结果)?:?\\(?(?:阳性|\\++|强阳性)\\)*");
  private static final Pattern OPENING = Pattern.compile("^(?:但是?|患者|自述|自诉|家属诉|既往|曾经?|有|可疑|疑似|怀疑|仅|只|对|为)+");
  private static final Pattern ALLERGY = Pattern.compile("过敏.*$");
  private static final Pattern ENDING = Pattern.compile("(?:等|可疑|史|阳性|\\(\\+*\\)|[.!])+$");
  private static final Pattern GENERIC = Pattern.compile("过敏原|过敏源|过敏史|过敏|药物|食物|其他|其它|既往|患者|家属|具体|情况|目前|药名|名称|史|对|述|诉|[:、\\s]");
  private static final Pattern ITEMS = Pattern.compile("、|以及|及");

  /**
   * Reads a text.
   *
   * @param text not null; may be a substance alone ({@code 青霉素}), which is an allergy to it
   */
  static AllergyText of(String text) {
    if (text.length() > LONG) {
      return new AllergyText(Kind.ALLERGIC, List.of(text));
    }
    String plain = Width.half(text, false).replace('—', '-').strip();
    List<String> allergens = new ArrayList<>(2);
    boolean denied = false;
    boolean unknown = false;
    for (String piece : CLAUSES.split(plain)) {
      String clause = piece.strip();
      var heading = HEADING.matcher(clause);
      if (heading.matches()) {
        clause = heading.group(1).strip();
      }
      if (clause.isEmpty()) {
        continue;
      }
      Kind kind = kind(clause);
      denied |= kind == Kind.DENIED;
      unknown |= kind == Kind.UNKNOWN;
      if (kind == Kind.DENIED) {
        clause = behindDenial(clause);
        kind = clause.isEmpty() ? kind : kind(clause);
      }
      if (kind == Kind.ALLERGIC && (allergens.isEmpty() || !isRemark(clause))) {
        name(clause, piece.strip(), allergens);
      }
    }
    if (!allergens.isEmpty()) {
      return new AllergyText(Kind.ALLERGIC, allergens);
    }
    return new AllergyText(denied || !unknown ? Kind.DENIED : Kind.UNKNOWN, List.of());
  }

  /** An allergy that follows a denial without a comma: {@code 否认药物过敏史(青霉素过敏)}, {@code 否认药物过敏史青霉素过敏}. */
  private static String behindDenial(String clause) {
    var brackets = IN_BRACKETS.matcher(clause);
    if (brackets.find() && says(brackets.group(1), List.of("过敏", "阳性"))) {
      return brackets.group(1).strip();
    }
    int history = clause.indexOf("过敏史");
    String rest = history < 0 ? "" : clause.substring(history + 3);
    return rest.contains("过敏") && "、及和与或无否不未暂(".indexOf(rest.charAt(0)) < 0 ? rest : "";
  }

  private static Kind kind(String clause) {
    String lower = clause.toLowerCase(Locale.ROOT);
    if (Absent.says(lower) || WHOLE_DENIALS.contains(lower)) {
      return Kind.DENIED;
    }
    boolean exception = clause.contains("除");
    if (!exception && (begins(lower, DENIALS) || says(clause, DENYING) || endsWithDenial(clause))) {
      return Kind.DENIED;
    }
    if (says(lower, UNKNOWNS) && leavesNothing(lower)) {
      return Kind.UNKNOWN;
    }
    return Kind.ALLERGIC;
  }

  /** {@code 药物过敏史无}, {@code 药敏史-}. */
  private static boolean endsWithDenial(String clause) {
    return clause.contains("史") && (clause.endsWith("无") || clause.endsWith("-") || clause.endsWith("否认"))
        || clause.startsWith("无") && clause.contains("过敏") && !begins(clause, NAMED_WU);
  }

  /** Whether a clause that says "unknown" names nothing in particular. */
  private static boolean leavesNothing(String clause) {
    String rest = GENERIC.matcher(clause).replaceAll("");
    for (String word : UNKNOWNS) {
      rest = rest.replace(word, "");
    }
    return rest.isEmpty() || rest.equals("楚") || rest.equals("晰");
  }

  private static boolean isRemark(String clause) {
    return begins(clause, REMARKS) && (!clause.contains("过敏") || clause.startsWith("过敏"));
  }

  /** Adds what a clause names, e.g. two of {@code 对青霉素、头孢过敏}; the whole words where nothing can be taken out of them ({@code 过敏史：有}). */
  private static void name(String clause, String words, List<String> allergens) {
    String named = clause;
    if (clause.contains("除") && !clause.contains("不除外") && !clause.contains("不能除外")) {
      var except = EXCEPT.matcher(clause);
      var excepted = EXCEPTED.matcher(clause);
      if (!except.matches() && !excepted.matches()) {
        allergens.add(clause);
        return;
      }
      named = except.matches() ? except.group(1) : excepted.group(1);
    }
    for (String item : ITEMS.split(named)) {
      String one = POSITIVE_SKIN_TEST.matcher(item.strip()).replaceAll("");
      one = OPENING.matcher(one).replaceFirst("");
      one = ALLERGY.matcher(one).replaceFirst("");
      one = ENDING.matcher(one).replaceFirst("").strip();
      one = one.isEmpty() || one.equals("是") || one.equals("+") ? words : one;
      if (!allergens.contains(one)) {
        allergens.add(one);
      }
    }
  }

  private static boolean begins(String clause, List<String> words) {
    for (String word : words) {
      if (clause.startsWith(word)) {
        return true;
      }
    }
    return false;
  }

  private static boolean says(String clause, List<String> words) {
    for (String word : words) {
      if (clause.contains(word)) {
        return true;
      }
    }
    return false;
  }
}
