package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command and its subcommands. */
@Command(
    name = "emr-gateway",
    description = {"医院电子病历共享网关 / the hospital's gateway to shared electronic medical records", ""},
    mixinStandardHelpOptions = true,
    subcommands = {
      Run.class, Check.class, Settings.class, Status.class, Quarantine.class, Rejected.class, Reused.class, Replay.class,
      Resume.class, Resync.class,
      MapMessages.class, MappingTools.class, Rehearse.class
    })
public final class EmrGateway {
  private static final int CANNOT_START = 4;

  private final ToIntFunction<GatewaySettings> gateway;
  private final Runnable stop;

  private EmrGateway(ToIntFunction<GatewaySettings> gateway, Runnable stop) {
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
    CommandLine command = new CommandLine(new EmrGateway(gateway, stop));
    command.getCommandSpec().version(
        "emr-gateway " + version + ", Java " + Runtime.version() + ", " + System.getProperty("os.arch"));
    command.setExecutionExceptionHandler((failure, line, parsed) -> {
      System.err.println("gateway.internal: 内部错误 / internal error");
      System.err.println("  处理 / remedy: 请将所用命令和版本号报告给开发方 / report the command and the version (--version)");
      return CANNOT_START;
    });
    return command.execute(words);
  }

  int runGateway(GatewaySettings settings) {
    return gateway.applyAsInt(settings);
  }

  void stopGateway() {
    stop.run();
  }
}
