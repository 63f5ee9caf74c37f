package io.emrgateway.agent.cli;

import picocli.CommandLine.Command;

/** Lists what the city holds and did not take over. */
@Command(name = "rejected", description = "列出市平台业务上未接受的消息及其规则 / list the messages the city did not accept, with its rule")
final class Rejected extends Listing {
  Rejected() {
    super("rejected");
  }
}
