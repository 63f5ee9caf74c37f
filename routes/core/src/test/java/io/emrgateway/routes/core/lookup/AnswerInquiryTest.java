package io.emrgateway.routes.core.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.routes.core.lookup.AnswerInquiry.Policy;
import io.emrgateway.routes.core.lookup.AnswerInquiry.Reply;
import io.emrgateway.routes.core.lookup.LookupRequest.Requester;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.records.Identifier;
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
  private boolean shared = true;
  private Audits.Act auditFailsAt;
  private final Headroom room = new Headroom(1 << 20, Duration.ZERO);

  private Reply reply(LookupRequest request, String org) {
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
    return new AnswerInquiry(new Policy(false, patient -> shared), (nonce, now) -> seen.add(nonce), consents, entry -> {
      if (entry.act() == auditFailsAt) {
        throw new IllegalStateException("the disk is full");
      }
      steps.add(entry.act() + " " + entry.asker() + " " + entry.request().requester().practitioner().id() + " " + entry.outcome() + " " + entry.count());
    }, found, Clock.fixed(NOW, ZoneOffset.UTC)).reply(request, org);
  }

  private static LookupRequest request() {
    return new LookupRequest(UUID.randomUUID(), "H-0105/main", "0f".repeat(16), NOW.minusSeconds(1), NOW.plusSeconds(59),
        new Requester("H-0105", "骨科", new Practitioner("D7", "赵六"), "MZ1"),
        new Sought(List.of(new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X")), "张伟", null),
        new Scope(Set.of(Section.RESULTS), LocalDate.of(2020, 1, 1), LocalDate.of(2026, 11, 28)), Purpose.TREATMENT,
        new DoctorAuthorization("D7", "骨科", "MZ1", NOW.minusSeconds(30), null),
        new PatientAuthorization(Kind.HANDWRITING, "SX-1", EVIDENCE, NOW.minusSeconds(60), NOW.plusSeconds(60), "H-0105",
            Set.of(Section.RESULTS), null));
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
    shared = false;
    Reply objected = reply(request(), "H-0105");
    shared = true;
    records = List.of();
    seen.clear();
    Reply absent = reply(request(), "H-0105");
    assertThat(objected.bundles()).isEqualTo(absent.bundles()).isEmpty();
    assertThat(objected.broken()).isEqualTo(absent.broken());
    assertThat(steps).containsExactly("INQUIRY H-0105 D7  0", "seek since 2026-08-28", "ANSWER H-0105 D7 objected 0",
        "INQUIRY H-0105 D7  0", "seek since 2026-08-28", "ANSWER H-0105 D7  0");
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
