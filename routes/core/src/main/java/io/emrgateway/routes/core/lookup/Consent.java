package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.records.Identifier;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Who may see what of whom, why, from when to when, on what evidence; as the hospital keeps it.
 *
 * @param kind paper, handwriting or a guardian's; never none
 * @param reference the agreement's number, or the one given when it was signed here; unique in this hospital
 * @param evidence hash of the scan, or of strokes, image and the text that was shown: 64 hex digits
 * @param patient whose; any identifier by which this hospital knows them
 * @param grantee the organisation that may ask, e.g. {@code H-0104}
 * @param guardian for {@link Kind#GUARDIAN} alone
 * @param incapacitated whether the hospital says that the patient cannot consent, whatever the age
 * @param recordedBy who took it down: staff number, never a name of the patient's
 */
public record Consent(Kind kind, String reference, String evidence, List<Identifier> patient, Set<Section> scope,
    Instant grantedAt, Instant expiresAt, String grantee, Guardian guardian, boolean incapacitated, String recordedBy) {
  public Consent {
    if (kind == Kind.NONE || (kind == Kind.GUARDIAN) != (guardian != null) || patient.isEmpty() || scope.isEmpty()
        || !grantedAt.isBefore(expiresAt)) {
      throw new IllegalArgumentException("a consent names a patient, sections, a time that ends after it begins, and a"
          + " guardian only if one signed");
    }
    patient = List.copyOf(patient);
    scope = Set.copyOf(scope);
  }

  /** The part of it that travels with a request. */
  public PatientAuthorization authorization() {
    return new PatientAuthorization(kind, reference, evidence, grantedAt, expiresAt, grantee, scope, guardian);
  }

  /** Its number alone: the rest is the patient's. */
  @Override
  public String toString() {
    return "Consent[" + reference + "]";
  }
}
