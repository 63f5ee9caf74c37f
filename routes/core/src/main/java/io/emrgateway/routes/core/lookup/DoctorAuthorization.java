package io.emrgateway.routes.core.lookup;

import java.time.Instant;

/**
 * The doctor's half of the dual authorisation: who asks, out of which department, for a visit that is open.
 *
 * @param practitioner id
 * @param encounter number of the visit
 * @param at when the doctor confirmed it
 * @param emergency null for a treatment
 */
public record DoctorAuthorization(String practitioner, String department, String encounter, Instant at, Emergency emergency) {

  /** @param second who confirmed it beside the doctor */
  public record Emergency(String reason, Practitioner second) {}
}
