package io.emrgateway.agent.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A line of the control socket")
class LineTest {

  @Test
  void is_read_back_as_it_was_written() {
    String odd = "a \"quoted\" \\ back\\u0041slash, {\"x\":1}\n\t字\uD840\uDC0B";
    Line line = new Line().put("text", odd).put("n", -17).put("yes", true).put("none", null).put("empty", "");
    assertThat(Line.read(line.toString())).containsExactlyEntriesOf(
        new java.util.LinkedHashMap<>(Map.of()) {{
          put("text", odd);
          put("n", "-17");
          put("yes", "true");
          put("empty", "");
        }});
    assertThat(Line.read("{}")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "x{}", "{\"a\":1", "{\"a\":}", "{\"a\":{\"b\":1}}", "{\"a\":1}x", "{\"a\":\"1}"})
  void is_nothing_else(String line) {
    assertThatThrownBy(() -> Line.read(line)).isInstanceOf(IllegalArgumentException.class);
  }
}
