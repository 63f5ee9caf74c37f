package io.emrgateway.mappings.records;

import java.util.Locale;
import java.util.Set;

/** A part of a record that may be asked for, with the resources it stands for. */
public enum Section {
  VISITS("就诊", "Encounter"),
  DIAGNOSES("诊断", "Condition"),
  PROCEDURES("手术操作", "Procedure"),
  MEDICATIONS("用药", "MedicationRequest", "MedicationDispense", "MedicationAdministration", "MedicationStatement"),
  ALLERGIES("过敏", "AllergyIntolerance"),
  RESULTS("检验检查结果", "Observation"),
  REPORTS("报告", "DiagnosticReport", "DocumentReference");

  private final String zh;
  private final Set<String> types;

  Section(String zh, String... types) {
    this.zh = zh;
    this.types = Set.of(types);
  }

  /** As a person reads it, e.g. {@code 就诊 visits}. */
  public String words() {
    return zh + ' ' + wire();
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
