package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import java.util.ListResourceBundle;
import java.util.ResourceBundle;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The command and its subcommands. */
@Command(
    name = "emr-gateway",
    description = {"医院电子病历共享网关 / the hospital's gateway to shared electronic medical records", ""},
    exitCodeListHeading = "%n退出码 / exit status:%n",
    exitCodeList = {
      "0:完成 / done",
      "1:未完成或未全部完成，原因已说明 / not done, or not all of it; it says why",
      "2:命令行、设置或其中写明的文件有误 / the command line, the settings or files they name have to be mended",
      "3:网关未运行，或当前用户无权访问 / the gateway does not run, or this user may not ask it",
      "4:其余正确，但无法启动 / all else is right, and the gateway cannot start"
    },
    subcommands = {
      Run.class, Check.class, Settings.class, Status.class, Quarantine.class, Rejected.class, Reused.class, Replay.class,
      Resume.class, Resync.class, Consents.class, Objections.class, Audit.class, MapMessages.class, MappingTools.class, Prepare.class,
      Rehearse.class
    })
public final class EmrGateway {
  private static final int CANNOT_START = 4;
  private static final ResourceBundle HELP = new ListResourceBundle() {
    @Override
    protected Object[][] getContents() {
      return new Object[][] {
        {"mixinStandardHelpOptions.help.0", "显示帮助 / show this help"},
        {"mixinStandardHelpOptions.version.0", "显示版本 / show the version"}
      };
    }
  };

  private final ToIntFunction<GatewaySettings> gateway;
  private final Runnable stop;

  EmrGateway(ToIntFunction<GatewaySettings> gateway, Runnable stop) {
    this.gateway = gateway;
    this.stop = stop;
  }

  /**
   * Does what the words ask; every error is printed as a code, a place and a remedy.
   *
   * @param version what {@code --version} names
   * @param gateway runs the gateway until it is told to stop, and gives the exit status
   * @param stop tells a running gateway to stop, from any thread
   * @return the exit status
   */
  public static int execute(String version, ToIntFunction<GatewaySettings> gateway, Runnable stop, String... words) {
    CommandLine command = commands(new EmrGateway(gateway, stop),
        "emr-gateway " + version + ", Java " + Runtime.version() + ", " + System.getProperty("os.arch"));
    command.setExecutionExceptionHandler((failure, line, parsed) -> {
      System.err.println("gateway.internal: 内部错误 / internal error");
      System.err.println("  处理 / remedy: 请将所用命令和版本号报告给开发方 / report the command and the version (--version)");
      return CANNOT_START;
    });
    command.setParameterExceptionHandler(new UsageErrors());
    return command.execute(words);
  }

  /** Every command has the same help, whether it asks for it or not. */
  static CommandLine commands(EmrGateway gateway, String version) {
    CommandLine all = new CommandLine(gateway).setCaseInsensitiveEnumValuesAllowed(true);
    helpful(all, version);
    return all;
  }

  private static void helpful(CommandLine command, String version) {
    CommandSpec spec = command.getCommandSpec();
    if (!spec.mixinStandardHelpOptions()) {
      spec.mixinStandardHelpOptions(true);
    }
    spec.version(version);
    spec.resourceBundle(HELP);
    spec.usageMessage().synopsisHeading("用法 / usage: ").commandListHeading("%n命令 / commands:%n");
    command.getSubcommands().values().forEach(one -> helpful(one, version));
  }

  int runGateway(GatewaySettings settings) {
    return gateway.applyAsInt(settings);
  }

  void stopGateway() {
    stop.run();
  }
}
