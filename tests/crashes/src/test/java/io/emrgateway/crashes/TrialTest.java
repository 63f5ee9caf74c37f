package io.emrgateway.crashes;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.simulator.WardCharset;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A trial that ends otherwise than it should")
class TrialTest {
  @TempDir Path folder;

  /** How: waits for what never comes; then a ward's ledger is closed under its hands. */
  @Test
  void tells_how_all_sides_stood_and_what_a_ward_died_of() throws Exception {
    try (Trial trial = Trial.in(folder, "").start()) {
      trial.ward("A1", WardCharset.GB18030, 1, 30, 1);
      trial.untilAcknowledgedMore(3, Duration.ofSeconds(30));
      assertThatThrownBy(() -> trial.until("what never comes", Duration.ZERO, () -> false))
          .hasMessageContainingAll("not within 0 s: what never comes", "ledger {AA=", "ward runs", "city runs", "gateway runs",
              "\"store-writer\"", "\"delivery-courier\"", "at io.emrgateway.");

      trial.agent().kill();
      assertThatThrownBy(() -> trial.until("a gateway that is gone", Duration.ofSeconds(30), () -> trial.agent().status() == null))
          .hasMessageContaining("gateway is gone").hasRootCauseInstanceOf(java.io.IOException.class);

      trial.startGateway();
      trial.ledger().close();
      assertThatThrownBy(() -> trial.untilAcknowledgedMore(1_000, Duration.ofSeconds(30)))
          .hasMessageContaining("a ward died before 1000 more acknowledgements").hasRootCauseMessage("the ledger is closed");
      assertThatThrownBy(trial::stopWards).hasMessageContaining("a ward died").hasRootCauseMessage("the ledger is closed");
    }
  }
}
