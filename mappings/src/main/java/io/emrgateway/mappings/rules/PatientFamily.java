package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import java.util.Map;

/** What a patient and a visit bring along besides their own fields: next of kin, protection, expectations. */
final class PatientFamily implements Family {

  @Override
  public Map<String, Row.Action> functions() {
    return Map.ofEntries(
        Map.entry("animal", PatientFamily::animal),
        Map.entry("mother", PatientFamily::mother),
        Map.entry("merged", PatientFamily::merged),
        Map.entry("deleted-person", PatientFamily::deleted),
        Map.entry("organization-name", PatientFamily::organizationName),
        Map.entry("contact-organization", PatientFamily::contactOrganization),
        Map.entry("expected-days", PatientFamily::expectedDays),
        Map.entry("discharged-how", call -> unless("A13", call, "CWE[CodeableConcept]")),
        Map.entry("discharged-to", call -> unless("A13", call, "CWE[Location]")),
        Map.entry("was-before", call -> unless("A12", call, "PL[Location]")),
        Map.entry("bed-status", PatientFamily::bedStatus),
        Map.entry("protected-visit", PatientFamily::protectedVisit));
  }

  @Override
  public Map<String, Identities.Identity> identities() {
    return Map.of("linkage", PatientFamily::linkage,
        "living-will", (run, i) -> Identities.owned(run, i, "living-will", "Patient", ""));
  }

  /** PID-35 and PID-36: species and breed. Some systems send the species of every patient; that man is one is no news. */
  private static void animal(Call call) {
    Element species = concept(call, call.part());
    for (Element coding : species.list("coding")) {
      if ("337915000".equals(coding.text("code"))) { // SNOMED CT: Homo sapiens
        return;
      }
    }
    if (species.isEmpty()) {
      return;
    }
    Element animal = Element.of("Extension").with("url", Functions.HL7 + "patient-animal")
        .with("extension", Concepts.extension("species", "valueCodeableConcept", species));
    Element breed = concept(call, call.segment().field(36).repetition(1));
    if (!breed.isEmpty()) {
      animal.with("extension", Concepts.extension("breed", "valueCodeableConcept", breed));
    }
    call.root().with("extension", animal);
  }

  private static Element concept(Call call, Part cwe) {
    Element concept = Element.of("CodeableConcept");
    if (cwe.isValued()) {
      call.run().fill(call.run().rules().map("CWE[CodeableConcept]"), concept, cwe, call, call.instance());
    }
    return concept;
  }

  /** PID-21: the mother of a newborn, as a relative with her own number; what else is known of her is not told here. */
  private static void mother(Call call) {
    Instance mother = call.run().addResource(call.run().rules().map("CX[RelatedPerson]"), call);
    mother.ifAbsent = true;
    Element patient = Element.of("Reference");
    mother.element.with("patient", patient);
    call.run().refer(patient, call.instance());
    mother.element.with("relationship", Element.of("CodeableConcept").with("coding", Concepts.coding(
        "http://terminology.hl7.org/CodeSystem/v3-RoleCode", null, "MTH", "mother")));
  }

  /**
   * MRG: the old patient is inactive and says by whom he was replaced.
   *
   * <p>A system that has not heard of the merge may write him anew afterwards, and each such message is the whole of
   * what a receiver then knows of him. So the merge is told a second time, in a Linkage that no other message touches.
   */
  private static void merged(Call call) {
    Instance survivor = call.instance().group.nearest("Patient");
    if (survivor == null || Identities.patientNumber(survivor.element) == null
        || Identities.patientNumber(call.root()) == null
        || call.run().identify(survivor).equals(call.run().identify(call.instance()))) {
      call.instance().touched = false; // Nobody has been replaced: not by nobody, nor by himself.
      return;
    }
    Element by = Element.of("Reference");
    call.run().refer(by, survivor);
    call.root().with("active", "false");
    call.root().with("link", Element.of("Patient.link").with("other", by).with("type", "replaced-by"));
    Instance linkage = call.run().resource("[Linkage]", Part.EMPTY, call);
    linkage.parts.add(survivor);
    linkage.parts.add(call.instance());
    linkage.element.with("active", "true");
    linkage.element.with("item", linked(call, "source", survivor));
    linkage.element.with("item", linked(call, "historical", call.instance()));
  }

  private static Element linked(Call call, String type, Instance patient) {
    Element reference = Element.of("Reference");
    call.run().refer(reference, patient);
    return Element.of("Linkage.item").with("type", type).with("resource", reference);
  }

  /** One merge: recognised by the two patients, in this hospital. */
  private static Instance.Key linkage(Run run, Instance instance) {
    Instance.Key source = run.identify(instance.parts.get(0));
    Instance.Key historical = run.identify(instance.parts.get(1));
    return Identities.byId(instance, "linkage", source.system(), source.value(), historical.value());
  }

  /** A29: the record should not have been there; what is filed under it stays, and says whose it was. */
  private static void deleted(Call call) {
    if (call.run().event().equals("A29")) {
      call.root().with("active", "false");
    }
  }

  /** XON as text: its name, else its number. */
  private static void organizationName(Call call) {
    String name = call.part().component(1).text();
    if (name == null) {
      name = call.part().component(10).text();
    }
    call.put(name == null ? call.part().component(3).text() : name);
  }

  /** NK1-13, with whom to ask for there (NK1-30), the number (NK1-31) and the address (NK1-32). */
  private static void contactOrganization(Call call) {
    if (call.root().has("organization")) {
      return; // A contact has room for one.
    }
    Segment nk1 = call.segment();
    Instance organization = call.run().resource("XON[Organization]", call.part(), call);
    Element contact = Element.of("Organization.contact");
    call.put(contact, "name", "XPN[HumanName]", nk1.field(30).repetition(1));
    for (Part number : nk1.field(31).eachRepetition()) {
      call.put(contact, "telecom", "XTN[ContactPoint]", number);
    }
    call.put(contact, "address", "XAD[Address]", nk1.field(32).repetition(1));
    if (!contact.isEmpty()) {
      organization.element.with("contact", contact);
    }
    Element reference = Element.of("Reference");
    call.root().with("organization", reference);
    call.run().refer(reference, organization);
  }

  /** PV2-10: how many days the stay was expected to last. */
  private static void expectedDays(Call call) {
    String days = ObservationValues.number(call.part().text());
    if (days == null) {
      call.note(Finding.VALUE_UNUSABLE);
      return;
    }
    call.root().with("extension", Concepts.extension(Functions.EXTENSION + "expected-length", "valueQuantity",
        Element.of("Quantity").with("value", days).with("unit", "d")
            .with("system", "http://unitsofmeasure.org").with("code", "d")));
  }

  /** What the message of every other event says with this field; that of this one takes it back. */
  private static void unless(String event, Call call, String map) {
    if (!call.run().event().equals(event)) {
      call.as(call.run().rules().map(map));
    }
  }

  /** PV1-40: what is the matter with the bed (or room) of PV1-3, said of that place; a ward has no such state. */
  private static void bedStatus(Call call) {
    Part place = call.segment().field(3).repetition(1);
    Instance location = call.run().madeOf("PL[Location]", place);
    String code = call.part().text();
    if (location != null && (place.component(2).isValued() || place.component(3).isValued())) {
      CodeTable table = call.run().rules().codes("v2-0116");
      String system = table.has(code) ? table.system() : call.site().system("codes", "HL70116");
      location.element.with("operationalStatus", Concepts.coding(system, null, code, table.names().get(code)));
    }
  }

  /** PV2-22: whether the visit is under special protection, as a label that access control understands. */
  private static void protectedVisit(Call call) {
    boolean isProtected = "Y".equals(call.part().text());
    if (isProtected || "N".equals(call.part().text())) {
      Element meta = call.root().child(call.root().type().slot("meta"), -1);
      Element label = Concepts.coding("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", null,
          isProtected ? "R" : "N", isProtected ? "restricted" : "normal");
      // PV2 may come once for each order; a label stands once.
      if (!meta.list("security").contains(label)) {
        meta.with("security", label);
      }
    }
  }
}
