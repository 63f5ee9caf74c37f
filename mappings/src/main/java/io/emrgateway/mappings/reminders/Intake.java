package io.emrgateway.mappings.reminders;

import io.emrgateway.mappings.reminders.Rows.Row;
import io.emrgateway.mappings.records.Tree;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a drug is taken: by which route, when needed or regularly, and for how many days what was supplied lasts. */
final class Intake {
  private static final Pattern AS_NEEDED = Pattern.compile("(?i)必要时|需要时|按需|\\bprn\\b|\\bsos\\b|疼痛时|发热时|发作时");
  private static final Pattern ONCE = Pattern.compile("(?i)\\bst\\b|\\bstat\\b|\\bonce\\b|即刻|立即|一次性|单次|顿服一次");
  private static final Map<String, Double> TIMES_A_DAY = Map.ofEntries(Map.entry("QD", 1.0), Map.entry("BID", 2.0),
      Map.entry("TID", 3.0), Map.entry("QID", 4.0), Map.entry("QOD", 0.5), Map.entry("Q1H", 24.0), Map.entry("Q2H", 12.0),
      Map.entry("Q3H", 8.0), Map.entry("Q4H", 6.0), Map.entry("Q6H", 4.0), Map.entry("Q8H", 3.0), Map.entry("Q12H", 2.0),
      Map.entry("AM", 1.0), Map.entry("PM", 1.0), Map.entry("QN", 1.0), Map.entry("QAM", 1.0), Map.entry("QPM", 1.0),
      Map.entry("QW", 1.0 / 7), Map.entry("BIW", 2.0 / 7), Map.entry("每晚一次", 1.0), Map.entry("每周一次", 1.0 / 7),
      Map.entry("每12小时一次", 2.0), Map.entry("每日一次", 1.0), Map.entry("每日两次", 2.0), Map.entry("每日三次", 3.0));
  private static final Map<String, Double> DAYS = Map.of("d", 1.0, "wk", 7.0, "mo", 30.0, "h", 1.0 / 24, "a", 365.0, "min", 1.0 / 1440);
  private static final Map<String, Double> GRAMS = Map.of("g", 1.0, "mg", 1e-3, "ug", 1e-6, "μg", 1e-6, "mcg", 1e-6, "克", 1.0, "毫克", 1e-3);
  /** What one piece weighs, and how many are in the pack: {@code 0.25g×24粒}, {@code 100mg*30}. */
  private static final Pattern STRENGTH = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(mg|g|ug|μg|mcg|毫克|克)(?![a-z])(?:\\s*[*×x/:](?:每?[片粒支袋]?[*×x])?\\s*(\\d+))?");
  private static final List<String> PACKS = List.of("盒", "瓶", "包", "box", "bottle", "bot");
  private static final double DAYS_MAX = 400;

  private record Group(String name, List<String> codes, List<String> words, List<String> forms) {}

  private final List<Group> groups = new ArrayList<>();

  Intake(Map<String, String> site) {
    for (Row row : Rows.of("drug-routes", 4, site)) {
      groups.add(new Group(row.at(0), row.at(1, " "), row.at(2, ";"), row.at(3, ";")));
    }
  }

  /** The group of a route, told by its code, its words, or where there are none by the form in the drug's name; or "". */
  String route(Concept route, String drug) {
    for (Concept.Coding coding : route.codings()) {
      for (Group group : groups) {
        if (group.codes().contains(coding.code().toUpperCase(Locale.ROOT))) {
          return group.name();
        }
      }
    }
    String words = String.join(" ", route.names()) + " " + route.code();
    String said = longest(words.toLowerCase(Locale.ROOT), false);
    return said.isEmpty() ? longest(drug, true) : said;
  }

  /** 滴眼 says more than 滴, 阴道片 more than 片. */
  private String longest(String text, boolean forms) {
    String best = "";
    int length = 0;
    for (Group group : groups) {
      for (String word : forms ? group.forms() : group.words()) {
        if (word.length() > length && text.contains(word)) {
          best = group.name();
          length = word.length();
        }
      }
    }
    return best;
  }

  static boolean asNeeded(Object dosage) {
    return Boolean.TRUE.equals(Tree.at(dosage, "asNeededBoolean")) || Tree.at(dosage, "asNeededCodeableConcept") != null
        || AS_NEEDED.matcher(rhythm(dosage)).find();
  }

  private static String rhythm(Object dosage) {
    Concept code = Concept.of(Tree.at(dosage, "timing", "code"));
    String text = Tree.text(dosage, "text");
    return String.join(" ", code.names()) + " " + code.codings().stream().map(Concept.Coding::code).toList() + " " + (text == null ? "" : text);
  }

  /**
   * For how many days a supply lasts: as somebody said it, else as amount, dose and rhythm give it; null where they do not.
   *
   * @param quantity supplied, or null
   * @param drug its name, which may tell strength and pack
   * @param strength of one piece, or null
   */
  static Integer days(Object saidDays, Object dosage, Object quantity, String drug, Object strength) {
    Double said = duration(saidDays);
    Object repeat = Tree.at(dosage, "timing", "repeat");
    said = said == null ? duration(Tree.at(repeat, "boundsDuration")) : said;
    if (said == null && ONCE.matcher(rhythm(dosage)).find()) {
      said = 1.0;
    }
    said = said == null ? counted(dosage, quantity, drug, strength) : said;
    return said == null || said > DAYS_MAX ? null : (int) Math.ceil(said - 1e-6);
  }

  /** For how many days the phases of a prescription last together: to the last end, else one after the other or side by side; null where none says. */
  static Integer phases(List<Map<String, Object>> dosages, LocalDate begins) {
    Integer last = null;
    double inTurn = 0;
    double longest = 0;
    for (Map<String, Object> dosage : dosages) {
      Object repeat = Tree.at(dosage, "timing", "repeat");
      Integer days = Reading.between(begins, Reading.day(Tree.text(repeat, "boundsPeriod", "end")));
      last = days != null && (last == null || days > last) ? days : last;
      Double length = duration(Tree.at(repeat, "boundsDuration"));
      if (length != null) {
        inTurn += dosage.get("sequence") != null || dosages.size() == 1 ? length : 0;
        longest = Math.max(longest, length);
      }
    }
    double length = Math.max(inTurn, longest);
    return last != null || length == 0 || length > DAYS_MAX ? last : Integer.valueOf((int) Math.ceil(length - 1e-6));
  }

  static Double duration(Object quantity) {
    Double value = number(Tree.at(quantity, "value"));
    String code = Tree.text(quantity, "code");
    String unit = code == null ? Tree.text(quantity, "unit") : code;
    Double days = unit == null ? null : unit.equals("天") || unit.equals("日") || unit.startsWith("day") ? Double.valueOf(1) : DAYS.get(unit);
    return value == null || days == null ? null : value * days;
  }

  private static Double counted(Object dosage, Object quantity, String drug, Object strength) {
    Double amount = number(Tree.at(quantity, "value"));
    Double times = times(dosage);
    Object dose = Tree.at(dosage, "doseAndRate", "doseQuantity");
    dose = dose == null ? Tree.at(dosage, "doseAndRate", "doseRange", "high") : dose;
    Double each = number(Tree.at(dose, "value"));
    if (amount == null || times == null || each == null || each <= 0 || times <= 0) {
      return null;
    }
    String supplied = unit(quantity);
    String taken = unit(dose);
    Matcher written = STRENGTH.matcher(Names.plain(drug));
    boolean isWritten = written.find();
    if (!supplied.equals(taken) && PACKS.contains(supplied)) {
      if (!isWritten || written.group(3) == null) {
        return null;
      }
      amount *= Double.parseDouble(written.group(3));
    }
    if (supplied.equals(taken) || PACKS.contains(supplied) && !GRAMS.containsKey(taken)) {
      return amount / (each * times);
    }
    Double grams = GRAMS.get(taken);
    Double piece = GRAMS.containsKey(unit(strength)) ? multiplied(number(Tree.at(strength, "value")), GRAMS.get(unit(strength)))
        : isWritten ? multiplied(Double.valueOf(written.group(1)), GRAMS.get(written.group(2))) : null;
    return grams == null || piece == null || piece <= 0 || GRAMS.containsKey(supplied) ? null : amount * piece / (each * grams * times);
  }

  private static Double multiplied(Double a, Double b) {
    return a == null || b == null ? null : a * b;
  }

  private static String unit(Object quantity) {
    String code = Tree.text(quantity, "code");
    String unit = code == null ? Tree.text(quantity, "unit") : code;
    return unit == null ? "" : unit.toLowerCase(Locale.ROOT);
  }

  private static Double times(Object dosage) {
    Object repeat = Tree.at(dosage, "timing", "repeat");
    Double frequency = number(Tree.at(repeat, "frequency"));
    Double period = number(Tree.at(repeat, "period"));
    String unit = Tree.text(repeat, "periodUnit");
    if (frequency != null && period != null && period > 0 && unit != null && DAYS.containsKey(unit)) {
      return frequency / (period * DAYS.get(unit));
    }
    Concept code = Concept.of(Tree.at(dosage, "timing", "code"));
    for (Concept.Coding coding : code.codings()) {
      Double times = TIMES_A_DAY.get(coding.code().toUpperCase(Locale.ROOT));
      if (times != null) {
        return times;
      }
    }
    return TIMES_A_DAY.get(code.text().toUpperCase(Locale.ROOT));
  }

  private static Double number(Object value) {
    Double read = value instanceof Tree.Number number ? Double.valueOf(number.spelt()) : null; // JSON's numbers are Java's.
    return read == null || read.isInfinite() ? null : read;
  }
}
