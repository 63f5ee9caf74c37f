package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.configuration.Problem;
import java.util.List;
import picocli.CommandLine.Command;

/** The validation of a start, without the start. */
@Command(name = "check", description = "检查配置和密钥文件，不启动 / check settings and key files without starting")
final class Check extends WithSettings {
  @Override
  int run(GatewaySettings settings) {
    List<Problem> problems = settings.problemsOfFiles();
    problems.forEach(problem -> System.err.println(problem.render()));
    if (!problems.isEmpty()) {
      return BAD_SETTINGS;
    }
    System.out.println("配置正确 / the settings are right: " + settings.origin().file());
    return 0;
  }
}
