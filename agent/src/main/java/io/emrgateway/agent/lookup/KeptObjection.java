package io.emrgateway.agent.lookup;

import io.emrgateway.agent.seal.Json;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.routes.core.lookup.Objection;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** An objection as the store keeps it, before it is sealed: JSON in the hand of the contract's. */
public final class KeptObjection {
  private KeptObjection() {}

  public static byte[] write(Objection objection) {
    StringBuilder out = new StringBuilder(512);
    SignedRequest.text(out, "{\"v\":1,\"reference\":", objection.reference());
    SignedRequest.identifiers(out.append(",\"patient\":"), objection.patient());
    SignedRequest.sections(out.append(",\"sections\":"), objection.sections());
    SignedRequest.text(out, ",\"guardian\":", objection.guardian() == null ? null : objection.guardian().name());
    SignedRequest.text(out, ",\"relation\":", objection.guardian() == null ? null : objection.guardian().relation());
    SignedRequest.text(out, ",\"reason\":", objection.reason());
    SignedRequest.time(out, ",\"at\":", objection.at());
    SignedRequest.text(out, ",\"by\":", objection.recordedBy());
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  /** @throws SealRefused {@code seal.json-broken} */
  public static Objection read(byte[] kept) {
    Json.Fields json = Json.read(kept, "objection");
    json.version1();
    String reference = json.text("reference");
    List<Identifier> patient = SignedRequest.identifiers(json, "patient");
    Set<Section> sections = SignedRequest.sections(json, "sections");
    String guardian = json.textOrNull("guardian").orElse(null);
    String relation = json.textOrNull("relation").orElse(null);
    String reason = json.textOrNull("reason").orElse(null);
    Instant at = json.time("at").toInstant();
    String by = json.text("by");
    json.end();
    return new Objection(reference, patient, sections, guardian == null ? null : new Guardian(guardian, relation), reason, at, by);
  }
}
