package io.emrgateway.agent.consent;

import io.emrgateway.routes.core.lookup.Agreement;
import io.emrgateway.routes.core.lookup.KeepConsent.Offer;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import java.time.Instant;

/** One consent on its way to be signed: whose it is, and the text that was shown for it last. Only in memory. */
final class Signing {
  private final Sought patient;
  private final Agreement agreement;
  private final String hospital;
  private Offer offer;
  private String shown;
  private Instant shownAt;

  /** @param hospital this hospital's name */
  Signing(Offer offer, Sought patient, Agreement agreement, String hospital) {
    this.offer = offer;
    this.patient = patient;
    this.agreement = agreement;
    this.hospital = hospital;
  }

  synchronized boolean lacksGuardian() {
    return offer.kind() == Kind.GUARDIAN && offer.guardian() == null;
  }

  synchronized Offer offer() {
    return offer;
  }

  synchronized void by(Guardian guardian) {
    offer = offer.by(guardian);
    shown = null;
  }

  /** The text to be signed; from now on it is the one that counts. */
  synchronized String show(Instant now) {
    shown = agreement.text(offer, patient, hospital, offer.from());
    shownAt = now;
    return shown;
  }

  /** What was shown last, or null. */
  synchronized String shown() {
    return shown;
  }

  synchronized Instant shownAt() {
    return shownAt;
  }

  String version() {
    return agreement.version();
  }

  /** Its number alone: the rest is the patient's. */
  @Override
  public synchronized String toString() {
    return "Signing[" + offer.reference() + "]";
  }
}
