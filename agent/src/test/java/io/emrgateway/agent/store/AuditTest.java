package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.emrgateway.agent.audit.Acts;
import io.emrgateway.agent.audit.AuditRecord;
import io.emrgateway.agent.seal.Header;
import io.emrgateway.agent.seal.MasterKey;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.store.AuditChain.Against;
import io.emrgateway.agent.store.AuditChain.Verdict;
import io.emrgateway.agent.store.AuditChain.What;
import io.emrgateway.agent.store.AuditLog.Form;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.lookup.Audits;
import io.emrgateway.routes.core.lookup.Audits.Act;
import io.emrgateway.routes.core.lookup.Audits.Entry;
import io.emrgateway.routes.core.lookup.LookupRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The audit")
class AuditTest {
  @TempDir Path folder;

  private Verdict verdict(boolean withKey, Header.Audit head, long from) {
    return AuditChain.verify(folder.resolve("home"), new Against(
        withKey ? Optional.of(MasterKey.load(folder.resolve("master.key"))) : Optional.empty(), List.of(), Optional.ofNullable(head), from));
  }

  private void sql(String... statements) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("home/gateway.db"));
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  private static Entry ask(String doctor) {
    return Acts.ask(Acts.question(Acts.ZHANG, doctor));
  }

  @Test
  void has_every_act_of_a_lookup_as_it_was_also_after_a_restart_and_nothing_of_it_is_readable_on_the_disk() throws Exception {
    List<Entry> acts = Acts.all();
    try (Bench bench = new Bench(folder)) {
      acts.forEach(bench.store.audits()::append);
      assertThat(bench.onDisk()).doesNotContain(Acts.ZHANG.value()).doesNotContain("D1001").doesNotContain("XY-2026-7")
          .doesNotContain(Acts.DIGEST).doesNotContain("TREAT");
    }
    try (Bench bench = new Bench(folder)) {
      List<AuditRecord> zhang = bench.store.auditLog().about(List.of(Acts.ZHANG));
      assertThat(zhang).flatExtracting(one -> one.lookup().stream().toList())
          .containsExactlyElementsOf(acts.stream().filter(one -> one.request().patient().identifiers().contains(Acts.ZHANG)).toList());
      assertThat(zhang).extracting(AuditRecord::act).startsWith("ask", "show", "show").endsWith("answer", "inquiry-refused");
    }
    assertThat(verdict(true, null, 1)).returns(Optional.empty(), Verdict::broken).returns((long) acts.size(), Verdict::opened);
  }

  @Test
  void tells_who_has_read_it_and_whose_list_was_made() {
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.store.auditLog().patientList(List.of(Acts.LI), Form.HTML, org -> org)).as("nobody knows LI").isEmpty();
      bench.store.auditLog().patientList(List.of(Acts.ZHANG), Form.HTML, org -> org);
      bench.store.auditLog().emergencies(LocalDate.of(2026, 11, 28));
      assertThat(bench.store.auditLog().patientList(List.of(Acts.LI), Form.CSV, org -> org)).as("and it stays so").isEmpty();
      assertThat(bench.store.auditLog().about(List.of(Acts.LI))).extracting(AuditRecord::act, AuditRecord::detail)
          .containsExactly(tuple("audit-read", "a patient's list, html"), tuple("audit-read", "a patient's list, csv"));
      assertThat(bench.store.auditHead().n()).as("the start and four readings").isEqualTo(5);
    }
  }

  @Test
  void lists_by_time_act_and_doctor_page_by_page() {
    try (Bench bench = new Bench(folder)) {
      IntStream.range(0, 30).forEach(k -> bench.store.audits().append(ask("D" + k % 3)));
      Instant since = Instant.now().minusSeconds(60);
      AuditLog log = bench.store.auditLog();
      AuditLog.Asked byOne = new AuditLog.Asked(since, since.plusSeconds(120), Optional.of("ask"), Optional.of("D1"));
      List<AuditRecord> page = log.list(byOne, 0, 7);
      assertThat(page).hasSize(7).allSatisfy(one -> assertThat(one.lookup().get().request().requester().practitioner().id()).isEqualTo("D1"));
      assertThat(log.list(byOne, page.get(6).k(), 7)).hasSize(3);
      assertThat(log.list(new AuditLog.Asked(since, since.plusSeconds(120), Optional.of("start"), Optional.empty()), 0, 7)).hasSize(1);
      assertThat(log.list(new AuditLog.Asked(since, since.plusSeconds(1), Optional.empty(), Optional.empty()), 0, 7)).as("earlier").isEmpty();
    }
  }

  @Test
  void lists_the_emergencies_of_a_day_those_that_were_refused_too_and_nothing_else() {
    try (Bench bench = new Bench(folder)) {
      bench.store.audits().append(ask("D1"));
      LookupRequest shown = Acts.emergency(Acts.ZHANG, "D2");
      bench.store.audits().append(Acts.ask(shown));
      bench.store.audits().append(Acts.show(shown));
      bench.store.audits().append(Acts.refused(Act.ASK_REFUSED, Acts.emergency(Acts.ZHANG, "D3"), "lookup.emergency"));
      LocalDate today = LocalDate.now(ZoneOffset.ofHours(8));
      bench.store.audits().append(Acts.show(Acts.emergency(Acts.ZHANG, "D4")));
      bench.store.audits().append(Acts.ask(Acts.emergency(Acts.ZHANG, "D5")));
      assertThat(bench.store.auditLog().emergencies(today)).extracting(one -> one.asked().act(), one -> one.came().size())
          .containsExactly(tuple("ask", 1), tuple("ask-refused", 0), tuple("ask", 0));
      assertThat(bench.store.auditLog().emergencies(today.minusDays(1))).isEmpty();
    }
  }

  /** How: fifty threads, each appending as a doctor's questions do; what each saw of the head is compared with the chain. */
  @Test
  void keeps_its_order_and_its_promise_when_fifty_doctors_ask_at_once() throws Exception {
    try (Bench bench = new Bench(folder)) {
      ExecutorService doctors = Executors.newFixedThreadPool(50);
      List<Future<Long>> all = IntStream.range(0, 1_000).mapToObj(k -> doctors.submit(() -> {
        bench.store.audits().append(ask("D" + k));
        // A head that goes out in an answer has the question's own entry in it.
        return bench.store.auditHead().n();
      })).toList();
      for (Future<Long> one : all) {
        one.get();
      }
      doctors.shutdown();
      assertThat(bench.store.auditHead().n()).isEqualTo(1_001);
      Verdict verdict = verdict(true, bench.store.auditHead(), 1);
      assertThat(verdict).as("while the gateway runs").returns(Optional.empty(), Verdict::broken).returns(bench.store.auditHead(), Verdict::head);
    }
  }

  @Test
  void of_a_store_that_does_not_take_an_entry_refuses_it_so_that_nothing_is_shown() throws Exception {
    try (Bench bench = new Bench(folder)) {
      Audits audits = bench.store.audits();
      sql("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(FAIL, 'no room'); END");
      assertThatThrownBy(() -> audits.append(ask("D1"))).isInstanceOf(Refused.class);
      sql("DROP TRIGGER full");
      audits.append(ask("D1"));
      bench.store.close();
      assertThatThrownBy(() -> audits.append(ask("D1"))).isInstanceOf(Refused.class);
    }
    assertThat(verdict(true, null, 1)).returns(Optional.empty(), Verdict::broken).returns(2L, one -> one.head().n());
  }

  @Test
  void that_an_earlier_version_wrote_in_plain_lines_goes_on_in_one_chain() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.store.operations().resume();
    }
    plainLines(2);
    Bench.backTo(4, folder);
    Header.Audit head;
    try (Bench bench = new Bench(folder)) {
      bench.store.audits().append(ask("D1"));
      assertThat(bench.store.auditLog().list(new AuditLog.Asked(Instant.EPOCH, Instant.now().plusSeconds(60), Optional.empty(), Optional.empty()), 0, 9))
          .extracting(AuditRecord::act).containsExactly("start", "resume", "start", "ask", "audit-read");
      head = bench.store.auditHead();
    }
    assertThat(verdict(true, head, 1)).returns(Optional.empty(), Verdict::broken).returns(1L, Verdict::sealed);
    sql("UPDATE audit SET record = replace(record, 'start', 'stArt') WHERE k = 1");
    assertThat(verdict(false, null, 1).broken()).contains(new AuditChain.Break(1, What.CHANGED));
  }

  /** Turns the first records into what version 4 wrote. */
  private void plainLines(int records) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("home/gateway.db"));
        Session session = new Session(connection)) {
      String before = Suite.ZERO_HASH;
      for (int k = 1; k <= records; k++) {
        byte[] line = ("{\"at\":" + (1_795_000_000_000L + k) + ",\"action\":\"" + (k == 1 ? "start" : "resume") + "\",\"detail\":\"test\"}").getBytes();
        before = Suite.INTL.auditLink(before, Suite.INTL.hashUntagged(line));
        session.update("UPDATE audit SET at = ?, record = ?, head = ? WHERE k = ?", 1_795_000_000_000L + k, line, before, k);
      }
    }
  }

  @Nested
  @DisplayName("that was tampered with")
  class TamperedWith {

    /** Ten questions and a batch that carries the head behind the eighth record. */
    private void written() {
      try (Bench bench = new Bench(folder)) {
        IntStream.range(0, 7).forEach(k -> bench.store.audits().append(ask("D" + k)));
        bench.settle(bench.store.outbox().sealHeartbeat());
        IntStream.range(0, 3).forEach(k -> bench.store.audits().append(ask("D" + k)));
      }
      assertThat(verdict(true, null, 1)).returns(Optional.empty(), Verdict::broken).returns(1, Verdict::compared)
          .returns(11L, one -> one.head().n()).returns(10L, Verdict::opened).returns(Optional.of(8L), one -> one.witnessed().map(Header.Audit::n));
    }

    @ParameterizedTest(name = "{0}: record {2}, {3}")
    @CsvSource(delimiter = '|', value = {
        "a plain record changed      | UPDATE audit SET record = replace(record, 'Activity', 'Activitx') WHERE k = 1 | 1 | CHANGED",
        "a sealed one's hash changed | UPDATE audit SET hash = zeroblob(32) WHERE k = 5                             | 5 | CHANGED",
        "a link changed              | UPDATE audit SET head = printf('%s%s', substr(head, 2), substr(head, 1, 1)) WHERE k = 4 | 4 | CHANGED",
        "sealed passed off as plain  | UPDATE audit SET key = NULL, hash = NULL WHERE k = 6                          | 6 | CHANGED",
        "one deleted                 | DELETE FROM audit WHERE k = 3                                                 | 3 | MISSING",
        "the first deleted           | DELETE FROM audit WHERE k = 1                                                 | 1 | MISSING",
        "the tail cut off            | DELETE FROM audit WHERE k >= 7                                                | 7 | CUT",
        "all deleted                 | DELETE FROM audit                                                             | 1 | CUT",
        "its time changed            | UPDATE audit SET at = at - 86400000 WHERE k = 1                               | 1 | NOT_FOUND"})
    void tells_where_without_the_master_key(String name, String statement, long k, What what) throws Exception {
      written();
      sql(statement);
      assertThat(verdict(false, null, 1).broken()).contains(new AuditChain.Break(k, what));
      assertThat(verdict(true, null, 1).broken()).contains(new AuditChain.Break(k, what));
    }

    @ParameterizedTest(name = "{0}: record {2}, {3}")
    @CsvSource(delimiter = '|', value = {
        "a sealed record damaged     | UPDATE audit SET record = zeroblob(length(record)) WHERE k = 5     | 5 | UNREADABLE",
        "its time changed            | UPDATE audit SET at = at - 86400000 WHERE k = 5                    | 5 | NOT_FOUND",
        "hidden from a patient's list| DELETE FROM audit_about WHERE k = 9                                | 9 | NOT_FOUND"})
    void tells_where_with_the_master_key(String name, String statement, long k, What what) throws Exception {
      written();
      sql(statement);
      assertThat(verdict(true, null, 1).broken()).contains(new AuditChain.Break(k, what));
      assertThat(verdict(false, null, 1).broken()).as("what is closed is not looked into").isEmpty();
    }

    @Test
    void by_swapping_two_records_tells_the_first_of_them() throws Exception {
      written();
      sql("UPDATE audit SET k = -4 WHERE k = 4", "UPDATE audit SET k = 4 WHERE k = 6", "UPDATE audit SET k = 6 WHERE k = -4");
      assertThat(verdict(false, null, 1).broken()).contains(new AuditChain.Break(4, What.CHANGED));
    }

    @Test
    void by_writing_it_anew_from_some_record_on_is_not_the_one_whose_head_left() throws Exception {
      written();
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("home/gateway.db"));
          Session session = new Session(connection)) {
        session.update("DELETE FROM audit WHERE k > 5");
      }
      Header.Audit cut = verdict(true, null, 1).head();
      assertThat(cut.n()).isEqualTo(5);
      try (Bench bench = new Bench(folder)) {
        IntStream.range(0, 9).forEach(k -> bench.store.audits().append(ask("D" + k)));
      }
      assertThat(verdict(true, null, 1).broken()).contains(new AuditChain.Break(8, What.NOT_AS_SENT));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void behind_the_last_batch_is_told_by_a_head_from_elsewhere(boolean cut) throws Exception {
      written();
      Header.Audit head = verdict(true, null, 1).head();
      sql(cut ? "DELETE FROM audit WHERE k = 11" : "UPDATE audit SET hash = zeroblob(32) WHERE k = -1");
      assertThat(verdict(false, null, 1).broken()).isEmpty();
      assertThat(verdict(false, cut ? head : new Header.Audit(11, "0".repeat(64)), 1).broken())
          .contains(new AuditChain.Break(11, cut ? What.CUT : What.OTHER_HEAD));
    }

    @Test
    void before_the_record_from_which_it_is_looked_at_is_not_looked_at() throws Exception {
      written();
      sql("DELETE FROM audit WHERE k = 3");
      assertThat(verdict(false, null, 5)).returns(Optional.empty(), Verdict::broken).returns(5L, Verdict::first);
    }
  }
}
