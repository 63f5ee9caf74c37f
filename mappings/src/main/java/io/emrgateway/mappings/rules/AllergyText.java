package io.emrgateway.mappings.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a free text about allergies says, as doctors type it in China: that there are some, none, or that nobody knows.
 *
 * <p>The text is read clause by clause: what commas, full stops and blanks part, and what an enumeration comma parts where
 * both sides say something of their own. A clause that denies ({@code 否认药物过敏史}, {@code 过敏史：无},
 * {@code 青霉素皮试阴性}) names no allergy; one about something else ({@code 无手术史}) says nothing; any other names one,
 * unless it says "unknown". So a text that denies one thing and names another is an allergy to the other, and when in
 * doubt an allergy stands: too long a list is read by a doctor, an allergy that was refuted is not.
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
      "无其他", "余无", "未发现", "未曾发现", "未见", "未诉", "没有过敏", "没有药物", "暂无过敏", "暂无药物", "暂未发现", "既往无", "既往否认", "自述无",
      "自诉无", "患者否认", "家属否认", "不过敏", "denies", "no known");
  /** Substances whose name begins with 无 (fig, absolute alcohol, inorganic …). */
  private static final List<String> NAMED_WU = List.of("无花果", "无水", "无机", "无菌", "无糖", "无名", "无纺");
  /** What a clause is about that is about allergies. */
  private static final List<String> MATTER = List.of("过敏", "药", "食");
  private static final List<String> WHOLE_DENIALS = List.of("无", "否", "没有", "未发现", "暂无", "无殊", "无特殊", "阴性", "否认", "n", "no", "none",
      "none known", "no known allergies", "no known allergy", "no known drug allergies", "no known drug allergy", "nka", "nkda",
      "no allergies", "(-)", "(无)");
  private static final List<String> UNKNOWNS =
      List.of("不详", "不明", "不清", "未知", "不知", "未询问", "无法询问", "未提供", "不能提供", "未测", "未查", "unknown");
  /** An allergy to something that nobody can name is one all the same. */
  private static final List<String> UNKNOWN_SUBSTANCES = List.of("不明药", "不明食", "未知药", "未知食");
  /** Openings of a clause that goes on about an allergy already named. */
  private static final List<String> REMARKS = List.of("过敏反应", "过敏症状", "过敏表现", "表现", "出现", "引起", "反应", "症状", "具体", "时间", "皮疹", "皮肤", "曾出现", "伴", "致",
      "全身", "休克", "呼吸", "严重", "轻度", "中度", "重度");

  private static final Pattern CLAUSES = Pattern.compile("[,;。\\n]|(?<=[\\p{IsHan})])\\.(?=\\p{IsHan})|(?=但)"
      + "|(?<=过敏史?|阴性|阳性)(?=对[^,;。\\n]*过敏)|(?<=\\((?:无|-|阴性|皮试阴性)\\))(?=\\p{IsHan})");
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern ENUMERATION = Pattern.compile("[、/及]");
  /** What makes words a statement: an allergy, or the result of a test. */
  private static final Pattern STATEMENT = Pattern.compile("过敏|阴性|阳性|\\([-+]+\\)");
  private static final Pattern DENIED_STATEMENT = Pattern.compile("(?:阴性\\)?|\\(-\\)|[无不未]过敏)$");
  /** Words that go on with the clause before a blank. */
  private static final Pattern PREDICATE = Pattern.compile("(?:过敏|过敏史|史|阴性|阳性|可疑|无|否认|不详|不明|不清楚|未知|皮试.*|[-+(:].*)");
  /** Words that a clause begins with and that say nothing without what follows the blank. */
  private static final Pattern LONE_OPENING =
      Pattern.compile("(?i)(?:否认|无|没有|未发现|未见|对|有|曾|既往|患者|家属|自述|自诉|denies|no known)+");
  /** A heading and what stands under it: {@code 药物过敏史:青霉素}, {@code 食物(虾)}. */
  private static final Pattern HEADING = Pattern.compile("([^:]*):(.*)|([^:(]*)\\((.*)\\)");
  private static final Pattern NO = Pattern.compile(":\\s*(?:无|没有|否|否认|阴性|-|[Nn]|[Nn][Oo])$");
  /** A denial inside or at the end of a clause: {@code 曾用青霉素无过敏}, {@code 青霉素(-)}, {@code 药物过敏史无}. */
  private static final Pattern DENYING = Pattern.compile("[不未无]过敏(?:反应|史)?"
      + "|皮试(?:结果)?:?\\(?(?:阴性|-)\\)?"
      + "|(?:过敏|药敏)(?:史|试验|反应|原|源|检测|筛查|测试|体质|情况|结果)*[:\\s]*\\(?(?:阴性|-+|无|没有|否|否认|[Nn][Oo]?)\\)?$"
      + "|史[:\\s]*\\(?(?:无|否认)\\)?$"
      + "|(?:阴性|\\(-+\\)|\\(无\\)|\\(阴性\\)|(?<=\\p{IsHan})-)$");
  private static final Pattern AFFIRMING = Pattern.compile("过敏|阳性|\\(\\++\\)");
  private static final Pattern EXCEPT = Pattern.compile("^.*?除(?:对)?(.+?)(?:过敏)?(?:以外|之外|外).*$");
  private static final Pattern EXCEPTED = Pattern.compile("^.*[(\\s](.+?)(?:过敏)?除外.*$");
  private static final Pattern IN_BRACKETS = Pattern.compile("\\(([^)]*)");
  private static final Pattern POSITIVE_SKIN_TEST = Pattern.compile("\\(?皮试(?:结果)?:?\\(?(?:阳性|\\++|强阳性)\\)*");
  /** 对乙酰氨基酚 (paracetamol), 对氨基水杨酸 and 有机磷 are substances, not openings. */
  private static final Pattern OPENING =
      Pattern.compile("^(?:但是?|患者|自述|自诉|家属诉|既往|曾经?|有(?!机)|可疑|疑似|怀疑|仅|只|对(?!乙酰|氨基)|为)+");
  private static final Pattern ALLERGY = Pattern.compile("过敏.*$");
  private static final Pattern ENDING = Pattern.compile("(?:等|可疑|史|阳性|\\(\\+*\\)|[.!:\\s])+$");
  private static final Pattern GENERIC = Pattern.compile("过敏原|过敏源|过敏史|过敏|药物|食物|其他|其它|既往|患者|家属|具体|情况|目前|药名|名称|史|对|述|诉|[:、()\\s]");
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
    String plain = Width.half(text, false).replace('—', '-').replace('–', '-').strip();
    List<String> allergens = new ArrayList<>(2);
    boolean denied = false;
    boolean unknown = false;
    for (String piece : clauses(plain)) {
      String clause = underHeading(underHeading(piece));
      Kind kind = clause.isEmpty() ? null : kind(clause);
      denied |= kind == Kind.DENIED;
      unknown |= kind == Kind.UNKNOWN;
      if (kind == Kind.DENIED) {
        clause = behindDenial(clause);
        kind = clause.isEmpty() ? kind : kind(clause);
      }
      if (kind == Kind.ALLERGIC && (allergens.isEmpty() || !isRemark(clause))) {
        name(clause, piece, allergens);
      }
    }
    if (!allergens.isEmpty()) {
      return new AllergyText(Kind.ALLERGIC, allergens);
    }
    return new AllergyText(denied || !unknown ? Kind.DENIED : Kind.UNKNOWN, List.of());
  }

  private static List<String> clauses(String plain) {
    List<String> clauses = new ArrayList<>(2);
    for (String sentence : CLAUSES.split(plain)) {
      String clause = "";
      for (String words : BLANKS.split(sentence.strip())) {
        if (clause.isEmpty()) {
          clause = words;
        } else if (isGeneric(clause) && clause.contains("过敏") && !clause.endsWith(":")) {
          clause += ":" + words; // 药物过敏史 青霉素
        } else if (goesOn(clause, words)) {
          clause += LONE_OPENING.matcher(clause).matches() ? words : " " + words;
        } else {
          enumerated(clause, clauses);
          clause = words;
        }
      }
      enumerated(clause, clauses);
    }
    return clauses;
  }

  /** Whether the words behind a blank belong to those before it. */
  private static boolean goesOn(String before, String words) {
    return before.endsWith(":") || LONE_OPENING.matcher(before).matches() || PREDICATE.matcher(words).matches()
        || isGeneric(words) || !Functions.isHan(words) && !STATEMENT.matcher(before).find();
  }

  /**
   * {@code 无药物过敏、对海鲜过敏} is two statements, {@code 青霉素、头孢皮试阴性} is one. 否认 at the head of several
   * histories ({@code 否认药物过敏史、海鲜过敏史}) denies them all.
   */
  private static void enumerated(String sentence, List<String> clauses) {
    int from = 0;
    var sign = ENUMERATION.matcher(sentence);
    while (sign.find()) {
      String before = sentence.substring(from, sign.start()).strip();
      String after = sentence.substring(sign.end()).strip();
      boolean statements = STATEMENT.matcher(before).find() && STATEMENT.matcher(after).find()
          || DENIED_STATEMENT.matcher(before).find();
      boolean histories = before.endsWith("史") && after.endsWith("史") && !after.startsWith("对") && !after.startsWith("有")
          && begins(before, DENIALS);
      if (statements && !histories && !after.isEmpty() && !isGeneric(after)) {
        clauses.add(before);
        from = sign.end();
      }
    }
    clauses.add(sentence.substring(from).strip());
  }

  /** What stands under a heading that names nothing itself; the clause as it is where there is none. */
  private static String underHeading(String clause) {
    var heading = HEADING.matcher(clause);
    if (!heading.matches()) {
      return clause;
    }
    boolean colon = heading.group(1) != null;
    String head = OPENING.matcher(heading.group(colon ? 1 : 3)).replaceFirst("");
    String under = heading.group(colon ? 2 : 4).strip();
    return isGeneric(head) || colon && head.contains("过敏") && !begins(under, REMARKS) && !NO.matcher(clause).find()
        ? under : clause;
  }

  /** An allergy that follows a denial without a comma: {@code 否认药物过敏史(青霉素过敏)}, {@code 否认药物过敏史青霉素过敏}. */
  private static String behindDenial(String clause) {
    var brackets = IN_BRACKETS.matcher(clause);
    if (brackets.find() && AFFIRMING.matcher(brackets.group(1)).find()) {
      return brackets.group(1).strip();
    }
    int history = clause.indexOf("过敏史");
    String rest = history < 0 ? "" : clause.substring(history + 3);
    return AFFIRMING.matcher(rest).find() && !isGeneric(rest) && "、及和与或无否不未暂(".indexOf(rest.charAt(0)) < 0 ? rest : "";
  }

  /** What a clause says; null when it is not about allergies. */
  private static Kind kind(String clause) {
    String lower = clause.toLowerCase(Locale.ROOT);
    if (Absent.says(lower) || WHOLE_DENIALS.contains(lower)) {
      return Kind.DENIED;
    }
    if (!clause.contains("除")) {
      boolean without = clause.startsWith("无") && !begins(clause, NAMED_WU);
      if (without || begins(lower, DENIALS)) {
        return clause.startsWith("否认") && !says(clause, MATTER) || without && !clause.contains("过敏") && !begins(clause, DENIALS)
            ? null : Kind.DENIED;
      }
      if (NO.matcher(clause).find() || DENYING.matcher(clause).find()) {
        String rest = NO.matcher(DENYING.matcher(clause).replaceAll("")).replaceFirst("");
        return AFFIRMING.matcher(rest).find() ? Kind.ALLERGIC : Kind.DENIED;
      }
    }
    if (says(lower, UNKNOWNS) && !begins(lower, UNKNOWN_SUBSTANCES) && leavesNothing(lower)) {
      return Kind.UNKNOWN;
    }
    return Kind.ALLERGIC;
  }

  /** Whether a clause that says "unknown" names nothing in particular. */
  private static boolean leavesNothing(String clause) {
    String rest = GENERIC.matcher(clause).replaceAll("");
    for (String word : UNKNOWNS) {
      rest = rest.replace(word, "");
    }
    return rest.isEmpty() || rest.equals("楚") || rest.equals("晰");
  }

  /** Whether words name nothing in particular: {@code 食物过敏史}. */
  private static boolean isGeneric(String words) {
    return GENERIC.matcher(words).replaceAll("").isEmpty();
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
