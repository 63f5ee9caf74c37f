package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.Conditions.Condition;
import io.emrgateway.mappings.rules.Instance.Key;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Drugs: ordered (RXO), encoded by the pharmacy (RXE), dispensed (RXD), given (RXA), and how often (TQ1).
 *
 * @see "HL7 v2.5.1 chapters 4 and 4A; hl7.org/fhir/R4/datatypes.html#dosage and #timing, whose rules tim-1 to tim-10
 *     are kept here"
 */
final class PharmacyFamily implements Family {
  private static final String DOSE_TYPE = "http://terminology.hl7.org/CodeSystem/dose-rate-type";

  /** How one prescription spells the units that insulin and heparin are counted by. */
  private static final Set<String> UNITS_OF_ACTIVITY = Set.of("IU", "iu", "U", "u", "单位", "国际单位");

  /** Intervals of what is done at most once: HL7 0335, and PRN, which says when and not how often. */
  private static final Set<String> ONCE = Set.of("ONCE", "ST", "STAT", "PRN", "一次", "一次性", "立即");

  /** Longer texts are no fraction: {@code 1/2}. */
  private static final int FRACTION_LENGTH_MAX = 9;

  /** How long a TQ goes on (HL7 v2.4 chapter 4.3.3): a letter and a number, in units of UCUM. */
  private static final Map<Character, String> TQ_UNITS = Map.of('S', "s", 'M', "min", 'H', "h", 'D', "d", 'W', "wk", 'L', "mo");

  /** Directions longer than this are no directions; growing them line by line costs their length each time. */
  private static final int LONG = 8_000;

  /** From here on doses and components are not compared with all before them: that would cost their square. */
  private static final int MANY = 100;

  @Override
  public Map<String, Row.Action> functions() {
    return Map.ofEntries(
        Map.entry("dose", PharmacyFamily::dose),
        Map.entry("dose-per-interval", PharmacyFamily::dosePerInterval),
        Map.entry("rate", PharmacyFamily::rate),
        Map.entry("dosage-text", PharmacyFamily::dosageText),
        Map.entry("words-not-repeated", PharmacyFamily::wordsNotRepeated),
        Map.entry("drug-not-repeated", PharmacyFamily::drugNotRepeated),
        Map.entry("dosage-words", call -> addText(call, call.root(), call.part().whole())),
        Map.entry("daily-dose", PharmacyFamily::dailyDose),
        Map.entry("strength", PharmacyFamily::strength),
        Map.entry("component", PharmacyFamily::component),
        Map.entry("repeat-pattern", PharmacyFamily::repeatPattern),
        Map.entry("as-needed", call -> asNeeded(
            call.root().type().slot("asNeededBoolean") == null ? dosage(call.root()) : call.root(),
            call.part().component(1), call.part().component(2))),
        Map.entry("interval", PharmacyFamily::interval),
        Map.entry("in-turn", PharmacyFamily::inTurn),
        Map.entry("requested-time", PharmacyFamily::requestedTime),
        Map.entry("service-interval", PharmacyFamily::serviceInterval),
        Map.entry("dosage-begin", call -> bounds(
            call, timing(call.root()), call.part().text(), call.segment().field(8).text())),
        Map.entry("times-of-day", PharmacyFamily::timesOfDay),
        Map.entry("service-duration", PharmacyFamily::serviceDuration),
        Map.entry("occurrence-duration", PharmacyFamily::occurrenceDuration),
        Map.entry("occurrence-timing", PharmacyFamily::occurrenceTiming),
        Map.entry("performance-condition", PharmacyFamily::condition),
        Map.entry("administration-device", call -> Functions.extensionConcept(
            call, Functions.EXTENSION + "administration-device")),
        Map.entry("dispense-status", PharmacyFamily::dispenseStatus),
        Map.entry("dispensed-order", PharmacyFamily::dispensedOrder),
        Map.entry("was-substituted", PharmacyFamily::wasSubstituted),
        Map.entry("administration-status", PharmacyFamily::administrationStatus),
        Map.entry("administered-order", PharmacyFamily::administeredOrder),
        Map.entry("number-and-unit", PharmacyFamily::numberAndUnit),
        Map.entry("given-dose", PharmacyFamily::givenDose));
  }

  @Override
  public Map<String, Condition> conditions() {
    Map<String, Condition> named = new HashMap<>();
    // An order that this message only carries out (RXD or RXA alone) is not to be written anew without its drug.
    named.put("orders-a-drug", (run, s) -> !run.detailOf(s).equals("RXD") && !run.detailOf(s).equals("RXA")
        && !run.detailOf(s).equals("RXG"));
    named.put("ordered-as-placed", (run, s) -> !run.prescriptions().encoded());
    named.put("ordered-as-encoded", (run, s) -> run.prescriptions().encoded());
    named.put("as-placed", (run, s) -> run.prescriptions().asPlaced());
    named.put("first-timing-as-placed", (run, s) -> run.prescriptions().asPlaced() && run.prescriptions().timings() <= 1);
    named.put("further-timing-as-placed", (run, s) -> run.prescriptions().asPlaced() && run.prescriptions().timings() > 1);
    named.put("of-the-prescription", (run, s) -> ofPrescription(run));
    named.put("of-the-order", PharmacyFamily::ofOrder);
    named.put("of-the-dispense", (run, s) -> run.prescriptions().detail().equals("RXD"));
    named.put("of-the-administration", (run, s) -> run.prescriptions().detail().equals("RXA"));
    named.put("first-timing", (run, s) -> ofOrder(run, s) && run.prescriptions().timings() <= 1);
    named.put("further-timing", (run, s) -> ofOrder(run, s) && run.prescriptions().timings() > 1);
    return named;
  }

  private static boolean ofPrescription(Run run) {
    return switch (run.prescriptions().detail()) {
      case "", "RXO", "RXE" -> true;
      default -> false;
    };
  }

  private static boolean ofOrder(Run run, Segment segment) {
    return ofPrescription(run) && !run.prescriptions().overruled(segment.name());
  }

  @Override
  public Map<String, Identities.Identity> identities() {
    return Map.of(
        "dispense", (run, i) -> given(run, i, "dispense", i.segment, 7, 1, i.segment.field(1).isValued() ? 1 : 3, 2),
        "administration", (run, i) -> given(run, i, "administration", i.segment, 1, 2, 3, 5));
  }

  /** Something done to an order: the order, and the fields that tell it from what else was done to it. */
  private static Key given(Run run, Instance instance, String kind, Segment segment, int... fields) {
    Segment orc = instance.group.segment("ORC");
    StringBuilder content = new StringBuilder();
    if (orc != null) {
      content.append(orc.field(2).raw()).append('|').append(orc.field(3).raw());
    }
    boolean numbered = content.length() > 1;
    for (int field : fields) {
      content.append('|').append(segment == null ? null : segment.field(field).component(1).text());
    }
    Instance patient = instance.group.nearest("Patient");
    Key at = patient == null ? new Key("message", run.control()) : run.identify(patient);
    Key key = new Key(run.site().system(kind, null), Identities.hash(at.system(), at.value(),
        numbered ? content.toString() : content + "|" + run.control() + "|" + instance.segment.ordinal()));
    return Identities.give(instance, key.system(), key.value());
  }

  // ---- how much ----

  private static Element dosage(Element root) {
    return root.type().name().equals("Dosage") ? root : root.child(root.type().slot("dosageInstruction"), 0);
  }

  /**
   * RXO-2..4 or RXE-3..5: at least, at most, unit. RXO is "the dose as ordered", which the guide writes as a range; a
   * dose that does not vary is a range from it to itself, so that nobody reads "at least". RXE is the dose as given. What
   * is no amount ({@code 适量}) is a direction in words.
   */
  private static void dose(Call call) {
    Segment segment = call.segment();
    int field = call.field();
    Part unit = segment.field(field + 2).repetition(1);
    boolean wave = ObservationValues.betweenTwo(segment.field(field));
    if (wave && call.repetition() > 1) {
      return;
    }
    String text = wave ? segment.field(field).whole() : call.part().whole();
    String[] amount = amount(text);
    if (amount == null) {
      doseInWords(call, text, unit);
      return;
    }
    String low = amount[0];
    String high = amount[1];
    if (high == null) {
      high = ObservationValues.number(segment.field(field + 1).text());
      if (high != null && new BigDecimal(low).compareTo(new BigDecimal(high)) > 0) {
        call.note(Finding.VALUE_UNUSABLE);
        high = null;
      }
    }
    boolean ordered = segment.name().equals("RXO");
    Element dose = Element.of("Dosage.doseAndRate");
    if (ordered) {
      dose.with("type", Functions.concept(DOSE_TYPE, "ordered", "Ordered"));
    }
    if (ordered || high != null) {
      dose.with("doseRange", range(call, low, high == null ? low : high, unit));
    } else {
      dose.with("doseQuantity", quantity(call, low, unit));
    }
    add(dosage(call.root()), dose);
  }

  /** {@code 0.5}, {@code 1-2}, {@code 3~5}, {@code 1/2} as low and high, the latter null for one amount; null for words. */
  private static String[] amount(String text) {
    String number = ObservationValues.number(text);
    if (number != null) {
      return new String[] {number, null};
    }
    String[] two = ObservationValues.twoNumbers(text);
    if (two != null) {
      return two;
    }
    String half = text == null || text.length() > FRACTION_LENGTH_MAX ? "" : Width.half(text, true);
    int slash = half.indexOf('/');
    if (slash <= 0) {
      return null;
    }
    String over = ObservationValues.number(half.substring(0, slash));
    String under = ObservationValues.number(half.substring(slash + 1));
    try {
      // A third has no last digit: it stays in words.
      return over == null || under == null ? null
          : new String[] {new BigDecimal(over).divide(new BigDecimal(under)).toPlainString(), null};
    } catch (ArithmeticException e) {
      return null;
    }
  }

  private static void doseInWords(Call call, String text, Part unit) {
    if (text == null || text.codePoints().noneMatch(Character::isLetterOrDigit) || Absent.says(text)) {
      call.note(Finding.VALUE_UNUSABLE);
      return;
    }
    addText(call, dosage(call.root()), ObservationValues.withUnit(text, unit));
  }

  private static Element range(Call call, String low, String high, Part unit) {
    return Element.of("Range").with("low", quantity(call, low, unit)).with("high", quantity(call, high, unit));
  }

  private static Element quantity(Call call, String value, Part unit) {
    Element quantity = Element.of("Quantity").with("value", value);
    ObservationValues.unit(call, quantity, unit);
    return quantity;
  }

  /** TQ1-2, in a Dosage: how much each time; the same amount is not said twice. */
  private static void dosePerInterval(Call call) {
    Part unit = call.part().component(2).packed();
    String[] amount = amount(call.part().component(1).text());
    if (amount == null) {
      doseInWords(call, call.part().component(1).text(), unit);
      return;
    }
    Element dose = Element.of("Dosage.doseAndRate");
    if (amount[1] == null) {
      dose.with("doseQuantity", quantity(call, amount[0], unit));
    } else {
      dose.with("doseRange", range(call, amount[0], amount[1], unit));
    }
    add(dosage(call.root()), dose);
  }

  private static void add(Element dosage, Element dose) {
    List<Element> doses = dosage.list("doseAndRate");
    if (doses.size() > MANY || !doses.contains(dose) && !doses.stream().anyMatch(said -> sameAmount(said, dose))) {
      dosage.with("doseAndRate", dose);
    }
  }

  /** 0.5 克 and 0.50 g are one dose, spelt twice; so are 10 国际单位 and 10 IU, and 2 片 and a bare 2. */
  private static boolean sameAmount(Element said, Element dose) {
    return said.get("doseQuantity") instanceof Element one && dose.get("doseQuantity") instanceof Element other
        && one.text("value") != null && other.text("value") != null
        && new BigDecimal(one.text("value")).compareTo(new BigDecimal(other.text("value"))) == 0
        && sameUnit(one, other);
  }

  private static boolean sameUnit(Element one, Element other) {
    String unit = one.text("unit");
    String spelt = other.text("unit");
    if (unit == null || spelt == null || unit.equalsIgnoreCase(spelt)) {
      return true;
    }
    return one.text("code") != null && one.text("code").equals(other.text("code"))
        || UNITS_OF_ACTIVITY.contains(unit) && UNITS_OF_ACTIVITY.contains(spelt);
  }

  /** RXE-23 with the unit in RXE-24; it belongs to the dose that RXE has just told. */
  private static void rate(Call call) {
    Element dosage = dosage(call.root());
    String value = ObservationValues.number(call.part().text());
    if (value == null) {
      addText(call, dosage, call.part().whole());
      return;
    }
    List<Element> doses = dosage.list("doseAndRate");
    Element dose = doses.isEmpty() || doses.get(doses.size() - 1).has("type")
        ? dosage.child(dosage.type().slot("doseAndRate"), -1) : doses.get(doses.size() - 1);
    dose.with("rateQuantity", quantity(call, value, call.segment().field(24).repetition(1)));
  }

  /** RXO-7, RXE-7: the directions as people read them; several lines stay several lines. */
  private static void dosageText(Call call) {
    addText(call, dosage(call.root()), Functions.conceptText(call.part()));
  }

  /** RXO-7 where the pharmacy has no words of its own (RXE-7): a note, for of another drug they are no dose. */
  private static void wordsNotRepeated(Call call) {
    Segment rxe = call.run().detail(call.segment(), "RXE");
    if (rxe == null || !rxe.field(7).isValued()) {
      Functions.conceptNote(call);
    }
  }

  /** RXO-1 where the pharmacy names no drug (RXE-2). */
  private static void drugNotRepeated(Call call) {
    Segment rxe = call.run().detail(call.segment(), "RXE");
    if (rxe == null || rxe.field(2).component(1).text() == null && rxe.field(2).component(2).text() == null) {
      call.put(call.root(), "medicationCodeableConcept", "CWE[CodeableConcept]", call.part());
    }
  }

  private static void addText(Call call, Element dosage, String text) {
    String before = dosage.text("text");
    if (before != null && before.length() > LONG) {
      call.note(Finding.VALUE_UNUSABLE);
    } else if (text != null && (before == null || !before.contains(text))) {
      dosage.replace("text", before == null ? text : before + "\n" + text);
    }
  }

  /** RXE-19: for one day, as the guide has it. */
  private static void dailyDose(Call call) {
    String value = ObservationValues.number(call.part().component(1).text());
    if (value == null) {
      call.note(Finding.VALUE_UNUSABLE);
      return;
    }
    Element day = Element.of("Quantity").with("value", "1").with("unit", "d")
        .with("system", ObservationValues.UCUM).with("code", "d");
    dosage(call.root()).with("maxDosePerPeriod", Element.of("Ratio")
        .with("numerator", quantity(call, value, call.part().component(2).packed())).with("denominator", day));
  }

  /** RXO-18/19, RXE-25/26: how strong; R4 has a place for it only in a Medication of its own. */
  private static void strength(Call call) {
    String value = ObservationValues.number(call.part().text());
    if (value != null) {
      call.root().with("extension", Concepts.extension(Functions.EXTENSION + "strength", "valueQuantity",
          quantity(call, value, call.segment().field(call.field() + 1).repetition(1))));
    }
  }

  /** A number that stands in an element of its own, with the unit in the field after it. */
  private static void numberAndUnit(Call call) {
    String value = ObservationValues.number(call.part().text());
    Element made = value == null ? null : call.make();
    if (made == null) {
      call.note(Finding.VALUE_UNUSABLE);
      return;
    }
    made.with("value", value);
    ObservationValues.unit(call, made, call.segment().field(call.field() + 1).repetition(1));
  }

  /** RXA-6; 999 means that nobody knows how much was given. */
  private static void givenDose(Call call) {
    if (!ImmunizationFamily.AMOUNT_UNKNOWN.equals(call.part().text())) {
      numberAndUnit(call);
    }
  }

  /** RXC: one part of a compound, drug (RXC-2), amount (RXC-3, 4) and base or additive (RXC-1). */
  private static void component(Call call) {
    Segment rxc = call.segment();
    Element drug = call.read("CWE[CodeableConcept]");
    if (drug.isEmpty()) {
      return;
    }
    Element component = Element.of("Extension").with("url", Functions.EXTENSION + "component")
        .with("extension", Concepts.extension("drug", "valueCodeableConcept", drug));
    String amount = ObservationValues.number(rxc.field(3).text());
    if (amount != null) {
      component.with("extension",
          Concepts.extension("amount", "valueQuantity", quantity(call, amount, rxc.field(4).repetition(1))));
    }
    String role = rxc.field(1).text();
    if (role != null && Primitives.valid(Kind.CODE, role)) {
      component.with("extension", Concepts.extension("role", "valueCode", role));
    }
    if (call.root().list("extension").size() > MANY || !call.root().list("extension").contains(component)) {
      call.root().with("extension", component);
    }
  }

  // ---- how often ----

  private static Element timing(Element root) {
    Element dosage = dosage(root);
    return dosage.child(dosage.type().slot("timing"), -1);
  }

  private static Element repeat(Element timing) {
    return timing.child(timing.type().slot("repeat"), -1);
  }

  /** TQ1-3 in a Dosage: the frequency, and whether the drug is taken only when it is needed. */
  private static void repeatPattern(Call call) {
    Element dosage = dosage(call.root());
    pattern(call, timing(dosage));
    Part code = call.part().component(1).packed();
    asNeeded(dosage, code.component(1), code.component(2), call.part().component(2));
  }

  /** {@code PRN}, {@code Q6HPRN}, {@code 必要时}; the words themselves stay where they were sent. */
  private static void asNeeded(Element of, Part... words) {
    for (Part part : words) {
      String word = part.text();
      if (word != null && (word.contains("必要时") || word.regionMatches(true, word.length() - 3, "PRN", 0, 3))) {
        of.with("asNeededBoolean", "true");
      }
    }
  }

  /**
   * RPT: the frequency. The hospital's own word stays; a word that R4 knows too (BID, 每日两次) stands beside it, and
   * how many times in how long beside that. Units of RPT.6 are those of UCUM.
   */
  private static void pattern(Call call, Element timing) {
    Part rpt = call.part();
    Part code = rpt.component(1).packed();
    String alignment = rpt.component(2).text();
    // Senders of a plain CWE have the name here; a calendar alignment is two capitals.
    String name = alignment != null && !(alignment.length() == 2 && alignment.chars().allMatch(Character::isUpperCase))
        ? alignment : null;
    if (!timing.has("code") && (code.isValued() || name != null)) {
      Element concept = frequency(call, code, name);
      if (!concept.isEmpty()) {
        timing.with("code", concept);
      }
    }
    Element repeat = repeat(timing);
    String period = ObservationValues.number(rpt.component(5).text());
    Table.Target unit = call.run().rules().table("TimeUnit").of(rpt.component(6).text());
    if (period != null && unit != null && !repeat.has("period") && !period.startsWith("-")) {
      repeat.with("period", period).with("periodUnit", unit.code());
    }
    if ("DW".equals(alignment)) {
      String[] days = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
      for (int i = 3; i <= 4; i++) {
        String day = rpt.component(i).text();
        if (day != null && day.length() == 1 && day.charAt(0) >= '1' && day.charAt(0) <= '7') {
          repeat.with("dayOfWeek", days[day.charAt(0) - '1']);
        }
      }
    }
    String when = rpt.component(8).text();
    if (when != null && repeat.list("timeOfDay").isEmpty()) {
      repeat.with("when", when);
      String offset = ObservationValues.number(rpt.component(9).text());
      Table.Target offsetUnit = call.run().rules().table("TimeUnit").of(rpt.component(10).text());
      if (offset != null && repeat.has("when") && !when.startsWith("C")) {
        String minutes = inMinutes(offset, offsetUnit == null ? "min" : offsetUnit.code());
        repeat.with("offset", minutes);
      }
    }
  }

  private static String inMinutes(String value, String unit) {
    BigDecimal number = new BigDecimal(value);
    return switch (unit) {
      case "s" -> number.divide(BigDecimal.valueOf(60), 0, java.math.RoundingMode.HALF_UP).toPlainString();
      case "min" -> number.setScale(0, java.math.RoundingMode.HALF_UP).toPlainString();
      case "h" -> number.multiply(BigDecimal.valueOf(60)).setScale(0, java.math.RoundingMode.HALF_UP).toPlainString();
      case "d" -> number.multiply(BigDecimal.valueOf(1440)).setScale(0, java.math.RoundingMode.HALF_UP).toPlainString();
      default -> null;
    };
  }

  private static Element frequency(Call call, Part code, String name) {
    Element concept = Element.of("CodeableConcept");
    Table table = call.run().rules().table("Frequency");
    for (String word : new String[] {code.component(1).text(), code.component(2).text(), name}) {
      Table.Target target = table.of(word);
      if (target != null && target.code() != null && concept.list("coding").isEmpty()) {
        concept.with("coding", Concepts.coding(target.system(), null, target.code(), target.display()));
      }
    }
    call.run().fill(call.run().rules().map("CWE[CodeableConcept]"), concept, code, call, call.instance());
    if (name != null) {
      concept.replace("text", name);
    }
    return concept;
  }

  /**
   * TQ (ORC-7, RXE-1 before v2.6) of a drug: all that TQ1 says since, in one field. A further one is a further phase, or
   * another rhythm beside the first (TQ-9), unless TQ1 of the same order tells the phases.
   */
  private static void interval(Call call) {
    int phase = call.repetition() - 1;
    if (phase > 0 && call.run().detail(call.segment(), "TQ1") != null) {
      return;
    }
    Part tq = call.part();
    Element dosage = call.root().child(call.root().type().slot("dosageInstruction"), phase);
    Part amount = tq.component(1).packed();
    String number = ObservationValues.number(amount.component(1).text());
    if (number != null && amount.component(2).isValued()) {
      add(dosage, Element.of("Dosage.doseAndRate").with("doseQuantity", quantity(call, number, amount.component(2))));
    }
    Part ri = tq.component(2).packed();
    asNeeded(dosage, ri.component(1), ri.component(2), tq.component(6), tq.component(7));
    rhythm(call, dosage.child(dosage.type().slot("timing"), -1), tq);
    String condition = tq.component(7).text();
    if (condition != null && dosage.list("additionalInstruction").isEmpty()) {
      dosage.with("additionalInstruction", Element.of("CodeableConcept").with("text", condition));
    }
    addText(call, dosage, tq.component(8).text());
    sequence(call, dosage, phase);
    Table.Target priority = call.run().rules().table("Priority").of(tq.component(6).text());
    if (priority != null && priority.code() != null && !call.root().has("priority")) {
      call.root().with("priority", priority.code());
    }
  }

  /** TQ1-12 of this TQ1 and of those before it. */
  private static void inTurn(Call call) {
    int turn = call.run().prescriptions().turn();
    if (turn > 0) {
      call.root().with("sequence", String.valueOf(turn));
    }
  }

  /** TQ-9 S and C: this phase comes before the next. What is not said to come one after the other has no order. */
  private static void sequence(Call call, Element dosage, int phase) {
    Part field = call.segment().field(call.field());
    boolean inTurn = false;
    int turn = 1;
    int n = 0;
    for (Part one : field.eachRepetition()) {
      String joined = one.component(9).text();
      boolean before = "S".equals(joined) || "C".equals(joined);
      inTurn |= before;
      turn += before && n++ < phase ? 1 : 0;
    }
    if (inTurn) {
      dosage.with("sequence", String.valueOf(turn));
    }
  }

  /** What TQ says of the rhythm: interval (TQ-2), duration or number (3), bounds (4, 5), how long (11) and how often (12) in all. */
  private static void rhythm(Call call, Element timing, Part tq) {
    Part ri = tq.component(2).packed();
    if (ri.isValued() && !timing.has("code")) {
      Element concept = frequency(call, ri.component(1), null);
      if (!concept.isEmpty()) {
        timing.with("code", concept);
      }
      String times = ri.component(2).text();
      for (String at : times == null ? new String[0] : times.split(",")) {
        String time = Times.time(at.strip());
        if (time != null) {
          repeat(timing).with("timeOfDay", time);
        }
      }
    }
    bounds(call, timing, tq.component(4).text(), until(call, timing, tq));
    if (tq.component(11).isValued()) {
      lasting(call, repeat(timing), tq.component(11).packed());
    }
    if (!repeat(timing).has("count")) {
      repeat(timing).with("count", ObservationValues.number(tq.component(12).text()));
    }
  }

  /**
   * TQ (ORC-7, OBR-27 before v2.5) of a service that is done more than once, for longer or when needed. When one that is done
   * once is to be, a row of its own says; a further TQ has no place in R4.
   */
  private static void serviceInterval(Call call) {
    Part tq = call.part();
    Element request = call.root();
    if (call.repetition() > 1) {
      return;
    }
    Part ri = tq.component(2).packed();
    asNeeded(request, ri.component(1), ri.component(2), tq.component(6), tq.component(7));
    if (isDoneAgain(ri.component(1).text(), tq) && request.takes(request.type().slot("occurrenceTiming"))) {
      rhythm(call, request.child(request.type().slot("occurrenceTiming"), -1), tq);
    }
    condition(call, tq.component(7).text());
    String words = tq.component(8).text();
    if (words != null) {
      request.with("note", Element.of("Annotation").with("text", words));
    }
  }

  /** The end of a TQ: TQ-5, else TQ-4 and TQ-3, which without a begin is the duration or how often in all (X3). */
  private static String until(Call call, Element timing, Part tq) {
    String end = tq.component(5).text();
    String length = tq.component(3).text();
    String number = length == null ? null : ObservationValues.number(length.substring(1));
    if (number == null || number.startsWith("-") || number.equals("0")) {
      return end;
    }
    char kind = Character.toUpperCase(length.charAt(0));
    String unit = TQ_UNITS.get(kind);
    if (kind == 'X') {
      repeat(timing).with("count", number);
    } else if (unit != null && end == null && tq.component(4).isValued()) {
      String start = Times.dateTime(tq.component(4).text(), call.site().zone());
      return start == null ? null : moved(start, number, unit, 1);
    } else if (unit != null && end == null && repeat(timing).takes(repeat(timing).type().slot("boundsDuration"))) {
      repeat(timing).with("boundsDuration", Element.of("Duration").with("value", number).with("unit", unit)
          .with("system", ObservationValues.UCUM).with("code", unit));
    }
    return end;
  }

  private static void bounds(Call call, Element timing, String start, String end) {
    String from = Times.dateTime(start, call.site().zone());
    String to = Times.dateTime(end, call.site().zone());
    if (Times.isBefore(to, from)) {
      call.note(Finding.VALUE_UNUSABLE);
      to = null;
    }
    if (from != null && repeat(timing).get("boundsDuration") instanceof Element length) {
      to = to == null ? moved(from, length.text("value"), length.text("code"), 1) : to;
      if (to == null) {
        return;
      }
      repeat(timing).clear("boundsDuration"); // An earlier field has told only how long; now it is known from when.
    }
    Element period = Element.of("Period").with("start", from).with("end", to);
    if (!period.isEmpty() && repeat(timing).takes(repeat(timing).type().slot("boundsPeriod"))) {
      repeat(timing).with("boundsPeriod", period);
    }
  }

  /** TQ1-4: every repetition one time; with a time of day there is no "before meals" (tim-10). */
  private static void timesOfDay(Call call) {
    timeOfDay(call, repeat(timing(call.root())));
  }

  private static void timeOfDay(Call call, Element repeat) {
    String time = Times.time(call.part().text());
    if (time == null || !Primitives.valid(Kind.TIME, time)) {
      call.note(Finding.VALUE_UNUSABLE);
      return;
    }
    repeat.clear("when");
    repeat.clear("offset");
    repeat.with("timeOfDay", time);
  }

  /** TQ1-6, how long in all: the bounds, or the one bound that TQ1-7 and TQ1-8 do not tell. */
  private static void serviceDuration(Call call) {
    duration(call, repeat(timing(call.root())));
  }

  private static void duration(Call call, Element repeat) {
    String value = ObservationValues.number(call.part().component(1).text());
    Part unit = call.part().component(2).packed();
    if (value == null || value.startsWith("-")) {
      call.note(Finding.VALUE_UNUSABLE);
      return;
    }
    Segment tq1 = call.segment();
    boolean starts = tq1.field(7).isValued();
    boolean ends = tq1.field(8).isValued();
    if (starts && ends) {
      return;
    }
    Table.Target known = unitIn(call, unit);
    if (!starts && !ends) {
      if (known == null) { // drt-1: a duration without a unit of time means nothing.
        call.note(Finding.VALUE_UNUSABLE);
        return;
      }
      String spelt = unit.component(2).text() == null ? unit.component(1).text() : unit.component(2).text();
      repeat.with("boundsDuration", Element.of("Duration").with("value", value).with("unit", spelt)
          .with("system", ObservationValues.UCUM).with("code", known.code()));
      return;
    }
    String given = Times.dateTime(tq1.field(starts ? 7 : 8).text(), call.site().zone());
    String other = given == null || known == null ? null : moved(given, value, known.code(), starts ? 1 : -1);
    if (given != null) {
      repeat.with("boundsPeriod", Element.of("Period").with("start", starts ? given : other)
          .with("end", starts ? other : given));
    }
  }

  private static Table.Target unitIn(Call call, Part unit) {
    Table table = call.run().rules().table("TimeUnit");
    Table.Target target = table.of(unit.component(1).text());
    return target == null ? table.of(unit.component(2).text()) : target;
  }

  private static String moved(String from, String value, String unit, int sign) {
    try {
      long n = sign * new BigDecimal(value).longValueExact();
      if (from.length() == 10) {
        LocalDate date = LocalDate.parse(from);
        return switch (unit) {
          case "d" -> date.plusDays(n).toString();
          case "wk" -> date.plusWeeks(n).toString();
          case "mo" -> date.plusMonths(n).toString();
          case "a" -> date.plusYears(n).toString();
          default -> null;
        };
      }
      if (from.length() < 10) {
        return null;
      }
      OffsetDateTime time = OffsetDateTime.parse(from);
      OffsetDateTime then = switch (unit) {
        case "s" -> time.plusSeconds(n);
        case "min" -> time.plusMinutes(n);
        case "h" -> time.plusHours(n);
        case "d" -> time.plusDays(n);
        case "wk" -> time.plusWeeks(n);
        case "mo" -> time.plusMonths(n);
        case "a" -> time.plusYears(n);
        default -> null;
      };
      return then == null ? null : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(then);
    } catch (DateTimeException | ArithmeticException e) {
      return null; // Half a day, or no real day: then the other bound stays open.
    }
  }

  /** TQ1-13: how long each time lasts; without a unit it says nothing (tim-1). */
  private static void occurrenceDuration(Call call) {
    lasting(call, repeat(timing(call.root())), call.part());
  }

  private static void lasting(Call call, Element repeat, Part length) {
    String value = ObservationValues.number(length.component(1).text());
    Table.Target unit = unitIn(call, length.component(2).packed());
    if (value == null || unit == null || value.startsWith("-")) {
      call.note(Finding.VALUE_UNUSABLE);
    } else if (!repeat.has("duration")) {
      repeat.with("duration", value).with("durationUnit", unit.code());
    }
  }

  /** TQ1 of a service: each field adds its part to the one Timing; a second TQ1 adds what the first left open. */
  private static void occurrenceTiming(Call call) {
    Element request = call.root();
    if (!request.takes(request.type().slot("occurrenceTiming")) && !request.has("occurrenceTiming")) {
      return;
    }
    Element timing = request.child(request.type().slot("occurrenceTiming"), -1);
    if (timing == null) {
      return;
    }
    switch (call.field()) {
      case 3 -> pattern(call, timing);
      case 4 -> timeOfDay(call, repeat(timing));
      case 6 -> duration(call, repeat(timing));
      case 13 -> lasting(call, repeat(timing), call.part());
      case 14 -> repeat(timing).with("count", ObservationValues.number(call.part().text()));
      default -> bounds(call, timing, call.segment().field(7).text(), call.segment().field(8).text());
    }
  }

  /** TQ1-10 (TQ-7) of a service: under which condition it is to be done; R4 has no element for it. */
  private static void condition(Call call) {
    condition(call, call.part().whole());
  }

  private static void condition(Call call, String text) {
    if (text != null && Primitives.valid(Kind.STRING, text)) {
      call.root().with("extension",
          Concepts.extension(Functions.EXTENSION + "performance-condition", "valueString", text));
    }
  }

  /** An interval other than "once" says so; without one a duration, an end of its own or a number does. */
  private static boolean isDoneAgain(String interval, Part tq) {
    if (interval != null) {
      return !ONCE.contains(interval.toUpperCase(Locale.ROOT));
    }
    String length = tq.component(3).text();
    String number = length == null ? null : ObservationValues.number(length.substring(1));
    String end = tq.component(5).text();
    return number != null && !number.equals("0") || end != null && !end.equals(tq.component(4).text()) || tq.component(12).isValued();
  }

  /** OBR-6: when it is to be done, or from when on. */
  private static void requestedTime(Call call) {
    if (call.root().get("occurrenceTiming") instanceof Element timing) {
      bounds(call, timing, call.part().text(), null);
    } else {
      call.put(Times.dateTime(call.part().text(), call.site().zone()));
    }
  }

  // ---- dispensed, given ----

  /** What the order control makes of a dispense; one that nobody took back has been done. */
  private static void dispenseStatus(Call call) {
    Segment orc = call.run().nearby("ORC");
    String control = orc == null ? null : orc.field(1).text();
    call.root().with("status", switch (String.valueOf(control)) {
      case "CA", "OC", "CR" -> "cancelled";
      case "DC", "OD", "DR" -> "stopped";
      case "HD", "OH", "HR" -> "on-hold";
      case "DE" -> "entered-in-error";
      default -> "completed";
    });
  }

  /** ORC before an RXD that stands alone: the prescription by its number, for it is not part of this message. */
  private static void dispensedOrder(Call call) {
    Segment orc = call.run().nearby("ORC");
    if (orc == null || call.instance().group.nearest("MedicationRequest") != null) {
      return;
    }
    Element number = orderNumber(call, orc, orc.field(2).isValued() ? 2 : 3);
    if (number != null) {
      call.root().with("authorizingPrescription",
          Element.of("Reference").with("type", "MedicationRequest").with("identifier", number));
    }
  }

  /** ORC-2 or ORC-3 as an identifier, in the numbering that the order itself is written with; null when empty. */
  private static Element orderNumber(Call call, Segment orc, int field) {
    Part ei = orc.field(field).repetition(1);
    String value = ei.component(1).text();
    if (value == null) {
      return null;
    }
    String system = Codes.numbering(call.site(), ei, field == 2 ? "order" : "filler");
    return Element.of("Identifier").with("system", system).with("value", value);
  }

  /** RXD-11 (HL7 0167): N and 0 say that nothing was substituted. */
  private static void wasSubstituted(Call call) {
    String code = call.part().component(1).text();
    if (code != null && code.length() == 1) {
      boolean no = code.equals("N") || code.equals("0");
      call.root().with("substitution",
          Element.of("MedicationDispense.substitution").with("wasSubstituted", no ? "false" : "true"));
    }
  }

  /** RXA-21 D takes it back; else RXA-20 (HL7 0322); a report without either says that it was given. */
  private static void administrationStatus(Call call) {
    Segment rxa = call.segment();
    if ("D".equals(rxa.field(21).text())) {
      call.root().with("status", "entered-in-error");
      return;
    }
    String said = rxa.field(20).text();
    call.root().with("status", switch (String.valueOf(said)) {
      case "RE", "NA" -> "not-done";
      case "PA" -> "stopped";
      default -> "completed";
    });
  }

  /** ORC before RXA: the numbers of the order that was carried out, and who ordered it, as the guide has it. */
  private static void administeredOrder(Call call) {
    Segment orc = call.run().nearby("ORC");
    if (orc == null) {
      return;
    }
    Element administration = call.root();
    for (int field = 2; field <= 3; field++) {
      Element number = orderNumber(call, orc, field);
      if (number != null) {
        administration.with("identifier", number.with("type",
            Functions.concept("http://terminology.hl7.org/CodeSystem/v2-0203", field == 2 ? "PLAC" : "FILL",
                field == 2 ? "Placer Identifier" : "Filler Identifier")));
      }
    }
    OrdersFamily.businessEvent(call, orc);
    call.put(administration.child(administration.type().slot("meta"), -1), "security", "CWE[Coding]",
        orc.field(28).repetition(1));
    for (Part person : orc.field(12).eachRepetition()) {
      Element actor = Element.of("Reference");
      Call of = new Call(call.run(), call.row(), administration, person, orc, 12, 1, call.instance());
      if (person.isValued() && call.run().refer(call.run().rules().map("XCN[Practitioner]"), actor, of)) {
        administration.with("performer", Element.of("MedicationAdministration.performer").with("actor", actor)
            .with("function", Functions.concept(
                "http://terminology.hl7.org/CodeSystem/v2-0443", "OP", "Ordering Provider")));
      }
    }
  }
}
