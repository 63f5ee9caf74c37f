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

/** Takes what the gateway hands out in pieces: patient data. The exit status, as everywhere. */
final class Pieces {
  private Pieces() {}

  /** Into a new file that only this user can read; nothing is left of one that did not come whole. */
  static int intoFile(GatewaySettings settings, String request, Path file) throws IOException {
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      System.err.println("control.file-unusable: 文件已存在或无法创建 / the file exists or cannot be made");
      System.err.println("  处理 / remedy: 换一个文件名，或检查该目录的权限 / choose another name, or check the folder's permissions");
      return WithSettings.BAD_SETTINGS;
    }
    int status;
    try (OutputStream target = Files.newOutputStream(file)) {
      status = into(settings, request, target);
    }
    if (status != 0) {
      Files.delete(file);
    }
    return status;
  }

  static int into(GatewaySettings settings, String request, OutputStream target) throws IOException {
    Map<String, String> end = new HashMap<>();
    IOException[] failed = new IOException[1];
    boolean answered = Control.ask(settings, request, line -> {
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
      return WithSettings.NOT_RUNNING;
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
