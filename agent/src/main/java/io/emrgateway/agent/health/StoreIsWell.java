package io.emrgateway.agent.health;

import io.emrgateway.agent.Gateway;
import io.emrgateway.agent.store.Overview;
import io.smallrye.health.api.HealthGroup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Up while the store keeps within its ceiling and nothing else is wrong with it.
 *
 * <p>A group of its own (/q/health/group/store), not readiness: above its ceiling the store goes on taking messages, and
 * somebody has to look before the disk is full.
 */
@HealthGroup("store")
@ApplicationScoped
public class StoreIsWell implements HealthCheck {
  @Inject Gateway gateway;

  @Override
  public HealthCheckResponse call() {
    return Answers.of(gateway, "store", (wiring, answer) -> {
      Overview overview = wiring.store().overview();
      String code = overview.storeCode();
      answer.status(code == null)
          .withData("used MiB", overview.storeUsedBytes() >> 20)
          .withData("quarantined messages", overview.quarantinedCount());
      Answers.code(answer, code);
    });
  }
}
