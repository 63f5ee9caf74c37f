package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Json;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.Instance.Key;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How a resource is recognised when the next message speaks of it again.
 *
 * <p>Each identity returns the identifier that the conditional request asks for, and sees to it that the resource
 * carries it. No other resource of its type may carry it too, here or from another hospital: a receiver refuses the
 * whole message when two match. So it is the hospital's own number only where nothing else ever bears that; else it is
 * made from number, owner and content, hashed, so that no name or diagnosis ends up in a URL.
 */
final class Identities {
  /**
   * Types of CX-5 that are all the hospital's one number of a patient, also spelt without a type. A patient who has
   * several is recognised by the first type of this list, in whatever order they are sent.
   */
  static final List<String> HOSPITAL_NUMBERS = List.of("PI", "MR", "PT", "PN", "MRT", "U");
  private static final Set<String> NOT_THE_HOSPITALS =
      Set.of("NI", "SS", "HC", "PPN", "DL", "SB", "MC", "MA", "NP", "JHN", "AN", "VN", "AC", "BA", "MI",
          "PRC", "SN", "02", "06", "07", "99");

  /** The identities of this class by name; {@link #named} knows those of the other families too. */
  static final Map<String, Identity> GENERAL = Map.ofEntries(
      Map.entry("patient", Identities::patient),
      Map.entry("visit", Identities::visit),
      Map.entry("order", Identities::order),
      Map.entry("report", Identities::report),
      Map.entry("observation", Identities::observation),
      Map.entry("specimen", Identities::specimen),
      Map.entry("person", Identities::person),
      Map.entry("named", Identities::named),
      Map.entry("condition", (run, i) -> owned(run, i, "condition", "Encounter", codeOf(i.element) + "|"
          + i.segment.field(6).component(1).text())),
      Map.entry("allergy", (run, i) -> owned(run, i, "allergy", "Patient", codeOf(i.element))),
      Map.entry("procedure", (run, i) -> owned(run, i, "procedure", "Encounter", codeOf(i.element) + "|"
          + i.segment.field(5).component(1).text())),
      Map.entry("relative", (run, i) -> within(run, i, "relative", "Patient", numberOf(i))),
      Map.entry("coverage", (run, i) -> within(run, i, "coverage", "Patient",
          setId(i.segment) + "|" + i.segment.field(2).component(1).text())));

  private Identities() {}

  /** Read after all families are. */
  private static final class All {
    static final Map<String, Identity> NAMED = Family.all(Family::identities);
  }

  /** Gives a resource its identifying identifier. */
  @FunctionalInterface
  interface Identity {
    Key of(Run run, Instance instance);
  }

  static Identity named(Yaml yaml) {
    Identity identity = All.NAMED.get(yaml.text());
    if (identity == null) {
      throw yaml.error("没有标识方式 \"" + yaml.text() + "\" / There is no identity \"" + yaml.text() + "\".",
          Known.near(All.NAMED.keySet(), yaml.text()));
    }
    return identity;
  }

  /**
   * A patient: by the number the hospital gave, else by whatever number there is. Others may bear it too: the record
   * that was merged into this one, and, of a resident ID, the same person in every other hospital.
   */
  private static Key patient(Run run, Instance instance) {
    Element number = patientNumber(run.site(), instance.element);
    if (number != null) {
      return numbered(run, instance, "patient-record", number);
    }
    run.note(Finding.NO_PATIENT_IDENTIFIER, instance.segment.place() + "-3");
    return give(instance, run.site().system("message-patient", null),
        run.control() + "-" + instance.segment.ordinal());
  }

  /**
   * The number by which the hospital knows a patient: its own, else one that it does not say is another's; or null. Of
   * several of one type that of the hospital's own authority counts, else the first: a number that comes later, behind
   * the others, must not make another patient of him.
   */
  static Element patientNumber(Site site, Element patient) {
    Element best = null;
    int bestRank = Integer.MAX_VALUE;
    for (Element identifier : patient.list("identifier")) {
      if (identifier.text("value") == null || identifier.text("system") == null) {
        continue;
      }
      boolean own = !site.patientAuthority().isEmpty()
          && identifier.text("system").equals(site.system("patient", site.patientAuthority()));
      int rank = 2 * rank(site, identifier) + (own ? 0 : 1);
      if (rank < bestRank) {
        best = identifier;
        bestRank = rank;
      }
    }
    return best;
  }

  private static int rank(Site site, Element identifier) {
    String type = typeOf(identifier);
    int own = HOSPITAL_NUMBERS.indexOf(type);
    if (own >= 0) {
      return own;
    }
    boolean others = type.isEmpty() ? ChineseFamily.isOfAResidentId(site, identifier.text("system"))
        : NOT_THE_HOSPITALS.contains(type) || type.startsWith("NN");
    return HOSPITAL_NUMBERS.size() + (others ? 2 : type.isEmpty() ? 0 : 1);
  }

  /** Whether a number is that of a group of orders, told by a type without a code: it recognises none of them. */
  static boolean numbersAGroup(Element identifier) {
    return identifier.get("type") instanceof Element type && type.list("coding").isEmpty();
  }

  private static String typeOf(Element identifier) {
    if (identifier.get("type") instanceof Element type) {
      for (Element coding : type.list("coding")) {
        if (coding.text("code") != null) {
          return coding.text("code");
        }
      }
    }
    return "";
  }

  /** A visit: by its number, which the visit that came of it may bear as a further one (PV1-50). */
  private static Key visit(Run run, Instance instance) {
    Element number = number(instance);
    if (number != null) {
      return numbered(run, instance, "visit-record", number);
    }
    Segment pid = instance.group.segment("PID");
    String account = pid == null ? null : pid.field(18).text();
    if (account != null) {
      return give(instance, run.site().system("account-visit", pid.field(18).component(4).text()), account);
    }
    run.note(Finding.VISIT_UNIDENTIFIED, instance.segment.place() + "-19");
    String start = instance.segment.field(44).text();
    return start == null
        ? give(instance, run.site().system("visit", "message"), run.control() + "-" + instance.segment.ordinal())
        : owned(run, instance, "visit", "Patient", start);
  }

  /**
   * An order: the placer's number, else the filler's, and what is ordered, because a form of several orders has one
   * number. What else the message holds makes no difference: the next one may speak of one of them only.
   *
   * <p>An order control that does not say what was ordered (a cancellation may leave it out) means the order of that
   * number, whatever it is for. It must not take the place of what was ordered: it sets the status and leaves the rest,
   * also the identifier by which the order itself is recognised. Where it writes an order or tells no status, it only
   * creates.
   */
  private static Key order(Run run, Instance instance) {
    Element number = null;
    for (Element identifier : instance.element.list("identifier")) {
      if (identifier.text("value") != null && identifier.text("system") != null && !numbersAGroup(identifier)
          && (number == null || typeOf(identifier).equals("PLAC") && !typeOf(number).equals("PLAC"))) {
        number = identifier;
      }
    }
    // What the doctor asked for: what the pharmacy makes of it is the same order.
    Instance placed = instance.group.first("Original");
    String code = codeOf(placed == null || codeOf(placed.element).isEmpty() ? instance.element : placed.element);
    if (number == null) {
      return owned(run, instance, "order", "Patient", code + "|" + run.control() + "|"
          + instance.segment.name() + instance.segment.ordinal());
    }
    if (code.isEmpty() && run.bearers(instance.type(), keyOf(number)) == 0) {
      instance.statusOnly = !instance.ifAbsent && instance.element.has("status")
          && OrdersFamily.tellsWhatBecameOfIt(instance.segment);
      instance.ifAbsent = !instance.statusOnly;
      return keyOf(number);
    }
    return numbered(run, instance, "order-item", number, code);
  }

  /** A report: the filler's (else the placer's) number and the service, because a laboratory reuses its numbers. */
  private static Key report(Run run, Instance instance) {
    Element number = null;
    for (Element identifier : instance.element.list("identifier")) {
      if (identifier.text("value") != null && !numbersAGroup(identifier)
          && (number == null || typeOf(identifier).equals("FILL"))) {
        number = identifier;
      }
    }
    String code = codeOf(instance.element);
    if (number == null) {
      Segment obr = instance.group.segment("OBR");
      String time = obr == null ? null : obr.field(7).text();
      return owned(run, instance, "report", "Patient", code + "|"
          + (time == null ? run.control() + instance.segment.ordinal() : time));
    }
    return give(instance, run.site().system("report", null), hash(number.text("system"), number.text("value"), code));
  }

  private static Key observation(Run run, Instance instance) {
    Segment obx = instance.segment;
    Instance owner = instance.group.nearest("DiagnosticReport");
    if (owner == null) {
      owner = instance.group.nearest("ServiceRequest");
    }
    if (owner == null) {
      owner = instance.group.nearest("Immunization");
    }
    if (owner == null) {
      owner = instance.group.nearest("Specimen");
    }
    if (owner == null) {
      owner = instance.group.nearest("Problem");
    }
    if (owner == null) {
      owner = instance.group.nearest("Encounter");
    }
    if (owner == null) {
      owner = instance.group.nearest("Patient");
    }
    Key at = owner == null ? new Key("message", run.control()) : run.identify(owner);
    String content = at.system() + "|" + at.value() + "|" + codeOf(instance.element) + "|" + obx.field(4).text();
    String system = run.site().system("observation", null);
    // The n-th that says the same begins at n: trying from 2 each time, 100,000 alike would need 5 billion tries.
    int n = run.alike(content);
    Key key = new Key(system, n == 1 ? hash(content) : hash(content, String.valueOf(n)));
    while (run.holder(instance, key) != null) {
      n = run.alike(content);
      key = new Key(system, hash(content, String.valueOf(n)));
    }
    return give(instance, key.system(), key.value());
  }

  private static Key specimen(Run run, Instance instance) {
    Element number = number(instance);
    if (number != null) {
      return keyOf(number);
    }
    Instance owner = instance.group.nearest("ServiceRequest");
    if (owner == null) {
      owner = instance.group.nearest("DiagnosticReport");
    }
    Key at = owner == null || owner == instance ? new Key("message", run.control()) : run.identify(owner);
    return give(instance, run.site().system("specimen", "order"),
        hash(at.system(), at.value(), instance.segment.name().equals("SPM") ? setId(instance.segment) : "1"));
  }

  /** A practitioner: by number, else by name. */
  private static Key person(Run run, Instance instance) {
    Element number = number(instance);
    if (number != null) {
      return keyOf(number);
    }
    StringBuilder name = new StringBuilder();
    for (Element n : instance.element.list("name")) {
      name.append(n.text("text")).append('|').append(n.text("family")).append('|').append(n.get("given"));
    }
    return give(instance, run.site().system("practitioner", "by-name"), hash(name.toString()));
  }

  /** An organization or a place: by number, else by name, else by what is said of it. */
  private static Key named(Run run, Instance instance) {
    Element number = number(instance);
    if (number != null) {
      return keyOf(number);
    }
    String kind = instance.type().toLowerCase(java.util.Locale.ROOT);
    String name = instance.element.text("name");
    if (name == null) {
      return give(instance, run.site().system(kind, "by-content"), hash(content(instance.element)));
    }
    return give(instance, run.site().system(kind, "by-name"), hash(name));
  }

  /** All that is said of a place or an organization without number and name: mostly an address. */
  private static String content(Element element) {
    Json json = new Json(256);
    element.write(json);
    return new String(json.bytes(), StandardCharsets.UTF_8);
  }

  /** Something of a patient or a visit, recognised by its own number, else by its content within it. */
  static Key owned(Run run, Instance instance, String kind, String ownerRole, String content) {
    Element number = number(instance, identifier -> !numbersAGroup(identifier));
    return number == null ? within(run, instance, kind, ownerRole, content) : keyOf(number);
  }

  /** Something that is recognised within a patient or a visit only, even where it has a number. */
  private static Key within(Run run, Instance instance, String kind, String ownerRole, String content) {
    Instance owner = instance.group.nearest(ownerRole);
    if (owner == null || owner == instance || !owner.touched) {
      owner = instance.group.nearest("Patient");
    }
    Key at = owner == null || owner == instance ? new Key("message", run.control()) : run.identify(owner);
    return give(instance, run.site().system(kind, null), hash(at.system(), at.value(), content));
  }

  /** Something with a number that others may bear too: recognised by an identifier of its own, made from it. */
  private static Key numbered(Run run, Instance instance, String kind, Element number, String... content) {
    String[] parts = new String[content.length + 2];
    parts[0] = number.text("system");
    parts[1] = number.text("value");
    System.arraycopy(content, 0, parts, 2, content.length);
    return give(instance, run.site().system(kind, null), hash(parts));
  }

  /** The first identifier that says whose number it is, or null. */
  private static Element number(Instance instance) {
    return number(instance, identifier -> true);
  }

  /** The first of those that says whose number it is, or null. */
  private static Element number(Instance instance, Predicate<Element> counts) {
    for (Element identifier : instance.element.list("identifier")) {
      if (identifier.text("value") != null && identifier.text("system") != null && counts.test(identifier)) {
        return identifier;
      }
    }
    return null;
  }

  /** A relative's own number; two children have one mother, and each of them a record of her. Else the set id. */
  private static String numberOf(Instance instance) {
    Element number = number(instance);
    return number == null ? setId(instance.segment) : number.text("system") + "|" + number.text("value");
  }

  /** A resource whose type has no identifier to search for: its logical id is a name-based UUID over these parts. */
  static Key byId(Instance instance, String... parts) {
    String id = hash(parts);
    instance.element.with("id", id);
    return new Key(null, id);
  }

  /** What a resource is about: the first code with its system, else the text. */
  static String codeOf(Element element) {
    String name = element.type().slot("code") != null ? "code" : "medicationCodeableConcept";
    if (element.type().slot(name) != null && element.get(name) instanceof Element concept
        && concept.type().name().equals("CodeableConcept")) {
      return firstCode(concept);
    }
    return "";
  }

  /** What was given: the vaccine's first code with its system, else its text. */
  static String codeOfVaccine(Element immunization) {
    return immunization.get("vaccineCode") instanceof Element concept ? firstCode(concept) : "";
  }

  private static String firstCode(Element concept) {
    for (Element coding : concept.list("coding")) {
      if (coding.text("code") != null) {
        String system = coding.text("system");
        // The same code is another disease in another edition; elsewhere a version changes no meaning.
        String edition = Editions.DIAGNOSES.equals(system) || Editions.OPERATIONS.equals(system)
            || Editions.CHINESE_MEDICINE.equals(system) ? "|" + coding.text("version") : "";
        return system + "|" + coding.text("code") + edition;
      }
    }
    return concept.text("text") == null ? "" : concept.text("text");
  }

  static String setId(Segment segment) {
    String id = segment.field(1).text();
    return id == null ? String.valueOf(segment.ordinal()) : id;
  }

  static Key keyOf(Element identifier) {
    return new Key(identifier.text("system"), identifier.text("value"));
  }

  static Key give(Instance instance, String system, String value) {
    instance.element.with("identifier", Element.of("Identifier").with("system", system).with("value", value));
    return new Key(system, value);
  }

  static String hash(String... parts) {
    return Uuids.of(String.join("\u0001", parts));
  }

  /** Keys in use by type, so that two resources of one message do not take the same one by accident. */
  static final class Holders {
    private final Map<String, Instance> byKey = new HashMap<>();
    private Map<String, Integer> bearers;

    /** How many of these that say what they are about have that number; counted before any has been given a key. */
    int bearers(List<Instance> instances, String type, Key number) {
      if (bearers == null) {
        bearers = new HashMap<>();
        for (Instance instance : instances) {
          if (instance.element.type().slot("identifier") != null && !codeOf(instance.element).isEmpty()) {
            for (Element identifier : instance.element.list("identifier")) {
              bearers.merge(nameOf(instance.type(), keyOf(identifier)), 1, Integer::sum);
            }
          }
        }
      }
      return bearers.getOrDefault(nameOf(type, number), 0);
    }

    private static String nameOf(String type, Key key) {
      return type + '|' + key.system() + '|' + key.value();
    }

    private final Map<String, Integer> alike = new HashMap<>();

    /** How many asked for the same content, this one included. */
    int alike(String content) {
      return alike.merge(content, 1, Integer::sum);
    }

    /** Who holds the key already, or null, in which case it is noted for this instance. */
    Instance holder(Instance instance, Key key) {
      Instance before = byKey.putIfAbsent(nameOf(instance.type(), key), instance);
      return before == instance ? null : before;
    }
  }
}
