package io.emrgateway.routes.core.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.routes.core.lookup.AnswerInquiry.Policy;
import io.emrgateway.routes.core.lookup.AnswerInquiry.Reply;
import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.LookupRequest.Requester;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.records.Identifier;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How: audit, nonces, consents and records are held in memory, and note in which order they are used. */
@DisplayName("A question from another hospital")
class AnswerInquiryTest {
  private static final Instant NOW = Instant.parse("2026-11-28T02:00:00Z");
  private static final String EVIDENCE = "ab".repeat(32);
  private static final byte[] BUNDLE = {'{', '}'};

  private final List<String> steps = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private final Set<String> withdrawn = new HashSet<>();
  private List<byte[]> records = List.of(BUNDLE);
  private List<Objection> objections = List.of();
  private Set<Section> shared = Set.of(Section.values());
  private boolean objectsWhileSought;
  private Set<Section> sought;
  private Audits.Act auditFailsAt;
  private final Headroom room = new Headroom(1 << 20, Duration.ZERO);

  private Reply reply(LookupRequest request, String org) {
    return answers().reply(request, org);
  }

  private static Objection objection(String reason, Section... sections) {
    return new Objection("JJ-1", List.of(new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X")), Set.of(sections), null, reason, NOW, "N1");
  }

  private AnswerInquiry answers() {
    Consents consents = new NoConsents() {
      @Override
      public boolean isWithdrawn(String evidence) {
        return withdrawn.contains(evidence);
      }
    };
    Found found = new Found() {
      @Override
      public Here here(Sought patient, Scope scope, Window window) {
        steps.add("seek since " + window.first());
        sought = scope.sections();
        objections = objectsWhileSought ? List.of(objection(null, Section.values())) : objections;
        return new Here(records, room.take(1_000).orElseThrow());
      }

      @Override
      public List<byte[]> there(String org, List<byte[]> bundles, Sought patient, Scope scope, Window window) {
        throw new AssertionError();
      }

      @Override
      public String digest(List<byte[]> bundles) {
        return "ef".repeat(32);
      }
    };
    return new AnswerInquiry(new Policy(true, shared), objections(), (nonce, now) -> seen.add(nonce), consents, entry -> {
      if (entry.act() == auditFailsAt) {
        throw new IllegalStateException("the disk is full");
      }
      steps.add(entry.act() + " " + entry.asker() + " " + entry.request().requester().practitioner().id() + " " + entry.outcome() + " " + entry.count());
    }, found, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private Objections objections() {
    return (Objections) Proxy.newProxyInstance(Objections.class.getClassLoader(), new Class<?>[] {Objections.class}, (proxy, method, arguments) -> {
      assertThat(method.getName()).isEqualTo("against");
      return objections;
    });
  }

  private static LookupRequest request() {
    return request(Set.of(Section.RESULTS), Purpose.TREATMENT);
  }

  private static LookupRequest request(Set<Section> sections, Purpose purpose) {
    boolean emergency = purpose == Purpose.EMERGENCY;
    return new LookupRequest(UUID.randomUUID(), "H-0105/main", "0f".repeat(16), NOW.minusSeconds(1), NOW.plusSeconds(59),
        new Requester("H-0105", "骨科", new Practitioner("D7", "赵六"), "MZ1"),
        new Sought(List.of(new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X")), "张伟", null),
        new Scope(sections, LocalDate.of(2020, 1, 1), LocalDate.of(2026, 11, 28)), purpose,
        new DoctorAuthorization("D7", "骨科", "MZ1", NOW.minusSeconds(30),
            emergency ? new Emergency("昏迷", new Practitioner("D8", "钱七")) : null),
        emergency ? new PatientAuthorization(Kind.NONE, null, null, null, null, null, sections, null)
            : new PatientAuthorization(Kind.HANDWRITING, "SX-1", EVIDENCE, NOW.minusSeconds(60), NOW.plusSeconds(60), "H-0105", sections, null));
  }

  @Test
  void that_is_right_is_in_the_audit_before_anything_is_sought_and_again_before_it_is_answered() {
    Reply reply = reply(request(), "H-0105");
    assertThat(reply.broken()).isEmpty();
    assertThat(reply.bundles()).containsExactly(BUNDLE);
    assertThat(steps).containsExactly("INQUIRY H-0105 D7  0", "seek since 2026-08-28", "ANSWER H-0105 D7  1");
  }

  @Test
  void that_breaks_a_rule_is_refused_with_its_code_and_nothing_is_sought() {
    withdrawn.add(EVIDENCE);
    assertThat(reply(request(), "H-0105").broken()).contains(Rule.WITHDRAWN);
    assertThat(reply(request(), "H-0105").broken()).as("its nonce is used up").contains(Rule.NONCE);
    assertThat(reply(request(), "H-0999").broken()).contains(Rule.FEED);
    assertThat(steps).containsExactly("INQUIRY_REFUSED H-0105 D7 lookup.withdrawn 0", "INQUIRY_REFUSED H-0105 D7 lookup.nonce 0",
        "INQUIRY_REFUSED H-0999 D7 lookup.feed 0");
  }

  @Test
  void about_a_patient_who_has_objected_gets_the_answer_of_one_who_is_not_here_after_the_same_work() {
    objections = List.of(objection(null, Section.values()));
    Reply objected = reply(request(), "H-0105");
    objections = List.of();
    records = List.of();
    seen.clear();
    Reply absent = reply(request(), "H-0105");
    assertThat(objected.bundles()).isEqualTo(absent.bundles()).isEmpty();
    assertThat(objected.broken()).isEqualTo(absent.broken());
    assertThat(steps).containsExactly("INQUIRY H-0105 D7  0", "seek since 2026-08-28", "ANSWER H-0105 D7 objected 0",
        "INQUIRY H-0105 D7  0", "seek since 2026-08-28", "ANSWER H-0105 D7  0");
  }

  @Test
  void in_an_emergency_gets_nothing_that_the_patient_has_objected_to_either() {
    objections = List.of(objection(null, Section.values()));
    Reply reply = reply(request(Set.of(Section.RESULTS), Purpose.EMERGENCY), "H-0105");
    assertThat(reply.broken()).isEmpty();
    assertThat(reply.bundles()).isEmpty();
    assertThat(steps).last().isEqualTo("ANSWER H-0105 D7 objected 0");
  }

  @Test
  void gets_the_sections_that_nobody_objects_to_and_that_the_hospital_shows() {
    objections = List.of(objection("under review", Section.REPORTS), objection(null, Section.ALLERGIES));
    shared = Set.of(Section.RESULTS, Section.ALLERGIES, Section.REPORTS);
    Reply reply = reply(request(Set.of(Section.RESULTS, Section.ALLERGIES, Section.REPORTS, Section.VISITS), Purpose.TREATMENT), "H-0105");
    assertThat(reply.bundles()).containsExactly(BUNDLE);
    assertThat(sought).containsExactly(Section.RESULTS);
    assertThat(steps).containsExactly("INQUIRY H-0105 D7  0", "seek since 2026-08-28", "ANSWER H-0105 D7 objected 1");
    steps.clear();
    seen.clear();
    assertThat(reply(request(Set.of(Section.REPORTS), Purpose.TREATMENT), "H-0105").bundles()).isEmpty();
    assertThat(steps).as("the hospital's reason is not the patient's").last().isEqualTo("ANSWER H-0105 D7 withheld 0");
    steps.clear();
    seen.clear();
    assertThat(reply(request(Set.of(Section.VISITS), Purpose.TREATMENT), "H-0105").bundles()).isEmpty();
    assertThat(steps).last().isEqualTo("ANSWER H-0105 D7 withheld 0");
  }

  @Test
  void that_is_under_way_when_the_patient_objects_is_answered_with_nothing_of_what_was_found() {
    LookupRequest request = request(Set.of(Section.RESULTS, Section.ALLERGIES), Purpose.TREATMENT);
    Reply found = reply(request, "H-0105");
    steps.clear();
    assertThat(answers().asOfNow(request, "H-0105", found)).isSameAs(found);
    objections = List.of(objection(null, Section.REPORTS));
    assertThat(answers().asOfNow(request, "H-0105", found)).as("nobody objects to what was asked").isSameAs(found);
    assertThat(steps).isEmpty();
    objections = List.of(objection(null, Section.ALLERGIES));
    Reply none = answers().asOfNow(request, "H-0105", found);
    assertThat(none.bundles()).isEmpty();
    assertThat(none.room()).isSameAs(found.room());
    assertThat(answers().asOfNow(request, "H-0105", none)).as("for the second attempt").isSameAs(none);
    assertThat(steps).containsExactly("ANSWER H-0105 D7 objected 0");
    auditFailsAt = Audits.Act.ANSWER;
    assertThatThrownBy(() -> answers().asOfNow(request, "H-0105", found)).isInstanceOf(IllegalStateException.class);
  }

  /** How: the objection comes while the records are sought. */
  @Test
  void that_is_being_sought_when_the_patient_objects_gets_nothing() {
    objectsWhileSought = true;
    assertThat(reply(request(), "H-0105").bundles()).isEmpty();
    assertThat(steps).containsExactly("INQUIRY H-0105 D7  0", "seek since 2026-08-28", "ANSWER H-0105 D7 objected 0");
  }

  @Test
  void is_not_answered_when_the_audit_cannot_have_it() {
    auditFailsAt = Audits.Act.INQUIRY;
    assertThatThrownBy(() -> reply(request(), "H-0105")).isInstanceOf(IllegalStateException.class);
    assertThat(steps).as("nothing sought").isEmpty();
    seen.clear();
    auditFailsAt = Audits.Act.ANSWER;
    assertThatThrownBy(() -> reply(request(), "H-0105")).isInstanceOf(IllegalStateException.class);
    assertThat(room.free()).as("nor held in memory").isEqualTo(room.most());
  }

  @Test
  void is_held_in_memory_until_it_has_been_told() {
    try (Reply reply = reply(request(), "H-0105")) {
      assertThat(reply.bundles()).containsExactly(BUNDLE);
      assertThat(room.free()).isLessThan(room.most());
    }
    assertThat(room.free()).isEqualTo(room.most());
  }
}
