package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.delivery.Admitted;
import io.emrgateway.routes.core.delivery.Batch;
import io.emrgateway.routes.core.delivery.CityHead;
import io.emrgateway.routes.core.delivery.Outbox;
import io.emrgateway.routes.core.delivery.Outbox.Alignment;
import io.emrgateway.routes.core.delivery.Outcome;
import io.emrgateway.routes.core.delivery.Standing;
import io.emrgateway.routes.core.delivery.Translated;
import io.emrgateway.routes.core.delivery.Wire;
import io.emrgateway.routes.core.records.Subjects;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The outbox")
class OutboxTest {
  @TempDir Path folder;

  @Test
  void gives_the_same_bytes_at_every_attempt_also_after_a_restart() {
    Batch batch;
    Wire first;
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "one");
      bench.admit("C2", "two");
      batch = bench.store.outbox().seal(bench.translated()).orElseThrow();
      first = bench.store.outbox().wire(batch);
    }
    try (Bench again = new Bench(folder)) {
      assertThat(again.store.outbox().unsettled()).contains(batch);
      Wire second = again.store.outbox().wire(batch);
      assertThat(second.request()).isEqualTo(first.request());
      again.settle(batch);
      assertThat(again.store.outbox().unsettled()).isEmpty();
      assertThat(again.store.overview().delivery().waiting()).isZero();
    }
  }

  @Test
  void explains_what_is_quarantined_and_sends_it_later_under_its_old_number_when_repaired() {
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "one");
      long bad = bench.admit("C2", "bad");
      bench.admit("C3", "three");
      Outbox outbox = bench.store.outbox();
      List<Translated> all = bench.translated().stream()
          .map(t -> t.message().number() == bad ? Translated.quarantined(t.message(), "mapping.test", "PID-3") : t).toList();
      Batch batch = outbox.seal(all).orElseThrow();
      assertThat(new String(outbox.wire(batch).request(), StandardCharsets.UTF_8))
          .contains("{\"i\":2,\"why\":\"quarantined\"}");
      bench.settle(batch);
      assertThat(bench.store.overview().quarantined(0, 10)).singleElement()
          .satisfies(q -> assertThat(List.of(q.i(), q.code(), q.place())).isEqualTo(List.of(2L, "mapping.test", "PID-3")));

      assertThat(bench.store.operations().replay(List.of(bad, 1L, 77L))).isEqualTo(1);
      Batch later = bench.sealAndSettle();
      assertThat(later.firstBody()).isEqualTo(3);
      assertThat(bench.store.overview().quarantined(0, 10)).isEmpty();
      assertThat(bench.store.operations().replay(List.of(bad))).isZero();
      assertThat(bench.translated()).isEmpty();
    }
  }

  /** How: two messages are translated under the old rules and one under the new, and all three wait for a batch. */
  @Test
  void names_in_a_header_the_configuration_that_made_its_bundles_also_across_a_change() {
    try (Bench bench = new Bench(folder)) {
      String old = bench.config;
      String now = Suite.hex(Suite.INTL.hashUntagged("the new rules".getBytes(StandardCharsets.UTF_8)));
      bench.admit("C1", "one");
      bench.admit("C2", "two");
      bench.admit("C3", "three");
      List<Translated> all = bench.translated();
      bench.config = now;
      all.set(2, bench.translated().get(2));

      Batch first = bench.store.outbox().seal(all).orElseThrow();
      assertThat(first.lastInput()).isEqualTo(2);
      assertThat(header(bench, first)).contains("\"config\":\"" + old + "\"");
      bench.settle(first);
      Batch second = bench.sealAndSettle();
      assertThat(second.lastInput()).isEqualTo(3);
      assertThat(header(bench, second)).contains("\"config\":\"" + now + "\"");
      assertThat(header(bench, bench.store.outbox().sealHeartbeat())).contains("\"config\":\"" + now + "\"");
    }
  }

  /** What is sealed is never taken back: a rotation that the city has to refuse would hold up every batch behind it. */
  @Test
  void seals_no_rotation_to_a_key_of_another_hospital_and_goes_on_with_the_one_in_use() {
    try (Bench bench = new Bench(folder)) {
      bench.layReady("H-0105/main");
      assertThat(bench.store.outbox().sealRotation()).isEmpty();
      assertThat(bench.store.overview().nextKeyRefused().orElseThrow())
          .returns("seal.certificate-feed", SealRefused::code).returns("H-0104-main-next.p12", SealRefused::place);
      bench.admit("C1", "one");
      assertThat(bench.sealAndSettle().seq()).isEqualTo(1);
    }
  }

  @Test
  void seals_a_rotation_to_a_key_of_its_own_hospital() {
    try (Bench bench = new Bench(folder)) {
      bench.layReady(Bench.FEED);
      assertThat(bench.store.outbox().sealRotation().orElseThrow().kind()).isEqualTo("rotate");
      assertThat(bench.store.overview().nextKeyRefused()).isEmpty();
    }
  }

  private static String header(Bench bench, Batch batch) {
    return new String(bench.store.outbox().wire(batch).request(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void goes_on_after_a_repair_that_fails_again() {
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "bad");
      Outbox outbox = bench.store.outbox();
      List<Translated> bad = bench.translated().stream().map(t -> Translated.quarantined(t.message(), "mapping.one", "")).toList();
      bench.settle(outbox.seal(bad).orElseThrow());
      bench.store.operations().replay(List.of(1L));
      Admitted again = outbox.next(1, 10, 1 << 20).get(0);
      assertThat(again.repaired()).isTrue();
      assertThat(outbox.seal(List.of(Translated.quarantined(again, "mapping.two", "")))).isEmpty();
      assertThat(bench.store.overview().quarantined(0, 10)).extracting("code").containsExactly("mapping.two");
      assertThat(outbox.next(1, 10, 1 << 20)).isEmpty();
    }
  }

  @Test
  void never_puts_more_into_a_batch_than_half_of_what_the_contract_allows() {
    try (Bench bench = new Bench(folder)) {
      for (int k = 0; k < 4; k++) {
        bench.admit("C" + k, "m" + k);
      }
      byte[] large = new byte[3 << 19];
      byte[] tooLarge = new byte[(32 << 20) + 1];
      List<Translated> all = bench.translated();
      List<Translated> sized = List.of(
          Translated.into(all.get(0).message(), large, Suite.ZERO_HASH, Subjects.NOBODY), Translated.into(all.get(1).message(), large, Suite.ZERO_HASH, Subjects.NOBODY),
          Translated.into(all.get(2).message(), large, Suite.ZERO_HASH, Subjects.NOBODY), Translated.into(all.get(3).message(), tooLarge, Suite.ZERO_HASH, Subjects.NOBODY));
      Batch first = bench.store.outbox().seal(sized).orElseThrow();
      assertThat(first.lastInput()).isEqualTo(2);
      bench.settle(first);
      Batch second = bench.store.outbox().seal(sized.subList(2, 4)).orElseThrow();
      assertThat(second.lastInput()).isEqualTo(4);
      assertThat(second.lastBody()).isEqualTo(3);
      bench.settle(second);
      assertThat(bench.store.overview().quarantined(0, 10)).extracting("code").containsExactly("delivery.body-too-large");
    }
  }

  @Test
  void explains_a_payload_that_is_damaged_on_the_disk_and_delivers_its_neighbours() throws Exception {
    try (Bench bench = new Bench(folder)) {
      for (int k = 1; k <= 3; k++) {
        bench.admit("C" + k, "message " + k);
      }
    }
    change("UPDATE payload SET bytes = zeroblob(length(bytes)) WHERE i = 2");
    try (Bench bench = new Bench(folder)) {
      Batch batch = bench.sealAndSettle();
      assertThat(batch.lastBody()).isEqualTo(2);
      assertThat(bench.store.overview().quarantined(0, 10)).extracting("i", "code")
          .containsExactly(tuple(2L, "store.payload-damaged"));
    }
  }

  @Test
  void tells_the_city_the_hash_of_what_it_sends_whatever_became_of_the_column() throws Exception {
    byte[] raw;
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "one");
      raw = bench.store.outbox().next(0, 1, 1 << 20).get(0).raw();
    }
    change("UPDATE message SET raw = zeroblob(32)");
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.store.outbox().next(0, 1, 1 << 20).get(0).raw()).isEqualTo(raw);
    }
  }

  @Test
  void names_a_sealed_body_that_is_damaged_and_sends_its_message_anew_after_a_resync() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "one");
      bench.store.outbox().seal(bench.translated()).orElseThrow();
    }
    change("UPDATE body SET bytes = zeroblob(length(bytes))");
    try (Bench bench = new Bench(folder)) {
      Batch batch = bench.store.outbox().unsettled().orElseThrow();
      assertThatThrownBy(() -> bench.store.outbox().wire(batch))
          .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Refused.Reason.BODY_DAMAGED));
      bench.settle(bench.store.operations().resync(head(1, 0, Suite.ZERO_HASH, 0, 0, Suite.ZERO_HASH), Long.MAX_VALUE));
      assertThat(bench.sealAndSettle().lastBody()).isEqualTo(1);
    }
  }

  @Test
  void compares_its_feed_with_the_citys_head() {
    try (Bench bench = new Bench(folder)) {
      Outbox outbox = bench.store.outbox();
      assertThat(outbox.align(head(1, 0, Suite.ZERO_HASH, 0, 0, Suite.ZERO_HASH))).isEqualTo(Alignment.IN_STEP);
      bench.admit("C1", "one");
      Batch first = bench.sealAndSettle();
      String afterFirst = bench.cityHead();
      bench.admit("C2", "two");
      Batch second = bench.sealAndSettle();
      bench.admit("C3", "three");
      Batch third = outbox.seal(bench.translated()).orElseThrow();

      assertThat(outbox.align(head(1, 2, second.headerHash(), 2, 2, bench.cityHead()))).isEqualTo(Alignment.IN_STEP);
      assertThat(outbox.unsettled()).map(Batch::seq).contains(3L);
      assertThat(outbox.align(head(1, 3, third.headerHash(), 3, 3, "a".repeat(64)))).isEqualTo(Alignment.IN_STEP);
      assertThat(outbox.unsettled()).as("its receipt was lost").map(Batch::seq).contains(3L);
      assertThat(outbox.align(head(1, 1, first.headerHash(), 1, 1, afterFirst))).isEqualTo(Alignment.CITY_BEHIND);
      assertThat(outbox.unsettled()).map(Batch::seq).contains(2L);
      assertThat(outbox.wire(second).cityHeadBefore()).isEqualTo(afterFirst);
      assertThat(outbox.align(head(1, 4, "b".repeat(64), 9, 9, "b".repeat(64)))).isEqualTo(Alignment.CITY_AHEAD);
      assertThat(outbox.align(head(1, 2, "b".repeat(64), 2, 2, "b".repeat(64)))).isEqualTo(Alignment.FORK);
      assertThat(outbox.align(head(2, 2, second.headerHash(), 2, 2, bench.cityHead()))).isEqualTo(Alignment.EPOCH);
    }
  }

  @Test
  void opens_a_new_epoch_behind_the_city_and_loses_nothing_that_was_admitted() {
    CityHead ahead = head(1, 7, "c".repeat(64), 50, 40, "d".repeat(64));
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "one");
      bench.sealAndSettle();
      bench.admit("C2", "two");
      bench.store.outbox().seal(bench.translated()).orElseThrow();
      bench.admit("C3", "three");
      assertThat(bench.store.outbox().align(ahead)).isEqualTo(Alignment.CITY_AHEAD);
      Batch resync = bench.store.operations().resync(ahead, Long.MAX_VALUE);
      assertThat(List.of(resync.epoch(), resync.seq(), resync.kind())).isEqualTo(List.of(2L, 8L, "resync"));
    }
    try (Bench bench = new Bench(folder)) {
      Outbox outbox = bench.store.outbox();
      assertThat(outbox.align(ahead)).as("the resync is stored and not yet held").isEqualTo(Alignment.IN_STEP);
      Batch resync = outbox.unsettled().orElseThrow();
      assertThat(outbox.wire(resync).cityHeadBefore()).isEqualTo("d".repeat(64));
      bench.settle(resync);
      assertThat(bench.translated()).extracting(t -> new String(t.message().bytes(), StandardCharsets.UTF_8)).containsExactly("two", "three");
      assertThat(bench.translated()).extracting(t -> t.message().number()).containsExactly(51L, 52L);
      assertThat(bench.admit("C4", "four")).isEqualTo(53);
      Batch next = bench.sealAndSettle();
      assertThat(List.of(next.epoch(), next.seq(), next.firstBody(), next.lastBody())).isEqualTo(List.of(2L, 9L, 41L, 43L));
      assertThat(bench.admit("C3", "three")).as("a resend is still known").isEqualTo(52);
    }
  }

  @Test
  void shows_what_the_city_did_not_accept_and_seals_its_words() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "one");
      bench.admit("C2", "two");
      bench.sealAndSettle();
      bench.store.outbox().keepOutcomes(List.of(
          new Outcome(1, true, "", ""), new Outcome(2, false, "patient.merged", "about somebody"), new Outcome(9, false, "x", "")));
      assertThat(bench.store.outbox().lastOutcome()).isEqualTo(2);
      assertThat(bench.store.overview().rejected(0, 10)).extracting("n", "i", "control", "rule")
          .containsExactly(tuple(2L, 2L, "C2", "patient.merged"));
      assertThat(bench.onDisk()).contains("patient.merged").doesNotContain("about somebody");
    }
  }

  @Test
  void keeps_outcomes_in_whatever_order_they_come_and_knows_up_to_where_none_is_missing() {
    try (Bench bench = new Bench(folder)) {
      for (int k = 1; k <= 6; k++) {
        bench.admit("C" + k, "message " + k);
      }
      bench.sealAndSettle();
      Outbox outbox = bench.store.outbox();
      outbox.keepOutcomes(List.of(new Outcome(1, true, "", ""), new Outcome(5, false, "r5", "")));
      assertThat(outbox.outcomesUpTo()).isEqualTo(1);
      outbox.keepOutcomes(List.of(new Outcome(2, true, "", ""), new Outcome(3, false, "r3", ""), new Outcome(5, false, "r5", "")));
      assertThat(outbox.outcomesUpTo()).isEqualTo(3);
      assertThat(outbox.lastOutcome()).isEqualTo(5);
      assertThat(bench.store.overview().rejected(0, 10)).extracting("n").containsExactly(3L, 5L);
      outbox.keepOutcomes(List.of(new Outcome(3, true, "", "")));
      assertThat(bench.store.overview().rejected(0, 10)).as("the city thought better of it").extracting("n").containsExactly(5L);
    }
  }

  @Test
  void asks_what_is_common_after_a_fork_behind_its_receipts_and_sends_everything_since_anew() {
    CityHead fork = head(1, 3, "c".repeat(64), 5, 5, "d".repeat(64));
    try (Bench bench = new Bench(folder)) {
      for (int k = 1; k <= 4; k++) {
        bench.admit("C" + k, "message " + k);
        bench.sealAndSettle();
      }
      assertThat(bench.store.outbox().align(fork)).isEqualTo(Alignment.FORK);
      assertThat(bench.store.operations().needsCommon(fork)).isTrue();
      Batch resync = bench.store.operations().resync(fork, 1);
      assertThat(List.of(resync.epoch(), resync.seq())).isEqualTo(List.of(2L, 4L));
      assertThat(bench.store.outbox().align(fork)).isEqualTo(Alignment.IN_STEP);
      bench.settle(resync);
      assertThat(bench.translated()).extracting(t -> new String(t.message().bytes(), StandardCharsets.UTF_8))
          .containsExactly("message 2", "message 3", "message 4");
      assertThat(bench.translated()).extracting(t -> t.message().number()).containsExactly(6L, 7L, 8L);
    }
  }

  @Test
  void keeps_when_and_why_to_try_again_across_a_restart() {
    Instant due = Instant.ofEpochMilli(System.currentTimeMillis() + 5_000);
    try (Bench bench = new Bench(folder)) {
      bench.store.outbox().postpone(due, "delivery.city-busy", null);
      bench.store.outbox().postpone(due, "delivery.rule-broken", "batch.root");
    }
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.store.outbox().standing())
          .isEqualTo(new Standing(due, 2, "delivery.rule-broken", "batch.root"));
    }
  }

  @Test
  void releases_delivered_bytes_at_the_ceiling_and_undelivered_ones_never() throws Exception {
    try (Bench bench = new Bench(folder, 1, 300_000, Duration.ofDays(100))) {
      for (int k = 0; k < 400; k++) {
        bench.admit("C" + k, "x".repeat(2_000) + k);
        if (k % 100 == 99) {
          bench.sealAndSettle();
        }
      }
      long undelivered = bench.admit("last", "y".repeat(2_000));
      long end = System.nanoTime() + 30_000_000_000L;
      while (payloads() > 1 && System.nanoTime() < end) {
        Thread.sleep(200);
      }
      assertThat(payloads()).isEqualTo(1);
      Admitted kept = bench.store.outbox().next(undelivered - 1, 1, 1 << 20).get(0);
      assertThat(kept.bytes()).hasSize(2_000);
    }
  }

  private void change(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("home/gateway.db"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long payloads() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("home/gateway.db"));
        Statement statement = connection.createStatement()) {
      return Database.number(statement, "SELECT count(*) FROM payload");
    }
  }

  private static CityHead head(long epoch, long seq, String hash, long input, long body, String cityHead) {
    return new CityHead(epoch, seq, hash, input, body, cityHead);
  }
}
