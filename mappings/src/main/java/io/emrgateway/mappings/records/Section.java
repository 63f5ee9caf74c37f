package io.emrgateway.mappings.records;

import java.util.Locale;
import java.util.Set;

/** A part of a record that may be asked for, with the resources it stands for. */
public enum Section {
  VISITS("Encounter"),
  DIAGNOSES("Condition"),
  PROCEDURES("Procedure"),
  MEDICATIONS("MedicationRequest", "MedicationDispense", "MedicationAdministration", "MedicationStatement"),
  ALLERGIES("AllergyIntolerance"),
  RESULTS("Observation"),
  REPORTS("DiagnosticReport", "DocumentReference");

  private final Set<String> types;

  Section(String... types) {
    this.types = Set.of(types);
  }

  /** As a lookup spells it, e.g. {@code visits}. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The section a lookup means.
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public static Section of(String wire) {
    for (Section section : values()) {
      if (section.wire().equals(wire)) {
        return section;
      }
    }
    throw new IllegalArgumentException("There is no such section.");
  }

  /** The section that resources of this type belong to, or null. */
  static Section ofType(String type) {
    for (Section section : values()) {
      if (section.types.contains(type)) {
        return section;
      }
    }
    return null;
  }
}
