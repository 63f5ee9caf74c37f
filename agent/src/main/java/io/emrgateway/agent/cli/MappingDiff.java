package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import io.emrgateway.mappings.MapFiles;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.SiteFolder;
import io.emrgateway.mappings.WhatChanges;
import io.emrgateway.mappings.hl7.Decoded;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What other rules would make of the same messages: messages in files, or those the running gateway still holds. */
@Command(name = "diff", mixinStandardHelpOptions = true,
    description = {
      "同样的消息按两套规则转换，按规则列出差异，临床内容在前。比较文件时输出含患者数据；比较存储时只有加 --values 才含"
          + " / what other rules make of the same messages, by rule, clinical first. Over files it prints patient data, over the"
          + " store only with --values",
      ""
    })
final class MappingDiff extends WithSettings {
  @Option(names = "--against", paramLabel = "SITE", required = true, description = "站点目录 / the site's folder")
  Path folder;

  @Option(names = "--from", paramLabel = "SITE",
      description = "比较文件时的基准，缺省为出厂规则 / over files: compare with this one instead of the shipped rules")
  Path from;

  @Option(names = "--days", paramLabel = "N",
      description = "比较运行中的网关最近 N 天仍保留的消息，基准为生效的规则"
          + " / over the messages of the last N days that the running gateway still holds, compared with the rules in force")
  Integer days;

  @Option(names = "--most", paramLabel = "N", defaultValue = "10000",
      description = "最多比较多少条，从最新的开始（默认 ${DEFAULT-VALUE}） / messages at most, newest first (default ${DEFAULT-VALUE})")
  int most;

  @Option(names = "--values", description = "列出前后各一个值（患者数据） / show a value before and after: patient data")
  boolean values;

  @Parameters(paramLabel = "FILE", arity = "0..*", description = "消息文件或目录 / messages, or folders of them")
  List<Path> files = List.of();

  /** Only the store needs settings, to find the gateway. */
  @Override
  public Integer call() throws Exception {
    if (days == null ? files.isEmpty() : !files.isEmpty() || from != null || days < 1 || most < 1) {
      System.err.println("control.usage: 写出消息文件，或写 --days N（不与文件、--from 同用）"
          + " / name files of messages, or --days N without files and --from");
      return BAD_SETTINGS;
    }
    return days == null ? overFiles() : super.call();
  }

  private int overFiles() {
    return MappingTools.with(folder, site -> {
      Mapping old = from == null ? Mapping.shipped() : SiteFolder.read(from).mapping();
      WhatChanges changes = new WhatChanges();
      int unread = 0;
      for (Path file : MapFiles.messages(files)) {
        if (site.charset().decode(Files.readAllBytes(file)) instanceof Decoded decoded) {
          changes.add(file.getFileName().toString(), old.trace(decoded.text(), site.site(), "diff"),
              site.mapping().trace(decoded.text(), site.site(), "diff"));
        } else {
          unread++;
        }
      }
      for (WhatChanges.Group group : changes.groups()) {
        print(group.clinical(), group.path(), group.from(), group.rule(), group.file(), String.valueOf(group.line()),
            String.valueOf(group.values()), String.valueOf(group.messages()), group.example());
        printValues(group.before(), group.after());
      }
      System.out.printf("比较 %d 条，%d 条有差异，%d 条无法解码 / %d compared, %d differ, %d do not decode%n", changes.compared(),
          changes.changed(), unread, changes.compared(), changes.changed(), unread);
      return 0;
    });
  }

  /** By the gateway that runs: it has the keys, and its audit chain says who looked. */
  @Override
  int run(GatewaySettings settings) {
    String path = URLEncoder.encode(folder.toAbsolutePath().normalize().toString(), StandardCharsets.UTF_8);
    List<Map<String, String>> groups = new ArrayList<>();
    boolean watched = "yes".equals(System.getenv("EMR_GATEWAY_TERMINAL"));
    boolean[] toldOfProgress = new boolean[1];
    boolean answered = Control.ask(settings, "compare " + days + " " + most + " " + (values ? "values" : "shapes") + " " + path,
        line -> {
          Map<String, String> one = Line.read(line);
          if (one.size() == 1 && one.containsKey("compared")) {
            if (watched) {
              System.err.print("\r已比较 / compared: " + one.get("compared"));
              toldOfProgress[0] = true;
            }
          } else {
            groups.add(one);
          }
        });
    if (!answered || groups.isEmpty()) {
      return NOT_RUNNING;
    }
    if (toldOfProgress[0]) {
      System.err.println();
    }
    Map<String, String> end = groups.remove(groups.size() - 1);
    if (!"true".equals(end.get("ok"))) {
      System.err.println(end.get("code") + ": " + end.getOrDefault("place", "") + " " + end.getOrDefault("text", ""));
      System.err.println("  处理 / remedy: " + end.getOrDefault("remedy", "emr-gateway status"));
      return MappingTools.UNUSABLE;
    }
    if (values) {
      System.out.println("以下含患者数据，请勿外传 / this is patient data, keep it inside");
    }
    for (Map<String, String> group : groups) {
      print("true".equals(group.get("clinical")), group.get("path"), group.get("from"), group.get("rule"), group.get("file"),
          group.get("line"), group.get("values"), group.get("messages"), group.get("example"));
      if (values) {
        printValues(group.get("before"), group.get("after"));
      }
    }
    System.out.printf("比较 %s 条，%s 条有差异，%s 条未比较（无法解码或过大）%s / %s compared, %s differ, %s not compared (do not decode, or too large)%s%n",
        end.get("compared"), end.get("changed"), end.get("skipped"), "true".equals(end.get("more")) ? "，更早的未比较" : "",
        end.get("compared"), end.get("changed"), end.get("skipped"), "true".equals(end.get("more")) ? "; older ones left out" : "");
    return 0;
  }

  private static void print(boolean clinical, String path, String field, String rule, String file, String line, String values,
      String messages, String example) {
    System.out.printf("%s %s%s  [%s %s:%s]%n  %s 个值，%s 条消息 / %s values in %s messages; %s%n",
        clinical ? "临床/clinical" : "其他/other", path, field.isEmpty() ? "" : " <- " + field, rule, file, line, values, messages,
        values, messages, example);
  }

  private static void printValues(String before, String after) {
    System.out.printf("  %s -> %s%n", before == null ? "-" : before, after == null ? "-" : after);
  }
}
