package io.emrgateway.agent.viewer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Tickets and pages")
class ViewsTest {
  private static final InetAddress WORKSTATION = InetAddress.getLoopbackAddress();

  private Instant now = Instant.parse("2026-11-28T02:00:00Z");
  private final Views views = new Views(new Clock() {
    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  });

  private static Question question() {
    LocalDate today = LocalDate.of(2026, 11, 28);
    return new Question(new Practitioner("D1001", "李明"), "心血管内科", "ZY1", List.of(new Identifier("urn:x", "1")),
        EnumSet.allOf(Section.class), today, today, Instant.EPOCH, null);
  }

  private View given() {
    return views.give(question(), "his-web", WORKSTATION);
  }

  @Test
  void are_given_as_often_as_memory_allows_and_again_when_older_ones_have_expired() {
    Set<String> tickets = new HashSet<>();
    for (int n = 0; n < Views.COUNT_MAX; n++) {
      tickets.add(given().ticket);
    }
    assertThat(tickets).hasSize(Views.COUNT_MAX);
    assertThatThrownBy(this::given).hasMessage("viewer.too-many");

    now = now.plus(View.TICKET);
    assertThat(given().isLive(now)).isTrue();
  }

  @Test
  void that_are_open_do_not_make_room_for_others() {
    View open = given();
    views.open(open.ticket, WORKSTATION, null);
    for (int n = 1; n < Views.COUNT_MAX; n++) {
      given();
    }
    now = now.plus(View.TICKET);
    given();
    assertThat(views.given(open.ticket)).contains(open);
  }

  @Test
  void are_forgotten_with_their_question_when_nobody_needs_to_be_told_of_them() {
    View first = given();
    now = now.plus(View.WHOLE).plus(Duration.ofMillis(1));
    given();
    assertThat(views.given(first.ticket)).isEmpty();
  }
}
