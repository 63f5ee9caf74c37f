package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Opens a new epoch behind the city's head; only when the feed has stopped because the two histories differ. */
@Command(name = "resync", description = "恢复备份后，经确认以新纪元继续 / go on in a new epoch after a restore")
final class Resync extends WithSettings {
  @Parameters(
      arity = "0..1",
      paramLabel = "SEQ",
      description = "双方仍一致的最后批次号（仅分叉时需要，向市平台询问） / the last batch both sides hold alike; needed after a fork only, ask the city")
  Long common;

  @Override
  int run(GatewaySettings settings) {
    return Control.print(settings, "resync" + (common == null ? "" : " " + common));
  }
}
