package io.emrgateway.mappings;

import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.rules.RuleSet.Request;
import io.emrgateway.mappings.rules.RuleSet.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whom and which visits a bundle is about, so that it can be found again without being read.
 *
 * <p>Holds patient data: what is kept of it is kept as keyed hashes or sealed.
 */
public record About(List<Person> patients, List<Visit> visits) {
  /** Of a message that tells of nobody, or has no bundle. */
  public static final About NOBODY = new About(List.of(), List.of());

  /** An identifier: the absolute URI of its numbering, and its value. */
  public record Identifier(String system, String value) {}

  /**
   * @param key by which the bundle's request recognises the patient, the same in every message about them
   * @param identifiers all that the message gives, that of the key among them
   * @param replacedBy key of the patient's record that this one has been merged into, or null
   */
  public record Person(Identifier key, List<Identifier> identifiers, Identifier replacedBy) {
    public Person {
      identifiers = List.copyOf(identifiers);
    }
  }

  /**
   * @param key by which the bundle's request recognises the visit
   * @param identifiers all that the message gives, that of the key among them
   * @param patient key of the patient whose visit it is, or null
   * @param status as R4's encounter-status has it, e.g. {@code in-progress}
   * @param kind of the visit, as v3-ActCode has it, e.g. {@code IMP}; null when the message does not say
   * @param begins and {@code ends}: dateTime as precise as the message says, or null
   * @param onlyNamed the message knows of the visit and says nothing about it: its state is no news
   */
  public record Visit(Identifier key, List<Identifier> identifiers, Identifier patient, String status, String kind, String begins,
      String ends, boolean onlyNamed) {
    public Visit {
      identifiers = List.copyOf(identifiers);
    }
  }

  public About {
    patients = List.copyOf(patients);
    visits = List.copyOf(visits);
  }

  static About of(List<Resource> resources) {
    Map<String, Identifier> patientKeys = new HashMap<>(4);
    for (Resource resource : resources) {
      if (is(resource, "Patient")) {
        patientKeys.put(resource.fullUrl(), keyOf(resource));
      }
    }
    List<Person> patients = new ArrayList<>(1);
    List<Visit> visits = new ArrayList<>(1);
    for (Resource resource : resources) {
      if (is(resource, "Patient")) {
        patients.add(new Person(keyOf(resource), identifiers(resource.element()), replacedBy(resource, patientKeys)));
      } else if (is(resource, "Encounter")) {
        visits.add(visit(resource, patientKeys));
      }
    }
    return new About(patients, visits);
  }

  private static boolean is(Resource resource, String type) {
    return resource.element().type().name().equals(type);
  }

  private static Identifier keyOf(Resource resource) {
    return new Identifier(resource.system(), resource.value());
  }

  private static List<Identifier> identifiers(Element element) {
    List<Identifier> found = new ArrayList<>(4);
    for (Element identifier : element.list("identifier")) {
      String system = identifier.text("system");
      String value = identifier.text("value");
      if (system != null && value != null) {
        found.add(new Identifier(system, value));
      }
    }
    return found;
  }

  private static Identifier replacedBy(Resource patient, Map<String, Identifier> patientKeys) {
    for (Element link : patient.element().list("link")) {
      if ("replaced-by".equals(link.text("type")) && link.get("other") instanceof Element other) {
        return patientKeys.get(other.text("reference"));
      }
    }
    return null;
  }

  private static Visit visit(Resource resource, Map<String, Identifier> patientKeys) {
    Element visit = resource.element();
    Identifier patient = visit.get("subject") instanceof Element subject ? patientKeys.get(subject.text("reference")) : null;
    String kind = visit.get("class") instanceof Element coding ? coding.text("code") : null;
    Element period = visit.get("period") instanceof Element element ? element : null;
    return new Visit(keyOf(resource), identifiers(visit), patient, visit.text("status"), kind,
        period == null ? null : period.text("start"), period == null ? null : period.text("end"), resource.request() == Request.CREATE);
  }
}
