package io.emrgateway.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A hospital as it is: some messages cannot be mapped, some come twice, on several stop-and-wait connections.
 *
 * <p>Its ledger has one line for each message that was acknowledged, in the order of the acknowledgements on its
 * connection: lane, number on the lane, control id, {@code good} or {@code poison}, how often it was sent.
 */
final class UnrulyWard {
  private static final Charset CHARSET = Charset.forName("GB18030");
  private static final int ANSWER_MILLIS_MAX = 20_000;

  private final int port;
  private final int connections;
  private final Duration time;
  private final String name;
  private final double poison;
  private final double resend;
  private final Path ledger;

  private static final class Tally {
    private final List<String> lines = new ArrayList<>();
    private long poisoned;
    private long resent;
    private long refused;
  }

  /** @param name 1 to 6 letters or digits; no two runs against one gateway have the same */
  UnrulyWard(int port, int connections, Duration time, String name, double poison, double resend, Path ledger) {
    this.port = port;
    this.connections = connections;
    this.time = time;
    this.name = name;
    this.poison = poison;
    this.resend = resend;
    this.ledger = ledger;
  }

  /** Sends until the time is over and every message has its answer; one line of JSON. */
  String run() throws InterruptedException, IOException {
    long begin = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    List<Tally> tallies = new ArrayList<>();
    for (int lane = 0; lane < connections; lane++) {
      Tally tally = new Tally();
      int own = lane;
      tallies.add(tally);
      threads.add(new Thread(() -> send(own, begin + time.toNanos(), tally), "unruly-" + lane));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    try (BufferedWriter out = Files.newBufferedWriter(ledger, StandardCharsets.US_ASCII)) {
      for (Tally tally : tallies) {
        for (String line : tally.lines) {
          out.write(line);
          out.write('\n');
        }
      }
    }
    return String.format(Locale.ROOT, "{\"acknowledged\":%d,\"poisoned\":%d,\"resent\":%d,\"refused\":%d}",
        tallies.stream().mapToLong(tally -> tally.lines.size()).sum(), tallies.stream().mapToLong(t -> t.poisoned).sum(),
        tallies.stream().mapToLong(t -> t.resent).sum(), tallies.stream().mapToLong(t -> t.refused).sum());
  }

  private void send(int lane, long end, Tally tally) {
    Random random = new Random(name.hashCode() * 31L + lane);
    Socket socket = null;
    try {
      for (int number = 1; System.nanoTime() < end; number++) {
        String control = String.format("%s-%02d-%08d", name, lane, number);
        boolean bad = random.nextDouble() < poison;
        byte[] frame = frame(control, lane * 1_000 + number % 500, bad, random);
        int times = random.nextDouble() < resend ? 2 : 1;
        for (int sent = 0; sent < times; sent++) {
          socket = exchange(socket, frame, control, tally);
        }
        tally.poisoned += bad ? 1 : 0;
        tally.resent += times - 1;
        tally.lines.add(lane + "\t" + number + "\t" + control + "\t" + (bad ? "poison" : "good") + "\t" + times);
      }
    } catch (IOException e) {
      throw new IllegalStateException("lane " + lane + " could not go on", e);
    } finally {
      close(socket);
    }
  }

  /** Returns the connection when the message has its AA; sends again over a new one if the old one broke. */
  private Socket exchange(Socket before, byte[] frame, String control, Tally tally) throws IOException {
    Socket socket = before;
    for (int attempt = 0; attempt < 100; attempt++) {
      try {
        if (socket == null) {
          socket = new Socket(InetAddress.getLoopbackAddress(), port);
          socket.setTcpNoDelay(true);
          socket.setSoTimeout(ANSWER_MILLIS_MAX);
        }
        socket.getOutputStream().write(frame);
        String answer = answer(socket.getInputStream());
        if (answer.contains("MSA|AA|" + control + "\r")) {
          return socket;
        }
        tally.refused++;
        pause();
      } catch (IOException broken) {
        close(socket);
        socket = null;
        pause();
      }
    }
    throw new IOException("no AA in 100 attempts");
  }

  private static String answer(InputStream in) throws IOException {
    byte[] room = new byte[4_096];
    int length = 0;
    while (length < 2 || room[length - 1] != '\r' || room[length - 2] != 0x1C) {
      int read = in.read(room, length, room.length - length);
      if (read < 0) {
        throw new IOException("closed by the peer");
      }
      length += read;
    }
    return new String(room, 0, length, StandardCharsets.ISO_8859_1);
  }

  /** An ADT^A01 of some 1.1 KB, or one that no rule can map: an event that does not exist, or no patient. */
  private static byte[] frame(String control, int patient, boolean bad, Random random) {
    boolean unknown = bad && random.nextBoolean();
    StringBuilder text = new StringBuilder(1_200);
    text.append("MSH|^~\\&|HIS|BJH|EMR|CITY|20261122093000+0800||").append(unknown ? "ZQX^Z77" : "ADT^A01^ADT_A01").append('|')
        .append(control).append("|P|2.4||||||GB18030\r");
    text.append("EVN|A01|20261122093000+0800\r");
    if (!bad || unknown) {
      text.append("PID|1||BM").append(patient).append("^^^HIS^PI||测试^病人").append(patient % 97)
          .append("||19800101|M|||北京市海淀区学院路^^北京^^100083^CHN||^PRN^PH^^^010^62330000||||||||\r");
    }
    text.append("PV1|1|I|301^12^1^BJH||||D001^王^医生|||MED||||1|||D001^王^医生|IP|BV").append(patient)
        .append("|||||||||||||||||||||||||20261122080000+0800\r");
    text.append("DG1|1||J18.900^肺炎^ICD10CN|肺炎|20261122|A\r");
    text.append("ZNT|1|备注：");
    while (text.length() < 700) {
      text.append("病情平稳，请继续观察。");
    }
    byte[] content = text.append('\r').toString().getBytes(CHARSET);
    byte[] frame = new byte[content.length + 3];
    frame[0] = 0x0B;
    System.arraycopy(content, 0, frame, 1, content.length);
    frame[frame.length - 2] = 0x1C;
    frame[frame.length - 1] = '\r';
    return frame;
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(Socket socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException ignored) {
      // Gone either way.
    }
  }
}
