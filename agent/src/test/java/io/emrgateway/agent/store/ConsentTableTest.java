package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.Consents;
import io.emrgateway.routes.core.lookup.Consents.Outcome;
import io.emrgateway.routes.core.lookup.Consents.Standing;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A consent")
class ConsentTableTest {
  private static final Instant NOW = Instant.parse("2026-11-28T02:00:00Z");
  private static final Identifier RESIDENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");
  private static final Identifier OTHER = new Identifier("urn:oid:2.16.156.10011.1.3", "110105194912310038");
  private static final byte[] SCAN = "a scan of a signed agreement".getBytes(StandardCharsets.UTF_8);
  private static final Set<Section> RESULTS = Set.of(Section.RESULTS);

  @TempDir Path folder;

  private static Consent consent(String reference, String evidence, Instant granted, Instant expires) {
    return new Consent(Kind.GUARDIAN, reference, evidence, List.of(RESIDENT), Set.of(Section.RESULTS, Section.ALLERGIES), granted, expires,
        "H-0104", new Guardian("张母", "母亲"), true, "N2001");
  }

  @Test
  void covers_its_patient_sections_organisation_and_time_and_nothing_else_also_after_a_restart() {
    Consent kept = consent("XY-1", "ab".repeat(32), NOW, NOW.plusSeconds(60));
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.store.consents().keep(kept, SCAN)).isEqualTo(Outcome.DONE);
      assertThat(bench.store.consents().keep(kept, SCAN)).as("the same number again").isEqualTo(Outcome.REFERENCE_TAKEN);
    }
    try (Bench bench = new Bench(folder)) {
      Consents consents = bench.store.consents();
      assertThat(consents.inForce(List.of(OTHER, RESIDENT), RESULTS, "H-0104", NOW)).contains(kept);
      assertThat(consents.inForce(List.of(OTHER), RESULTS, "H-0104", NOW)).as("another patient").isEmpty();
      assertThat(consents.inForce(List.of(RESIDENT), Set.of(Section.MEDICATIONS), "H-0104", NOW)).as("for other sections").contains(kept);
      assertThat(consents.inForce(List.of(RESIDENT), RESULTS, "H-0105", NOW)).as("another hospital").isEmpty();
      assertThat(consents.inForce(List.of(RESIDENT), RESULTS, "H-0104", NOW.minusMillis(1))).as("too early").isEmpty();
      assertThat(consents.inForce(List.of(RESIDENT), RESULTS, "H-0104", NOW.plusSeconds(60))).as("expired").isEmpty();
      assertThat(consents.find("XY-1").map(Standing::consent)).contains(kept);
      assertThat(consents.find("XY-2")).isEmpty();
      assertThat(consents.of(List.of(RESIDENT, OTHER))).extracting(Standing::consent).containsExactly(kept);
      assertThat(consents.of(List.of(OTHER))).isEmpty();
    }
  }

  @Test
  void of_which_there_are_several_the_newest_counts_until_it_is_withdrawn() {
    try (Bench bench = new Bench(folder)) {
      Consents consents = bench.store.consents();
      Consent old = consent("XY-1", "ab".repeat(32), NOW.minusSeconds(60), NOW.plusSeconds(60));
      Consent young = consent("XY-2", "cd".repeat(32), NOW, NOW.plusSeconds(60));
      consents.keep(young, SCAN);
      consents.keep(old, SCAN);
      assertThat(consents.inForce(List.of(RESIDENT), RESULTS, "H-0104", NOW)).contains(young);
      assertThat(consents.isWithdrawn("cd".repeat(32))).isFalse();

      assertThat(consents.withdraw("XY-2", "N2001")).isEqualTo(Outcome.DONE);
      assertThat(consents.withdraw("XY-2", "N2001")).isEqualTo(Outcome.WITHDRAWN_ALREADY);
      assertThat(consents.withdraw("XY-9", "N2001")).isEqualTo(Outcome.UNKNOWN);
      assertThat(consents.isWithdrawn("cd".repeat(32))).isTrue();
      assertThat(consents.inForce(List.of(RESIDENT), RESULTS, "H-0104", NOW)).contains(old);
    }
  }

  @Test
  void of_which_there_are_several_the_one_that_covers_most_of_what_is_asked_counts() {
    try (Bench bench = new Bench(folder)) {
      Consents consents = bench.store.consents();
      Consent narrow = consent("XY-1", "ab".repeat(32), NOW, NOW.plusSeconds(60));
      Consent wide = new Consent(narrow.kind(), "XY-2", "cd".repeat(32), narrow.patient(), Set.of(Section.values()), NOW.minusSeconds(60),
          NOW.plusSeconds(60), "H-0104", narrow.guardian(), true, "N2001");
      consents.keep(narrow, SCAN);
      consents.keep(wide, SCAN);
      assertThat(consents.inForce(List.of(RESIDENT), Set.of(Section.values()), "H-0104", NOW)).contains(wide);
      assertThat(consents.inForce(List.of(RESIDENT), narrow.scope(), "H-0104", NOW)).as("the newest of equals").contains(narrow);
    }
  }

  @Test
  void is_told_to_the_city_after_its_withdrawal_until_the_city_has_heard_also_after_a_restart() {
    try (Bench bench = new Bench(folder)) {
      for (String reference : List.of("XY-1", "XY-2", "XY-3")) {
        bench.store.consents().keep(consent(reference, "ab".repeat(32), NOW, NOW.plusSeconds(60)), SCAN);
      }
      bench.store.consents().withdraw("XY-2", "N2001");
      bench.store.consents().withdraw("XY-1", "N2001");
      bench.store.consents().told("XY-3");
    }
    try (Bench bench = new Bench(folder)) {
      Consents consents = bench.store.consents();
      assertThat(consents.untold(10)).extracting(one -> one.consent().reference()).containsExactlyInAnyOrder("XY-2", "XY-1");
      assertThat(consents.untold(1)).hasSize(1);
      consents.told("XY-2");
      assertThat(consents.untold(10)).extracting(one -> one.consent().reference()).containsExactly("XY-1");
      assertThat(consents.list(0, 2)).extracting(Standing::number, one -> one.consent().reference(), one -> one.withdrawn() != null,
          one -> one.told() != null).containsExactly(tuple(1L, "XY-1", true, false), tuple(2L, "XY-2", true, true));
      assertThat(consents.list(2, 2)).extracting(one -> one.told() != null).as("not withdrawn, so nothing to hear").containsExactly(false);
    }
  }

  @Test
  void shows_its_evidence_once_the_audit_has_who_looks() {
    try (Bench bench = new Bench(folder)) {
      bench.store.consents().keep(consent("XY-1", "ab".repeat(32), NOW, NOW.plusSeconds(60)), SCAN);
      long before = bench.store.auditHead().n();
      assertThat(bench.store.consents().evidence("XY-1", "his-web")).contains(SCAN);
      assertThat(bench.store.auditHead().n()).isEqualTo(before + 1);
      assertThat(bench.store.consents().evidence("XY-9", "his-web")).isEmpty();
      assertThat(bench.store.auditHead().n()).as("there was nothing to look at").isEqualTo(before + 1);
    }
  }

  @Test
  void leaves_nothing_of_itself_readable_on_the_disk() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.store.consents().keep(consent("XY-2026-7", "ab".repeat(32), NOW, NOW.plusSeconds(60)), SCAN);
      bench.store.consents().withdraw("XY-2026-7", "N2001");
      assertThat(bench.onDisk()).doesNotContain("XY-2026-7").doesNotContain("11010519491231002X").doesNotContain("signed agreement");
    }
  }

  @Test
  void of_a_question_is_used_once_a_nonce_that_came_before_a_restart_included() {
    String nonce = "0f".repeat(16);
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.store.nonces().isNew(nonce, NOW)).isTrue();
      assertThat(bench.store.nonces().isNew(nonce, NOW)).isFalse();
    }
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.store.nonces().isNew(nonce, NOW.plusSeconds(86_000))).isFalse();
      assertThat(bench.store.nonces().isNew(nonce, NOW.plusSeconds(86_401))).as("a day later a request has long expired").isTrue();
    }
  }
}
