package io.emrgateway.simulator;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * The simulator's command line.
 *
 * <p>Exit status: 0 everything sent was acknowledged (or needed no answer), 1 something was not, 2 the command was
 * refused.
 */
public final class Main {
  private static final String HELP = """
      医院信息系统模拟器：只产生虚构的患者。 / Plays hospital systems; every patient is invented.

      wards   --to 127.0.0.1:2575 --messages 1000 | --seconds 60
              [--wards 3] [--rate 50] [--connections 2] [--charset GB18030|GBK|UTF-8]
              [--msh18 honest|wrong|absent] [--seed 1] [--from now|yyyyMMddHHmmss] [--ledger FILE]
              [--patience SECONDS] [--attempts N] [--repeat SHARE] [--pipeline N] [--frames-together N]
              [--dribble BYTES] [--hang-up-every N] [--ends CR|LF|CRLF] [--no-last-end]
              [--tls-key FILE.p12 --tls-trust FILE.p12 --tls-password-file FILE]
              每个病区各发所给条数；速率与连接数亦按病区计。 / Counts, rates and connections are for each ward.
      replay  --to 127.0.0.1:2575 --dir DIR [--connections 4] [--rate R] [--ledger FILE]
              [--patience SECONDS] [--expect-no-answer-for ACK,QRY]
              按文件名顺序原样发送 .hl7 文件。 / Sends .hl7 files as they are, by name.
      sample  --dir DIR [--count 50] [--seed 1]
              写出样例消息。 / Writes sample messages.
      load    --to 127.0.0.1:2575 --shape adt1k|oru30 --seconds 20
              [--connections 8] [--rate R] [--warmup 5] [--pipeline N] [--charset GB18030]
              测量确认速率与时延。 / Measures acknowledgements a second and latency.

      --i-know-this-is-a-test-network   允许非本机地址 / allows an address that is not loopback
      """;

  private final Map<String, String> options;
  private final PrintStream out;

  private Main(Map<String, String> options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  public static void main(String[] arguments) {
    System.exit(run(arguments, new PrintStream(System.out, true, StandardCharsets.UTF_8),
        new PrintStream(System.err, true, StandardCharsets.UTF_8)));
  }

  static int run(String[] arguments, PrintStream out, PrintStream err) {
    if (arguments.length == 0 || Set.of("help", "--help", "-h").contains(arguments[0])) {
      out.print(HELP);
      return arguments.length == 0 ? 2 : 0;
    }
    try {
      Main main = new Main(options(arguments), out);
      return switch (arguments[0]) {
        case "wards" -> main.wards();
        case "replay" -> main.replay();
        case "sample" -> main.sample();
        case "load" -> main.load();
        default -> throw refused("没有该命令", "no such command: wards, replay, sample, load");
      };
    } catch (SimulatorRefused e) {
      err.println(e.getMessage());
      return 2;
    }
  }

  private int wards() {
    known("to", "messages", "seconds", "wards", "rate", "connections", "charset", "msh18", "seed", "from", "ledger",
        "patience", "attempts", "repeat", "pipeline", "frames-together", "dribble", "hang-up-every", "ends",
        "no-last-end", "tls-key", "tls-trust", "tls-password-file");
    int wards = whole("wards", 1);
    WardCharset charset = WardCharset.named(text("charset", "GB18030"));
    WardCharset.Declaration declaration = choice(WardCharset.Declaration.class, "msh18", "honest");
    Dialect.Ends ends = choice(Dialect.Ends.class, "ends", "CR");
    SSLContext tls = tls();
    Manners manners = manners();
    if (wards < 1 || wards > 1_000) {
      throw refused("病区数须为 1 到 1000", "1 to 1000 wards");
    }
    if (!options.containsKey("messages") && !options.containsKey("seconds")) {
      throw new SimulatorRefused("simulator.endless", "须给出 --messages 或 --seconds", "give --messages or --seconds");
    }
    Ledger ledger = ledger();
    List<Running> all = new ArrayList<>();
    // However it ends, what is known by then is on the disk: lines are flushed one by one.
    Thread atExit = new Thread(() -> all.forEach(Running::stop));
    Runtime.getRuntime().addShutdownHook(atExit);
    try (ledger) {
      for (int i = 1; i <= wards; i++) {
        Simulator ward = Simulator.ward("W" + i).to(host(), port()).over(tls)
            .charset(charset, declaration).ends(ends, !options.containsKey("no-last-end"))
            .seed(whole("seed", 1)).connections(whole("connections", 1)).perSecond(number("rate", 0))
            .manners(before -> manners).ledger(ledger);
        if (options.containsKey("messages")) {
          ward.sends(whole("messages", 0));
        }
        if (options.containsKey("seconds")) {
          ward.lasts(seconds("seconds", 0));
        }
        if (options.containsKey("from")) {
          ward.begins(from());
        }
        if (options.containsKey("i-know-this-is-a-test-network")) {
          ward.onATestNetwork();
        }
        all.add(ward.start());
      }
      for (Running running : all) {
        while (!running.await(Duration.ofMinutes(1))) {
          out.println(ledger.outcomes());
        }
      }
      int asked = options.containsKey("seconds") ? 0 : wards * whole("messages", 0);
      return Math.max(report(ledger, 0), ledger.acknowledgedCount() < asked ? 1 : 0);
    } catch (IOException e) {
      throw refused("台账无法关闭", "the ledger could not be closed");
    } finally {
      all.forEach(Running::stop);
      unhook(atExit);
    }
  }

  private int replay() {
    known("to", "dir", "connections", "rate", "ledger", "patience", "expect-no-answer-for");
    Replay replay = Replay.of(Path.of(text("dir", null))).to(host(), port()).connections(whole("connections", 1))
        .perSecond(number("rate", 0));
    if (options.containsKey("patience")) {
      replay.manners(Manners.POLITE.attemptsMax(3).unreachableMax(Duration.ofSeconds(20))
          .patience(seconds("patience", 10)));
    }
    if (options.containsKey("expect-no-answer-for")) {
      replay.expectNoAnswerFor(Set.of(text("expect-no-answer-for", "").split(",")));
    }
    if (options.containsKey("i-know-this-is-a-test-network")) {
      replay.onATestNetwork();
    }
    try (Ledger ledger = ledger(); Running running = replay.ledger(ledger).start()) {
      while (!running.await(Duration.ofMinutes(1))) {
        out.println(ledger.outcomes());
      }
      return report(ledger, ledger.outcomes().getOrDefault("none", 0));
    } catch (IOException e) {
      throw refused("台账无法关闭", "the ledger could not be closed");
    }
  }

  private int sample() {
    known("dir", "count", "seed");
    int count = whole("count", 50);
    try {
      Samples.write(Path.of(text("dir", null)), count, whole("seed", 1));
    } catch (IOException e) {
      throw refused("样例无法写入该文件夹", "the samples cannot be written to that folder");
    }
    out.println("样例 / samples: " + count);
    return 0;
  }

  private int load() {
    known("to", "shape", "seconds", "connections", "rate", "warmup", "pipeline", "charset", "seed");
    Load.Figures figures = Load.run(new Load.Plan(host(), port(), options.containsKey("i-know-this-is-a-test-network"),
        Shape.named(text("shape", "adt1k")), WardCharset.named(text("charset", "GB18030")), whole("connections", 8),
        number("rate", 0), whole("pipeline", 1), seconds("warmup", 5), seconds("seconds", 0), whole("seed", 1)));
    out.printf(Locale.ROOT, "%-28s %12s %10s %10s %10s %8s%n", "确认/秒 acknowledged/s", "acknowledged", "p50 ms", "p95 ms",
        "p99 ms", "CPU s");
    out.printf(Locale.ROOT, "%-28.1f %12d %10.3f %10.3f %10.3f %8.2f%n", figures.perSecond(), figures.acknowledged(),
        figures.p50Millis(), figures.p95Millis(), figures.p99Millis(), figures.cpuSeconds());
    out.println(figures.json());
    return figures.acknowledged() > 0 && figures.others().isEmpty() ? 0 : 1;
  }

  private int report(Ledger ledger, int silent) {
    int sent = ledger.sent().size();
    int acknowledged = ledger.acknowledgedCount();
    out.println("已发送 / sent: " + sent + "  已确认 / acknowledged: " + acknowledged + "  " + ledger.outcomes());
    out.printf(Locale.ROOT, "p50 %.3f ms  p95 %.3f ms  p99 %.3f ms%n", ledger.latencies().atShare(0.50) / 1e3,
        ledger.latencies().atShare(0.95) / 1e3, ledger.latencies().atShare(0.99) / 1e3);
    return acknowledged + silent >= sent ? 0 : 1;
  }

  private Manners manners() {
    Manners manners = Manners.POLITE;
    if (options.containsKey("patience")) {
      manners = manners.patience(seconds("patience", 10));
    }
    manners = manners.attemptsMax(whole("attempts", manners.attemptsMax())).repeating(number("repeat", 0))
        .pipelining(whole("pipeline", 1)).dribbling(whole("dribble", 0)).hangingUpEvery(whole("hang-up-every", 0));
    return options.containsKey("frames-together") ? manners.framesTogether(whole("frames-together", 1)) : manners;
  }

  private SSLContext tls() {
    if (!options.containsKey("tls-key")) {
      return null;
    }
    try {
      char[] password = Files.readString(Path.of(text("tls-password-file", null))).strip().toCharArray();
      return Tls.context(Path.of(text("tls-key", null)), password, Path.of(text("tls-trust", null)), password);
    } catch (NoSuchFileException e) {
      throw refused("找不到口令文件", "no such password file");
    } catch (IOException e) {
      throw refused("口令文件无法读取", "the password file cannot be read");
    }
  }

  private Ledger ledger() {
    return options.containsKey("ledger") ? Ledger.at(Path.of(text("ledger", null))) : Ledger.inMemory();
  }

  private LocalDateTime from() {
    String from = text("from", "now");
    try {
      return from.equals("now") ? LocalDateTime.now(ZoneOffset.ofHours(8))
          : LocalDateTime.parse(from, DateTimeFormatter.ofPattern("yyyyMMddHHmmss"));
    } catch (DateTimeParseException e) {
      throw refused("--from 须为 now 或 yyyyMMddHHmmss", "--from is now or yyyyMMddHHmmss");
    }
  }

  private String host() {
    String to = text("to", null);
    int colon = to.lastIndexOf(':');
    if (colon < 1) {
      throw refused("--to 须为 主机:端口", "--to is HOST:PORT");
    }
    return to.substring(0, colon).replaceAll("[\\[\\]]", "");
  }

  private int port() {
    String to = text("to", null);
    try {
      return Integer.parseInt(to.substring(to.lastIndexOf(':') + 1));
    } catch (NumberFormatException e) {
      throw refused("--to 须为 主机:端口", "--to is HOST:PORT");
    }
  }

  private String text(String name, String otherwise) {
    String value = options.getOrDefault(name, otherwise);
    if (value == null) {
      throw refused("缺少 --" + name, "--" + name + " is missing");
    }
    return value;
  }

  private int whole(String name, int otherwise) {
    try {
      return options.containsKey(name) ? Integer.parseInt(text(name, null)) : otherwise;
    } catch (NumberFormatException e) {
      throw refused("--" + name + " 须为整数", "--" + name + " is a whole number");
    }
  }

  private double number(String name, double otherwise) {
    try {
      return options.containsKey(name) ? Double.parseDouble(text(name, null)) : otherwise;
    } catch (NumberFormatException e) {
      throw refused("--" + name + " 须为数字", "--" + name + " is a number");
    }
  }

  private Duration seconds(String name, double otherwise) {
    return Duration.ofMillis((long) (1_000 * number(name, otherwise)));
  }

  private <E extends Enum<E>> E choice(Class<E> type, String name, String otherwise) {
    try {
      return Enum.valueOf(type, text(name, otherwise).toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw refused("--" + name + " 的取值不对", "--" + name + " has no such choice");
    }
  }

  private void known(String... names) {
    Set<String> known = new java.util.HashSet<>(List.of(names));
    known.add("i-know-this-is-a-test-network");
    for (String name : options.keySet()) {
      if (!known.contains(name)) {
        throw refused("没有选项 --" + name, "no option --" + name);
      }
    }
  }

  private static Map<String, String> options(String[] arguments) {
    Map<String, String> options = new HashMap<>();
    for (int i = 1; i < arguments.length; i++) {
      if (!arguments[i].startsWith("--")) {
        throw refused("选项须以 -- 开头", "an option begins with --");
      }
      String name = arguments[i].substring(2);
      boolean hasValue = i + 1 < arguments.length && !arguments[i + 1].startsWith("--");
      options.put(name, hasValue ? arguments[++i] : "");
    }
    return options;
  }

  private static void unhook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already, and the hook is doing its work.
    }
  }

  private static SimulatorRefused refused(String chinese, String english) {
    return new SimulatorRefused("simulator.usage", chinese, english);
  }
}
