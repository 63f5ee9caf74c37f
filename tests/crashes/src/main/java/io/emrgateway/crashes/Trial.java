package io.emrgateway.crashes;

import io.emrgateway.conformance.Report;
import io.emrgateway.journeys.Agent;
import io.emrgateway.journeys.City;
import io.emrgateway.journeys.Waiting;
import io.emrgateway.simulator.Ledger;
import io.emrgateway.simulator.Running;
import io.emrgateway.simulator.Simulator;
import io.emrgateway.simulator.WardCharset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * A hospital with its city on loopback, for one trial: wards that send and repeat, their common ledger, the packaged
 * gateway and the reference city as processes. {@link #close()} ends all of them, whatever happened.
 */
public final class Trial implements AutoCloseable {
  /** A sender must outlive what the trial does to the gateway; the trial itself is bounded by its own waiting. */
  private static final Duration WARDS_MAX = Duration.ofHours(2);

  private static final Duration START_MAX = Duration.ofMinutes(3);

  private final Path folder;
  private final City city;
  private final Agent agent;
  private final Path ledgerFile;
  private final Ledger ledger;
  private final List<Running> wards = new ArrayList<>();
  private final AtomicInteger proofs = new AtomicInteger();
  private boolean cityRuns;

  private Trial(Path folder, City city, Agent agent) {
    this.folder = folder;
    this.city = city;
    this.agent = agent;
    this.ledgerFile = folder.resolve("ledger.tsv");
    this.ledger = Ledger.at(ledgerFile);
  }

  /**
   * Keys, settings and an empty ledger are there; nothing runs yet.
   *
   * @param more further top-level sections of gateway.yaml, e.g. {@code "store:\n  disk-floor: 16MiB\n"}
   */
  public static Trial in(Path folder, String more) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    City city = City.withKeys(folder.resolve("keys"), "H-0104/main", "intl");
    return new Trial(folder, city, Agent.of(folder, city, "intl", "", more));
  }

  public City city() {
    return city;
  }

  public Agent agent() {
    return agent;
  }

  public Ledger ledger() {
    return ledger;
  }

  /** City first, then the gateway; both answer when this returns. */
  public Trial start() {
    startCity();
    startGateway();
    return this;
  }

  /** Returns when the gateway takes messages. Patient: under a tool that breaks things it starts slowly. */
  public void startGateway() {
    agent.launch();
    told(() -> agent.awaitOpen(START_MAX));
  }

  public void startCity() {
    city.start();
    cityRuns = true;
  }

  public void killCity() {
    if (cityRuns) {
      city.kill();
      cityRuns = false;
    }
  }

  /**
   * A ward begins to send, until {@link #stopWards()}. It waits for an answer, tries again what was refused for now or
   * cut off, and sends a tenth of what was acknowledged once more, as if it had missed the answer.
   *
   * @param perSecond over all its connections; 0 for as fast as the answers come
   */
  public Running ward(String name, WardCharset charset, int connections, double perSecond, long seed) {
    Running ward = Simulator.ward(name).to("127.0.0.1", agent.mllpPort()).charset(charset).seed(seed)
        .lasts(WARDS_MAX).perSecond(perSecond).connections(connections).ledger(ledger)
        .manners(m -> m.patience(Duration.ofSeconds(5)).attemptsMax(100_000).unreachableMax(WARDS_MAX)
            .pauseAfterAe(Duration.ofMillis(200)).repeating(0.1))
        .start();
    wards.add(ward);
    return ward;
  }

  /** Three wards with seven connections between them: two at a steady rate, one as impatient as its answers allow. */
  public void threeWards(long seed) {
    ward("A1", WardCharset.GB18030, 3, 60, seed);
    ward("B2", WardCharset.UTF_8, 3, 60, seed + 1);
    ward("C3", WardCharset.GB18030, 1, 80, seed + 2);
  }

  /**
   * Hangs up. A message without an answer by now stays without one; the gateway may or may not have it.
   *
   * @throws IllegalStateException if a ward had died before: what it did not send was not tried
   */
  public void stopWards() {
    wards.forEach(Running::stop);
    List<Running> stopped = List.copyOf(wards);
    wards.clear();
    stopped.forEach(ward -> requireAlive(ward, "the trial's end"));
  }

  private static void requireAlive(Running ward, String awaited) {
    ward.failure().ifPresent(cause -> {
      throw new IllegalStateException("a ward died before " + awaited, cause);
    });
  }

  /** Returns when that many more messages are acknowledged than now. */
  public void untilAcknowledgedMore(int messages, Duration patience) {
    int goal = ledger.acknowledgedCount() + messages;
    until(messages + " more acknowledgements", patience, () -> ledger.acknowledgedCount() >= goal);
  }

  /** Returns when the city has signed for everything admitted. */
  public void untilSettled(Duration patience) {
    until("the city has signed for every admission", patience, () -> agent.status().path("waiting").asLong() == 0);
  }

  /**
   * Returns when it holds.
   *
   * @throws IllegalStateException if it does not within the patience, or if a ward died meanwhile; it tells how all
   *     sides stand at that moment
   */
  public void until(String what, Duration patience, BooleanSupplier holds) {
    told(() -> Waiting.until(what, patience, () -> {
      wards.forEach(ward -> requireAlive(ward, what));
      return holds.getAsBoolean();
    }));
  }

  /** Whatever ends a wait takes along how things stood: after the trial nobody can look any more. */
  private void told(Runnable waiting) {
    try {
      waiting.run();
    } catch (RuntimeException e) {
      throw new IllegalStateException(e.getMessage() + "\n" + standing(), e);
    }
  }

  private String standing() {
    StringBuilder told = new StringBuilder("ledger ").append(ledger.outcomes()).append('\n');
    for (Running ward : wards) {
      told.append("ward ").append(ward.isRunning() ? "runs" : "has ended");
      ward.failure().ifPresent(failure -> told.append(": ").append(failure));
      told.append('\n');
    }
    told.append("city ").append(city.isAlive() ? "runs" : "is gone").append('\n');
    return told.append(agent.lastWords()).toString();
  }

  /** Returns when the city has signed for everything; then all sides are compared. Wards may go on only if they are done. */
  public Equation settle(Duration patience) {
    untilSettled(patience);
    return judge();
  }

  /** Compares all sides as they are. */
  public Equation judge() {
    return Equation.of(ledger.acknowledged(), ledger.sent(), agent.quarantined(), city.entries());
  }

  /** The city's evidence of the whole feed, judged by the independent verifier. */
  public Report proof() {
    return Proof.of(city, folder.resolve("export-" + proofs.incrementAndGet()));
  }

  /** One line of figures for the report of a run. */
  public void print(String what, Object figures) {
    System.out.println("[crashes] " + what + ": " + figures + ", ledger " + ledger.outcomes());
  }

  @Override
  public void close() {
    wards.forEach(Running::stop);
    try {
      ledger.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      try {
        if (agent.isAlive()) {
          agent.kill();
        }
      } finally {
        killCity();
      }
    }
  }
}
