package io.emrgateway.agent.lookup;

import io.emrgateway.agent.seal.Signer;
import io.emrgateway.routes.core.lookup.Objections.Standing;
import io.emrgateway.routes.core.records.Identifier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * What the city is told of an objection: of whom it shows nothing in this hospital's place.
 *
 * @param name stands for the objection, and tells nothing
 * @param patient none once it is lifted
 * @param at since when it is so
 * @see "agent/decisions/0021-what-wire-leaves-open-of-lookups.md, Objection"
 */
public record Objecting(String name, List<Identifier> patient, Instant at) {
  public Objecting {
    patient = List.copyOf(patient);
  }

  static Objecting of(Standing standing) {
    return standing.lifted() == null ? new Objecting(standing.name(), standing.objection().patient(), standing.objection().at())
        : new Objecting(standing.name(), List.of(), standing.lifted());
  }

  /** The octets of {@code POST /v1/lookups/objections}. */
  public byte[] sign(String feed, Signer signer) {
    StringBuilder out = new StringBuilder(256);
    SignedRequest.text(out, "{\"v\":1,\"feed\":", feed);
    SignedRequest.text(out, ",\"objection\":", name);
    SignedRequest.identifiers(out.append(",\"identifiers\":"), patient);
    SignedRequest.time(out, ",\"t\":", at);
    return signer.sign(out.append('}').toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Its name alone. */
  @Override
  public String toString() {
    return "Objecting[" + name + "]";
  }
}
