package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import java.io.IOException;
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
    List<String> numbers = PatientNumbers.read();
    return numbers.isEmpty() ? BAD_SETTINGS : Pieces.intoFile(settings, "audit-patient " + form + " " + String.join(" ", numbers), out);
  }
}
