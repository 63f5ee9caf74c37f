package io.emrgateway.simulator;

import java.time.LocalDateTime;
import java.util.List;

/** One stay or consultation, and where in it the story stands. */
final class Visit {
  final String number;
  /** HL7 table 0004: I inpatient, O outpatient, E emergency. */
  final char patientClass;
  final LocalDateTime admitted;
  final String doctor;
  final List<String> diagnoses;
  Catalogue.Department department;
  String bed;
  String bedBefore = "";
  LocalDateTime discharged;

  Visit(String number, char patientClass, LocalDateTime admitted, String doctor, List<String> diagnoses,
      Catalogue.Department department, String bed) {
    this.number = number;
    this.patientClass = patientClass;
    this.admitted = admitted;
    this.doctor = doctor;
    this.diagnoses = diagnoses;
    this.department = department;
    this.bed = bed;
  }
}
