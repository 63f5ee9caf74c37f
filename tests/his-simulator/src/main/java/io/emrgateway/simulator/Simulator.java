package io.emrgateway.simulator;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/**
 * One ward that sends.
 *
 * <pre>{@code
 * try (Running ward = Simulator.ward("A7").to("127.0.0.1", 2575).seed(7).sends(1_000).perSecond(100)
 *     .connections(8).start()) {
 *   ward.untilAcknowledged(417);
 *   …
 * }
 * }</pre>
 *
 * <p>An end is compulsory: {@link #sends(int)}, {@link #lasts(Duration)}, or both (whichever comes first). With several
 * connections each patient stays on one of them, so that the order within a patient is kept.
 */
public final class Simulator {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final Duration AFTERWARDS = Duration.ofMinutes(10);

  private final String ward;
  private Dialect dialect;
  private String host = "127.0.0.1";
  private int port;
  private boolean testNetwork;
  private SSLContext tls;
  private long seed = 1;
  private int messages = Integer.MAX_VALUE;
  private Duration duration;
  private double perSecond;
  private int connections = 1;
  private Manners manners = Manners.POLITE;
  private Ledger ledger;
  private Path ledgerFile;

  private Simulator(String ward) {
    this.ward = ward;
    this.dialect = Dialect.of(ward);
  }

  /** @param name 1 to 6 letters or digits; also decides the ward's HL7 version and its habits (see {@link Dialect}) */
  public static Simulator ward(String name) {
    return new Simulator(name);
  }

  public Simulator to(String address, int number) {
    host = address;
    port = number;
    return this;
  }

  /** Allows an address that is not loopback. Say it only of a network without patients. */
  public Simulator onATestNetwork() {
    testNetwork = true;
    return this;
  }

  /** @param context holds the ward's key and whom it trusts; see {@link Tls#context} */
  public Simulator over(SSLContext context) {
    tls = context;
    return this;
  }

  /** Bytes in this character set, and MSH-18 honest about it. Without this: GB18030. */
  public Simulator charset(WardCharset charset) {
    return charset(charset, WardCharset.Declaration.HONEST);
  }

  public Simulator charset(WardCharset charset, WardCharset.Declaration declaration) {
    dialect = dialect.writing(charset, declaration);
    return this;
  }

  /** Segments end like this instead of with CR. */
  public Simulator ends(Dialect.Ends ends, boolean endAfterLast) {
    dialect = dialect.ending(ends, endAfterLast);
    return this;
  }

  /** Hospital time (+0800) of the first message; without this always the same, 2026-11-20 08:00. */
  public Simulator begins(LocalDateTime time) {
    dialect = dialect.beginning(time);
    return this;
  }

  /** Same seed, same bytes. Two runs against one gateway should have two seeds. */
  public Simulator seed(long value) {
    seed = value;
    return this;
  }

  /** Ends after that many messages over all connections. */
  public Simulator sends(int count) {
    messages = count;
    return this;
  }

  /** Ends after that long; what is on the way then still has its answer awaited. */
  public Simulator lasts(Duration time) {
    duration = time;
    return this;
  }

  /** New messages a second over all connections; without this as fast as the answers come. */
  public Simulator perSecond(double rate) {
    perSecond = rate;
    return this;
  }

  /** 1 to 100. */
  public Simulator connections(int count) {
    connections = count;
    return this;
  }

  /** Changes how the ward behaves, e.g. {@code manners(m -> m.repeating(0.1))}. */
  public Simulator manners(UnaryOperator<Manners> change) {
    manners = change.apply(manners);
    return this;
  }

  /** Appends to this file. */
  public Simulator ledger(Path file) {
    ledgerFile = file;
    return this;
  }

  /** Writes to a ledger shared with other wards; the caller closes it. */
  public Simulator ledger(Ledger shared) {
    ledger = shared;
    return this;
  }

  /**
   * Sends. Ten minutes after its last message was due the run ends in any case; without a rate, each message of a
   * connection is allowed 50 ms for that reckoning.
   *
   * @throws SimulatorRefused {@code simulator.endless} without a count or a duration; {@code
   *     simulator.address-not-loopback}; {@code simulator.rate-unusable}
   */
  public Running start() {
    if (messages == Integer.MAX_VALUE && duration == null) {
      throw new SimulatorRefused("simulator.endless", "须给出消息条数或时长", "give a number of messages or a duration");
    }
    if (messages < 1 || connections < 1 || connections > 100 || perSecond < 0 || perSecond > 1_000_000) {
      throw new SimulatorRefused("simulator.rate-unusable", "条数、速率或连接数超出范围",
          "the count, the rate or the number of connections is out of range");
    }
    Destination destination = Destination.of(host, port, testNetwork, tls);
    boolean ownsLedger = ledger == null;
    Ledger book = !ownsLedger ? ledger : ledgerFile == null ? Ledger.inMemory() : Ledger.at(ledgerFile);

    long now = System.nanoTime();
    long interval = perSecond > 0 ? (long) (1e9 * connections / perSecond) : 0;
    long allowed = interval > 0 ? interval : SECOND_NANOS / 20;
    long lastDue = duration != null ? duration.toNanos() : allowed * (messages / connections + 1);
    long end = now + lastDue + AFTERWARDS.toNanos();
    List<Sender> senders = new ArrayList<>();
    for (int lane = 0; lane < connections; lane++) {
      int share = messages == Integer.MAX_VALUE ? messages
          : messages / connections + (lane < messages % connections ? 1 : 0);
      // Staggered, so that eight connections at 8/s send every 125 ms and not eight at once every second.
      long firstDue = now + interval * lane / connections;
      senders.add(new Sender(destination, manners, feed(lane, share, duration == null ? end : now + duration.toNanos()),
          (message, outcome, detail, micros, note, last) ->
              book.record(message, outcome, detail, message.attempts, micros, note),
          interval, firstDue, end, seed * 31 + lane));
    }
    return new Running("ward-" + ward, senders, book, ownsLedger);
  }

  private Sender.Feed feed(int lane, int share, long until) {
    Traffic traffic = new Traffic(dialect, seed, lane);
    int[] given = {0};
    return () -> given[0]++ < share && System.nanoTime() - until < 0 ? Outgoing.of(ward, traffic.next()) : null;
  }
}
