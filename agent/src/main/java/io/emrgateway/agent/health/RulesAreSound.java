package io.emrgateway.agent.health;

import io.emrgateway.agent.Gateway;
import io.emrgateway.agent.control.RulesOrders;
import io.smallrye.health.api.HealthGroup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Up while the rules in force are those of the hospital's folder and pass its examples.
 *
 * <p>A group of its own (/q/health/group/rules), not readiness: with a mistake in the folder the old rules go on working.
 */
@HealthGroup("rules")
@ApplicationScoped
public class RulesAreSound implements HealthCheck {
  @Inject Gateway gateway;

  @Override
  public HealthCheckResponse call() {
    return gateway.wiring().map(wiring -> {
      RulesOrders.Standing standing = wiring.rules();
      RulesOrders.Problem problem = standing.problem();
      HealthCheckResponseBuilder answer = HealthCheckResponse.named("rules")
          .status(problem == null)
          .withData("in force", standing.version())
          .withData("since", standing.since().toString());
      return (problem == null ? answer : answer.withData("code", problem.code()).withData("place", problem.place())).build();
    }).orElseGet(() -> HealthCheckResponse.named("rules").down().withData("why", "starting").build());
  }
}
