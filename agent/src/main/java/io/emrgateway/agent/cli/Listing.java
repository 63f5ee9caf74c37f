package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A list that may be long: asked for page by page, printed as one JSON object a line, oldest first. */
abstract class Listing extends WithSettings {
  private static final Pattern NUMBER = Pattern.compile("^\\{\"[ikn]\":([0-9]+)");

  private final String command;

  Listing(String command) {
    this.command = command;
  }

  /** Further words of the request, each behind a space. */
  String more() {
    return "";
  }

  /** One line of the list; as it came, unless a command has words for it. */
  void print(String line) {
    System.out.println(line);
  }

  @Override
  int run(GatewaySettings settings) {
    long after = 0;
    int listed = 0;
    while (true) {
      Optional<List<String>> page = Control.ask(settings, command + " " + after + more());
      if (page.isEmpty()) {
        return NOT_RUNNING;
      }
      for (String line : page.get()) {
        Matcher number = NUMBER.matcher(line);
        if (number.find()) {
          after = Long.parseLong(number.group(1));
          print(line);
          listed++;
        }
      }
      String end = page.get().isEmpty() ? "" : page.get().get(page.get().size() - 1);
      if (!end.startsWith("{\"ok\":true")) {
        return Control.refused(end.isEmpty() ? Map.of() : Line.read(end));
      }
      if (!end.endsWith("\"more\":true}")) {
        if (listed == 0) {
          // Beside the output, which is for programs.
          System.err.println("没有 / none");
        }
        return 0;
      }
    }
  }
}
