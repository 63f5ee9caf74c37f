package io.emrgateway.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures how fast a gateway acknowledges: messages of one {@link Shape} over several stop-and-wait connections.
 *
 * <p>With a rate, latency counts from the moment a message was due, so that a gateway that stalls is charged for those
 * that had to queue; without one, from the moment it was sent.
 */
public final class Load {
  private static final int PATIENTS = 256;
  private static final Duration AFTERWARDS = Duration.ofSeconds(10);

  private Load() {}

  /**
   * @param perSecond 0 for as fast as the answers come
   * @param window messages on the way at once on each connection; 1 is stop-and-wait
   */
  public record Plan(String host, int port, boolean testNetwork, Shape shape, WardCharset charset, int connections,
      double perSecond, int window, Duration warmup, Duration measured, long seed) {}

  /**
   * @param seconds as measured, not as asked for
   * @param acknowledged AA and CA within those seconds
   * @param acknowledgedInAll AA and CA from the first message of the warm-up to the last answer after those seconds
   * @param others lines of any other outcome within those seconds, e.g. {@code AE:…} or {@code timeout}
   * @param cpuSeconds user and system time of this whole process within those seconds; -1 if the system does not tell
   */
  public record Figures(Shape shape, int connections, double seconds, long acknowledged, long acknowledgedInAll,
      double perSecond, double p50Millis, double p95Millis, double p99Millis, Map<String, Long> others, double cpuSeconds) {

    private Figures inAll(long count) {
      return new Figures(shape, connections, seconds, acknowledged, count, perSecond, p50Millis, p95Millis, p99Millis,
          others, cpuSeconds);
    }

    /** One line, for scripts. */
    public String json() {
      StringBuilder more = new StringBuilder();
      others.forEach((outcome, count) -> more.append(more.length() == 0 ? "" : ",")
          .append('"').append(outcome.replaceAll("[\"\\\\\\p{Cntrl}]", "?")).append("\":").append(count));
      return String.format(Locale.ROOT, "{\"shape\":\"%s\",\"connections\":%d,\"seconds\":%.2f,\"acknowledged\":%d,"
          + "\"acknowledgedInAll\":%d,\"perSecond\":%.1f,\"p50Ms\":%.3f,\"p95Ms\":%.3f,\"p99Ms\":%.3f,\"others\":{%s},\"cpuSeconds\":%.2f}",
          shape.name().toLowerCase(Locale.ROOT), connections, seconds, acknowledged, acknowledgedInAll, perSecond,
          p50Millis, p95Millis, p99Millis, more, cpuSeconds);
    }
  }

  /**
   * Returns after the warm-up and the measured time, some moments later at most.
   *
   * @throws SimulatorRefused as {@link Simulator#start()}
   */
  public static Figures run(Plan plan) {
    if (plan.measured().isZero() || plan.measured().isNegative() || plan.connections() < 1 || plan.connections() > 100
        || plan.perSecond() < 0) {
      throw new SimulatorRefused("simulator.rate-unusable", "时长、速率或连接数超出范围",
          "the time, the rate or the number of connections is out of range");
    }
    Destination destination = Destination.of(plan.host(), plan.port(), plan.testNetwork(), null);
    List<Shape.Template> templates = plan.shape().templates(plan.charset(), plan.seed(), PATIENTS);
    // Runs against one gateway must not repeat control ids, or its de-duplication would be measured.
    String run = String.format("L%08d", System.currentTimeMillis() / 100 % 100_000_000);

    Latencies latencies = new Latencies();
    LongAdder acknowledged = new LongAdder();
    Map<String, LongAdder> others = new ConcurrentHashMap<>();
    Sender.Witness witness = (message, outcome, detail, micros, note, last) -> {
      if (outcome.accepted) {
        latencies.add(micros);
        acknowledged.increment();
      } else {
        others.computeIfAbsent(outcome.text + (detail.isEmpty() ? "" : ":" + detail), key -> new LongAdder())
            .increment();
      }
    };
    long now = System.nanoTime();
    // The feed ends when the window has closed, not when it was planned to: those differ by some 30 ms of starting up.
    AtomicBoolean measured = new AtomicBoolean();
    long end = now + plan.warmup().plus(plan.measured()).plus(AFTERWARDS).toNanos();
    long interval = plan.perSecond() > 0 ? (long) (1e9 * plan.connections() / plan.perSecond()) : 0;
    List<Sender> senders = new ArrayList<>();
    for (int lane = 0; lane < plan.connections(); lane++) {
      String prefix = run + String.format("%02d", lane);
      int first = lane * PATIENTS / plan.connections();
      int[] given = {0};
      senders.add(new Sender(destination, Manners.POLITE.pipelining(plan.window()), () -> {
        if (measured.get()) {
          return null;
        }
        int number = given[0]++;
        String controlId = prefix + nine(number);
        return new Outgoing("LOAD", controlId, templates.get((first + number) % PATIENTS).frame(controlId), true, "");
      }, witness, interval, now + interval * lane / plan.connections(), end, lane));
    }
    Running running = new Running("load", senders, Ledger.inMemory(), true);
    Figures figures;
    try {
      sleep(plan.warmup());
      double cpuBefore = cpuSeconds();
      latencies.clear();
      others.clear();
      long begin = System.nanoTime();
      long before = acknowledged.sum();
      sleep(plan.measured());
      long after = acknowledged.sum();
      double cpu = cpuBefore < 0 ? -1 : cpuSeconds() - cpuBefore;
      double seconds = (System.nanoTime() - begin) / 1e9;
      Map<String, Long> counts = new TreeMap<>();
      others.forEach((outcome, count) -> counts.put(outcome, count.sum()));
      figures = new Figures(plan.shape(), plan.connections(), seconds, after - before, 0, (after - before) / seconds,
          latencies.atShare(0.50) / 1e3, latencies.atShare(0.95) / 1e3, latencies.atShare(0.99) / 1e3, counts, cpu);
    } finally {
      // What is on the way is still answered, so that the gateway sees no connection break.
      measured.set(true);
      running.await(AFTERWARDS);
      running.close();
    }
    return figures.inAll(acknowledged.sum());
  }

  private static String nine(int number) {
    String digits = Integer.toString(number);
    return "000000000".substring(digits.length()) + digits;
  }

  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().map(time -> time.toNanos() / 1e9).orElse(-1.0);
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
