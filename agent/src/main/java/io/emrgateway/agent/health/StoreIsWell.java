package io.emrgateway.agent.health;

import io.emrgateway.agent.Gateway;
import io.emrgateway.agent.store.Overview;
import io.smallrye.health.api.HealthGroup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

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
    return gateway.wiring().map(wiring -> {
      Overview overview = wiring.store().overview();
      String code = overview.storeCode();
      HealthCheckResponseBuilder answer = HealthCheckResponse.named("store")
          .status(code == null)
          .withData("used MiB", overview.storeUsedBytes() >> 20)
          .withData("quarantined messages", overview.quarantinedCount());
      return (code == null ? answer : answer.withData("code", code)).build();
    }).orElseGet(() -> HealthCheckResponse.named("store").down().withData("why", "starting").build());
  }
}
