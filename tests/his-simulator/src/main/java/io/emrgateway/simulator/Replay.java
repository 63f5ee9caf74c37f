package io.emrgateway.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Sends the {@code .hl7} files of a folder, byte for byte as they are, one frame per file, sorted by name; file k goes
 * over connection k modulo their number. One ledger line per file says how it ended.
 *
 * <p>A file in which a frame's delimiters stand (a capture with several frames, FS CR in a text) is several messages to
 * whoever reads it. It has a connection of its own, so that what comes back for its parts is not taken for its neighbour's
 * answer; its line says what was answered to the last message that begins in it.
 *
 * <p>Waits only 300 ms where no answer is due: for answers (by default a file whose type is ACK or whose second segment is
 * MSA; see {@link #expectNoAnswerFor}), and in enhanced mode where neither MSH-15 nor MSH-16 is AL.
 */
public final class Replay {
  private final Path folder;
  private String host = "127.0.0.1";
  private int port;
  private boolean testNetwork;
  private String ward = "replay";
  private int connections = 1;
  private double perSecond;
  private Manners manners = Manners.POLITE.attemptsMax(3).unreachableMax(Duration.ofSeconds(20));
  private Set<String> silentTypes = Set.of();
  private Ledger ledger;

  private Replay(Path folder) {
    this.folder = folder;
  }

  public static Replay of(Path folder) {
    return new Replay(folder);
  }

  public Replay to(String address, int number) {
    host = address;
    port = number;
    return this;
  }

  public Replay onATestNetwork() {
    testNetwork = true;
    return this;
  }

  /** What the ledger calls the source. */
  public Replay as(String name) {
    ward = name;
    return this;
  }

  public Replay connections(int count) {
    connections = count;
    return this;
  }

  public Replay perSecond(double rate) {
    perSecond = rate;
    return this;
  }

  public Replay manners(Manners value) {
    manners = value;
    return this;
  }

  /** No answer is due to messages whose MSH-9.1 is one of these; replaces the rule of the second segment. */
  public Replay expectNoAnswerFor(Set<String> types) {
    silentTypes = types;
    return this;
  }

  /** Writes to this ledger; the caller closes it. */
  public Replay ledger(Ledger shared) {
    ledger = shared;
    return this;
  }

  /**
   * @throws SimulatorRefused {@code simulator.folder-empty}, {@code simulator.address-not-loopback}, {@code
   *     simulator.rate-unusable}
   */
  public Running start() {
    List<Path> files = files(folder);
    if (files.isEmpty()) {
      throw new SimulatorRefused("simulator.folder-empty", "文件夹不存在或没有 .hl7 文件",
          "the folder is absent or holds no .hl7 file");
    }
    if (connections < 1 || connections > 100 || perSecond < 0) {
      throw new SimulatorRefused("simulator.rate-unusable", "速率或连接数超出范围",
          "the rate or the number of connections is out of range");
    }
    Destination destination = Destination.of(host, port, testNetwork, null);
    Ledger book = ledger == null ? Ledger.inMemory() : ledger;
    long now = System.nanoTime();
    long interval = perSecond > 0 ? (long) (1e9 * connections / perSecond) : 0;
    long end = now + Duration.ofHours(2).toNanos();
    List<Sender> senders = new ArrayList<>();
    List<Path> single = files.stream().filter(file -> !holdsDelimiters(file)).toList();
    List<List<Path>> shares = new ArrayList<>();
    for (int lane = 0; lane < connections; lane++) {
      List<Path> share = new ArrayList<>();
      for (int i = lane; i < single.size(); i += connections) {
        share.add(single.get(i));
      }
      shares.add(share);
    }
    files.stream().filter(Replay::holdsDelimiters).forEach(file -> shares.add(List.of(file)));
    for (int lane = 0; lane < shares.size(); lane++) {
      List<Path> share = shares.get(lane);
      int[] given = {0};
      senders.add(new Sender(destination, manners,
          () -> given[0] < share.size() ? outgoing(share.get(given[0]++)) : null,
          (message, outcome, detail, micros, note, last) -> {
            if (last) {
              book.record(message, outcome, detail, message.attempts, micros, note);
            }
          },
          interval, now + interval * lane / connections, end, lane));
    }
    return new Running("replay", senders, book, ledger == null);
  }

  /** The files of a folder that are sent, in that order: those whose names end in .hl7, in whatever case. None if it cannot be read. */
  public static List<Path> files(Path folder) {
    try (var listed = Files.list(folder)) {
      return listed.filter(path -> path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".hl7")).sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("a file of the folder cannot be read", e);
    }
  }

  /** VT behind the first byte, or FS before the last two: more than one whole frame's worth. */
  private static boolean holdsDelimiters(Path file) {
    byte[] bytes = read(file);
    for (int k = 0; k < bytes.length; k++) {
      if (bytes[k] == Mllp.START && k > 0 || bytes[k] == Mllp.END && k < bytes.length - 2) {
        return true;
      }
    }
    return false;
  }

  /** Where the last message in the bytes begins: behind the last VT that MSH follows. */
  private static byte[] lastMessage(byte[] bytes) {
    for (int k = bytes.length - 4; k >= 0; k--) {
      if (bytes[k] == Mllp.START && bytes[k + 1] == 'M' && bytes[k + 2] == 'S' && bytes[k + 3] == 'H') {
        return Arrays.copyOfRange(bytes, k + 1, bytes.length);
      }
    }
    return bytes;
  }

  private Outgoing outgoing(Path file) {
    byte[] bytes = read(file);
    Head head = Head.of(lastMessage(bytes));
    boolean silent = silentTypes.isEmpty() ? head.isAnswer || head.type.equals("ACK") : silentTypes.contains(head.type);
    return new Outgoing(ward, head.controlId, Mllp.framed(bytes), !silent && !head.mayStaySilent(),
        file.getFileName().toString());
  }

  /**
   * As much of a message as its sender has to know. Read byte by byte as ISO 8859-1, which never fails; the fields up to
   * MSH-16 are ASCII in practice, and a control id that is not is compared byte by byte with MSA-2.
   */
  record Head(String type, String controlId, String acceptMode, String applicationMode, boolean isAnswer) {

    static Head of(byte[] message) {
      String[] segments = new String(message, StandardCharsets.ISO_8859_1).stripLeading().split("[\r\n]+", 3);
      String first = segments[0];
      if (!first.startsWith("MSH") || first.length() < 4) {
        return new Head("", "", "", "", false);
      }
      String separator = java.util.regex.Pattern.quote(first.substring(3, 4));
      String component = first.length() > 4 ? java.util.regex.Pattern.quote(first.substring(4, 5)) : "\\^";
      String[] fields = first.split(separator, -1);
      boolean answer = segments.length > 1 && segments[1].startsWith("MSA");
      return new Head(at(fields, 9).split(component, 2)[0], at(fields, 10), at(fields, 15), at(fields, 16), answer);
    }

    /** Enhanced mode in which no acknowledgement is asked for in every case. */
    boolean mayStaySilent() {
      boolean enhanced = !acceptMode.isEmpty() || !applicationMode.isEmpty();
      return enhanced && !acceptMode.equals("AL") && !applicationMode.equals("AL");
    }

    private static String at(String[] fields, int number) {
      return number - 1 < fields.length ? fields[number - 1] : "";
    }
  }
}
