package io.emrgateway.routes.camel;

import io.emrgateway.mappings.About;
import io.emrgateway.mappings.records.PatientRecords;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records;
import io.emrgateway.routes.core.records.Records.VisitState;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The hospital's own patients, as its own feed tells of them. */
public final class PatientsInRecords implements LookUp.Patients {
  private final String org;
  private final Records records;
  private final Hospitals hospitals;
  private final Predicate<String> ours;

  /**
   * @param org this hospital
   * @param ours whether a numbering is the hospital's own, and means nothing elsewhere
   */
  public PatientsInRecords(String org, Records records, Hospitals hospitals, Predicate<String> ours) {
    this.org = org;
    this.records = records;
    this.hospitals = hospitals;
    this.ours = ours;
  }

  @Override
  public Optional<Sought> known(List<Identifier> patient) {
    return of(patient).person(FoundInRecords.meant(patient), ours)
        .filter(person -> !person.everywhere().isEmpty() && !person.whom().name().isBlank())
        .map(person -> new Sought(person.everywhere().stream().map(PatientsInRecords::identifier).limit(Sought.IDENTIFIERS_MAX).toList(),
            person.whom().name(), person.whom().birthDate()));
  }

  @Override
  public Optional<VisitState> visit(String number, List<Identifier> patient) {
    return of(patient).visits(FoundInRecords.meant(patient), number).stream()
        .flatMap(visit -> records.visit(identifier(visit), patient).stream()).findFirst();
  }

  private PatientRecords of(List<Identifier> patient) {
    return hospitals.records(org, records.about(patient, 0).stream().map(Records.Record::bundle).toList());
  }

  private static Identifier identifier(About.Identifier one) {
    return new Identifier(one.system(), one.value());
  }
}
