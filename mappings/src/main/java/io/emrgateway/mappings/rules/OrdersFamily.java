package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Orders and results: who asked, who answered, what an order follows from, and what a comment belongs to. */
final class OrdersFamily implements Family {
  private static final String CALLBACK = Functions.HL7 + "servicerequest-order-callback-phone-number";

  private static final Set<String> LABORATORY_SECTIONS = Set.of("BG", "BLB", "CG", "CH", "CP", "GE", "HM", "IMM", "LAB",
      "MB", "MCB", "MYC", "OSL", "PAR", "PAT", "SP", "SR", "TX", "URN", "VR");

  /** Control codes (HL7 0119) whose transaction is the writing of the order itself. */
  private static final Set<String> WRITES_THE_ORDER = Set.of("NW", "SN", "PN");

  @Override
  public Map<String, Row.Action> functions() {
    return Map.ofEntries(
        Map.entry("performing-organization", OrdersFamily::performingOrganization),
        Map.entry("ordering-provider", OrdersFamily::orderingProvider),
        Map.entry("order-transaction", OrdersFamily::transaction),
        Map.entry("callback-number", OrdersFamily::callback),
        Map.entry("parent-order", OrdersFamily::parentOrder),
        Map.entry("parent-service", OrdersFamily::parentService),
        Map.entry("reflex-order", OrdersFamily::reflexOrder),
        Map.entry("taken-back-with-report", OrdersFamily::takenBack),
        Map.entry("cancelled-with-report", OrdersFamily::cancelledOrder),
        Map.entry("annotation", OrdersFamily::annotation),
        Map.entry("sub-id", OrdersFamily::subId),
        Map.entry("specimen-parents", OrdersFamily::specimenParents),
        Map.entry("group-number", OrdersFamily::groupNumber),
        Map.entry("group-numbers", OrdersFamily::groupNumbers),
        Map.entry("filler-group-number", OrdersFamily::fillerGroupNumber),
        Map.entry("report-number", OrdersFamily::reportNumber),
        Map.entry("clinical-information", OrdersFamily::clinicalInformation),
        Map.entry("fasting", OrdersFamily::fasting),
        Map.entry("observed-specimen", OrdersFamily::observedSpecimen));
  }

  @Override
  public Map<String, Conditions.Condition> conditions() {
    return Map.of(
        // SPM, where it is sent, says more about the specimen than OBR can.
        "describes-a-specimen", (run, segment) -> run.hl7().first("SPM") == null
            && (Conditions.says(segment, 15, 14, 9, 10, 39) || segment.field(7).isValued() && examinesASpecimen(run, segment)),
        // NK1 with no name is still a contact when there is a way to reach one (pat-1 asks for no more); a contact
        // role alone makes no person.
        "names-someone", (run, segment) -> Conditions.says(segment, 2, 30, 13, 4, 5, 6, 40, 41, 31, 32),
        "is-a-relative", (run, segment) -> isRelative(segment.field(3).component(1).text()) && !isThePatient(segment)
            && Conditions.says(segment, 2, 30, 4, 5, 6, 40, 41, 31, 32));
  }

  /**
   * Whether OBR-7 is when a specimen was taken: in a laboratory order, and in the report of a section (HL7 0074) that
   * works on specimens. Elsewhere it is as well the time of an echocardiogram.
   */
  private static boolean examinesASpecimen(Run run, Segment obr) {
    String section = obr.field(24).component(1).text();
    return section == null ? run.type().startsWith("OML")
        : LABORATORY_SECTIONS.contains(section);
  }

  @Override
  public Map<String, Identities.Identity> identities() {
    return Map.of("role", OrdersFamily::role);
  }

  /** The guide: NK1 of an employer, an insurer or an agency is a contact, no relative. */
  private static boolean isRelative(String role) {
    return role == null || !Set.of("EMR", "E", "F", "I", "S").contains(role);
  }

  /** NK1-3 本人: the patient's own numbers again. By the word or HL7's code alone, for 01 is another in many a list. */
  private static boolean isThePatient(Segment nk1) {
    for (int component : new int[] {1, 2, 4, 5}) {
      String said = nk1.field(3).component(component).text();
      if (said != null && (said.equals("本人") || said.equalsIgnoreCase("SEL") || said.equalsIgnoreCase("SELF"))) {
        return true;
      }
    }
    return false;
  }

  /** What somebody does for an organization: recognised by the two and what it is. */
  private static Instance.Key role(Run run, Instance instance) {
    String[] parts = new String[1 + 2 * instance.parts.size()];
    parts[0] = Identities.codeOf(instance.element);
    for (int i = 0; i < instance.parts.size(); i++) {
      Instance.Key key = run.identify(instance.parts.get(i));
      parts[2 * i + 1] = instance.parts.get(i).type() + key.system();
      parts[2 * i + 2] = key.value();
    }
    return Identities.give(instance, run.site().system("role", null), Identities.hash(parts));
  }

  /**
   * OBX-23 to OBX-25: the laboratory, its address and its medical director. Every result of a report names the same
   * one, so it is made once and referred to. With a director the performer is the director's role there, as the guide
   * has it; the organization stands behind the role.
   */
  private static void performingOrganization(Call call) {
    Segment obx = call.segment();
    if (call.repetition() > 1 || call.field() > 23 && obx.field(23).isValued()
        || call.field() > 24 && obx.field(24).isValued()) {
      return; // The row of an earlier field has written all.
    }
    Part name = obx.field(23).repetition(1);
    Part address = obx.field(24).repetition(1);
    Part director = obx.field(25).repetition(1);
    String same = "OBX-23|" + name.raw() + '|' + address.raw() + '|' + director.raw();
    Instance performer = call.run().shared(same, () -> {
      Instance laboratory = !name.isValued() && !address.isValued() ? null
          : call.run().resource("XON[Organization]", name, call);
      if (laboratory != null) {
        call.put(laboratory.element, "address", "XAD[Address]", address);
      }
      Instance person = !director.isValued() ? null : call.run().resource("XCN[Practitioner]", director, call);
      return person == null ? laboratory
          : role(call, person, laboratory, "http://terminology.hl7.org/CodeSystem/v2-0912", "MDIR", "Medical Director");
    });
    if (performer == null) {
      call.note(Finding.VALUE_UNUSABLE);
      return;
    }
    refer(call, call.root(), "performer", performer);
  }

  private static void refer(Call call, Element from, String name, Instance to) {
    Element reference = Element.of("Reference");
    from.with(name, reference);
    call.run().refer(reference, to);
  }

  private static Instance role(Call call, Instance person, Instance organization, String system, String code,
      String display) {
    Instance role = call.run().resource("[PractitionerRole]", Part.EMPTY, call);
    if (person != null) {
      refer(call, role.element, "practitioner", person);
      role.parts.add(person);
    }
    if (organization != null) {
      refer(call, role.element, "organization", organization);
      role.parts.add(organization);
    }
    if (code != null) {
      role.element.with("code", Element.of("CodeableConcept")
          .with("coding", Concepts.coding(system, null, code, display)));
    }
    return role;
  }

  /**
   * ORC-12 with ORC-21 to ORC-24: who asked, for which department, and where these are. Where the order control
   * names no person, the one of the order's OBR-16 is meant. One who asks for nobody stays a plain practitioner.
   */
  private static void orderingProvider(Call call) {
    Segment orc = call.segment();
    if (call.root().has("requester") || call.repetition() > 1) {
      return;
    }
    Part person = orc.field(12).repetition(1);
    if (!person.isValued()) {
      Segment obr = call.run().detail(orc, "OBR");
      person = obr == null ? Part.EMPTY : obr.field(16).repetition(1);
    }
    Part who = person;
    Part facility = orc.field(21).repetition(1);
    Part home = orc.field(24).repetition(1);
    String same = "ORC-12|" + who.raw() + orc.field(12).raw() + '|' + facility.raw() + '|' + orc.field(22).raw() + '|'
        + orc.field(23).raw() + '|' + home.raw();
    Instance requester = call.run().shared(same, () -> {
      Instance practitioner = who.isValued() ? call.run().resource("XCN[Practitioner]", who, call) : null;
      if (practitioner != null) {
        furtherNumbers(call, practitioner.element, who, orc.field(12));
        call.put(practitioner.element, "address", "XAD[Address]", home);
      }
      boolean known = facility.isValued() || orc.field(22).isValued() || orc.field(23).isValued();
      Instance department = known ? call.run().resource("XON[Organization]", facility, call) : null;
      if (department == null) {
        return practitioner;
      }
      call.put(department.element, "address", "XAD[Address]", orc.field(22).repetition(1));
      for (Part number : orc.field(23).eachRepetition()) {
        call.put(department.element, "telecom", "XTN[ContactPoint]", number);
      }
      return practitioner == null ? department : role(call, practitioner, department, null, null, null);
    });
    if (requester != null) {
      refer(call, call.root(), "requester", requester);
    }
  }

  /** Some systems repeat a person for each of their numbers (licence, national, insurer's): it is still one person. */
  private static void furtherNumbers(Call call, Element practitioner, Part person, Part all) {
    String number = person.component(1).text();
    for (Part other : all.eachRepetition()) {
      String further = other.component(1).text();
      if (further != null && !further.equals(number) && person.component(2).isValued()
          && person.component(2).raw().equals(other.component(2).raw())
          && person.component(3).raw().equals(other.component(3).raw())) {
        call.put(practitioner, "identifier", "XCN[Identifier]", other.component(1));
      }
    }
  }

  /**
   * ORC-1 and ORC-9: what has just been done with the order, and when. Only the transaction that writes the order
   * tells when it was written; any other is a business event beside it.
   */
  private static void transaction(Call call) {
    String control = call.segment().field(1).text();
    String time = Times.dateTime(text(call.segment().field(9)), call.site().zone());
    boolean writes = control == null || WRITES_THE_ORDER.contains(control);
    if (writes && time != null && !call.root().has("authoredOn")) {
      call.root().with("authoredOn", time);
    }
    if (call.field() == 9 && control != null) {
      return; // The row of ORC-1 has written the event.
    }
    businessEvent(call, call.segment());
  }

  /** Whether this segment tells only what has become of an order: by a control that does not write one, or by ORC-5. */
  static boolean tellsWhatBecameOfIt(Segment segment) {
    if (!segment.name().equals("ORC")) {
      return false;
    }
    String control = segment.field(1).text();
    return control == null ? segment.field(5).isValued() : !WRITES_THE_ORDER.contains(control) && !control.equals("RO");
  }

  /** What ORC-1 does, and when (ORC-9), beside the resource that it is done to. */
  static void businessEvent(Call call, Segment orc) {
    String control = orc.field(1).text();
    String time = Times.dateTime(text(orc.field(9)), call.site().zone());
    Element event = Element.of("Extension").with("url", Functions.HL7 + "businessEvent");
    if (control != null && Primitives.valid(Kind.CODE, control)) {
      CodeTable table = call.run().rules().codes("v2-0119");
      event.with("extension", Concepts.extension("value", "valueCodeableConcept", Element.of("CodeableConcept")
          .with("coding", Concepts.coding(
              table.has(control) ? table.system() : call.site().system("codes", "HL70119"), null, control, null))));
    }
    if (time != null && Primitives.valid(Kind.DATE_TIME, time)) {
      event.with("extension", Concepts.extension("date", "valueDateTime", time));
    }
    if (!event.list("extension").isEmpty()) {
      call.root().with("extension", event);
    }
  }

  private static String text(Part part) {
    return part.text() == null ? "" : part.text();
  }

  /** ORC-14, unless OBR-17 of the same order says it again. */
  private static void callback(Call call) {
    Segment obr = call.run().detail(call.segment(), "OBR");
    if (obr != null && obr.field(17).isValued()) {
      return;
    }
    Element telecom = call.read("XTN[ContactPoint]");
    if (!telecom.isEmpty()) {
      call.root().with("extension", Concepts.extension(CALLBACK, "valueContactPoint", telecom));
    }
  }

  /**
   * OBR-29: the order that this one follows from, by its number, which has the same system there as here; it need not
   * be part of this message.
   */
  private static void parentOrder(Call call) {
    for (int side = 1; side <= 2; side++) {
      Part ei = call.part().component(side).packed();
      String value = ei.component(1).text();
      if (value == null) {
        continue;
      }
      String system = Codes.numbering(call.site(), ei, side == 1 ? "order" : "filler");
      parent(call, call.root()).with("type", "ServiceRequest")
          .with("identifier", Element.of("Identifier").with("system", system).with("value", value));
    }
  }

  /** The reference that has no number yet: the service (ORC-31) and the number (OBR-29) are of one parent. */
  private static Element parent(Call call, Element order) {
    List<Element> all = order.list("basedOn");
    if (!all.isEmpty() && !all.get(all.size() - 1).has("identifier")) {
      return all.get(all.size() - 1);
    }
    return order.child(order.type().slot("basedOn"), -1);
  }

  /** ORC-31 and OBR-50: which service the parent order asked for; a laboratory reuses its numbers. */
  private static void parentService(Call call) {
    Element service = call.read("CWE[CodeableConcept]");
    List<Element> all = call.root().list("basedOn");
    Element parent = all.isEmpty() ? parent(call, call.root()) : all.get(all.size() - 1);
    if (!service.isEmpty() && parent.list("extension").isEmpty()) {
      parent.with("type", "ServiceRequest");
      parent.with("extension", Concepts.extension(
          Functions.EXTENSION + "parent-service", "valueCodeableConcept", service));
    }
  }

  /** OBR-11: G is an order that the laboratory's own rules made. R4 has no intent for an added test (A). */
  private static void reflexOrder(Call call) {
    if ("G".equals(call.part().text())) {
      call.root().with("intent", "reflex-order");
    }
  }

  /**
   * OBR-25 X: the laboratory does not do what was ordered. A result leaves what the city knows of an order as it is, but
   * for this: an order that nobody will do must not go on looking as if somebody did.
   */
  private static void cancelledOrder(Call call) {
    if ("X".equals(call.part().text()) && "revoked".equals(call.root().text("status"))) {
      call.instance().ifAbsent = false;
    }
  }

  /**
   * OBR-25 that says that a whole report was wrong (D, W) or that there is none (X): what OBX-11 still calls final, as it
   * did when the report was first sent, is not. A result that is corrected (C) is right now.
   */
  private static void takenBack(Call call) {
    Segment obr = call.instance().group.segment("OBR");
    String report = obr == null ? null : obr.field(25).text();
    String result = call.segment().field(11).text();
    String status = report == null ? null : switch (report) {
      case "D", "W" -> "entered-in-error";
      case "X" -> "cancelled";
      default -> null;
    };
    if (status != null && (result == null || "F".equals(result) || "P".equals(result))) {
      call.root().with("status", status);
    }
  }

  /** NTE-3 as an annotation of its own, with its author (NTE-5), time (NTE-6) and kind (NTE-4) where they are said. */
  private static void annotation(Call call) {
    String text = call.part().whole();
    if (text == null || !Primitives.valid(Kind.STRING, text)) {
      return;
    }
    Segment nte = call.segment();
    Element note = Element.of("Annotation").with("text", text);
    call.root().with("note", note);
    if (nte.field(4).isValued()) {
      Call of = new Call(
          call.run(), call.row(), call.root(), nte.field(4).repetition(1), nte, 4, 1, call.instance());
      Element kind = of.read("CWE[CodeableConcept]");
      if (!kind.isEmpty()) {
        note.with("extension", Concepts.extension(
            Functions.EXTENSION + "note-type", "valueCodeableConcept", kind));
      }
    }
    if (nte.field(5).isValued()) {
      Part author = nte.field(5).repetition(1);
      Instance made = call.run().shared("NTE-5|" + author.raw(),
          () -> call.run().resource("XCN[Practitioner]", author, call));
      if (made != null) {
        Element reference = Element.of("Reference");
        note.with("authorReference", reference);
        call.run().refer(reference, made);
      }
    }
    note.with("time", Times.dateTime(text(nte.field(6)), call.site().zone()));
  }

  /**
   * OBX-4 where it says something: results with the same code belong together by it. A running number (equal to
   * OBX-1 in every result), or a 1 where every result has one, says nothing.
   */
  private static void subId(Call call) {
    String id = call.part().whole();
    if (id == null || call.run().subIdsCount()) {
      return;
    }
    if (Primitives.valid(Kind.STRING, id)) {
      call.root().with("extension", Element.of("Extension").with("url", Functions.HL7 + "observation-v2-subid")
          .with("extension", Concepts.extension("original-sub-identifier", "valueString", id)));
    }
  }

  /** SPM-3: the specimens that this one was made of, by number; they need not be part of this message. */
  private static void specimenParents(Call call) {
    Element number = specimenNumber(call);
    if (number != null) {
      call.root().with("parent", Element.of("Reference").with("type", "Specimen").with("identifier", number));
    }
  }

  /**
   * OBX-33: the specimen that was looked at, by number, and as the resource where SPM of this message has that number.
   * R4 has room for one; further ones (a value reckoned from several) stand in an extension.
   */
  private static void observedSpecimen(Call call) {
    Element number = specimenNumber(call);
    if (number == null) {
      return;
    }
    Element reference = Element.of("Reference").with("type", "Specimen").with("identifier", number);
    call.run().referByNumber(reference);
    if (call.root().has("specimen")) {
      call.root().with("extension",
          Concepts.extension(Functions.EXTENSION + "further-specimen", "valueReference", reference));
    } else {
      call.root().with("specimen", reference);
    }
  }

  /** The placer's (else the filler's) half of an EIP as SPM-2 writes it; null when there is neither. */
  private static Element specimenNumber(Call call) {
    Part ei = call.part().component(1).packed();
    boolean placer = ei.component(1).isValued();
    if (!placer) {
      ei = call.part().component(2).packed();
    }
    String value = ei.component(1).text();
    return value == null ? null : Element.of("Identifier")
        .with("system", Codes.numbering(call.site(), ei, placer ? "specimen" : "specimen-filler"))
        .with("value", value);
  }

  /** ORC-4 where there is room for one: the placer's number of the group, else the filler's. */
  private static void groupNumber(Call call) {
    List<Element> numbers = groupNumbersIn(call);
    Element made = numbers.isEmpty() ? null : call.make();
    if (made != null) {
      made.with("system", numbers.get(0).text("system")).with("value", numbers.get(0).text("value"));
    }
  }

  private static void groupNumbers(Call call) {
    groupNumbersIn(call).forEach(number -> call.root().with("identifier", number));
  }

  /** The filler's number of a group of orders: the second half of ORC-4, from v2.9 on ORC-38. */
  private static void fillerGroupNumber(Call call) {
    if (call.field() == 38) {
      addGroupNumber(call, call.part(), 1);
    } else if (isPair(call.part()) && !call.segment().field(38).isValued()) {
      addGroupNumber(call, call.part().component(2).packed(), 1);
    }
  }

  private static void addGroupNumber(Call call, Part ei, int side) {
    Element number = groupNumber(call, ei, side);
    if (number != null) {
      call.root().with("identifier", number);
    }
  }

  /** ORC-4: the number that a group of orders has in common; in v2.8.2 the filler's half stands beside the placer's. */
  private static List<Element> groupNumbersIn(Call call) {
    List<Element> out = new ArrayList<>(2);
    boolean pair = isPair(call.part());
    for (int side = 0; side < (pair ? 2 : 1); side++) {
      Element number = groupNumber(call, pair ? call.part().component(side + 1).packed() : call.part(), side);
      if (number != null) {
        out.add(number);
      }
    }
    return out;
  }

  /** EIP or EI: only a pair packs a number with its namespace into one component. */
  private static boolean isPair(Part orc4) {
    return orc4.component(1).subcomponents() > 1 || orc4.component(2).subcomponents() > 1;
  }

  private static Element groupNumber(Call call, Part ei, int side) {
    String[] types = {"Placer Group Number", "Filler Group Number"}; // Not in HL7 0203 as R4 publishes it.
    String value = ei.component(1).text();
    return value == null ? null : Element.of("Identifier")
        .with("type", Element.of("CodeableConcept").with("text", types[side]))
        .with("system", Codes.numbering(call.site(), ei, "order-group"))
        .with("value", value);
  }

  /** OBR-13: words, and from v2.9 on a code of which the words count. */
  private static void clinicalInformation(Call call) {
    call.put(call.part().components() > 1 ? Functions.conceptText(call.part()) : call.part().whole());
  }

  /** OBR-13 where it is a code of HL7 0916: whether the patient had fasted when the specimen was taken. */
  private static void fasting(Call call) {
    CodeTable table = call.run().rules().codes("v2-0916");
    String code = call.part().component(1).text();
    if (code != null && table.has(code)) {
      Element collection = call.root().child(call.root().type().slot("collection"), -1);
      collection.with("fastingStatusCodeableConcept",
          Functions.concept(table.system(), code, table.names().get(code)));
    }
  }

  /** OBR-2 or OBR-3 of a report where ORC does not say the same: an accession number often stands here only. */
  private static void reportNumber(Call call) {
    Segment orc = call.run().nearby("ORC");
    String value = call.part().component(1).text();
    if (orc == null || value == null || !value.equals(orc.field(call.field()).component(1).text())) {
      Element made = call.make();
      if (made != null) {
        call.run().fill(call.run().rules().map("EI[Identifier]"), made, call.part(), call, call.instance());
      }
    }
  }
}
