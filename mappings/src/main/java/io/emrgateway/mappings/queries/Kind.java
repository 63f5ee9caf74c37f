package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.records.Section;
import java.util.EnumSet;
import java.util.Set;

/** The queries that are answered, and what their answers can hold. */
public enum Kind {
  /** Patient query: visits with allergies, diagnoses and operations. */
  A19("QRY", "A19", "ADR", "A19", "ADR_A19",
      EnumSet.of(Section.VISITS, Section.ALLERGIES, Section.DIAGNOSES, Section.PROCEDURES)),
  /** Results query. */
  R02("QRY", "R02", "ORF", "R04", "ORF_R04", EnumSet.of(Section.RESULTS, Section.REPORTS)),
  /** Segment pattern query by our own conformance statement: everything. */
  Q11("QBP", "Q11", "RSP", "K11", "RSP_K11", EnumSet.allOf(Section.class)),
  /** Find candidates: who a patient is, and nothing else. */
  Q22("QBP", "Q22", "RSP", "K22", "RSP_K21", EnumSet.of(Section.VISITS));

  /** Message types that ask for something to be answered on the spot (HL7 table 0076). */
  private static final Set<String> ASKING = Set.of("QRY", "QBP", "QCN", "QSB", "QSX", "QVR", "EQQ", "SPQ", "VQQ", "RQQ",
      "VXQ", "OSQ", "SQM", "MFQ", "NMQ");

  final String type;
  final String event;
  final String answerType;
  final String answerEvent;
  final String structure;
  final Set<Section> sections;

  Kind(String type, String event, String answerType, String answerEvent, String structure, Set<Section> sections) {
    this.type = type;
    this.event = event;
    this.answerType = answerType;
    this.answerEvent = answerEvent;
    this.structure = structure;
    this.sections = sections;
  }

  /** Whether a message of this type (MSH-9.1) is a query, answered or not. */
  public static boolean isQuery(String type) {
    return ASKING.contains(type);
  }

  /** The kind of that type and event, or null. */
  static Kind of(String type, String event) {
    for (Kind kind : values()) {
      if (kind.type.equals(type) && kind.event.equals(event)) {
        return kind;
      }
    }
    return null;
  }

  boolean isByParameter() {
    return type.equals("QBP");
  }
}
