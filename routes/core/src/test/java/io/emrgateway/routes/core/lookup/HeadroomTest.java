package io.emrgateway.routes.core.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The memory of lookups")
class HeadroomTest {
  private final Headroom room = new Headroom(1 << 20, Duration.ofMillis(50));

  @Test
  void is_given_to_as_many_as_fit_and_to_nobody_beyond_that() {
    Headroom.Taken some = room.take(700_000).orElseThrow();
    assertThat(room.take(700_000)).isEmpty();
    assertThat(room.take(100_000)).isPresent();
    some.close();
    some.close();
    assertThat(room.free()).as("given back once").isBetween(900_000L, 960_000L);
  }

  @Test
  void is_all_there_is_for_whoever_wants_more_than_that() {
    try (Headroom.Taken all = room.take(1L << 40).orElseThrow()) {
      assertThat(all).isNotNull();
      assertThat(room.free()).isZero();
    }
    assertThat(room.free()).isEqualTo(room.most());
  }

  @Test
  void comes_to_the_first_who_waits_even_if_a_later_one_would_fit() throws Exception {
    Headroom patient = new Headroom(1 << 20, Duration.ofSeconds(30));
    Headroom.Taken most = patient.take(900_000).orElseThrow();
    CompletableFuture<Headroom.Taken> first = CompletableFuture.supplyAsync(() -> patient.take(1 << 20).orElseThrow());
    while (!patient.isWaitedFor()) {
      Thread.sleep(5);
    }
    CompletableFuture<Headroom.Taken> second = CompletableFuture.supplyAsync(() -> patient.take(10).orElseThrow());
    Thread.sleep(50);
    assertThat(second).isNotDone();
    most.close();
    first.get().close();
    second.get().close();
    assertThat(patient.free()).isEqualTo(patient.most());
  }
}
