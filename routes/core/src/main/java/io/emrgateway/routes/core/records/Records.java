package io.emrgateway.routes.core.records;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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
   * How much there is about a patient.
   *
   * @param last admission number of the newest message, 0 if there is none
   * @param bytes that the bundles take as they are kept, sealed and squeezed: a fourth of their text, or less
   */
  record Extent(long last, long bytes) {}

  /**
   * Hands over the records about a patient, those of files merged into the patient's included, by admission number and one
   * after the other: a long stay has thousands. An identifier finds by a keyed hash: whoever shows a record looks whether the
   * bundle really has it.
   *
   * @param identifiers any of the patient's
   * @param afterInput only of messages admitted later; 0 for all
   */
  void about(List<Identifier> identifiers, long afterInput, Consumer<Record> each);

  /** How much {@link #about} has of them, without reading it. */
  Extent extent(List<Identifier> identifiers);

  /** The visit of that identifier, if it is one of the patient's. */
  Optional<VisitState> visit(Identifier visit, List<Identifier> patient);
}
