package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.records.Identifier;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What of a patient's records here no other hospital is shown, whatever it asks on: because the patient says so, or because
 * this hospital has a reason of its own. In force until it is lifted.
 *
 * @param reference the number under which it was taken down; no consent of this hospital has the same
 * @param patient whose; the numbers that other hospitals know
 * @param sections all of them where nothing is to be shown
 * @param guardian who said so for the patient, or null
 * @param reason the hospital's own; null for the patient's objection
 * @param recordedBy who took it down: staff number, never a name of the patient's
 */
public record Objection(String reference, List<Identifier> patient, Set<Section> sections, Guardian guardian, String reason,
    Instant at, String recordedBy) {
  public Objection {
    if (patient.isEmpty() || sections.isEmpty()) {
      throw new IllegalArgumentException("an objection names a patient and sections");
    }
    patient = List.copyOf(patient);
    sections = Set.copyOf(sections);
  }

  public boolean isThePatients() {
    return reason == null;
  }

  /** Its number alone: the rest is the patient's. */
  @Override
  public String toString() {
    return "Objection[" + reference + "]";
  }
}
