package io.emrgateway.routes.core.intake;

/**
 * Our promise, with a growing number, that we hold a message.
 *
 * @param number {@code i} of the city contract: given once, never repeated, without holes
 * @param kind whether these bytes came for the first time
 */
public record Admission(long number, Kind kind) {

  /** What the journal knew of the message before. */
  public enum Kind {
    /** Not seen before. */
    FIRST,
    /** The same source sent the same bytes before; nothing was written. */
    REPEATED,
    /** Kept as another message, and flagged: the source used this control id before, for other bytes. */
    CONTROL_ID_REUSED
  }
}
