package io.emrgateway.routes.core.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.LookUp.City.Answer;
import io.emrgateway.routes.core.lookup.LookUp.City.Fetched;
import io.emrgateway.routes.core.lookup.LookUp.Part;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records.VisitState;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How: the hospital's own knowledge, the audit and the city are held in memory, and note in which order they are used. */
@DisplayName("A doctor's question")
class LookUpTest {
  private static final Instant NOW = Instant.parse("2026-11-28T02:00:00.123456Z");
  private static final Clock AT_NOW = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final Identifier RESIDENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");
  private static final Identifier OWN = new Identifier("urn:emr-gateway:H-0104:patient", "0001234567");
  private static final Identifier CONTRADICTORY = new Identifier("urn:emr-gateway:H-0104:patient", "0007654321");
  private static final Practitioner DOCTOR = new Practitioner("D1001", "李明");

  private final List<String> steps = new ArrayList<>();
  private final List<Audits.Entry> entries = new ArrayList<>();
  private final List<LookupRequest> asked = new ArrayList<>();
  private Optional<VisitState> visit = Optional.of(new VisitState("in-progress", "IMP", NOW.minusSeconds(86_400), null));
  private Optional<Consent> consent = Optional.of(new Consent(Kind.PAPER, "XY-1", "ab".repeat(32), List.of(OWN), Set.of(Section.values()),
      NOW.minusSeconds(600), NOW.plusSeconds(600), "H-0104", null, false, "N1"));
  private boolean auditFails;
  private boolean withdrawn;
  private boolean withdrawnMeanwhile;
  private boolean emergencies;
  private Answer answer = new Answer.Parts("\"2\"", true, List.of(), null);

  private final LookUp.Patients patients = new LookUp.Patients() {
    @Override
    public Optional<LookUp.File> known(List<Identifier> patient) {
      return patient.contains(OWN)
          ? Optional.of(new LookUp.File(new LookupRequest.Sought(List.of(RESIDENT), "张伟", LocalDate.of(1949, 12, 31)),
              number -> number.equals("ZY1") ? visit : Optional.empty())) : Optional.empty();
    }

    @Override
    public boolean isContradictory(List<Identifier> patient) {
      return patient.contains(CONTRADICTORY);
    }
  };

  private final Found found = new Found() {
    @Override
    public Here here(LookupRequest.Sought patient, LookupRequest.Scope scope, Window window) {
      throw new AssertionError("nothing of our own is asked for");
    }

    @Override
    public List<byte[]> there(String org, List<byte[]> bundles, LookupRequest.Sought patient, LookupRequest.Scope scope, Window window) {
      steps.add("cut " + org + " " + bundles.size() + " since " + window.first());
      return bundles.stream().filter(one -> !new String(one, StandardCharsets.UTF_8).equals("somebody else's")).toList();
    }

    @Override
    public String digest(List<byte[]> bundles) {
      return "ef".repeat(32);
    }
  };

  private final LookUp.City city = new LookUp.City() {
    @Override
    public Answer ask(LookupRequest request) {
      steps.add("city");
      asked.add(request);
      withdrawn |= withdrawnMeanwhile;
      return answer;
    }

    @Override
    public Answer again(UUID rid, String known) {
      steps.add("city again");
      return answer instanceof Answer.Parts parts && parts.tag().equals(known) ? new Answer.Unchanged() : answer;
    }
  };

  private LookUp lookUp(Clock clock) {
    return new LookUp(new LookUp.Settings("H-0104", "H-0104/main", emergencies), patients, new ConsentsInMemory(), entry -> {
      if (auditFails) {
        throw new IllegalStateException("the disk is full");
      }
      entries.add(entry);
      String reference = entry.request().consent().reference();
      String ground = entry.request().purpose() == Purpose.EMERGENCY ? "emergency" : reference == null ? "" : reference;
      steps.add(entry.act() + " " + ground + entry.outcome() + " " + entry.count());
    }, city, found, () -> "0f".repeat(16), clock);
  }

  private Result ask(Question question) {
    return lookUp(AT_NOW).ask(question);
  }

  private final class ConsentsInMemory extends NoConsents {
    @Override
    public Optional<Consent> inForce(List<Identifier> patient, Set<Section> sections, String grantee, Instant at) {
      return consent.filter(one -> patient.stream().anyMatch(one.patient()::contains) && one.grantee().equals(grantee));
    }

    @Override
    public boolean isWithdrawn(String evidence) {
      return withdrawn;
    }
  }

  private static Question question(String encounter, Identifier patient, Emergency emergency) {
    return new Question(DOCTOR, "心血管内科", encounter, List.of(patient), Set.of(Section.RESULTS), true, LocalDate.of(2020, 1, 1),
        LocalDate.of(2026, 11, 28), NOW.minusSeconds(30), emergency);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void leaves_signed_for_by_the_audit_and_comes_back_cut_named_by_hospital_and_audited_again() {
    answer = new Answer.Parts("\"1\"", false, List.of(
        new Fetched("H-0105", "answered", List.of(bytes("results"), bytes("somebody else's"))),
        new Fetched("H-0106", "answered", List.of(bytes("somebody else's"))),
        new Fetched("H-0107", "none", List.of()), new Fetched("H-0108", "timeout", List.of()),
        new Fetched("H-0109", "denied:lookup.withdrawn", List.of()), new Fetched("H-0110", "unproved:key-unknown", List.of()),
        new Fetched("H-0111", "city", List.of(bytes("somebody else's")))), null);

    Result.Shown shown = (Result.Shown) ask(question("ZY1", OWN, null));

    assertThat(shown.parts()).extracting(Part::org, Part::status, part -> part.bundles().size()).containsExactly(
        tuple("H-0105", "answered", 1), tuple("H-0106", "none", 0),
        tuple("H-0107", "none", 0), tuple("H-0108", "timeout", 0),
        tuple("H-0109", "denied:lookup.withdrawn", 0), tuple("H-0110", "unproved:key-unknown", 0),
        tuple("H-0111", "timeout", 0));
    assertThat(shown.complete()).isFalse();
    assertThat(steps).containsExactly("ASK XY-1 0", "city", "cut H-0105 2 since 2026-08-28", "cut H-0106 1 since 2026-08-28", "cut H-0111 1 since 2026-08-28",
        "SHOW XY-1 1");
    assertThat(entries.get(1).sources()).as("what the audit has of each hospital").containsExactly(
        new Audits.Source("H-0105", "answered", 1), new Audits.Source("H-0106", "none", 0), new Audits.Source("H-0107", "none", 0),
        new Audits.Source("H-0108", "timeout", 0), new Audits.Source("H-0109", "denied:lookup.withdrawn", 0),
        new Audits.Source("H-0110", "unproved:key-unknown", 0), new Audits.Source("H-0111", "timeout", 0));
    LookupRequest request = asked.get(0);
    assertThat(request.patient().identifiers()).as("a number that means something elsewhere").containsExactly(RESIDENT);
    assertThat(request.issued()).as("milliseconds, as on the wire").isEqualTo(Instant.parse("2026-11-28T02:00:00.123Z"));
    assertThat(request.consent().reference()).isEqualTo("XY-1");
    assertThat(shown.toString() + request + question("ZY1", OWN, null)).doesNotContain("张伟").doesNotContain("110105");
  }

  @Test
  void about_a_patient_nobody_knows_here_does_not_leave() {
    assertThat(ask(question("ZY1", RESIDENT, null))).isEqualTo(new Result.Denied(Rule.PATIENT_UNKNOWN));
    assertThat(steps).containsExactly("ASK_REFUSED lookup.patient-unknown 0");
    assertThat(entries.get(0).request()).as("who asked for whom all the same")
        .satisfies(one -> assertThat(one.requester().practitioner()).isEqualTo(DOCTOR))
        .satisfies(one -> assertThat(one.patient().identifiers()).containsExactly(RESIDENT));
  }

  @ParameterizedTest(name = "a visit {0} {1}, begun {2} h ago: open {4}")
  @CsvSource({"in-progress, IMP, 2400, , true", "finished, IMP, 24, , false", "in-progress, IMP, 24, -1, false", "cancelled, IMP, 24, , false",
      "in-progress, AMB, 2, , true", "in-progress, AMB, 40, , false", "arrived, EMER, 1, , true", "planned, IMP, 1, , false",
      "in-progress, IMP, -5, , false", "onleave, IMP, 48, 5, true", "unknown, IMP, 1, , false"})
  void leaves_only_while_the_visit_is_open_by_the_hospitals_own_feed(String status, String kind, long begun, Long ends, boolean open) {
    visit = Optional.of(new VisitState(status, kind, NOW.minusSeconds(begun * 3_600), ends == null ? null : NOW.plusSeconds(ends * 3_600)));
    assertThat(ask(question("ZY1", OWN, null)) instanceof Result.Shown).isEqualTo(open);
    assertThat(asked).hasSize(open ? 1 : 0);
  }

  @Test
  void for_a_visit_that_is_not_this_patients_does_not_leave() {
    assertThat(ask(question("ZY9", OWN, null))).isEqualTo(new Result.Denied(Rule.NO_OPEN_VISIT));
    assertThat(asked).isEmpty();
  }

  @Test
  void without_a_consent_does_not_leave() {
    consent = Optional.empty();
    assertThat(ask(question("ZY1", OWN, null))).isEqualTo(new Result.Denied(Rule.NO_CONSENT));
    assertThat(steps).containsExactly("ASK_REFUSED lookup.no-consent 0");
  }

  @Test
  void about_a_patient_whose_resident_id_contradicts_itself_is_refused_by_a_code_of_its_own() {
    assertThat(ask(question("ZY1", CONTRADICTORY, null))).isEqualTo(new Result.Denied(Rule.PATIENT_CONTRADICTORY));
    assertThat(steps).containsExactly("ASK_REFUSED lookup.patient-id-contradictory 0");
  }

  @Test
  void asks_for_what_the_patient_has_agreed_to_and_says_of_the_rest_that_it_was_not_asked() {
    consentTo(Section.RESULTS, Section.ALLERGIES);
    LookUp lookUp = lookUp(AT_NOW);
    Result.Shown shown = (Result.Shown) lookUp.ask(about(false, Section.RESULTS, Section.ALLERGIES, Section.MEDICATIONS));

    assertThat(asked.get(0).scope().sections()).containsExactlyInAnyOrder(Section.RESULTS, Section.ALLERGIES);
    assertThat(shown.sections()).containsExactlyInAnyOrder(Section.RESULTS, Section.ALLERGIES);
    assertThat(shown.notAgreed()).containsExactly(Section.MEDICATIONS);
    assertThat(((Result.Shown) lookUp.again(shown.rid(), "")).notAgreed()).as("of what came late too").containsExactly(Section.MEDICATIONS);
  }

  @Test
  void is_refused_with_what_was_agreed_to_when_it_names_more_or_something_else() {
    consentTo(Section.RESULTS, Section.ALLERGIES);
    Result.Denied denied = (Result.Denied) ask(about(true, Section.RESULTS, Section.MEDICATIONS));
    assertThat(denied).isEqualTo(new Result.Denied(Rule.CONSENT_IN_PART, Set.of(Section.RESULTS, Section.ALLERGIES)));
    assertThat(denied.textZh()).endsWith("已授权：过敏、检验检查结果");
    assertThat(denied.text()).endsWith("agreed to: allergies, results");
    assertThat(ask(about(false, Section.MEDICATIONS))).as("nothing of it").isEqualTo(denied);
    assertThat(steps).containsOnly("ASK_REFUSED lookup.consent-in-part 0");
  }

  private void consentTo(Section... sections) {
    consent = consent.map(one -> new Consent(one.kind(), one.reference(), one.evidence(), one.patient(), Set.of(sections), one.grantedAt(),
        one.expiresAt(), one.grantee(), null, false, one.recordedBy()));
  }

  private static Question about(boolean named, Section... sections) {
    Question one = question("ZY1", OWN, null);
    return new Question(DOCTOR, one.department(), one.encounter(), one.patient(), Set.of(sections), named, one.since(), one.until(),
        one.confirmed(), null);
  }

  @Test
  void in_an_emergency_says_which_part_of_the_form_is_missing() {
    emergencies = true;
    Practitioner second = new Practitioner("D2", "王芳");
    assertThat(ask(question("ZY1", OWN, new Emergency(" ", second)))).isEqualTo(new Result.Denied(Rule.EMERGENCY_REASON));
    assertThat(ask(question("ZY1", OWN, new Emergency("患者昏迷", new Practitioner("", ""))))).isEqualTo(new Result.Denied(Rule.EMERGENCY_SECOND));
    assertThat(ask(question("ZY1", OWN, new Emergency("患者昏迷", DOCTOR)))).as("the doctor again").isEqualTo(new Result.Denied(Rule.EMERGENCY_SECOND));
    assertThat(asked).isEmpty();
  }

  @Test
  void in_an_emergency_leaves_without_consent_where_that_is_switched_on_and_not_elsewhere() {
    consent = Optional.empty();
    Emergency emergency = new Emergency("患者昏迷", new Practitioner("D2", "王芳"));
    assertThat(ask(question("ZY1", OWN, emergency))).isEqualTo(new Result.Denied(Rule.EMERGENCY_OFF));
    emergencies = true;
    assertThat(ask(question("ZY1", OWN, emergency))).isInstanceOf(Result.Shown.class);
    assertThat(steps).endsWith("ASK emergency 0", "city", "SHOW emergency 0");
    assertThat(asked.get(0).purpose()).isEqualTo(Purpose.EMERGENCY);
  }

  @Test
  void does_not_leave_when_the_audit_cannot_have_it() {
    auditFails = true;
    assertThatThrownBy(() -> ask(question("ZY1", OWN, null))).isInstanceOf(IllegalStateException.class);
    assertThat(asked).isEmpty();
  }

  @Test
  void says_why_when_the_city_does_not_answer() {
    answer = new Answer.Failed("delivery.city-unreachable");
    assertThat(ask(question("ZY1", OWN, null))).isEqualTo(new Result.Failed("delivery.city-unreachable"));
    assertThat(steps).containsExactly("ASK XY-1 0", "city", "SHOW XY-1delivery.city-unreachable 0");
  }

  @Test
  void that_the_city_refuses_is_denied_by_the_same_rule_as_if_it_had_not_left() {
    answer = new Answer.Failed("lookup.withdrawn");
    assertThat(ask(question("ZY1", OWN, null))).isEqualTo(new Result.Denied(Rule.WITHDRAWN));
    assertThat(steps).containsExactly("ASK XY-1 0", "city", "SHOW XY-1lookup.withdrawn 0");
  }

  @Test
  void is_shown_again_with_what_came_late_and_audited_again() {
    LookUp lookUp = lookUp(AT_NOW);
    answer = new Answer.Parts("\"1\"", false, List.of(new Fetched("H-0105", "timeout", List.of())), null);
    UUID rid = ((Result.Shown) lookUp.ask(question("ZY1", OWN, null))).rid();
    answer = new Answer.Parts("\"2\"", true, List.of(new Fetched("H-0105", "answered", List.of(bytes("late")))), null);
    steps.clear();

    Result.Shown again = (Result.Shown) lookUp.again(rid, "\"1\"");

    assertThat(again.complete()).isTrue();
    assertThat(again.parts()).extracting(Part::status).containsExactly("answered");
    assertThat(steps).containsExactly("city again", "cut H-0105 1 since 2026-08-28", "SHOW XY-1 1");
    assertThat(asked).as("nothing new was signed").hasSize(1);
  }

  @Test
  void that_has_brought_nothing_new_is_neither_checked_nor_audited_again_but_held_against_withdrawals() {
    LookUp lookUp = lookUp(AT_NOW);
    answer = new Answer.Parts("\"1\"", false, List.of(new Fetched("H-0105", "answered", List.of(bytes("results")))), null);
    Result.Shown shown = (Result.Shown) lookUp.ask(question("ZY1", OWN, null));
    steps.clear();

    assertThat(lookUp.again(shown.rid(), shown.tag())).isEqualTo(new Result.Unchanged());
    assertThat(steps).containsExactly("city again");

    withdrawn = true;
    assertThat(lookUp.again(shown.rid(), shown.tag())).isEqualTo(new Result.Denied(Rule.WITHDRAWN));
    assertThat(steps).endsWith("ASK_REFUSED XY-1lookup.withdrawn 0");
  }

  @Test
  void is_not_shown_again_once_the_patient_has_withdrawn_or_ten_minutes_have_passed() {
    Instant[] now = {NOW};
    LookUp lookUp = lookUp(((InstantSource) () -> now[0]).withZone(ZoneOffset.UTC));
    UUID rid = ((Result.Shown) lookUp.ask(question("ZY1", OWN, null))).rid();
    assertThat(lookUp.forbidden(rid)).isEmpty();
    withdrawn = true;
    assertThat(lookUp.again(rid, "")).isEqualTo(new Result.Denied(Rule.WITHDRAWN));
    assertThat(steps).endsWith("ASK_REFUSED XY-1lookup.withdrawn 0");
    steps.clear();
    assertThat(lookUp.forbidden(rid)).contains(Rule.WITHDRAWN);
    assertThat(steps).containsExactly("ASK_REFUSED XY-1lookup.withdrawn 0");
    withdrawn = false;
    now[0] = NOW.plusSeconds(601);
    assertThat(lookUp.again(rid, "")).isEqualTo(new Result.Failed("lookup.unknown"));
    assertThat(lookUp.forbidden(rid)).as("what a door still shows").isEmpty();
    withdrawn = true;
    assertThat(lookUp.forbidden(rid)).contains(Rule.WITHDRAWN);
    withdrawn = false;
    now[0] = NOW.plusSeconds(75 * 60 + 1);
    assertThat(lookUp.forbidden(rid)).contains(Rule.TIME);
    assertThat(lookUp.again(UUID.randomUUID(), "")).isEqualTo(new Result.Failed("lookup.unknown"));
    assertThat(lookUp.forbidden(rid)).contains(Rule.TIME);
  }

  @Test
  void that_names_no_days_and_no_time_is_about_three_months_and_confirmed_as_it_is_asked() {
    ask(new Question(DOCTOR, "心血管内科", "ZY1", List.of(OWN), Set.of(Section.RESULTS), true, null, null, null, null));
    assertThat(asked.get(0).scope().since()).isEqualTo(LocalDate.of(2026, 8, 28));
    assertThat(asked.get(0).scope().until()).isEqualTo(LocalDate.of(2026, 11, 28));
    assertThat(asked.get(0).doctor().at()).isEqualTo(asked.get(0).issued());
  }

  @ParameterizedTest(name = "confirmed {0} s from now: may leave {1}")
  @CsvSource({"0, true", "59, true", "61, false", "-43199, true", "-43201, false"})
  void was_confirmed_lately_by_a_clock_that_may_be_a_little_ahead(long seconds, boolean leaves) {
    Question one = question("ZY1", OWN, null);
    Result result = ask(new Question(DOCTOR, one.department(), one.encounter(), one.patient(), one.sections(), one.named(), one.since(), one.until(),
        NOW.plusSeconds(seconds), null));
    assertThat(result).isEqualTo(leaves ? result : new Result.Denied(Rule.DOCTOR));
    assertThat(asked).hasSize(leaves ? 1 : 0);
  }

  @Test
  void is_not_shown_when_the_patient_withdraws_while_it_is_under_way() {
    withdrawnMeanwhile = true;
    assertThat(ask(question("ZY1", OWN, null))).isEqualTo(new Result.Denied(Rule.WITHDRAWN));
    assertThat(steps).containsExactly("ASK XY-1 0", "city", "ASK_REFUSED XY-1lookup.withdrawn 0");
  }

  @Test
  void is_held_in_memory_until_it_is_closed_and_not_at_all_when_nothing_is_shown() {
    Headroom room = new Headroom(1 << 20, Duration.ZERO);
    answer = new Answer.Parts("\"2\"", true, List.of(), room.take(1_000).orElseThrow());
    try (Result shown = ask(question("ZY1", OWN, null))) {
      assertThat(shown).isInstanceOf(Result.Shown.class);
      assertThat(room.free()).isLessThan(room.most());
    }
    assertThat(room.free()).isEqualTo(room.most());
    answer = new Answer.Parts("\"2\"", true, List.of(), room.take(1_000).orElseThrow());
    withdrawnMeanwhile = true;
    assertThat(ask(question("ZY1", OWN, null))).isInstanceOf(Result.Denied.class);
    assertThat(room.free()).isEqualTo(room.most());
  }

  @Test
  void is_one_too_many_after_sixty_of_one_doctor_in_a_minute() {
    LookUp lookUp = lookUp(AT_NOW);
    for (int k = 0; k < 60; k++) {
      assertThat(lookUp.ask(question("ZY1", OWN, null))).isInstanceOf(Result.Shown.class);
    }
    assertThat(lookUp.ask(question("ZY1", OWN, null))).isEqualTo(new Result.Denied(Rule.TOO_MANY));
    assertThat(steps).endsWith("ASK_REFUSED lookup.too-many 0");
    assertThat(asked).hasSize(60);
    Question another = question("ZY1", OWN, null);
    assertThat(lookUp.ask(new Question(new Practitioner("D2", "王芳"), another.department(), another.encounter(), another.patient(),
        another.sections(), another.named(), another.since(), another.until(), another.confirmed(), null))).isInstanceOf(Result.Shown.class);
  }
}
