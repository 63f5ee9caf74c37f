package io.emrgateway.agent.cli;

import picocli.CommandLine.Command;

/** Lists what stands in quarantine; its subcommands show one message or give some up. */
@Command(name = "quarantine",
    description = "列出隔离区中的消息、原因和处理方法 / list the messages in quarantine, why, and what to do",
    subcommands = {QuarantineShow.class, QuarantineDiscard.class})
final class Quarantine extends Listing {
  Quarantine() {
    super("quarantine");
  }
}
