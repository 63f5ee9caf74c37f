package io.emrgateway.agent.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Listed and explained here; done by {@code bin/emr-gateway}, because it begins with the flags of the JVM. */
@Command(name = "prepare",
    description = "生成启动缓存，启动时间减半；安装或升级后由可写安装目录的用户执行一次，不执行也能启动"
        + " / make the cache that halves the time to start: once after installing or upgrading, by a user who may write to the"
        + " program's folder; everything works without it")
final class Prepare implements Callable<Integer> {
  @Override
  public Integer call() {
    System.err.println("control.usage: 请用 bin/emr-gateway prepare 执行 / run it as bin/emr-gateway prepare");
    return WithSettings.BAD_SETTINGS;
  }
}
