package io.emrgateway.routes.core.lookup;

import java.util.UUID;

/** The audit, seen from a lookup: what is not in it does not happen. */
public interface Audits {

  /** What a lookup does. */
  enum Act {
    /** A question of ours is refused before anything left. */
    ASK_REFUSED,
    /** A question of ours is about to leave. */
    ASK,
    /** What came back is about to be shown. */
    SHOW,
    /** A question to us is refused before anything was sought. */
    INQUIRY_REFUSED,
    /** A question to us is right, and records are about to be sought. */
    INQUIRY,
    /** An answer of ours is about to leave. */
    ANSWER
  }

  /**
   * One act. Names staff by number and a patient not at all.
   *
   * @param org who asks
   * @param practitioner number of the doctor there
   * @param ground reference of the consent, or {@code emergency}
   * @param outcome a rule's code, a hospital's status, or ""
   * @param digest of what is shown or answered, 64 hex digits, or ""
   * @param count bundles shown or answered
   */
  record Entry(Act act, UUID rid, String org, String practitioner, String ground, String outcome, String digest, int count) {}

  /**
   * Durable when this returns.
   *
   * @throws RuntimeException if it cannot be: then what it announces must not be done
   */
  void append(Entry entry);
}
