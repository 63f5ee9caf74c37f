package io.emrgateway.routes.core.reminders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.Consents;
import io.emrgateway.routes.core.lookup.Found;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookUp.City.Answer;
import io.emrgateway.routes.core.lookup.LookUp.City.Fetched;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.NoConsents;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records;
import io.emrgateway.routes.core.records.Records.VisitState;
import io.emrgateway.routes.core.reminders.Facts.Allergy;
import io.emrgateway.routes.core.reminders.Facts.Drug;
import io.emrgateway.routes.core.reminders.Facts.Origin;
import io.emrgateway.routes.core.reminders.Remind.Asking;
import io.emrgateway.routes.core.reminders.Remind.Elsewhere;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How: the hospital, its consents and the city are held in memory; what runs beside waits in a list until it is let go. */
@DisplayName("A reminder")
class RemindTest {
  private static final Identifier PATIENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");
  private static final Order ORDER = new Order("MedicationRequest/1", "阿莫西林胶囊", Set.of(), new Drug(Map.of("阿莫西林", Set.of()), "阿莫西林胶囊"), "oral", "",
      false, List.of(), Set.of());

  private Instant now = Instant.parse("2026-11-28T02:00:00Z");
  private boolean consent = true;
  private Set<Section> agreed = Set.of(Section.values());
  private boolean auditFails;
  private Answer first = new Answer.Parts("\"2\"", true, List.of(part("H-0105", "answered"), part("H-0106", "timeout")), null);
  private Answer late = first;
  private int asked;
  private int askedAgain;
  private int read;
  private final List<String> own = new ArrayList<>();
  private final List<Runnable> waiting = new ArrayList<>();

  private static Fetched part(String org, String status) {
    return new Fetched(org, status, status.equals("answered") ? List.of("阿莫西林".getBytes(StandardCharsets.UTF_8)) : List.of());
  }

  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

  private final Headroom room = new Headroom(1 << 20, Duration.ZERO);

  private final Found found = new Found() {
    @Override
    public Here here(Sought patient, LookupRequest.Scope scope, Window window) {
      read++;
      return new Here(own.stream().map(one -> one.getBytes(StandardCharsets.UTF_8)).toList(), room.take(1_000).orElseThrow());
    }

    @Override
    public List<byte[]> there(String org, List<byte[]> bundles, Sought patient, LookupRequest.Scope scope, Window window) {
      return bundles;
    }

    @Override
    public String digest(List<byte[]> bundles) {
      return "ef".repeat(32);
    }
  };

  private final Records records = new Records() {
    @Override
    public void about(List<Identifier> identifiers, long afterInput, Consumer<Record> each) {
      throw new AssertionError();
    }

    @Override
    public Extent extent(List<Identifier> identifiers) {
      return new Extent(own.size(), own.size());
    }

    @Override
    public Optional<VisitState> visit(Identifier visit, List<Identifier> patient) {
      throw new AssertionError();
    }
  };

  /** Every bundle is an allergy to what it spells. */
  private final Facts.Reader reader = new Facts.Reader() {
    @Override
    public Facts facts(String org, List<byte[]> bundles) {
      return new Facts(bundles.stream().map(one -> new String(one, StandardCharsets.UTF_8))
          .map(one -> new Allergy(new Origin(org, org, null, "", one), Set.of(one), Map.of(), "", true, false, "", null)).toList(), List.of(), List.of());
    }

    @Override
    public List<Order> orders(byte[] bundle) {
      return List.of();
    }
  };

  private final Consents consents = new NoConsents() {
    @Override
    public Optional<Consent> inForce(List<Identifier> patient, Set<Section> sections, String grantee, Instant at) {
      return consent ? Optional.of(new Consent(Kind.PAPER, "XY-1", "ab".repeat(32), patient, agreed, now.minusSeconds(60),
          now.plusSeconds(86_400), "H-0104", null, false, "N1")) : Optional.empty();
    }

    @Override
    public boolean isWithdrawn(String evidence) {
      return false;
    }
  };

  private final LookUp.Patients patients = new LookUp.Patients() {
    @Override
    public Optional<LookUp.File> known(List<Identifier> patient) {
      return Optional.of(new LookUp.File(new Sought(List.of(PATIENT), "合成", null), number ->
          number.equals("V1") ? Optional.of(new VisitState("in-progress", "IMP", now.minusSeconds(600), null)) : Optional.empty()));
    }

    @Override
    public boolean isContradictory(List<Identifier> patient) {
      return false;
    }
  };

  private final LookUp.City city = new LookUp.City() {
    @Override
    public Answer ask(LookupRequest request) {
      asked++;
      return first;
    }

    @Override
    public Answer again(UUID rid, String known) {
      askedAgain++;
      return late instanceof Answer.Parts parts && parts.tag().equals(known) ? new Answer.Unchanged() : late;
    }
  };

  private final LookUp lookUp = new LookUp(new LookUp.Settings("H-0104", "H-0104/main", false), patients, consents, entry -> {
    if (auditFails) {
      throw new IllegalStateException("the disk is full");
    }
  }, city, found, () -> UUID.randomUUID().toString().replace("-", ""), clock);
  private final Remind remind = new Remind(new Remind.Settings("H-0104", Duration.ofMinutes(15)), records, found, reader, lookUp, consents, waiting::add, clock);

  private static Asking asking(String doctor, String visit) {
    return new Asking(List.of(PATIENT), visit, new Practitioner(doctor, "李明"), "心内科");
  }

  private Remind.Answer remind(String doctor, String visit) {
    return remind.remind(asking(doctor, visit), List.of(ORDER));
  }

  private void warmed() {
    remind.warm(asking("D1", "V1"));
    run();
  }

  private void run() {
    List<Runnable> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(Runnable::run);
  }

  @Test
  void rests_on_own_records_at_once_and_says_that_the_others_are_not_there_yet() {
    own.add("阿莫西林");
    remind.warm(asking("D1", "V1"));
    Remind.Answer answer = remind("D1", "V1");
    assertThat(answer.elsewhere()).isEqualTo(Elsewhere.NOT_YET);
    assertThat(answer.reminders()).hasSize(1);
  }

  /** A client without visits, as the CDS Hooks sandbox is, would wait for ever for what nobody has asked. */
  @Test
  void of_no_visit_says_that_the_others_may_not_be_asked_and_not_that_they_are_on_their_way() {
    remind.warm(asking("D1", ""));
    assertThat(waiting).isEmpty();
    assertThat(remind("D1", "").elsewhere()).isEqualTo(Elsewhere.DENIED);
    assertThat(remind("D1", "").code()).isEqualTo("lookup.no-open-visit");
  }

  @Test
  void reads_the_own_records_again_when_a_message_about_the_patient_has_come_and_no_sooner() {
    warmed();
    remind("D1", "V1");
    remind("D2", "V2");
    assertThat(read).isEqualTo(1);
    own.add("阿莫西林");
    assertThat(remind("D2", "V2").reminders()).hasSize(1);
    assertThat(read).isEqualTo(2);
    now = now.plus(Duration.ofMinutes(16));
    remind("D2", "V2");
    assertThat(read).isEqualTo(3);
  }

  @Test
  void rests_on_other_hospitals_records_once_they_are_there_and_names_who_is_missing() {
    assertThat(remind("D1", "V1").reminders()).isEmpty();
    warmed();
    Remind.Answer answer = remind("D1", "V1");
    assertThat(answer.elsewhere()).isEqualTo(Elsewhere.THERE);
    assertThat(answer.missing()).containsExactly("H-0106");
    assertThat(answer.reminders()).singleElement().satisfies(one -> assertThat(one.grounds().get(0).origin().org()).isEqualTo("H-0105"));
  }

  @Test
  void of_another_doctor_or_visit_does_not_rest_on_what_was_fetched_for_this_one() {
    warmed();
    assertThat(remind("D2", "V1").reminders()).isEmpty();
    assertThat(remind("D1", "V2").elsewhere()).isEqualTo(Elsewhere.NOT_YET);
  }

  @Test
  void does_not_rest_on_it_any_more_once_the_consent_is_withdrawn_or_its_time_is_over() {
    warmed();
    consent = false;
    assertThat(remind("D1", "V1").elsewhere()).isEqualTo(Elsewhere.NO_CONSENT);
    assertThat(remind("D1", "V1").reminders()).isEmpty();
    consent = true;
    assertThat(remind("D1", "V1").reminders()).hasSize(1);
    now = now.plus(Duration.ofMinutes(16));
    assertThat(remind("D1", "V1").elsewhere()).isEqualTo(Elsewhere.NOT_YET);
  }

  @Test
  void asks_the_city_once_however_often_the_patient_is_opened() {
    warmed();
    warmed();
    remind.warm(asking("D1", ""));
    run();
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void without_consent_says_so_and_asks_again_no_sooner_than_a_minute_later() {
    consent = false;
    warmed();
    assertThat(remind("D1", "V1").elsewhere()).isEqualTo(Elsewhere.NO_CONSENT);
    assertThat(asked).isZero();
    consent = true;
    warmed();
    assertThat(asked).isZero();
    now = now.plusSeconds(61);
    warmed();
    assertThat(remind("D1", "V1").elsewhere()).isEqualTo(Elsewhere.THERE);
  }

  @Test
  void rests_on_what_the_patient_has_agreed_to_and_says_what_does_not_count() {
    agreed = Set.of(Section.ALLERGIES, Section.MEDICATIONS, Section.VISITS, Section.DIAGNOSES);
    warmed();
    Remind.Answer answer = remind("D1", "V1");
    assertThat(answer.elsewhere()).isEqualTo(Elsewhere.THERE);
    assertThat(answer.reminders()).as("an allergy that another hospital knows").hasSize(1);
    assertThat(answer.notAgreed()).containsExactlyInAnyOrder(Section.RESULTS, Section.REPORTS);
  }

  @Test
  void is_asked_for_anew_a_minute_after_the_patient_has_agreed_to_more_and_what_is_there_counts_meanwhile() {
    agreed = Set.of(Section.ALLERGIES);
    warmed();
    agreed = Set.of(Section.values());
    warmed();
    assertThat(asked).isEqualTo(1);
    now = now.plusSeconds(61);
    remind.warm(asking("D1", "V1"));
    assertThat(remind("D1", "V1").reminders()).hasSize(1);
    run();
    assertThat(asked).isEqualTo(2);
    assertThat(remind("D1", "V1").notAgreed()).isEmpty();
    now = now.plusSeconds(61);
    warmed();
    assertThat(asked).as("nothing more to be had").isEqualTo(2);
  }

  @Test
  void of_a_patient_who_takes_a_part_back_does_not_rest_on_what_was_fetched_until_that_is_asked_for_anew() {
    warmed();
    agreed = Set.of(Section.ALLERGIES);
    assertThat(remind("D1", "V1").reminders()).isEmpty();
    assertThat(remind("D1", "V1").elsewhere()).isEqualTo(Elsewhere.NO_CONSENT);
    now = now.plusSeconds(61);
    warmed();
    assertThat(remind("D1", "V1").reminders()).hasSize(1);
  }

  @Test
  void rests_on_own_records_alone_when_the_patient_has_agreed_to_nothing_that_reminders_rest_on() {
    agreed = Set.of(Section.DIAGNOSES);
    warmed();
    Remind.Answer answer = remind("D1", "V1");
    assertThat(answer.elsewhere()).isEqualTo(Elsewhere.NO_CONSENT);
    assertThat(answer.code()).isEqualTo("lookup.consent-in-part");
  }

  @Test
  void tells_another_refusal_and_a_silent_city_apart() {
    remind.warm(asking("D1", "V9"));
    run();
    assertThat(remind("D1", "V9").elsewhere()).isEqualTo(Elsewhere.DENIED);
    first = new Answer.Failed("city.unreachable");
    warmed();
    assertThat(remind("D1", "V1").elsewhere()).isEqualTo(Elsewhere.FAILED);
    assertThat(remind("D1", "V1").code()).isEqualTo("city.unreachable");
  }

  @Test
  void gets_what_came_late_at_the_next_call() {
    first = new Answer.Parts("\"1\"", false, List.of(part("H-0105", "timeout")), null);
    late = new Answer.Parts("\"2\"", true, List.of(part("H-0105", "answered")), null);
    warmed();
    assertThat(remind("D1", "V1").elsewhere()).isEqualTo(Elsewhere.IN_PART);
    now = now.plusSeconds(5);
    remind("D1", "V1");
    run();
    assertThat(remind("D1", "V1").elsewhere()).isEqualTo(Elsewhere.THERE);
    assertThat(remind("D1", "V1").reminders()).hasSize(1);
  }

  @Test
  void keeps_what_came_in_time_when_nothing_comes_late() {
    first = new Answer.Parts("\"1\"", false, List.of(part("H-0105", "answered"), part("H-0106", "timeout")), null);
    late = new Answer.Failed("city.unreachable");
    warmed();
    now = now.plusSeconds(5);
    remind("D1", "V1");
    run();
    assertThat(remind("D1", "V1").reminders()).hasSize(1);
  }

  @Test
  void does_not_ask_for_what_came_late_at_every_call_nor_once_the_city_has_dropped_it() {
    first = new Answer.Parts("\"1\"", false, List.of(part("H-0105", "answered"), part("H-0106", "timeout")), null);
    late = first;
    warmed();
    for (int second = 1; second <= 60; second++) {
      now = now.plusSeconds(1);
      remind("D1", "V1");
      run();
    }
    assertThat(askedAgain).isEqualTo(15);
    assertThat(remind("D1", "V1").elsewhere()).isEqualTo(Elsewhere.IN_PART);

    now = now.plus(Duration.ofMinutes(9));
    remind("D1", "V1");
    run();
    assertThat(askedAgain).isEqualTo(15);
    assertThat(remind("D1", "V1").reminders()).as("what came in time").hasSize(1);
  }

  @Test
  void rests_on_nothing_of_others_when_the_audit_fails() {
    auditFails = true;
    remind.warm(asking("D1", "V1"));
    assertThatThrownBy(this::run).hasMessageContaining("disk");
    assertThat(remind("D1", "V1").elsewhere()).isEqualTo(Elsewhere.FAILED);
    assertThat(remind("D1", "V1").reminders()).isEmpty();
  }
}
