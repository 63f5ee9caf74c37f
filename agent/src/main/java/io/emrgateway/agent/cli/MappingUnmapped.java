package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What of a hospital's messages no rule reads. Samples are shapes, never values. */
@Command(name = "unmapped", mixinStandardHelpOptions = true,
    description = "列出有内容而没有规则读取的字段（样例只示形状，不含患者数据）"
        + " / list the fields that hold something and that no rule reads; samples are shapes, no patient data")
final class MappingUnmapped extends WithSettings {
  @Option(names = "--source", paramLabel = "NAME", description = "只列该来源 / this source only")
  String source;

  @Option(names = "--json", description = "每行一个 JSON 对象 / one JSON object a line")
  boolean json;

  @Override
  int run(GatewaySettings settings) {
    Optional<List<Map<String, String>>> rows = Reports.rows(settings, "unmapped", source);
    if (rows.isEmpty()) {
      return NOT_RUNNING;
    }
    if (json) {
      rows.get().forEach(row -> System.out.println(Reports.json(row)));
      return 0;
    }
    String last = null;
    for (Map<String, String> row : rows.get()) {
      if (!row.get("source").equals(last)) {
        last = row.get("source");
        System.out.println("来源 / source: " + last);
      }
      System.out.printf("  %-8s %-8s %s 条消息 / messages, %s … %s  %s%s%n", row.get("type").isEmpty() ? "其余/rest" : row.get("type"),
          row.get("field"), row.get("count"), Reports.time(row.get("first")), Reports.time(row.get("last")), row.get("sample"),
          "true".equals(row.get("inForce")) ? "" : "  （现行规则下未再出现 / not under the rules in force）");
    }
    if (rows.get().isEmpty()) {
      System.out.println("没有 / none");
    }
    return 0;
  }
}
