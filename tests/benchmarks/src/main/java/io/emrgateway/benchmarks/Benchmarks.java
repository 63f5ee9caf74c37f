package io.emrgateway.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.benchmarks.Stage.Window;
import io.emrgateway.journeys.City;
import io.emrgateway.journeys.House;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * How fast and how small the packaged gateway is on this machine, beside what the machine allows, in one run.
 *
 * <p>Every rate is counted from the first byte sent until the city has signed for the last message, and is only
 * printed if the city then accounts for exactly what was acknowledged. Each row says how much of the processors the
 * gateway, the city, the senders and everybody else used meanwhile; without that no figure of a shared machine can be
 * compared with another.
 */
public final class Benchmarks {
  private static final String USAGE = """
      用法 / usage: run.sh [--seconds N] [--only NAME,…] [--json FILE] [--long]
        --seconds N    每项测量时长，默认 20 / each measurement lasts so long, 20 if not said
        --only NAMES   limits, adt8, adt1, oru8, ack, memory, start, unruly
        --json FILE    机器可读结果 / the same, machine-readable
        --long         积压一百万条（默认二十万） / a backlog of a million messages instead of 200,000
      """;
  private static final Set<String> PARTS =
      new java.util.LinkedHashSet<>(List.of("limits", "start", "adt8", "adt1", "oru8", "ack", "unruly", "memory"));
  private static final int STARTS = 5;
  /** A gateway runs for months: measured is one whose code is compiled, which takes the JVM some half a minute of work. */
  private static final int WARM_ADT = 60_000;
  private static final int WARM_ORU = 20_000;

  private final List<Row> rows = new ArrayList<>();
  private double seconds = 20;
  private Set<String> parts = PARTS;
  private Path json;
  private long backlog = 200_000;
  private Senders senders;

  private Benchmarks() {}

  public static void main(String... arguments) throws Exception {
    Benchmarks benchmarks = new Benchmarks();
    if (!benchmarks.read(arguments)) {
      System.err.print(USAGE);
      System.exit(2);
    }
    System.exit(benchmarks.run());
  }

  private boolean read(String... arguments) {
    for (int k = 0; k < arguments.length; k++) {
      boolean last = k + 1 == arguments.length;
      switch (arguments[k]) {
        case "--long" -> backlog = 1_000_000;
        case "--seconds" -> {
          if (last || !arguments[k + 1].matches("[1-9][0-9]{0,3}")) {
            return false;
          }
          seconds = Integer.parseInt(arguments[++k]);
        }
        case "--only" -> {
          if (last || !PARTS.containsAll(List.of(arguments[k + 1].split(",")))) {
            return false;
          }
          parts = Set.of(arguments[++k].split(","));
        }
        case "--json" -> {
          if (last) {
            return false;
          }
          json = Path.of(arguments[++k]);
        }
        default -> {
          return false;
        }
      }
    }
    return true;
  }

  private int run() throws Exception {
    System.out.printf("Java %s, %d processors, load average %s%n", Runtime.version(),
        Runtime.getRuntime().availableProcessors(), Processes.loadAverage());
    int failed = 0;
    try (Senders started = new Senders()) {
      senders = started;
      for (String part : PARTS) {
        if (parts.contains(part)) {
          failed += measure(part) ? 0 : 1;
        }
      }
    }
    print();
    if (json != null) {
      write();
    }
    return failed == 0 ? 0 : 1;
  }

  private boolean measure(String part) throws Exception {
    try {
      switch (part) {
        case "limits" -> limits();
        case "start" -> start();
        case "adt8" -> adt8();
        case "adt1" -> rate("adt1", "ADT，1 个发送方", "ADT, 1 sender", "adt1k", 1, 600, "OIE 97; Artemis 171");
        case "oru8" -> rate("oru8", "ORU 30 OBX，8 个发送方", "ORU of 30 OBX, 8 senders", "oru30", 8, 1_000, "");
        case "ack" -> acknowledgement();
        case "unruly" -> unruly();
        default -> memory();
      }
      return true;
    } catch (IllegalStateException failed) {
      System.out.println("失败 / FAILED " + part + ": " + failed.getMessage());
      return false;
    }
  }

  private void add(Row row) {
    rows.add(row);
    System.out.printf(Locale.ROOT, "%-22s %10.2f %-10s %s%n", row.name(), row.value(), row.unit(), row.note());
  }

  private void limits() throws Exception {
    Path folder = Files.createTempDirectory("emr-gateway-limits");
    try (Echo echo = new Echo()) {
      for (int connections : new int[] {1, 8}) {
        JsonNode figures = senders.load(echo.port(), "adt1k", connections, 0, 1, 2, 3, 1);
        add(Row.limit("echo" + connections, "MLLP 回显，" + connections + " 个发送方", "MLLP echo, " + connections
            + (connections == 1 ? " sender" : " senders"), figures.path("perSecond").asDouble(), "/s", "load " + Processes.loadAverage()));
      }
      add(Row.limit("commit1", "SQLite FULL，每条一次提交", "SQLite FULL, 2 KiB rows, one a commit",
          Disk.rowsPerSecond(folder, 1, 3), "rows/s", ""));
      add(Row.limit("commit64", "SQLite FULL，64 条一次提交", "SQLite FULL, 2 KiB rows, 64 a commit",
          Disk.rowsPerSecond(folder, 64, 3), "rows/s", ""));
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private void adt8() throws IOException {
    try (Stage stage = Stage.set(senders).started()) {
      stage.warm("adt1k", WARM_ADT);
      JsonNode[] figures = new JsonNode[1];
      Window window = stage.socketToReceipt(() -> {
        figures[0] = stage.load("adt1k", 8, 0, 1, 0, seconds);
        return figures[0].path("acknowledgedInAll").asLong();
      });
      add(new Row("adt8", "ADT，8 个发送方，套接字到回执", "ADT socket to receipt, 8 senders", window.perSecond(), "/s", 3_000, true,
          "OIE 134; Artemis 205", String.format(Locale.ROOT, "acknowledged %.0f/s, %d held = %d acknowledged, %s",
          figures[0].path("perSecond").asDouble(), window.messages(), window.messages(), window.shares())));
      add(new Row("adt8-cpu", "网关 CPU，每千条 ADT", "agent CPU per 1,000 ADT", window.agentCpuPerThousand(), "s", 0.5, false,
          "OIE 7.3; Artemis 3.2", ""));
      add(new Row("adt8-rss", "负载下常驻内存", "resident memory under load", window.residentMiB(), "MiB", 350, false, "OIE 620", ""));
    }
  }

  private void rate(String name, String zh, String en, String shape, int connections, double aim, String others) throws IOException {
    try (Stage stage = Stage.set(senders).started()) {
      stage.warm(shape, shape.equals("oru30") ? WARM_ORU : WARM_ADT);
      JsonNode[] figures = new JsonNode[1];
      Window window = stage.socketToReceipt(() -> {
        figures[0] = stage.load(shape, connections, 0, 1, 0, seconds);
        return figures[0].path("acknowledgedInAll").asLong();
      });
      add(new Row(name, zh, en, window.perSecond(), "/s", aim, true, others, String.format(Locale.ROOT,
          "acknowledged %.0f/s p50 %.2f ms, CPU %.2f s per 1,000, RSS %.0f MiB, %s", figures[0].path("perSecond").asDouble(),
          figures[0].path("p50Ms").asDouble(), window.agentCpuPerThousand(), window.residentMiB(), window.shares())));
    }
  }

  private void acknowledgement() throws IOException {
    try (Stage stage = Stage.set(senders).started()) {
      stage.warm("adt1k", WARM_ADT);
      JsonNode[] figures = new JsonNode[1];
      Window window = stage.socketToReceipt(() -> {
        figures[0] = stage.load("adt1k", 8, 500, 1, 1, seconds);
        return figures[0].path("acknowledgedInAll").asLong();
      });
      add(new Row("ack-p99", "应答时延 p99，每秒 500 条 ADT", "ACK p99 at 500 ADT/s by 8 senders", figures[0].path("p99Ms").asDouble(),
          "ms", 15, false, "OIE saturates at 134/s", String.format(Locale.ROOT, "p50 %.2f p95 %.2f ms, reached %.0f/s, CPU %.2f s per 1,000, %s",
          figures[0].path("p50Ms").asDouble(), figures[0].path("p95Ms").asDouble(), figures[0].path("perSecond").asDouble(),
          window.agentCpuPerThousand(), window.shares())));
    }
  }

  /** From exec to the first AA, with a store that is there already, as a restart in a hospital is. */
  private void start() throws IOException, InterruptedException {
    prepare();
    try (Stage stage = Stage.set(senders)) {
      double first = startOnce(stage, 0).seconds();
      List<Started> all = new ArrayList<>();
      for (int k = 1; k <= STARTS; k++) {
        all.add(startOnce(stage, k));
      }
      List<Double> sorted = all.stream().map(Started::seconds).sorted().toList();
      double cpu = all.stream().map(Started::cpuSeconds).sorted().toList().get(STARTS / 2);
      add(new Row("start", "进程启动到首个应答", "process start to first ACK, median of " + STARTS, sorted.get(STARTS / 2), "s", 2, false,
          "OIE 13; plain Camel 2.1", String.format(Locale.ROOT, "%.2f to %.2f s, CPU %.2f s; the very first, with a new store, %.2f s; load %s",
          sorted.get(0), sorted.get(STARTS - 1), cpu, first, Processes.loadAverage())));
    }
  }

  /** What the installer does once: the archive of classes that a start takes. Made anew, for it fits one build only. */
  private static void prepare() throws IOException, InterruptedException {
    Process preparing = new ProcessBuilder(House.gateway().toString(), "prepare")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    if (!preparing.waitFor(5, TimeUnit.MINUTES)) {
      preparing.destroyForcibly();
    }
    require(preparing.waitFor() == 0, "emr-gateway prepare did not succeed");
  }

  /** @param cpuSeconds of the process until then, a figure that a busy machine changes less */
  private record Started(double seconds, double cpuSeconds) {}

  private static Started startOnce(Stage stage, int number) throws InterruptedException {
    long begin = System.nanoTime();
    stage.agent.launch();
    Started started = null;
    while (started == null) {
      if (System.nanoTime() - begin > 60_000_000_000L || !stage.agent.isAlive()) {
        throw new IllegalStateException("no acknowledgement after the start: " + stage.agent.log());
      }
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), stage.agent.mllpPort())) {
        String control = "START" + number;
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(("\u000BMSH|^~\\&|HIS|H|EMR|C|20261122080000+0800||ADT^A01|" + control + "|P|2.4\r"
            + "EVN|A01|20261122080000\rPID|1||P" + number + "^^^HIS^PI||TEST\rPV1|1|I|301^1|||||||||||||||||V" + number
            + "\r\u001C\r").getBytes(StandardCharsets.US_ASCII));
        if (answered(socket.getInputStream(), control)) {
          started = new Started((System.nanoTime() - begin) / 1e9, Processes.cpuSeconds(stage.agent.pid()));
        }
      } catch (IOException notYet) {
        Thread.sleep(5);
      }
    }
    stage.agent.stop();
    return started;
  }

  private static boolean answered(InputStream in, String control) throws IOException {
    StringBuilder answer = new StringBuilder();
    for (int octet = in.read(); octet >= 0 && octet != 0x1C; octet = in.read()) {
      answer.append((char) octet);
    }
    return answer.indexOf("MSA|AA|" + control) > 0;
  }

  /** Poison, resends and a city that fails: none lost, none twice, order kept, and as fast as without. */
  private void unruly() throws Exception {
    try (Stage stage = Stage.set(senders).started()) {
      stage.warm("adt1k", WARM_ADT);
      Path ledger = stage.folder().resolve("ward.tsv");
      Window clean = stage.socketToReceipt(() -> ward(stage, "C", 0, 0, ledger));
      // Of a resend only the acknowledgement counts: it is one message.
      Window unruly = stage.socketToReceipt(() -> ward(stage, "U", 0.05, 0.10, ledger));
      account(stage, ledger);
      add(Row.limit("unruly", "5% 无法映射，10% 重发", "5 % unmappable, 10 % sent twice", unruly.perSecond(), "/s",
          String.format(Locale.ROOT, "the same ward without them %.0f/s; none lost or doubled, order kept; %s", clean.perSecond(), unruly.shares())));

      Thread trouble = new Thread(() -> trouble(stage.city), "trouble");
      trouble.start();
      long before = stage.accountedFor();
      long begin = System.nanoTime();
      long acknowledged = ward(stage, "T", 0.05, 0.10, ledger);
      trouble.join();
      stage.agent.awaitSettled(java.time.Duration.ofMinutes(10));
      double took = (System.nanoTime() - begin) / 1e9;
      if (stage.accountedFor() - before != acknowledged) {
        throw new IllegalStateException("acknowledged " + acknowledged + ", the city accounts for " + (stage.accountedFor() - before));
      }
      account(stage, ledger);
      add(Row.limit("unruly-outage", "同上，且市平台多次中断", "the same while the city fails: 503, lost receipt, reset, killed",
          acknowledged / took, "/s", "none lost or doubled, order kept"));
    }
  }

  private long ward(Stage stage, String name, double poison, double resend, Path ledger) {
    JsonNode told = senders.ward(stage.agent.mllpPort(), 8, seconds, name, poison, resend, ledger);
    if (told.path("refused").asLong() > 0) {
      throw new IllegalStateException("refused: " + told);
    }
    return told.path("acknowledged").asLong();
  }

  private void trouble(City city) {
    try {
      long piece = (long) (seconds * 1_000 / 5);
      Thread.sleep(piece);
      city.misbehave("{\"loseReceipts\":2,\"duplicate\":1}");
      Thread.sleep(piece);
      city.misbehave("{\"resetInBody\":2,\"halfReceipt\":1}");
      Thread.sleep(piece);
      city.kill();
      Thread.sleep(piece / 2);
      city.start();
      city.misbehave("{\"unavailableFor\":2}");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Compares the ward's ledger with what the city holds, message by message. */
  private static void account(Stage stage, Path ledger) throws IOException {
    Map<String, Integer> good = new HashMap<>();
    long poison = 0;
    String name = null;
    for (String line : Files.readAllLines(ledger)) {
      String[] column = line.split("\t");
      name = column[2].substring(0, column[2].indexOf('-'));
      if (column[3].equals("good")) {
        good.put(column[2], Integer.parseInt(column[1]));
      } else {
        poison++;
      }
    }
    Set<String> held = new HashSet<>();
    Map<String, Integer> lastOfLane = new HashMap<>();
    long lastN = 0;
    long lastI = 0;
    for (City.Entry entry : stage.city.entries()) {
      if (entry.n() == null) {
        continue;
      }
      require(entry.n() == lastN + 1 && entry.i() > lastI, "the numbers at the city are not in order");
      lastN = entry.n();
      lastI = entry.i();
      if (!entry.control().startsWith(name + "-")) {
        continue;
      }
      require(held.add(entry.control()), "the city holds a message twice");
      Integer number = good.get(entry.control());
      require(number != null, "the city holds a message that nobody was told was taken");
      Integer before = lastOfLane.put(entry.control().substring(0, name.length() + 3), number);
      require(before == null || before < number, "the order of a sender was not kept");
    }
    require(held.size() == good.size(), "acknowledged " + good.size() + ", held " + held.size());
    long explained = 0;
    for (io.emrgateway.journeys.Agent.Quarantined one : stage.agent.quarantined()) {
      explained += one.control().startsWith(name + "-") ? 1 : 0;
    }
    require(explained == poison, "unmappable " + poison + ", in quarantine " + explained);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** Memory while the city is away and messages pile up, and how long catching up takes. */
  private void memory() throws IOException {
    try (Stage stage = Stage.set(senders).started()) {
      stage.warm("adt1k", WARM_ADT);
      double before = stage.meter().look();
      stage.city.kill();
      long base = stage.agent.status().path("admitted").asLong();
      long begin = System.nanoTime();
      long admitted = 0;
      double most = before;
      while (admitted < backlog) {
        stage.load("adt1k", 8, 0, 8, 0, 5);
        most = Math.max(most, Processes.residentMiB(stage.agent.pid()));
        admitted = stage.agent.status().path("admitted").asLong() - base;
      }
      double filling = admitted / ((System.nanoTime() - begin) / 1e9);
      add(new Row("memory-backlog", "积压 " + admitted + " 条时的常驻内存", "resident memory with a backlog of " + admitted, most, "MiB", 350,
          false, "OIE 620", String.format(Locale.ROOT, "before it %.0f MiB; admitted meanwhile at %.0f/s (8 senders, 8 on the way each)", before, filling)));
      stage.city.start();
      Stage.Meter meter = stage.meter();
      long settledBefore = stage.accountedFor();
      long waiting;
      do {
        sleep(1_000);
        meter.look();
        waiting = stage.agent.status().path("waiting").asLong();
      } while (waiting > 0);
      Window drain = meter.window(stage.accountedFor() - settledBefore);
      add(Row.limit("catch-up", "补传积压", "catching up with the backlog", drain.perSecond(), "/s", String.format(Locale.ROOT,
          "RSS meanwhile at most %.0f MiB, CPU %.2f s per 1,000, %s", drain.residentMiB(), drain.agentCpuPerThousand(), drain.shares())));
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print() {
    System.out.println();
    System.out.printf("%-58s %12s %-7s %12s  %-5s %s%n", "", "here", "", "to reach", "", "others, on such a machine");
    for (Row row : rows) {
      String aim = row.hasAim() ? (row.atLeast() ? ">= " : "<= ") + figure(row.aim()) : "";
      System.out.printf("%-58s %12s %-7s %12s  %-5s %s%n", row.en(), figure(row.value()), row.unit(), aim,
          row.hasAim() ? row.met() ? "met" : "NOT" : "", row.others());
    }
    System.out.println();
    for (Row row : rows) {
      System.out.println(row.zh() + ": " + figure(row.value()) + " " + row.unit() + (row.note().isEmpty() ? "" : "  (" + row.note() + ")"));
    }
    shareOfLimits();
    System.out.println("load average " + Processes.loadAverage());
  }

  private void shareOfLimits() {
    Map<String, Double> value = new HashMap<>();
    rows.forEach(row -> value.put(row.name(), row.value()));
    for (String[] pair : new String[][] {{"adt8", "echo8"}, {"adt8", "commit64"}, {"adt1", "echo1"}, {"adt1", "commit1"}}) {
      if (value.containsKey(pair[0]) && value.containsKey(pair[1])) {
        System.out.printf(Locale.ROOT, "%s is %.1f %% of %s%n", pair[0], 100 * value.get(pair[0]) / value.get(pair[1]), pair[1]);
      }
    }
  }

  private static String figure(double value) {
    return value >= 100 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.2f", value);
  }

  private void write() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("java", Runtime.version().toString()).put("processors", Runtime.getRuntime().availableProcessors())
        .put("loadAverage", Processes.loadAverage());
    ArrayNode all = root.putArray("rows");
    for (Row row : rows) {
      ObjectNode node = all.addObject().put("name", row.name()).put("what", row.en()).put("value", row.value())
          .put("unit", row.unit()).put("note", row.note());
      if (row.hasAim()) {
        node.put("aim", row.aim()).put("met", row.met());
      }
    }
    mapper.writerWithDefaultPrettyPrinter().writeValue(json.toFile(), root);
  }
}
