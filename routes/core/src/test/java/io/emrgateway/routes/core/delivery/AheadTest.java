package io.emrgateway.routes.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.routes.core.records.Subjects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("What is translated ahead")
@Timeout(60)
class AheadTest {
  private static final int ENTRIES_MAX = 16;

  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() throws InterruptedException {
    thread.shutdownNow();
    assertThat(thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void comes_in_order_without_a_hole_or_a_double_however_much_each_batch_takes() {
    int all = 20_000;
    AtomicInteger prepared = new AtomicInteger();
    Ahead ahead = new Ahead(after -> {
      List<Translated> part = messages(after, (int) Math.min(7, all - after));
      prepared.addAndGet(part.size());
      return part;
    }, ENTRIES_MAX, thread);
    Random random = new Random(7);
    long sealed = 0;
    while (sealed < all) {
      List<Translated> taken = ahead.take(sealed);
      assertThat(taken).hasSizeBetween(1, ENTRIES_MAX);
      for (Translated one : taken) {
        assertThat(one.message().number()).isEqualTo(sealed + 1 + taken.indexOf(one));
      }
      int fits = 1 + random.nextInt(taken.size());
      sealed += fits;
      ahead.putBack(taken.subList(fits, taken.size()));
      ahead.go(sealed);
    }
    assertThat(ahead.take(sealed)).isEmpty();
    assertThat(prepared).as("nothing is translated twice").hasValue(all);
  }

  @Test
  void is_not_what_was_begun_before_everything_was_forgotten() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch forgotten = new CountDownLatch(1);
    Ahead ahead = new Ahead(after -> {
      if (after == 100) {
        begun.countDown();
        await(forgotten);
      }
      return after >= 103 || after < 100 && after >= 53 ? List.of() : messages(after, 3);
    }, ENTRIES_MAX, thread);
    ahead.go(100);
    await(begun);
    ahead.forget();
    forgotten.countDown();
    assertThat(numbers(ahead.take(50))).containsExactly(51L, 52L, 53L);
  }

  @Test
  void begins_anew_where_the_last_sealed_batch_ends_if_a_seal_failed() {
    Ahead ahead = new Ahead(after -> after >= 40 ? List.of() : messages(after, 5), ENTRIES_MAX, thread);
    List<Long> lost = numbers(ahead.take(0)); // and never sealed
    ahead.go(0);
    assertThat(numbers(ahead.take(0))).startsWith(lost.get(0));
  }

  @Test
  void holds_repaired_messages_once_and_nothing_behind_them() {
    AtomicBoolean waits = new AtomicBoolean(true);
    AtomicInteger asked = new AtomicInteger();
    Ahead ahead = new Ahead(after -> {
      asked.incrementAndGet();
      return waits.get() ? List.of(message(after + 1, false), message(3, true)) : List.of();
    }, ENTRIES_MAX, Runnable::run);
    ahead.go(10);
    ahead.go(10);
    assertThat(asked).hasValue(1);
    List<Translated> taken = ahead.take(10);
    assertThat(numbers(taken)).containsExactly(11L, 3L);
    waits.set(false);
    ahead.go(11);
    assertThat(ahead.take(11)).isEmpty();
  }

  @Test
  void fails_in_the_hands_of_the_one_who_takes() {
    AtomicBoolean broken = new AtomicBoolean(true);
    Ahead ahead = new Ahead(after -> {
      if (broken.get()) {
        throw new IllegalStateException("store");
      }
      return after == 0 ? messages(0, 2) : List.of();
    }, ENTRIES_MAX, thread);
    ahead.go(0);
    assertThatThrownBy(() -> ahead.take(0)).isInstanceOf(IllegalStateException.class);
    broken.set(false);
    assertThat(numbers(ahead.take(0))).containsExactly(1L, 2L);
  }

  @Test
  void is_never_waited_for_when_its_thread_has_died() {
    AtomicInteger times = new AtomicInteger();
    Ahead ahead = new Ahead(after -> {
      if (times.incrementAndGet() == 1) {
        throw new StackOverflowError();
      }
      return after == 0 ? messages(0, 2) : List.of();
    }, ENTRIES_MAX, work -> {
      Thread mortal = new Thread(work);
      mortal.setUncaughtExceptionHandler((t, e) -> {});
      mortal.start();
    });
    ahead.go(0);
    assertThat(numbers(ahead.take(0))).containsExactly(1L, 2L);
  }

  @Test
  void stops_at_a_few_megabytes() {
    AtomicInteger asked = new AtomicInteger();
    Ahead ahead = new Ahead(after -> {
      asked.incrementAndGet();
      return List.of(Translated.into(message(after + 1, false).message(), new byte[1 << 20], "", Subjects.NOBODY));
    }, ENTRIES_MAX, Runnable::run);
    ahead.go(0);
    assertThat(asked).hasValue(4);
  }

  private static List<Translated> messages(long after, int count) {
    List<Translated> part = new ArrayList<>();
    for (int k = 1; k <= count; k++) {
      part.add(message(after + k, false));
    }
    return part;
  }

  private static Translated message(long number, boolean repaired) {
    return Translated.quarantined(
        new Admitted(number, "his", Instant.EPOCH, new byte[32], null, "", "", "", "test", "", repaired), "test", "");
  }

  private static List<Long> numbers(List<Translated> messages) {
    return messages.stream().map(one -> one.message().number()).toList();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
