package io.emrgateway.mappings.queries;

/**
 * Why a query is not answered, in the words that its ERR segment says it with. Names a place, never a value.
 *
 * @param code stable, e.g. {@code query.field-missing}
 * @param condition of HL7 table 0357
 * @param place e.g. {@code QPD-3}; empty if it is nowhere in the message
 * @param part of the place, e.g. {@code doctor=} of {@code QRF-5}; empty if it is all of it
 * @param rejected the message has to be changed (AR); else it was understood, and something else is in the way (AE)
 */
public record Objection(String code, int condition, String place, String part, String textZh, String text, String remedyZh, String remedy,
    boolean rejected) {

  /** Place and part as a person reads them, with what parts them from the text; or "". */
  String where() {
    return place.isEmpty() ? "" : place + (part.isEmpty() || part.startsWith("(") ? part : " " + part) + ": ";
  }

  String conditionText() {
    return switch (condition) {
      case 101 -> "Required field missing";
      case 102 -> "Data type error";
      case 103 -> "Table value not found";
      case 201 -> "Unsupported event code";
      case 204 -> "Unknown key identifier";
      default -> "Application internal error";
    };
  }
}
