package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.records.Identifier;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Whether a request carries both halves of the dual authorisation. The asking hospital looks before it sends, the city
 * before it hands on, the holder before it seeks: each on its own, in the order of {@link Rule}.
 *
 * <p>Pure: what it cannot know from the request, it is told.
 */
public final class Authorisation {
  static final Duration SKEW = Duration.ofSeconds(60);
  private static final Duration LIFE = Duration.ofSeconds(60);
  /** A doctor's shift. */
  private static final Duration CONFIRMED_WITHIN = Duration.ofHours(12);
  private static final int TEXT_MAX = 200;
  private static final int LONG_TEXT_MAX = 2_000;
  private static final Pattern NONCE = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /**
   * What is known beside the request.
   *
   * @param org whose gateway signed it, by the directory; null when it is nobody's
   * @param emergencies whether this hospital takes part in the emergency form
   * @param nonceIsNew remembers the nonce; false when it has been seen in the last 24 h
   * @param isWithdrawn of an authorisation's evidence
   */
  public record Known(Instant now, String org, boolean emergencies, Predicate<String> nonceIsNew,
      Predicate<String> isWithdrawn) {}

  private Authorisation() {}

  /** The first rule that a request breaks whose signature and form are right; empty if it breaks none. */
  public static Optional<Rule> broken(LookupRequest request, Known known) {
    return Optional.ofNullable(first(request, known));
  }

  private static Rule first(LookupRequest request, Known known) {
    if (!isWellFormed(request)) {
      return Rule.FORM;
    }
    if (!request.requester().org().equals(known.org())) {
      return Rule.FEED;
    }
    if (known.now().isBefore(request.issued().minus(SKEW)) || known.now().isAfter(request.expires())
        || !request.expires().equals(request.issued().plus(LIFE))) {
      return Rule.TIME;
    }
    if (!known.nonceIsNew().test(request.nonce())) {
      return Rule.NONCE;
    }
    if (!isTheDoctors(request)) {
      return Rule.DOCTOR;
    }
    boolean emergency = request.purpose() == Purpose.EMERGENCY;
    if (!emergency && !isProved(request.consent())) {
      return Rule.CONSENT;
    }
    if (!emergency && !isInForce(request.consent(), request.issued())) {
      return Rule.CONSENT_TIME;
    }
    if (!emergency && !request.requester().org().equals(request.consent().grantee())) {
      return Rule.GRANTEE;
    }
    if (request.scope().sections().isEmpty() || !request.consent().scope().containsAll(request.scope().sections())
        || request.scope().since().isAfter(request.scope().until())) {
      return Rule.SCOPE;
    }
    if (emergency && !(known.emergencies() && isExplained(request))) {
      return Rule.EMERGENCY;
    }
    return !emergency && known.isWithdrawn().test(request.consent().evidence()) ? Rule.WITHDRAWN : null;
  }

  private static boolean isWellFormed(LookupRequest request) {
    return NONCE.matcher(request.nonce()).matches()
        && isText(request.feed()) && isText(request.requester().org()) && isText(request.requester().department())
        && isText(request.requester().practitioner().id()) && isText(request.requester().practitioner().name())
        && isText(request.requester().encounter()) && isText(request.patient().name())
        && !request.patient().identifiers().isEmpty() && request.patient().identifiers().size() <= LookupRequest.Sought.IDENTIFIERS_MAX
        && request.patient().identifiers().stream().allMatch(Authorisation::isIdentifier)
        && request.feed().startsWith(request.requester().org() + "/")
        && (request.purpose() == Purpose.EMERGENCY ? nobodyWasAsked(request.consent()) : request.doctor().emergency() == null);
  }

  private static boolean nobodyWasAsked(PatientAuthorization consent) {
    return consent.kind() == Kind.NONE && consent.reference() == null && consent.evidence() == null
        && consent.grantedAt() == null && consent.expiresAt() == null && consent.grantee() == null && consent.guardian() == null;
  }

  private static boolean isIdentifier(Identifier one) {
    return isText(one.system()) && isText(one.value()) && one.system().indexOf(':') > 0;
  }

  private static boolean isText(String text) {
    return isText(text, TEXT_MAX) && text.codePoints().noneMatch(Character::isISOControl);
  }

  private static boolean isText(String text, int most) {
    return text != null && !text.isBlank() && text.length() <= most;
  }

  private static boolean isTheDoctors(LookupRequest request) {
    DoctorAuthorization doctor = request.doctor();
    return request.requester().practitioner().id().equals(doctor.practitioner())
        && request.requester().department().equals(doctor.department())
        && request.requester().encounter().equals(doctor.encounter())
        && doctor.at() != null && !doctor.at().isAfter(request.issued())
        && !doctor.at().isBefore(request.issued().minus(CONFIRMED_WITHIN));
  }

  private static boolean isProved(PatientAuthorization consent) {
    boolean guarded = consent.guardian() != null && isText(consent.guardian().name()) && isText(consent.guardian().relation());
    return consent.kind() != Kind.NONE && isText(consent.reference(), LONG_TEXT_MAX) && consent.evidence() != null
        && HASH.matcher(consent.evidence()).matches()
        && (consent.kind() == Kind.GUARDIAN ? guarded : consent.guardian() == null);
  }

  private static boolean isInForce(PatientAuthorization consent, Instant issued) {
    return consent.grantedAt() != null && consent.expiresAt() != null && !issued.isBefore(consent.grantedAt())
        && issued.isBefore(consent.expiresAt());
  }

  static boolean hasReason(DoctorAuthorization.Emergency emergency) {
    return emergency != null && isText(emergency.reason(), LONG_TEXT_MAX);
  }

  private static boolean isExplained(LookupRequest request) {
    DoctorAuthorization.Emergency emergency = request.doctor().emergency();
    return hasReason(emergency) && emergency.second() != null && isText(emergency.second().id())
        && isText(emergency.second().name()) && !emergency.second().id().equals(request.requester().practitioner().id());
  }
}
