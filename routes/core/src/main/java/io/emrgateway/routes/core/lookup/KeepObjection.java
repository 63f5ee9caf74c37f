package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.lookup.Consents.Outcome;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.records.Identifier;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Takes an objection down. Less is asked for than for a consent: no proof and no age, because whoever is wrongly believed
 * keeps something from being shown, and shows nothing.
 */
public final class KeepObjection {

  /**
   * An objection as it is offered.
   *
   * @param patient for each number that was given, what may be meant by it
   * @param sections none for all
   * @param guardian who says so for the patient, or null
   * @param reason the hospital's own, or null
   * @param recordedBy staff number of who takes it down
   */
  public record Offer(String reference, List<List<Identifier>> patient, Set<Section> sections, Guardian guardian, String reason,
      String recordedBy) {
    public Offer {
      patient = List.copyOf(patient);
      sections = sections.isEmpty() ? Set.of(Section.values()) : Set.copyOf(sections);
    }

    /** Its number alone: the rest is the patient's. */
    @Override
    public String toString() {
      return "Offer[" + reference + "]";
    }
  }

  private final LookUp.Patients patients;
  private final Function<Objection, Outcome> objections;
  private final Clock clock;

  /** @param objections keeps one, as {@link Objections#keep} does */
  public KeepObjection(LookUp.Patients patients, Function<Objection, Outcome> objections, Clock clock) {
    this.patients = patients;
    this.objections = objections;
    this.clock = clock;
  }

  /**
   * Takes it: when this returns, nothing that it names is shown any more.
   *
   * @throws ConsentRefused by the first rule that it breaks; nothing is kept of it
   */
  public Objection keep(Offer offer) {
    KeepConsent.hasReference(offer.reference());
    KeepConsent.hasStaff(offer.recordedBy());
    if (offer.reason() != null && !KeepConsent.isText(offer.reason())) {
      throw new ConsentRefused(ConsentRule.FORM, "reason");
    }
    if (offer.guardian() != null && (!KeepConsent.isText(offer.guardian().name()) || !KeepConsent.isText(offer.guardian().relation()))) {
      throw new ConsentRefused(ConsentRule.GUARDIAN_MISSING);
    }
    Objection objection = new Objection(offer.reference(), KeepConsent.known(patients, offer.patient()).identifiers(), offer.sections(),
        offer.guardian(), offer.reason(), clock.instant().truncatedTo(ChronoUnit.MILLIS), offer.recordedBy());
    if (objections.apply(objection) == Outcome.REFERENCE_TAKEN) {
      throw new ConsentRefused(ConsentRule.REFERENCE_TAKEN);
    }
    return objection;
  }
}
