package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Has the running gateway read its site's folder at once, not in a few seconds. */
@Command(name = "reload", mixinStandardHelpOptions = true,
    description = "立即重新载入站点目录；示例全部通过才生效 / read the site's folder again at once; in force only if its examples pass")
final class MappingReload extends WithSettings {
  @Override
  int run(GatewaySettings settings) {
    Optional<List<String>> answer = Control.ask(settings, "reload").filter(lines -> !lines.isEmpty());
    if (answer.isEmpty()) {
      return NOT_RUNNING;
    }
    Map<String, String> standing = Line.read(answer.get().get(0));
    if (!"true".equals(standing.get("ok"))) {
      System.err.println(standing.get("code") + ": " + standing.getOrDefault("rulesPlace", "") + " "
          + standing.getOrDefault("rulesText", ""));
      System.err.println("  处理 / remedy: " + standing.getOrDefault("rulesRemedy", "emr-gateway status"));
      return 1;
    }
    System.out.printf("生效的规则 %s，自 %s / rules in force: %s, since %s%n", standing.get("rules"), Reports.time(standing.get("rulesSince")),
        standing.get("rules"), Reports.time(standing.get("rulesSince")));
    return 0;
  }
}
