package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints the documented settings file. */
@Command(name = "settings", description = "打印带说明的 gateway.yaml 样例 / print gateway.yaml with every key explained")
final class Settings implements Callable<Integer> {
  @Override
  public Integer call() {
    System.out.print(GatewaySettings.reference());
    return 0;
  }
}
