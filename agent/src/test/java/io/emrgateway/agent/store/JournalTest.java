package io.emrgateway.agent.store;

import static io.emrgateway.agent.store.Bench.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.agent.seal.AtRest;
import io.emrgateway.agent.seal.DataKeys;
import io.emrgateway.agent.seal.MasterKey;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.intake.Admission.Kind;
import io.emrgateway.routes.core.intake.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The journal")
class JournalTest {
  @TempDir Path folder;

  @Test
  void numbers_messages_from_one_without_a_hole_and_goes_on_after_a_restart() {
    try (Bench bench = new Bench(folder)) {
      List<Long> numbers = new ArrayList<>();
      for (int k = 0; k < 20; k++) {
        numbers.add(bench.admit("C" + k, "text " + k));
      }
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, 20).boxed().toList());
    }
    try (Bench again = new Bench(folder)) {
      assertThat(again.admit("C20", "text 20")).isEqualTo(21);
    }
  }

  @Test
  void keeps_a_message_sent_again_once_also_across_a_restart() {
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.admit(message("his", "C1", "same")).kind()).isEqualTo(Kind.FIRST);
      assertThat(bench.admit(message("his", "C1", "same"))).extracting("number", "kind").containsExactly(1L, Kind.REPEATED);
    }
    try (Bench again = new Bench(folder)) {
      assertThat(again.admit(message("his", "C1", "same"))).extracting("number", "kind").containsExactly(1L, Kind.REPEATED);
    }
  }

  @Test
  void keeps_other_bytes_under_the_same_control_id_as_another_message_and_flags_it() {
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "one");
      assertThat(bench.admit(message("his", "C1", "two"))).extracting("number", "kind").containsExactly(2L, Kind.CONTROL_ID_REUSED);
      assertThat(bench.admit(message("his", "C1", "one"))).extracting("number", "kind").containsExactly(1L, Kind.REPEATED);
    }
  }

  @Test
  void does_not_call_a_control_id_reused_that_only_half_a_frame_or_a_refused_message_had() {
    try (Bench bench = new Bench(folder)) {
      Message half = message("his", "C9", "ha");
      half = new Message(half.source(), half.received(), half.bytes(), half.charset(), half.type(), half.control(),
          new Refused(Refused.Reason.FRAME_UNTERMINATED, "frame"));
      assertThat(bench.admit(half).kind()).isEqualTo(Kind.FIRST);
      assertThat(bench.admit(message("his", "C9", "half")).kind()).isEqualTo(Kind.FIRST);
      Message again = new Message(half.source(), half.received(), "h".getBytes(StandardCharsets.US_ASCII), half.charset(),
          half.type(), half.control(), half.refused());
      assertThat(bench.admit(again).kind()).isEqualTo(Kind.FIRST);
      assertThat(bench.admit(message("his", "C9", "other")).kind()).isEqualTo(Kind.CONTROL_ID_REUSED);
      assertThat(bench.store.overview().reused(0, 10)).singleElement()
          .extracting("i", "source", "control").containsExactly(4L, "his", "C9");
    }
  }

  @Test
  void tells_two_sources_with_the_same_control_id_and_bytes_apart() {
    try (Bench bench = new Bench(folder)) {
      bench.admit(message("his", "C1", "same"));
      assertThat(bench.admit(message("lis", "C1", "same"))).extracting("number", "kind").containsExactly(2L, Kind.FIRST);
    }
  }

  @Test
  void admits_anew_what_was_refused_at_the_door_and_is_acceptable_now() {
    Message refused = new Message("his", Instant.now(), "bytes".getBytes(StandardCharsets.UTF_8), "", "ADT^A01", "C1",
        new Refused(Reason.BYTES_DO_NOT_DECODE, "byte 3"));
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.admit(refused).number()).isEqualTo(1);
      assertThat(bench.admit(refused)).extracting("number", "kind").containsExactly(1L, Kind.REPEATED);
      assertThat(bench.admit(message("his", "C1", "bytes")).number()).isEqualTo(2);
    }
  }

  @Test
  void puts_a_resend_in_the_place_of_a_damaged_copy_and_tries_it_anew() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "text");
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("home/gateway.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE payload SET bytes = zeroblob(length(bytes))");
    }
    try (Bench bench = new Bench(folder)) {
      bench.sealAndSettle();
      assertThat(bench.store.overview().quarantined(0, 9)).extracting("code").containsExactly("store.payload-damaged");
      assertThat(bench.admit(message("his", "C1", "text"))).extracting("number", "kind").containsExactly(1L, Kind.REPEATED);
      bench.sealAndSettle();
      assertThat(bench.store.overview().quarantined(0, 9)).isEmpty();
    }
  }

  @Test
  void uses_a_months_key_only_once_it_is_on_the_disk() throws Exception {
    Database database = Database.open(folder.resolve("home"));
    AtRest atRest = new AtRest(Suite.INTL);
    KeyRing ring = new KeyRing(atRest, new DataKeys(atRest, MasterKey.create(folder.resolve("master.key"))));
    try (Session session = new Session(database.connect(false))) {
      ring.load(session, Instant.parse("2026-11-10T00:00:00Z"));
    }
    int before = ring.seal(Vault.PAYLOAD, 1, new byte[1]).key();
    Writer writer = new Writer(database, new Writer.Watcher() {
      @Override
      public void rolledBack() {}

      @Override
      public void committed() {}
    }, Runnable::run);
    writer.start();
    writer.close();
    assertThatThrownBy(() -> ring.makeDue(Instant.parse("2026-12-10T00:00:00Z"), writer)).isInstanceOf(CompletionException.class);
    assertThat(ring.seal(Vault.PAYLOAD, 1, new byte[1]).key()).isEqualTo(before);
    database.close();
  }

  @Test
  void leaves_nothing_readable_of_a_message_on_the_disk() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "PID|1||110101198503074513||欧阳测试");
      bench.sealAndSettle();
      assertThat(bench.onDisk()).contains("ADT^A01").doesNotContain("110101198503074513")
          .doesNotContain(new String("欧阳测试".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
          .doesNotContain("\"Bundle\"", "\"Patient\"");
    }
  }

  @Test
  void refuses_below_the_floor_and_writes_nothing() {
    try (Bench bench = new Bench(folder, Long.MAX_VALUE, 1L << 40, Duration.ofDays(1))) {
      assertThatThrownBy(() -> bench.admit("C1", "text")).isInstanceOf(CompletionException.class)
          .cause().isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.DISK_FULL));
      assertThat(bench.store.overview().delivery().admitted()).isZero();
      assertThat(bench.store.overview().canAdmit()).isFalse();
    }
  }

  @Test
  void shares_one_commit_among_all_who_wait() throws Exception {
    int[] commits = new int[1];
    Database database = Database.open(folder.resolve("home"));
    Writer writer = new Writer(database, new Writer.Watcher() {
      @Override
      public void rolledBack() {}

      @Override
      public void committed() {
        commits[0]++;
      }
    }, Runnable::run);
    List<CompletableFuture<Integer>> waiting = new ArrayList<>();
    for (int k = 0; k < 200; k++) {
      waiting.add(writer.shared(session -> session.update("INSERT INTO replay (i, asked) VALUES (abs(random()), 1)")));
    }
    writer.start();
    waiting.forEach(CompletableFuture::join);
    writer.close();
    database.close();
    assertThat(commits[0]).isEqualTo(1);
  }

  @Test
  void undoes_a_job_that_fails_alone_and_keeps_its_neighbours() throws Exception {
    Database database = Database.open(folder.resolve("home"));
    Writer writer = new Writer(database, new Writer.Watcher() {
      @Override
      public void rolledBack() {}

      @Override
      public void committed() {}
    }, Runnable::run);
    CompletableFuture<Integer> before = writer.shared(session -> session.update("INSERT INTO replay (i, asked) VALUES (1, 1)"));
    CompletableFuture<Integer> failing = writer.shared(session -> session.update("INSERT INTO replay (i, asked) VALUES (1, 2)"));
    CompletableFuture<Integer> after = writer.shared(session -> session.update("INSERT INTO replay (i, asked) VALUES (2, 1)"));
    writer.start();
    assertThat(before.join()).isEqualTo(1);
    assertThat(after.join()).isEqualTo(1);
    assertThatThrownBy(failing::join).cause().isInstanceOf(Refused.class);
    writer.close();
    database.close();
  }

  @Test
  void refuses_a_store_of_another_feed() {
    new Bench(folder).close();
    assertThatThrownBy(() -> new Bench(folder, "H-0200/main", 1, 1L << 40, Duration.ofDays(1)))
        .isInstanceOfSatisfying(StoreUnusable.class, e -> assertThat(e.code()).isEqualTo("store.other-feed"));
  }

  @Test
  void refuses_a_second_agent_on_the_same_folder() {
    try (Bench first = new Bench(folder)) {
      assertThatThrownBy(() -> new Bench(folder))
          .isInstanceOfSatisfying(StoreUnusable.class, e -> assertThat(e.code()).isEqualTo("store.in-use"));
    }
    new Bench(folder).close();
  }

  @Test
  void refuses_a_file_that_is_damaged_or_not_ours() throws Exception {
    new Bench(folder).close();
    Path file = folder.resolve("home/gateway.db");
    byte[] bytes = Files.readAllBytes(file);
    byte[] damaged = bytes.clone();
    for (int k = 4_096; k < 16_384; k++) {
      damaged[k] = 0x55;
    }
    Files.write(file, damaged);
    assertThatThrownBy(() -> new Bench(folder))
        .isInstanceOfSatisfying(StoreUnusable.class, e -> assertThat(e.code()).isEqualTo("store.damaged"));
    byte[] foreign = bytes.clone();
    foreign[68] = 1;
    Files.write(file, foreign);
    assertThatThrownBy(() -> new Bench(folder))
        .isInstanceOfSatisfying(StoreUnusable.class, e -> assertThat(e.code()).isEqualTo("store.not-ours"));
    byte[] newer = bytes.clone();
    newer[63] = 99;
    Files.write(file, newer);
    assertThatThrownBy(() -> new Bench(folder))
        .isInstanceOfSatisfying(StoreUnusable.class, e -> assertThat(e.code()).isEqualTo("store.newer-version"));
  }
}
