package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import picocli.CommandLine.Command;

/** Tries the delivery again at once, after the cause of a pause has been mended. */
@Command(name = "resume", description = "原因排除后立即重试投递 / try the delivery again at once")
final class Resume extends WithSettings {
  @Override
  int run(GatewaySettings settings) {
    return Control.print(settings, "resume");
  }
}
