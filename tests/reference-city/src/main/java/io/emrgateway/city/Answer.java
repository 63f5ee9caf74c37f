package io.emrgateway.city;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What the city answers, and how the connection fares.
 *
 * @param files sent after {@code body}, as part of it
 * @param tag what ETag says, or empty
 * @param retryAfterSeconds 0 for none
 */
record Answer(
    int status,
    String type,
    byte[] body,
    List<Spool.Spooled> files,
    String tag,
    long retryAfterSeconds,
    Ending ending) {
  static final String SIGNED = "application/vnd.emr-gateway.signed";
  static final String LOOKUP = "application/vnd.emr-gateway.lookup";
  static final String LOOKUP_ANSWER = "application/vnd.emr-gateway.lookup-answer";
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

  Answer(int status, String type, byte[] body, long retryAfterSeconds, Ending ending) {
    this(status, type, body, List.of(), "", retryAfterSeconds, ending);
  }

  /** Nothing to read: the status says it all. */
  static Answer empty(int status) {
    return new Answer(status, JSON, new byte[0], 0, Ending.WHOLE);
  }

  /** One frame of our own, and others' frames after it. */
  static Answer framed(byte[] cms, List<Spool.Spooled> frames, String tag) {
    return new Answer(200, LOOKUP_ANSWER, Frames.framed(cms), frames, tag, 0, Ending.WHOLE);
  }

  /** For whoever has all of it already. */
  Answer unchanged() {
    return new Answer(304, type, new byte[0], List.of(), tag, 0, ending);
  }

  /** Octets of {@code body} and {@code files} together. */
  long length() {
    return body.length + files.stream().mapToLong(Spool.Spooled::bytes).sum();
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
    return new Answer(status, type, body, files, tag, retryAfterSeconds, other);
  }

  Answer status(int other) {
    return new Answer(other, type, body, files, tag, retryAfterSeconds, ending);
  }
}
