package io.emrgateway.agent.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A line of the control socket")
class LineTest {

  @Test
  void is_read_back_as_it_was_written() {
    String odd = "a \"quoted\" \\ back\\u0041slash, {\"x\":1}\n\t字\uD840\uDC0B";
    Line line = new Line().put("empty", "").put("n", -17).put("text", odd).put("none", null).put("yes", true);
    assertThat(Line.read(line.toString())).containsExactlyEntriesOf(
        new TreeMap<>(Map.of("empty", "", "n", "-17", "text", odd, "yes", "true")));
    assertThat(Line.read("{}")).isEmpty();
    String long1 = "a\"\n".repeat(200_000);
    assertThat(Line.read(new Line().put("long", long1).toString())).containsEntry("long", long1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "x{}", "{\"a\":1", "{\"a\":}", "{\"a\":{\"b\":1}}", "{\"a\":1}x", "{\"a\":\"1}", "{,}", "{\"a\":1\"b\":2}", "{\"a\":\"\\u00\"}"})
  void is_nothing_else(String line) {
    assertThatThrownBy(() -> Line.read(line)).isInstanceOf(IllegalArgumentException.class);
  }
}
