package io.emrgateway.journeys;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.simulator.Ledger;
import io.emrgateway.simulator.Replay;
import io.emrgateway.simulator.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The whole way in one command, on loopback: throw-away keys, the reference city, the gateway, the HIS
 * simulator; what was sent, and what became of each message. {@code installer/try.sh} calls it.
 */
public final class Try {
  private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final int SAMPLES = 18;
  private static final String USAGE = """
      用法 / usage: installer/try.sh [选项 / options]
        --messages DIR   发送该目录中的 .hl7 文件（默认：自带样例） / send the .hl7 files of this folder (default: our samples)
        --once           全部有结果后停止；仅当无一遗失时退出码为 0 / stop when every message is accounted for; exit 0 only then
        --report FILE    写入 JSON 汇总 / write a summary as JSON
        --bundles DIR    写入市平台持有的 FHIR Bundle / write the bundles the city holds, one file per message
        --suite intl|gm  密码套件（默认 intl） / cryptographic suite
        --connections N  并发连接数（默认 4） / connections of the simulated HIS
        --keep DIR       工作目录（默认临时目录，结束后删除） / working folder (default: a temporary one, removed at the end)
      """;

  private final Map<String, String> options = new HashMap<>();
  private boolean once;

  private Try() {}

  public static void main(String... arguments) throws Exception {
    Try run = new Try();
    if (!run.read(arguments)) {
      System.err.print(USAGE);
      System.exit(2);
    }
    System.exit(run.run());
  }

  private boolean read(String... arguments) {
    for (int k = 0; k < arguments.length; k++) {
      switch (arguments[k]) {
        case "--once" -> once = true;
        case "--messages", "--report", "--bundles", "--suite", "--connections", "--keep" -> {
          if (k + 1 == arguments.length) {
            return false;
          }
          options.put(arguments[k].substring(2), arguments[++k]);
        }
        default -> {
          return false;
        }
      }
    }
    String connections = options.getOrDefault("connections", "4");
    return connections.matches("[1-9][0-9]?") && options.getOrDefault("suite", "intl").matches("intl|gm");
  }

  private int run() throws Exception {
    String unusable = unusablePath();
    if (unusable != null) {
      System.err.println(unusable);
      return 2;
    }
    boolean temporary = !options.containsKey("keep");
    Path folder = temporary ? Files.createTempDirectory("emr-gateway-try") : Files.createDirectories(Path.of(options.get("keep")).toAbsolutePath());
    Path messages = messages(folder);
    String suite = options.getOrDefault("suite", "intl");
    if (temporary) {
      // Also after Ctrl-C: what is in there are people's messages.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
    }
    City city = null;
    Agent agent = null;
    try {
      say("制作临时密钥和证书 / making throw-away keys and certificates");
      city = City.withKeys(folder.resolve("keys"), "H-0104/main", suite).start();
      say("参考市平台 / reference city          " + city.page());
      agent = Agent.of(folder, city, suite, "", "").start();
      say("网关 / gateway   MLLP 127.0.0.1:" + agent.mllpPort() + "   http://127.0.0.1:" + agent.httpPort() + "/q/health");
      int status = send(agent, city, messages, folder);
      if (!once) {
        say("持续运行，按 Ctrl-C 停止 / up until Ctrl-C");
        Thread.currentThread().join();
      }
      return status;
    } catch (IllegalStateException failed) {
      System.err.println(failed.getMessage());
      return 1;
    } finally {
      if (agent != null) {
        agent.stop();
      }
      if (city != null) {
        city.stop();
      }
    }
  }

  /** Looked at before anything starts: a report that cannot be written would be noticed last. */
  private String unusablePath() {
    if (options.containsKey("messages") && !Files.isDirectory(Path.of(options.get("messages")))) {
      return "--messages: 不是目录 / not a folder: " + options.get("messages");
    }
    if (options.containsKey("report")) {
      Path parent = Path.of(options.get("report")).toAbsolutePath().getParent();
      if (parent == null || !Files.isWritable(parent)) {
        return "--report: 无法写入 / cannot be written: " + options.get("report");
      }
    }
    return null;
  }

  private Path messages(Path folder) throws IOException {
    if (options.containsKey("messages")) {
      return Path.of(options.get("messages")).toAbsolutePath();
    }
    Path samples = Files.createDirectories(folder.resolve("samples"));
    Samples.write(samples, SAMPLES, 1);
    return samples;
  }

  private int send(Agent agent, City city, Path messages, Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(messages)) {
      files = listed.filter(file -> file.getFileName().toString().endsWith(".hl7")).sorted().toList();
    }
    if (files.isEmpty()) {
      throw new IllegalStateException("没有 .hl7 文件 / no .hl7 file in " + messages);
    }
    say("发送 / sending " + files.size() + " 条消息 / messages: " + messages);
    long began = System.nanoTime();
    Ledger ledger = Ledger.at(folder.resolve("ledger.tsv"));
    try (io.emrgateway.simulator.Running sending = Replay.of(messages).to("127.0.0.1", agent.mllpPort())
        .connections(Integer.parseInt(options.getOrDefault("connections", "4"))).ledger(ledger).start()) {
      sending.await(Duration.ofMinutes(30));
    }
    ledger.close();
    agent.awaitSettled(Duration.ofMinutes(5));
    double seconds = (System.nanoTime() - began) / 1e9;
    return report(agent, city, files, ledger(folder), seconds);
  }

  private static List<Ledger.Line> ledger(Path folder) {
    return Ledger.read(folder.resolve("ledger.tsv"));
  }

  /** Goes through the files one by one: each is held by the city, in quarantine with a reason, or lost. */
  private int report(Agent agent, City city, List<Path> files, List<Ledger.Line> ledger, double seconds) throws IOException {
    boolean sm3 = "gm".equals(options.get("suite"));
    Map<String, City.Entry> heldByRaw = new HashMap<>();
    Map<String, City.Entry> heldByControl = new HashMap<>();
    for (City.Entry entry : city.entries()) {
      if (entry.n() != null) {
        heldByRaw.put(entry.raw(), entry);
        heldByControl.putIfAbsent(entry.control(), entry);
      }
    }
    Map<String, Agent.Quarantined> quarantined = agent.quarantined().stream()
        .collect(Collectors.toMap(sm3 ? Agent.Quarantined::control : Agent.Quarantined::raw, Function.identity(), (a, b) -> a));
    Map<String, Ledger.Line> sent = new HashMap<>();
    Map<String, Integer> codes = new TreeMap<>();
    for (Ledger.Line line : ledger) {
      sent.merge(line.hash(), line, (a, b) -> a.acknowledged() ? a : b);
      codes.merge(line.outcome().replaceFirst(":.*", ""), 1, Integer::sum);
    }
    Path bundles = options.containsKey("bundles") ? Files.createDirectories(Path.of(options.get("bundles"))) : null;
    ArrayNode explained = JSON.createArrayNode();
    ArrayNode lost = JSON.createArrayNode();
    Map<String, Integer> reasons = new TreeMap<>();
    Map<String, Integer> seen = new HashMap<>();
    ObjectNode answers = JSON.createObjectNode();
    int held = 0;
    for (Path file : files) {
      String name = file.getFileName().toString();
      String hash = Ledger.hash(Files.readAllBytes(file));
      Ledger.Line line = sent.get(hash);
      String control = line == null ? "" : line.controlId();
      String answer = line == null ? "" : line.outcome();
      answers.put(name, answer);
      seen.merge(hash, 1, Integer::sum);
      String kept = heldByRaw.containsKey(hash) || quarantined.containsKey(hash)
          ? hash : Ledger.hash(unframed(Files.readAllBytes(file)));
      City.Entry entry = sm3 ? heldByControl.get(control) : heldByRaw.get(kept);
      Agent.Quarantined reason = quarantined.get(sm3 ? control : kept);
      if (entry != null) {
        held++;
        if (bundles != null) {
          Files.write(bundles.resolve(name.replaceFirst("\\.hl7$", "") + ".json"), city.body(entry.n()));
        }
      } else if (reason != null) {
        reasons.merge(reason.code(), 1, Integer::sum);
        explained.addObject().put("file", name).put("answer", answer)
            .put("code", reason.code()).put("place", reason.place()).put("i", reason.i());
      } else {
        lost.addObject().put("file", name).put("answer", answer);
      }
    }
    int duplicates = seen.values().stream().mapToInt(times -> times - 1).sum();
    print(files.size(), agent.status().path("admitted").asLong(), held, reasons, explained, codes, duplicates, lost, seconds);
    if (options.containsKey("report")) {
      ObjectNode summary = JSON.createObjectNode();
      summary.put("messages", files.size()).put("admitted", agent.status().path("admitted").asLong());
      ObjectNode byCode = summary.putObject("acknowledged");
      codes.forEach(byCode::put);
      summary.put("held", held);
      summary.set("quarantined", explained);
      summary.put("duplicates", duplicates);
      summary.set("lost", lost);
      summary.set("answers", answers);
      summary.put("seconds", Math.round(seconds * 1_000) / 1_000.0);
      JSON.writeValue(Path.of(options.get("report")).toFile(), summary);
    }
    return lost.isEmpty() ? 0 : 1;
  }

  private static void print(int files, long admitted, int held, Map<String, Integer> reasons, ArrayNode explained,
      Map<String, Integer> codes, int duplicates, ArrayNode lost, double seconds) {
    System.out.println();
    row("消息文件 / message files", files);
    row("应答 / answers", codes);
    row("已接收 / admitted", admitted);
    row("市平台已持有 / held by the city", held);
    row("隔离 / quarantined", explained.size());
    reasons.forEach((code, count) -> row("    " + code, count));
    row("重复 / duplicates", duplicates);
    row("遗失 / lost", lost.size());
    row("用时 / seconds", String.format("%.1f", seconds));
    if (explained.size() <= 40) {
      explained.forEach(one -> System.out.printf("  隔离 / quarantined  %s  %s  %s%n",
          one.path("file").asText(), one.path("code").asText(), one.path("place").asText()));
    }
    lost.forEach(one -> System.out.printf("  遗失 / LOST  %s  %s%n", one.path("file").asText(), one.path("answer").asText()));
  }

  private static void row(String what, Object value) {
    System.out.printf("%-44s %s%n", what, value);
  }

  private static void say(String text) {
    System.out.println(text);
  }

  /** A capture may hold its MLLP frame already; the gateway keeps what was inside. */
  private static byte[] unframed(byte[] bytes) {
    int from = bytes.length > 0 && bytes[0] == 0x0b ? 1 : 0;
    int to = bytes.length;
    while (to > from && (bytes[to - 1] == '\r' || bytes[to - 1] == '\n') && to - 1 > from && bytes[to - 2] == 0x1c) {
      to--;
    }
    return Arrays.copyOfRange(bytes, from, to > from && bytes[to - 1] == 0x1c ? to - 1 : to);
  }

  private static void delete(Path folder) {
    // The processes below it end in hooks of their own, which run beside this one.
    for (int attempt = 0; attempt < 50 && Files.exists(folder); attempt++) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(one);
        }
      } catch (IOException | UncheckedIOException stillInUse) {
        try {
          Thread.sleep(100);
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }
}
