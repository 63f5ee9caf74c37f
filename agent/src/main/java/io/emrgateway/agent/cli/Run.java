package io.emrgateway.agent.cli;

import io.emrgateway.agent.Main;
import io.emrgateway.agent.configuration.GatewaySettings;
import picocli.CommandLine.Command;

/** Runs the gateway in the foreground until it is told to stop. */
@Command(name = "run", description = "运行网关（前台） / run the gateway in the foreground")
final class Run extends WithSettings {
  @Override
  int run(GatewaySettings settings) {
    return Main.runGateway(settings);
  }
}
