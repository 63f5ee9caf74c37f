package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.start.Inspection;
import picocli.CommandLine.Command;

/** The inspection of a start, without the start. */
@Command(name = "check",
    description = "检查配置，打开其中写明的所有文件，不启动；网关运行时也可执行"
        + " / check the settings and open every file they name, without starting; works beside a running gateway too",
    exitCodeListHeading = "%n退出码 / exit status:%n",
    exitCodeList = {
      "0:可以启动；警告不影响 / a start would succeed, warnings or not",
      "2:设置或其中写明的文件有误 / the settings, or files they name, have to be mended",
      "4:其余正确，但端口被其他程序占用 / all else is right, and another program has a port"})
final class Check extends WithSettings {
  @Override
  int run(GatewaySettings settings) {
    Inspection inspection = Inspection.of(settings);
    System.err.print(inspection.render());
    if (inspection.status() == 0) {
      System.out.println("配置正确 / the settings are right: " + settings.origin().file());
    }
    if (inspection.isBesideRunning()) {
      System.out.println("使用该 home 的网关正在运行，占用其端口是正常的；更改在重启后生效"
          + " / a gateway with this home runs and has its ports, as it should be; changes hold from its next start");
    }
    return inspection.status();
  }
}
