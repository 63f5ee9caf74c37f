package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists what the city holds and did not take over. */
@Command(name = "rejected", description = "列出市平台业务上未接受的消息及其规则 / list the messages the city did not accept, with its rule")
final class Rejected extends Listing {
  @Option(names = "--text",
      description = "同时显示市平台的说明（可能含患者数据），并记入审计 / with the city's words on each: may tell of a patient; the audit chain says so")
  boolean text;

  Rejected() {
    super("rejected");
  }

  @Override
  String more() {
    return text ? " text" : "";
  }

  @Override
  int run(GatewaySettings settings) {
    int status = super.run(settings);
    if (text && status == 0) {
      System.err.println("以上可能含患者数据，请勿外传 / this may be patient data, keep it inside");
    }
    return status;
  }
}
