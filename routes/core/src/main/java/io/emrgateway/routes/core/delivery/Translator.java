package io.emrgateway.routes.core.delivery;

/** Turns one message into its FHIR Bundle. Text to text: touches no disk, no wire, no clock. */
public interface Translator {

  /** Never throws for anything a message may hold: what cannot be mapped comes back quarantined. */
  Translated translate(Admitted message);
}
