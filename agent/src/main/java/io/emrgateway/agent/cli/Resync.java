package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import picocli.CommandLine.Command;

/** Opens a new epoch behind the city's head; only after a restore, and only when the city is ahead. */
@Command(name = "resync", description = "恢复备份后，经确认以新纪元继续 / go on in a new epoch after a restore")
final class Resync extends WithSettings {
  @Override
  int run(GatewaySettings settings) {
    return Control.print(settings, "resync");
  }
}
