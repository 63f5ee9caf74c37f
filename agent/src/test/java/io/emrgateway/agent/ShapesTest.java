package io.emrgateway.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A sample")
class ShapesTest {

  @ParameterizedTest
  @CsvSource(delimiter = ' ', value = {
    "张伟^zhang^2024-01-05 字字^AAAAA^9999-99-99",
    "11010519871209314X 99999999999999999A",
    "\uD840\uDC0B\uD869\uDED6 字字", // CJK extension B, two surrogates each
    "\uE000王 字字", // a rare character that GB18030 keeps in the private use area
    "１２Ａ 99A",
    "ñΩя가あ AAAAA",
    "😀é\u0301·、 ?A???",
  })
  void shows_the_form_of_a_value_and_nothing_of_it(String value, String shape) {
    assertThat(Shapes.shape(value)).isEqualTo(shape);
  }

  @Test
  void is_cut_where_it_gets_long() {
    assertThat(Shapes.shape("a".repeat(Shapes.SAMPLE_MAX))).isEqualTo("A".repeat(Shapes.SAMPLE_MAX));
    assertThat(Shapes.shape("𠀋".repeat(Shapes.SAMPLE_MAX + 1))).isEqualTo("字".repeat(Shapes.SAMPLE_MAX) + "…");
  }

  @ParameterizedTest
  @ValueSource(strings = {"未", "77", "ZY-01", "10*9/L", "110105", "自费 / self"})
  void that_can_be_a_code_is_kept_as_sent(String code) {
    assertThat(Shapes.isKept(code)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"11010519871209314X", "13900001111", "19871209", "a\nb", "患者自述三天前开始发热咳嗽伴有胸闷气短，曾在外院就诊，服药后未见好转，遂来我院进一步检查治疗"})
  void that_may_be_a_persons_number_or_a_story_is_no_code(String value) {
    assertThat(Shapes.isKept(value)).isFalse();
  }
}
