package io.emrgateway.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("When a visit began and ended")
class ToSubjectsTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
      "2026, 2025-12-31T16:00:00Z, 2026-12-31T16:00:00Z",
      "2026-02, 2026-01-31T16:00:00Z, 2026-02-28T16:00:00Z",
      "2026-11-20, 2026-11-19T16:00:00Z, 2026-11-20T16:00:00Z",
      "2026-11-20T07:55:00+08:00, 2026-11-19T23:55:00Z, 2026-11-19T23:55:00Z",
      "2026-11-20T07:55:00.123456789+08:00, 2026-11-19T23:55:00.123456789Z, 2026-11-19T23:55:00.123456789Z",
      ", ,",
      "no time, ,"})
  void is_as_wide_as_the_record_is_precise(String said, Instant begins, Instant ends) {
    assertThat(ToSubjects.begin(said)).isEqualTo(begins);
    assertThat(ToSubjects.end(said)).isEqualTo(ends);
  }
}
