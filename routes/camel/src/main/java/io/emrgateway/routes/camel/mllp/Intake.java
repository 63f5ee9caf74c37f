package io.emrgateway.routes.camel.mllp;

import java.time.Duration;

/**
 * What happens at the hospital's doors, for whoever counts or shows it. Called on the doors' own threads: must
 * return at once and never throw. Carries codes and counts, never a value from a message.
 */
public interface Intake {

  /** Nobody counts. */
  Intake UNWATCHED = new Intake() {};

  /** A connection passed the gate. */
  default void opened(String source) {}

  /**
   * A connection that passed the gate has ended.
   *
   * @param why "peer" (it hung up, or we are stopping), "idle", "broken" (its framing) or "tls" (no handshake)
   */
  default void closed(String source, String why) {}

  /** A connection was turned away at the gate, with one of {@code Refused.Reason}'s codes. */
  default void turnedAway(String source, String code) {}

  /** A frame, or what there was of it, arrived. */
  default void received(String source, int bytes) {}

  /** A message was kept, but may not go on; the code says why. */
  default void refused(String source, String code) {}

  /** A message was not kept, and the sender was told to repeat it. */
  default void notKept(String source, String code) {}

  /** A message came again that was kept before; it was acknowledged and not kept twice. */
  default void repeated(String source) {}

  /** Something worth knowing about a message's character set: a name of {@code Decoded.Flag}. */
  default void flagged(String source, String flag) {}

  /**
   * An answer was written, or none was due.
   *
   * @param code MSA-1 of the first answer, "none" if there was none
   * @param took from the message's last byte to its answer
   */
  default void answered(String source, String code, Duration took) {}
}
