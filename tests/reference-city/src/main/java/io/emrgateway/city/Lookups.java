package io.emrgateway.city;

import io.emrgateway.city.Json.Members;
import io.emrgateway.city.Misbehaviour.LookupDeed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The city's half of lookups. Knows nothing of sockets.
 *
 * <p>The walk: read and check the request ({@link LookupRequest}, {@link LookupRules}); find who knows the patient
 * ({@link PatientIndex}); put it to those hospitals ({@link Inquiry}) and wait; verify what each answers ({@link
 * HolderAnswer}); fill in with what the city itself holds where a hospital has not answered ({@link OwnRecords}); sign
 * what became of each. The city forwards, it adds no word about a patient.
 */
final class Lookups implements AutoCloseable {
  private static final Set<String> WITHDRAWAL_KEYS = Set.of("v", "feed", "reference", "evidence", "t");
  private static final Set<String> OBJECTION_KEYS = Set.of("v", "feed", "objection", "identifiers", "t");
  private static final Duration SWEEP = Duration.ofSeconds(15);

  private final City city;
  private final Map<Suite, Keys> keys;
  private final LookupMemory memory;
  private final Spool spool;
  private final OwnRecords ownRecords;
  private final Misbehaviour misbehaviour;
  private final Clock clock;
  private final LookupLog log = new LookupLog();
  private final Quota quota = new Quota();
  private final Inquiries inquiries = new Inquiries();
  private final Map<String, Lookup> underWay = new ConcurrentHashMap<>();
  private final ScheduledExecutorService sweeping =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "city-lookups");
            thread.setDaemon(true);
            return thread;
          });

  /** @param keys the key the city's words about lookups are signed with, for each suite that the register uses */
  Lookups(
      City city, Map<Suite, Keys> keys, LookupMemory memory, Spool spool, Misbehaviour misbehaviour, Clock clock) {
    this.city = city;
    this.keys = keys;
    this.memory = memory;
    this.spool = spool;
    this.ownRecords = new OwnRecords(city.holdings(), spool);
    this.misbehaviour = misbehaviour;
    this.clock = clock;
    sweeping.scheduleWithFixedDelay(this::sweep, SWEEP.toSeconds(), SWEEP.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * Asks every hospital that knows the patient, and answers when all have answered or {@code wait} is over.
   *
   * @param client the TLS certificate of the connection
   * @throws Refused with the first rule that is broken; then nobody has been asked
   */
  Answer ask(byte[] client, byte[] cms, Duration wait) throws IOException {
    Instant now = clock.instant();
    byte[] unchecked = Cms.unchecked(cms);
    if (unchecked == null) {
      throw new Refused(Rule.LOOKUP_FORM, "cms");
    }
    // Form before signature, as the order wants it; nothing of it is used before the signature has been checked.
    LookupRequest request = LookupRequest.read(unchecked);
    Register.Feed feed = registered(request.feed());
    byte[] content = verified(feed, cms, now);
    LookupRules.checkFeed(request, feed, client);
    LookupRules.checkTime(request, now);
    memory.nonces().use(feed.feed(), request.nonce(), now);
    if (underWay.containsKey(request.rid())) {
      throw new Refused(Rule.LOOKUP_NONCE, "rid");
    }
    LookupRules.checkAuthorisations(request, feed);
    refuseWithdrawn(feed, request);

    quota.enter(feed, request.requester().practitioner(), now);
    log.opened();
    try {
      return ask(new Lookup(request, cms, content, feed, holders(feed, request), now, wait));
    } finally {
      log.closed();
      quota.leave(feed);
    }
  }

  private Answer ask(Lookup lookup) throws IOException {
    if (underWay.putIfAbsent(lookup.request.rid(), lookup) != null) {
      throw new Refused(Rule.LOOKUP_NONCE, "rid");
    }
    // Asked again now that a withdrawal would find it: between the two it could have slipped through.
    if (memory.withdrawals().holds(lookup.feed.org(), lookup.request.consent().evidence())) {
      lookup.withdraw();
    }
    for (Source source : lookup.sources()) {
      inquiries.offer(new Inquiry(lookup, source));
    }
    lookup.await();
    List<Source> silent = lookup.over();
    inquiries.takeBack(lookup);
    for (Source source : silent) {
      boolean nothing = misbehaviour.next(LookupDeed.NOTHING_OF_ITS_OWN)
          || memory.objections().hold(source.feed.org(), lookup.request.patient());
      OwnRecords.Shown records = nothing ? null : ofPatientOrAnother(source, lookup.request);
      if (records != null) {
        lookup.fillIn(source, records);
      }
    }
    return shown(lookup, true);
  }

  private OwnRecords.Shown ofPatientOrAnother(Source source, LookupRequest request) throws IOException {
    OwnRecords.Shown another = ofAnother(source, request);
    return another == null ? ownRecords.of(source.feed, request) : another;
  }

  /** Null, unless a trial wants to see whether the asking gateway notices. */
  private OwnRecords.Shown ofAnother(Source source, LookupRequest request) throws IOException {
    return misbehaviour.next(LookupDeed.WRONG_PATIENT) ? ownRecords.ofAnother(source.feed, request) : null;
  }

  private List<Register.Feed> holders(Register.Feed asking, LookupRequest request) {
    return city.holdings().patients().feeds(request.patient()).stream()
        .filter(feed -> !feed.equals(asking.feed()))
        .map(city.register()::feed)
        .filter(Objects::nonNull)
        .toList();
  }

  /**
   * How the lookup stands now, for the feed that asked.
   *
   * @param known the tag of what it has, or ""
   */
  Answer show(byte[] client, String rid, String known) {
    Lookup lookup = underWay.get(rid);
    if (lookup == null || !lookup.feed.isServedBy(client) || clock.instant().isAfter(lookup.ends)) {
      throw new Refused(Rule.LOOKUP_UNKNOWN);
    }
    Answer answer = shown(lookup, false);
    return answer.tag().equals(known) ? answer.unchanged() : answer;
  }

  private Answer shown(Lookup lookup, boolean first) {
    if (lookup.isWithdrawn()) {
      throw new Refused(Rule.LOOKUP_WITHDRAWN);
    }
    Keys key = keys.get(lookup.feed.suite());
    Instant now = clock.instant();
    Lookup.Shown shown =
        lookup.show(now, words -> Cms.sign(lookup.feed.suite(), key.key(), key.certificate(), words, now));
    if (first) {
      log.answered(shown.words());
    }
    return Answer.framed(shown.cms(), shown.frames(), shown.tag());
  }

  /** The next inquiry for a hospital: 200 with it, or 204 if none has come within {@code patience}. */
  Answer next(Register.Feed feed, Duration patience) {
    Inquiry inquiry = inquiries.next(feed.feed(), patience);
    if (inquiry == null) {
      return Answer.empty(204);
    }
    byte[] sealed = inquiry.sealed(keys.get(feed.suite()), clock.instant());
    if (misbehaviour.next(LookupDeed.DUPLICATE)) {
      inquiries.offer(inquiry);
    }
    return Answer.signed(200, sealed);
  }

  /**
   * Takes a hospital's answer. The first one counts; after it, others are taken and change nothing.
   *
   * @throws Refused {@code answer.invalid} if it does not verify: then that is what counts
   * @throws IOException if the hospital went away while sending; it may send again
   */
  Answer answer(byte[] client, String rid, InputStream in) throws IOException {
    Lookup lookup = underWay.get(rid);
    Source source = lookup == null ? null : lookup.sourceServedBy(client);
    if (source == null || clock.instant().isAfter(lookup.ends)) {
      throw new Refused(Rule.LOOKUP_UNKNOWN);
    }
    if (lookup.isWithdrawn()) {
      throw new Refused(Rule.LOOKUP_WITHDRAWN);
    }
    boolean late = lookup.isOver();
    boolean counts;
    try {
      HolderAnswer answer =
          HolderAnswer.read(in, lookup, source.feed, city.current(source.feed), clock.instant(), spool);
      OwnRecords.Shown another = answer.count() > 0 ? ofAnother(source, lookup.request) : null;
      if (another == null) {
        counts = lookup.settle(source, answer.status(), answer.count(), Source.HOSPITAL, answer.frames());
      } else {
        Spool.delete(answer.frames().file());
        counts = lookup.settle(source, "answered", another.count(), Source.CITY, another.frames());
      }
    } catch (Refused refused) {
      lookup.settle(source, "denied:" + refused.rule.id, 0, Source.CITY, null);
      throw refused;
    }
    if (late && counts) {
      log.late();
    }
    return Answer.empty(200);
  }

  /** Takes an authorisation out of use for good, and stops the lookups that rest on it. */
  Answer withdraw(byte[] client, byte[] cms) {
    Instant now = clock.instant();
    Members withdrawal = told(cms, "withdrawal", WITHDRAWAL_KEYS);
    withdrawal.string("reference", 1, 2_000);
    withdrawal.instant("t");
    String evidence = withdrawal.hash("evidence");
    Register.Feed feed = teller(client, cms, withdrawal, now);
    memory.withdrawals().add(feed.org(), evidence, now);
    for (Lookup lookup : underWay.values()) {
      if (lookup.feed.org().equals(feed.org()) && evidence.equals(lookup.request.consent().evidence())) {
        lookup.withdraw();
        inquiries.takeBack(lookup);
      }
    }
    return Answer.empty(200);
  }

  /** Takes note of whom a hospital does not want shown in its place, and shows no more of what has come. */
  Answer object(byte[] client, byte[] cms) {
    Instant now = clock.instant();
    Members objection = told(cms, "objection", OBJECTION_KEYS);
    objection.instant("t");
    String name = objection.string("objection", 1, 64);
    Set<Identifier> patient = LookupRequest.identifiers(objection, 0);
    Register.Feed feed = teller(client, cms, objection, now);
    memory.objections().set(feed.org(), name, patient);
    for (Lookup lookup : underWay.values()) {
      if (lookup.request.patient().stream().anyMatch(patient::contains)) {
        lookup.holdBack(feed.org());
      }
    }
    return Answer.empty(200);
  }

  /** What a gateway tells the city, read for its form; nothing of it is used before {@link #teller} has looked. */
  private static Members told(byte[] cms, String what, Set<String> keys) {
    byte[] unchecked = Cms.unchecked(cms);
    if (unchecked == null) {
      throw new Refused(Rule.LOOKUP_FORM, "cms");
    }
    Members told =
        new Members(Json.object(unchecked, Rule.LOOKUP_FORM), what, Rule.LOOKUP_FORM, Rule.LOOKUP_FORM).exactly(keys);
    if (told.integer("v", 1) != 1) {
      throw told.wrong("v");
    }
    return told;
  }

  /** The feed that tells it, whose signature and connection it is. */
  private Register.Feed teller(byte[] client, byte[] cms, Members told, Instant now) {
    Register.Feed feed = registered(told.string("feed"));
    verified(feed, cms, now);
    if (!feed.isServedBy(client)) {
      throw new Refused(Rule.LOOKUP_FEED, "connection");
    }
    return feed;
  }

  private Register.Feed registered(String name) {
    Register.Feed feed = city.register().feed(name);
    if (feed == null) {
      throw new Refused(Rule.LOOKUP_FEED, "not registered");
    }
    return feed;
  }

  /** What the feed's certificate of now has signed. */
  private byte[] verified(Register.Feed feed, byte[] cms, Instant now) {
    Pinned signer = city.current(feed);
    if (!signer.names(feed.feed()) || !signer.validAt(now)) {
      throw new Refused(Rule.LOOKUP_SIGNATURE, "certificate");
    }
    try {
      return Cms.open(feed.suite(), cms, List.of(signer)).content();
    } catch (Refused refused) {
      throw new Refused(Rule.LOOKUP_SIGNATURE, refused.rule.id);
    }
  }

  private void refuseWithdrawn(Register.Feed feed, LookupRequest request) {
    if (memory.withdrawals().holds(feed.org(), request.consent().evidence())) {
      throw new Refused(Rule.LOOKUP_WITHDRAWN);
    }
  }

  /** Deletes what is older than ten minutes. */
  private void sweep() {
    Instant now = clock.instant();
    for (Lookup lookup : underWay.values()) {
      if (now.isAfter(lookup.ends)) {
        underWay.remove(lookup.request.rid());
        try {
          lookup.end();
        } catch (UncheckedIOException e) {
          System.err.println("city: an answer to a lookup could not be deleted");
        }
      }
    }
  }

  LookupLog log() {
    return log;
  }

  @Override
  public void close() {
    sweeping.shutdownNow();
    spool.empty();
  }
}
