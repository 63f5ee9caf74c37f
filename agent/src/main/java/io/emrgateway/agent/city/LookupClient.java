package io.emrgateway.agent.city;

import io.emrgateway.agent.lookup.CityAnswer;
import io.emrgateway.agent.lookup.HolderAnswer;
import io.emrgateway.agent.lookup.Inquiries;
import io.emrgateway.agent.lookup.Inquiry;
import io.emrgateway.agent.lookup.Objecting;
import io.emrgateway.agent.lookup.SignedRequest;
import io.emrgateway.agent.lookup.Telling;
import io.emrgateway.agent.lookup.Withdrawal;
import io.emrgateway.agent.seal.Certificate;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.Signer;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.seal.TrustFile;
import io.emrgateway.routes.core.delivery.Delivery;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookUp.City.Answer;
import io.emrgateway.routes.core.lookup.LookUp.City.Fetched;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The city contract's client for lookups, both ways: asks, fetches what others ask, answers.
 *
 * <p>What the city says of a question counts only under its lookup key, and each hospital's part only under that
 * hospital's own; the codes are those of the contract where the city gave one.
 *
 * @see "agent/decisions/0021-what-wire-leaves-open-of-lookups.md"
 */
public final class LookupClient implements LookUp.City, Inquiries, Telling.City {
  private static final String REQUEST = "application/vnd.emr-gateway.lookup";
  private static final String SIGNED = "application/vnd.emr-gateway.signed";
  private static final String ANSWER = "application/vnd.emr-gateway.lookup-answer";
  private static final Pattern TAG = Pattern.compile("\"[!#-~]{1,80}\"");
  /**
   * What an answer's octets take of the heap until a door has told them: as they came, cut, as the state that a document is
   * written from (twice), and the document.
   */
  private static final int COPIES = 5;
  /** For a turn to read an answer, and for reading it. */
  private static final Duration READING = Duration.ofSeconds(15);
  private static final int REFUSAL_BYTES_MAX = 64 << 10;
  private static final int INQUIRY_BYTES_MAX = 256 << 10;
  /** As many as the city takes of one feed at a time; whoever comes then waits for a turn. */
  private static final int AT_ONCE = 20;
  private static final Duration TURN = Duration.ofSeconds(5);
  private static final Duration REFRESH_APART = Duration.ofMinutes(1);
  private static final Duration ANSWERS_KEPT = Duration.ofMinutes(10);
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
  private final BooleanSupplier refreshTrust;
  private final Headroom room;
  private final String feedPath;
  private final Semaphore inFlight = new Semaphore(AT_ONCE, true);
  private long refreshedAt = System.nanoTime() - REFRESH_APART.toNanos();
  /** Questions whose answers can still grow: what comes is held against what was signed. */
  private final Map<UUID, SignedRequest> asked = new LinkedHashMap<>();

  /**
   * @param signer the key in use, asked for each signature: it changes with a rotation
   * @param refreshTrust asks the city for a newer trust file; true if the one in use has not expired afterwards
   * @param room for what comes back
   */
  public LookupClient(Settings settings, CityConnection connection, Trust trust, Supplier<Signer> signer, BooleanSupplier refreshTrust,
      Headroom room) {
    this.settings = settings;
    this.connection = connection;
    this.trust = trust;
    this.signer = signer;
    this.refreshTrust = refreshTrust;
    this.room = room;
    this.feedPath = CityConnection.feedPath(settings.feed());
  }

  @Override
  public Answer ask(LookupRequest request) {
    // Whom to believe has to be current: another hospital's record is shown on the strength of it.
    if (trust.isExpired() && !refreshTrust.getAsBoolean()) {
      return new Answer.Failed("lookup.trust-expired");
    }
    if (!awaits(inFlight)) {
      return new Answer.Failed(Rule.TOO_MANY.code());
    }
    try {
      return signedAndAsked(request);
    } finally {
      inFlight.release();
    }
  }

  private static boolean awaits(Semaphore turns) {
    try {
      return turns.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Answer signedAndAsked(LookupRequest request) {
    SignedRequest signed = SignedRequest.sign(request, signer.get());
    remember(signed);
    HttpRequest ask = connection.request("/v1/lookups").header("Content-Type", REQUEST)
        .header("Prefer", "wait=" + settings.deadline().toSeconds()).POST(BodyPublishers.ofByteArray(signed.cms())).build();
    return fetched(ask, signed, settings.deadline().plus(settings.patience()));
  }

  @Override
  public Answer again(UUID rid, String known) {
    SignedRequest question = remembered(rid);
    if (question == null) {
      return new Answer.Failed(LookUp.Result.Failed.UNKNOWN);
    }
    if (!awaits(inFlight)) {
      return new Answer.Failed(Rule.TOO_MANY.code());
    }
    HttpRequest.Builder request = connection.request("/v1/lookups/" + rid);
    if (TAG.matcher(known).matches()) {
      request.header("If-None-Match", known);
    }
    try {
      return fetched(request.GET().build(), question, settings.patience());
    } finally {
      inFlight.release();
    }
  }

  private Answer fetched(HttpRequest request, SignedRequest question, Duration patience) {
    return connection.stream(request, patience, READING, response -> answer(response, question),
        failed -> new Answer.Failed(failed instanceof Delivery.Postponed postponed ? postponed.code() : "delivery.city-unreachable"));
  }

  /** Takes room for the whole answer before it reads any of it, and keeps it for whoever closes the answer. */
  private Answer answer(HttpResponse<InputStream> response, SignedRequest question) throws IOException {
    if (response.statusCode() == 304 && response.request().headers().firstValue("If-None-Match").isPresent()) {
      return new Answer.Unchanged();
    }
    if (response.statusCode() != 200) {
      return new Answer.Failed(refused(response.statusCode(), response.body().readNBytes(REFUSAL_BYTES_MAX)));
    }
    long most = room.most() / COPIES;
    long length = Math.min(most, response.headers().firstValueAsLong("Content-Length").orElse(most));
    Optional<Headroom.Taken> taken = room.take(length * COPIES);
    if (taken.isEmpty()) {
      return new Answer.Failed(Rule.TOO_MANY.code());
    }
    Answer answer = null;
    try {
      CityAnswer said = CityAnswer.open(response.body(), length, trust.current(), this::renewed, question);
      answer = new Answer.Parts(tag(said, response), said.complete(), said.sources().stream().map(LookupClient::fetched).toList(), taken.get());
      return answer;
    } catch (SealRefused notTheCitys) {
      return new Answer.Failed("lookup.answer-not-valid");
    } finally {
      if (answer == null) {
        taken.get().close();
      }
    }
  }

  /** What the city calls this state of its answer. One that it does not name, or that a newer trust file may prove, is like no other. */
  private static String tag(CityAnswer said, HttpResponse<?> response) {
    return response.headers().firstValue("ETag").filter(TAG.asMatchPredicate())
        .filter(tag -> said.sources().stream().noneMatch(CityAnswer.Source::isOfAnUnknownKey))
        .orElseGet(() -> '"' + UUID.randomUUID().toString() + '"');
  }

  private synchronized void remember(SignedRequest question) {
    Instant oldest = question.request().issued().minus(ANSWERS_KEPT);
    asked.values().removeIf(one -> one.request().issued().isBefore(oldest));
    asked.put(question.request().rid(), question);
  }

  private synchronized SignedRequest remembered(UUID rid) {
    return asked.get(rid);
  }

  private static Fetched fetched(CityAnswer.Source source) {
    boolean byTheCity = source.records().stream().anyMatch(CityAnswer.Proved::fed);
    return new Fetched(source.org(), byTheCity ? "city" : source.status(), source.records().stream().map(CityAnswer.Proved::bundle).toList());
  }

  private static String refused(int status, byte[] body) {
    String rule = CityConnection.rule(body);
    return rule.startsWith("lookup.") ? rule : "lookup.city-answer-" + status;
  }

  @Override
  public Optional<Inquiry> next() throws Unreachable {
    if (trust.current().lookupCertificates().isEmpty()) {
      throw new Unreachable(); // A city without lookups.
    }
    HttpRequest poll = connection.request(feedPath + "/lookups:next").POST(BodyPublishers.noBody()).build();
    HttpResponse<byte[]> came = connection.exchange(poll, INQUIRY_BYTES_MAX, POLL_PATIENCE, response -> response, failed -> null);
    if (came == null || came.statusCode() != 200 && came.statusCode() != 204) {
      throw new Unreachable();
    }
    return came.statusCode() == 204 ? Optional.empty()
        : Optional.of(Inquiry.open(came.body(), settings.suite(), trust.current().lookupCertificates(), settings.feed()));
  }

  @Override
  public SignedRequest open(Inquiry inquiry) {
    try {
      return opened(inquiry);
    } catch (SealRefused unknown) {
      // A hospital that joined since the trust file was fetched, or changed its key.
      if (!isRefreshDue()) {
        throw unknown;
      }
      refreshTrust.getAsBoolean();
      return opened(inquiry);
    }
  }

  /** The newest trust file that is to be had at most once a minute. */
  private TrustFile renewed() {
    if (isRefreshDue()) {
      refreshTrust.getAsBoolean();
    }
    return trust.current();
  }

  private synchronized boolean isRefreshDue() {
    boolean due = System.nanoTime() - refreshedAt > REFRESH_APART.toNanos();
    refreshedAt = due ? System.nanoTime() : refreshedAt;
    return due;
  }

  private SignedRequest opened(Inquiry inquiry) {
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

  @Override
  public String orgOf(String feed) {
    return trust.current().hospital(feed).map(TrustFile.Hospital::org).orElse(null);
  }

  @Override
  public boolean answer(UUID rid, HolderAnswer answer) {
    HttpRequest post = connection.request("/v1/lookups/" + rid + "/answers").header("Content-Type", ANSWER)
        .POST(BodyPublishers.ofByteArray(answer.sign(signer.get()))).build();
    return connection.exchange(post, INQUIRY_BYTES_MAX, settings.patience().plus(settings.deadline()),
        response -> response.statusCode() == 200, failed -> false);
  }

  @Override
  public boolean hears(Withdrawal withdrawal) {
    return hears("/v1/lookups/withdrawals", withdrawal.sign(settings.feed(), signer.get()));
  }

  @Override
  public boolean hears(Objecting objecting) {
    return hears("/v1/lookups/objections", objecting.sign(settings.feed(), signer.get()));
  }

  private boolean hears(String path, byte[] signed) {
    HttpRequest post = connection.request(path).header("Content-Type", SIGNED).POST(BodyPublishers.ofByteArray(signed)).build();
    return connection.exchange(post, INQUIRY_BYTES_MAX, settings.patience(), response -> response.statusCode() == 200, failed -> false);
  }
}
