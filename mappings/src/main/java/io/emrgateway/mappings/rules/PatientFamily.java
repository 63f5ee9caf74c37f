package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import java.util.Map;
import java.util.Set;

/** What a patient and a visit bring along besides their own fields: next of kin, protection, expectations. */
final class PatientFamily implements Family {

  @Override
  public Map<String, Row.Action> functions() {
    return Map.ofEntries(
        Map.entry("animal", PatientFamily::animal),
        Map.entry("mother", PatientFamily::mother),
        Map.entry("merged", PatientFamily::merged),
        Map.entry("deleted-person", PatientFamily::deleted),
        Map.entry("linked-person", PatientFamily::linkedPerson),
        Map.entry("organization-name", PatientFamily::organizationName),
        Map.entry("contact-organization", PatientFamily::contactOrganization),
        Map.entry("expected-days", PatientFamily::expectedDays),
        Map.entry("discharged-how", call -> unless("A13", call, "CWE[CodeableConcept]")),
        Map.entry("discharged-to", call -> unless("A13", call, "CWE[Location]")),
        Map.entry("was-before", call -> unless("A12", call, "PL[Location]")),
        Map.entry("bed-status", PatientFamily::bedStatus),
        Map.entry("protected-visit", PatientFamily::protectedVisit));
  }

  /** Events that tell of a link, a number, an account, a moved visit or an allergy; PID only says of whom. */
  private static final Set<String> NAMES_THE_PATIENT =
      Set.of("A24", "A35", "A37", "A41", "A42", "A43", "A44", "A45", "A48", "A49", "A50", "A51", "A60");

  /** Events about a person or a number: PV1, which the standard requires in most, describes no visit. */
  private static final Set<String> MENTIONS_A_VISIT = Set.of("A18", "A24", "A28", "A29", "A30", "A31", "A34", "A35",
      "A36", "A37", "A39", "A40", "A41", "A42", "A43", "A44", "A46", "A47", "A48", "A49", "A51", "A60");

  @Override
  public Map<String, Conditions.Condition> conditions() {
    return Map.of(
        "describes-the-patient", (run, pid) -> !NAMES_THE_PATIENT.contains(run.event()),
        "names-the-patient", (run, pid) -> NAMES_THE_PATIENT.contains(run.event()),
        "describes-a-visit", (run, pv1) -> describesAVisit(run) && isAVisit(run, pv1),
        "mentions-a-visit", (run, pv1) -> !describesAVisit(run) && isAVisit(run, pv1));
  }

  /**
   * Whether a message only mentions a visit that it does not number: where the patient is and who treats him are worth
   * keeping, but that he is there now nobody has said, and the next message would say it of another visit.
   */
  static boolean mentionsSomeVisit(Run run, Segment pv1) {
    return !describesAVisit(run) && !isNumbered(run, pv1);
  }

  private static boolean describesAVisit(Run run) {
    return run.type().startsWith("ADT") && !MENTIONS_A_VISIT.contains(run.event());
  }

  /** With class N, "not applicable", and no more a PV1 says that it is only there because the standard requires one. */
  private static boolean isAVisit(Run run, Segment pv1) {
    if (!"N".equals(pv1.field(2).component(1).text()) || isNumbered(run, pv1)) {
      return true;
    }
    for (int field = 3; field <= pv1.size(); field++) {
      if (Conditions.says(pv1, field)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the visit can be told from others: by its number, the account's, or its beginning. */
  private static boolean isNumbered(Run run, Segment pv1) {
    Segment pid = run.nearby("PID");
    return pv1.field(19).isValued() || pv1.field(50).isValued() || pv1.field(44).isValued()
        || pid != null && pid.field(18).isValued();
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
    if (survivor == null || Identities.patientNumber(call.site(), survivor.element) == null
        || Identities.patientNumber(call.site(), call.root()) == null
        || call.run().identify(survivor).equals(call.run().identify(call.instance()))) {
      call.instance().touched = false; // Nobody has been replaced: not by nobody, nor by himself.
      return;
    }
    Element by = Element.of("Reference");
    call.run().refer(by, survivor);
    call.root().with("active", "false");
    call.root().with("link", Element.of("Patient.link").with("other", by).with("type", "replaced-by"));
    linkage(call, survivor, "historical", true);
  }

  /**
   * A24 and A37, each with two PIDs: these two are the same person, or are not after all. Both records go on, and neither
   * message describes them, so that is told in a Linkage and nowhere else: A37 makes the one of A24 inactive.
   */
  private static void linkedPerson(Call call) {
    boolean links = call.run().event().equals("A24");
    Instance first = call.run().firstOf("Patient");
    if (!links && !call.run().event().equals("A37") || first == call.instance()
        || Identities.patientNumber(call.site(), first.element) == null || Identities.patientNumber(call.site(), call.root()) == null
        || call.run().identify(first).equals(call.run().identify(call.instance()))) {
      return;
    }
    linkage(call, first, "alternate", links);
  }

  private static void linkage(Call call, Instance source, String how, boolean active) {
    Instance linkage = call.run().resource("[Linkage]", Part.EMPTY, call);
    linkage.parts.add(source);
    linkage.parts.add(call.instance());
    linkage.element.with("active", String.valueOf(active));
    linkage.element.with("item", linked(call, "source", source));
    linkage.element.with("item", linked(call, how, call.instance()));
  }

  private static Element linked(Call call, String type, Instance patient) {
    Element reference = Element.of("Reference");
    call.run().refer(reference, patient);
    return Element.of("Linkage.item").with("type", type).with("resource", reference);
  }

  /** One merge or link: recognised by the two patients, in this hospital; of a link, in whichever order they are named. */
  private static Instance.Key linkage(Run run, Instance instance) {
    Instance.Key source = run.identify(instance.parts.get(0));
    Instance.Key other = run.identify(instance.parts.get(1));
    if ("alternate".equals(instance.element.list("item").get(1).text("type"))) {
      boolean inOrder = source.value().compareTo(other.value()) < 0;
      return Identities.byId(instance, "alternate", source.system(), inOrder ? source.value() : other.value(),
          inOrder ? other.value() : source.value());
    }
    return Identities.byId(instance, "linkage", source.system(), source.value(), other.value());
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
            .with("system", ObservationValues.UCUM).with("code", "d")));
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
