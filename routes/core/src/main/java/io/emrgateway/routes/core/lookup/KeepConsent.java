package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.records.Identifier;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Takes a patient's consent, on paper or signed here: who it is about is a patient of ours, whoever gave it may give it,
 * and the evidence is what it is said to be. What is refused is refused with its own code, and nothing is kept of it.
 */
public final class KeepConsent {
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);
  /** PIPL, article 31: below this age a parent or other guardian consents. */
  private static final int OF_AGE_YEARS = 14;
  private static final int TEXT_MAX = 200;
  /** Of a member of the staff; it stands in the audit. */
  private static final Pattern STAFF = Pattern.compile("[\\p{L}\\p{N}._/@-]{1,64}");

  /**
   * What this hospital takes.
   *
   * @param org this hospital: the only one that a consent may be given to here
   * @param longest from beginning to end
   */
  public record Policy(String org, Set<Kind> kinds, Duration longest) {
    public Policy {
      kinds = Set.copyOf(kinds);
    }
  }

  /**
   * A consent as it is offered.
   *
   * @param reference the agreement's number
   * @param patient for each number that was given, what may be meant by it
   * @param from null for now
   * @param grantee who may ask
   * @param guardian who signed for the patient; null unless the kind is guardian
   * @param incapacitated whether the hospital says that the patient cannot consent, whatever the age
   * @param recordedBy staff number of who took it down
   */
  public record Offer(Kind kind, String reference, List<List<Identifier>> patient, Set<Section> scope, Instant from, Instant to,
      String grantee, Guardian guardian, boolean incapacitated, String recordedBy) {
    public Offer {
      patient = List.copyOf(patient);
      scope = Set.copyOf(scope);
      // The city contract's times have milliseconds.
      from = from == null ? null : from.truncatedTo(ChronoUnit.MILLIS);
      to = to.truncatedTo(ChronoUnit.MILLIS);
    }

    /** The same, signed by somebody for the patient. */
    public Offer by(Guardian another) {
      return new Offer(kind, reference, patient, scope, from, to, grantee, another, incapacitated, recordedBy);
    }

    /** Its number alone: the rest is the patient's. */
    @Override
    public String toString() {
      return "Offer[" + reference + "]";
    }
  }

  private final Policy policy;
  private final LookUp.Patients patients;
  private final Consents consents;
  private final Function<byte[], String> hash;
  private final Clock clock;

  /** @param hash of evidence, as the city contract has it: 64 hex digits */
  public KeepConsent(Policy policy, LookUp.Patients patients, Consents consents, Function<byte[], String> hash, Clock clock) {
    this.policy = policy;
    this.patients = patients;
    this.consents = consents;
    this.hash = hash;
    this.clock = clock;
  }

  /**
   * Takes a consent that was signed on paper.
   *
   * @throws ConsentRefused by the first rule that it breaks
   */
  public Consent onPaper(Offer offer, Scan scan) {
    if (offer.kind() == Kind.HANDWRITING) {
      throw new ConsentRefused(ConsentRule.KIND);
    }
    Sought patient = patient(offer);
    hasSigner(offer);
    return keep(offer, patient, scan.checked());
  }

  /**
   * Takes a consent that was signed at the gateway's own page.
   *
   * @param evidence the file that binds text and signature
   * @throws ConsentRefused by the first rule that it breaks
   */
  public Consent signedHere(Offer offer, byte[] evidence) {
    Sought patient = patient(offer);
    hasSigner(offer);
    return keep(offer, patient, evidence);
  }

  /**
   * Whose consent it would be; everything has been looked at but who signs and the evidence, which may come later.
   *
   * @throws ConsentRefused by the first rule that it breaks
   */
  public Sought patient(Offer offer) {
    Instant now = now();
    if (!policy.kinds().contains(offer.kind())) {
      throw new ConsentRefused(ConsentRule.KIND);
    }
    hasReference(offer.reference());
    hasStaff(offer.recordedBy());
    if (!policy.org().equals(offer.grantee())) {
      throw new ConsentRefused(ConsentRule.GRANTEE);
    }
    if (offer.scope().isEmpty()) {
      throw new ConsentRefused(ConsentRule.SCOPE_EMPTY);
    }
    Instant from = begins(offer, now);
    if (!from.isBefore(offer.to())) {
      throw new ConsentRefused(ConsentRule.PERIOD);
    }
    if (!offer.to().isAfter(now)) {
      throw new ConsentRefused(ConsentRule.EXPIRED);
    }
    if (offer.to().isAfter(from.plus(policy.longest()))) {
      throw new ConsentRefused(ConsentRule.TOO_LONG);
    }
    Sought patient = known(patients, offer.patient());
    mayConsent(offer, patient, from.isBefore(now) ? from : now);
    return patient;
  }

  /**
   * Whether it says who signs: the patient, or a guardian with name and relation.
   *
   * @throws ConsentRefused if not
   */
  public void hasSigner(Offer offer) {
    if (offer.kind() == Kind.GUARDIAN
        && (offer.guardian() == null || !isText(offer.guardian().name()) || !isText(offer.guardian().relation()))) {
      throw new ConsentRefused(ConsentRule.GUARDIAN_MISSING);
    }
  }

  static void hasReference(String reference) {
    if (reference == null || reference.isBlank()) {
      throw new ConsentRefused(ConsentRule.REFERENCE_MISSING);
    }
    if (!isText(reference)) {
      throw new ConsentRefused(ConsentRule.FORM, "reference");
    }
  }

  static void hasStaff(String recordedBy) {
    if (recordedBy == null || !isStaff(recordedBy)) {
      throw new ConsentRefused(ConsentRule.FORM, "recorded-by");
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static Instant begins(Offer offer, Instant now) {
    return offer.from() == null ? now : offer.from();
  }

  /** This hospital. */
  public String org() {
    return policy.org();
  }

  /** Whether it may stand in the audit as somebody's staff number. */
  public static boolean isStaff(String number) {
    return STAFF.matcher(number).matches();
  }

  static boolean isText(String text) {
    return text != null && !text.isBlank() && text.equals(text.strip()) && text.length() <= TEXT_MAX
        && text.codePoints().noneMatch(Character::isISOControl);
  }

  /** Each number on its own finds the patient, and all of them the same one. */
  static Sought known(LookUp.Patients patients, List<List<Identifier>> numbers) {
    Sought patient = null;
    for (List<Identifier> meant : numbers) {
      Optional<Sought> found = patients.known(meant).map(LookUp.File::sought);
      if (found.isEmpty()) {
        throw new ConsentRefused(patients.isContradictory(meant) ? ConsentRule.PATIENT_CONTRADICTORY : ConsentRule.PATIENT_UNKNOWN);
      }
      if (patient != null && !patient.equals(found.get())) {
        throw new ConsentRefused(ConsentRule.PATIENTS_DIFFER);
      }
      patient = found.get();
    }
    if (patient == null) {
      throw new ConsentRefused(ConsentRule.PATIENT_UNKNOWN);
    }
    return patient;
  }

  private static void mayConsent(Offer offer, Sought patient, Instant signed) {
    LocalDate born = patient.birthDate();
    boolean guarded = offer.kind() == Kind.GUARDIAN;
    if (!guarded && offer.guardian() != null) {
      throw new ConsentRefused(ConsentRule.FORM, "guardian");
    }
    if (born == null && !(guarded && offer.incapacitated())) {
      throw new ConsentRefused(ConsentRule.BIRTH_DATE_UNKNOWN);
    }
    if (guarded && offer.incapacitated()) {
      return;
    }
    LocalDate ofAge = born.plusYears(OF_AGE_YEARS);
    boolean minor = signed.atOffset(CHINA).toLocalDate().isBefore(ofAge);
    if (guarded && !minor) {
      throw new ConsentRefused(ConsentRule.GUARDIAN_NEEDLESS);
    }
    if (!guarded && minor) {
      throw new ConsentRefused(ConsentRule.MINOR);
    }
    if (guarded && offer.to().isAfter(ofAge.atStartOfDay().toInstant(CHINA))) {
      throw new ConsentRefused(ConsentRule.TOO_LONG);
    }
  }

  private Consent keep(Offer offer, Sought patient, byte[] evidence) {
    Consent consent = new Consent(offer.kind(), offer.reference(), hash.apply(evidence), patient.identifiers(), offer.scope(),
        begins(offer, now()), offer.to(), offer.grantee(), offer.guardian(), offer.incapacitated(), offer.recordedBy());
    if (consents.isWithdrawn(consent.evidence())) {
      throw new ConsentRefused(ConsentRule.EVIDENCE_WITHDRAWN);
    }
    switch (consents.keep(consent, evidence)) {
      case REFERENCE_TAKEN -> throw new ConsentRefused(ConsentRule.REFERENCE_TAKEN);
      case EVIDENCE_USED -> throw new ConsentRefused(ConsentRule.EVIDENCE_USED);
      default -> {
        return consent;
      }
    }
  }
}
