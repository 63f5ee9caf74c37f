package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.audit.Acts;
import io.emrgateway.routes.core.delivery.Batch;
import io.emrgateway.routes.core.delivery.CityHead;
import io.emrgateway.routes.core.delivery.Outbox;
import io.emrgateway.routes.core.delivery.Outbox.Alignment;
import io.emrgateway.routes.core.delivery.Outcome;
import io.emrgateway.routes.core.delivery.Translated;
import io.emrgateway.routes.core.intake.Admission.Kind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What the store keeps, and for how long")
class RetentionTest {
  @TempDir Path folder;

  /** How: batches made old by their date in the file; a restart finds them due at once. */
  @Test
  void delivered_bytes_go_with_their_age_while_younger_ones_and_the_records_stay() throws Exception {
    try (Bench bench = new Bench(folder)) {
      delivered(bench, "A", 3);
      delivered(bench, "B", 3);
    }
    age(1, 101);
    try (Bench bench = new Bench(folder)) {
      Bench.await(() -> count("payload") == 3 && count("body") == 3);
      assertThat(count("message")).isEqualTo(6);
      assertThat(bench.admit(Bench.message("his", "A1", "A1")).kind()).as("a resend is still known").isEqualTo(Kind.REPEATED);
    }
  }

  @Test
  void the_records_of_delivered_messages_go_with_their_age_and_what_is_explained_or_waits_stays() throws Exception {
    try (Bench bench = new Bench(folder)) {
      delivered(bench, "A", 3);
      quarantined(bench, "Q");
      delivered(bench, "B", 3);
      delivered(bench, "C", 3);
      bench.store.outbox().keepOutcomes(List.of(new Outcome(1, true, "", "")));
      bench.admit("waiting", "waiting");
    }
    age(3, 181);
    try (Bench bench = new Bench(folder)) {
      Bench.await(() -> count("batch") == 1);
      assertThat(count("message")).as("quarantined, of the last batch, and waiting").isEqualTo(1 + 3 + 1);
      assertThat(count("entry")).isEqualTo(1 + 3);
      assertThat(count("outcome")).isZero();
      assertThat(bench.store.outbox().lastOutcome()).as("what is forgotten is not asked for again").isEqualTo(6);
      assertThat(count("payload")).isEqualTo(1 + 3 + 1);
      assertThat(bench.store.overview().quarantined(0, 10)).extracting(Overview.Quarantined::control).containsExactly("Q");
      assertThat(bench.admit(Bench.message("his", "A1", "A1")).kind()).as("sent again after so long").isEqualTo(Kind.FIRST);
    }
  }

  @Test
  void a_message_repaired_later_stays_as_long_as_the_batch_that_carries_it() throws Exception {
    try (Bench bench = new Bench(folder)) {
      long i = quarantined(bench, "Q");
      delivered(bench, "A", 1);
      delivered(bench, "B", 1);
      bench.store.operations().replay(List.of(i));
      bench.sealAndSettle();
      delivered(bench, "C", 1);
      delivered(bench, "D", 1);
    }
    age(2, 181);
    try (Bench bench = new Bench(folder)) {
      Bench.await(() -> count("batch") == 4);
      assertThat(count("message WHERE control = 'Q'")).isEqualTo(1);
    }
    age(4, 181);
    try (Bench bench = new Bench(folder)) {
      Bench.await(() -> count("batch") == 2);
      assertThat(count("message WHERE control = 'Q'")).isZero();
    }
  }

  /** How: everything delivered is old; only the last batch's row is left of the feed. */
  @Test
  void numbers_go_on_and_the_feed_fits_the_citys_after_all_records_are_gone() throws Exception {
    Batch last;
    try (Bench bench = new Bench(folder)) {
      last = sixDelivered(bench);
    }
    age(99, 181);
    try (Bench bench = new Bench(folder)) {
      Bench.await(() -> count("message") == 0);
      Outbox outbox = bench.store.outbox();
      assertThat(outbox.align(head(last.seq(), last.headerHash(), 6, 6))).isEqualTo(Alignment.IN_STEP);
      assertThat(outbox.align(head(1, "a".repeat(64), 2, 2))).as("not a fork: we cannot know").isEqualTo(Alignment.CITY_BEHIND_OUR_STORE);
    }
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.admit("D1", "D1")).isEqualTo(7);
      Batch next = bench.sealAndSettle();
      assertThat(List.of(next.seq(), next.lastInput(), next.firstBody())).isEqualTo(List.of(last.seq() + 1, 7L, 7L));
    }
  }

  @Test
  void a_rejection_still_finds_its_message_when_the_bundle_has_gone() throws Exception {
    try (Bench bench = new Bench(folder)) {
      delivered(bench, "A", 2);
      delivered(bench, "B", 2);
      delivered(bench, "C", 1);
      bench.store.outbox().keepOutcomes(List.of(new Outcome(3, false, "patient.merged", "")));
    }
    age(2, 101);
    try (Bench bench = new Bench(folder)) {
      Bench.await(() -> count("body WHERE n = 3") == 0);
      assertThat(bench.store.overview().rejected(0, 10)).extracting("n", "i", "control").containsExactly(tuple(3L, 3L, "B1"));
    }
  }

  /** How: a city restored from a backup holds two messages of six; of the four between, nothing is here any more. */
  @Test
  void a_resync_goes_on_behind_a_city_that_went_back_further_than_the_store_reaches() throws Exception {
    try (Bench bench = new Bench(folder)) {
      sixDelivered(bench);
    }
    age(99, 181);
    try (Bench bench = new Bench(folder)) {
      Bench.await(() -> count("message") == 0);
      bench.admit("D1", "D1");
      CityHead back = head(1, "a".repeat(64), 2, 2);
      assertThat(bench.store.outbox().align(back)).isEqualTo(Alignment.CITY_BEHIND_OUR_STORE);
      Batch resync = bench.store.operations().resync(back, Long.MAX_VALUE);
      assertThat(List.of(resync.seq(), resync.epoch(), resync.lastInput())).isEqualTo(List.of(2L, 2L, 2L));
      bench.settle(resync);
      Batch next = bench.sealAndSettle();
      assertThat(List.of(next.seq(), next.lastInput(), next.firstBody())).as("the message that waited, without a hole")
          .isEqualTo(List.of(3L, 3L, 3L));
    }
  }

  /** How: a restored gateway without a message of its own goes on behind the city's last number, and is restarted. */
  @Test
  void numbers_stay_behind_the_citys_when_a_resync_is_followed_by_a_restart() {
    try (Bench bench = new Bench(folder)) {
      bench.settle(bench.store.operations().resync(head(7, "c".repeat(64), 50, 40), Long.MAX_VALUE));
    }
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.admit("C1", "one")).isEqualTo(51);
      assertThat(bench.translated()).as("picked up, not passed over").hasSize(1);
    }
  }

  /** How: a ceiling that the records alone fill, most of them more than 30 days old. */
  @Test
  void at_the_ceiling_records_older_than_thirty_days_go_first_and_the_bytes_of_the_younger_stay() throws Exception {
    try (Bench bench = new Bench(folder)) {
      for (int batch = 0; batch < 12; batch++) {
        delivered(bench, "B" + batch + "-", 200);
      }
    }
    age(10, 31);
    try (Bench bench = new Bench(folder, 1, 600_000, Duration.ofDays(100))) {
      Bench.await(() -> count("batch") <= 4);
      Bench.await(() -> bench.store.overview().storeCode() == null);
      assertThat(count("payload")).as("of the two young batches").isGreaterThanOrEqualTo(400);
      assertThat(bench.store.overview().storeCode()).isNull();
    }
  }

  @Test
  void the_audit_never_goes_however_old_and_whatever_the_ceiling() throws Exception {
    long records;
    try (Bench bench = new Bench(folder)) {
      bench.store.audits().append(Acts.ask(Acts.question(Acts.ZHANG, "D1")));
      Batch last = sixDelivered(bench);
      age(last.seq(), 400);
      records = count("audit");
    }
    try (Bench bench = new Bench(folder, 1, 1, Duration.ofMillis(1))) {
      Bench.await(() -> count("batch") <= 2 && "store.ceiling-exceeded".equals(bench.store.overview().storeCode()));
      assertThat(count("audit")).isEqualTo(records + 1);
      assertThat(bench.store.auditLog().about(List.of(Acts.ZHANG))).hasSize(1);
    }
    assertThat(AuditChain.verify(folder.resolve("home"), new AuditChain.Against(Optional.empty(), List.of(), Optional.empty(), 1)).broken()).isEmpty();
  }

  @Test
  void a_ceiling_that_cannot_be_kept_is_an_alarm_until_it_can() throws Exception {
    long i;
    try (Bench bench = new Bench(folder, 1, 400_000, Duration.ofDays(100))) {
      i = bench.admit("Q", "q".repeat(500_000));
      Bench.await(() -> "store.ceiling-exceeded".equals(bench.store.overview().storeCode()));
      assertThat(bench.store.overview().canAdmit()).as("undelivered messages are never a reason to stop").isTrue();
      bench.settle(bench.store.outbox().seal(bench.translated().stream()
          .map(t -> Translated.quarantined(t.message(), "mapping.test", "")).toList()).orElseThrow());
      assertThat(bench.store.overview().storeCode()).isEqualTo("store.ceiling-exceeded");

      assertThat(bench.store.operations().discard(List.of(i))).isEqualTo(1);
      Bench.await(() -> bench.store.overview().storeCode() == null);
    }
  }

  @Test
  void giving_up_quarantined_messages_leaves_an_audit_entry_their_explanation_and_a_way_to_send_them_again() throws Exception {
    try (Bench bench = new Bench(folder)) {
      long first = quarantined(bench, "Q1");
      quarantined(bench, "Q2");
      long third = quarantined(bench, "Q3");
      long held = bench.admit("A", "A");
      bench.sealAndSettle();
      bench.store.operations().replay(List.of(first));
      assertThat(bench.store.operations().discard(List.of(third, first, held, 77L))).isEqualTo(2);
      assertThat(bench.store.operations().discard(List.of(first))).as("a second time").isZero();

      assertThat(count("audit WHERE record LIKE '%discard%: 1 3-4 77%'")).isEqualTo(1);
      assertThat(bench.store.overview().quarantinedCount()).isEqualTo(1);
      assertThat(bench.store.overview().quarantined(0, 10)).extracting(Overview.Quarantined::control).containsExactly("Q2");
      assertThat(bench.store.overview().quarantined(first)).get()
          .satisfies(one -> assertThat(one.code()).isEqualTo("mapping.test"))
          .satisfies(one -> assertThat(one.discarded()).isNotNull());
      assertThat(bench.store.kept().bytes(first)).isEmpty();
      assertThat(count("payload")).isEqualTo(2);
      assertThat(bench.translated()).as("its replay is off").isEmpty();
      assertThat(bench.admit(Bench.message("his", "Q1", "Q1")).number()).isEqualTo(held + 1);
    }
  }

  /** Seals and settles so many messages in one batch. */
  private static void delivered(Bench bench, String control, int messages) {
    for (int k = 1; k <= messages; k++) {
      bench.admit(control + k, control + k);
    }
    bench.sealAndSettle();
  }

  /** In three batches, and behind them two heartbeats, which stay when all else is old; the last of these. */
  private static Batch sixDelivered(Bench bench) {
    delivered(bench, "A", 2);
    delivered(bench, "B", 2);
    delivered(bench, "C", 2);
    bench.settle(bench.store.outbox().sealHeartbeat());
    Batch last = bench.store.outbox().sealHeartbeat();
    bench.settle(last);
    return last;
  }

  private static long quarantined(Bench bench, String control) {
    long i = bench.admit(control, control);
    bench.settle(bench.store.outbox().seal(bench.translated().stream()
        .map(t -> Translated.quarantined(t.message(), "mapping.test", "")).toList()).orElseThrow());
    return i;
  }

  /** Makes the first batches, up to {@code seq}, so many days old. */
  private void age(long seq, int days) throws Exception {
    try (Connection connection = connection(); Statement statement = connection.createStatement()) {
      statement.execute("UPDATE batch SET created = created - " + Duration.ofDays(days).toMillis() + " WHERE seq <= " + seq);
    }
  }

  private long count(String table) {
    try (Connection connection = connection(); Statement statement = connection.createStatement()) {
      return Database.number(statement, "SELECT count(*) FROM " + table);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Connection connection() throws Exception {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("home/gateway.db"));
  }

  private static CityHead head(long seq, String hash, long input, long body) {
    return new CityHead(1, seq, hash, input, body, "d".repeat(64));
  }
}
