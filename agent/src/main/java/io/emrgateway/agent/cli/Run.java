package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Runs the gateway in the foreground until it is told to stop. */
@Command(name = "run", description = "运行网关（前台） / run the gateway in the foreground")
final class Run extends WithSettings {
  @ParentCommand EmrGateway parent;

  @Override
  int run(GatewaySettings settings) {
    return parent.runGateway(settings);
  }
}
