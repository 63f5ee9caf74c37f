package io.emrgateway.mappings.records;

import io.emrgateway.mappings.About.Identifier;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What of the records may be shown: the patient's own, in the window, of the sections asked for.
 *
 * <p>This is the line between one patient and all others. A thing is theirs if its subject is a record of the patient
 * that bears an identifier asked for, or one merged with such a record; a name or a birth date makes nobody the same.
 * What such a thing refers to comes along only if it is of {@link #SUPPORTS} and nobody else's.
 */
final class Selection {
  /** What is shown because something that was asked for refers to it. */
  private static final Set<String> SUPPORTS =
      Set.of("Practitioner", "Organization", "Location", "Specimen", "ServiceRequest", "Medication");

  /** By when it was, then by when it was first heard of, so that the same records make the same answer. */
  static final Comparator<Held> IN_ORDER = Comparator
      .comparing((Held held) -> held.own == null ? Instant.MAX : held.own.begins()).thenComparing(held -> held.order);

  /**
   * A visit with what belongs to it, or what belongs together and to no visit.
   *
   * @param visit null if there is none, or it is not to be shown
   */
  record Group(Held visit, List<Held> things) {}

  private final PatientRecords records;
  private final Asked asked;
  /** The patient's records: first the one that stands, last those merged into another. */
  final List<Held> patients = new ArrayList<>();
  final List<Group> groups = new ArrayList<>();
  /** All that was asked for and may be shown, without patients and supports. */
  final Set<Held> shown = new LinkedHashSet<>();
  private final Set<String> theirs = new HashSet<>();
  private final Map<Held, List<Held>> belongings = new HashMap<>();
  private final Map<Held, Held> reportOf = new HashMap<>();
  private final Map<Held, Span> spans = new HashMap<>();

  private Selection(PatientRecords records, Asked asked) {
    this.records = records;
    this.asked = asked;
  }

  static Selection of(PatientRecords records, Asked asked) {
    Selection selection = new Selection(records, asked);
    selection.findPatient();
    if (!selection.patients.isEmpty()) {
      selection.select();
    }
    return selection;
  }

  /** Whether anything of that type is ever shown. */
  static boolean mayComeOut(String type) {
    return type.equals("Patient") || SUPPORTS.contains(type) || Section.ofType(type) != null;
  }

  boolean isEmpty() {
    return shown.isEmpty();
  }

  /** Whether there was more than fitted when the records were told. */
  boolean isInPart() {
    return records.isInPart();
  }

  private void findPatient() {
    Set<Held> found = new LinkedHashSet<>();
    for (Identifier identifier : asked.identifiers()) {
      found.addAll(records.bearing("Patient", identifier.system(), identifier.value()));
    }
    for (boolean more = !found.isEmpty(); more;) {
      more = false;
      for (Held one : records.all()) {
        Held stands = records.at(one.replacedBy);
        if (stands != null && stands.type.equals("Patient") && found.contains(one) != found.contains(stands)) {
          found.add(one);
          found.add(stands);
          more = true;
        }
      }
    }
    patients.addAll(found);
    patients.sort(Comparator.comparing((Held one) -> one.replacedBy != null)
        .thenComparing(one -> -one.taken));
    patients.forEach(one -> theirs.add(one.url));
  }

  /** The record of the patient that stands for this one after all merges. */
  Held standing(Held patient) {
    Held now = patient;
    for (int hops = 0; hops < patients.size(); hops++) {
      Held next = records.at(now.replacedBy);
      now = next != null && patients.contains(next) ? next : now;
    }
    return now;
  }

  private void select() {
    List<Held> mine = new ArrayList<>();
    for (Held one : records.all()) {
      if (Section.ofType(one.type) != null && isTheirs(one)) {
        mine.add(one);
      }
    }
    mine.sort(IN_ORDER);
    for (Held one : mine) {
      if (one.type.equals("DiagnosticReport")) {
        one.references.forEach(to -> {
          Held result = records.at(to);
          if (result != null && result.type.equals("Observation") && isTheirs(result)) {
            reportOf.put(result, one);
          }
        });
      }
    }
    for (Held one : mine) {
      visitsOf(one).forEach(visit -> belongings.computeIfAbsent(visit, v -> new ArrayList<>()).add(one));
    }
    Map<Held, List<Held>> byVisit = new LinkedHashMap<>();
    List<Held> alone = new ArrayList<>();
    for (Held one : mine) {
      if (one.type.equals("Encounter") && mayShow(one)) {
        byVisit.put(one, new ArrayList<>());
      }
    }
    for (Held one : mine) {
      if (!one.type.equals("Encounter") && asked.sections().contains(Section.ofType(one.type)) && mayShow(one)) {
        shown.add(one);
        byVisit.getOrDefault(visitsOf(one).stream().filter(byVisit::containsKey).findFirst().orElse(null), alone).add(one);
      }
    }
    byVisit.forEach((visit, things) -> {
      boolean visible = asked.sections().contains(Section.VISITS);
      if (visible) {
        shown.add(visit);
      }
      things.sort(Comparator.comparing((Held one) -> Section.ofType(one.type)).thenComparing(IN_ORDER));
      if (visible || !things.isEmpty()) {
        groups.add(new Group(visible ? visit : null, things));
      }
    });
    if (!alone.isEmpty()) {
      alone.sort(Comparator.comparing((Held one) -> Section.ofType(one.type)).thenComparing(IN_ORDER));
      groups.add(new Group(null, alone));
    }
  }

  boolean isTheirs(Held one) {
    return one.patient != null && theirs.contains(one.patient);
  }

  private boolean mayShow(Held one) {
    if (one.withdrawn && !asked.withdrawnToo()) {
      return false;
    }
    if (one.type.equals("AllergyIntolerance")) {
      return true; // Whatever its date: decision 21.
    }
    if (one.type.equals("Encounter")) {
      return holds(spanOf(one));
    }
    List<Held> visits = visitsOf(one);
    List<Held> standing = visits.stream().filter(visit -> !visit.withdrawn || asked.withdrawnToo()).toList();
    if (!standing.isEmpty()) {
      return standing.stream().anyMatch(visit -> holds(spanOf(visit)));
    }
    if (!visits.isEmpty() && one.type.equals("Condition")) {
      return false; // The diagnosis of a visit that never was. A result was measured all the same.
    }
    return one.visitHidden || holds(timeOf(one));
  }

  private boolean holds(Span span) {
    return span != null && asked.window().holds(span);
  }

  private List<Held> visitsOf(Held one) {
    List<Held> visits = new ArrayList<>(1);
    for (String url : one.visits) {
      Held visit = records.at(url);
      if (visit != null && visit.type.equals("Encounter") && isTheirs(visit)) {
        visits.add(visit);
      }
    }
    Held report = reportOf.get(one);
    return visits.isEmpty() && report != null ? visitsOf(report) : visits;
  }

  /** When something was: a result of an unknown time was when its report says; else when it was last told of. */
  Span timeOf(Held one) {
    Held report = reportOf.get(one);
    Span own = one.own == null && report != null ? report.own : one.own;
    return own != null ? own : one.said == null ? null : Span.at(one.said);
  }

  /**
   * From when to when a visit lasted. A stay that has begun and of which no end is told goes on. Any other visit without
   * an end (hospitals discharge no outpatients) lasts until the last thing that is known of it.
   */
  Span spanOf(Held visit) {
    return spans.computeIfAbsent(visit, v -> {
      if (v.stays && !v.endSaid && v.own != null) {
        return new Span(v.own.begins(), Instant.MAX);
      }
      Span span = v.own;
      if (!v.endSaid) {
        span = Span.around(span, v.lastKnown());
        for (Held one : belongings.getOrDefault(v, List.of())) {
          span = one.tellsOfTheVisitsLength() ? Span.around(span, one.own) : span;
        }
      }
      return span != null ? span : v.said == null ? null : Span.at(v.said);
    });
  }

  /** What these refer to, and what that refers to, without these themselves; in the order in which it is met. */
  Set<Held> supportsOf(Collection<Held> things) {
    Set<Held> supports = new LinkedHashSet<>();
    Deque<Held> open = new ArrayDeque<>(things);
    while (!open.isEmpty()) {
      for (String url : open.poll().references) {
        Held to = records.at(url);
        if (to != null && SUPPORTS.contains(to.type) && (to.patient == null || isTheirs(to))
            && (!to.withdrawn || asked.withdrawnToo()) && supports.add(to)) {
          open.add(to);
        }
      }
    }
    return supports;
  }

  /** What a reference means, or null. */
  Held at(String url) {
    return records.at(url);
  }

  /** The report that a result belongs to, or null. */
  Held reportOf(Held result) {
    return reportOf.get(result);
  }
}
