package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One message of the quarantine: what is known of it, or, asked for by name, its very bytes. */
@Command(name = "show", description = "显示隔离区中的一条消息 / show one message of the quarantine")
final class QuarantineShow extends WithSettings {
  @Parameters(paramLabel = "NUMBER", description = "接收编号 / admission number")
  long number;

  @Option(names = "--bytes",
      description = "输出消息的原始字节（患者数据），并记入审计 / write the message as it arrived: patient data; the audit chain says so")
  boolean bytes;

  @Option(names = "--out", paramLabel = "FILE",
      description = "写入新文件（仅本用户可读），不写到标准输出 / into a new file that only this user can read, not to standard output")
  Path out;

  @Override
  int run(GatewaySettings settings) throws IOException {
    if (out != null && !bytes) {
      System.err.println("control.usage: --out 需与 --bytes 同用 / --out goes with --bytes");
      return BAD_SETTINGS;
    }
    if (!bytes) {
      return Control.print(settings, "show " + number);
    }
    String request = "show " + number + " bytes";
    return out == null ? Pieces.into(settings, request, System.out) : Pieces.intoFile(settings, request, out);
  }
}
