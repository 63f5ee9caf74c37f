package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.lookup.Consents.Outcome;
import io.emrgateway.routes.core.records.Identifier;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The objections that this hospital keeps. */
public interface Objections {

  /**
   * An objection as it stands.
   *
   * @param number counts the objections of this hospital
   * @param name stands for it at the city, and tells nothing
   * @param lifted when it was, or null
   * @param told when the city heard how it stands, or null
   */
  record Standing(long number, String name, Objection objection, Instant lifted, Instant told) {}

  /**
   * Keeps one; in force from its commit on, and durable when this returns. It counts even if the audit cannot have it at
   * the moment: the audit then has it later.
   *
   * @return {@code DONE} or {@code REFERENCE_TAKEN}
   */
  Outcome keep(Objection objection);

  /** Lifts one, for good; not unless the audit has it. */
  Outcome lift(String reference, String by);

  /** Those in force against showing anything of whoever has one of these numbers, by any file of theirs. */
  List<Objection> against(List<Identifier> patient);

  /** The one of that number. */
  Optional<Standing> find(String reference);

  /** All about this patient, the newest first. */
  List<Standing> of(List<Identifier> patient);

  /** All, in the order they were kept. */
  List<Standing> list(long afterNumber, int most);

  /** Those of which the city has not heard how they stand, the oldest first. */
  List<Standing> untold(int most);

  /** The city has heard of it as it stood here; durable when this returns. */
  void told(Standing heard);
}
