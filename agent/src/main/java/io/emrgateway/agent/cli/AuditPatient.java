package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.mappings.rules.ResidentId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Who looked at what of one patient, on what ground. The patient's number is read, never an argument: ps shows those. */
@Command(name = "patient",
    description = "列出谁看过某位患者的什么、依据是什么，并记入审计；证件号从标准输入读取，不写在命令行上"
        + " / list who looked at what of a patient, on what ground, which is audited; the number is read from standard input, not from the command line")
final class AuditPatient extends WithSettings {
  private static final int NUMBERS_MAX = 20;

  @Option(names = "--out", paramLabel = "FILE", required = true,
      description = "新文件（仅本用户可读）：.html 可打印页面，.csv 表格，.json AuditEvent / a new file that only this user can read: a page, a table or the AuditEvents")
  Path out;

  @Override
  int run(GatewaySettings settings) throws IOException {
    String name = out.getFileName().toString().toLowerCase(Locale.ROOT);
    String form = name.substring(name.lastIndexOf('.') + 1);
    if (!List.of("html", "csv", "json").contains(form)) {
      System.err.println("control.usage: 文件名须以 .html、.csv 或 .json 结尾 / the file's name ends in .html, .csv or .json");
      return BAD_SETTINGS;
    }
    System.err.println("身份证号，或 编号体系|号码；每行一个，空行结束 / resident ID, or SYSTEM|VALUE; one a line, an empty line ends:");
    StringBuilder request = new StringBuilder("audit-patient ").append(form);
    int numbers = 0;
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null && !line.isBlank() && numbers < NUMBERS_MAX; line = in.readLine()) {
      int bar = line.indexOf('|');
      request.append(' ').append(word(bar < 0 ? ResidentId.SYSTEM : line.substring(0, bar))).append(' ').append(word(line.substring(bar + 1)));
      numbers++;
    }
    if (numbers == 0) {
      System.err.println("control.usage: 没有读到号码 / no number was read");
      return BAD_SETTINGS;
    }
    return Pieces.intoFile(settings, request.toString(), out);
  }

  private static String word(String text) {
    return URLEncoder.encode(text.strip(), StandardCharsets.UTF_8);
  }
}
