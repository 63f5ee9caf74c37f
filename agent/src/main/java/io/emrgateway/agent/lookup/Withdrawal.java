package io.emrgateway.agent.lookup;

import io.emrgateway.agent.seal.Signer;
import io.emrgateway.routes.core.lookup.Consents.Standing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * What the city is told of a consent that was withdrawn.
 *
 * @param evidence hash by which requests name the consent
 * @see "agent/decisions/0021-what-wire-leaves-open-of-lookups.md, Withdrawal"
 */
public record Withdrawal(String reference, String evidence, Instant at) {

  static Withdrawal of(Standing withdrawn) {
    return new Withdrawal(withdrawn.consent().reference(), withdrawn.consent().evidence(), withdrawn.withdrawn());
  }

  /** The octets of {@code POST /v1/lookups/withdrawals}. */
  public byte[] sign(String feed, Signer signer) {
    StringBuilder out = new StringBuilder(256);
    SignedRequest.text(out, "{\"v\":1,\"feed\":", feed);
    SignedRequest.text(out, ",\"reference\":", reference);
    SignedRequest.text(out, ",\"evidence\":", evidence);
    SignedRequest.time(out, ",\"t\":", at);
    return signer.sign(out.append('}').toString().getBytes(StandardCharsets.UTF_8));
  }
}
