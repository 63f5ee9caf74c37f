package io.emrgateway.agent.seal;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the city made of bodies it holds, signed; comes later than the receipt and never holds up the feed.
 *
 * @param outcomes in order of {@code n}
 */
public record Outcomes(List<One> outcomes) {
  private static final Pattern RULE = Pattern.compile("[A-Za-z0-9._-]{0,80}");

  /**
   * @param n the body's number
   * @param accepted whether it was taken over clinically
   * @param rule the city's rule that speaks against it, empty if none
   * @param text the city's words beside it; may tell of a patient, so it is sealed at rest like a payload
   */
  public record One(long n, boolean accepted, String rule, String text) {
    @Override
    public String toString() {
      return "One[n=" + n + ", accepted=" + accepted + ", rule=" + rule + "]";
    }
  }

  /**
   * Opens the answer to a question for outcomes.
   *
   * @param after only numbers above this count as an answer
   * @throws SealRefused {@code seal.*}, {@code head.other-feed}, or when the JSON is not as agreed
   */
  public static Outcomes open(byte[] cms, Suite suite, Collection<Certificate> receiptCertificates, String feed, long after) {
    Json.Fields json = Json.read(StrictCms.open(cms, suite, receiptCertificates), "outcomes");
    json.version1();
    if (!json.text("feed").equals(feed)) {
      throw new SealRefused(SealRefused.Reason.HEAD_OTHER_FEED, "outcomes.feed");
    }
    List<One> all = json.objects("outcomes", Outcomes::one);
    json.time("t");
    json.end();
    long last = after;
    for (One one : all) {
      if (one.n() <= last) {
        throw json.broken("n");
      }
      last = one.n();
    }
    return new Outcomes(List.copyOf(all));
  }

  private static One one(Json.Fields json) {
    long n = json.number("n");
    String outcome = json.text("outcome");
    String rule = json.text("rule");
    if (!RULE.matcher(rule).matches() || !outcome.equals("accepted") && !outcome.equals("rejected")) {
      throw json.broken("outcome");
    }
    return new One(n, outcome.equals("accepted"), rule, json.text("text"));
  }
}
