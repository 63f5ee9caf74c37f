package io.emrgateway.agent.lookup;

import io.emrgateway.agent.seal.Json;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** A consent as the store keeps it, before it is sealed: JSON in the hand of the contract's. */
public final class KeptConsent {
  private KeptConsent() {}

  public static byte[] write(Consent consent) {
    StringBuilder out = new StringBuilder(512);
    SignedRequest.text(out, "{\"v\":1,\"kind\":", consent.kind().name());
    SignedRequest.text(out, ",\"reference\":", consent.reference());
    SignedRequest.text(out, ",\"evidence\":", consent.evidence());
    SignedRequest.identifiers(out.append(",\"patient\":"), consent.patient());
    SignedRequest.sections(out.append(",\"scope\":"), consent.scope());
    SignedRequest.time(out, ",\"granted\":", consent.grantedAt());
    SignedRequest.time(out, ",\"expires\":", consent.expiresAt());
    SignedRequest.text(out, ",\"grantee\":", consent.grantee());
    SignedRequest.text(out, ",\"guardian\":", consent.guardian() == null ? "" : consent.guardian().name());
    SignedRequest.text(out, ",\"relation\":", consent.guardian() == null ? "" : consent.guardian().relation());
    out.append(",\"incapacitated\":").append(consent.incapacitated());
    SignedRequest.text(out, ",\"by\":", consent.recordedBy());
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  /** @throws SealRefused {@code seal.json-broken} */
  public static Consent read(byte[] kept) {
    Json.Fields json = Json.read(kept, "consent");
    json.version1();
    Kind kind = Kind.valueOf(json.text("kind"));
    String reference = json.text("reference");
    String evidence = json.hash("evidence");
    List<Identifier> patient = SignedRequest.identifiers(json, "patient");
    Set<Section> scope = SignedRequest.sections(json, "scope");
    Instant granted = json.time("granted").toInstant();
    Instant expires = json.time("expires").toInstant();
    String grantee = json.text("grantee");
    String guardian = json.text("guardian");
    String relation = json.text("relation");
    boolean incapacitated = json.truth("incapacitated");
    String by = json.text("by");
    json.end();
    return new Consent(kind, reference, evidence, patient, scope, granted, expires, grantee,
        kind == Kind.GUARDIAN ? new Guardian(guardian, relation) : null, incapacitated, by);
  }
}
