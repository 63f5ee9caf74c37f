package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A list that may be long: asked for page by page, printed as one JSON object a line, oldest first. */
abstract class Listing extends WithSettings {
  private static final Pattern NUMBER = Pattern.compile("^\\{\"[in]\":([0-9]+)");

  private final String command;

  Listing(String command) {
    this.command = command;
  }

  @Override
  final int run(GatewaySettings settings) {
    long after = 0;
    while (true) {
      Optional<List<String>> page = Control.ask(settings, command + " " + after);
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
