package io.emrgateway.agent.health;

import io.emrgateway.agent.Gateway;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.store.Overview;
import io.smallrye.health.api.HealthGroup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Up while batches reach the city and come back signed.
 *
 * <p>A group of its own (/q/health/group/delivery), not readiness: a city that is away must not make
 * anything stop sending messages to a gateway that keeps them.
 */
@HealthGroup("delivery")
@ApplicationScoped
public class CanDeliver implements HealthCheck {
  @Inject Gateway gateway;

  @Override
  public HealthCheckResponse call() {
    return Answers.of(gateway, "can deliver", (wiring, answer) -> {
      Overview.Delivery delivery = wiring.store().overview().delivery();
      String standing = delivery.standing().code();
      String code = standing == null && !wiring.isDeliveryAlive() ? "delivery.step-failed" : standing;
      // Something waits for an operator, and nothing stands still meanwhile: up, with a warning.
      Optional<SealRefused> nextKey = wiring.store().overview().nextKeyRefused();
      answer.status(code == null)
          .withData("waiting messages", delivery.waiting())
          .withData("last batch settled", delivery.settledSeq());
      nextKey.ifPresent(refused -> answer.withData("warning", refused.code()).withData("warning file", refused.place()));
      Answers.code(answer, code);
    });
  }
}
