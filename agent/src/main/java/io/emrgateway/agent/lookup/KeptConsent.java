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
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A consent as the store keeps it, before it is sealed: JSON in the hand of the contract's. */
public final class KeptConsent {
  private KeptConsent() {}

  public static byte[] write(Consent consent) {
    StringBuilder out = new StringBuilder(512).append("{\"v\":1");
    put(out, "kind", consent.kind().name());
    put(out, "reference", consent.reference());
    put(out, "evidence", consent.evidence());
    out.append(",\"patient\":").append(consent.patient().stream().map(KeptConsent::identifier).collect(Collectors.joining(",", "[", "]")));
    out.append(",\"scope\":").append(new TreeSet<>(consent.scope()).stream().map(one -> '"' + one.wireName() + '"')
        .collect(Collectors.joining(",", "[", "]")));
    put(out, "granted", Json.time(consent.grantedAt().atOffset(ZoneOffset.UTC)));
    put(out, "expires", Json.time(consent.expiresAt().atOffset(ZoneOffset.UTC)));
    put(out, "grantee", consent.grantee());
    put(out, "guardian", consent.guardian() == null ? "" : consent.guardian().name());
    put(out, "relation", consent.guardian() == null ? "" : consent.guardian().relation());
    put(out, "by", consent.recordedBy());
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void put(StringBuilder out, String key, String text) {
    Json.quote(out.append(",\"").append(key).append("\":"), text);
  }

  private static String identifier(Identifier one) {
    StringBuilder out = Json.quote(new StringBuilder("{\"system\":"), one.system());
    return Json.quote(out.append(",\"value\":"), one.value()).append('}').toString();
  }

  /** @throws SealRefused {@code seal.json-broken} */
  public static Consent read(byte[] kept) {
    Json.Fields json = Json.read(kept, "consent");
    json.version1();
    Kind kind = Kind.valueOf(json.text("kind"));
    String reference = json.text("reference");
    String evidence = json.hash("evidence");
    List<Identifier> patient = json.objects("patient", one -> new Identifier(one.text("system"), one.text("value")));
    Set<Section> scope = json.texts("scope").stream().map(one -> Section.named(one).orElseThrow(() -> json.broken("scope")))
        .collect(Collectors.toSet());
    Instant granted = json.time("granted").toInstant();
    Instant expires = json.time("expires").toInstant();
    String grantee = json.text("grantee");
    String guardian = json.text("guardian");
    String relation = json.text("relation");
    String by = json.text("by");
    json.end();
    return new Consent(kind, reference, evidence, patient, scope, granted, expires, grantee,
        kind == Kind.GUARDIAN ? new Guardian(guardian, relation) : null, by);
  }
}
