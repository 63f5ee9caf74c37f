package io.emrgateway.mappings.reminders;

import io.emrgateway.mappings.records.Entries;
import io.emrgateway.mappings.records.Tree;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads what reminders rest on: facts of a patient out of FHIR collections as {@code Answer} gives them, and orders out of
 * the draft of a CDS Hooks call or of the bundle that a v2 order becomes. Immutable; for any number of threads.
 */
public final class Reading {
  private static final String EXTENSION = "urn:emr-gateway:extension:";
  private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);
  private static final Set<String> OVER = Set.of("cancelled", "stopped", "entered-in-error", "draft", "on-hold", "declined", "not-done",
      "preparation", "revoked", "not-taken");
  private static final Set<String> FINAL = Set.of("final", "amended", "corrected", "appended");
  private static final Set<String> STAYS = Set.of("IMP", "ACUTE", "NONAC");
  private static final int VALUES_MAX = 6;
  private static final int CONCLUSION_MAX = 60;

  private final Formulary formulary;
  private final TestItems tests;
  private final Intake intake;

  private Reading(Map<String, String> site) {
    formulary = new Formulary(site);
    tests = new TestItems(site);
    intake = new Intake(site);
  }

  /** By the tables as we ship them. */
  public static Reading shipped() {
    return new Reading(Map.of());
  }

  /**
   * By our tables with a site's rows laid over.
   *
   * @param site its files, text by path; those of {@code codes/reminders/} count
   * @throws io.emrgateway.mappings.rules.RuleError for a row that cannot be, with file, line and remedy
   */
  public static Reading with(Map<String, String> site) {
    return new Reading(site);
  }

  /** A drug: classes by ingredient, and all its names as names are compared. */
  public record Drug(Map<String, Set<String>> ingredients, String spelt) {}

  /**
   * Where a fact stands.
   *
   * @param source as {@code meta.source} says, e.g. {@code urn:emr-gateway:H-0105}; or ""
   * @param at null when not said
   */
  public record Origin(String source, Instant at, String code, String name) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Origin[" + source + "]";
    }
  }

  /**
   * An AllergyIntolerance.
   *
   * @param classes severity ({@code critical}, {@code warning}, {@code info}) by class of drugs it warns of
   * @param unknownName what no table knows, as names are compared, else ""
   */
  public record Allergy(Origin origin, Set<String> substances, Map<String, String> classes, String unknownName, boolean stands,
      boolean intolerance, String reaction, LocalDate since) {}

  /**
   * A prescription with what was handed out for it, or a dose that was given.
   *
   * @param days null when nobody said and nothing tells
   */
  public record Therapy(Origin origin, Drug drug, String route, String strength, LocalDate begins, Integer days, boolean asNeeded,
      boolean goesOn, boolean taken, Set<String> orders, Set<String> visits) {}

  /** @param unit "" of a number without one, null of words */
  public record Result(Origin origin, Set<String> keys, String value, String unit, boolean isFinal, String mark) {}

  /** All of them. */
  public record Facts(List<Allergy> allergies, List<Therapy> therapies, List<Result> results) {}

  /** @param days that a result stays valid; 0: never said */
  public record Test(Set<String> keys, int days, Set<String> units) {}

  /**
   * A draft order.
   *
   * @param id {@code Type/id}
   * @param drug null of a test
   */
  public record Order(String id, String name, Set<String> numbers, Drug drug, String route, String strength, boolean asNeeded,
      List<Test> tests, Set<String> agents) {}

  /**
   * The facts of one hospital's bundles.
   *
   * @param own whether the hospital's codes are those of the site whose tables these are
   * @throws io.emrgateway.mappings.records.RecordsRefused if one cannot be read
   */
  public Facts facts(List<byte[]> bundles, boolean own) {
    Collecting collecting = new Collecting(own);
    bundles.forEach(one -> Entries.of(one, collecting::entry));
    return collecting.facts();
  }

  /**
   * The orders of a bundle: MedicationRequest and ServiceRequest.
   *
   * @throws io.emrgateway.mappings.records.RecordsRefused if it cannot be read
   */
  public List<Order> orders(byte[] bundle) {
    Map<String, Concept> medications = new HashMap<>();
    Map<String, Map<String, Object>> requests = new LinkedHashMap<>();
    Entries.of(bundle, (url, resource) -> {
      String type = Tree.text(resource, "resourceType");
      String id = Tree.text(resource, "id");
      if ("Medication".equals(type)) {
        Concept code = Concept.of(resource.get("code"));
        medications.put(url, code);
        medications.put("Medication/" + id, code);
      } else if ("MedicationRequest".equals(type) || "ServiceRequest".equals(type)) {
        requests.put(id == null ? url : type + "/" + id, resource);
      }
    });
    List<Order> orders = new ArrayList<>();
    requests.forEach((id, resource) -> {
      if (!OVER.contains(String.valueOf(resource.get("status"))) || "draft".equals(resource.get("status"))) {
        orders.add("ServiceRequest".equals(resource.get("resourceType")) ? test(id, resource) : drug(id, resource, medications));
      }
    });
    return orders;
  }

  private Order test(String id, Map<String, Object> resource) {
    Concept code = Concept.of(resource.get("code"));
    List<TestItems.Wanted> wanted = tests.wanted(code);
    Set<String> agents = new LinkedHashSet<>();
    wanted.forEach(one -> agents.addAll(one.agents()));
    return new Order(id, code.name(), values(resource), null, "", "", false,
        wanted.stream().map(one -> new Test(one.keys(), one.days(), one.units())).toList(), agents);
  }

  private Order drug(String id, Map<String, Object> resource, Map<String, Concept> medications) {
    Concept medication = medication(resource, medications);
    Object dosage = Tree.at(resource, "dosageInstruction");
    return new Order(id, medication.name(), values(resource), drugOf(medication, resource, true),
        intake.route(Concept.of(Tree.at(dosage, "route")), medication.name()), strength(resource), Intake.asNeeded(dosage), List.of(), Set.of());
  }

  private static Concept medication(Map<String, Object> resource, Map<String, Concept> medications) {
    if (resource.get("medicationCodeableConcept") != null) {
      return Concept.of(resource.get("medicationCodeableConcept"));
    }
    String reference = Tree.text(resource, "medicationReference", "reference");
    for (Map<String, Object> contained : Tree.objects(resource, "contained")) {
      if (reference != null && reference.equals("#" + contained.get("id"))) {
        return Concept.of(contained.get("code"));
      }
    }
    String display = Tree.text(resource, "medicationReference", "display");
    return medications.getOrDefault(String.valueOf(reference), display == null ? Concept.NONE : new Concept(List.of(), display));
  }

  private Drug drugOf(Concept medication, Map<String, Object> resource, boolean own) {
    Map<String, Set<String>> parts = new LinkedHashMap<>(formulary.drug(medication, own));
    for (Map<String, Object> extension : Tree.objects(resource, "extension")) {
      if ((EXTENSION + "component").equals(extension.get("url"))) {
        Tree.objects(extension, "extension").stream().filter(one -> "drug".equals(one.get("url")))
            .forEach(one -> parts.putAll(formulary.drug(Concept.of(one.get("valueCodeableConcept")), own)));
      }
    }
    return new Drug(parts, Names.plain(String.join(" ", medication.names())));
  }

  private static Object extension(Map<String, Object> resource, String name, String value) {
    return Tree.objects(resource, "extension").stream().filter(one -> (EXTENSION + name).equals(one.get("url")))
        .map(one -> one.get(value)).findFirst().orElse(null);
  }

  private static String strength(Map<String, Object> resource) {
    Object strength = extension(resource, "strength", "valueQuantity");
    return strength == null ? "" : quantity(strength);
  }

  private static Set<String> values(Map<String, Object> resource) {
    Set<String> values = new LinkedHashSet<>();
    Tree.objects(resource, "identifier").forEach(one -> {
      if (one.get("value") instanceof String value) {
        values.add(value);
      }
    });
    return values;
  }

  /** Facts as they are met; what refers to another thing waits for the end. */
  private final class Collecting {
    private final boolean own;
    private final List<Allergy> allergies = new ArrayList<>();
    private final Map<String, Therapy> prescribed = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> requests = new LinkedHashMap<>();
    private final List<Map<String, Object>> handedOut = new ArrayList<>();
    private final Map<String, Result> observed = new LinkedHashMap<>();
    private final List<Map<String, Object>> reports = new ArrayList<>();
    private final Map<String, Concept> medications = new HashMap<>();
    private final Map<String, Map<String, Object>> visits = new HashMap<>();

    Collecting(boolean own) {
      this.own = own;
    }

    void entry(String url, Map<String, Object> resource) {
      switch (String.valueOf(resource.get("resourceType"))) {
        case "AllergyIntolerance" -> allergy(resource);
        case "MedicationRequest", "MedicationStatement" -> requests.put(url, resource);
        case "MedicationDispense", "MedicationAdministration" -> handedOut.add(resource);
        case "Observation" -> observed.put(url, observation(resource));
        case "DiagnosticReport" -> reports.add(resource);
        case "Medication" -> medications.put(url, Concept.of(resource.get("code")));
        case "Encounter" -> visits.put(url, resource);
        default -> { }
      }
    }

    Facts facts() {
      requests.forEach((url, resource) -> prescribed.put(url, therapy(resource)));
      List<Therapy> apart = new ArrayList<>();
      handedOut.forEach(one -> handedOut(one, apart));
      apart.addAll(0, prescribed.values());
      List<Result> results = new ArrayList<>(observed.values());
      reports.forEach(one -> results.add(report(one)));
      return new Facts(allergies, apart, results);
    }

    private void allergy(Map<String, Object> resource) {
      Concept code = Concept.of(resource.get("code"));
      Formulary.Allergen allergen = formulary.allergen(code);
      Set<String> states = new LinkedHashSet<>();
      Tree.objects(resource, "clinicalStatus", "coding").forEach(one -> states.add(String.valueOf(one.get("code"))));
      Tree.objects(resource, "verificationStatus", "coding").forEach(one -> states.add(String.valueOf(one.get("code"))));
      boolean stands = states.stream().noneMatch(Set.of("inactive", "resolved", "refuted", "entered-in-error")::contains);
      LocalDate since = day(first(resource, "onsetDateTime", "recordedDate"));
      List<String> reactions = new ArrayList<>();
      for (Map<String, Object> reaction : Tree.objects(resource, "reaction")) {
        Tree.objects(reaction, "manifestation").forEach(one -> reactions.add(Concept.of(one).name()));
      }
      allergies.add(new Allergy(origin(resource, first(resource, "recordedDate", "onsetDateTime"), code), allergen.substances(), allergen.classes(),
          allergen.unknownName(), stands, "intolerance".equals(resource.get("type")), String.join("、", reactions), since));
    }

    private Therapy therapy(Map<String, Object> resource) {
      Concept medication = medication(resource, medications);
      boolean statement = "MedicationStatement".equals(resource.get("resourceType"));
      Object dosage = Tree.at(resource, statement ? "dosage" : "dosageInstruction");
      Map<String, Object> visit = visits.get(String.valueOf(Tree.text(resource, statement ? "context" : "encounter", "reference")));
      Object bounds = statement ? resource.get("effectivePeriod") : Tree.at(dosage, "timing", "repeat", "boundsPeriod");
      String begins = first(bounds, "start");
      begins = begins == null ? first(resource, "authoredOn", "effectiveDateTime", "dateAsserted") : begins;
      begins = begins == null ? Tree.text(visit, "period", "start") : begins;
      begins = begins == null ? Tree.text(resource, "meta", "lastUpdated") : begins;
      Object strength = extension(resource, "strength", "valueQuantity");
      Integer days = statement ? between(day(begins), day(first(bounds, "end"))) : Intake.phases(Tree.objects(resource, "dosageInstruction"), day(begins));
      days = days == null ? Intake.days(Tree.at(resource, "dispenseRequest", "expectedSupplyDuration"), dosage,
          Tree.at(resource, "dispenseRequest", "quantity"), medication.name(), strength) : days;
      boolean stayOver = days == null && visit != null && STAYS.contains(String.valueOf(Tree.text(visit, "class", "code")))
          && "finished".equals(visit.get("status"));
      return new Therapy(origin(resource, begins, medication), drugOf(medication, resource, own),
          intake.route(Concept.of(Tree.at(dosage, "route")), medication.name()), strength(resource), day(begins), days,
          Intake.asNeeded(dosage), !stayOver && !OVER.contains(String.valueOf(resource.get("status"))), false, values(resource),
          visit == null ? Set.of() : values(visit));
    }

    private void handedOut(Map<String, Object> resource, List<Therapy> apart) {
      boolean done = List.of("completed", "in-progress").contains(String.valueOf(resource.get("status")));
      if (!done) {
        return;
      }
      Concept medication = medication(resource, medications);
      boolean given = "MedicationAdministration".equals(resource.get("resourceType"));
      String at = given ? first(resource, "effectiveDateTime") : first(resource, "whenHandedOver", "whenPrepared");
      at = at == null && given ? Tree.text(resource, "effectivePeriod", "start") : at;
      at = at == null ? Tree.text(resource, "meta", "lastUpdated") : at;
      String request = given ? Tree.text(resource, "request", "reference") : Tree.text(resource, "authorizingPrescription", "reference");
      Therapy ordered = prescribed.get(String.valueOf(request));
      Object dosage = Tree.at(resource, given ? "dosage" : "dosageInstruction");
      if (!given && ordered != null && ordered.drug().ingredients().keySet().equals(drugOf(medication, resource, own).ingredients().keySet())) {
        Map<String, Object> prescription = requests.get(request);
        Integer days = Intake.days(resource.get("daysSupply"), Tree.at(prescription, "dosageInstruction"),
            resource.get("quantity"), medication.name(), extension(prescription, "strength", "valueQuantity"));
        prescribed.put(request, new Therapy(ordered.origin(), ordered.drug(), ordered.route(), ordered.strength(), day(at),
            days == null ? ordered.days() : days, ordered.asNeeded(), ordered.goesOn(), true, ordered.orders(), ordered.visits()));
        return;
      }
      Map<String, Object> visit = visits.get(String.valueOf(Tree.text(resource, "context", "reference")));
      Integer days = given ? Integer.valueOf(0)
          : Intake.days(resource.get("daysSupply"), dosage, resource.get("quantity"), medication.name(), extension(resource, "strength", "valueQuantity"));
      apart.add(new Therapy(origin(resource, at, medication), drugOf(medication, resource, own),
          intake.route(Concept.of(Tree.at(dosage, "route")), medication.name()), strength(resource), day(at), days,
          Intake.asNeeded(dosage), true, true, values(resource), visit == null ? Set.of() : values(visit)));
    }

    private Result observation(Map<String, Object> resource) {
      Concept code = Concept.of(resource.get("code"));
      Object quantity = resource.get("valueQuantity") == null ? Tree.at(resource, "valueRange", "low") : resource.get("valueQuantity");
      String unit = quantity == null ? null : Tree.text(quantity, "code") == null ? Tree.text(quantity, "unit") : Tree.text(quantity, "code");
      String value = value(resource);
      String at = first(resource, "effectiveDateTime", "issued");
      at = at == null ? Tree.text(resource, "effectivePeriod", "start") : at;
      return new Result(origin(resource, at, code), tests.keys(code), value, quantity == null ? null : unit == null ? "" : unit,
          FINAL.contains(String.valueOf(resource.get("status"))) && !value.isEmpty(), mark(resource, code));
    }

    private Result report(Map<String, Object> resource) {
      Concept code = Concept.of(resource.get("code"));
      String at = first(resource, "effectiveDateTime", "issued");
      at = at == null ? Tree.text(resource, "effectivePeriod", "start") : at;
      List<String> values = new ArrayList<>();
      String mark = mark(resource, code);
      for (Map<String, Object> reference : Tree.objects(resource, "result")) {
        Result part = observed.get(String.valueOf(reference.get("reference")));
        if (part != null) {
          mark = mark.isEmpty() ? part.mark() : mark;
          if (part.isFinal()) {
            values.add(part.origin().name() + " " + part.value());
          }
        }
      }
      String conclusion = Tree.text(resource, "conclusion");
      String value = conclusion != null ? cut(conclusion)
          : String.join("；", values.subList(0, Math.min(VALUES_MAX, values.size()))) + (values.size() > VALUES_MAX ? "；…" : "");
      return new Result(origin(resource, at, code), tests.keys(code), value, null, FINAL.contains(String.valueOf(resource.get("status"))), mark);
    }

    private Origin origin(Map<String, Object> resource, String at, Concept concept) {
      String source = Tree.text(resource, "meta", "source");
      return new Origin(source == null ? "" : source, instant(at == null ? Tree.text(resource, "meta", "lastUpdated") : at), concept.code(), concept.name());
    }
  }

  private static String cut(String text) {
    return text.length() <= CONCLUSION_MAX ? text : text.substring(0, CONCLUSION_MAX) + "…";
  }

  /** The mark that a site writes, else the codes of the items that are recognised. */
  private static String mark(Map<String, Object> resource, Concept code) {
    String mark = extension(resource, "mutual-recognition", "valueString") instanceof String text ? text : "";
    List<String> codes = code.codings().stream().filter(one -> one.system().equals(TestItems.RECOGNITION)).map(Concept.Coding::code).toList();
    return mark.isEmpty() && !codes.isEmpty() ? "HR " + String.join(" ", codes) : mark;
  }

  private static String value(Map<String, Object> resource) {
    String flag = "";
    for (Map<String, Object> coding : Tree.objects(resource, "interpretation", "coding")) {
      String code = String.valueOf(coding.get("code"));
      flag = flag.isEmpty() ? code.equals("H") || code.equals("HH") ? " ↑" : code.equals("L") || code.equals("LL") ? " ↓" : "" : flag;
    }
    if (resource.get("valueQuantity") != null) {
      return quantity(resource.get("valueQuantity")) + flag;
    }
    if (resource.get("valueRange") != null) {
      return quantity(Tree.at(resource, "valueRange", "low")) + "～" + quantity(Tree.at(resource, "valueRange", "high")) + flag;
    }
    if (resource.get("valueRatio") != null) {
      return quantity(Tree.at(resource, "valueRatio", "numerator")) + ":" + quantity(Tree.at(resource, "valueRatio", "denominator")) + flag;
    }
    if (resource.get("valueCodeableConcept") != null) {
      return Concept.of(resource.get("valueCodeableConcept")).name() + flag;
    }
    for (String name : List.of("valueString", "valueDateTime", "valueTime")) {
      if (resource.get(name) instanceof String text) {
        return cut(text) + flag;
      }
    }
    return resource.get("valueInteger") instanceof Tree.Number number ? number.spelt() + flag : "";
  }

  private static String quantity(Object quantity) {
    String comparator = Tree.text(quantity, "comparator");
    String unit = Tree.text(quantity, "unit");
    unit = unit == null ? Tree.text(quantity, "code") : unit;
    String value = Tree.at(quantity, "value") instanceof Tree.Number number ? number.spelt() : "";
    return (comparator == null ? "" : comparator) + value + (unit == null ? "" : " " + unit);
  }

  private static String first(Object from, String... names) {
    for (String name : names) {
      if (Tree.text(from, name) != null) {
        return Tree.text(from, name);
      }
    }
    return null;
  }

  static Integer between(LocalDate begins, LocalDate ends) {
    return begins == null || ends == null || ends.isBefore(begins) ? null : (int) (ends.toEpochDay() - begins.toEpochDay());
  }

  /** The day in Beijing of a FHIR time, the first of a month or year; null when there is none. */
  static LocalDate day(String time) {
    Instant instant = instant(time);
    return instant == null ? null : instant.atOffset(BEIJING).toLocalDate();
  }

  private static Instant instant(String time) {
    if (time == null) {
      return null;
    }
    try {
      return switch (time.length()) {
        case 4 -> Year.parse(time).atDay(1).atStartOfDay().toInstant(BEIJING);
        case 7 -> YearMonth.parse(time).atDay(1).atStartOfDay().toInstant(BEIJING);
        case 10 -> LocalDate.parse(time).atStartOfDay().toInstant(BEIJING);
        case 16, 19 -> LocalDateTime.parse(time).toInstant(BEIJING);
        default -> OffsetDateTime.parse(time).toInstant();
      };
    } catch (DateTimeException e) {
      return null;
    }
  }
}
