package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.lookup.Withdrawal;
import io.emrgateway.agent.lookup.Withdrawing;
import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.Consents.Outcome;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A withdrawal")
class WithdrawingTest {
  private static final Duration SOON = Duration.ofMillis(50);
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir Path folder;
  private final List<Withdrawal> heard = new CopyOnWriteArrayList<>();

  private static Withdrawing withdrawing(Bench bench, Predicate<Withdrawal> city, Duration pauseMin) {
    Withdrawing withdrawing = new Withdrawing(bench.store.consents(), city, pauseMin, pauseMin.multipliedBy(4));
    withdrawing.start();
    return withdrawing;
  }

  private static void keep(Bench bench, String reference, String evidence) {
    Instant now = Instant.now();
    bench.store.consents().keep(new Consent(Kind.PAPER, reference, evidence.repeat(32), List.of(new Identifier("urn:x", "1")),
        Set.of(Section.RESULTS), now, now.plusSeconds(60), "H-0104", null, false, "N2001"), new byte[] {1});
  }

  @Test
  void is_told_to_the_city_at_once_and_once() throws Exception {
    try (Bench bench = new Bench(folder); Withdrawing withdrawing = withdrawing(bench, heard::add, NEVER)) {
      keep(bench, "XY-1", "ab");
      keep(bench, "XY-2", "cd");
      assertThat(withdrawing.withdraw("XY-1", "N1")).isEqualTo(Outcome.DONE);
      Bench.await(() -> bench.store.consents().untold(1).isEmpty());
      assertThat(withdrawing.withdraw("XY-2", "N1")).isEqualTo(Outcome.DONE);
      assertThat(withdrawing.withdraw("XY-2", "N1")).isEqualTo(Outcome.WITHDRAWN_ALREADY);
      Bench.await(() -> bench.store.consents().untold(1).isEmpty());
      assertThat(heard).extracting(Withdrawal::reference).containsExactly("XY-1", "XY-2");
      assertThat(heard).extracting(Withdrawal::evidence).containsExactly("ab".repeat(32), "cd".repeat(32));
      assertThat(heard.get(0).at()).isEqualTo(bench.store.consents().find("XY-1").orElseThrow().withdrawn());
    }
  }

  @Test
  void is_told_again_until_a_city_that_was_away_has_heard() throws Exception {
    int[] asked = new int[1];
    try (Bench bench = new Bench(folder); Withdrawing withdrawing = withdrawing(bench, one -> ++asked[0] > 3 && heard.add(one), SOON)) {
      keep(bench, "XY-1", "ab");
      withdrawing.withdraw("XY-1", "N1");
      Bench.await(() -> bench.store.consents().untold(1).isEmpty());
      assertThat(heard).hasSize(1);
    }
  }

  @Test
  void that_the_city_does_not_take_keeps_no_other_from_being_told() throws Exception {
    try (Bench bench = new Bench(folder);
        Withdrawing withdrawing = withdrawing(bench, one -> !one.reference().equals("XY-1") && heard.add(one), NEVER)) {
      keep(bench, "XY-1", "ab");
      keep(bench, "XY-2", "cd");
      withdrawing.withdraw("XY-1", "N1");
      withdrawing.withdraw("XY-2", "N1");
      Bench.await(() -> heard.size() == 1);
      assertThat(heard.get(0).reference()).isEqualTo("XY-2");
    }
  }

  @Test
  void that_the_city_had_not_heard_is_told_after_a_restart() throws Exception {
    try (Bench bench = new Bench(folder); Withdrawing withdrawing = withdrawing(bench, one -> false, NEVER)) {
      keep(bench, "XY-1", "ab");
      withdrawing.withdraw("XY-1", "N1");
    }
    try (Bench bench = new Bench(folder); Withdrawing withdrawing = withdrawing(bench, heard::add, NEVER)) {
      Bench.await(() -> bench.store.consents().untold(1).isEmpty());
      assertThat(heard).extracting(Withdrawal::reference).containsExactly("XY-1");
      assertThat(withdrawing.withdraw("XY-1", "N1")).isEqualTo(Outcome.WITHDRAWN_ALREADY);
    }
  }
}
