package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;

/** Lists what stands in quarantine, one JSON object a line, oldest first. */
@Command(name = "quarantine", description = "列出隔离区中的消息及原因 / list the messages in quarantine and why")
final class Quarantine extends WithSettings {
  private static final Pattern NUMBER = Pattern.compile("^\\{\"i\":([0-9]+)");

  @Override
  int run(GatewaySettings settings) {
    long after = 0;
    while (true) {
      Optional<List<String>> page = Control.ask(settings, "quarantine " + after);
      if (page.isEmpty()) {
        return NOT_RUNNING;
      }
      for (String line : page.get()) {
        Matcher number = NUMBER.matcher(line);
        if (number.find()) {
          after = Long.parseLong(number.group(1));
          System.out.println(line);
        }
      }
      if (page.get().stream().noneMatch(line -> line.endsWith("\"more\":true}"))) {
        return 0;
      }
    }
  }
}
