package io.emrgateway.routes.camel;

import io.emrgateway.mappings.About;
import io.emrgateway.mappings.records.Asked;
import io.emrgateway.mappings.records.PatientRecords;
import io.emrgateway.mappings.records.Person;
import io.emrgateway.routes.core.lookup.Found;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.NoRoom;
import io.emrgateway.routes.core.lookup.NoRoom.Reason;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What bundles say of a patient, by the mapping's knowledge of them. */
public final class FoundInRecords implements Found {
  /** A state takes twice its text, {@link PatientRecords}. */
  private static final int HEAP_OF_TEXT = 2;
  /** Sealed and squeezed, text is a fourth or less of itself. */
  private static final int HEAP_OF_SEALED = 4 * HEAP_OF_TEXT;

  private final String org;
  private final Records records;
  private final Hospitals hospitals;
  private final Optional<HisRecords> his;
  private final Headroom room;

  /**
   * @param org this hospital
   * @param his to be asked too, if the hospital says so
   */
  public FoundInRecords(String org, Records records, Hospitals hospitals, Optional<HisRecords> his, Headroom room) {
    this.org = org;
    this.records = records;
    this.hospitals = hospitals;
    this.his = his;
    this.room = room;
  }

  @Override
  public Here here(LookupRequest.Sought patient, LookupRequest.Scope scope, Window window) {
    // Before any room is taken: nobody else is to wait for the HIS.
    Optional<HisRecords.Said> said = his.flatMap(one -> one.ask(patient, window, room.most() / 2));
    long bytes = records.extent(patient.identifiers()).bytes() * HEAP_OF_SEALED + said.map(HisRecords.Said::bytes).orElse(0L);
    Headroom.Taken taken = room.take(bytes).orElseThrow(() -> new NoRoom(Reason.BUSY));
    Here here = null;
    try {
      here = new Here(found(patient, scope, window, said), taken);
      return here;
    } finally {
      if (here == null) {
        taken.close();
      }
    }
  }

  private List<byte[]> found(LookupRequest.Sought patient, LookupRequest.Scope scope, Window window, Optional<HisRecords.Said> said) {
    PatientRecords known = hospitals.records(org, List.of());
    records.about(patient.identifiers(), 0, one -> {
      hospitals.take(known, one.bundle());
      if (known.bytes() * HEAP_OF_TEXT > room.most()) {
        throw new NoRoom(Reason.RECORD_TOO_LARGE);
      }
    });
    // Last, because it is the newest. Results only name a patient and a visit, and leave what is known of them.
    said.flatMap(HisRecords.Said::bundle).ifPresent(bundle -> hospitals.take(known, bundle));
    return cut(known, patient, scope, window);
  }

  @Override
  public List<byte[]> there(String org, List<byte[]> bundles, LookupRequest.Sought patient, LookupRequest.Scope scope,
      Window window) {
    return cut(hospitals.records(org, bundles), patient, scope, window);
  }

  private static List<byte[]> cut(PatientRecords known, LookupRequest.Sought patient, LookupRequest.Scope scope, Window window) {
    return isOne(known, patient) ? known.answer(asked(patient.identifiers(), scope.sections(), window)).bundles() : List.of();
  }

  /** Numbers of two people, or of somebody born on another day, find nobody: a newborn may have been given its mother's. */
  private static boolean isOne(PatientRecords known, LookupRequest.Sought patient) {
    Optional<Person> person = known.person(meant(patient.identifiers()), system -> system.startsWith("urn:emr-gateway:"));
    LocalDate born = person.map(one -> one.whom().birthDate()).orElse(null);
    return person.isPresent() && (born == null || patient.birthDate() == null || born.equals(patient.birthDate()));
  }

  static Asked asked(List<Identifier> patient, Set<Section> sections, Window window) {
    return new Asked(meant(patient), new io.emrgateway.mappings.records.Window(window.first(), window.last()),
        meant(sections), false);
  }

  static Set<io.emrgateway.mappings.records.Section> meant(Set<Section> sections) {
    return sections.stream().map(one -> io.emrgateway.mappings.records.Section.of(one.wireName())).collect(Collectors.toSet());
  }

  static List<About.Identifier> meant(List<Identifier> identifiers) {
    return identifiers.stream().map(one -> new About.Identifier(one.system(), one.value())).toList();
  }

  @Override
  public String digest(List<byte[]> bundles) {
    try {
      MessageDigest all = MessageDigest.getInstance("SHA-256");
      MessageDigest each = MessageDigest.getInstance("SHA-256");
      bundles.forEach(bundle -> all.update(each.digest(bundle)));
      return HexFormat.of().formatHex(all.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
