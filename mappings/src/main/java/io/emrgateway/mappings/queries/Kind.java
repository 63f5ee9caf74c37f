package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
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
  Q22("QBP", "Q22", "RSP", "K22", "RSP_K21", EnumSet.of(Section.VISITS)),
  /** A {@link #Q11} of another name: what draft orders are to be reminded of. */
  CHECK("QBP", "Q11", "RSP", "K11", "RSP_K11", EnumSet.noneOf(Section.class));

  /** QPD-1 of a {@link #CHECK}. */
  private static final String CHECKING = "ZEMRGW-CHECK";

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

  /** What a message asks, by its type, event and, of a {@code QBP^Q11}, the name in QPD-1; or null. */
  static Kind of(Hl7Message message) {
    Part type = message.header().field(9);
    for (Kind kind : values()) {
      if (kind.type.equals(type.component(1).text()) && kind.event.equals(type.component(2).text())) {
        return kind == Q11 && isCheck(message.first("QPD")) ? CHECK : kind;
      }
    }
    return null;
  }

  private static boolean isCheck(Segment qpd) {
    return qpd != null && CHECKING.equals(qpd.field(1).text());
  }

  boolean isByParameter() {
    return type.equals("QBP");
  }
}
