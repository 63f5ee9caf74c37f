package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.Identities.Identity;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

/**
 * Problems and goals (PRB, GOL), and what operations, diagnoses and allergies say beyond one row: states that have
 * to agree with each other, and parents among their own kind.
 */
final class ClinicalFamily implements Family {
  private static final String CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical";
  private static final String VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
  private static final String ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
  private static final String ALLERGY_VERIFICATION =
      "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
  private static final String ABSENT_UNKNOWN = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx");

  /** The longest operation we believe, in minutes: a week. */
  private static final double MINUTES_MAX = 7 * 24 * 60;

  @Override
  public Map<String, Row.Action> functions() {
    return Map.ofEntries(
        Map.entry("operation-time", ClinicalFamily::operationTime),
        Map.entry("procedure-modifier", (call) -> Functions.extensionConcept(call, Functions.EXTENSION + "procedure-modifier")),
        Map.entry("parent-procedure", ClinicalFamily::parentProcedure),
        Map.entry("parent-diagnosis", ClinicalFamily::parentDiagnosis),
        Map.entry("problem-states", ClinicalFamily::problemStates),
        Map.entry("goal-status", ClinicalFamily::goalStatus),
        Map.entry("allergy-text", ClinicalFamily::allergyText),
        Map.entry("further-allergens", ClinicalFamily::furtherAllergens),
        Map.entry("allergy-status", ClinicalFamily::allergyStatus),
        Map.entry("allergy-reporter", ClinicalFamily::allergyReporter),
        Map.entry("allergen-type", (call) -> untranslated(call, "AllergyCategory", "allergen-type")),
        Map.entry("allergy-severity", (call) -> untranslated(call, "AllergyCriticality", "allergy-severity")));
  }

  @Override
  public Map<String, Identity> identities() {
    return Map.of(
        "problem", (run, i) -> Identities.owned(run, i, "problem", "Patient", Identities.codeOf(i.element)),
        "goal", (run, i) -> Identities.owned(run, i, "goal", "Patient",
            i.segment.field(3).component(1).text() + "|" + i.segment.field(3).component(2).text()));
  }

  /** PR1-5 and PR1-7 (minutes) as a period; where the start is less precise than a minute, nothing is reckoned. */
  private static void operationTime(Call call) {
    Part minutes = call.segment().field(7);
    String start = Times.instant(call.part().text(), call.site().zone());
    String length = ObservationValues.number(minutes.component(1).text());
    if (start == null || length == null || call.root().has("performedDateTime")) {
      return;
    }
    double duration = Double.parseDouble(length);
    if (duration <= 0 || duration > MINUTES_MAX || !Primitives.valid(Kind.INSTANT, start)) {
      return;
    }
    try {
      String end = OffsetDateTime.parse(start).plusSeconds(Math.round(duration * 60)).format(TIME);
      call.root().with("performedPeriod", Element.of("Period").with("start", start).with("end", end));
    } catch (DateTimeException e) {
      call.note(Finding.VALUE_UNUSABLE); // A leap second and the like: the start alone is kept as it was sent.
    }
  }

  /** PR1-25: the operation that this one was part of, by its number and, when it is in this message, by reference. */
  private static void parentProcedure(Call call) {
    Element reference = parent(call, "Procedure");
    if (reference != null) {
      call.root().with("partOf", reference);
    }
  }

  /** DG1-22: the diagnosis that this one is a consequence of. */
  private static void parentDiagnosis(Call call) {
    Element reference = parent(call, "Condition");
    if (reference != null) {
      call.root().with("extension", Concepts.extension(
          "http://hl7.org/fhir/StructureDefinition/condition-dueTo", "valueReference", reference));
    }
  }

  private static Element parent(Call call, String type) {
    Element identifier = call.read("EI[Identifier]");
    if (identifier.text("value") == null) {
      return null;
    }
    Element reference = Element.of("Reference").with("type", type).with("identifier", identifier);
    for (Instance other : call.instance().group.all(type)) {
      for (Element known : other.element.list("identifier")) {
        if (identifier.text("value").equals(known.text("value"))
            && String.valueOf(identifier.text("system")).equals(known.text("system"))) {
          if (other == call.instance()) {
            return null; // Its own number: no parent.
          }
          call.run().refer(reference, other);
          return reference;
        }
      }
    }
    return reference;
  }

  /**
   * The two states of a problem from PRB-1, 13 and 14 and its end, so that they agree: what was entered in error has
   * no clinical status (con-5), what has ended is not active (con-4). Where the sender says both "active" and an end,
   * the problem stays active and the end is not written: a problem must not vanish from a list by a contradiction.
   */
  private static void problemStates(Call call) {
    Segment prb = call.segment();
    Element condition = call.root();
    if ("DE".equals(prb.field(1).component(1).text())) {
      condition.with("verificationStatus", concept(VERIFICATION, "entered-in-error", "Entered in Error"));
      return;
    }
    // Many senders are one field off and put "active" where the certainty belongs.
    boolean shifted = !prb.field(14).isValued()
        && call.run().rules().table("ProblemConfirmation").of(prb.field(13).component(1).text()) == null
        && call.run().rules().table("ProblemLifeCycle").of(prb.field(13).component(1).text()) != null;
    Element verification = shifted ? null : bound(call, 13, "ProblemConfirmation");
    if (verification != null) {
      condition.with("verificationStatus", verification);
    }
    Element clinical = bound(call, shifted ? 13 : 14, "ProblemLifeCycle");
    boolean ended = condition.has("abatementDateTime");
    if (clinical == null) {
      condition.with("clinicalStatus", ended ? concept(CLINICAL, "resolved", "Resolved")
          : concept(CLINICAL, "active", "Active"));
      return;
    }
    String code = clinical.list("coding").get(0).text("code");
    if (ended && (code.equals("active") || code.equals("recurrence") || code.equals("relapse"))) {
      condition.clear("abatementDateTime");
      call.run().note(Finding.VALUE_UNUSABLE, prb.place() + "-9");
    }
    condition.with("clinicalStatus", clinical);
  }

  private static Element concept(String system, String code, String display) {
    return Functions.concept(system, code, display);
  }

  /**
   * A field into a concept whose codes FHIR requires: the translated code, with the hospital's word as its text (a
   * code of another system beside a required one is refused by validators). Null, and a diagnostic, when the table
   * does not know it.
   */
  private static Element bound(Call call, int field, String table) {
    Part cwe = call.segment().field(field).repetition(1);
    if (!cwe.isValued()) {
      return null;
    }
    Table.Target target = call.run().rules().table(table).of(cwe.component(1).text());
    if (target == null || target.code() == null) {
      target = call.run().rules().table(table).of(cwe.component(2).text());
    }
    if (target == null || target.code() == null) {
      call.run().note(Finding.CODE_UNMAPPED, call.segment().place() + "-" + field);
      call.run().looksUp(call.run().rules().table(table), cwe.text(), target != null, call.segment(), field, cwe);
      return null;
    }
    CodeTable names = call.run().rules().codes(target.system().substring(target.system().lastIndexOf('/') + 1));
    Element concept = concept(target.system(), target.code(), names == null ? null : names.names().get(target.code()));
    String words = Functions.conceptText(cwe);
    if (Primitives.valid(Kind.STRING, words)) {
      concept.with("text", words);
    }
    return concept;
  }

  /** GOL-1 and 18; a goal that was sent and not taken back is active. */
  private static void goalStatus(Call call) {
    if ("DE".equals(call.segment().field(1).component(1).text())) {
      call.root().with("lifecycleStatus", "entered-in-error");
      return;
    }
    Part status = call.segment().field(18).repetition(1);
    Table table = call.run().rules().table("GoalLifeCycle");
    Table.Target target = table.of(status.component(1).text());
    target = target == null ? table.of(status.component(2).text()) : target;
    if (target == null && status.isValued()) {
      call.run().note(Finding.CODE_UNMAPPED, call.segment().place() + "-18");
      call.run().looksUp(table, status.text(), false, call.segment(), 18, status);
    }
    call.root().with("lifecycleStatus", target == null ? "active" : target.code());
  }

  /**
   * The allergen, and whether there is an allergy at all. "否认药物过敏史" is a statement about none, and must not make
   * anybody's allergy list longer: it becomes a refuted entry. "过敏史不详" is no statement at all; its code says so. On
   * neither does a reminder fire, because both are inactive (R4 asks for a clinical status here, ait-1).
   */
  private static void allergyText(Call call) {
    Element allergy = call.root();
    String said = said(call);
    if (said == null) {
      // Elsewhere 无 says that there is no value; here it says that there is no allergy, whatever code stands beside it.
      said = "无";
      allergy.child(allergy.type().slot("code"), -1).with("text", said);
    }
    AllergyText text = AllergyText.of(said);
    switch (text.kind()) {
      case DENIED -> status(allergy, "refuted", "Refuted");
      case UNKNOWN -> {
        status(allergy, "unconfirmed", "Unconfirmed");
        ((Element) allergy.get("code")).with("coding",
            Concepts.coding(ABSENT_UNKNOWN, null, "no-allergy-info", "No information about allergies"));
      }
      case ALLERGIC -> {
        if (isFreeText(call) && !text.allergens().get(0).equals(said)) {
          Element code = (Element) allergy.get("code");
          code.clear("text");
          code.with("text", text.allergens().get(0));
          allergy.with("note", Element.of("Annotation").with("text", said));
        }
      }
    }
  }

  /** "对青霉素、头孢过敏" in one field: an allergy each, alike in all but the allergen. */
  private static void furtherAllergens(Call call) {
    String said = Functions.conceptText(call.part());
    if (said == null || !isFreeText(call)) {
      return;
    }
    List<String> allergens = AllergyText.of(said).allergens();
    for (String allergen : allergens.subList(Math.min(1, allergens.size()), allergens.size())) {
      call.run().beside(call, other -> {
        other.clear("identifier"); // The sender's number is the first one's.
        other.clear("code");
        other.with("code", Element.of("CodeableConcept").with("text", allergen));
      });
    }
  }

  /** The words of the allergy; null when they are 无, or when there are none. */
  private static String said(Call call) {
    if ("无".equals(call.part().component(2).text())) {
      return null;
    }
    return call.root().get("code") instanceof Element code && code.text("text") != null
        ? code.text("text") : Functions.conceptText(call.part());
  }

  /** Whether the sender has written words only; a code of its own needs no words taken apart. */
  private static boolean isFreeText(Call call) {
    return call.root().get("code") instanceof Element code && code.list("coding").isEmpty();
  }

  private static void status(Element allergy, String verification, String display) {
    allergy.clear("verificationStatus");
    allergy.clear("clinicalStatus");
    allergy.with("verificationStatus", concept(ALLERGY_VERIFICATION, verification, display));
    allergy.with("clinicalStatus", concept(ALLERGY_CLINICAL, "inactive", "Inactive"));
  }

  /**
   * IAM-17 (HL7 table 0438) is mostly about certainty, so most of it is the verification status and only "inactive" a
   * clinical one. Nothing is changed when the text has already denied the allergy.
   */
  private static void allergyStatus(Call call) {
    Element allergy = call.root();
    String code = call.part().component(1).text();
    if (allergy.has("verificationStatus") || code == null) {
      return;
    }
    switch (code) {
      case "C" -> allergy.with("verificationStatus", concept(ALLERGY_VERIFICATION, "confirmed", "Confirmed"));
      case "U", "P", "S", "D" ->
          allergy.with("verificationStatus", concept(ALLERGY_VERIFICATION, "unconfirmed", "Unconfirmed"));
      case "E" -> allergy.with(
          "verificationStatus", concept(ALLERGY_VERIFICATION, "entered-in-error", "Entered in Error"));
      case "I" -> {
        allergy.with("verificationStatus", concept(ALLERGY_VERIFICATION, "confirmed", "Confirmed"));
        allergy.with("clinicalStatus", concept(ALLERGY_CLINICAL, "inactive", "Inactive"));
      }
      default -> call.note(Finding.CODE_UNMAPPED);
    }
    if (!code.equals("E") && allergy.has("verificationStatus") && !allergy.has("clinicalStatus")) {
      allergy.with("clinicalStatus", concept(ALLERGY_CLINICAL, "active", "Active"));
    }
  }

  /**
   * IAM-14: who said so. Self is the patient, with IAM-15 a relative; without it only a name, because a "husband" is
   * not a practitioner for want of a code.
   */
  private static void allergyReporter(Call call) {
    Element reference = Element.of("Reference");
    String relation = call.segment().field(15).component(1).text();
    Instance patient = call.instance().group.nearest("Patient");
    if (relation != null && patient != null) {
      if (relation.equals("SEL")) {
        call.run().refer(reference, patient);
      } else {
        Instance relative =
            call.run().referToSegment(call.run().rules().map("IAM[RelatedPerson]"), reference, call);
        Element to = Element.of("Reference");
        call.run().refer(to, patient);
        relative.element.with("patient", to);
      }
    } else {
      Element name = call.read("XPN[HumanName]");
      if (name.text("text") == null) {
        return;
      }
      reference.with("display", name.text("text"));
    }
    call.root().with("asserter", reference);
  }

  /** A code FHIR has no counterpart for is kept as it was sent, beside the element it would have gone to. */
  private static void untranslated(Call call, String table, String name) {
    Table.Target target = call.run().rules().table(table).of(call.part().component(1).text());
    if (target == null || target.code() == null) {
      Functions.extensionConcept(call, Functions.EXTENSION + name);
    }
  }
}
