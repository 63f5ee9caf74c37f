package io.emrgateway.routes.core.lookup;

import java.util.List;

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
   * One act: who, about whom, on what ground, and what came of it.
   *
   * @param asker the hospital whose gateway asks, by the directory; null when it is nobody's
   * @param request what is asked; of a question that was refused on its way to one, as far as it got
   * @param outcome a rule's code, a failure's, or ""; of an answer {@code objected} or {@code withheld}, if it lacks what is
   *     here because the patient objects, or because this hospital does not show it
   * @param sources what each hospital said, at {@link Act#SHOW} alone
   * @param digest of what is shown or answered, 64 hex digits, or ""
   * @param count bundles shown or answered
   */
  record Entry(Act act, String asker, LookupRequest request, String outcome, List<Source> sources, String digest, int count) {
    public Entry {
      sources = List.copyOf(sources);
    }
  }

  /**
   * One hospital's part in what is shown.
   *
   * @param status as {@link LookUp.Part} has it
   * @param count its bundles
   */
  record Source(String org, String status, int count) {}

  /**
   * Durable when this returns.
   *
   * @throws RuntimeException if it cannot be: then what it announces must not be done
   */
  void append(Entry entry);
}
