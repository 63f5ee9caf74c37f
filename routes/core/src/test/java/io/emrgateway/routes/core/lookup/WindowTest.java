package io.emrgateway.routes.core.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The window of a lookup")
class WindowTest {
  private static Window asked(String at, String since, String until) {
    return Window.of(Instant.parse(at), new LookupRequest.Scope(Set.of(Section.VISITS), LocalDate.parse(since), LocalDate.parse(until)));
  }

  @ParameterizedTest(name = "asked {0}, it begins on {1}")
  @CsvSource({"2026-04-30T04:00:00Z, 2026-01-30", "2026-05-31T04:00:00Z, 2026-02-28", "2026-05-30T04:00:00Z, 2026-02-28",
      "2024-05-30T04:00:00Z, 2024-02-29", "2026-01-31T04:00:00Z, 2025-10-31", "2026-11-28T15:59:59Z, 2026-08-28",
      "2026-11-28T16:00:00Z, 2026-08-29"})
  void reaches_back_three_calendar_months_from_the_day_in_beijing_and_no_further(String at, String first) {
    assertThat(asked(at, "2000-01-01", "2030-01-01").first()).isEqualTo(first);
    assertThat(Window.narrows(Instant.parse(at),
        new LookupRequest.Scope(Set.of(Section.VISITS), LocalDate.of(2000, 1, 1), LocalDate.of(2030, 1, 1)))).isTrue();
  }

  @Test
  void is_what_was_asked_for_where_that_is_less() {
    assertThat(asked("2026-11-28T04:00:00Z", "2026-11-01", "2026-11-10"))
        .isEqualTo(new Window(LocalDate.of(2026, 11, 1), LocalDate.of(2026, 11, 10)));
  }

  @ParameterizedTest(name = "{3}: {2}")
  @CsvSource({
      "2026-08-27T16:00:00Z, 2026-08-27T16:00:00Z, true, the first moment of the first day",
      "2026-08-27T15:59:59Z, 2026-08-27T15:59:59Z, false, the last moment before it",
      "2026-08-01T00:00:00Z, 2026-09-01T00:00:00Z, true, a stay across the line",
      "2026-08-01T00:00:00Z, , true, a stay that goes on",
      "2026-11-28T15:59:59Z, , true, the last moment of the last day",
      "2026-11-28T16:00:00Z, , false, the day after",
      ", 2026-08-27T15:59:59Z, false, of unknown beginning that ended before",
      ", , true, of which nothing is known"})
  void holds_what_has_not_ended_before_it_began_nor_begun_after_it_ended(Instant begins, Instant ends, boolean held, String what) {
    assertThat(asked("2026-11-28T04:00:00Z", "2026-01-01", "2026-11-28").holds(begins, ends)).as(what).isEqualTo(held);
  }
}
