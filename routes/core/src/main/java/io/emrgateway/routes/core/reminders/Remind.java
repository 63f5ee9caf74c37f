package io.emrgateway.routes.core.reminders;

import io.emrgateway.routes.core.lookup.Consents;
import io.emrgateway.routes.core.lookup.Found;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Rule;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reminds a doctor who orders: one use case behind CDS Hooks and the v2 door. This hospital's own records count at once;
 * those of other hospitals once a lookup has brought them, which opening the patient begins ({@link #warm}). What it brought
 * is kept in memory for that doctor in that visit, for a short time, and no longer than a consent is in force.
 */
public final class Remind {
  /** What reminders rest on; of other hospitals', as much of it as the patient has agreed to. */
  static final Set<Section> SECTIONS = EnumSet.of(Section.VISITS, Section.ALLERGIES, Section.MEDICATIONS, Section.RESULTS, Section.REPORTS);
  /** The city's answer counts for a hospital that gave none. */
  private static final Set<String> ANSWERED = Set.of("answered", "city", "none");
  /** Of either kind, together with what stands around them; a fact takes less than a kilobyte. */
  private static final int FACTS_MAX = 8_000;
  /** What an entry without facts counts for. */
  private static final int ENTRY = 2;
  /** A lookup without consent or city is not begun again at every click. */
  private static final Duration AGAIN_AFTER = Duration.ofMinutes(1);
  /** The city is asked no sooner for what came late. */
  private static final Duration LATE_AFTER = Duration.ofSeconds(3);
  private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);

  /**
   * Who asks for whom.
   *
   * @param patient any of the patient's identifiers
   * @param visit number of the visit in which it is ordered; "" when not said, then other hospitals are not asked
   * @param department as the hospital names it
   */
  public record Asking(List<Identifier> patient, String visit, Practitioner doctor, String department) {
    public Asking {
      patient = List.copyOf(patient);
    }

    /** Never who: it is patient data. */
    @Override
    public String toString() {
      return "Asking[…]";
    }
  }

  /** What became of the question to the other hospitals. */
  public enum Elsewhere {
    /** All that answered count. */
    THERE("there", "外院记录已计入", "Other hospitals' records count too."),
    /** Some have not answered yet; those that have count. */
    IN_PART("in-part", "部分医院尚未答复，提醒可能不全", "Some hospitals have not answered yet; reminders may be incomplete."),
    /** On its way, or not asked yet: the next call may have it. */
    NOT_YET("not-yet", "外院记录尚未取回，目前只按本院记录提醒", "Other hospitals' records are not there yet: only this hospital's own records count."),
    /** The patient has not agreed, or not any more. */
    NO_CONSENT("no-consent", "患者未授权调阅外院记录，只按本院记录提醒", "The patient has not agreed to a lookup: only this hospital's own records count."),
    /** Not permitted for another reason, e.g. no open visit. */
    DENIED("denied", "不能调阅外院记录，只按本院记录提醒", "Other hospitals may not be asked: only this hospital's own records count."),
    /** The city does not answer. */
    FAILED("failed", "市平台没有答复，只按本院记录提醒", "The city does not answer: only this hospital's own records count.");

    private final String code;
    private final String zh;
    private final String en;

    Elsewhere(String code, String zh, String en) {
      this.code = code;
      this.zh = zh;
      this.en = en;
    }

    public String code() {
      return code;
    }

    public String zh() {
      return zh;
    }

    public String en() {
      return en;
    }
  }

  /**
   * What there is to say.
   *
   * @param elsewhere whether other hospitals' records are in it
   * @param code a rule or failure behind it, or ""
   * @param missing hospitals that have not answered
   * @param notAgreed sections of which no other hospital's records count, because the patient has agreed to others only
   */
  public record Answer(List<Reminder> reminders, Facts facts, Elsewhere elsewhere, String code, List<String> missing, Set<Section> notAgreed) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Answer[" + reminders.size() + " " + elsewhere + "]";
    }
  }

  /** @param keep how long what a lookup brought is kept in memory */
  public record Settings(String org, Duration keep) {}

  private record Key(Set<Identifier> patient, String visit, String doctor) {
    @Override
    public String toString() {
      return "Key[…]";
    }
  }

  /**
   * What other hospitals showed; the facts are kept, not the megabytes that they were read from.
   *
   * @param tag of all of it
   * @param sections that were asked for, and {@code notAgreed} those that the patient has not agreed to
   * @param missing hospitals that have not answered
   */
  private record Shown(UUID rid, String tag, Sought patient, Set<Section> sections, Set<Section> notAgreed, List<String> missing) {
    static Shown of(Result.Shown shown) {
      return new Shown(shown.rid(), shown.tag(), shown.patient(), shown.sections(), shown.notAgreed(),
          shown.parts().stream().filter(one -> !ANSWERED.contains(one.status())).map(LookUp.Part::org).toList());
    }

    @Override
    public String toString() {
      return "Shown[" + rid + "]";
    }
  }

  /**
   * One lookup, and what it has brought; replaced as a whole.
   *
   * @param last when the city was asked last
   */
  private record Warm(Instant begun, Instant last, Elsewhere state, String code, Shown shown, Facts facts, boolean asking) {
    static Warm nothing(Instant begun, Elsewhere state, String code) {
      return new Warm(begun, begun, state, code, null, Facts.NONE, false);
    }

    /** What was brought counts until more comes. */
    Warm since(Instant now, boolean asking) {
      return new Warm(begun, now, state, code, shown, facts, asking);
    }

    /** The same behind a new question. */
    Warm anew(Instant now, boolean asking) {
      return new Warm(now, now, state, code, shown, facts, asking);
    }

    /** Whether more may have come; the city keeps it for a time. */
    boolean isLate(Instant now) {
      return state == Elsewhere.IN_PART && !asking && last.plus(LATE_AFTER).isBefore(now)
          && now.isBefore(begun.plus(LookUp.ANSWERS_KEPT));
    }

    int weight() {
      return ENTRY + facts.size();
    }

    @Override
    public String toString() {
      return "Warm[" + state + "]";
    }
  }

  /**
   * What this hospital's own records say.
   *
   * @param last admission number of the newest of them
   */
  private record Own(Instant read, long last, Facts facts) {
    int weight() {
      return ENTRY + facts.size();
    }

    @Override
    public String toString() {
      return "Own[…]";
    }
  }

  private final Settings settings;
  private final Records records;
  private final Found found;
  private final Facts.Reader reader;
  private final LookUp lookUp;
  private final Consents consents;
  private final Executor executor;
  private final Clock clock;
  private final Kept<Key, Warm> kept = new Kept<>(FACTS_MAX, Warm::weight);
  private final Kept<Set<Identifier>, Own> own = new Kept<>(FACTS_MAX, Own::weight);

  /** @param executor runs lookups, which wait for the city */
  public Remind(Settings settings, Records records, Found found, Facts.Reader reader, LookUp lookUp, Consents consents, Executor executor, Clock clock) {
    this.settings = settings;
    this.records = records;
    this.found = found;
    this.reader = reader;
    this.lookUp = lookUp;
    this.consents = consents;
    this.executor = executor;
    this.clock = clock;
  }

  /**
   * Begins to ask the other hospitals, unless that was done lately by the consent that is in force now; does not wait for them.
   */
  public void warm(Asking asking) {
    if (asking.visit().isEmpty()) {
      return;
    }
    Key key = key(asking);
    Instant now = clock.instant();
    Warm otherwise;
    synchronized (kept) {
      kept.removeIf(one -> one.begun().plus(settings.keep()).isBefore(now));
      Warm before = kept.get(key);
      if (before != null && (before.asking() || before.begun().plus(AGAIN_AFTER).isAfter(now) || isAllAgreed(before, asking, now))) {
        return;
      }
      boolean counts = before != null && before.shown() != null;
      otherwise = counts ? before.anew(now, false) : Warm.nothing(now, Elsewhere.FAILED, "reminders.failed");
      kept.put(key, counts ? before.anew(now, true) : Warm.nothing(now, Elsewhere.NOT_YET, "").since(now, true));
    }
    executor.execute(() -> bring(key, otherwise, () -> lookUp.ask(question(asking, now))));
  }

  /** Whether what was brought is as much as the patient agrees to now. */
  private boolean isAllAgreed(Warm before, Asking asking, Instant now) {
    return before.shown() != null && agreed(before.shown(), asking, now).equals(before.shown().sections());
  }

  /** @param otherwise what is kept if nothing comes of it */
  private void bring(Key key, Warm otherwise, Supplier<Result> result) {
    Warm brought = otherwise;
    try (Result one = result.get()) {
      brought = brought(otherwise, one);
    } finally {
      synchronized (kept) {
        kept.put(key, brought);
      }
    }
  }

  private Question question(Asking asking, Instant now) {
    return new Question(asking.doctor(), asking.department(), asking.visit(), asking.patient(), SECTIONS, false, null, null, now, null);
  }

  private Warm brought(Warm otherwise, Result result) {
    if (result instanceof Result.Shown shown) {
      Facts facts = Facts.NONE;
      for (LookUp.Part part : shown.parts()) {
        facts = facts.and(reader.facts(part.org(), part.bundles()));
      }
      return new Warm(otherwise.begun(), otherwise.last(), shown.complete() ? Elsewhere.THERE : Elsewhere.IN_PART, "", Shown.of(shown), facts,
          false);
    }
    if (otherwise.shown() != null) {
      return otherwise; // Nothing came late: what came in time stays.
    }
    if (result instanceof Result.Denied denied) {
      boolean consent = denied.rule() == Rule.NO_CONSENT || denied.rule() == Rule.CONSENT_IN_PART || denied.rule() == Rule.WITHDRAWN;
      return Warm.nothing(otherwise.begun(), consent ? Elsewhere.NO_CONSENT : Elsewhere.DENIED, denied.rule().code());
    }
    return Warm.nothing(otherwise.begun(), Elsewhere.FAILED, ((Result.Failed) result).code());
  }

  /**
   * What these orders are to be reminded of, by what is at hand: never waits for another hospital.
   *
   * @throws RuntimeException if the own records cannot be read
   */
  public Answer remind(Asking asking, List<Order> orders) {
    Instant now = clock.instant();
    Warm warm = warmed(asking, now);
    Facts facts = ofOurs(asking.patient(), now).and(warm.facts());
    List<String> missing = warm.shown() == null ? List.of() : warm.shown().missing();
    Set<Section> notAgreed = warm.shown() == null ? Set.of() : warm.shown().notAgreed();
    return new Answer(Rules.reminders(facts, orders, asking.visit(), settings.org(), now), facts, warm.state(), warm.code(), missing, notAgreed);
  }

  private boolean isOver(Own one, Instant now) {
    return one.read().plus(settings.keep()).isBefore(now) || !today(one.read()).equals(today(now));
  }

  /** Read again only when a message about the patient has come since: reading all of a long record takes its time. */
  private Facts ofOurs(List<Identifier> patient, Instant now) {
    Set<Identifier> key = Set.copyOf(patient);
    Own known;
    synchronized (own) {
      own.removeIf(one -> isOver(one, now));
      known = own.get(key);
    }
    long last = records.extent(patient).last();
    if (known != null && known.last() == last) {
      return known.facts();
    }
    Scope scope = Window.scope(now, SECTIONS, null, null);
    Facts facts;
    try (Found.Here here = found.here(new Sought(patient, "", null), scope, Window.of(now, scope))) {
      facts = reader.facts(settings.org(), here.bundles());
    }
    synchronized (own) {
      own.put(key, new Own(now, last, facts));
    }
    return facts;
  }

  /** What is kept for this asking, as far as the patient still agrees; what came late is fetched meanwhile. */
  private Warm warmed(Asking asking, Instant now) {
    Key key = key(asking);
    Warm warm;
    boolean late;
    synchronized (kept) {
      warm = kept.get(key);
      if (warm != null && warm.begun().plus(settings.keep()).isBefore(now)) {
        kept.remove(key);
        warm = null;
      }
      late = warm != null && warm.isLate(now);
      if (late) {
        kept.put(key, warm.since(now, true));
      }
    }
    if (late) {
      Warm before = warm.since(now, false);
      executor.execute(() -> bring(key, before, () -> lookUp.again(before.shown().rid(), before.shown().tag())));
    }
    if (warm == null) {
      return asking.visit().isEmpty() ? Warm.nothing(now, Elsewhere.DENIED, Rule.NO_OPEN_VISIT.code()) : Warm.nothing(now, Elsewhere.NOT_YET, "");
    }
    boolean agreed = warm.shown() == null || agreed(warm.shown(), asking, now).containsAll(warm.shown().sections());
    return agreed ? warm : Warm.nothing(warm.begun(), Elsewhere.NO_CONSENT, Rule.NO_CONSENT.code());
  }

  /** What of {@link #SECTIONS} a consent in force covers. */
  private Set<Section> agreed(Shown shown, Asking asking, Instant now) {
    List<Identifier> numbers = Stream.concat(shown.patient().identifiers().stream(), asking.patient().stream()).distinct().toList();
    return consents.inForce(numbers, SECTIONS, settings.org(), now)
        .map(one -> SECTIONS.stream().filter(one.scope()::contains).collect(Collectors.toSet())).orElse(Set.of());
  }

  private static Key key(Asking asking) {
    return new Key(Set.copyOf(asking.patient()), asking.visit(), Objects.toString(asking.doctor().id(), ""));
  }

  private static LocalDate today(Instant now) {
    return now.atOffset(BEIJING).toLocalDate();
  }

  /**
   * What a bundle of requests asks for: the draft of a CDS Hooks call, or what a v2 order is mapped to.
   *
   * @throws RuntimeException if it is no bundle
   */
  public List<Order> orders(byte[] bundle) {
    return reader.orders(bundle);
  }
}
