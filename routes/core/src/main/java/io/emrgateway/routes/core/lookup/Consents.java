package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.records.Identifier;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The consents that this hospital keeps. */
public interface Consents {

  /** What became of an order. */
  enum Outcome { DONE, REFERENCE_TAKEN, EVIDENCE_USED, UNKNOWN, WITHDRAWN_ALREADY }

  /**
   * A consent as it stands.
   *
   * @param number counts the consents of this hospital
   * @param withdrawn when it was, or null
   * @param told when the city heard of that, or null
   */
  record Standing(long number, Consent consent, Instant withdrawn, Instant told) {}

  /**
   * Keeps a consent and its evidence, sealed, and its entry in the audit: both or neither. Durable when this returns.
   *
   * @param evidence the scan, or strokes, image and text as one file: what {@link Consent#evidence} is the hash of
   * @return {@code DONE}, {@code REFERENCE_TAKEN}, or {@code EVIDENCE_USED}: that evidence has proved another patient's
   *     consent, or one that has expired
   */
  Outcome keep(Consent consent, byte[] evidence);

  /**
   * Withdraws one; from then on it covers nothing, here at once. Durable when this returns. It counts even if the audit
   * cannot have it at the moment: the audit then has it later.
   */
  Outcome withdraw(String reference, String by);

  /**
   * The consent of this patient in force for that organisation at that moment; of several, the one that covers most of these
   * sections, then the newest. It may cover none of them.
   */
  Optional<Consent> inForce(List<Identifier> patient, Set<Section> sections, String grantee, Instant at);

  /** Whether a consent with that evidence was withdrawn here. */
  boolean isWithdrawn(String evidence);

  /** The one of that number. */
  Optional<Standing> find(String reference);

  /** All that this patient gave, the newest first. */
  List<Standing> of(List<Identifier> patient);

  /** All, in the order they were kept. */
  List<Standing> list(long afterNumber, int most);

  /** The evidence of one, as it was kept, once the audit has who looks at it; empty if there is none of that number. */
  Optional<byte[]> evidence(String reference, String by);

  /** The withdrawn ones that the city has not heard of yet, the longest withdrawn first. */
  List<Standing> untold(int most);

  /** The city has heard; durable when this returns. */
  void told(String reference);
}
