package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.Identities.Identity;
import java.util.Map;

/**
 * Who pays: insurance (IN1), guarantors (GT1), charges (FT1). These segments describe several people and companies
 * in their fields; each becomes a resource of its own.
 *
 * @see "HL7 v2.5.1 chapter 6"
 */
final class InsuranceFamily implements Family {
  private static final String COVERAGE_CLASS = "http://terminology.hl7.org/CodeSystem/coverage-class";

  @Override
  public Map<String, Row.Action> functions() {
    return Map.ofEntries(
        Map.entry("payor", InsuranceFamily::payor),
        Map.entry("company-system", (call) -> call.root().with("system", call.site().system(
            call.field() == 3 ? "payor" : "employer", call.part().component(4).subcomponent(1).text()))),
        Map.entry("policy-holder", InsuranceFamily::policyHolder),
        Map.entry("subscriber", InsuranceFamily::subscriber),
        Map.entry("subscriber-identifier", InsuranceFamily::subscriberIdentifier),
        Map.entry("coverage-group", InsuranceFamily::coverageGroup),
        Map.entry("financial-class", InsuranceFamily::financialClass),
        Map.entry("other-name", InsuranceFamily::otherName),
        Map.entry("money", InsuranceFamily::money),
        Map.entry("account-status", InsuranceFamily::accountStatus),
        Map.entry("guarantor-self", InsuranceFamily::guarantorSelf));
  }

  /** BAR^P06 ends an account, BAR^P02 purges it: neither takes further charges. */
  private static void accountStatus(Call call) {
    String event = call.run().event();
    if (event.equals("P06") || event.equals("P02")) {
      call.root().with("status", "inactive");
    }
  }

  @Override
  public Map<String, Conditions.Condition> conditions() {
    return Map.of(
        "guarantor-is-patient", (run, segment) -> isSelf(run, segment, 11),
        "guarantor-is-another", (run, segment) -> !isSelf(run, segment, 11) && segment.field(3).isValued(),
        "guarantor-is-a-company", (run, segment) -> !segment.field(3).isValued()
            && (segment.field(21).isValued() || segment.field(51).isValued()),
        // Payments and the like are movements of money, no items that were charged.
        "is-a-charge", (run, segment) -> {
          String kind = segment.field(6).component(1).text();
          return segment.field(7).isValued() && !"PY".equals(kind) && !"CO".equals(kind);
        });
  }

  @Override
  public Map<String, Identity> identities() {
    return Map.of(
        "insured", (run, i) -> Identities.owned(run, i, "insured", "Patient", people(i.element)),
        "guarantor", (run, i) -> Identities.owned(run, i, "guarantor", "Patient", people(i.element)),
        "account", (run, i) -> Identities.owned(run, i, "account", "Encounter", "account"),
        "charge", (run, i) -> Identities.owned(run, i, "charge", "Encounter", Identities.codeOf(i.element) + "|"
            + i.segment.field(4).text() + "|" + Identities.setId(i.segment)));
  }

  private static String people(Element person) {
    StringBuilder names = new StringBuilder();
    for (Element name : person.list("name")) {
      names.append(name.text("text")).append('|');
    }
    return names.toString();
  }

  /** IN1-3 to 7: one insurer, with all its names and addresses. The guide's Coverage.payer is payor in R4. */
  private static void payor(Call call) {
    if (call.segment().field(3).isValued() || call.segment().field(4).isValued()) {
      Element reference = Element.of("Reference");
      call.run().referToSegment(call.run().rules().map("IN1[Organization]"), reference, call);
      call.root().with("payor", reference);
      call.instance().touched = true; // An insurer alone is a coverage: IN1-4 is all that some systems fill.
    }
  }

  /** IN1-10 and 11: the employer whose group policy it is. IN1-10 of type SN is the subscriber's number instead. */
  private static void policyHolder(Call call) {
    boolean number = call.segment().field(10).isValued() && !isSubscriberNumber(call.segment().field(10));
    if (number || call.segment().field(11).isValued()) {
      Element reference = Element.of("Reference");
      call.run().referToSegment(call.run().rules().map(number ? "IN1[Organization-Employer]"
          : "IN1[Organization-EmployerName]"), reference, call);
      call.root().with("policyHolder", reference);
    }
  }

  private static boolean isSubscriberNumber(Part cx) {
    return "SN".equals(cx.component(5).text());
  }

  /**
   * Whose insurance it is (IN1-16): the patient, when IN1-17 says self or the names are the same and IN1-17 says
   * nothing else; another person otherwise.
   */
  private static void subscriber(Call call) {
    Segment in1 = call.segment();
    Instance patient = call.instance().group.nearest("Patient");
    Element reference = Element.of("Reference");
    if (patient != null && isPatient(call, in1, patient)) {
      call.run().refer(reference, patient);
    } else if (in1.field(16).isValued()) {
      Instance insured = call.run().referToSegment(call.run().rules().map("IN1[RelatedPerson]"), reference, call);
      if (insured == null) {
        return;
      }
      of(call, insured, patient);
    } else {
      return;
    }
    call.root().with("subscriber", reference);
  }

  private static void of(Call call, Instance person, Instance patient) {
    if (patient != null) {
      Element to = Element.of("Reference");
      call.run().refer(to, patient);
      person.element.with("patient", to);
    }
  }

  private static boolean isPatient(Call call, Segment in1, Instance patient) {
    Table.Target relation =
        call.run().rules().table("InsuredRelationship").of(in1.field(17).component(1).text());
    if (relation != null && relation.code() != null) {
      return relation.code().equals("self");
    }
    if (!in1.field(16).isValued()) {
      return false;
    }
    Element name = Element.of("HumanName");
    call.run().fill(call.run().rules().map("XPN[HumanName]"), name, in1.field(16).repetition(1),
        new Call(call.run(), call.row(), name, in1.field(16).repetition(1), in1, 16, 1, call.instance()),
        call.instance());
    for (Element known : patient.element.list("name")) {
      if (same(known.text("family"), name.text("family")) && same(first(known), first(name))
          && (name.text("family") != null || same(known.text("text"), name.text("text")))) {
        return true;
      }
    }
    return false;
  }

  private static boolean same(String one, String other) {
    return one == null ? other == null : one.equalsIgnoreCase(other);
  }

  private static String first(Element name) {
    return name.get("given") instanceof java.util.List<?> given && !given.isEmpty()
        ? String.valueOf(given.get(0)) : null;
  }

  private static boolean isSelf(Run run, Segment segment, int field) {
    Table.Target relation = run.rules().table("InsuredRelationship").of(segment.field(field).component(1).text());
    return relation != null && "self".equals(relation.code());
  }

  /** IN1-49, or IN1-10 of type SN: R4 has a plain text for it, which loses whose number it is; kept whole beside it. */
  private static void subscriberIdentifier(Call call) {
    if (call.field() == 10 && !isSubscriberNumber(call.part())) {
      return;
    }
    Element identifier = call.read("CX[Identifier]");
    if (!identifier.isEmpty()) {
      call.root().with("extension",
          Concepts.extension(Functions.EXTENSION + "subscriber-identifier", "valueIdentifier", identifier));
    }
  }

  /** IN1-8 and 9: number and name of the group that is insured. */
  private static void coverageGroup(Call call) {
    String number = call.part().text();
    String name = call.segment().field(9).component(1).text();
    if (Primitives.valid(Kind.STRING, number)) {
      Element group = Element.of("Coverage.class")
          .with("type", Element.of("CodeableConcept").with("coding",
              Concepts.coding(COVERAGE_CLASS, null, "group", "Group")))
          .with("value", number);
      if (name != null) {
        group.with("name", name);
      }
      call.root().with("class", group);
    }
  }

  /** PV1-20: how the visit is paid for, where IN1-15 does not say it. */
  private static void financialClass(Call call) {
    Segment pv1 = call.instance().group.segment("PV1");
    if (pv1 == null || call.root().has("type") || !pv1.field(20).isValued()) {
      return;
    }
    Part fc = pv1.field(20).repetition(1).component(1).packed();
    Element type = Element.of("CodeableConcept");
    call.run().fill(call.run().rules().map("CWE[CodeableConcept]"), type, fc,
        new Call(call.run(), call.row(), type, fc, pv1, 20, 1, call.instance()), call.instance());
    call.root().with("type", type);
  }

  /** Repetitions of a name: the first is the name, the others are further names of the same. */
  private static void otherName(Call call) {
    String name = call.part().text();
    if (name != null && !name.equals(call.root().text("name")) && Primitives.valid(Kind.STRING, name)) {
      call.root().with("alias", name);
    }
  }

  /** CP or MO: an amount, with its currency when it was sent; none is guessed. */
  private static void money(Call call) {
    Part price = call.part().component(1);
    String amount = ObservationValues.number(price.subcomponent(1).text());
    Element money = amount == null ? null : call.make();
    if (money != null) {
      money.with("value", amount);
      String currency = price.subcomponent(2).text();
      if (currency != null && currency.length() == 3) {
        money.with("currency", currency);
      }
    }
  }

  /** GT1 of the patient's own: the account is the patient's to pay. */
  private static void guarantorSelf(Call call) {
    Instance patient = call.instance().group.nearest("Patient");
    if (patient != null) {
      Element reference = Element.of("Reference");
      call.run().refer(reference, patient);
      call.root().with("party", reference);
    }
  }
}
