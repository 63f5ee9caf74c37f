package io.emrgateway.routes.core.records;

import java.time.Instant;
import java.util.List;

/**
 * A visit as a record tells of it.
 *
 * @param key the same in every record about this visit
 * @param identifiers all that this record gives, the key among them
 * @param patient key of the patient whose visit it is, or null
 * @param status as FHIR R4's encounter-status has it, e.g. {@code in-progress}
 * @param kind as v3-ActCode has it, e.g. {@code IMP} or {@code AMB}; null when not said
 * @param begins the earliest moment it may have begun, as far as the record is precise; null when not said
 * @param ends the moment by which it has ended, whatever the record leaves open; null when not said
 * @param onlyNamed the record knows of the visit and says nothing of its state
 */
public record Visit(Identifier key, List<Identifier> identifiers, Identifier patient, String status, String kind,
    Instant begins, Instant ends, boolean onlyNamed) {
  public Visit {
    identifiers = List.copyOf(identifiers);
  }
}
