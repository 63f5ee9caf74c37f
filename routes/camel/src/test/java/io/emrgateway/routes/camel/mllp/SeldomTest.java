package io.emrgateway.routes.camel.mllp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A line that is logged seldom")
class SeldomTest {

  @Test
  void comes_once_for_each_subject_and_then_says_how_often_it_did_not() throws Exception {
    Seldom seldom = new Seldom(Duration.ofSeconds(1));
    List<String> lines = new ArrayList<>();
    for (int k = 0; k < 1_500; k++) {
      seldom.say("disk full", unsaid -> lines.add("disk full " + unsaid));
    }
    seldom.say("not allowed", unsaid -> lines.add("not allowed " + unsaid));
    assertThat(lines).containsExactly("disk full 0", "not allowed 0");
    Thread.sleep(1_100);
    seldom.say("disk full", unsaid -> lines.add("disk full " + unsaid));
    assertThat(lines).endsWith("disk full 1499");
  }
}
