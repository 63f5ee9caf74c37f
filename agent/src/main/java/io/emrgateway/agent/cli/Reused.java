package io.emrgateway.agent.cli;

import picocli.CommandLine.Command;

/** Lists messages whose control id was used before for other bytes. */
@Command(
    name = "reused",
    description = "列出控制号与此前另一条消息相同的消息 / list messages whose control id another message had before")
final class Reused extends Listing {
  Reused() {
    super("reused");
  }
}
