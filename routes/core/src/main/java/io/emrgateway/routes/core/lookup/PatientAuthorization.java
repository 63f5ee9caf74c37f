package io.emrgateway.routes.core.lookup;

import java.time.Instant;
import java.util.Set;

/**
 * The patient's half of the dual authorisation, as it travels with a request.
 *
 * @param reference of the paper agreement, or the consent's own number; null for none
 * @param evidence hash of the scan or of the strokes and the text that was shown, 64 hex digits; null for none
 * @param grantee the organisation that may ask; null for none
 * @param scope what it may ask for
 * @param guardian who signed for the patient, for {@link Kind#GUARDIAN} alone
 */
public record PatientAuthorization(Kind kind, String reference, String evidence, Instant grantedAt, Instant expiresAt,
    String grantee, Set<Section> scope, Guardian guardian) {

  /** How the patient's will is proved. */
  public enum Kind { PAPER, HANDWRITING, GUARDIAN, NONE }

  /** A parent, or whoever may decide for a patient who cannot; PIPL article 31 for children under 14. */
  public record Guardian(String name, String relation) {}

  public PatientAuthorization {
    scope = Set.copyOf(scope);
  }

  /** Of an emergency: nobody was asked. */
  public static PatientAuthorization none(Set<Section> scope) {
    return new PatientAuthorization(Kind.NONE, null, null, null, null, null, scope, null);
  }
}
