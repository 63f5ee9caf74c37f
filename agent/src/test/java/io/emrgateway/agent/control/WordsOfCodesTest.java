package io.emrgateway.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.routes.core.delivery.Outbox.Alignment;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A code that an operator meets")
class WordsOfCodesTest {
  private static final String BOTH_LANGUAGES = ".*\\p{IsHan}.* / .*[a-z].*";

  @ParameterizedTest
  @ValueSource(strings = {"control.not-in-quarantine", "control.number-unusable", "control.command-unknown", "control.failed",
      "control.resync-not-needed", "control.resync-needs-common", "store.payload-damaged", "store.discarded", "store.disk-full",
      "store.cannot-write", "store.damaged", "store.ceiling-exceeded", "consent.unknown", "delivery.city-unreachable", "delivery.city-slow"})
  void has_a_text_and_a_remedy_in_both_languages(String code) {
    ControlWords words = ControlWords.of(code);
    assertThat(words.text()).matches(BOTH_LANGUAGES).doesNotContain("without words");
    assertThat(words.remedy()).matches(BOTH_LANGUAGES);
  }

  @ParameterizedTest
  @EnumSource(value = Alignment.class, names = {"CITY_BEHIND_OUR_STORE", "CITY_AHEAD", "FORK", "EPOCH"})
  void needs_an_operator_where_only_a_resync_goes_on(Alignment alignment) {
    assertThat(DeliveryTexts.of(alignment.code())).returns(true, DeliveryTexts::paused)
        .satisfies(words -> assertThat(words.remedy()).contains("emr-gateway resync"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"delivery.city-unreachable", "delivery.city-slow", "delivery.city-busy", "delivery.gap", "store.disk-full"})
  void goes_on_by_itself_where_the_cause_passes(String code) {
    assertThat(DeliveryTexts.of(code).paused()).isFalse();
  }

  @Test
  void has_its_time_in_one_zone_written_out() {
    Instant at = Instant.parse("2026-11-22T09:40:03.120Z");
    assertThat(new Line().put("t", at)).hasToString("{\"t\":\"2026-11-22T17:40:03.120+08:00\"}");
    assertThat(Times.read(Times.of(at))).isEqualTo(at);
    assertThat(Times.toTheMinute(at)).isEqualTo("2026-11-22 17:40 +08:00");
  }
}
