package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import io.emrgateway.mappings.rules.Known;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The codes a hospital sends and its tables do not have: what is left to be written into them. */
@Command(name = "worklist", mixinStandardHelpOptions = true,
    description = "列出对照表中没有的代码，可作为本站点对照表的起点 / list the codes that no table has: the start of a site's own tables")
final class MappingWorklist extends WithSettings {
  @Option(names = "--source", paramLabel = "NAME", description = "只列该来源 / this source only")
  String source;

  @Option(names = "--values",
      description = "不足三条消息的代码也原样列出（可能是填错位置的患者数据） / show codes of one or two messages too, as sent:"
          + " may be patient data in the wrong field")
  boolean values;

  static final class Form {
    @Option(names = "--json", description = "每行一个 JSON 对象 / one JSON object a line")
    boolean json;

    @Option(names = "--csv", description = "CSV，可用表格软件打开 / CSV for a spreadsheet")
    boolean csv;

    @Option(names = "--yaml", paramLabel = "TABLE",
        description = "写成 tables/*.yaml 的行，填写后去掉 # / as rows of tables/*.yaml: fill in, then take the # away")
    String yaml;
  }

  @ArgGroup(exclusive = true)
  Form form = new Form();

  @Override
  int run(GatewaySettings settings) {
    if (form.yaml != null) {
      Optional<List<String>> tables = Control.ask(settings, "tables");
      if (tables.isEmpty()) {
        return NOT_RUNNING;
      }
      Set<String> known = tables.get().stream().map(Line::read).map(line -> line.get("table")).filter(Objects::nonNull)
          .collect(Collectors.toSet());
      if (!known.contains(form.yaml)) {
        System.err.println("mapping.table-unknown: 生效的规则中没有该对照表 / the rules in force have no table of that name");
        System.err.println("  处理 / remedy: " + Known.near(known, form.yaml));
        return MappingTools.UNUSABLE;
      }
    }
    Optional<List<Map<String, String>>> rows = Reports.rows(settings, values ? "worklist values" : "worklist", source);
    if (rows.isEmpty()) {
      return NOT_RUNNING;
    }
    if (form.json) {
      rows.get().forEach(row -> System.out.println(Reports.json(row)));
    } else if (form.csv) {
      csv(rows.get());
    } else if (form.yaml != null) {
      System.out.print(yaml(form.yaml, rows.get()));
    } else {
      text(rows.get());
    }
    return 0;
  }

  private static void text(List<Map<String, String>> rows) {
    String last = null;
    for (Map<String, String> row : rows) {
      if (!row.get("source").equals(last)) {
        last = row.get("source");
        System.out.println("来源 / source: " + last);
      }
      System.out.printf("  %-20s %s%s  %s 条消息 / messages, %s 起 / since%n",
          row.get("table").isEmpty() ? "其余/rest" : row.get("table"),
          "true".equals(row.get("rare")) ? "（不足三条消息，--values 显示 / in fewer than three messages, --values shows it）"
              : row.get("code").isEmpty() ? "（未记录 / not kept）" : row.get("code"),
          row.containsKey("display") ? " " + row.get("display") : "", row.get("count"), Reports.time(row.get("first")));
    }
    if (rows.isEmpty()) {
      System.out.println("没有 / none");
    }
  }

  private static void csv(List<Map<String, String>> rows) {
    // The mark makes spreadsheets read Chinese as what it is.
    System.out.print("\uFEFFsource,table,code,display,count,first,last\r\n");
    for (Map<String, String> row : rows) {
      System.out.print(String.join(",", quoted(row.get("source")), quoted(row.get("table")), quoted(row.get("code")),
          quoted(row.getOrDefault("display", "")), row.get("count"), row.get("first"), row.get("last")) + "\r\n");
    }
  }

  /** What a sender wrote is never a formula, whatever it begins with. */
  static String quoted(String value) {
    boolean formula = !value.isEmpty() && "=+-@".indexOf(value.charAt(0)) >= 0 && !value.matches("[+-]?[0-9.]*");
    return "\"" + (formula ? "'" : "") + value.replace("\"", "\"\"") + "\"";
  }

  /**
   * A file that is right as it is and changes nothing. Rows are comments until somebody has filled them in: an empty code would say that there
   * is no counterpart.
   */
  static String yaml(String table, List<Map<String, String>> rows) {
    Map<String, String> lines = new TreeMap<>();
    for (Map<String, String> row : rows) {
      if (row.get("table").equals(table) && !row.get("code").isEmpty()) {
        lines.merge(row.get("code"), row.getOrDefault("display", "") + "  " + row.get("source") + " " + row.get("count"),
            (one, other) -> one + ", " + other.strip());
      }
    }
    StringBuilder file = new StringBuilder("table: " + yamlText(table) + "\nsource: \n");
    if (lines.isEmpty()) {
      return file.append("codes: {}   # 没有 / none\n").toString();
    }
    file.append("codes:\n");
    lines.forEach((code, said) ->
        file.append("  # ").append(said.strip()).append("\n  #").append(yamlText(code)).append(": {code: , display: }\n"));
    return file.toString();
  }

  static String yamlText(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
