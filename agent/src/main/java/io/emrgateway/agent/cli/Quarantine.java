package io.emrgateway.agent.cli;

import picocli.CommandLine.Command;

/** Lists what stands in quarantine. */
@Command(name = "quarantine", description = "列出隔离区中的消息及原因 / list the messages in quarantine and why")
final class Quarantine extends Listing {
  Quarantine() {
    super("quarantine");
  }
}
