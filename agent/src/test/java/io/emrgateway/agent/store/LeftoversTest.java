package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What the rules leave over")
class LeftoversTest {
  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private static final Instant EARLIER = NOW.minusSeconds(60);

  @TempDir Path folder;

  @Test
  void is_summed_by_source_type_and_field_with_the_first_shape_and_goes_on_after_a_restart() {
    try (Bench bench = new Bench(folder)) {
      field(bench, "his", "ADT^A01", 2, NOW, "AA");
      field(bench, "his", "ADT^A01", 2, EARLIER, "字字");
      field(bench, "his", "ADT^A03", 2, NOW, "AA");
      field(bench, "lis", "ADT^A01", 2, NOW, "AA");
    }
    try (Bench again = new Bench(folder)) {
      field(again, "his", "ADT^A01", 2, NOW.plusSeconds(1), "9");
      assertThat(again.store.leftovers().fields()).containsExactlyInAnyOrder(
          new Leftovers.Field("his", "ADT^A01", "ZPI", 2, 3, EARLIER, NOW.plusSeconds(1), "rules-1", "AA"),
          new Leftovers.Field("his", "ADT^A03", "ZPI", 2, 1, NOW, NOW, "rules-1", "AA"),
          new Leftovers.Field("lis", "ADT^A01", "ZPI", 2, 1, NOW, NOW, "rules-1", "AA"));
      assertThat(again.store.leftovers().fields().get(0).count()).as("most first").isEqualTo(3);
    }
  }

  @Test
  void of_codes_is_kept_with_the_senders_first_word_and_sealed_on_the_disk() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.store.leftovers().code("his", "MaritalStatus", "77", "cohabiting-as-sent", NOW);
      bench.store.leftovers().code("his", "MaritalStatus", "77", "another word", NOW);
      bench.store.leftovers().code("his", "MaritalStatus", "local-code-as-sent", null, NOW);
      bench.store.leftovers().write();
      assertThat(bench.onDisk()).doesNotContain("as-sent");
    }
    try (Bench again = new Bench(folder)) {
      again.store.leftovers().code("his", "MaritalStatus", "77", null, NOW);
      again.store.leftovers().code("his", "EncounterClass", "ZY", "住院", NOW);
      assertThat(again.store.leftovers().codes()).containsExactlyInAnyOrder(
          new Leftovers.Code("his", "MaritalStatus", "77", "cohabiting-as-sent", 3, NOW, NOW),
          new Leftovers.Code("his", "MaritalStatus", "local-code-as-sent", null, 1, NOW, NOW),
          new Leftovers.Code("his", "EncounterClass", "ZY", "住院", 1, NOW, NOW));
    }
    try (Bench third = new Bench(folder)) {
      assertThat(third.store.leftovers().codes()).hasSize(3);
    }
  }

  @Test
  void is_on_the_disk_a_few_seconds_later_without_a_stop() throws Exception {
    try (Bench bench = new Bench(folder)) {
      field(bench, "his", "ADT^A01", 2, NOW, "AA");
      Instant end = Instant.now().plus(Duration.ofSeconds(30));
      long rows = 0;
      while (rows == 0 && Instant.now().isBefore(end)) {
        Thread.sleep(200);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("home/gateway.db"));
            Statement statement = connection.createStatement()) {
          rows = Database.number(statement, "SELECT count(*) FROM leftover_field");
        }
      }
      assertThat(rows).isEqualTo(1);
    }
  }

  @Test
  void takes_a_bounded_number_of_rows_however_many_fields_and_codes_a_sender_invents() {
    try (Bench bench = new Bench(folder)) {
      for (int k = 1; k <= Leftovers.ROWS_MAX + 50; k++) {
        field(bench, "his", "ADT^A01", k, NOW, "AA");
        bench.store.leftovers().code("his", "MaritalStatus", "C" + k, null, NOW);
      }
      field(bench, "his", "ADT^A01", 1, NOW, "AA");
      assertThat(bench.store.leftovers().fields()).hasSize(Leftovers.ROWS_MAX + 1)
          .filteredOn(one -> one.segment().isEmpty()).singleElement()
          .satisfies(rest -> assertThat(rest.count()).isEqualTo(50));
      assertThat(bench.store.leftovers().fields()).filteredOn(one -> one.field() == 1).singleElement()
          .satisfies(known -> assertThat(known.count()).as("what is known is counted on").isEqualTo(2));
      assertThat(bench.store.leftovers().codes()).hasSize(Leftovers.ROWS_MAX + 1)
          .filteredOn(one -> one.table().isEmpty()).singleElement()
          .satisfies(rest -> assertThat(rest.count()).isEqualTo(50));
    }
  }

  @Test
  void is_forgotten_a_hundred_days_after_the_last_message_that_had_it() {
    try (Bench bench = new Bench(folder)) {
      field(bench, "his", "ADT^A01", 2, NOW.minus(Duration.ofDays(101)), "AA");
      field(bench, "his", "ADT^A01", 3, NOW.minus(Duration.ofDays(99)), "AA");
    }
    try (Bench again = new Bench(folder)) {
      assertThat(again.store.leftovers().fields()).extracting(Leftovers.Field::field).containsExactly(3);
    }
  }

  /** How: what versions 2 and 3 brought is taken away, so that a store stands there as version 1 might have left it. */
  @Test
  void finds_its_place_in_a_store_of_the_version_before() throws Exception {
    try (Bench bench = new Bench(folder)) {
      bench.admit("C1", "text");
    }
    Bench.backTo(1, folder);
    try (Bench again = new Bench(folder)) {
      field(again, "his", "ADT^A01", 2, NOW, "AA");
      again.store.leftovers().write();
      assertThat(again.admit("C2", "text")).isEqualTo(2);
    }
  }

  private static void field(Bench bench, String source, String type, int field, Instant received, String shape) {
    bench.store.leftovers().field(source, type, "ZPI", field, received, "rules-1", () -> shape);
  }
}
