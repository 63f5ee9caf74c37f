package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * OBX-5: what was found, by the type that OBX-2 names.
 *
 * <p>A value that is not what its type says (a "&lt;5" sent as NM, a word sent as a number) is still a result: it is
 * written as the text it is, with its unit, for a number without one is another number. One sent as text that is a plain
 * number and has a unit is a quantity, however it was labelled. Units keep the hospital's spelling; a UCUM code stands
 * beside it only when the table {@code Units} knows it.
 */
final class ObservationValues {
  static final String UCUM = "http://unitsofmeasure.org";

  /** Types of text, in which laboratories send numbers too. */
  private static final Set<String> WORDS = Set.of("ST", "TX", "FT", "");

  /** Longer texts are no range of two numbers. */
  private static final int RANGE_LENGTH_MAX = 40;

  private ObservationValues() {}

  /** Called once per repetition of OBX-5; the first one does the work for all. */
  static void write(Call call) {
    Segment obx = call.segment();
    if (call.instance().valuesWrittenOf == obx) {
      return;
    }
    call.instance().valuesWrittenOf = obx;
    Part field = obx.field(5);
    String type = obx.field(2).component(1).text();
    type = type == null ? "" : type.toUpperCase(Locale.ROOT);
    List<Part> values = new ArrayList<>(1);
    for (Part repetition : field.eachRepetition()) {
      if (repetition.isValued()) {
        values.add(repetition);
      }
    }
    Element observation = call.root();
    boolean one = values.size() == 1;
    switch (type) {
      case "ED", "RP" -> attachments(call, values, type);
      case "ST", "TX", "FT", "GTS", "XPN", "XCN", "CX", "EI", "XTN", "XAD", "XON", "PL", "" -> {
        boolean unit = obx.field(6).isValued() || type.isEmpty() && obx.hasField(6);
        if (!WORDS.contains(type)) {
          text(call, observation, values);
        } else if (betweenTwo(field)) {
          if (!unit || !rangeInto(call, observation, field.whole())) {
            observation.with("valueString", withUnit(field.whole(), call.segment().field(6)));
          }
        } else if (!one || !unit || !numeric(call, observation, "NM", values.get(0))) {
          text(call, observation, values);
        }
      }
      default -> {
        if (one) {
          value(call, observation, type, values.get(0));
        } else if (!type.equals("NM") || !betweenTwo(field) || !rangeInto(call, observation, field.whole())) {
          for (Part value : values) {
            Element component = observation.child(observation.type().slot("component"), -1);
            Element code = Element.of("CodeableConcept");
            call.run().fill(call.run().rules().map("CWE[CodeableConcept]"), code, obx.field(3).repetition(1),
                new Call(call.run(), call.row(), code, Part.EMPTY, obx, 3, 1, call.instance()), call.instance());
            component.with("code", code);
            value(call, component, type, value);
          }
        }
      }
    }
  }

  /** {@code 0-3}, {@code 0~3}: two plain numbers with one of the dashes and waves in use between them, low before high. */
  static String[] twoNumbers(String text) {
    if (text == null || text.length() > RANGE_LENGTH_MAX) {
      return null;
    }
    String limits = limits(text, null);
    int dash = limits.indexOf('-', 1);
    String low = dash < 0 ? null : number(limits.substring(0, dash));
    String high = dash < 0 ? null : number(limits.substring(dash + 1));
    return low == null || high == null || new BigDecimal(low).compareTo(new BigDecimal(high)) > 0 ? null
        : new String[] {low, high};
  }

  private static boolean rangeInto(Call call, Element into, String text) {
    String[] two = twoNumbers(text);
    Element range = two == null ? null : range(call, two[0], two[1]);
    return range != null && into.put(into.type().slot("valueRange"), range);
  }

  /** Whether a field is two numbers with an unescaped wave between them, which HL7 takes for a repetition: 0~3. */
  static boolean betweenTwo(Part field) {
    return field.repetitions() == 2 && number(field.repetition(1).whole()) != null && startsWithNumber(field.repetition(2));
  }

  private static boolean startsWithNumber(Part part) {
    String text = part.whole();
    char first = text == null ? ' ' : text.charAt(0);
    return first >= '0' && first <= '9' || first == '.'
        || (first == '-' || first == '+') && number(text) != null;
  }

  private static void text(Call call, Element observation, List<Part> values) {
    StringBuilder out = new StringBuilder();
    for (Part value : values) {
      String line = value.whole();
      if (line != null) {
        out.append(out.length() == 0 ? "" : "\n").append(line);
      }
    }
    String said = values.size() == 1 ? withUnit(out.toString(), call.segment().field(6)) : out.toString();
    if (!observation.put(observation.type().slot("valueString"), said)) {
      call.note(Finding.VALUE_UNUSABLE);
    }
  }

  private static void value(Call call, Element into, String type, Part part) {
    switch (type) {
      case "NM", "SN", "CQ" -> {
        if (numeric(call, into, type, part)) {
          return;
        }
      }
      case "CE", "CWE", "CNE", "CF", "IS", "ID", "CNN" -> {
        Element concept = call.read("CWE[CodeableConcept]", part);
        if (!concept.isEmpty() && into.put(into.type().slot("valueCodeableConcept"), concept)) {
          return;
        }
        // "-" is no code, but it is a result.
        if (into.put(into.type().slot("valueString"), part.component(1).text())) {
          return;
        }
      }
      case "DT", "TS", "DTM" -> {
        String time = part.text() == null ? null : Times.dateTime(part.text(), call.site().zone());
        if (time != null && into.put(into.type().slot("valueDateTime"), time)) {
          return;
        }
      }
      case "TM" -> {
        String time = part.text() == null ? null : Times.time(part.text());
        if (time != null && into.put(into.type().slot("valueTime"), time)) {
          return;
        }
      }
      case "DR" -> {
        Element period = call.read("DR[Period]", part);
        if (!period.isEmpty() && into.put(into.type().slot("valuePeriod"), period)) {
          return;
        }
      }
      case "NR" -> {
        Element range = range(call, part.component(1).text(), part.component(2).text());
        if (range != null && into.put(into.type().slot("valueRange"), range)) {
          return;
        }
      }
      default -> { }
    }
    String text = part.whole();
    if (type.equals("SN") && text != null) {
      text = text.replace('^', ' ').strip(); // Its parts are read one after the other.
    }
    if (text == null || !into.put(into.type().slot("valueString"), withUnit(text, call.segment().field(6)))) {
      call.note(Finding.VALUE_UNUSABLE);
    }
  }

  /** The text with its unit behind it, unless it says it already or there is no number in it to measure. */
  static String withUnit(String text, Part cwe) {
    String unit = spelt(cwe);
    return unit == null || text.endsWith(unit) || text.indexOf('\n') >= 0 || text.chars().noneMatch(Character::isDigit) ? text : text + " " + unit;
  }

  /** NM, CQ and SN; false when it is no number after all. */
  private static boolean numeric(Call call, Element into, String type, Part part) {
    if (type.equals("SN") && part.component(2).isValued()) {
      String comparator = plain(part.component(1).text());
      comparator = "=".equals(comparator) ? null : comparator;
      String first = number(part.component(2).text());
      String separator = part.component(3).text();
      String second = number(part.component(4).text());
      if (first == null) {
        return false;
      }
      if (separator == null && second == null) {
        return (comparator == null || Primitives.valid(Kind.CODE, comparator)) && quantityInto(call, into, first, comparator);
      }
      if ("-".equals(separator) && second != null && comparator == null) {
        Element range = range(call, first, second);
        return range != null && into.put(into.type().slot("valueRange"), range);
      }
      if ((":".equals(separator) || "/".equals(separator)) && second != null && comparator == null) {
        return ratio(call, into, first, second);
      }
      return false;
    }
    String text = type.equals("CQ") ? part.component(1).text() : part.whole();
    if (text == null) {
      return false;
    }
    String comparator = null;
    String rest = flagged(call, plain(text));
    for (String c : new String[] {"<=", ">=", "<", ">"}) {
      if (rest.startsWith(c)) {
        comparator = c;
        rest = rest.substring(c.length()).strip();
        break;
      }
    }
    String value = number(rest);
    if (value == null && comparator == null && rest.indexOf(':') > 0) {
      // A titre (1:160) that is sent as a number.
      return ratio(call, into, number(rest.substring(0, rest.indexOf(':'))), number(rest.substring(rest.indexOf(':') + 1)));
    }
    if (value == null && comparator == null) {
      return rangeInto(call, into, rest);
    }
    return value != null && quantityInto(call, into, value, comparator);
  }

  /** Signs of a number or a comparison in ASCII: ＜０.５ is &lt;0.5, ≤ is &lt;=; null for null. */
  private static String plain(String text) {
    if (text == null) {
      return null;
    }
    String half = Width.half(text, false).strip();
    half = unescaped(half);
    return half.isEmpty() || half.charAt(0) < 128 ? half
        : half.replace("\u2264", "<=").replace("\u2265", ">=").replace('\uFE64', '<').replace('\uFE65', '>');
  }

  /** A comparison that has come through XML and stayed escaped. */
  private static String unescaped(String text) {
    return text.startsWith("&lt;") ? "<" + text.substring(4) : text.startsWith("&gt;") ? ">" + text.substring(4) : text;
  }

  /** Takes an arrow off a number (5.6↑); it is the flag when OBX-8 says none. */
  private static String flagged(Call call, String text) {
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == '\u2191' || text.charAt(end - 1) == '\u2193')) {
      end--;
    }
    if (end == text.length()) {
      return text;
    }
    Table.Target flag = call.run().rules().table("Interpretation").of(text.substring(end));
    if (flag != null && call.segment().name().equals("OBX") && !call.segment().field(8).isValued()) {
      Element concept = Element.of("CodeableConcept");
      Concepts.write(concept, call.run().rules().withDisplay(flag));
      call.root().with("interpretation", concept);
    }
    return text.substring(0, end).strip();
  }

  /** As in "1:128 {titer}": the guide has the unit with the numerator, R4 has none for the whole. */
  private static boolean ratio(Call call, Element into, String numerator, String denominator) {
    return numerator != null && denominator != null && into.put(into.type().slot("valueRatio"), Element.of("Ratio")
        .with("numerator", measured(call, numerator))
        .with("denominator", Element.of("Quantity").with("value", denominator)));
  }

  private static boolean quantityInto(Call call, Element into, String value, String comparator) {
    Element quantity = Element.of("Quantity").with("value", value).with("comparator", comparator);
    if (comparator != null && !quantity.has("comparator")) {
      return false; // "<>" and the like have no counterpart; the text keeps them.
    }
    unit(call, quantity, call.segment().field(6));
    return quantity.has("value") && into.put(into.type().slot("valueQuantity"), quantity);
  }

  private static Element range(Call call, String low, String high) {
    String l = number(low);
    String h = number(high);
    if (l == null && h == null || l != null && h != null && new BigDecimal(l).compareTo(new BigDecimal(h)) > 0) {
      return null;
    }
    Element range = Element.of("Range");
    if (l != null) {
      range.with("low", measured(call, l));
    }
    if (h != null) {
      range.with("high", measured(call, h));
    }
    return range;
  }

  private static Element measured(Call call, String value) {
    Element quantity = Element.of("Quantity").with("value", value);
    if (call.segment().name().equals("OBX")) {
      unit(call, quantity, call.segment().field(6));
    }
    return quantity;
  }

  /** The unit as spelt, and its UCUM code when the table is sure of it; a dash or a slash alone is no unit. */
  static void unit(Call call, Element quantity, Part cwe) {
    String spelt = spelt(cwe);
    if (spelt == null) {
      return;
    }
    quantity.with("unit", spelt);
    Table units = call.run().rules().table("Units");
    Table.Target target = Units.of(units, cwe.component(1).text());
    if (target == null || isPower(cwe)) {
      target = Units.of(units, spelt.replace('~', '^'));
    }
    if (target != null && target.code() != null) {
      quantity.with("system", UCUM).with("code", target.code());
    }
  }

  private static String spelt(Part cwe) {
    if (!cwe.isValued()) {
      return null;
    }
    if (isPower(cwe)) {
      String code = cwe.component(1).text();
      return cwe.repetitions() == 2 ? code + "~" + cwe.repetition(2).text() : code + "^" + cwe.component(2).text();
    }
    for (int component : new int[] {2, 1, 4}) {
      String text = cwe.component(component).text();
      if (!Absent.says(text)) {
        return text;
      }
    }
    return null;
  }

  /**
   * Whether a unit is one spelling that HL7 has taken apart, not a code and a name: {@code 10^9/L} and {@code kg/m^2} with
   * the power sign unescaped, or {@code 10~9/L}.
   */
  private static boolean isPower(Part cwe) {
    String power = (cwe.repetitions() == 2 ? cwe.repetition(2) : cwe.component(2)).text();
    String code = power == null || !Character.isDigit(power.charAt(0)) ? null : cwe.component(1).text();
    return code != null && (code.endsWith("10") || Character.isLetter(code.charAt(code.length() - 1)) && !cwe.component(3).isValued()
        && power.length() == 1);
  }

  /** CQ, or a number beside a unit, into the Quantity that the row's map fills. */
  static void quantity(Call call) {
    String value = number(call.part().component(1).text());
    if (value == null) {
      call.note(Finding.VALUE_UNUSABLE);
      return;
    }
    call.root().with("value", value);
    Part unit = call.part().component(2);
    unit(call, call.root(), unit.packed());
  }

  /**
   * OBX-11 beyond R4's status: N says that nobody asked for it, which is why there is no value (obs-6 allows no reason
   * beside one); X, that no result could be had, is more than "cancelled" says.
   */
  static void status(Call call) {
    Element observation = call.root();
    String code = call.part().text();
    if ("N".equals(code) && observation.takes(observation.type().slot("valueString")) && !observation.has("component")) {
      observation.with("dataAbsentReason", Functions.concept(
          "http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-asked", "Not Asked"));
    } else if ("X".equals(code) && "cancelled".equals(observation.text("status"))) {
      CodeTable codes = call.run().rules().codes("v2-0085");
      observation.extend("status", Concepts.extension(Functions.HL7 + "alternate-codes", "valueCodeableConcept",
          Functions.concept(codes.system(), code, codes.names().get(code))));
    }
  }

  /**
   * OBX-7: always the text; low and high too when it is plainly "a-b" (with any of the dashes and waves in use), "&lt;b"
   * or "&gt;a", with or without brackets and the result's own unit. A wave that HL7 takes for a repetition is put back.
   */
  static void referenceRange(Call call) {
    String text = call.part().whole();
    Part field = call.segment().field(call.field());
    boolean first = field.repetition(1).isValued();
    boolean open = field.repetitions() == 2 && (!first && startsWithNumber(field.repetition(2))
        || number(text) != null && !field.repetition(2).isValued());
    if (open || betweenTwo(field)) {
      if (!open && call.repetition() == 2) {
        return;
      }
      text = field.whole();
    }
    if (text == null || !Primitives.valid(Kind.STRING, text)) {
      return;
    }
    Element range = Element.of("Observation.referenceRange").with("text", text);
    String limits = limits(text, call.segment().field(6).component(1).text());
    int dash = limits.indexOf('-', 1);
    if (dash > 0) {
      String low = number(limits.substring(0, dash));
      String high = number(limits.substring(dash + 1));
      Element between = low == null || high == null ? null : range(call, low, high);
      if (between != null) {
        range.with("low", (Element) between.get("low")).with("high", (Element) between.get("high"));
      }
    } else if (limits.startsWith("<") && number(limits.substring(1)) != null) {
      range.with("high", measured(call, number(limits.substring(1))));
    } else if (limits.startsWith(">") && number(limits.substring(1)) != null) {
      range.with("low", measured(call, number(limits.substring(1))));
    }
    call.root().with("referenceRange", range);
  }

  /**
   * The limits of a range in one spelling: without blanks, brackets and unit, with one hyphen between them. Empty where
   * it could be read in two ways: {@code -3--1} ends at 1 for those who write {@code 3--5}.
   */
  private static String limits(String text, String unit) {
    String half = unescaped(Width.half(text, true));
    StringBuilder out = new StringBuilder(half.length());
    if (unit != null && unit.length() < half.length() && half.endsWith(unit)) {
      half = half.substring(0, half.length() - unit.length());
    }
    char before = 0;
    for (int i = 0; i < half.length(); i++) {
      char c = half.charAt(i);
      switch (c) {
        case '(', ')', '[', ']', '=' -> { }
        case '~', '\u2013', '\u2014', '\u301C', '\u223C', '\u2212', '\u81F3', '-' -> {
          boolean again = out.length() > 0 && out.charAt(out.length() - 1) == '-';
          boolean sign = again && c == '-' && (before == '~' || before == '\u301C' || before == '\u223C' || before == '\u81F3');
          if (again && !sign && out.length() > 1 && out.charAt(0) == '-') {
            return "";
          }
          if (!again || sign) {
            out.append('-');
          }
        }
        case '\u2264' -> out.append('<');
        case '\u2265' -> out.append('>');
        default -> out.append(c);
      }
      before = c;
    }
    return out.toString();
  }

  /** A number as FHIR writes it ("+1.0" is 1.0, ".5" is 0.5, ０.５ too, trailing zeros stay), or null; a dot alone is none. */
  static String number(String text) {
    if (text == null) {
      return null;
    }
    String t = Width.half(text, false).strip();
    boolean negative = t.startsWith("-");
    if (negative || t.startsWith("+")) {
      t = t.substring(1);
    }
    int i = 0;
    while (i < t.length() - 1 && t.charAt(i) == '0' && t.charAt(i + 1) >= '0' && t.charAt(i + 1) <= '9') {
      i++;
    }
    t = t.substring(i);
    if (t.equals(".")) {
      return null;
    }
    if (t.startsWith(".")) {
      t = "0" + t;
    }
    if (t.endsWith(".")) {
      t = t.substring(0, t.length() - 1);
    }
    if (t.isEmpty() || t.startsWith("-")) {
      return null;
    }
    t = negative ? "-" + t : t;
    return Primitives.valid(Kind.DECIMAL, t) ? t : null;
  }

  /** ED and RP: a document is no observation value in R4; it is the report's form. */
  private static void attachments(Call call, List<Part> values, String type) {
    Instance report = call.instance().group.nearest("DiagnosticReport");
    for (Part part : values) {
      Element attachment = Element.of("Attachment");
      if (type.equals("ED")) {
        attachment.with("data", DocumentFamily.encoded(part.component(5).whole(), part.component(4).text()));
        String mime = DocumentFamily.mime(call, part.component(2).text(), part.component(3).text());
        if (attachment.has("data")) { // att-1 wants a type beside data; this is the one for "unknown".
          attachment.with("contentType", mime == null ? "application/octet-stream" : mime);
        }
      } else {
        String pointer = part.component(1).whole();
        if (pointer != null && pointer.indexOf(':') > 0) {
          attachment.with("url", pointer);
          attachment.with("contentType", DocumentFamily.mime(call, part.component(3).text(), part.component(4).text()));
        }
      }
      if (!attachment.has("data") && !attachment.has("url")) {
        call.note(Finding.VALUE_UNUSABLE);
        continue;
      }
      attachment.with("title", call.segment().field(3).component(2).text());
      if (report != null) {
        report.element.with("presentedForm", attachment);
      } else {
        // An order has no report to show it in, and an R4 observation takes no attachment; R5's does.
        call.root().with("extension", Concepts.extension(
            Functions.EXTENSION + "attachment", "valueAttachment", attachment));
      }
    }
  }
}
