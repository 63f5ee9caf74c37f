package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.emrgateway.agent.audit.AuditRecord;
import io.emrgateway.routes.core.Refused;
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
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
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
      for (int k = 1; k <= 3; k++) {
        bench.store.consents().keep(consent("XY-" + k, ("a" + k).repeat(32), NOW, NOW.plusSeconds(60)), SCAN);
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

  private void sql(String statement) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("home/gateway.db"));
        Statement one = connection.createStatement()) {
      one.execute(statement);
    }
  }

  private static final String FULL = "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(FAIL, 'no room'); END";

  @Test
  void is_not_kept_without_its_entry_in_the_audit() throws Exception {
    try (Bench bench = new Bench(folder)) {
      sql(FULL);
      Consents consents = bench.store.consents();
      Consent consent = consent("XY-1", "ab".repeat(32), NOW, NOW.plusSeconds(60));
      assertThatThrownBy(() -> consents.keep(consent, SCAN)).isInstanceOf(Refused.class);
      assertThat(consents.find("XY-1")).isEmpty();
      sql("DROP TRIGGER full");
      assertThat(consents.keep(consent, SCAN)).isEqualTo(Outcome.DONE);
      assertThat(consents.keep(consent, SCAN)).isEqualTo(Outcome.REFERENCE_TAKEN);
      assertThat(bench.store.auditLog().about(List.of(RESIDENT))).extracting(AuditRecord::act, AuditRecord::by)
          .as("one entry, found by the patient").containsExactly(tuple("consent", "N2001"));
    }
  }

  /** How: the audit takes nothing when the patient withdraws; once it does again, the housekeeper has the entry added. */
  @Test
  void that_is_withdrawn_covers_nothing_though_the_audit_fails_and_the_audit_has_it_later() throws Exception {
    try (Bench bench = new Bench(folder)) {
      Consents consents = bench.store.consents();
      consents.keep(consent("XY-1", "ab".repeat(32), NOW, NOW.plusSeconds(60)), SCAN);
      sql(FULL);
      assertThat(consents.withdraw("XY-1", "N7")).isEqualTo(Outcome.DONE);
      assertThat(consents.inForce(List.of(RESIDENT), RESULTS, "H-0104", NOW)).isEmpty();
      assertThat(consents.withdraw("XY-1", "N8")).isEqualTo(Outcome.WITHDRAWN_ALREADY);
      assertThat(bench.store.auditLog().about(List.of(RESIDENT))).hasSize(1);
      sql("DROP TRIGGER full");
      Bench.await(() -> bench.store.auditLog().about(List.of(RESIDENT)).size() == 2);
      AuditRecord made = bench.store.auditLog().about(List.of(RESIDENT)).get(1);
      assertThat(made.act()).isEqualTo("consent-withdrawn");
      assertThat(made.by()).isEqualTo("N7");
      assertThat(made.detail()).contains("at " + consents.find("XY-1").orElseThrow().withdrawn());
      Thread.sleep(6_000);
      assertThat(bench.store.auditLog().about(List.of(RESIDENT))).as("once").hasSize(2);
    }
  }

  @Test
  void has_a_scan_of_its_own_that_proves_no_other_patients_consent_and_none_after_it_has_expired() {
    Instant now = Instant.now();
    try (Bench bench = new Bench(folder)) {
      Consents consents = bench.store.consents();
      assertThat(consents.keep(consent("XY-1", "ab".repeat(32), now, now.plusSeconds(60)), SCAN)).isEqualTo(Outcome.DONE);
      Consent others = new Consent(Kind.PAPER, "XY-2", "ab".repeat(32), List.of(OTHER), RESULTS, now, now.plusSeconds(60), "H-0104", null, false, "N1");
      assertThat(consents.keep(others, SCAN)).isEqualTo(Outcome.EVIDENCE_USED);
      assertThat(consents.find("XY-2")).isEmpty();
      assertThat(consents.keep(consent("XY-3", "ab".repeat(32), now, now.plusSeconds(90)), SCAN)).as("put right").isEqualTo(Outcome.DONE);
      assertThat(consents.keep(consent("XY-4", "cd".repeat(32), now.minusSeconds(60), now.minusSeconds(1)), SCAN)).isEqualTo(Outcome.DONE);
      assertThat(consents.keep(consent("XY-5", "cd".repeat(32), now, now.plusSeconds(60)), SCAN)).as("of an expired one").isEqualTo(Outcome.EVIDENCE_USED);
    }
  }

  /** How: consents that are over, made old by their date in the file; a restart finds them due at once. */
  @Test
  void goes_with_its_evidence_when_it_has_long_been_over_and_its_number_and_scan_stay_used() throws Exception {
    Instant now = Instant.now();
    try (Bench bench = new Bench(folder)) {
      Consents consents = bench.store.consents();
      consents.keep(consent("XY-expired", "a1".repeat(32), now, now.plusSeconds(60)), SCAN);
      consents.keep(consent("XY-withdrawn", "a2".repeat(32), now, now.plusSeconds(60)), SCAN);
      consents.keep(consent("XY-untold", "a3".repeat(32), now, now.plusSeconds(60)), SCAN);
      consents.keep(consent("XY-recent", "a4".repeat(32), now, now.plusSeconds(60)), SCAN);
      consents.keep(consent("XY-running", "a5".repeat(32), now, now.plus(Duration.ofDays(2_000))), SCAN);
      for (String one : List.of("XY-withdrawn", "XY-untold")) {
        consents.withdraw(one, "N1");
      }
      consents.told("XY-withdrawn");
    }
    long old = now.minus(Duration.ofDays(1_097)).toEpochMilli();
    sql("UPDATE consent SET expires = " + old + " WHERE id <= 3");
    sql("UPDATE consent SET withdrawn = " + old + " WHERE withdrawn IS NOT NULL");
    try (Bench bench = new Bench(folder)) {
      Consents consents = bench.store.consents();
      Bench.await(() -> consents.list(0, 10).size() == 3);
      assertThat(consents.list(0, 10)).extracting(one -> one.consent().reference()).as("whose withdrawal the city has not heard of stays")
          .containsExactly("XY-untold", "XY-recent", "XY-running");
      assertThat(consents.evidence("XY-expired", "N1")).isEmpty();
      assertThat(consents.of(List.of(RESIDENT))).hasSize(3);
      assertThat(consents.isWithdrawn("a2".repeat(32))).isTrue();
      assertThat(consents.isWithdrawn("a1".repeat(32))).isFalse();
      assertThat(consents.keep(consent("XY-expired", "b1".repeat(32), now, now.plusSeconds(60)), SCAN)).isEqualTo(Outcome.REFERENCE_TAKEN);
      assertThat(consents.keep(consent("XY-9", "a1".repeat(32), now, now.plusSeconds(60)), SCAN)).isEqualTo(Outcome.EVIDENCE_USED);
      assertThat(bench.store.auditLog().about(List.of(RESIDENT))).as("the audit keeps").hasSize(7);
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
