package io.emrgateway.routes.core.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.emrgateway.routes.core.lookup.Authorisation.Known;
import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.LookupRequest.Requester;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.records.Identifier;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A lookup's dual authorisation")
class AuthorisationTest {
  private static final Instant NOW = Instant.parse("2026-11-28T02:00:00Z");
  private static final String EVIDENCE = "ab".repeat(32);
  private static final Practitioner DOCTOR = new Practitioner("D1001", "李明");
  private static final Practitioner SECOND = new Practitioner("D2002", "王芳");

  /** A request whose parts may each be wrong. */
  private static final class Parts {
    String feed = "H-0104/main";
    String nonce = "0f".repeat(16);
    Instant issued = NOW.minusSeconds(5);
    Instant expires = NOW.plusSeconds(55);
    Requester requester = new Requester("H-0104", "心血管内科", DOCTOR, "ZY1");
    Sought patient = new Sought(List.of(new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X")), "张伟",
        LocalDate.of(1949, 12, 31));
    Scope scope = new Scope(Set.of(Section.RESULTS, Section.ALLERGIES), LocalDate.of(2026, 9, 1), LocalDate.of(2026, 11, 28));
    Purpose purpose = Purpose.TREATMENT;
    String doctor = "D1001";
    String department = "心血管内科";
    String encounter = "ZY1";
    Instant confirmed = NOW.minusSeconds(60);
    Emergency emergency;
    Kind kind = Kind.PAPER;
    String reference = "XY-2026-001";
    String evidence = EVIDENCE;
    Instant granted = NOW.minusSeconds(86_400);
    Instant expiring = NOW.plusSeconds(86_400);
    String grantee = "H-0104";
    Set<Section> allowed = Set.of(Section.values());
    Guardian guardian;
    Known known = new Known(NOW, "H-0104", false, nonce -> true, evidence -> false);

    LookupRequest request() {
      return new LookupRequest(UUID.randomUUID(), feed, nonce, issued, expires, requester, patient, scope, purpose,
          new DoctorAuthorization(doctor, department, encounter, confirmed, emergency),
          new PatientAuthorization(kind, reference, evidence, granted, expiring, grantee, allowed, guardian));
    }
  }

  private static Arguments wrong(String what, Rule rule, UnaryOperator<Parts> change) {
    return arguments(what, rule, change);
  }

  private interface Change {
    void make(Parts parts);
  }

  private static UnaryOperator<Parts> by(Change change) {
    return parts -> {
      change.make(parts);
      return parts;
    };
  }

  private static void emergency(Parts p) {
    p.purpose = Purpose.EMERGENCY;
    p.kind = Kind.NONE;
    p.reference = null;
    p.evidence = null;
    p.granted = null;
    p.expiring = null;
    p.grantee = null;
    p.emergency = new Emergency("患者昏迷", SECOND);
    p.known = new Known(NOW, "H-0104", true, nonce -> true, evidence -> false);
  }

  static Stream<Arguments> each_wrong_or_missing_part() {
    Identifier good = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");
    return Stream.of(
        wrong("nonce too short", Rule.FORM, by(p -> p.nonce = "0f0f")),
        wrong("no identifier", Rule.FORM, by(p -> p.patient = new Sought(List.of(), "张伟", null))),
        wrong("eleven identifiers", Rule.FORM, by(p -> p.patient = new Sought(Collections.nCopies(11, good), "张伟", null))),
        wrong("a system that is no URI", Rule.FORM, by(p -> p.patient = new Sought(List.of(new Identifier("id", "1")), "张伟", null))),
        wrong("no name", Rule.FORM, by(p -> p.patient = new Sought(List.of(good), " ", null))),
        wrong("a control character in a department", Rule.FORM,
            by(p -> p.requester = new Requester("H-0104", "内\u0000科", DOCTOR, "ZY1"))),
        wrong("no doctor's name", Rule.FORM,
            by(p -> p.requester = new Requester("H-0104", "心血管内科", new Practitioner("D1001", ""), "ZY1"))),
        wrong("no visit", Rule.FORM, by(p -> p.requester = new Requester("H-0104", "心血管内科", DOCTOR, ""))),
        wrong("a feed of another hospital", Rule.FORM, by(p -> p.feed = "H-0999/main")),
        wrong("a name of 300 characters", Rule.FORM, by(p -> p.patient = new Sought(List.of(good), "张".repeat(300), null))),
        wrong("signed by another hospital's gateway", Rule.FEED, by(p -> p.known = new Known(NOW, "H-0999", false, n -> true, e -> false))),
        wrong("signed by nobody in the directory", Rule.FEED, by(p -> p.known = new Known(NOW, null, false, n -> true, e -> false))),
        wrong("expired", Rule.TIME, by(p -> {
          p.issued = NOW.minusSeconds(61);
          p.expires = NOW.minusSeconds(1);
        })),
        wrong("from the future", Rule.TIME, by(p -> {
          p.issued = NOW.plusSeconds(61);
          p.expires = NOW.plusSeconds(121);
        })),
        wrong("valid for an hour", Rule.TIME, by(p -> p.expires = p.issued.plusSeconds(3_600))),
        wrong("a nonce seen before", Rule.NONCE, by(p -> p.known = new Known(NOW, "H-0104", false, n -> false, e -> false))),
        wrong("another doctor's authorisation", Rule.DOCTOR, by(p -> p.doctor = "D9")),
        wrong("another department's", Rule.DOCTOR, by(p -> p.department = "骨科")),
        wrong("another visit's", Rule.DOCTOR, by(p -> p.encounter = "ZY2")),
        wrong("confirmed yesterday", Rule.DOCTOR, by(p -> p.confirmed = NOW.minusSeconds(50_000))),
        wrong("confirmed after it was sent", Rule.DOCTOR, by(p -> p.confirmed = NOW)),
        wrong("not confirmed", Rule.DOCTOR, by(p -> p.confirmed = null)),
        wrong("no consent in a treatment", Rule.CONSENT, by(p -> p.kind = Kind.NONE)),
        wrong("no agreement's number", Rule.CONSENT, by(p -> p.reference = null)),
        wrong("no evidence", Rule.CONSENT, by(p -> p.evidence = null)),
        wrong("evidence that is no hash", Rule.CONSENT, by(p -> p.evidence = "scan.pdf")),
        wrong("evidence in capitals", Rule.CONSENT, by(p -> p.evidence = EVIDENCE.toUpperCase(Locale.ROOT))),
        wrong("no beginning", Rule.CONSENT_TIME, by(p -> p.granted = null)),
        wrong("no end", Rule.CONSENT_TIME, by(p -> p.expiring = null)),
        wrong("a guardian's without a guardian", Rule.CONSENT, by(p -> p.kind = Kind.GUARDIAN)),
        wrong("a guardian without relation", Rule.CONSENT, by(p -> {
          p.kind = Kind.GUARDIAN;
          p.guardian = new Guardian("张母", "");
        })),
        wrong("a guardian in the patient's own", Rule.CONSENT, by(p -> p.guardian = new Guardian("张母", "母亲"))),
        wrong("not yet begun", Rule.CONSENT_TIME, by(p -> p.granted = NOW)),
        wrong("expired consent", Rule.CONSENT_TIME, by(p -> p.expiring = p.issued)),
        wrong("another hospital's consent", Rule.GRANTEE, by(p -> p.grantee = "H-0105")),
        wrong("nobody's consent", Rule.GRANTEE, by(p -> p.grantee = null)),
        wrong("a section that was not allowed", Rule.SCOPE, by(p -> p.allowed = Set.of(Section.RESULTS))),
        wrong("no section", Rule.SCOPE, by(p -> p.scope = new Scope(Set.of(), p.scope.since(), p.scope.until()))),
        wrong("days swapped", Rule.SCOPE, by(p -> p.scope = new Scope(p.scope.sections(), p.scope.until(), p.scope.since()))),
        wrong("an emergency's words in a treatment", Rule.FORM, by(p -> p.emergency = new Emergency("急", SECOND))),
        wrong("an emergency where it is switched off", Rule.EMERGENCY, by(p -> {
          emergency(p);
          p.known = new Known(NOW, "H-0104", false, n -> true, e -> false);
        })),
        wrong("an emergency with a consent", Rule.FORM, by(p -> p.purpose = Purpose.EMERGENCY)),
        wrong("an emergency without reason", Rule.EMERGENCY, by(p -> {
          emergency(p);
          p.emergency = new Emergency("", SECOND);
        })),
        wrong("an emergency confirmed by nobody else", Rule.EMERGENCY, by(p -> {
          emergency(p);
          p.emergency = new Emergency("患者昏迷", null);
        })),
        wrong("an emergency confirmed by the doctor alone", Rule.EMERGENCY, by(p -> {
          emergency(p);
          p.emergency = new Emergency("患者昏迷", DOCTOR);
        })),
        wrong("a withdrawn consent", Rule.WITHDRAWN, by(p -> p.known = new Known(NOW, "H-0104", false, n -> true, EVIDENCE::equals))));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("each_wrong_or_missing_part")
  void is_refused_by_its_own_rule_for(String what, Rule rule, UnaryOperator<Parts> change) {
    Parts parts = change.apply(new Parts());
    assertThat(Authorisation.broken(parts.request(), parts.known)).as(what).contains(rule);
  }

  @Test
  void is_complete_on_paper_by_hand_by_a_guardian_and_in_an_emergency() {
    for (Kind kind : List.of(Kind.PAPER, Kind.HANDWRITING)) {
      Parts own = new Parts();
      own.kind = kind;
      assertThat(Authorisation.broken(own.request(), own.known)).as(kind.name()).isEmpty();
    }
    Parts child = new Parts();
    child.kind = Kind.GUARDIAN;
    child.guardian = new Guardian("张母", "母亲");
    assertThat(Authorisation.broken(child.request(), child.known)).isEmpty();
    Parts emergency = new Parts();
    emergency(emergency);
    assertThat(Authorisation.broken(emergency.request(), emergency.known)).isEmpty();
  }

  @Test
  void uses_up_a_nonce_only_when_all_before_it_is_right() {
    Set<String> seen = new HashSet<>();
    Parts parts = new Parts();
    parts.known = new Known(NOW.plusSeconds(3_600), "H-0104", false, seen::add, e -> false);
    assertThat(Authorisation.broken(parts.request(), parts.known)).contains(Rule.TIME);
    assertThat(seen).isEmpty();
    parts.known = new Known(NOW, "H-0104", false, seen::add, e -> false);
    LookupRequest request = parts.request();
    assertThat(Authorisation.broken(request, parts.known)).isEmpty();
    assertThat(Authorisation.broken(request, parts.known)).contains(Rule.NONCE);
  }

  @Test
  void says_every_refusal_in_chinese_and_english_with_a_remedy_and_a_code_of_its_own() {
    assertThat(Rule.values()).extracting(Rule::code).doesNotHaveDuplicates().allMatch(code -> code.matches("lookup\\.[a-z-]+"));
    assertThat(Rule.values()).allMatch(rule -> rule.textZh().matches(".*\\p{IsHan}.*") && rule.remedyZh().matches(".*\\p{IsHan}.*")
        && rule.text().matches("[A-Z].*[a-z]") && rule.remedy().matches("[A-Z].*[a-z]"));
  }
}
