package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Tries quarantined messages again; harmless when done twice. */
@Command(name = "replay", description = "重新处理隔离区中的消息 / try quarantined messages again")
final class Replay extends WithSettings {
  @Parameters(arity = "1..*", paramLabel = "NUMBER|all", description = "接收编号，或 all 表示全部 / admission numbers, or all")
  List<String> numbers;

  @Override
  int run(GatewaySettings settings) {
    for (String number : numbers) {
      if (!number.matches("all|[1-9][0-9]{0,15}")) {
        System.err.println("control.number-unusable: 不是接收编号 / not an admission number: " + number);
        return BAD_SETTINGS;
      }
    }
    return Control.print(settings, "replay " + String.join(" ", numbers));
  }
}
