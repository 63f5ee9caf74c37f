package io.emrgateway.agent.cli;

import io.emrgateway.agent.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionText implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "emr-gateway " + Version.TEXT + ", Java " + Runtime.version() + ", " + System.getProperty("os.arch")
    };
  }
}
