package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.Identities.Identity;
import java.util.Map;

/**
 * Master files of staff and places (MFN). A staff record has the same identity as the practitioner that PV1 or OBR
 * names by the same number, so that the list gives a name to people whom messages only number.
 *
 * @see "HL7 v2.5.1 chapters 8 and 15"
 */
final class MasterFileFamily implements Family {
  @Override
  public Map<String, Row.Action> functions() {
    return Map.of(
        "staff-number", MasterFileFamily::staffNumber,
        "staff-active", (call) -> call.root().with("active", String.valueOf(
            isKept(call) && !"I".equals(call.segment().field(7).component(1).text()))),
        "place-status", (call) -> call.root().with("status", isKept(call) ? "active" : "inactive"));
  }

  @Override
  public Map<String, Conditions.Condition> conditions() {
    return Map.of("has-a-post", (run, segment) -> segment.field(8).isValued() || segment.field(9).isValued()
        || segment.field(18).isValued() || segment.field(19).isValued());
  }

  @Override
  public Map<String, Identity> identities() {
    return Map.of("staff-role", (run, i) -> Identities.owned(run, i, "staff-role", "Practitioner", "role"));
  }

  /** STF-2, unless it is the number that STF-1 has given already. */
  private static void staffNumber(Call call) {
    Element identifier = call.read("CX[Identifier]");
    String value = identifier.text("value");
    for (Element known : call.root().list("identifier")) {
      if (value == null || value.equals(known.text("value"))
          && String.valueOf(known.text("system")).equals(identifier.text("system"))) {
        return;
      }
    }
    call.root().with("identifier", identifier);
  }

  /** MFE-1: deleted (MDL) and deactivated (MDC) records are no longer in use; what refers to them stays readable. */
  private static boolean isKept(Call call) {
    Segment mfe = call.instance().group.segment("MFE");
    String event = mfe == null ? null : mfe.field(1).component(1).text();
    return !"MDL".equals(event) && !"MDC".equals(event);
  }
}
