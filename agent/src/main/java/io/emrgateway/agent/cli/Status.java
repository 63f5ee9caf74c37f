package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import io.emrgateway.agent.control.Times;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where everything stands: in words for people, or one JSON object a line, each source's lag, then the whole. */
@Command(name = "status", description = "显示当前状态、等待原因和处理方法 / show where everything stands, why it waits and what to do")
final class Status extends WithSettings {
  @Option(names = "--json", description = "每行一个 JSON 对象：各来源，最后为整体 / one JSON object a line: each source, the whole last")
  boolean json;

  @Override
  int run(GatewaySettings settings) {
    if (json) {
      return Control.print(settings, "status");
    }
    Optional<List<String>> answer = Control.ask(settings, "status");
    if (answer.isEmpty()) {
      return NOT_RUNNING;
    }
    List<Map<String, String>> rows = answer.get().stream().map(Line::read).toList();
    Map<String, String> whole = rows.isEmpty() ? Map.of() : rows.get(rows.size() - 1);
    if (!"true".equals(whole.get("ok"))) {
      return Control.refused(whole);
    }
    intake(whole);
    rows.stream().filter(row -> row.containsKey("source")).forEach(row ->
        row("  " + row.get("source"), "0".equals(row.get("lagSeconds")) ? "无积压 / nothing waits"
            : "最早一条已等待 " + row.get("lagSeconds") + " 秒 / the oldest has waited " + row.get("lagSeconds") + " s"));
    delivery(whole);
    if (whole.containsKey("cityWentBackAt")) {
      row("市平台曾回退 / the city went back", "从批次 " + whole.get("cityWentBackFrom") + " 到 " + whole.get("cityWentBackTo")
          + "，其间已自动重发 / from batch " + whole.get("cityWentBackFrom") + " to " + whole.get("cityWentBackTo") + "; sent again, "
          + second(whole.get("cityWentBackAt"), "-"));
    }
    row("已接收 / admitted", whole.get("admitted"));
    row("待市平台签收 / not signed for yet", whole.get("waiting"));
    row("隔离 / quarantined", whole.get("quarantined")
        + ("0".equals(whole.get("quarantined")) ? "" : "   emr-gateway quarantine"));
    row("市平台业务上未接受 / not accepted", whole.get("rejectedByCity")
        + ("0".equals(whole.get("rejectedByCity")) ? "" : "   emr-gateway rejected"));
    row("批次 / batches", whole.get("batch") + "，已签收至 / signed for up to " + whole.get("batchSettled")
        + "，纪元 / epoch " + whole.get("epoch"));
    row("存储 / store", mib(whole, "storeUsedBytes") + "，磁盘剩余 / disk free " + mib(whole, "diskFreeBytes"));
    row("规则 / rules", whole.get("rules") + "，自 / since " + Reports.time(whole.get("rulesSince")));
    words(whole, "rulesCode", "rulesPlace", "rulesText", "rulesRemedy");
    words(whole, "nextKeyCode", "nextKeyFile", "nextKeyText", "nextKeyRemedy");
    return 0;
  }

  private static void intake(Map<String, String> whole) {
    row("接收 / intake", "true".equals(whole.get("canAdmit")) ? "正常 / open" : "停止，消息应答 AE / stopped: messages get AE");
    words(whole, "storeCode", "", "storeText", "storeRemedy");
  }

  private static void delivery(Map<String, String> whole) {
    if (!whole.containsKey("code")) {
      row("投递 / delivery", "正常 / goes on");
      return;
    }
    row("投递 / delivery", "true".equals(whole.get("paused")) ? "暂停，须人工处理 / paused: needs an operator"
        : "受阻，将自动继续 / held up: goes on by itself");
    words(whole, "code", "detail", "text", "remedy");
    System.out.printf("  失败 %s 次，自 %s；下次尝试 %s / %s attempts failed, since %s; next try %s%n",
        whole.get("attemptsFailed"), second(whole.get("since"), "-"), second(whole.get("nextTry"), "马上"),
        whole.get("attemptsFailed"), second(whole.get("since"), "-"), second(whole.get("nextTry"), "at once"));
  }

  /** A code with its place, words and remedy; nothing where there is no code. */
  private static void words(Map<String, String> whole, String code, String place, String text, String remedy) {
    if (whole.containsKey(code)) {
      String where = whole.getOrDefault(place, "");
      System.out.println("  " + whole.get(code) + (where.isEmpty() ? "" : " (" + where + ")") + ": " + whole.get(text));
      System.out.println("  处理 / remedy: " + whole.get(remedy));
    }
  }

  private static String second(String time, String none) {
    return time == null ? none : Times.toTheSecond(Times.read(time));
  }

  private static String mib(Map<String, String> whole, String key) {
    return (Long.parseLong(whole.get(key)) >> 20) + " MiB";
  }

  private static void row(String what, String value) {
    System.out.println(what + ": " + value);
  }
}
