package io.emrgateway.city;

import com.fasterxml.jackson.databind.JsonNode;
import io.emrgateway.city.Json.Members;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a hospital answered to an inquiry, verified: signed by the certificate that counts for its feed, over this very
 * request, and over every body that comes with it.
 *
 * @param status {@code answered}, {@code none} or {@code denied:<code>}
 * @param frames the answer as it came
 */
record HolderAnswer(String status, int count, Spool.Spooled frames) {
  private static final Set<String> KEYS =
      Set.of("v", "rid", "feed", "org", "requestHash", "t", "result", "count", "bodies", "audit");

  private static final String DENIED = "denied:";

  /**
   * Reads and checks an answer, a body at a time.
   *
   * @param from the feed that was asked
   * @param signer the certificate that counts for it
   * @throws Refused {@code answer.invalid} with the place; nothing is left in the spool
   * @throws IOException if the hospital went away while sending
   */
  static HolderAnswer read(
      InputStream in, Lookup lookup, Register.Feed from, Pinned signer, Instant now, Spool spool) throws IOException {
    byte[] cms = Frames.read(in, Limits.CMS_BYTES_MAX, invalid("cms"), invalid("cms"));
    Members answer = opened(cms, from, signer, now);
    expect(answer.integer("v", 1) == 1, "v");
    expect(answer.string("rid").equals(lookup.request.rid()), "rid");
    expect(answer.string("feed").equals(from.feed()), "feed");
    expect(answer.string("org").equals(from.org()), "org");
    expect(answer.string("requestHash").equals(lookup.requestHash), "requestHash");
    answer.instant("t");
    Members audit = answer.members("audit").exactly(Set.of("n", "head"));
    audit.integer("n", 1);
    audit.hash("head");
    List<String> hashes = hashes(answer);
    String status = status(answer.string("result"), hashes.size());
    expect(answer.integer("count", 0) == hashes.size(), "count");
    try (Spool.Writing out = spool.write()) {
      out.frame(cms);
      for (int k = 0; k < hashes.size(); k++) {
        out.body(body(in, from.suite(), hashes.get(k), "body " + (k + 1)));
      }
      expect(in.read() < 0, "trailing");
      return new HolderAnswer(status, hashes.size(), out.done());
    }
  }

  private static Members opened(byte[] cms, Register.Feed from, Pinned signer, Instant now) {
    expect(signer.names(from.feed()) && signer.validAt(now), "certificate");
    try {
      byte[] content = Cms.open(from.suite(), cms, List.of(signer)).content();
      return new Members(
              Json.object(content, Rule.ANSWER_INVALID), "answer", Rule.ANSWER_INVALID, Rule.ANSWER_INVALID)
          .exactly(KEYS);
    } catch (Refused refused) {
      throw refused.rule == Rule.ANSWER_INVALID ? refused : invalid(refused.rule.id);
    }
  }

  private static List<String> hashes(Members answer) {
    List<String> hashes = new ArrayList<>();
    for (JsonNode hash : answer.array("bodies")) {
      expect(Json.isHash(hash.textValue()), "bodies");
      hashes.add(hash.textValue());
    }
    expect(hashes.size() <= Limits.ANSWER_BODIES_MAX, "bodies");
    return hashes;
  }

  /** A denial names a rule of requests; anything else could carry something about a patient. */
  private static String status(String result, int bodies) {
    if (result.startsWith(DENIED)) {
      Rule rule = Rule.named(result.substring(DENIED.length()));
      expect(rule != null && rule.refusesRequest() && bodies == 0, "result");
    } else {
      expect(result.equals("answered") && bodies > 0 || result.equals("none") && bodies == 0, "result");
    }
    return result;
  }

  private static byte[] body(InputStream in, Suite suite, String hash, String place) throws IOException {
    byte[] body = Frames.read(in, Limits.ANSWER_BODY_BYTES_MAX, invalid(place), invalid(place));
    expect(suite.hex(Suite.ANSWERED, body).equals(hash), place);
    try {
      Body.read(body, Body.ANSWERED, place);
    } catch (Refused refused) {
      throw invalid(place);
    }
    return body;
  }

  private static void expect(boolean holds, String place) {
    if (!holds) {
      throw invalid(place);
    }
  }

  private static Refused invalid(String place) {
    return new Refused(Rule.ANSWER_INVALID, place);
  }
}
