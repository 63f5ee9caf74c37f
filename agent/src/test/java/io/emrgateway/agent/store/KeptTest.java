package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.intake.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The messages still kept")
class KeptTest {
  @TempDir Path folder;

  @Test
  void are_given_newest_first_page_by_page_down_to_a_day_without_those_refused_at_the_door() {
    Instant now = Instant.now();
    try (Bench bench = new Bench(folder)) {
      for (int k = 1; k <= 5; k++) {
        bench.admit(new Message("his", now.minus(Duration.ofDays(5 - k)), ("text " + k).getBytes(StandardCharsets.UTF_8), "GB18030",
            "ADT^A01", "C" + k, k == 4 ? new Refused(Reason.BYTES_DO_NOT_DECODE, "byte 3") : null));
      }
      Instant since = now.minus(Duration.ofDays(3));
      List<Kept.Raw> page = bench.store.kept().before(Long.MAX_VALUE, since, 2, 100);
      assertThat(page).extracting(Kept.Raw::i).containsExactly(5L, 3L);
      assertThat(new String(page.get(1).bytes(), StandardCharsets.UTF_8)).isEqualTo("text 3");
      assertThat(page.get(1).charset()).isEqualTo("GB18030");
      assertThat(bench.store.kept().before(3, since, 2, 100)).extracting(Kept.Raw::i).containsExactly(2L);
      assertThat(bench.store.kept().before(2, since, 2, 100)).isEmpty();
      assertThat(bench.store.kept().before(Long.MAX_VALUE, since, 9, 3)).extracting(Kept.Raw::bytes).containsOnlyNulls();
    }
  }
}
