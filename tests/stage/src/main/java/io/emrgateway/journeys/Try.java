package io.emrgateway.journeys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.conformance.RawHash;
import io.emrgateway.simulator.Ledger;
import io.emrgateway.simulator.Replay;
import io.emrgateway.simulator.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The whole way in one command, on loopback: throw-away keys, the reference city, the gateway, the HIS
 * simulator; what was sent, and what became of each message. {@code installer/try.sh} calls it.
 */
public final class Try {
  private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final int SAMPLES = 18;
  /** So much of a frame that is too large is kept. */
  private static final int EVIDENCE_BYTES = 64 << 10;
  private static final int LISTED_MAX = 40;

  private final Map<String, String> options = new HashMap<>();
  private boolean once;
  private boolean lookups;

  private Try() {}

  public static void main(String... arguments) throws Exception {
    Try run = new Try();
    if (!run.read(arguments)) {
      System.err.println("选项有误，用法见 / a wrong option, see: installer/try.sh --help");
      System.exit(2);
    }
    System.exit(run.run());
  }

  private boolean read(String... arguments) {
    for (int k = 0; k < arguments.length; k++) {
      switch (arguments[k]) {
        case "--once" -> once = true;
        case "--lookups" -> lookups = true;
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
    OtherHospital other = null;
    try {
      say("制作临时密钥和证书 / making throw-away keys and certificates");
      city = City.withKeys(folder.resolve("keys"), "H-0104/main", suite);
      other = lookups ? OtherHospital.of(city, folder, suite) : null;
      city.start();
      say("参考市平台 / reference city          " + city.page());
      agent = other == null ? Agent.of(folder, city, suite, "", "").start() : other.asker().start();
      say("网关 / gateway   MLLP 127.0.0.1:" + agent.mllpPort() + "   http://127.0.0.1:" + agent.httpPort() + "/q/health   /q/metrics");
      int status = send(agent, city, messages, folder);
      if (other != null) {
        other.start(agent);
      }
      if (!once) {
        howToGoOn(agent, city);
        if (other != null) {
          say("跨院查询 / lookups: . " + quoted(other.environment()) + "   见 / see agent/LOOKUPS.md");
        }
        say("持续运行，按 Ctrl-C 停止 / up until Ctrl-C");
        Thread.currentThread().join();
      }
      return status;
    } catch (IllegalStateException failed) {
      System.err.println(failed.getMessage());
      return 1;
    } finally {
      if (other != null) {
        other.stop();
      }
      if (agent != null) {
        agent.stop();
      }
      if (city != null) {
        city.stop();
      }
    }
  }

  private static void howToGoOn(Agent agent, City city) {
    System.out.println();
    say("市平台页面 / the city's page      " + city.page());
    say("指标 / metrics                   http://127.0.0.1:" + agent.httpPort() + "/q/metrics");
    say("在另一个终端执行命令，例如 / commands, in another terminal, for example:");
    for (String command : List.of("status", "quarantine")) {
      say("  EMR_GATEWAY_CONFIG=" + quoted(agent.settings()) + " " + quoted(House.gateway()) + " " + command);
    }
  }

  /** As a shell takes it. */
  private static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[A-Za-z0-9/._+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
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
    List<Path> files = Replay.files(messages);
    if (files.isEmpty()) {
      throw new IllegalStateException("没有 .hl7 文件 / no .hl7 file in " + messages);
    }
    say("发送 / sending " + files.size() + " 个文件 / files: " + messages);
    long began = System.nanoTime();
    Ledger ledger = Ledger.at(folder.resolve("ledger.tsv"));
    try (io.emrgateway.simulator.Running sending = Replay.of(messages).to("127.0.0.1", agent.mllpPort())
        .connections(Integer.parseInt(options.getOrDefault("connections", "4"))).ledger(ledger).start()) {
      sending.await(Duration.ofMinutes(30));
    }
    ledger.close();
    List<Sent> sent = sent(files);
    Map<String, List<Kept>> kept = keptInTheEnd(agent, city, sent);
    double seconds = (System.nanoTime() - began) / 1e9;
    return report(agent, city, messages, files, sent, kept, ledger(folder), seconds);
  }

  private static List<Ledger.Line> ledger(Path folder) {
    return Ledger.read(folder.resolve("ledger.tsv"));
  }

  /** What became of one message: where it stands at the city or in quarantine, if it stands anywhere. */
  private record Kept(long i, City.Entry held, Agent.Quarantined quarantined) {}

  /** Everything the city holds and the gateway has in quarantine, by the hash of its bytes, oldest first. */
  private Map<String, List<Kept>> kept(Agent agent, City city) {
    Map<String, List<Kept>> kept = new HashMap<>();
    for (City.Entry entry : city.entries()) {
      if (entry.n() != null) {
        kept.computeIfAbsent(entry.raw(), raw -> new ArrayList<>()).add(new Kept(entry.i(), entry, null));
      }
    }
    for (Agent.Quarantined one : agent.quarantined()) {
      kept.computeIfAbsent(one.raw(), raw -> new ArrayList<>()).add(new Kept(one.i(), null, one));
    }
    kept.values().forEach(all -> all.sort(Comparator.comparingLong(Kept::i)));
    return kept;
  }

  /**
   * One message as it went out.
   *
   * @param part of its file, from 1
   * @param hash of its bytes
   * @param beginning hash of what the gateway keeps of it if its frame is too large; null if it is short
   */
  private record Sent(String file, int part, String hash, String beginning) {
    String name() {
      return part == 1 ? file : file + "#" + part;
    }

    boolean isIn(Map<String, List<Kept>> kept) {
      return kept.containsKey(hash) || beginning != null && kept.containsKey(beginning);
    }

    String hashAsKept(Map<String, List<Kept>> kept) {
      return beginning == null || kept.containsKey(hash) || !kept.containsKey(beginning) ? hash : beginning;
    }
  }

  private List<Sent> sent(List<Path> files) throws IOException {
    List<Sent> sent = new ArrayList<>();
    for (Path file : files) {
      int part = 0;
      for (byte[] message : OnTheWire.messages(Files.readAllBytes(file))) {
        sent.add(new Sent(file.getFileName().toString(), ++part, RawHash.of(suite(), message),
            message.length > EVIDENCE_BYTES ? RawHash.of(suite(), Arrays.copyOf(message, EVIDENCE_BYTES)) : null));
      }
    }
    return sent;
  }

  /** What stands outside a frame is kept only when its connection has ended: a moment after the last answer. */
  private Map<String, List<Kept>> keptInTheEnd(Agent agent, City city, List<Sent> sent) {
    agent.awaitSettled(Duration.ofMinutes(5));
    try {
      Waiting.until("every message stands somewhere", Duration.ofSeconds(5), () -> {
        Map<String, List<Kept>> kept = kept(agent, city);
        return sent.stream().allMatch(one -> one.isIn(kept));
      });
    } catch (IllegalStateException missing) {
      // The report says which.
    }
    return kept(agent, city);
  }

  private String suite() {
    return options.getOrDefault("suite", "intl");
  }

  /**
   * Goes through the files one by one, and through the messages in each: every one is held by the city, in quarantine with
   * a reason, or lost. Told apart by their bytes alone, because a sender may give no number, or one twice.
   */
  private int report(Agent agent, City city, Path folder, List<Path> files, List<Sent> sent, Map<String, List<Kept>> kept,
      List<Ledger.Line> ledger, double seconds) throws IOException {
    Map<String, String> answered = new HashMap<>();
    Map<String, Integer> codes = new TreeMap<>();
    for (Ledger.Line line : ledger) {
      answered.put(line.note(), line.outcome());
      codes.merge(line.outcome().replaceFirst(":.*", ""), 1, Integer::sum);
    }
    Path bundles = options.containsKey("bundles") ? Files.createDirectories(Path.of(options.get("bundles"))) : null;
    ArrayNode explained = JSON.createArrayNode();
    ArrayNode lost = JSON.createArrayNode();
    Map<String, Integer> reasons = new TreeMap<>();
    Map<String, Integer> seen = new HashMap<>();
    ObjectNode answers = JSON.createObjectNode();
    int held = 0;
    int duplicates = 0;
    for (Sent message : sent) {
      String answer = answered.getOrDefault(message.file(), "");
      answers.put(message.file(), answer);
      String hash = message.hashAsKept(kept);
      List<Kept> all = kept.getOrDefault(hash, List.of());
      int times = seen.merge(hash, 1, Integer::sum);
      if (all.isEmpty()) {
        lost.addObject().put("file", message.name()).put("answer", answer);
        continue;
      }
      // Kept less often than sent: the gateway has recognised it as sent again.
      duplicates += times > all.size() ? 1 : 0;
      Kept one = all.get(Math.min(times, all.size()) - 1);
      if (one.held() != null) {
        held++;
        if (bundles != null) {
          Files.write(bundle(bundles, message), city.body(one.held().n()));
        }
      } else {
        Agent.Quarantined reason = one.quarantined();
        reasons.merge(reason.code(), 1, Integer::sum);
        explained.addObject().put("file", message.name()).put("answer", answer)
            .put("code", reason.code()).put("place", reason.place()).put("i", reason.i()).put("text", reason.text())
            .put("remedy", reason.remedy());
      }
    }
    ObjectNode summary = JSON.createObjectNode();
    summary.put("files", files.size()).put("messages", sent.size()).put("admitted", agent.status().path("admitted").asLong());
    ObjectNode byCode = summary.putObject("acknowledged");
    codes.forEach(byCode::put);
    summary.put("held", held);
    summary.set("quarantined", explained);
    summary.put("duplicates", duplicates);
    summary.set("lost", lost);
    ArrayNode others = summary.putArray("matchingNoFile");
    kept.forEach((hash, all) -> all.stream().filter(one -> !seen.containsKey(hash)).forEach(one -> others.add(one.i())));
    ArrayNode notSent = summary.putArray("notSent");
    notSent(folder, files).forEach(notSent::add);
    summary.set("answers", answers);
    summary.put("seconds", Math.round(seconds * 1_000) / 1_000.0);
    print(summary, codes, reasons);
    if (options.containsKey("report")) {
      JSON.writeValue(Path.of(options.get("report")).toFile(), summary);
    }
    return lost.isEmpty() ? 0 : 1;
  }

  private static List<String> notSent(Path folder, List<Path> files) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(one -> !files.contains(one)).map(one -> one.getFileName().toString()).sorted().toList();
    }
  }

  /** {@code a.json} for a.hl7; names that differ only in the ending's case keep it. */
  private static Path bundle(Path folder, Sent message) {
    String ending = message.part() == 1 ? ".json" : "#" + message.part() + ".json";
    String name = message.file();
    Path usual = folder.resolve(name.substring(0, name.length() - ".hl7".length()) + ending);
    return name.endsWith(".hl7") || !Files.exists(usual) ? usual : folder.resolve(name + ending);
  }

  private static void print(ObjectNode summary, Map<String, Integer> codes, Map<String, Integer> reasons) {
    JsonNode explained = summary.path("quarantined");
    System.out.println();
    row("文件 / files", summary.path("files"));
    row("消息 / messages", summary.path("messages"));
    row("应答 / answers", codes);
    row("已接收 / admitted", summary.path("admitted"));
    row("市平台已持有 / held by the city", summary.path("held"));
    row("隔离 / quarantined", explained.size());
    reasons.forEach((code, count) -> row("    " + code, count));
    row("识别为重发 / recognised as sent again", summary.path("duplicates"));
    row("遗失 / lost", summary.path("lost").size());
    row("用时 / seconds", summary.path("seconds"));
    if (!summary.path("matchingNoFile").isEmpty()) {
      row("不属于任何文件的接收编号 / admitted, matching no file", summary.path("matchingNoFile"));
    }
    if (!summary.path("notSent").isEmpty()) {
      row("未发送（不是 .hl7） / not sent, no .hl7", summary.path("notSent"));
    }
    System.out.println("""
        已接收 = 已落盘并编号；AA（或 CA）= 接收；AR（CR）= 发送方须改正；AE（CE）= 稍后重发或由操作员处理；none = 按规定不应答
        admitted = on the disk with a number; AA (or CA) = taken; AR (CR) = the sender has to correct it;
        AE (CE) = send again later, or an operator repairs it; none = no answer is due""");
    for (int k = 0; k < explained.size() && k < LISTED_MAX; k++) {
      JsonNode one = explained.get(k);
      System.out.printf("  隔离 / quarantined  %s  %s%s%n      %s%n      处理 / remedy: %s%n", one.path("file").asText(),
          one.path("code").asText(), one.path("place").asText().isEmpty() ? "" : " (" + one.path("place").asText() + ")",
          one.path("text").asText(), one.path("remedy").asText());
    }
    if (explained.size() > LISTED_MAX) {
      System.out.printf("  另有 %d 条，见 --report 或 quarantine / %d more: --report FILE or quarantine lists them%n",
          explained.size() - LISTED_MAX, explained.size() - LISTED_MAX);
    }
    summary.path("lost").forEach(one ->
        System.out.printf("  遗失 / LOST  %s  %s%n", one.path("file").asText(), one.path("answer").asText()));
  }

  private static void row(String what, Object value) {
    System.out.printf("%-44s %s%n", what, value);
  }

  private static void say(String text) {
    System.out.println(text);
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
