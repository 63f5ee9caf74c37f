package io.emrgateway.routes.core.records;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The records this hospital keeps of its own patients: sealed, found by any of a patient's identifiers. */
public interface Records {

  /**
   * A record.
   *
   * @param number of the body, as the city knows it; later ones are newer, but for messages that were repaired late
   * @param input admission number of the message it was made from
   * @param received when that message arrived
   * @param bundle one FHIR R4 transaction Bundle as UTF-8 JSON
   */
  record Record(long number, long input, Instant received, byte[] bundle) {}

  /**
   * What our own feed last said of a visit.
   *
   * @param status as FHIR R4's encounter-status has it
   * @param kind as v3-ActCode has it, or null
   * @param begins and {@code ends}: null when not said
   */
  record VisitState(String status, String kind, Instant begins, Instant ends) {}

  /**
   * The records about a patient, those of files merged into the patient's included, by admission number. An identifier
   * finds by a keyed hash: whoever shows a record looks whether the bundle really has it.
   *
   * @param identifiers any of the patient's
   * @param afterInput only of messages admitted later; 0 for all
   */
  List<Record> about(List<Identifier> identifiers, long afterInput);

  /** The visit of that identifier, if it is one of the patient's. */
  Optional<VisitState> visit(Identifier visit, List<Identifier> patient);
}
