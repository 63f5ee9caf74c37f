package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
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
    if (out == null) {
      return write(settings, System.out);
    }
    try {
      Files.createFile(out, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      System.err.println("control.file-unusable: 文件已存在或无法创建 / the file exists or cannot be made: " + out);
      System.err.println("  处理 / remedy: 换一个文件名，或检查该目录的权限 / choose another name, or check the folder's permissions");
      return BAD_SETTINGS;
    }
    int status;
    try (OutputStream target = Files.newOutputStream(out)) {
      status = write(settings, target);
    }
    if (status != 0) {
      Files.delete(out);
    }
    return status;
  }

  private int write(GatewaySettings settings, OutputStream target) throws IOException {
    Map<String, String> end = new HashMap<>();
    IOException[] failed = new IOException[1];
    boolean answered = Control.ask(settings, "show " + number + " bytes", line -> {
      Map<String, String> one = Line.read(line);
      if (one.containsKey("ok")) {
        end.putAll(one);
      } else if (one.containsKey("piece") && failed[0] == null) {
        try {
          target.write(Base64.getDecoder().decode(one.get("piece")));
        } catch (IOException e) {
          failed[0] = e;
        }
      }
    });
    target.flush();
    if (!answered) {
      return NOT_RUNNING;
    }
    if (failed[0] != null) {
      System.err.println("control.cannot-write: 无法写入，请检查磁盘 / it cannot be written; check the disk");
      return 1;
    }
    if (!"true".equals(end.get("ok"))) {
      return Control.refused(end);
    }
    System.err.println("以上为患者数据，请勿外传 / this is patient data, keep it inside");
    return 0;
  }
}
