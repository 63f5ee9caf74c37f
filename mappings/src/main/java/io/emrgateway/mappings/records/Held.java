package io.emrgateway.mappings.records;

import io.emrgateway.mappings.About.Identifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** One thing that is known, as it stands now: its text, and what has to be looked at often, read out of it once. */
final class Held {
  /** When the last thing of a visit without an end was; what has been left out of an answer cannot tell it any more. */
  static final String LAST_KNOWN = "urn:emr-gateway:extension:last-known";

  private static final Set<String> WITHDRAWN = Set.of("entered-in-error", "cancelled", "not-done", "declined", "revoked");
  /** Diagnoses and allergies are dated by when they began, long before a visit: they tell nothing of its length. */
  private static final Set<String> EVENTS = Set.of("Procedure", "MedicationRequest", "MedicationDispense",
      "MedicationAdministration", "Observation", "DiagnosticReport", "DocumentReference");
  private static final Set<String> STAYS = Set.of("IMP", "ACUTE", "NONAC", "OBSENC", "SS", "HH");
  private static final Set<String> OVER = Set.of("finished", "cancelled", "entered-in-error");

  /** What says in a bundle where one thing refers to another. */
  final String url;
  final String type;
  /** Place among all that is known, by when it was first heard of. */
  int order;

  byte[] json;
  /** {@code system|value} of every identifier. */
  List<String> identifiers;
  Set<String> references;
  /** Whose it is: a Patient's {@link #url}, or null. */
  String patient;
  /** The visits it belongs to. */
  List<String> visits;
  /** It belongs to a visit that whoever sent it was not asked to show. */
  boolean visitHidden;
  boolean withdrawn;
  /** The record of the patient that this one has been merged into, or null. */
  String replacedBy;
  /** When it was, by its own account; null when it does not say. */
  Span own;
  /** Of a visit: that it is over is said, or it is not one that lasts. */
  boolean endSaid;
  boolean stays;
  /** When it was last told of; null when that is not known. */
  Instant said;
  /** Counts what was taken; the greater is the newer. */
  long taken;

  Held(String url, String type, Map<String, Object> resource, Instant said) {
    this.url = url;
    this.type = type;
    read(resource, said);
  }

  Map<String, Object> tree() {
    return Tree.of(json);
  }

  /** Its identifiers, in its own order. */
  List<Identifier> bears() {
    return identifiers.stream().map(one -> {
      int bar = one.indexOf('|');
      return new Identifier(one.substring(0, bar), one.substring(bar + 1));
    }).toList();
  }

  /** Takes the place of what was known. */
  void becomes(Held other) {
    json = other.json;
    identifiers = other.identifiers;
    references = other.references;
    patient = other.patient;
    visits = other.visits;
    visitHidden = other.visitHidden;
    withdrawn = other.withdrawn;
    replacedBy = other.replacedBy;
    own = other.own;
    endSaid = other.endSaid;
    stays = other.stays;
    said = other.said;
    taken = other.taken;
  }

  /** Refers to everything by the name it has here. */
  void rename(UnaryOperator<String> names) {
    Map<String, Object> resource = tree();
    eachReference(resource, reference ->
        reference.computeIfPresent("reference", (name, url) -> url instanceof String text ? names.apply(text) : url));
    read(resource, said);
  }

  boolean tellsOfTheVisitsLength() {
    return EVENTS.contains(type) && own != null && !withdrawn;
  }

  private void read(Map<String, Object> resource, Instant heard) {
    json = Tree.bytes(resource, json == null ? 1_500 : json.length);
    identifiers = new ArrayList<>(3);
    for (Map<String, Object> identifier : Tree.objects(resource, "identifier")) {
      note(identifier);
    }
    if (resource.get("identifier") instanceof Map<?, ?> one) {
      note(Tree.cast(one));
    }
    if (resource.get("masterIdentifier") instanceof Map<?, ?> master) {
      note(Tree.cast(master)); // R4: DocumentReference's search by identifier finds both.
    }
    references = new LinkedHashSet<>(4);
    eachReference(resource, reference -> {
      if (reference.get("reference") instanceof String to) {
        references.add(to);
      }
    });
    String subject = Tree.text(resource, "subject", "reference");
    patient = subject == null ? Tree.text(resource, "patient", "reference") : subject;
    visits = new ArrayList<>(1);
    visit(Tree.at(resource, "encounter"));
    Object context = Tree.at(resource, "context");
    visit(context);
    for (Map<String, Object> encounter : Tree.objects(context, "encounter")) {
      visit(encounter);
    }
    String status = Tree.text(resource, "status");
    withdrawn = WITHDRAWN.contains(String.valueOf(status))
        || "entered-in-error".equals(Tree.text(resource, "docStatus"));
    for (Map<String, Object> coding : Tree.objects(resource, "verificationStatus", "coding")) {
      withdrawn |= "entered-in-error".equals(coding.get("code"));
    }
    replacedBy = null;
    for (Map<String, Object> link : Tree.objects(resource, "link")) {
      if (type.equals("Patient") && "replaced-by".equals(link.get("type"))) {
        replacedBy = Tree.text(link, "other", "reference");
      }
    }
    own = times(resource);
    if (type.equals("Encounter")) {
      endSaid = Tree.text(resource, "period", "end") != null;
      stays = STAYS.contains(String.valueOf(Tree.text(resource, "class", "code"))) && !OVER.contains(String.valueOf(status));
    }
    String updated = Tree.text(resource, "meta", "lastUpdated");
    Span last = Span.of(updated);
    said = last == null ? heard : last.ends();
  }

  private void note(Map<String, Object> identifier) {
    if (identifier.get("system") instanceof String system && identifier.get("value") instanceof String value) {
      identifiers.add(system + "|" + value);
    }
  }

  private void visit(Object reference) {
    if (Tree.at(reference, "reference") instanceof String to) {
      visits.add(to);
    } else if (reference instanceof Map<?, ?> && isHidden(reference)) {
      visitHidden = true;
    }
  }

  private static boolean isHidden(Object reference) {
    return "masked".equals(Tree.text(reference, "extension", "valueCode"));
  }

  /** Every Reference in a resource to another one, at whatever depth; not those to what it contains. */
  static void eachReference(Object from, Consumer<Map<String, Object>> each) {
    if (from instanceof Map<?, ?> map) {
      map.values().forEach(value -> eachReference(value, each));
      if (map.get("reference") instanceof String url && !url.startsWith("#")) {
        each.accept(Tree.cast(map));
      }
    } else if (from instanceof List<?> list) {
      list.forEach(item -> eachReference(item, each));
    }
  }

  /** When something was: the fields of each type, in the order in which they say it best. */
  private static final Map<String, String[][]> TIMES = Map.of(
      "Encounter", new String[][] {{"period"}},
      "Condition", new String[][] {{"recordedDate", "onsetDateTime", "onsetPeriod", "abatementDateTime", "abatementPeriod"}},
      "Procedure", new String[][] {{"performedDateTime", "performedPeriod"}},
      "MedicationRequest", new String[][] {{"authoredOn"}},
      "MedicationDispense", new String[][] {{"whenHandedOver", "whenPrepared"}},
      "MedicationAdministration", new String[][] {{"effectiveDateTime", "effectivePeriod"}},
      "MedicationStatement", new String[][] {{"effectiveDateTime", "effectivePeriod"}, {"dateAsserted"}},
      "Observation", new String[][] {{"effectiveDateTime", "effectivePeriod", "effectiveInstant"}, {"issued"}},
      "DiagnosticReport", new String[][] {{"effectiveDateTime", "effectivePeriod"}, {"issued"}},
      "DocumentReference", new String[][] {{"date"}});

  private Span times(Map<String, Object> resource) {
    Span found = null;
    for (String[] fields : TIMES.getOrDefault(type, new String[0][])) {
      for (String field : fields) {
        Object value = resource.get(field);
        if (value instanceof String text) {
          found = Span.around(found, Span.of(text));
        } else if (value instanceof Map<?, ?>) {
          found = Span.around(found, Span.around(Span.of(Tree.text(value, "start")), Span.of(Tree.text(value, "end"))));
        }
      }
      if (found != null) {
        return found;
      }
    }
    if (type.equals("DocumentReference")) {
      return Span.around(Span.of(Tree.text(resource, "context", "period", "start")),
          Span.of(Tree.text(resource, "context", "period", "end")));
    }
    return null;
  }

  /** Until when a visit without an end is known to have lasted, by whoever could see all of it; or null. */
  Span lastKnown() {
    for (Map<String, Object> extension : Tree.objects(tree(), "extension")) {
      if (LAST_KNOWN.equals(extension.get("url"))) {
        return Span.of(Tree.text(extension, "valueDateTime"));
      }
    }
    return null;
  }
}
