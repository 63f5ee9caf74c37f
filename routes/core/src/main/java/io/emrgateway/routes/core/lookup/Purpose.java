package io.emrgateway.routes.core.lookup;

/** What a lookup is for. */
public enum Purpose {
  TREATMENT,
  /** Without the patient's authorisation: a reason and a second person stand in for it, and both are looked at later. */
  EMERGENCY
}
