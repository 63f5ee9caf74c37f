package io.emrgateway.benchmarks.mapping;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How fast the mapping is by itself, in one run beside HAPI's parse of the same messages, and how soon the first
 * message of a new process is converted. Prints a table; asserts nothing, because machines differ.
 */
public final class MappingBenchmarks {
  private static final String USAGE = """
      用法 / usage: mapping.sh [--messages DIR] [--seconds N]
        --messages DIR  其中的 ADT 消息用于测量，默认为自带样例 / the ADT messages measured, our own samples if not said
        --seconds N     每次迭代时长，默认 3 / each of 5 + 5 iterations lasts so long, 3 if not said
      """;
  private static final int STARTS = 5;

  private MappingBenchmarks() {}

  public static void main(String... arguments) throws RunnerException, IOException, InterruptedException {
    Path folder = Path.of(System.getProperty("emr.house")).resolve("mappings/src/test/resources/messages");
    int seconds = 3;
    for (int k = 0; k < arguments.length; k++) {
      boolean last = k + 1 == arguments.length;
      if (!last && arguments[k].equals("--messages") && Files.isDirectory(Path.of(arguments[k + 1]))) {
        folder = Path.of(arguments[++k]);
      } else if (!last && arguments[k].equals("--seconds") && arguments[k + 1].matches("[1-9][0-9]?")) {
        seconds = Integer.parseInt(arguments[++k]);
      } else {
        System.err.print(USAGE);
        System.exit(2);
      }
    }
    Map<String, Double> perSecond = measured(folder, seconds);
    List<Double> first = firstMessage(List.of());
    Path cache = Files.createTempDirectory("emr-gateway-start").resolve("first.aot");
    List<Double> prepared = List.of();
    if (Runtime.version().feature() >= 25) {
      firstMessage("-XX:AOTCacheOutput=" + cache, "-Xlog:disable");
      prepared = firstMessage(List.of("-XX:AOTCache=" + cache, "-Xlog:disable"));
      Files.delete(cache);
    }
    Files.delete(cache.getParent());

    System.out.printf(Locale.ROOT, "%nJava %s, load average %s%n", Runtime.version(),
        java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    System.out.printf("%-44s %14s %12s %16s%n", "one thread, messages per second", "bytes->bundle", "to reach", "HAPI parse only");
    row("ADT of " + folder.getFileName(), perSecond.get("bytesToBundle ADT"), 5_000, perSecond.get("hapiParse ADT"));
    row("ORU with 30 OBX, GB 18030", perSecond.get("bytesToBundle ORU30"), 1_500, perSecond.get("hapiParse ORU30"));
    started("first message after loading begins, median", first);
    if (!prepared.isEmpty()) {
      started("... with a start cache, as the gateway has one", prepared);
    }
  }

  private static void started(String what, List<Double> milliseconds) {
    double median = milliseconds.get(STARTS / 2);
    System.out.printf(Locale.ROOT, "%-44s %11.0f ms %12s  %s, %.0f to %.0f ms in %d starts%n", what, median, "<= 300 ms",
        median <= 300 ? "met" : "NOT met", milliseconds.get(0), milliseconds.get(STARTS - 1), STARTS);
  }

  private static void row(String what, double ours, int aim, double hapi) {
    System.out.printf(Locale.ROOT, "%-44s %,14.0f %,12d %,16.0f  %s, %.1f times HAPI%n", what, ours, aim, hapi,
        ours >= aim ? "met" : "NOT met", ours / hapi);
  }

  private static Map<String, Double> measured(Path folder, int seconds) throws RunnerException {
    Collection<RunResult> results = new Runner(new OptionsBuilder()
        .include(MessageCost.class.getName())
        .forks(1)
        .warmupIterations(5).warmupTime(TimeValue.seconds(seconds))
        .measurementIterations(5).measurementTime(TimeValue.seconds(seconds))
        .jvmArgs("-Xmx512m", "-XX:+UseSerialGC", "-D" + MessageCost.FOLDER + "=" + folder.toAbsolutePath())
        .build()).run();
    Map<String, Double> perSecond = new TreeMap<>();
    for (RunResult result : results) {
      String method = result.getParams().getBenchmark();
      perSecond.put(method.substring(method.lastIndexOf('.') + 1) + " " + result.getParams().getParam("kind"),
          result.getPrimaryResult().getScore());
    }
    return perSecond;
  }

  private static List<Double> firstMessage(List<String> options) throws IOException, InterruptedException {
    List<Double> all = new ArrayList<>();
    for (int k = 0; k < STARTS; k++) {
      all.add(firstMessage(options.toArray(String[]::new)));
    }
    all.sort(null);
    return all;
  }

  /** Milliseconds until a process that has done nothing yet has loaded the rules and converted a message. */
  private static double firstMessage(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
    command.addAll(List.of(options));
    command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), FirstMessage.class.getName()));
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the first message was not converted");
    }
    // A JVM that has just made a start cache says so behind it.
    return Double.parseDouble(said.lines().findFirst().orElseThrow());
  }
}
