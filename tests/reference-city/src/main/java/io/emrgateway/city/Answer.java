package io.emrgateway.city;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What the city answers, and how the connection fares.
 *
 * @param retryAfterSeconds 0 for none
 */
record Answer(int status, String type, byte[] body, long retryAfterSeconds, Ending ending) {
  static final String SIGNED = "application/vnd.emr-gateway.signed";
  static final String JSON = "application/json";

  /** Anything but {@link #WHOLE} only on an administrator's order. */
  enum Ending {
    WHOLE,
    /** Close without a byte. */
    CUT,
    /** Half of the bytes, then close. */
    HALF,
    /** TCP reset. */
    RESET
  }

  static Answer signed(int status, byte[] cms) {
    return new Answer(status, SIGNED, cms, 0, Ending.WHOLE);
  }

  /** The rule's id and texts; the place, which is never a value, stands behind the texts. */
  static Answer refused(Rule rule, String place, long retryAfterSeconds) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    String where = place.isEmpty() ? "" : " [" + place + "]";
    json.put("rule", rule.id).put("text", rule.text + where).put("textZh", rule.textZh + where);
    return new Answer(rule.status, JSON, Json.bytes(json), retryAfterSeconds, Ending.WHOLE);
  }

  Answer ending(Ending other) {
    return new Answer(status, type, body, retryAfterSeconds, other);
  }

  Answer status(int other) {
    return new Answer(other, type, body, retryAfterSeconds, ending);
  }
}
