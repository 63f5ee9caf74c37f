package io.emrgateway.agent.his;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How: what a ticket is for is a word; what the pages do with tickets, their own tests see over HTTP. */
@DisplayName("Tickets and their pages")
class TicketsTest {
  private static final InetAddress DEVICE = InetAddress.getLoopbackAddress();

  private Instant now = Instant.parse("2026-11-28T02:00:00Z");
  private final Tickets<String> tickets = new Tickets<>(
      new Tickets.Life(Duration.ofSeconds(60), Duration.ofMinutes(15), Duration.ofHours(1)), ((InstantSource) () -> now).withZone(ZoneOffset.UTC));

  private String given() {
    return tickets.give("a question", DEVICE);
  }

  @Test
  void are_given_as_often_as_memory_allows_and_again_when_older_ones_have_expired() {
    Set<String> all = new HashSet<>();
    for (int n = 0; n < Tickets.COUNT_MAX; n++) {
      all.add(given());
    }
    assertThat(all).hasSize(Tickets.COUNT_MAX);
    assertThatThrownBy(this::given).isSameAs(Tickets.TOO_MANY);

    now = now.plusSeconds(60);
    assertThat(tickets.open(given(), DEVICE, null).what()).isEqualTo("a question");
  }

  @Test
  void that_are_open_do_not_make_room_for_others() {
    String open = given();
    String secret = tickets.open(open, DEVICE, null).secret();
    for (int n = 1; n < Tickets.COUNT_MAX; n++) {
      given();
    }
    now = now.plusSeconds(60);
    given();
    assertThat(tickets.page(open, DEVICE, secret)).isEqualTo("a question");
  }

  @Test
  void that_are_over_stay_over_whoever_touches_them() {
    String page = given();
    String secret = tickets.open(page, DEVICE, null).secret();
    tickets.end(page);
    tickets.touch(page);
    assertThatThrownBy(() -> tickets.page(page, DEVICE, secret)).isSameAs(Tickets.EXPIRED);
  }

  @Test
  void are_forgotten_with_what_they_were_for_when_nobody_needs_to_be_told_of_them() {
    String first = given();
    now = now.plusSeconds(60).plus(Duration.ofHours(1)).plusMillis(1);
    given();
    assertThat(tickets.given(first)).isEmpty();
    assertThatThrownBy(() -> tickets.open(first, DEVICE, null)).isSameAs(Tickets.UNKNOWN);
  }
}
