package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.configuration.SettingsRefused;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** A command that needs gateway.yaml: reads it, or prints every problem in it and ends with 2. */
abstract class WithSettings implements Callable<Integer> {
  /** Settings that cannot be used. */
  static final int BAD_SETTINGS = 2;
  /** The gateway that the command is for does not run. */
  static final int NOT_RUNNING = 3;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "gateway.yaml 的位置（默认 $EMR_GATEWAY_CONFIG 或 /etc/emr-gateway/gateway.yaml） / where gateway.yaml is")
  Path file;

  @Override
  public Integer call() throws Exception {
    Path where = file != null ? file : GatewaySettings.locate(System.getenv());
    try {
      return run(GatewaySettings.load(where));
    } catch (SettingsRefused refused) {
      System.err.println(refused.render());
      return BAD_SETTINGS;
    }
  }

  abstract int run(GatewaySettings settings) throws Exception;
}
