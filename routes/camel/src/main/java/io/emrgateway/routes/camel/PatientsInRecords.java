package io.emrgateway.routes.camel;

import io.emrgateway.mappings.About;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.records.PatientRecords;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookUp.File;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The hospital's own patients, as its own feed tells of them. */
public final class PatientsInRecords implements LookUp.Patients {
  private final String org;
  private final Records records;
  private final Hospitals hospitals;
  private final Supplier<Site> site;

  /**
   * @param org this hospital
   * @param site what the mapping knows of it now
   */
  public PatientsInRecords(String org, Records records, Hospitals hospitals, Supplier<Site> site) {
    this.org = org;
    this.records = records;
    this.hospitals = hospitals;
    this.site = site;
  }

  @Override
  public Optional<File> known(List<Identifier> patient) {
    PatientRecords known = of(patient);
    List<About.Identifier> meant = FoundInRecords.meant(patient);
    return known.person(meant, site.get()::isOurs)
        .filter(person -> !person.everywhere().isEmpty() && !person.whom().name().isBlank())
        .map(person -> new File(new Sought(
            person.everywhere().stream().map(PatientsInRecords::identifier).limit(Sought.IDENTIFIERS_MAX).toList(),
            person.whom().name(), person.whom().birthDate()),
            number -> known.visits(meant, number).stream().flatMap(visit -> records.visit(identifier(visit), patient).stream()).findFirst()));
  }

  @Override
  public boolean isContradictory(List<Identifier> patient) {
    // Whoever asks by the resident ID itself cannot know in which numbering we keep it.
    String contradictory = site.get().contradictoryIds();
    List<Identifier> numbers = Stream.concat(patient.stream(), patient.stream().map(one -> new Identifier(contradictory, one.value()))).toList();
    return of(numbers).person(FoundInRecords.meant(numbers), system -> !system.equals(contradictory))
        .filter(person -> !person.everywhere().isEmpty()).isPresent();
  }

  private PatientRecords of(List<Identifier> patient) {
    PatientRecords known = PatientRecords.ofPersonsAndVisits(hospitals.named(org));
    records.about(patient, 0, one -> hospitals.take(known, one.bundle()));
    return known;
  }

  private static Identifier identifier(About.Identifier one) {
    return new Identifier(one.system(), one.value());
  }
}
