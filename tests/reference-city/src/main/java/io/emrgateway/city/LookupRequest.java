package io.emrgateway.city;

import io.emrgateway.city.Json.Members;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a gateway signs to look a patient up elsewhere, with every value in its form. Whether the city lets it pass is
 * {@link LookupRules}' to say.
 *
 * <p>Of the patient it keeps only the identifiers, which are needed to route it; name and date of birth are read for
 * their form. It is never printed.
 *
 * @param emergency true if the purpose is {@code emergency}: then nobody has authorised it
 */
record LookupRequest(
    String rid,
    String feed,
    String nonce,
    Instant iat,
    Instant exp,
    Requester requester,
    Set<Identifier> patient,
    Scope scope,
    boolean emergency,
    Doctor doctor,
    Consent consent) {

  static final Pattern RID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private static final Pattern NONCE = Pattern.compile("[0-9a-f]{32}");
  private static final Duration LIFETIME = Duration.ofSeconds(60);
  private static final int IDENTIFIERS_MAX = 10;
  private static final int TEXT_MAX = 2_000;
  private static final Set<String> SECTIONS =
      Set.of("visits", "diagnoses", "procedures", "medications", "allergies", "results", "reports");

  /** Who asks. */
  record Requester(String org, String department, String practitioner, String encounter) {}

  /** What is asked for. */
  record Scope(Set<String> sections, LocalDate since, LocalDate until) {}

  /**
   * What the doctor authorises. The last two are null outside emergencies.
   *
   * @param second who confirms, or null
   */
  record Doctor(
      String practitioner, String department, String encounter, Instant at, String reason, String second) {}

  /**
   * What the patient has authorised; most of it is null in an emergency.
   *
   * @param guardian true if somebody signed for the patient, and says as what
   */
  record Consent(
      String kind,
      String reference,
      String evidence,
      Instant grantedAt,
      Instant expiresAt,
      String grantee,
      Set<String> scope,
      boolean guardian) {}

  /** @throws Refused {@code lookup.form} with the place */
  static LookupRequest read(byte[] json) {
    Members request =
        new Members(Json.object(json, Rule.LOOKUP_FORM), "request", Rule.LOOKUP_FORM, Rule.LOOKUP_FORM)
            .exactly(
                Set.of("v", "rid", "feed", "nonce", "iat", "exp", "requester", "patient", "scope", "purpose",
                    "doctorAuthorization", "patientAuthorization"));
    if (request.integer("v", 1) != 1) {
      throw request.wrong("v");
    }
    Instant iat = request.instant("iat");
    Instant exp = request.instant("exp");
    if (!exp.equals(iat.plus(LIFETIME))) {
      throw request.wrong("exp");
    }
    String purpose = request.string("purpose");
    boolean emergency = purpose.equals("emergency");
    if (!emergency && !purpose.equals("treatment")) {
      throw request.wrong("purpose");
    }
    Doctor doctor = doctor(request.members("doctorAuthorization"));
    Consent consent = consent(request.members("patientAuthorization"), emergency);
    if (!emergency && doctor.reason() != null) {
      throw request.wrong("doctorAuthorization.emergency");
    }
    return new LookupRequest(
        matching(request, "rid", RID),
        request.string("feed"),
        matching(request, "nonce", NONCE),
        iat,
        exp,
        requester(request.members("requester")),
        patient(request.members("patient")),
        scope(request.members("scope")),
        emergency,
        doctor,
        consent);
  }

  private static String matching(Members members, String key, Pattern form) {
    String value = members.string(key);
    if (!form.matcher(value).matches()) {
      throw members.wrong(key);
    }
    return value;
  }

  private static Requester requester(Members requester) {
    requester.exactly(Set.of("org", "department", "practitioner", "encounter"));
    return new Requester(
        requester.string("org"),
        requester.string("department"),
        person(requester.members("practitioner")),
        requester.string("encounter"));
  }

  /** The id of somebody with id and name. */
  private static String person(Members person) {
    person.exactly(Set.of("id", "name")).string("name");
    return person.string("id");
  }

  private static Set<Identifier> patient(Members patient) {
    patient.exactly(Set.of("identifiers", "name", "birthDate"));
    patient.string("name");
    patient.dayOrNull("birthDate");
    return identifiers(patient, 1);
  }

  /** The member {@code identifiers}, of which there are {@code least} to ten. */
  static Set<Identifier> identifiers(Members patient, int least) {
    List<Identifier> identifiers = new ArrayList<>();
    for (Members one : patient.list("identifiers", least, IDENTIFIERS_MAX)) {
      one.exactly(Set.of("system", "value"));
      identifiers.add(new Identifier(one.string("system"), one.string("value")));
    }
    return Set.copyOf(identifiers);
  }

  private static Scope scope(Members scope) {
    scope.exactly(Set.of("sections", "since", "until"));
    return new Scope(scope.words("sections", SECTIONS), scope.day("since"), scope.day("until"));
  }

  private static Doctor doctor(Members doctor) {
    doctor.exactly(Set.of("practitioner", "department", "encounter", "at", "emergency"));
    Members emergency = doctor.membersOrNull("emergency");
    String reason = null;
    String second = null;
    if (emergency != null) {
      emergency.exactly(Set.of("reason", "second"));
      reason = emergency.string("reason", 0, TEXT_MAX);
      Members confirming = emergency.membersOrNull("second");
      second = confirming == null ? null : person(confirming);
    }
    return new Doctor(
        doctor.string("practitioner"), doctor.string("department"), doctor.string("encounter"), doctor.instant("at"),
        reason, second);
  }

  private static Consent consent(Members consent, boolean emergency) {
    consent.exactly(
        Set.of("kind", "reference", "evidence", "grantedAt", "expiresAt", "grantee", "scope", "guardian"));
    String kind = consent.string("kind");
    if (!Set.of("paper", "handwriting", "guardian", "none").contains(kind)) {
      throw consent.wrong("kind");
    }
    Members guardian = consent.membersOrNull("guardian");
    boolean signedFor = false;
    if (guardian != null) {
      guardian.exactly(Set.of("name", "relation")).string("name");
      String relation = guardian.stringOrNull("relation", 0, 200);
      signedFor = relation != null && !relation.isBlank();
    }
    if (emergency) {
      for (String key : List.of("reference", "evidence", "grantedAt", "expiresAt", "grantee", "guardian")) {
        if (!kind.equals("none") || !consent.isNull(key)) {
          throw consent.wrong(kind.equals("none") ? key : "kind");
        }
      }
    }
    return new Consent(
        kind,
        consent.stringOrNull("reference", 0, TEXT_MAX),
        consent.hashOrNull("evidence"),
        consent.instantOrNull("grantedAt"),
        consent.instantOrNull("expiresAt"),
        consent.stringOrNull("grantee", 1, 200),
        consent.words("scope", SECTIONS),
        signedFor);
  }

  /** The first day that may be shown: three calendar months before the day of the request, in Beijing. */
  LocalDate windowStart() {
    return Times.day(iat).minusMonths(3);
  }

  @Override
  public String toString() {
    return "lookup " + rid;
  }
}
