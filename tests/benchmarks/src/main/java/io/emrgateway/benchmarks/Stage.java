package io.emrgateway.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.emrgateway.journeys.Agent;
import io.emrgateway.journeys.City;
import io.emrgateway.journeys.House;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** City and packaged gateway with throw-away keys in a folder that goes with them; the senders are the caller's. */
final class Stage implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final long WARM_NANOS_MAX = 120_000_000_000L;

  private final Path folder;
  private final Senders senders;
  final City city;
  final Agent agent;

  /** What happened between two moments, and who used the processors meanwhile. */
  record Window(double seconds, long messages, double agentCpu, double cityCpu, double sendersCpu, double othersCpu, double residentMiB) {
    double perSecond() {
      return messages / seconds;
    }

    double agentCpuPerThousand() {
      return agentCpu / messages * 1_000;
    }

    /** Share of one processor, in percent, for each party. */
    String shares() {
      return String.format(Locale.ROOT, "CPU%% agent %.0f city %.0f senders %.0f others %.0f", 100 * agentCpu / seconds,
          100 * cityCpu / seconds, 100 * sendersCpu / seconds, 100 * othersCpu / seconds);
    }
  }

  private Stage(Path folder, Senders senders, City city, Agent agent) {
    this.folder = folder;
    this.senders = senders;
    this.city = city;
    this.agent = agent;
  }

  /** Nothing runs yet but the city. */
  static Stage set(Senders senders) {
    try {
      Path folder = Files.createTempDirectory("emr-gateway-benchmark");
      House.measure();
      City city = City.withKeys(Files.createDirectories(folder.resolve("keys")), "H-0104/main", "intl").start();
      Agent agent = Agent.of(folder, city, "intl", "", "");
      return new Stage(folder, senders, city, agent);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Stage started() {
    agent.start();
    return this;
  }

  Path folder() {
    return folder;
  }

  /**
   * Sends until the JIT has seen everything often: a number of messages and not of seconds, because on a busy machine
   * seconds say nothing. Returns when all of it is settled.
   *
   * @param messages at least so many, or what goes through in two minutes
   */
  void warm(String shape, int messages) {
    long end = System.nanoTime() + WARM_NANOS_MAX;
    for (long sent = 0; sent < messages && System.nanoTime() < end; ) {
      sent += senders.load(agent.mllpPort(), shape, 8, 0, 1, 0, 2, 1).path("acknowledgedInAll").asLong();
      agent.awaitSettled(PATIENCE);
    }
  }

  interface Sending {
    /** Sends, and returns how many were acknowledged in all. */
    long run();
  }

  /**
   * From the first byte sent until the city has signed for the last message admitted.
   *
   * @throws IllegalStateException if the city does not hold exactly what was acknowledged
   */
  Window socketToReceipt(Sending sending) {
    long before = accountedFor();
    Meter meter = new Meter();
    long acknowledged = sending.run();
    meter.look();
    agent.awaitSettled(PATIENCE);
    Window window = meter.window(acknowledged);
    long after = accountedFor() - before;
    if (after != acknowledged) {
      throw new IllegalStateException("acknowledged " + acknowledged + " but the city accounts for " + after);
    }
    return window;
  }

  JsonNode load(String shape, int connections, double perSecond, int window, double warmup, double seconds) {
    return senders.load(agent.mllpPort(), shape, connections, perSecond, window, warmup, seconds, 1);
  }

  long accountedFor() {
    JsonNode status = city.status();
    return status.path("held").asLong() + status.path("explained").asLong();
  }

  Meter meter() {
    return new Meter();
  }

  /** Watches the processors and the gateway's memory from its making on. */
  final class Meter {
    private final long begin = System.nanoTime();
    private final double agentBefore = Processes.cpuSeconds(agent.pid());
    private final double cityBefore = Processes.cpuSeconds(city.pid());
    private final double sendersBefore = Processes.cpuSeconds(senders.pid());
    private final double selfBefore = Processes.cpuSeconds(ProcessHandle.current().pid());
    private final double allBefore = Processes.busySeconds();
    private double residentMax;

    double look() {
      double now = Processes.residentMiB(agent.pid());
      residentMax = Math.max(residentMax, now);
      return now;
    }

    /** @param messages that happened since */
    Window window(long messages) {
      look();
      double seconds = (System.nanoTime() - begin) / 1e9;
      double agentCpu = Processes.cpuSeconds(agent.pid()) - agentBefore;
      double cityCpu = Processes.cpuSeconds(city.pid()) - cityBefore;
      double sendersCpu = Processes.cpuSeconds(senders.pid()) - sendersBefore;
      double self = Processes.cpuSeconds(ProcessHandle.current().pid()) - selfBefore;
      double others = Math.max(0, Processes.busySeconds() - allBefore - agentCpu - cityCpu - sendersCpu - self);
      return new Window(seconds, messages, agentCpu, cityCpu, sendersCpu, others, residentMax);
    }
  }

  @Override
  public void close() throws IOException {
    agent.stop();
    city.stop();
    List<Path> all;
    try (Stream<Path> walked = Files.walk(folder)) {
      all = walked.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path one : all) {
      Files.deleteIfExists(one);
    }
  }
}
