package io.emrgateway.agent.consent;

import io.emrgateway.routes.core.lookup.Agreement;
import io.emrgateway.routes.core.lookup.KeepConsent.Offer;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import java.time.Instant;
import java.util.Optional;

/** One consent on its way to be signed: whose it is, and what was shown for it last. Only in memory. */
final class Signing {
  private final Sought patient;
  private final Agreement agreement;
  private final String hospital;
  private Offer offer;
  private Shown shown;

  /**
   * What was shown: the text, and the consent that it is about.
   *
   * @param version of the agreement
   */
  record Shown(Offer offer, String text, String version, Instant at) {}

  /** @param hospital this hospital's name */
  Signing(Offer offer, Sought patient, Agreement agreement, String hospital) {
    this.offer = offer;
    this.patient = patient;
    this.agreement = agreement;
    this.hospital = hospital;
  }

  synchronized Offer offer() {
    return offer;
  }

  synchronized void by(Guardian guardian) {
    offer = offer.by(guardian);
    shown = null;
  }

  /** The text to be signed, which is the one that counts from now on; empty while nobody is named who signs. */
  synchronized Optional<String> show(Instant now) {
    if (offer.kind() == Kind.GUARDIAN && offer.guardian() == null) {
      return Optional.empty();
    }
    shown = new Shown(offer, agreement.text(offer, patient, hospital, offer.from()), agreement.version(), now);
    return Optional.of(shown.text);
  }

  /** What was shown last. */
  synchronized Optional<Shown> shown() {
    return Optional.ofNullable(shown);
  }

  /** Its number alone: the rest is the patient's. */
  @Override
  public synchronized String toString() {
    return "Signing[" + offer.reference() + "]";
  }
}
