package io.emrgateway.conformance;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The command line: {@code Verify DIR --certificate signing.pem --receipt receipt.pem}. Either option may
 * come several times. Ends with 0 when the feed is proven, 1 when it is not, 2 when it could not be tried.
 */
public final class Verify {
  private static final String USAGE = """
      用法 / Usage: Verify DIR --certificate signing.pem --receipt receipt.pem
        DIR            导出目录：<epoch>-<seq>.batch 与 <epoch>-<seq>.receipt / the export of one feed
        --certificate  医院签名证书，先旧后新 / the feed's signing certificates, oldest first
        --receipt      平台回执证书 / the city's receipt certificates""";

  private Verify() {}

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), new PrintStream(System.out, true, StandardCharsets.UTF_8)));
  }

  static int run(List<String> arguments, PrintStream out) {
    Path export = null;
    StringBuilder signing = new StringBuilder();
    StringBuilder receipt = new StringBuilder();
    try {
      for (int at = 0; at < arguments.size(); at++) {
        String argument = arguments.get(at);
        if (argument.equals("--certificate") || argument.equals("--receipt")) {
          if (++at == arguments.size()) {
            out.println(USAGE);
            return 2;
          }
          (argument.equals("--receipt") ? receipt : signing).append(Files.readString(Path.of(arguments.get(at)))).append('\n');
        } else if (export == null && !argument.startsWith("-")) {
          export = Path.of(argument);
        } else {
          out.println(USAGE);
          return 2;
        }
      }
      if (export == null || signing.isEmpty() || receipt.isEmpty()) {
        out.println(USAGE);
        return 2;
      }
      Report report = FeedVerifier.verify(export, signing.toString(), receipt.toString());
      print(report, out);
      return report.isProven() ? 0 : 1;
    } catch (IOException e) {
      out.println("文件无法读取 / A file cannot be read: " + e.getMessage());
      return 2;
    } catch (IllegalArgumentException e) {
      out.println("证书无法使用 / " + e.getMessage());
      return 2;
    }
  }

  private static void print(Report report, PrintStream out) {
    out.printf("批次 batches     %d（有回执 receipted %d）%n", report.batches(), report.receipted());
    out.printf("输入 inputs      %d%n", report.inputs());
    out.printf("已交付 held      %d（%d 字节 bytes）%n", report.held(), report.bodyBytes());
    report.explained().forEach((why, count) -> out.printf("已说明 explained %d %s%n", count, why));
    for (Report.Finding finding : report.findings()) {
      out.printf("不成立 broken    %s %s: %s%n", finding.place(), finding.rule(), finding.what());
    }
    out.println(report.isProven()
        ? "成立：每条输入均已交付或说明 / Proven: every input is delivered or explained"
        : "不成立 / Not proven");
  }
}
