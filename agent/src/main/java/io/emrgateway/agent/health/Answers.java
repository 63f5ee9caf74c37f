package io.emrgateway.agent.health;

import io.emrgateway.agent.Gateway;
import io.emrgateway.agent.Wiring;
import java.util.function.BiConsumer;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** How every check answers: down while the gateway starts, else with what the check has to say. */
final class Answers {
  private Answers() {}

  /** @param said sets the status and adds its data, once the gateway is wired */
  static HealthCheckResponse of(Gateway gateway, String name, BiConsumer<Wiring, HealthCheckResponseBuilder> said) {
    HealthCheckResponseBuilder answer = HealthCheckResponse.named(name);
    gateway.wiring().ifPresentOrElse(wiring -> said.accept(wiring, answer),
        () -> answer.down().withData("why", "starting"));
    return answer.build();
  }

  /** Adds the code of what is wrong; nothing where {@code code} is null. */
  static void code(HealthCheckResponseBuilder answer, String code) {
    if (code != null) {
      answer.withData("code", code);
    }
  }
}
