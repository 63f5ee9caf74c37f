package io.emrgateway.agent.health;

import io.emrgateway.agent.Gateway;
import io.emrgateway.agent.control.RulesOrders;
import io.emrgateway.agent.control.Times;
import io.smallrye.health.api.HealthGroup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

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
    return Answers.of(gateway, "rules", (wiring, answer) -> {
      RulesOrders.Standing standing = wiring.rules();
      RulesOrders.Problem problem = standing.problem();
      answer.status(problem == null)
          .withData("in force", standing.version())
          .withData("since", Times.of(standing.since()));
      if (problem != null) {
        Answers.code(answer, problem.code());
        answer.withData("place", problem.place());
      }
    });
  }
}
