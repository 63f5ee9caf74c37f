package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import picocli.CommandLine.Command;

/** Where everything stands, one JSON object a line: each source's lag, then the whole. */
@Command(name = "status", description = "显示当前状态 / show where everything stands")
final class Status extends WithSettings {
  @Override
  int run(GatewaySettings settings) {
    return Control.print(settings, "status");
  }
}
