package io.emrgateway.agent.health;

import io.emrgateway.agent.Gateway;
import io.emrgateway.agent.store.Overview;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Up while a message that arrives now would be kept and acknowledged. */
@Readiness
@ApplicationScoped
public class CanAdmit implements HealthCheck {
  @Inject Gateway gateway;

  @Override
  public HealthCheckResponse call() {
    return Answers.of(gateway, "can admit", (wiring, answer) -> {
      Overview overview = wiring.store().overview();
      answer.status(overview.canAdmit()).withData("disk free MiB", overview.diskFreeBytes() >> 20);
      Answers.code(answer, overview.storeCode());
    });
  }
}
