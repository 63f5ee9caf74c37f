package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.rules.Instance.Key;
import java.util.Map;

/** Referrals (REF): RF1 asks, PRD names who asks and who is asked. */
final class ReferralFamily implements Family {
  @Override
  public Map<String, Row.Action> functions() {
    return Map.of(
        "provider-role", ReferralFamily::role,
        "provider-number", ReferralFamily::number,
        "referral-ended", ReferralFamily::ended);
  }

  @Override
  public Map<String, Conditions.Condition> conditions() {
    return Map.of("names-a-provider", (run, prd) -> prd.field(2).isValued() || prd.field(7).isValued());
  }

  @Override
  public Map<String, Identities.Identity> identities() {
    return Map.of("referral", ReferralFamily::referral);
  }

  /** The number that whoever refers gave it, else the outside one; else patient, kind and date. */
  private static Key referral(Run run, Instance instance) {
    return Identities.owned(run, instance, "referral", "Patient",
        instance.segment.field(3).component(1).text() + "|" + instance.segment.field(7).text());
  }

  /** PRD-1 (HL7 0286): RP refers, RT is referred to. Others are told of and take no part in the request. */
  private static void role(Call call) {
    Instance referral = call.instance().group.nearest("Referral");
    String role = call.part().component(1).text();
    if (referral == null || role == null) {
      return; // A provider without a referral stays a provider.
    }
    Element reference = Element.of("Reference");
    if (role.equals("RP") && !referral.element.has("requester")) {
      referral.element.with("requester", reference);
    } else if (role.equals("RT")) {
      referral.element.with("performer", reference);
    } else {
      return;
    }
    call.run().refer(reference, call.instance());
  }

  /** PLN: the number, in the numbering that its type or issuer names. */
  private static void number(Call call) {
    String kind = call.part().component(2).text();
    String issuer = call.part().component(3).text();
    call.root().with("system", call.site().system("provider", kind == null ? issuer : kind));
    call.root().with("value", call.part().component(1).text());
  }

  /** I14 cancels the referral, whatever RF1-1 still says. */
  private static void ended(Call call) {
    if (call.run().event().equals("I14")) {
      call.root().with("status", "revoked");
    }
  }
}
