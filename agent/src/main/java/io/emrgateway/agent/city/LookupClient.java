package io.emrgateway.agent.city;

import io.emrgateway.agent.lookup.CityAnswer;
import io.emrgateway.agent.lookup.HolderAnswer;
import io.emrgateway.agent.lookup.Inquiry;
import io.emrgateway.agent.lookup.SignedRequest;
import io.emrgateway.agent.seal.Certificate;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.Signer;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.seal.TrustFile;
import io.emrgateway.routes.core.delivery.Delivery;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookUp.City.Answer;
import io.emrgateway.routes.core.lookup.LookUp.City.Fetched;
import io.emrgateway.routes.core.lookup.LookupRequest;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The city contract's client for lookups, both ways: asks, fetches what others ask, answers.
 *
 * <p>What the city says of a question counts only under its lookup key, and each hospital's part only under that
 * hospital's own; the codes are those of the contract where the city gave one.
 *
 * @see "agent/decisions/0021-what-wire-leaves-open-of-lookups.md"
 */
public final class LookupClient implements LookUp.City {
  private static final String REQUEST = "application/vnd.emr-gateway.lookup";
  private static final String ANSWER = "application/vnd.emr-gateway.lookup-answer";
  /** Three months of a patient at thirty hospitals, with room; beyond that the heap is worth more. */
  private static final int ANSWER_BYTES_MAX = 24 << 20;
  private static final int INQUIRY_BYTES_MAX = 256 << 10;
  /** The city keeps the poll for 25 s. */
  private static final Duration POLL_PATIENCE = Duration.ofSeconds(35);

  /**
   * @param deadline how long the city is to wait for the other hospitals
   * @param patience beyond the deadline, for the way there and back
   */
  public record Settings(String feed, Suite suite, Duration deadline, Duration patience) {}

  private final Settings settings;
  private final CityConnection connection;
  private final Trust trust;
  private final Supplier<Signer> signer;
  private final String feedPath;

  /** @param signer the key in use, asked for each signature: it changes with a rotation */
  public LookupClient(Settings settings, CityConnection connection, Trust trust, Supplier<Signer> signer) {
    this.settings = settings;
    this.connection = connection;
    this.trust = trust;
    this.signer = signer;
    this.feedPath = CityConnection.feedPath(settings.feed());
  }

  @Override
  public Answer ask(LookupRequest request) {
    // Whom to believe has to be current: another hospital's record is shown on the strength of it.
    if (trust.isExpired()) {
      return new Answer.Failed("lookup.trust-expired");
    }
    SignedRequest signed = SignedRequest.sign(request, signer.get());
    HttpRequest ask = connection.request("/v1/lookups").header("Content-Type", REQUEST)
        .header("Prefer", "wait=" + settings.deadline().toSeconds()).POST(BodyPublishers.ofByteArray(signed.cms())).build();
    return connection.exchange(ask, ANSWER_BYTES_MAX, settings.deadline().plus(settings.patience()), response ->
        response.statusCode() == 200 ? parts(response.body(), signed) : new Answer.Failed(refused(response)),
        failed -> new Answer.Failed(failed instanceof Delivery.Postponed postponed ? postponed.code() : "delivery.city-unreachable"));
  }

  private Answer parts(byte[] octets, SignedRequest question) {
    try {
      CityAnswer answer = CityAnswer.open(octets, trust.current(), question);
      return new Answer.Parts(answer.complete(), answer.sources().stream().map(LookupClient::fetched).toList());
    } catch (SealRefused notTheCitys) {
      return new Answer.Failed("lookup.answer-not-valid");
    }
  }

  private static Fetched fetched(CityAnswer.Source source) {
    return new Fetched(source.org(), source.status(), source.records().stream().map(CityAnswer.Proved::bundle).toList());
  }

  private static String refused(HttpResponse<byte[]> response) {
    String rule = CityConnection.rule(response);
    return rule.startsWith("lookup.") ? rule : "lookup.city-answer-" + response.statusCode();
  }

  /**
   * Waits for the next question to this hospital, half a minute at most.
   *
   * @return empty if none came, or the city cannot be reached just now
   * @throws SealRefused if something came that is not the city's, or not for this gateway
   */
  public Optional<Inquiry> next() {
    HttpRequest poll = connection.request(feedPath + "/lookups:next").POST(BodyPublishers.noBody()).build();
    Optional<byte[]> came = connection.exchange(poll, INQUIRY_BYTES_MAX, POLL_PATIENCE,
        response -> response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty(), failed -> Optional.empty());
    return came.map(cms -> Inquiry.open(cms, settings.suite(), trust.current().lookupCertificates(), settings.feed()));
  }

  /**
   * Opens what another hospital asks, by a certificate that the trust file has of the feed that the question names.
   *
   * @throws SealRefused {@code seal.*}, also when it is signed by another hospital than it says
   */
  public SignedRequest open(Inquiry inquiry) {
    TrustFile directory = trust.current();
    List<Certificate> everybody = directory.hospitals().stream().flatMap(one -> one.certificates().stream()).toList();
    SealRefused refused = null;
    // Hospitals of either suite ask each other; which one a question is in, its signature tells.
    for (Suite suite : Suite.values()) {
      try {
        String feed = SignedRequest.open(inquiry.request(), suite, everybody).request().feed();
        return SignedRequest.open(inquiry.request(), suite,
            directory.hospital(feed).map(TrustFile.Hospital::certificates).orElse(List.of()));
      } catch (SealRefused wrong) {
        refused = wrong;
      }
    }
    throw refused;
  }

  /** Whose gateway a feed is, by the directory; null if nobody's. */
  public String orgOf(String feed) {
    return trust.current().hospital(feed).map(TrustFile.Hospital::org).orElse(null);
  }

  /** Sends our answer; true once the city has it. */
  public boolean answer(UUID rid, HolderAnswer answer) {
    HttpRequest post = connection.request("/v1/lookups/" + rid + "/answers").header("Content-Type", ANSWER)
        .POST(BodyPublishers.ofByteArray(answer.sign(signer.get()))).build();
    return connection.exchange(post, INQUIRY_BYTES_MAX, settings.patience().plus(settings.deadline()),
        response -> response.statusCode() == 200, failed -> false);
  }
}
