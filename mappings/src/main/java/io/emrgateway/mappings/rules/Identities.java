package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Json;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.Instance.Key;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a resource is recognised when the next message speaks of it again.
 *
 * <p>Each identity returns the identifier that the conditional update asks for, and sees to it that the resource
 * carries it. Where the hospital gave none, it is made from the owner and the content's own key, hashed, so that no
 * name or diagnosis ends up in a URL.
 */
final class Identities {
  /** Types of CX-5 that are all the hospital's one number of a patient, also spelt without a type. */
  static final Set<String> HOSPITAL_NUMBERS = Set.of("PI", "MR", "PT", "PN", "MRT", "U");
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
      Map.entry("relative", (run, i) -> owned(run, i, "relative", "Patient", relative(i))),
      Map.entry("coverage", (run, i) -> owned(run, i, "coverage", "Patient",
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
      throw yaml.error("There is no identity \"" + yaml.text() + "\".",
          "Known: " + String.join(", ", new java.util.TreeSet<>(All.NAMED.keySet())) + ".");
    }
    return identity;
  }

  private static Key patient(Run run, Instance instance) {
    List<Element> identifiers = instance.element.list("identifier");
    Element best = null;
    int bestRank = Integer.MAX_VALUE;
    for (Element identifier : identifiers) {
      if (identifier.text("value") == null || identifier.text("system") == null) {
        continue;
      }
      String type = typeOf(identifier);
      int rank = HOSPITAL_NUMBERS.contains(type) ? 0 : type.isEmpty() ? 1
          : NOT_THE_HOSPITALS.contains(type) || type.startsWith("NN") ? 3 : 2;
      if (rank < bestRank) {
        best = identifier;
        bestRank = rank;
      }
    }
    if (best != null) {
      return keyOf(best);
    }
    run.note(Finding.NO_PATIENT_IDENTIFIER, instance.segment.place() + "-3");
    return give(instance, run.site().system("message-patient", null),
        run.control() + "-" + instance.segment.ordinal());
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

  private static Key visit(Run run, Instance instance) {
    for (Element identifier : instance.element.list("identifier")) {
      if (identifier.text("value") != null && identifier.text("system") != null) {
        return keyOf(identifier);
      }
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

  /** An order: the placer's number, else the filler's; several codes under one number are told apart by code. */
  private static Key order(Run run, Instance instance) {
    Element first = null;
    for (Element identifier : instance.element.list("identifier")) {
      if (identifier.text("value") != null && identifier.text("system") != null && !numbersAGroup(identifier)
          && (first == null || typeOf(identifier).equals("PLAC") && !typeOf(first).equals("PLAC"))) {
        first = identifier;
      }
    }
    if (first == null) {
      return owned(run, instance, "order", "Patient", codeOf(instance.element) + "|" + run.control() + "|"
          + instance.segment.name() + instance.segment.ordinal());
    }
    Key key = keyOf(first);
    Instance other = run.holder(instance, key);
    if (other == null || codeOf(other.element).equals(codeOf(instance.element))) {
      return key;
    }
    return give(instance, run.site().system("order-item", null), hash(key.system(), key.value(), codeOf(instance.element)));
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
    for (Element identifier : instance.element.list("identifier")) {
      if (identifier.text("value") != null && identifier.text("system") != null) {
        return keyOf(identifier);
      }
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
    for (Element identifier : instance.element.list("identifier")) {
      if (identifier.text("value") != null && identifier.text("system") != null) {
        return keyOf(identifier);
      }
    }
    StringBuilder name = new StringBuilder();
    for (Element n : instance.element.list("name")) {
      name.append(n.text("text")).append('|').append(n.text("family")).append('|').append(n.get("given"));
    }
    return give(instance, run.site().system("practitioner", "by-name"), hash(name.toString()));
  }

  /** An organization or a place: by number, else by name, else by what is said of it. */
  private static Key named(Run run, Instance instance) {
    for (Element identifier : instance.element.list("identifier")) {
      if (identifier.text("value") != null && identifier.text("system") != null) {
        return keyOf(identifier);
      }
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

  /** Which of a patient's relatives it is: a number of hers, else her place among them. */
  private static String relative(Instance instance) {
    List<Element> numbers = instance.element.list("identifier");
    return numbers.isEmpty() ? setId(instance.segment) : numbers.get(0).text("system") + "|" + numbers.get(0).text("value");
  }

  /**
   * Something that belongs to a patient or a visit and is recognised by its content within it. A relative is so even when
   * she has numbers: twins have one mother, and one resource for her could name one of them only.
   */
  static Key owned(Run run, Instance instance, String kind, String ownerRole, String content) {
    for (Element identifier : instance.element.list("identifier")) {
      if (identifier.text("value") != null && identifier.text("system") != null && !kind.equals("coverage")
          && !kind.equals("relative") && !numbersAGroup(identifier)) {
        return keyOf(identifier);
      }
    }
    Instance owner = instance.group.nearest(ownerRole);
    if (owner == null || owner == instance || !owner.touched) {
      owner = instance.group.nearest("Patient");
    }
    Key at = owner == null || owner == instance ? new Key("message", run.control()) : run.identify(owner);
    return give(instance, run.site().system(kind, null), hash(at.system(), at.value(), content));
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
    return String.valueOf(concept.text("text"));
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
    private final Map<String, Integer> alike = new HashMap<>();

    /** How many asked for the same content, this one included. */
    int alike(String content) {
      return alike.merge(content, 1, Integer::sum);
    }

    /** Who holds the key already, or null, in which case it is noted for this instance. */
    Instance holder(Instance instance, Key key) {
      Instance before = byKey.putIfAbsent(instance.type() + '|' + key.system() + '|' + key.value(), instance);
      return before == instance ? null : before;
    }
  }
}
