package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.records.Section;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;

/**
 * What a HIS asks, as its message says it.
 *
 * @param tag by which it knows the answer (QPD-2, QRD-4)
 * @param numbers of the patient, at least one
 * @param name and {@code birthDate}: of the patient, for {@link Kind#Q22} alone; null when not said
 * @param visit number of the visit in which it is asked
 * @param confirmed when the doctor confirmed it; null when not said
 * @param emergency null for a treatment
 * @param named whether the sections were named; else they are all that the answer can hold
 * @param since and {@code until}: null when not said
 * @param limit groups in one answer; 0 when not said
 * @param pointer where to go on; null for a new question
 */
public record Query(Kind kind, String tag, List<Number> numbers, String name, LocalDate birthDate, Staff doctor, String department,
    String visit, Instant confirmed, Emergency emergency, Set<Section> sections, boolean named, LocalDate since, LocalDate until, int limit,
    String pointer) {

  /**
   * One number of the patient's, as a CX has it.
   *
   * @param authority CX-4.1; {@code universal} and {@code universalType} CX-4.2 and 4.3; {@code type} CX-5: null when not said
   */
  public record Number(String value, String authority, String universal, String universalType, String type) {
    /** Never the value: it is patient data. */
    @Override
    public String toString() {
      return "Number[" + type + "]";
    }
  }

  /** Somebody who works at the hospital; the name may be null. */
  public record Staff(String id, String name) {}

  /** @param second who confirmed it beside the doctor */
  public record Emergency(String reason, Staff second) {}

  public Query {
    numbers = List.copyOf(numbers);
    sections = Set.copyOf(sections);
  }

  /** Never who: it is patient data. */
  @Override
  public String toString() {
    return "Query[" + kind + "]";
  }
}
