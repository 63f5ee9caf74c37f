package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives quarantined messages up for good, after saying how many and being told yes. */
@Command(name = "discard",
    description = "放弃隔离区中的消息：删除其字节，向市平台的说明和原因记录保留，并记入审计"
        + " / give quarantined messages up: their bytes go, what is explained to the city and why stays; the audit chain says so")
final class QuarantineDiscard extends WithSettings {
  @Parameters(arity = "0..*", paramLabel = "NUMBER", description = "接收编号 / admission numbers")
  List<Long> numbers = List.of();

  @Option(names = "--older-than", paramLabel = "DAYS", description = "早于 DAYS 天收到的全部 / all that were received more than DAYS days ago")
  Integer days;

  @Option(names = "--yes", description = "不再询问 / do not ask")
  boolean yes;

  @Override
  int run(GatewaySettings settings) throws IOException {
    if (numbers.isEmpty() == (days == null) || days != null && days < 1) {
      System.err.println("control.usage: 写出接收编号，或写 --older-than 天数（至少 1） / name admission numbers, or --older-than DAYS, at least 1");
      return BAD_SETTINGS;
    }
    // The moment is fixed here, so that what is discarded is what was counted.
    String which = days == null ? numbers.stream().map(String::valueOf).collect(Collectors.joining(" "))
        : "before " + Instant.now().minus(Duration.ofDays(days)).toEpochMilli();
    Optional<List<String>> counted = Control.ask(settings, "discardable " + which);
    if (counted.isEmpty() || counted.get().isEmpty()) {
      return NOT_RUNNING;
    }
    Map<String, String> found = Line.read(counted.get().get(0));
    if (!"true".equals(found.get("ok")) || "0".equals(found.get("messages"))) {
      return Control.refused(found);
    }
    System.err.printf("将放弃 %s 条隔离消息（%s 至 %s 收到），其字节无法恢复"
        + " / %s quarantined messages (received %s to %s) will be given up; their bytes cannot be had back%n", found.get("messages"),
        Reports.time(found.get("from")), Reports.time(found.get("to")), found.get("messages"), Reports.time(found.get("from")),
        Reports.time(found.get("to")));
    if (!yes && !confirmed()) {
      System.err.println("control.not-confirmed: 未确认，未放弃任何消息 / not confirmed: nothing was discarded");
      return 1;
    }
    Map<String, String> end = Control.ask(settings, "discard " + which).filter(lines -> !lines.isEmpty())
        .map(lines -> Line.read(lines.get(0))).orElse(Map.of());
    boolean all = "true".equals(end.get("ok"));
    System.out.println(new Line().put("ok", all).put("discarded", Long.valueOf(end.getOrDefault("discarded", "0"))));
    return all ? 0 : Control.refused(end);
  }

  private static boolean confirmed() throws IOException {
    System.err.print("输入 yes 确认 / type yes to go on: ");
    System.err.flush();
    return "yes".equals(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine());
  }
}
