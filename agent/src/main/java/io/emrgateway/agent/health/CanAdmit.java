package io.emrgateway.agent.health;

import io.emrgateway.agent.Gateway;
import io.emrgateway.agent.store.Overview;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Up while a message that arrives now would be kept and acknowledged. */
@Readiness
@ApplicationScoped
public class CanAdmit implements HealthCheck {
  @Inject Gateway gateway;

  @Override
  public HealthCheckResponse call() {
    return gateway.wiring().map(wiring -> {
      Overview overview = wiring.store().overview();
      String code = overview.storeCode();
      HealthCheckResponseBuilder answer = HealthCheckResponse.named("can admit")
          .status(overview.canAdmit())
          .withData("disk free MiB", overview.diskFreeBytes() >> 20);
      return (code == null ? answer : answer.withData("code", code)).build();
    }).orElseGet(() -> HealthCheckResponse.named("can admit").down().withData("why", "starting").build());
  }
}
