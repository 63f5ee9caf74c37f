package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.emrgateway.agent.audit.AuditRecord;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.Consents.Outcome;
import io.emrgateway.routes.core.lookup.Objection;
import io.emrgateway.routes.core.lookup.Objections;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Person;
import io.emrgateway.routes.core.records.Subjects;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An objection")
class ObjectionTableTest {
  private static final Instant NOW = Instant.parse("2026-11-28T02:00:00Z");
  private static final Identifier FILE = new Identifier("urn:emr-gateway:H-0104:patient:HIS", "000123");
  private static final Identifier OTHER_FILE = new Identifier("urn:emr-gateway:H-0104:patient:HIS", "000999");
  private static final Identifier RESIDENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");
  private static final Identifier PASSPORT = new Identifier("urn:passport", "X1");
  private static final Identifier STRANGER = new Identifier("urn:oid:2.16.156.10011.1.3", "110105194912310038");

  @TempDir Path folder;

  private static Objection objection(String reference, String reason, Section... sections) {
    return new Objection(reference, List.of(RESIDENT), Set.of(sections), new Guardian("张母", "母亲"), reason, NOW, "N2001");
  }

  private void sql(String statement) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("home/gateway.db"));
        Statement one = connection.createStatement()) {
      one.execute(statement);
    }
  }

  private static void fed(Bench bench, String control, Person... persons) {
    bench.subjects = new Subjects(List.of(persons), List.of());
    bench.admit(control, control);
    bench.sealAndSettle();
  }

  @Test
  void is_in_force_until_it_is_lifted_also_after_a_restart_and_each_is_in_the_audit() {
    Objection wholly = objection("JJ-1", null, Section.values());
    Objection some = objection("JJ-2", "本院在查", Section.REPORTS);
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.store.objections().keep(wholly)).isEqualTo(Outcome.DONE);
      assertThat(bench.store.objections().keep(wholly)).isEqualTo(Outcome.REFERENCE_TAKEN);
      assertThat(bench.store.objections().keep(some)).isEqualTo(Outcome.DONE);
    }
    try (Bench bench = new Bench(folder)) {
      Objections objections = bench.store.objections();
      assertThat(objections.against(List.of(STRANGER, RESIDENT))).containsExactlyInAnyOrder(wholly, some);
      assertThat(objections.against(List.of(STRANGER))).isEmpty();
      assertThat(objections.lift("JJ-9", "N1")).isEqualTo(Outcome.UNKNOWN);
      assertThat(objections.lift("JJ-1", "N1")).isEqualTo(Outcome.DONE);
      assertThat(objections.lift("JJ-1", "N1")).isEqualTo(Outcome.WITHDRAWN_ALREADY);
      assertThat(objections.against(List.of(RESIDENT))).containsExactly(some);
      assertThat(objections.of(List.of(RESIDENT))).extracting(one -> one.objection().reference(), one -> one.lifted() != null)
          .containsExactly(tuple("JJ-2", false), tuple("JJ-1", true));
      assertThat(objections.list(0, 1)).extracting(one -> one.objection().reference()).containsExactly("JJ-1");
      assertThat(objections.list(1, 9)).extracting(one -> one.objection().reference()).containsExactly("JJ-2");
      assertThat(bench.store.auditLog().about(List.of(RESIDENT))).extracting(AuditRecord::act, AuditRecord::by)
          .containsExactly(tuple("objection", "N2001"), tuple("objection", "N2001"), tuple("objection-lifted", "N1"));
    }
  }

  @Test
  void and_a_consent_never_have_the_same_number() {
    try (Bench bench = new Bench(folder)) {
      Consent consent = new Consent(Kind.PAPER, "XY-1", "ab".repeat(32), List.of(RESIDENT), Set.of(Section.RESULTS), NOW, NOW.plusSeconds(60), "H-0104",
          null, false, "N1");
      bench.store.consents().keep(consent, new byte[] {1});
      assertThat(bench.store.objections().keep(objection("XY-1", null, Section.values()))).isEqualTo(Outcome.REFERENCE_TAKEN);
      bench.store.objections().keep(objection("JJ-1", null, Section.values()));
      Consent other = new Consent(Kind.PAPER, "JJ-1", "cd".repeat(32), List.of(RESIDENT), Set.of(Section.RESULTS), NOW, NOW.plusSeconds(60), "H-0104",
          null, false, "N1");
      assertThat(bench.store.consents().keep(other, new byte[] {1})).isEqualTo(Outcome.REFERENCE_TAKEN);
    }
  }

  @Test
  void holds_by_a_number_that_turns_up_later_and_by_a_file_that_is_merged_later() {
    try (Bench bench = new Bench(folder)) {
      fed(bench, "A1", new Person(FILE, List.of(FILE, RESIDENT), null));
      bench.store.objections().keep(objection("JJ-1", null, Section.values()));
      Objections objections = bench.store.objections();
      assertThat(objections.against(List.of(FILE))).as("the hospital's own number").hasSize(1);
      assertThat(objections.against(List.of(PASSPORT))).isEmpty();
      fed(bench, "A2", new Person(FILE, List.of(FILE, PASSPORT), null));
      assertThat(objections.against(List.of(PASSPORT))).as("learnt later").hasSize(1);
      fed(bench, "A3", new Person(OTHER_FILE, List.of(OTHER_FILE, STRANGER), null));
      assertThat(objections.against(List.of(STRANGER))).isEmpty();
      fed(bench, "A4", new Person(OTHER_FILE, List.of(), FILE));
      assertThat(objections.against(List.of(STRANGER))).as("merged later").hasSize(1);
    }
  }

  @Test
  void counts_though_the_audit_fails_which_has_it_later_and_is_not_lifted_without_the_audit() throws Exception {
    try (Bench bench = new Bench(folder)) {
      Objections objections = bench.store.objections();
      sql("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(FAIL, 'no room'); END");
      assertThat(objections.keep(objection("JJ-1", null, Section.values()))).isEqualTo(Outcome.DONE);
      assertThatThrownBy(() -> objections.lift("JJ-1", "N1")).isInstanceOf(Refused.class);
      assertThat(objections.against(List.of(RESIDENT))).hasSize(1);
      assertThat(bench.store.auditLog().about(List.of(RESIDENT))).isEmpty();
      sql("DROP TRIGGER full");
      Bench.await(() -> bench.store.auditLog().about(List.of(RESIDENT)).size() == 1);
      assertThat(bench.store.auditLog().about(List.of(RESIDENT)).get(0).detail()).contains("at " + NOW);
    }
  }

  @Test
  void that_does_not_open_any_more_lets_nobody_be_answered_as_if_it_were_not_there() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.store.objections().keep(objection("JJ-1", null, Section.values()));
      sql("UPDATE objection SET sealed = zeroblob(length(sealed))");
      assertThatThrownBy(() -> bench.store.objections().against(List.of(RESIDENT))).isInstanceOf(Refused.class).hasMessageContaining("store.payload-damaged");
      assertThat(bench.store.objections().against(List.of(STRANGER))).isEmpty();
    }
  }

  @Test
  void leaves_nothing_of_itself_readable_on_the_disk() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.store.objections().keep(objection("JJ-2026-7", "本院在查", Section.REPORTS));
      bench.store.objections().lift("JJ-2026-7", "N1");
      assertThat(bench.onDisk()).doesNotContain("JJ-2026-7", RESIDENT.value(), "reports");
    }
  }

  /** How: lifted ones made old by their date in the file. */
  @Test
  void goes_when_it_has_long_been_lifted_and_the_city_has_heard() throws Exception {
    try (Bench bench = new Bench(folder)) {
      for (String reference : List.of("JJ-1", "JJ-2", "JJ-3", "JJ-4")) {
        bench.store.objections().keep(objection(reference, null, Section.REPORTS));
      }
      bench.store.objections().lift("JJ-1", "N1");
      bench.store.objections().lift("JJ-2", "N1");
      bench.store.objections().told(bench.store.objections().find("JJ-1").orElseThrow());
    }
    sql("UPDATE objection SET lifted = 1 WHERE lifted IS NOT NULL");
    try (Bench bench = new Bench(folder)) {
      Bench.await(() -> bench.store.objections().list(0, 9).size() == 3);
      assertThat(bench.store.objections().list(0, 9)).extracting(one -> one.objection().reference()).containsExactly("JJ-2", "JJ-3", "JJ-4");
    }
  }
}
