package io.emrgateway.simulator;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was sent and what came of it; the hospital's own proof against the gateway. Append-only: one line for each thing
 * that happened, never one changed.
 *
 * <p>A line has eight columns, split by tabs: time (+08:00, microseconds), ward, control id, {@code H(04|bytes)} in
 * lower-case hex (SHA-256 over one octet 04 and the message without its frame, as the city's contract has it), outcome,
 * attempts so far, microseconds since it was due (without a rate: since it was first sent), and a note (a file's name, a stray MSA-2), {@code -} if none.
 * Each line is handed to the operating system before the next message goes out on its connection, so that it survives
 * the end of this process. It is not synced to the disk.
 *
 * <p>For several threads. Keeps some 200 bytes in memory for each message: meant for up to a million.
 */
public final class Ledger implements Closeable {
  private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx");

  private final BufferedWriter file;
  private final Set<String> acknowledged = new LinkedHashSet<>();
  private final Set<String> sent = new HashSet<>();
  private final Map<String, Integer> outcomes = new TreeMap<>();
  private final Latencies latencies = new Latencies();
  private boolean closed;

  private Ledger(BufferedWriter file) {
    this.file = file;
  }

  /** A ledger that ends with the process. */
  public static Ledger inMemory() {
    return new Ledger(null);
  }

  /**
   * Continues the file, or begins it. What earlier runs wrote stays and does not count in this one.
   *
   * @throws SimulatorRefused {@code simulator.ledger-unwritable}
   */
  public static Ledger at(Path path) {
    try {
      if (path.toAbsolutePath().getParent() != null) {
        Files.createDirectories(path.toAbsolutePath().getParent());
      }
      return new Ledger(Files.newBufferedWriter(path, StandardCharsets.UTF_8, StandardOpenOption.CREATE,
          StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new SimulatorRefused("simulator.ledger-unwritable", "台账文件无法写入", "the ledger file cannot be written");
    }
  }

  /** One line of a ledger file. */
  public record Line(OffsetDateTime time, String ward, String controlId, String hash, String outcome, int attempts,
      long micros, String note) {

    /** True if the gateway took responsibility: AA or CA with our control id. */
    public boolean acknowledged() {
      return outcome.equals("AA") || outcome.equals("CA");
    }
  }

  /**
   * All lines of a file; a last line that a killed simulator left half written is left out.
   *
   * @throws UncheckedIOException if the file cannot be read
   */
  public static List<Line> read(Path path) {
    try (var lines = Files.lines(path, StandardCharsets.UTF_8)) {
      return lines.map(line -> line.split("\t", -1)).filter(column -> column.length == 8)
          .map(c -> new Line(OffsetDateTime.parse(c[0]), c[1], c[2], c[3], c[4], Integer.parseInt(c[5]),
              Long.parseLong(c[6]), c[7]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code H(04|bytes)} of the city's contract, lower-case hex. */
  public static String hash(byte[] message) {
    return hash(message, 0, message.length);
  }

  static String hash(byte[] bytes, int offset, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((byte) 4);
      digest.update(bytes, offset, length);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  void record(Outgoing message, Outcome outcome, String detail, int attempts, long micros, String note) {
    String hash = message.hash();
    String text = outcome.text + (detail.isEmpty() ? "" : ":" + oneWord(detail));
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the ledger is closed");
      }
      sent.add(hash);
      outcomes.merge(text, 1, Integer::sum);
      if (file != null) {
        try {
          file.write(TIME.format(Instant.now().atOffset(BEIJING)) + "\t" + message.ward() + "\t"
              + oneWord(message.controlId()) + "\t" + hash + "\t" + text + "\t" + attempts + "\t" + micros + "\t"
              + oneWord(note) + "\n");
          file.flush();
        } catch (IOException e) {
          throw new UncheckedIOException("the ledger cannot be written any more", e);
        }
      }
      if (outcome.accepted) {
        latencies.add(micros);
        if (acknowledged.add(hash)) {
          notifyAll();
        }
      }
    }
  }

  /** Hashes of the messages that the gateway has answered with AA or CA, in the order of the answers. A copy. */
  public synchronized Set<String> acknowledged() {
    return new LinkedHashSet<>(acknowledged);
  }

  public synchronized int acknowledgedCount() {
    return acknowledged.size();
  }

  /** Hashes of every message with a line here, whatever became of it. A copy. */
  public synchronized Set<String> sent() {
    return new HashSet<>(sent);
  }

  /** Lines by outcome, e.g. {@code AA=997, AE:intake.disk-full=2, timeout=1}. */
  public synchronized Map<String, Integer> outcomes() {
    return new TreeMap<>(outcomes);
  }

  /** From when a message was due (without a rate: first sent) to its AA or CA. */
  public Latencies latencies() {
    return latencies;
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    notifyAll();
    if (file != null) {
      file.close();
    }
  }

  /** A column holds no tab, no control character and is never empty. */
  private static String oneWord(String text) {
    return text.isEmpty() ? "-" : text.replaceAll("[\\p{Cntrl}]", "?");
  }
}
