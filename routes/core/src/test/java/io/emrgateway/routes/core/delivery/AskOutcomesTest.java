package io.emrgateway.routes.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What the city made of our bundles")
class AskOutcomesTest {
  private static final int PAGE = 1_000;

  /** At the city, by body number. */
  private final TreeSet<Long> given = new TreeSet<>();
  private final TreeMap<Long, Outcome> kept = new TreeMap<>();
  private int questions;
  private final AskOutcomes ask = new AskOutcomes(outbox(), city());

  @Test
  void is_heard_of_also_when_an_earlier_bundle_gets_its_outcome_later() {
    given.add(5L);
    round();
    given.addAll(List.of(3L, 6L));
    round();
    assertThat(kept.keySet()).containsExactly(3L, 5L, 6L);
  }

  @Test
  void comes_whole_in_one_round_although_it_is_more_than_a_page() {
    for (long n = 1; n <= 2_500; n++) {
      given.add(n);
    }
    round();
    assertThat(kept).hasSize(2_500);
    int before = questions;
    round();
    assertThat(questions - before).as("nothing is looked through again where nothing is missing").isEqualTo(1);
  }

  @Test
  void is_looked_through_in_turns_when_the_first_bundle_never_gets_one() {
    for (long n = 2; n <= 25_000; n++) {
      given.add(n);
    }
    given.remove(20_000L);
    round();
    given.add(20_000L);
    int before = questions;
    round();
    assertThat(questions - before).as("of 25 pages").isLessThanOrEqualTo(2 * 10 + 1);
    round();
    round();
    assertThat(kept).as("found in the end").containsKey(20_000L);
  }

  private void round() {
    for (int k = 0; ask.step(); k++) {
      assertThat(k).as("ends").isLessThan(100);
    }
  }

  private City city() {
    return (City) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {City.class}, (proxy, method, arguments) -> {
      questions++;
      return given.tailSet((Long) arguments[0], false).stream().limit(PAGE).map(n -> new Outcome(n, false, "rule", "")).toList();
    });
  }

  @SuppressWarnings("unchecked")
  private Outbox outbox() {
    return (Outbox) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Outbox.class}, (proxy, method, arguments) -> {
      switch (method.getName()) {
        case "keepOutcomes" -> ((List<Outcome>) arguments[0]).forEach(one -> kept.put(one.body(), one));
        case "lastOutcome" -> {
          return kept.isEmpty() ? 0L : kept.lastKey();
        }
        case "outcomesUpTo" -> {
          long n = 0;
          while (kept.containsKey(n + 1)) {
            n++;
          }
          return n;
        }
        default -> throw new UnsupportedOperationException(method.getName());
      }
      return null;
    });
  }
}
