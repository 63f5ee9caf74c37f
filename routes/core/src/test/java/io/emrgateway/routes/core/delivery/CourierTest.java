package io.emrgateway.routes.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The courier")
class CourierTest {
  private static final Courier.Pace PACE =
      new Courier.Pace(Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofSeconds(30), 256);
  private static final CityHead NOTHING = new CityHead(1, 0, "0".repeat(64), 0, 0, "0".repeat(64));

  private Instant now = Instant.parse("2026-11-22T08:00:00Z");
  private final Desk desk = new Desk();
  private double chance = 1;
  private final Courier courier = new Courier(desk, desk, desk, PACE, ((InstantSource) () -> now).withZone(ZoneOffset.UTC), () -> chance, Runnable::run);

  @Test
  void asks_where_the_city_stands_before_it_sends_anything() {
    courier.step();
    assertThat(desk.done).containsExactly("head");
  }

  @Test
  void gives_a_sign_of_life_at_once_and_then_once_a_minute() {
    steps(3);
    assertThat(desk.done).containsExactly("head", "heartbeat", "deliver 1");
    Instant sealed = now;
    now = sealed.plusSeconds(1);
    assertThat(courier.step()).isEqualTo(sealed.plusSeconds(60));
    now = sealed.plusSeconds(60);
    steps(2);
    assertThat(desk.done).endsWith("heartbeat", "deliver 2");
  }

  @Test
  void doubles_its_pause_up_to_the_longest_and_returns_to_the_shortest_after_a_receipt() {
    desk.answers(new Delivery.Postponed("delivery.city-busy", Duration.ZERO), 8);
    steps(2);
    List<Long> pauses = new ArrayList<>();
    for (int k = 0; k < 8; k++) {
      Instant due = courier.step();
      pauses.add(Duration.between(now, due).toSeconds());
      assertThat(courier.step()).as("nothing is tried before it is due").isEqualTo(due);
      now = due;
    }
    assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
    courier.step();
    assertThat(desk.standing.attempts()).isZero();
  }

  @Test
  void shortens_a_pause_by_chance_to_half_at_most() {
    desk.answers(new Delivery.Postponed("delivery.city-busy", Duration.ZERO), 1);
    chance = 0;
    steps(2);
    assertThat(Duration.between(now, courier.step())).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void waits_as_long_as_the_city_asks_also_longer_than_its_own_longest_pause() {
    desk.answers(new Delivery.Postponed("delivery.city-busy", Duration.ofSeconds(20)), 1);
    desk.answers(new Delivery.Postponed("delivery.city-busy", Duration.ofHours(1)), 1);
    steps(2);
    Instant first = courier.step();
    assertThat(Duration.between(now, first)).isEqualTo(Duration.ofSeconds(20));
    now = first;
    Instant second = courier.step();
    assertThat(Duration.between(now, second)).isEqualTo(Duration.ofHours(1));
    assertThat(courier.step()).as("and then it does wait").isEqualTo(second);
  }

  @Test
  void does_not_sleep_on_a_due_time_that_a_clock_set_back_has_moved_far_away() {
    desk.answers(new Delivery.Postponed("delivery.city-busy", Duration.ZERO), 1);
    steps(3);
    now = now.minus(Duration.ofDays(40));
    courier.step();
    assertThat(desk.done).endsWith("deliver 1", "deliver 1");
  }

  @Test
  void asks_for_the_head_after_a_refusal_and_sends_the_same_batch_again() {
    desk.answers(new Delivery.Declined("delivery.gap", ""), 1);
    steps(5);
    assertThat(desk.done).containsExactly("head", "heartbeat", "deliver 1", "head", "deliver 1");
  }

  @Test
  void sends_nothing_while_the_city_is_ahead_and_goes_on_when_it_is_not() {
    desk.alignment = Outbox.Alignment.CITY_AHEAD;
    Instant due = courier.step();
    assertThat(desk.standing.code()).isEqualTo("delivery.city-ahead");
    desk.alignment = Outbox.Alignment.IN_STEP;
    now = due;
    steps(3);
    assertThat(desk.done).containsExactly("head", "head", "heartbeat", "deliver 1");
  }

  @Test
  void sends_what_waits_before_any_sign_of_life() {
    desk.waiting = 1;
    steps(3);
    assertThat(desk.done).containsExactly("head", "seal", "deliver 1");
  }

  private void steps(int count) {
    for (int k = 0; k < count; k++) {
      courier.step();
    }
  }

  /** Outbox, city and steps in one, in memory: remembers what was asked of it, in order. */
  private static final class Desk implements Outbox, City, Courier.Steps {
    private final List<String> done = new ArrayList<>();
    private final Deque<Delivery> answers = new ArrayDeque<>();
    private Alignment alignment = Alignment.IN_STEP;
    private Standing standing = new Standing(Instant.EPOCH, 0, null, null);
    private Batch unsettled;
    private long seq;
    private long sealed;
    private int waiting;

    void answers(Delivery answer, int times) {
      for (int k = 0; k < times; k++) {
        answers.add(answer);
      }
    }

    private Batch next(String kind) {
      unsettled = new Batch(1, ++seq, "h" + seq, kind, sealed, 1, 0, 0, "");
      return unsettled;
    }

    @Override
    public List<Translated> prepare(long after) {
      return waiting == 0 ? List.of() : List.of(Translated.quarantined(
          new Admitted(after + 1, "his", Instant.EPOCH, new byte[32], null, "", "", "", "test", "", false), "test", ""));
    }

    @Override
    public Optional<Batch> seal(List<Translated> messages) {
      done.add("seal");
      waiting--;
      sealed++;
      return Optional.of(next("data"));
    }

    @Override
    public Batch sealHeartbeat() {
      done.add("heartbeat");
      return next("heartbeat");
    }

    @Override
    public Delivery deliver(Batch batch) {
      done.add("deliver " + batch.seq());
      Delivery answer = answers.isEmpty() ? new Delivery.Accepted(new byte[0], "") : answers.poll();
      if (answer instanceof Delivery.Accepted) {
        unsettled = null;
        standing = new Standing(Instant.EPOCH, 0, null, null);
      }
      return answer;
    }

    @Override
    public Answer head() {
      done.add("head");
      return new Answer.Head(NOTHING);
    }

    @Override
    public Alignment align(CityHead head) {
      return alignment;
    }

    @Override
    public void postpone(Instant due, String code, String detail) {
      standing = new Standing(due, standing.attempts() + 1, code, detail);
    }

    @Override
    public Standing standing() {
      return standing;
    }

    @Override
    public Optional<Batch> unsettled() {
      return Optional.ofNullable(unsettled);
    }

    @Override
    public long sealedUpTo() {
      return sealed;
    }

    @Override
    public Optional<Batch> sealRotation() {
      return Optional.empty();
    }

    @Override
    public List<Admitted> next(long after, int entriesMax, long bytesMax) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Translated> ready(List<Translated> messages) {
      return messages;
    }

    @Override
    public Wire wire(Batch batch) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void settle(Batch batch, Delivery.Accepted receipt) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Delivery deliver(Batch batch, Wire wire) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void keepOutcomes(List<Outcome> outcomes) {}

    @Override
    public long lastOutcome() {
      return 0;
    }

    @Override
    public long outcomesUpTo() {
      return 0;
    }

    @Override
    public List<Outcome> outcomes(long after) {
      return List.of();
    }
  }
}
