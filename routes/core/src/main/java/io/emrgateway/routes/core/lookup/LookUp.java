package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.Worded;
import io.emrgateway.routes.core.Words;
import io.emrgateway.routes.core.lookup.Audits.Act;
import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records.VisitState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Asking: a doctor here wants to know what other hospitals know of a patient. One use case behind every door: ask,
 * permit, declare, fetch, check, record, answer. Nothing leaves before it is permitted and the audit has it; nothing is
 * shown that is not proved, this patient's and within the window, and in the audit.
 */
public final class LookUp {

  /**
   * What a door asks for.
   *
   * @param encounter number of the visit in which it is asked
   * @param patient any of the patient's identifiers
   * @param named whether the sections were named: then it is all of them or a refusal, else those that the patient has agreed to
   * @param since and {@code until}: null for all that may be shown, {@link Window#scope}
   * @param confirmed when the doctor confirmed it; null for the moment at which it is asked
   * @param emergency null for a treatment
   */
  public record Question(Practitioner doctor, String department, String encounter, List<Identifier> patient,
      Set<Section> sections, boolean named, LocalDate since, LocalDate until, Instant confirmed, Emergency emergency) {
    public Question {
      patient = List.copyOf(patient);
      sections = Set.copyOf(sections);
    }

    /** Never who: it is patient data. */
    @Override
    public String toString() {
      return "Question[…]";
    }
  }

  /** What became of it; whoever has asked closes it once it is told. */
  public sealed interface Result extends AutoCloseable {
    /** What it held of the heap is free for other lookups. */
    @Override
    default void close() {}

    /**
     * Nothing has left, or the city has refused it: by the same rules as this gateway.
     *
     * @param agreed for {@link Rule#CONSENT_IN_PART}, what the patient has agreed to; else empty
     */
    record Denied(Rule rule, Set<Section> agreed) implements Result, Worded {
      public Denied {
        agreed = Set.copyOf(agreed);
      }

      public Denied(Rule rule) {
        this(rule, Set.of());
      }

      @Override
      public Words words() {
        return agreed.isEmpty() ? rule.words() : new Words(rule.code(), rule.textZh() + "；已授权：" + Section.zh(agreed),
            rule.text() + "; agreed to: " + Section.wireNames(agreed), rule.remedyZh(), rule.remedy());
      }
    }

    /** There is no answer of the city's that can be used: a stable code. */
    record Failed(String code) implements Result, Worded {
      /** Of a question that is not known, or not any more. */
      public static final String UNKNOWN = "lookup.unknown";

      @Override
      public Words words() {
        return code.equals(UNKNOWN)
            ? new Words(code, "没有这个查询，或已超过十分钟", "There is no such question, or it is older than ten minutes", "请重新查询", "Ask anew")
            : new Words(code, "市平台没有给出有效答复，未显示任何外院资料", "The city gave no valid answer; nothing of other hospitals is shown",
                "请稍后重试；反复出现时请告知信息科，并报上代码（emr-gateway status）",
                "Try again; if it goes on, tell IT the code (emr-gateway status)");
      }
    }

    /** Asked again, nothing more has come, and what is shown may go on being shown. Completes nothing. */
    record Unchanged() implements Result {}

    /**
     * What came back so far.
     *
     * @param tag another one for whatever differs in it; may stand in an HTTP header as it is
     * @param sections that were asked for
     * @param notAgreed sections that were wanted and not asked for, because the patient has not agreed to them
     * @param window the days that could be shown at all
     * @param complete nothing more will come
     * @param room that it takes until it is closed; null if it takes none
     */
    record Shown(UUID rid, String tag, LookupRequest.Sought patient, Set<Section> sections, Set<Section> notAgreed, Window window,
        boolean complete, List<Part> parts, Headroom.Taken room) implements Result {
      @Override
      public void close() {
        if (room != null) {
          room.close();
        }
      }
    }
  }

  /**
   * One hospital's part.
   *
   * @param status answered, city (for a hospital that did not answer, the city did from what it holds of its feed), none,
   *     timeout, unproved: and a code of {@link Unproved}, too-large, or denied: and one of {@link Rule}. What was answered and
   *     then cut to nothing is {@code none}, what the city
   *     gave {@code timeout}
   * @param bundles collections, of this patient and within the window
   */
  public record Part(String org, String status, List<byte[]> bundles) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Part[" + org + " " + status + " " + bundles.size() + "]";
    }
  }

  /** What this hospital knows of its own patients. */
  public interface Patients {
    /** The patient that any of these identifiers means; empty if there is none. */
    Optional<File> known(List<Identifier> patient);

    /** Whether there is such a patient whom other hospitals cannot know, because the resident ID contradicts itself or the rest. */
    boolean isContradictory(List<Identifier> patient);
  }

  /**
   * What our own feed says of one patient.
   *
   * @param sought the identifiers that other hospitals know, the name and the birth date
   * @param visits what was last said of the visit of a number, empty if it is not this patient's
   */
  public record File(LookupRequest.Sought sought, Function<String, Optional<VisitState>> visits) {
    /** Never who: it is patient data. */
    @Override
    public String toString() {
      return "File[…]";
    }
  }

  /** The way to the other hospitals. */
  public interface City {
    /** What came back for one question. */
    sealed interface Answer {
      /**
       * @param tag of this state of the answer, as {@link Result.Shown} has it
       * @param room that it takes, or null; whoever gets it closes it
       */
      record Parts(String tag, boolean complete, List<Fetched> parts, Headroom.Taken room) implements Answer {}

      /** All there is was known. */
      record Unchanged() implements Answer {}

      record Failed(String code) implements Answer {}
    }

    /**
     * One hospital's part, proved to be that hospital's.
     *
     * @param status as {@link Part} has it
     * @param bundles records of its feed, or its answer to this question
     */
    record Fetched(String org, String status, List<byte[]> bundles) {}

    /** Signs the question and waits for what comes by the deadline. */
    Answer ask(LookupRequest request);

    /**
     * What has come to a question of the last ten minutes by now; signs nothing.
     *
     * @param known tag of what the asker has, or ""
     */
    Answer again(UUID rid, String known);
  }

  /** @param emergencies whether this hospital takes part in the emergency form */
  public record Settings(String org, String feed, boolean emergencies) {}

  private static final Duration LIFE = Duration.ofSeconds(60);
  /** The city keeps what came for as long. */
  public static final Duration ANSWERS_KEPT = Duration.ofMinutes(10);
  /** Longer than any door shows an answer: until then it can be told that the patient has withdrawn. */
  private static final Duration REMEMBERED = Duration.ofMinutes(75);

  private final Settings settings;
  private final Patients patients;
  private final Consents consents;
  private final Audits audits;
  private final City city;
  private final Found found;
  private final Supplier<String> nonce;
  private final Clock clock;
  private final Pace pace = new Pace();
  /** What was asked lately, the oldest first. */
  private final Map<UUID, Asked> lately = new LinkedHashMap<>();

  /** @param notAgreed as {@link Result.Shown} has it */
  private record Asked(LookupRequest request, Set<Section> notAgreed) {}

  /** @param nonce gives 32 random hex digits */
  public LookUp(Settings settings, Patients patients, Consents consents, Audits audits, City city, Found found,
      Supplier<String> nonce, Clock clock) {
    this.settings = settings;
    this.patients = patients;
    this.consents = consents;
    this.audits = audits;
    this.city = city;
    this.found = found;
    this.nonce = nonce;
    this.clock = clock;
  }

  /**
   * Asks.
   *
   * @throws RuntimeException if the audit does not answer: then nothing has left, or nothing is shown
   */
  public Result ask(Question question) {
    // The city contract's times have milliseconds.
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    UUID rid = UUID.randomUUID();
    Permit permit = permit(question, rid, now);
    LookupRequest request = permit.asked().request();
    if (permit.denied() != null) {
      audits.append(entry(Act.ASK_REFUSED, request, permit.denied().rule().code()));
      return permit.denied();
    }
    audits.append(entry(Act.ASK, request, ""));
    remember(permit.asked(), now);
    return shown(city.ask(request), permit.asked());
  }

  /**
   * What has come to a question by now, late answers included: checked, cut and recorded like the first. While nothing
   * more has come, there is nothing to check or to record; but the patient may have withdrawn.
   *
   * @param rid of a question asked in the last ten minutes, else {@code Failed lookup.unknown}
   * @param known tag of what the door shows already, or ""
   * @throws RuntimeException if the audit does not answer: then nothing is shown
   */
  public Result again(UUID rid, String known) {
    Optional<Asked> asked = remembered(rid, clock.instant())
        .filter(one -> !one.request().issued().plus(ANSWERS_KEPT).isBefore(clock.instant()));
    return asked.isEmpty() ? new Result.Failed(Result.Failed.UNKNOWN) : shown(city.again(rid, known), asked.get());
  }

  /**
   * The rule that forbids to show the rest of what came to a question, at a door that shows it page by page; empty while it
   * may be shown.
   */
  public Optional<Rule> forbidden(UUID rid) {
    return remembered(rid, clock.instant()).map(one -> brokenSince(one.request())).orElse(Optional.of(Rule.TIME));
  }

  private Optional<Rule> brokenSince(LookupRequest request) {
    if (request.consent().evidence() == null || !consents.isWithdrawn(request.consent().evidence())) {
      return Optional.empty();
    }
    audits.append(entry(Act.ASK_REFUSED, request, Rule.WITHDRAWN.code()));
    return Optional.of(Rule.WITHDRAWN);
  }

  private synchronized void remember(Asked asked, Instant now) {
    forget(now);
    lately.put(asked.request().rid(), asked);
  }

  private synchronized Optional<Asked> remembered(UUID rid, Instant now) {
    forget(now);
    return Optional.ofNullable(lately.get(rid));
  }

  private void forget(Instant now) {
    lately.values().removeIf(one -> one.request().issued().plus(REMEMBERED).isBefore(now));
  }

  /** A request that may leave, or as far as it got and why it stays here. */
  private record Permit(Asked asked, Result.Denied denied) {}

  private Permit permit(Question question, UUID rid, Instant now) {
    LookupRequest.Sought asGiven = new LookupRequest.Sought(question.patient(), "", null);
    if (!pace.allows(question.doctor().id(), now)) {
      return not(Rule.TOO_MANY, rid, now, question, asGiven);
    }
    Optional<File> file = patients.known(question.patient());
    if (file.isEmpty()) {
      return not(patients.isContradictory(question.patient()) ? Rule.PATIENT_CONTRADICTORY : Rule.PATIENT_UNKNOWN, rid, now, question, asGiven);
    }
    LookupRequest.Sought patient = file.get().sought();
    if (file.get().visits().apply(question.encounter()).filter(visit -> OpenVisit.isOpen(visit, now)).isEmpty()) {
      return not(Rule.NO_OPEN_VISIT, rid, now, question, patient);
    }
    if (question.emergency() != null) {
      return judged(request(rid, now, question, patient, question.sections(), PatientAuthorization.none(question.sections())), question, now);
    }
    Optional<Consent> consent = consents.inForce(numbers(question, patient), question.sections(), settings.org(), now);
    if (consent.isEmpty()) {
      return not(Rule.NO_CONSENT, rid, now, question, patient);
    }
    Set<Section> agreed = question.sections().stream().filter(consent.get().scope()::contains).collect(Collectors.toSet());
    if (agreed.isEmpty() || question.named() && agreed.size() < question.sections().size()) {
      return not(new Result.Denied(Rule.CONSENT_IN_PART, consent.get().scope()), rid, now, question, patient);
    }
    return judged(request(rid, now, question, patient, agreed, consent.get().authorization()), question, now);
  }

  /** By the rules that the city and the other hospitals look at too. */
  private Permit judged(LookupRequest request, Question question, Instant now) {
    Result.Denied denied = Authorisation.broken(request, new Authorisation.Known(now, settings.org(), settings.emergencies(),
        one -> true, consents::isWithdrawn)).map(rule -> new Result.Denied(rule == Rule.EMERGENCY ? emergency(request) : rule)).orElse(null);
    Set<Section> notAgreed = question.sections().stream().filter(one -> !request.scope().sections().contains(one)).collect(Collectors.toSet());
    return new Permit(new Asked(request, notAgreed), denied);
  }

  /** What the contract has one code for, said to whoever can mend it. */
  private Rule emergency(LookupRequest request) {
    return !settings.emergencies() ? Rule.EMERGENCY_OFF
        : Authorisation.hasReason(request.doctor().emergency()) ? Rule.EMERGENCY_SECOND : Rule.EMERGENCY_REASON;
  }

  private Permit not(Rule broken, UUID rid, Instant now, Question question, LookupRequest.Sought patient) {
    return not(new Result.Denied(broken), rid, now, question, patient);
  }

  private Permit not(Result.Denied denied, UUID rid, Instant now, Question question, LookupRequest.Sought patient) {
    LookupRequest request = request(rid, now, question, patient, question.sections(), PatientAuthorization.none(question.sections()));
    return new Permit(new Asked(request, Set.of()), denied);
  }

  /** A consent may have been given by a number that means the same everywhere, or by the hospital's own. */
  private static List<Identifier> numbers(Question question, LookupRequest.Sought patient) {
    return Stream.concat(patient.identifiers().stream(), question.patient().stream()).distinct().toList();
  }

  private LookupRequest request(UUID rid, Instant now, Question question, LookupRequest.Sought patient, Set<Section> sections,
      PatientAuthorization consent) {
    return new LookupRequest(rid, settings.feed(), nonce.get(), now, now.plus(LIFE),
        new LookupRequest.Requester(settings.org(), question.department(), question.doctor(), question.encounter()), patient,
        Window.scope(now, sections, question.since(), question.until()),
        question.emergency() == null ? Purpose.TREATMENT : Purpose.EMERGENCY,
        new DoctorAuthorization(question.doctor().id(), question.department(), question.encounter(), confirmed(question, now),
            question.emergency()), consent);
  }

  /** The HIS's clock may be a little ahead of ours. */
  private static Instant confirmed(Question question, Instant now) {
    Instant said = question.confirmed() == null ? now : question.confirmed();
    return said.isAfter(now) && !said.isAfter(now.plus(Authorisation.SKEW)) ? now : said;
  }

  private Result shown(City.Answer answer, Asked asked) {
    LookupRequest request = asked.request();
    if (!(answer instanceof City.Answer.Parts fetched)) {
      Optional<Rule> broken = brokenSince(request);
      if (broken.isPresent()) {
        return new Result.Denied(broken.get());
      }
      if (answer instanceof City.Answer.Unchanged) {
        return new Result.Unchanged();
      }
      String code = ((City.Answer.Failed) answer).code();
      audits.append(entry(Act.SHOW, request, code));
      return Rule.of(code).<Result>map(Result.Denied::new).orElseGet(() -> new Result.Failed(code));
    }
    Result result = null;
    try {
      // Asked last of all: the patient may have withdrawn while the question was under way.
      result = brokenSince(request).<Result>map(Result.Denied::new).orElseGet(() -> shown(fetched, asked));
      return result;
    } finally {
      if (!(result instanceof Result.Shown) && fetched.room() != null) {
        fetched.room().close();
      }
    }
  }

  private Result.Shown shown(City.Answer.Parts fetched, Asked asked) {
    LookupRequest request = asked.request();
    Window window = Window.of(request.issued(), request.scope());
    List<Part> parts = new ArrayList<>(fetched.parts().size());
    List<byte[]> all = new ArrayList<>();
    for (City.Fetched one : fetched.parts()) {
      List<byte[]> bundles = one.bundles().isEmpty() ? List.of()
          : found.there(one.org(), one.bundles(), request.patient(), request.scope(), window);
      String status = bundles.isEmpty() ? silent(one.status()) : one.status();
      parts.add(new Part(one.org(), status, List.copyOf(bundles)));
      all.addAll(bundles);
    }
    audits.append(new Audits.Entry(Act.SHOW, settings.org(), request, "",
        parts.stream().map(part -> new Audits.Source(part.org(), part.status(), part.bundles().size())).toList(),
        all.isEmpty() ? "" : found.digest(all), all.size()));
    return new Result.Shown(request.rid(), fetched.tag(), request.patient(), request.scope().sections(), asked.notAgreed(), window,
        fetched.complete(), List.copyOf(parts), fetched.room());
  }

  private static String silent(String status) {
    return status.equals("answered") ? "none" : status.equals("city") ? "timeout" : status;
  }

  private Audits.Entry entry(Act act, LookupRequest request, String outcome) {
    return new Audits.Entry(act, settings.org(), request, outcome, List.of(), "", 0);
  }
}
