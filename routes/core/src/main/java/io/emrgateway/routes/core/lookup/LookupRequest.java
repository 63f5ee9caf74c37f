package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.records.Identifier;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * One question about one patient, as it leaves the asking hospital signed.
 *
 * @param feed the asking gateway's, e.g. {@code H-0104/main}
 * @param nonce 32 hex digits, never used again
 * @param expires {@code issued} and 60 s
 */
public record LookupRequest(UUID rid, String feed, String nonce, Instant issued, Instant expires, Requester requester,
    Sought patient, Scope scope, Purpose purpose, DoctorAuthorization doctor, PatientAuthorization consent) {

  /**
   * Who asks.
   *
   * @param org the hospital, e.g. {@code H-0104}
   * @param encounter number of the patient's visit that is open there
   */
  public record Requester(String org, String department, Practitioner practitioner, String encounter) {}

  /**
   * Who is sought.
   *
   * @param identifiers 1 to 10 that mean the same at every hospital
   * @param birthDate null when not known
   */
  public record Sought(List<Identifier> identifiers, String name, LocalDate birthDate) {
    public static final int IDENTIFIERS_MAX = 10;

    public Sought {
      identifiers = List.copyOf(identifiers);
    }

    /** Never who: it is patient data. */
    @Override
    public String toString() {
      return "Sought[…]";
    }
  }

  /** @param since and {@code until}: days in +08:00, both included */
  public record Scope(Set<Section> sections, LocalDate since, LocalDate until) {
    public Scope {
      sections = Set.copyOf(sections);
    }
  }

  /** Never the content: it is patient data. */
  @Override
  public String toString() {
    return "LookupRequest[" + rid + "]";
  }
}
