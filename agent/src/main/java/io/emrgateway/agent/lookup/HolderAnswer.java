package io.emrgateway.agent.lookup;

import io.emrgateway.agent.seal.Header.Audit;
import io.emrgateway.agent.seal.Json;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.SealRefused.Reason;
import io.emrgateway.agent.seal.Signer;
import io.emrgateway.agent.seal.StrictCms;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.seal.TrustFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a hospital answers a question, under its signature.
 *
 * @param requestHash of the question, {@link SignedRequest#hash}
 * @param result {@code answered}, {@code none}, or {@code denied:} and the code of a rule that the question broke
 * @param bodies FHIR Bundles; none unless answered
 * @param audit where this hospital's audit stood, its entry about this question included
 */
public record HolderAnswer(UUID rid, String feed, String org, String requestHash, Instant t, String result,
    List<byte[]> bodies, Audit audit) {
  public static final String ANSWERED = "answered";
  public static final String NONE = "none";
  public static final String DENIED = "denied:";
  /** Bundles of one answer, and octets of one. */
  public static final int BODIES_MAX = 16;
  public static final int BODY_BYTES_MAX = 8 << 20;

  private static final Pattern RESULT = Pattern.compile("answered|none|denied:lookup\\.[a-z-]{1,40}");

  public HolderAnswer {
    bodies = List.copyOf(bodies);
    if (!RESULT.matcher(result).matches() || result.equals(ANSWERED) == bodies.isEmpty() || bodies.size() > BODIES_MAX
        || bodies.stream().anyMatch(body -> body.length > BODY_BYTES_MAX)) {
      throw new SealRefused(Reason.ANSWER_BROKEN, "answer.result");
    }
  }

  /** The octets of {@code POST /v1/lookups/{rid}/answers}: a frame of CMS, then a frame for each body. */
  public byte[] sign(Signer signer) {
    StringBuilder out = new StringBuilder(512);
    out.append("{\"v\":1,\"rid\":\"").append(rid);
    Json.quote(out.append("\",\"feed\":"), feed);
    Json.quote(out.append(",\"org\":"), org);
    out.append(",\"requestHash\":\"").append(requestHash);
    out.append("\",\"t\":\"").append(Json.time(t.atOffset(ZoneOffset.UTC)));
    out.append("\",\"result\":\"").append(result);
    out.append("\",\"count\":").append(bodies.size());
    out.append(",\"bodies\":").append(bodies.stream().map(body -> '"' + hash(signer.suite(), body) + '"')
        .collect(Collectors.joining(",", "[", "]")));
    out.append(",\"audit\":{\"n\":").append(audit.n()).append(",\"head\":\"").append(audit.head()).append("\"}}");
    return Frames.of(signer.sign(out.toString().getBytes(StandardCharsets.UTF_8)), bodies);
  }

  private static String hash(Suite suite, byte[] body) {
    return Suite.hex(suite.hash(Suite.TAG_ANSWER, body));
  }

  /**
   * Opens an answer and looks whether it is this hospital's to this question, whole.
   *
   * @param frames its CMS and its bodies
   * @param suite the hospital's
   * @throws SealRefused {@code seal.*}; {@code lookup.answer-broken} when rid, question, feed, hashes or count are others
   */
  static HolderAnswer open(List<byte[]> frames, Suite suite, TrustFile.Hospital hospital, SignedRequest question) {
    Json.Fields json = Json.read(StrictCms.open(frames.get(0), suite, hospital.certificates()), "answer");
    json.version1();
    UUID rid = SignedRequest.rid(json);
    String feed = json.text("feed");
    String org = json.text("org");
    String requestHash = json.hash("requestHash");
    Instant t = json.time("t").toInstant();
    String result = json.text("result");
    long count = json.number("count");
    List<String> hashes = json.texts("bodies");
    Json.Fields audit = json.object("audit");
    Audit head = new Audit(audit.number("n"), audit.hash("head"));
    audit.end();
    json.end();
    List<byte[]> bodies = frames.subList(1, frames.size());
    boolean whole = rid.equals(question.request().rid()) && requestHash.equals(question.hash()) && feed.equals(hospital.feed())
        && org.equals(hospital.org()) && count == bodies.size()
        && hashes.equals(bodies.stream().map(body -> hash(suite, body)).toList());
    if (!whole) {
      throw new SealRefused(Reason.ANSWER_BROKEN, "answer");
    }
    return new HolderAnswer(rid, feed, org, requestHash, t, result, bodies, head);
  }

  /** Numbers only: the bodies are a patient's. */
  @Override
  public String toString() {
    return "HolderAnswer[" + rid + " " + result + " " + bodies.size() + "]";
  }
}
