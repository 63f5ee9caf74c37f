package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.Identities.Identity;
import io.emrgateway.mappings.rules.Instance.Key;
import java.util.Map;

/**
 * Vaccinations (VXU): what RXA means by its numbers, and how one is recognised again.
 *
 * @see "HL7 v2.5.1 chapter 4.14.7 (RXA); CDC implementation guide for immunization messaging 1.5, which many senders
 *     follow, also for NIP001 and the number 9999"
 */
final class ImmunizationFamily implements Family {
  /** What senders write for a dose nobody knows. */
  static final String AMOUNT_UNKNOWN = "999";

  /** What senders write into ORC-3 when there was no order; shared by all such records of all patients. */
  private static final String NO_ORDER = "9999";

  /** CVX: no vaccine was given. */
  private static final String NO_VACCINE = "998";

  @Override
  public Map<String, Row.Action> functions() {
    return Map.of(
        "vaccine-dose", ImmunizationFamily::dose,
        "vaccination-status", ImmunizationFamily::status,
        "vaccination-source", ImmunizationFamily::source,
        "vaccination-recorded", ImmunizationFamily::recorded,
        "vaccination-time-unknown", ImmunizationFamily::timeUnknown,
        "vaccination-place", ImmunizationFamily::place,
        "administered-at", ImmunizationFamily::administeredAt);
  }

  @Override
  public Map<String, Conditions.Condition> conditions() {
    return Map.of("orders-a-vaccination", (run, segment) -> run.detailOf(segment).equals("RXA"));
  }

  @Override
  public Map<String, Identity> identities() {
    return Map.of("immunization", ImmunizationFamily::identity);
  }

  /**
   * A vaccination is one of its patient: by the filler's (else the placer's) number, else by vaccine and day. The
   * patient is part of the key, because registries hand out numbers such as 9999 to many.
   */
  private static Key identity(Run run, Instance instance) {
    Segment rxa = instance.group.segment("RXA");
    String given = Identities.codeOfVaccine(instance.element) + "|"
        + (rxa == null ? "" : day(rxa.field(3).component(1).text()));
    Instance patient = instance.group.nearest("Patient");
    Key owner = patient == null ? new Key("message", run.control()) : run.identify(patient);
    String system = run.site().system("immunization", null);
    Element number = number(instance.element);
    String content = number == null ? given : number.text("system") + "|" + number.text("value");
    Key key = new Key(system, Identities.hash(owner.system(), owner.value(), content));
    Instance other = run.holder(instance, key);
    if (other != null && number != null) {
      // One order number over several vaccines of a message: each is one of its own.
      key = new Key(system, Identities.hash(owner.system(), owner.value(), content, given));
    }
    return Identities.give(instance, key.system(), key.value());
  }

  private static Element number(Element immunization) {
    Element placer = null;
    for (Element identifier : immunization.list("identifier")) {
      String value = identifier.text("value");
      if (value == null || value.equals(NO_ORDER) || Identities.numbersAGroup(identifier)) {
        continue;
      }
      boolean filler = identifier.get("type") instanceof Element type
          && type.list("coding").stream().anyMatch(coding -> "FILL".equals(coding.text("code")));
      if (filler) {
        return identifier;
      }
      placer = placer == null ? identifier : placer;
    }
    return placer;
  }

  private static String day(String time) {
    return time == null ? "" : time.length() > 8 ? time.substring(0, 8) : time;
  }

  /** RXA-6, with RXA-7 as its unit. 999 means "unknown" and is no amount: nobody is given 999 ml. */
  private static void dose(Call call) {
    String amount = call.part().text();
    if (!AMOUNT_UNKNOWN.equals(amount)) {
      Functions.measuredBy(call);
    }
  }

  /**
   * The status from RXA-20 and 21: deleted is entered in error, a refusal reason (RXA-18) or CVX 998 without a
   * contrary completion status is not done.
   */
  private static void status(Call call) {
    Segment rxa = call.segment();
    String completion = rxa.field(20).component(1).text();
    Table.Target known = call.run().rules().table("CompletionStatus").of(completion);
    String status = known == null ? null : known.code();
    if ("D".equals(rxa.field(21).component(1).text())) {
      status = "entered-in-error";
    } else if (status == null || status.equals("completed") && NO_VACCINE.equals(rxa.field(5).component(1).text())) {
      boolean refused = rxa.field(18).isValued() || NO_VACCINE.equals(rxa.field(5).component(1).text());
      status = refused ? "not-done" : "completed";
    }
    if (completion != null && known == null) {
      call.run().note(Finding.CODE_UNMAPPED, rxa.place() + "-20");
      call.run().looksUp(call.run().rules().table("CompletionStatus"), completion, false, rxa, 20, rxa.field(20).repetition(1));
    }
    call.root().with("status", status);
  }

  /**
   * RXA-9: where the record comes from. NIP001 00 is this administration, 01 to 08 are histories from elsewhere;
   * anything else is a remark.
   */
  private static void source(Call call) {
    Part cwe = call.part();
    String code = cwe.component(1).text();
    String system = cwe.component(3).text();
    boolean coded = code != null && code.length() == 2 && code.charAt(0) == '0' && Character.isDigit(code.charAt(1))
        && (system == null || system.equals("NIP001"));
    Element immunization = call.root();
    if (coded && immunization.text("primarySource") == null) {
      boolean first = code.equals("00");
      immunization.with("primarySource", String.valueOf(first));
      if (!first) {
        Element origin = Element.of("CodeableConcept");
        call.run().fill(
            call.run().rules().map("CWE[CodeableConcept]"), origin, cwe, call, call.instance());
        immunization.with("reportOrigin", origin);
      }
      return;
    }
    String text = Functions.conceptText(cwe);
    if (text != null && Primitives.valid(Kind.STRING, text)) {
      immunization.with("note", Element.of("Annotation").with("text", text));
    }
  }

  /** RXA-22, when this message adds the record: nearer to its first capture than the time of the order event. */
  private static void recorded(Call call) {
    String action = call.segment().field(21).component(1).text();
    String time = Times.dateTime(call.part().text(), call.site().zone());
    if (time == null || !Primitives.valid(Kind.DATE_TIME, time)) {
      call.note(Finding.VALUE_UNUSABLE);
    } else if ("A".equals(action)) {
      call.root().replace("recorded", time);
    } else if (!call.root().has("recorded")) {
      call.root().with("recorded", time);
    }
  }

  /** R4 asks for a time. Where none was sent it says so, and the vaccination is not lost. */
  private static void timeUnknown(Call call) {
    if (!call.root().has("occurrenceDateTime")) {
      call.root().extend("occurrenceDateTime", Concepts.unknown());
      call.run().note(Finding.INCOMPLETE, call.segment().place() + "-3");
    }
  }

  /** RXA-27 with the address of RXA-28; before v2.6 both stand in RXA-11. */
  private static void place(Call call) {
    Element reference = Element.of("Reference");
    if (call.segment().field(27).isValued()) {
      call.run().referToSegment(call.run().rules().map("RXA[Location]"), reference, call);
      call.root().with("location", reference);
    } else if (call.segment().field(11).isValued()) {
      Part la2 = call.segment().field(11).repetition(1);
      Call at = new Call(call.run(), call.row(), call.root(), la2, call.segment(), 11, 1, call.instance());
      call.run().refer(call.run().rules().map("LA2[Location]"), reference, at);
      call.root().with("location", reference);
    }
  }

  /**
   * LA2 (RXA-11) into a Location: point of care, room, bed, facility, building and floor as in PL, then the parts of
   * an address from component 9 on. A clinic is often nothing but a facility.
   */
  private static void administeredAt(Call call) {
    Part la2 = call.part();
    Element location = call.root();
    StringBuilder path = new StringBuilder();
    for (int component : new int[] {4, 7, 8, 1, 2, 3}) {
      String part = la2.component(component).text();
      if (part != null) {
        path.append(path.length() == 0 ? "" : "/").append(component).append('=').append(part);
      }
    }
    Element address = Element.of("Address");
    String[] into = {"line", "line", "city", "state", "postalCode", "country"};
    StringBuilder spoken = new StringBuilder();
    for (int i = 0; i < into.length; i++) {
      String part = la2.component(9 + i).subcomponent(1).text();
      if (part != null) {
        address.with(into[i], part);
        spoken.append(spoken.length() == 0 ? "" : ", ").append(part);
      }
    }
    if (path.length() == 0 && spoken.length() == 0) {
      return;
    }
    if (path.length() > 0) {
      location.with("identifier", Element.of("Identifier")
          .with("system", call.site().system("location", null)).with("value", path.toString()));
    }
    String name = la2.component(1).text() == null ? la2.component(4).text() : la2.component(1).text();
    location.with("name", name != null ? name : spoken.length() > 0 ? spoken.toString() : path.toString());
    location.with("mode", "instance");
    if (!address.isEmpty()) {
      location.with("address", address);
    }
  }
}
