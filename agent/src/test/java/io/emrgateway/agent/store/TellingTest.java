package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.lookup.Objecting;
import io.emrgateway.agent.lookup.Telling;
import io.emrgateway.agent.lookup.Withdrawal;
import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.Consents.Outcome;
import io.emrgateway.routes.core.lookup.Objection;
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
class TellingTest {
  private static final Duration SOON = Duration.ofMillis(50);
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir Path folder;
  private final List<Withdrawal> heard = new CopyOnWriteArrayList<>();

  private static Telling telling(Bench bench, Predicate<Withdrawal> city, Duration pauseMin) {
    return telling(bench, city, one -> true, pauseMin);
  }

  private static Telling telling(Bench bench, Predicate<Withdrawal> withdrawals, Predicate<Objecting> objections, Duration pauseMin) {
    Telling telling = new Telling(bench.store.consents(), bench.store.objections(), new Telling.City() {
      @Override
      public boolean hears(Withdrawal withdrawal) {
        return withdrawals.test(withdrawal);
      }

      @Override
      public boolean hears(Objecting objecting) {
        return objections.test(objecting);
      }
    }, pauseMin, pauseMin.multipliedBy(4));
    telling.start();
    return telling;
  }

  private static void keep(Bench bench, String reference, String evidence) {
    Instant now = Instant.now();
    bench.store.consents().keep(new Consent(Kind.PAPER, reference, evidence.repeat(32), List.of(new Identifier("urn:x", "1")),
        Set.of(Section.RESULTS), now, now.plusSeconds(60), "H-0104", null, false, "N2001"), new byte[] {1});
  }

  @Test
  void is_told_to_the_city_at_once_and_once() throws Exception {
    try (Bench bench = new Bench(folder); Telling telling = telling(bench, heard::add, NEVER)) {
      keep(bench, "XY-1", "ab");
      keep(bench, "XY-2", "cd");
      assertThat(telling.withdraw("XY-1", "N1")).isEqualTo(Outcome.DONE);
      Bench.await(() -> bench.store.consents().untold(1).isEmpty());
      assertThat(telling.withdraw("XY-2", "N1")).isEqualTo(Outcome.DONE);
      assertThat(telling.withdraw("XY-2", "N1")).isEqualTo(Outcome.WITHDRAWN_ALREADY);
      Bench.await(() -> bench.store.consents().untold(1).isEmpty());
      assertThat(heard).extracting(Withdrawal::reference).containsExactly("XY-1", "XY-2");
      assertThat(heard).extracting(Withdrawal::evidence).containsExactly("ab".repeat(32), "cd".repeat(32));
      assertThat(heard.get(0).at()).isEqualTo(bench.store.consents().find("XY-1").orElseThrow().withdrawn());
    }
  }

  @Test
  void is_told_again_until_a_city_that_was_away_has_heard() throws Exception {
    int[] asked = new int[1];
    try (Bench bench = new Bench(folder); Telling telling = telling(bench, one -> ++asked[0] > 3 && heard.add(one), SOON)) {
      keep(bench, "XY-1", "ab");
      telling.withdraw("XY-1", "N1");
      Bench.await(() -> bench.store.consents().untold(1).isEmpty());
      assertThat(heard).hasSize(1);
    }
  }

  @Test
  void that_the_city_does_not_take_keeps_no_other_from_being_told() throws Exception {
    try (Bench bench = new Bench(folder);
        Telling telling = telling(bench, one -> !one.reference().equals("XY-1") && heard.add(one), NEVER)) {
      keep(bench, "XY-1", "ab");
      keep(bench, "XY-2", "cd");
      telling.withdraw("XY-1", "N1");
      telling.withdraw("XY-2", "N1");
      Bench.await(() -> heard.size() == 1);
      assertThat(heard.get(0).reference()).isEqualTo("XY-2");
    }
  }

  @Test
  void that_the_city_had_not_heard_is_told_after_a_restart() throws Exception {
    try (Bench bench = new Bench(folder); Telling telling = telling(bench, one -> false, NEVER)) {
      keep(bench, "XY-1", "ab");
      telling.withdraw("XY-1", "N1");
    }
    try (Bench bench = new Bench(folder); Telling telling = telling(bench, heard::add, NEVER)) {
      Bench.await(() -> bench.store.consents().untold(1).isEmpty());
      assertThat(heard).extracting(Withdrawal::reference).containsExactly("XY-1");
      assertThat(telling.withdraw("XY-1", "N1")).isEqualTo(Outcome.WITHDRAWN_ALREADY);
    }
  }

  private static Objection objection(String reference) {
    return new Objection(reference, List.of(new Identifier("urn:x", "1")), Set.of(Section.values()), null, null, Instant.now(), "N2001");
  }

  /** How: a city that is away hears of it again and again, across a restart; what it hears is how the objection stands then. */
  @Test
  void as_well_as_an_objection_is_told_until_the_city_has_heard_how_it_stands() throws Exception {
    List<Objecting> heard = new CopyOnWriteArrayList<>();
    try (Bench bench = new Bench(folder); Telling telling = telling(bench, one -> true, one -> false, SOON)) {
      assertThat(telling.object(objection("JJ-1"))).isEqualTo(Outcome.DONE);
      assertThat(telling.object(objection("JJ-2"))).isEqualTo(Outcome.DONE);
      assertThat(telling.lift("JJ-2", "N1")).isEqualTo(Outcome.DONE);
    }
    try (Bench bench = new Bench(folder); Telling telling = telling(bench, one -> true, heard::add, SOON)) {
      Bench.await(() -> bench.store.objections().untold(1).isEmpty());
      assertThat(heard).extracting(one -> one.patient().size()).as("the second is lifted").containsExactly(1, 0);
      assertThat(heard).extracting(Objecting::name).doesNotHaveDuplicates().noneMatch(one -> one.contains("JJ"));
      heard.clear();
      telling.lift("JJ-1", "N1");
      Bench.await(() -> bench.store.objections().untold(1).isEmpty());
      assertThat(heard).hasSize(1).allSatisfy(one -> assertThat(one.patient()).isEmpty());
      assertThat(bench.store.objections().find("JJ-1").orElseThrow().told()).isNotNull();
    }
  }
}
