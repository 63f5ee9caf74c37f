package io.emrgateway.routes.camel;

import io.emrgateway.mappings.About;
import io.emrgateway.mappings.records.PatientRecords;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookUp.File;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records;
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
  public Optional<File> known(List<Identifier> patient) {
    PatientRecords known = PatientRecords.ofPersonsAndVisits(hospitals.named(org));
    records.about(patient, 0, one -> hospitals.take(known, one.bundle()));
    List<About.Identifier> meant = FoundInRecords.meant(patient);
    return known.person(meant, ours)
        .filter(person -> !person.everywhere().isEmpty() && !person.whom().name().isBlank())
        .map(person -> new File(new Sought(
            person.everywhere().stream().map(PatientsInRecords::identifier).limit(Sought.IDENTIFIERS_MAX).toList(),
            person.whom().name(), person.whom().birthDate()),
            number -> known.visits(meant, number).stream().flatMap(visit -> records.visit(identifier(visit), patient).stream()).findFirst()));
  }

  private static Identifier identifier(About.Identifier one) {
    return new Identifier(one.system(), one.value());
  }
}
