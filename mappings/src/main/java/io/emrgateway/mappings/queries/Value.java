package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.records.Tree;
import java.util.Map;

/**
 * The value of a result as OBX-2, 5 and 6 have it.
 *
 * @param type "" when there is none
 */
record Value(String type, String written, String unit) {
  private static final String UCUM = "http://unitsofmeasure.org";

  boolean isThere() {
    return !type.isEmpty();
  }

  static Value of(Map<String, Object> of, Pen pen) {
    for (Map.Entry<String, Object> member : of.entrySet()) {
      if (member.getKey().startsWith("value")) {
        return of(member.getKey().substring("value".length()), member.getValue(), pen);
      }
    }
    return new Value("", "", "");
  }

  private static Value of(String type, Object value, Pen pen) {
    return switch (type) {
      case "Quantity" -> quantity(value, pen);
      case "CodeableConcept" -> new Value("CE", Concepts.of(value, pen), "");
      case "Integer" -> new Value("NM", pen.text(Tree.spelt(value)), "");
      case "Range" -> new Value("SN",
          pen.components("", number(Tree.at(value, "low"), pen), "-", number(Tree.at(value, "high"), pen)), unit(value, "low", "high", pen));
      case "Ratio" -> new Value("SN",
          pen.components(pen.text(Tree.text(value, "numerator", "comparator")), number(Tree.at(value, "numerator"), pen), ":",
              number(Tree.at(value, "denominator"), pen)), unit(value, "numerator", "denominator", pen));
      case "DateTime" -> new Value("TS", Times.of(Tree.spelt(value)), "");
      case "Time" -> new Value("TM", pen.text(String.valueOf(Tree.spelt(value)).replace(":", "")), "");
      case "Period" -> new Value("ST",
          Times.of(Tree.text(value, "start")) + " - " + Times.of(Tree.text(value, "end")), "");
      case "String", "Boolean" -> text(Tree.spelt(value), pen);
      default -> new Value("ST", pen.text("此值无法用 HL7 v2 表达，请向来源医院查阅 The value has no form in HL7 v2; ask the source hospital"), "");
    };
  }

  private static Value text(String text, Pen pen) {
    return new Value(text != null && (text.indexOf('\n') >= 0 || text.length() > 199) ? "FT" : "ST", pen.text(text), "");
  }

  private static Value quantity(Object quantity, Pen pen) {
    String comparator = Tree.text(quantity, "comparator");
    String number = number(quantity, pen);
    return comparator == null ? new Value("NM", number, unit(quantity, pen))
        : new Value("SN", pen.components(pen.text(comparator), number), unit(quantity, pen));
  }

  private static String number(Object quantity, Pen pen) {
    return pen.text(Tree.spelt(Tree.at(quantity, "value")));
  }

  private static String unit(Object of, String one, String other, Pen pen) {
    String unit = unit(Tree.at(of, one), pen);
    return unit.isEmpty() ? unit(Tree.at(of, other), pen) : unit;
  }

  /** A unit as CE: its UCUM code with the word the hospital has for it, else the word alone. */
  static String unit(Object quantity, Pen pen) {
    String code = Tree.text(quantity, "code");
    String word = Tree.text(quantity, "unit");
    if (code == null) {
      return pen.text(word);
    }
    return pen.components(pen.text(code), pen.text(word), UCUM.equals(Tree.text(quantity, "system")) ? "UCUM" : "");
  }

  /** A reference range as a person writes it. */
  static String range(Map<String, Object> range) {
    String text = Tree.text(range, "text");
    if (text != null) {
      return text;
    }
    String low = Tree.spelt(Tree.at(range, "low", "value"));
    String high = Tree.spelt(Tree.at(range, "high", "value"));
    return low == null ? high == null ? "" : "<=" + high : high == null ? ">=" + low : low + "-" + high;
  }
}
