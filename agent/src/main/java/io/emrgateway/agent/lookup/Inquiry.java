package io.emrgateway.agent.lookup;

import io.emrgateway.agent.seal.Certificate;
import io.emrgateway.agent.seal.Json;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.StrictCms;
import io.emrgateway.agent.seal.Suite;
import java.time.Instant;
import java.util.Collection;
import java.util.UUID;

/**
 * A question that the city hands to a hospital: the asking hospital's signed request in the city's envelope.
 *
 * @param due an answer that comes later is not waited for
 * @param request the asking gateway's CMS, still to be opened
 */
public record Inquiry(UUID rid, Instant issued, Instant due, byte[] request) {

  /**
   * @param lookupCertificates the city's, of the trust file
   * @param feed of this gateway, for which it has to be
   * @throws SealRefused {@code seal.*}, {@code lookup.other-feed}
   */
  public static Inquiry open(byte[] cms, Suite suite, Collection<Certificate> lookupCertificates, String feed) {
    Json.Fields json = Json.read(StrictCms.open(cms, suite, lookupCertificates), "inquiry");
    json.version1();
    UUID rid = SignedRequest.rid(json);
    if (!json.text("feed").equals(feed)) {
      throw new SealRefused(SealRefused.Reason.LOOKUP_OTHER_FEED, "inquiry.feed");
    }
    Instant issued = json.time("iat").toInstant();
    Instant due = json.time("due").toInstant();
    byte[] request = json.base64("request");
    json.end();
    return new Inquiry(rid, issued, due, request);
  }

  /** Its number alone. */
  @Override
  public String toString() {
    return "Inquiry[" + rid + "]";
  }
}
