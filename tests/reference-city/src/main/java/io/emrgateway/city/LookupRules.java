package io.emrgateway.city;

import io.emrgateway.city.LookupRequest.Consent;
import io.emrgateway.city.LookupRequest.Doctor;
import io.emrgateway.city.LookupRequest.Requester;
import java.time.Duration;
import java.time.Instant;

/**
 * The rules of a lookup that can be decided from the request, the register and the clock. What the city has to remember
 * (nonces, withdrawals, how many) is asked in between, see {@link Lookups#ask}.
 */
final class LookupRules {
  private static final Duration SKEW_MAX = Duration.ofSeconds(60);
  private static final Duration DOCTORS_WORD_MAX = Duration.ofHours(12);

  private LookupRules() {}

  /** The feed is the connection's, and the requester's hospital is the feed's. */
  static void checkFeed(LookupRequest request, Register.Feed feed, byte[] client) {
    refuse(!feed.isServedBy(client), Rule.LOOKUP_FEED, "connection");
    refuse(!request.requester().org().equals(feed.org()), Rule.LOOKUP_FEED, "requester.org");
  }

  /** Skew blocks lookups: an old request must not come alive again when somebody finds it. */
  static void checkTime(LookupRequest request, Instant now) {
    refuse(now.isBefore(request.iat().minus(SKEW_MAX)), Rule.LOOKUP_TIME, "iat");
    refuse(now.isAfter(request.exp()), Rule.LOOKUP_TIME, "exp");
  }

  /** Both authorisations stand, each by itself and for this request. */
  static void checkAuthorisations(LookupRequest request, Register.Feed feed) {
    checkDoctor(request);
    if (!request.emergency()) {
      checkConsent(request);
    }
    checkScope(request);
    if (request.emergency()) {
      checkEmergency(request, feed);
    }
  }

  private static void checkDoctor(LookupRequest request) {
    Doctor doctor = request.doctor();
    Requester requester = request.requester();
    refuse(!doctor.practitioner().equals(requester.practitioner()), Rule.LOOKUP_DOCTOR, "practitioner");
    refuse(!doctor.department().equals(requester.department()), Rule.LOOKUP_DOCTOR, "department");
    refuse(!doctor.encounter().equals(requester.encounter()), Rule.LOOKUP_DOCTOR, "encounter");
    boolean recent =
        !doctor.at().isAfter(request.iat()) && !doctor.at().isBefore(request.iat().minus(DOCTORS_WORD_MAX));
    refuse(!recent, Rule.LOOKUP_DOCTOR, "at");
  }

  private static void checkConsent(LookupRequest request) {
    Consent consent = request.consent();
    refuse(consent.kind().equals("none"), Rule.LOOKUP_CONSENT, "kind");
    refuse(consent.reference() == null || consent.reference().isBlank(), Rule.LOOKUP_CONSENT, "reference");
    refuse(consent.evidence() == null, Rule.LOOKUP_CONSENT, "evidence");
    refuse(consent.kind().equals("guardian") && !consent.guardian(), Rule.LOOKUP_CONSENT, "guardian");
    boolean covered =
        consent.grantedAt() != null
            && consent.expiresAt() != null
            && !request.iat().isBefore(consent.grantedAt())
            && !request.iat().isAfter(consent.expiresAt());
    refuse(!covered, Rule.LOOKUP_CONSENT_TIME, "");
    refuse(!request.requester().org().equals(consent.grantee()), Rule.LOOKUP_GRANTEE, "");
  }

  private static void checkScope(LookupRequest request) {
    LookupRequest.Scope scope = request.scope();
    refuse(scope.sections().isEmpty(), Rule.LOOKUP_SCOPE, "sections");
    refuse(!request.consent().scope().containsAll(scope.sections()), Rule.LOOKUP_SCOPE, "sections");
    refuse(scope.since().isAfter(scope.until()), Rule.LOOKUP_SCOPE, "since");
  }

  private static void checkEmergency(LookupRequest request, Register.Feed feed) {
    Doctor doctor = request.doctor();
    refuse(!feed.emergency(), Rule.LOOKUP_EMERGENCY, "switched off");
    refuse(doctor.reason() == null || doctor.reason().isBlank(), Rule.LOOKUP_EMERGENCY, "reason");
    refuse(doctor.second() == null || doctor.second().equals(doctor.practitioner()), Rule.LOOKUP_EMERGENCY, "second");
  }

  private static void refuse(boolean broken, Rule rule, String place) {
    if (broken) {
      throw new Refused(rule, place);
    }
  }
}
