package io.emrgateway.routes.camel;

import io.emrgateway.routes.camel.mllp.Intake;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.camel.mllp.Room;
import io.emrgateway.routes.core.intake.Admission;
import io.emrgateway.routes.core.intake.Admit;
import io.emrgateway.routes.core.intake.Journal;
import io.emrgateway.routes.core.intake.Message;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/** Doors with a journal in memory behind them, and wards that send. */
final class Hospital implements Closeable {

  /** Keeps messages on a thread of its own, as the real one does; can be told to fail or to wait. */
  static final class MemoryJournal implements Journal {
    final List<Message> kept = new CopyOnWriteArrayList<>();
    final Map<String, Long> known = new ConcurrentHashMap<>();
    final ExecutorService writer = Executors.newSingleThreadExecutor(run -> {
      Thread thread = new Thread(run, "journal");
      thread.setDaemon(true);
      return thread;
    });
    volatile RuntimeException failure;
    volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
    volatile boolean forgetful;
    private long last;

    @Override
    public CompletionStage<Admission> append(Message message) {
      CompletableFuture<Admission> promise = new CompletableFuture<>();
      writer.execute(() -> {
        gate.join();
        if (failure != null) {
          promise.completeExceptionally(failure);
        } else if (forgetful) {
          promise.complete(new Admission(++last, Admission.Kind.FIRST));
        } else {
          Long earlier = known.putIfAbsent(message.source() + HexFormat.of().formatHex(message.bytes()), last + 1);
          if (earlier == null) {
            kept.add(message);
            last++;
          }
          promise.complete(earlier == null
              ? new Admission(last, Admission.Kind.FIRST) : new Admission(earlier, Admission.Kind.REPEATED));
        }
      });
      return promise;
    }

    List<String> controls() {
      return kept.stream().map(Message::control).toList();
    }

    /** Codes of what is kept in quarantine. */
    List<String> refusals() {
      return kept.stream().filter(m -> m.refused() != null).map(m -> m.refused().reason().code()).toList();
    }
  }

  /** Counts what the doors report. */
  static final class Watch implements Intake {
    final AtomicInteger open = new AtomicInteger();
    final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void opened(String source) {
      open.incrementAndGet();
    }

    @Override
    public void closed(String source, String why) {
      open.decrementAndGet();
      events.add("closed " + why);
    }

    @Override
    public void turnedAway(String source, String code) {
      events.add("turned away " + code);
    }

    @Override
    public void flagged(String source, String flag) {
      events.add("flagged " + flag);
    }

    @Override
    public void answered(String source, String code, Duration took) {
      events.add("answered " + code);
    }
  }

  final MemoryJournal journal = new MemoryJournal();
  final Watch watch = new Watch();
  final Listener listener;
  final CamelContext camel = new DefaultCamelContext();

  Hospital(Listener listener) throws Exception {
    this(listener, true);
  }

  Hospital(Listener listener, boolean watched) throws Exception {
    this(List.of(listener), watched);
  }

  Hospital(List<Listener> listeners, boolean watched) throws Exception {
    this(listeners, watched, new Room(64 << 20, Room.PATIENCE));
  }

  Hospital(List<Listener> listeners, boolean watched, Room room) throws Exception {
    this.listener = listeners.get(0);
    IntakeRoutes routes = new IntakeRoutes(
        listeners, new Admit(journal), watched ? watch : Intake.UNWATCHED, Clock.systemUTC(), room);
    camel.getShutdownStrategy().setTimeout(5);
    camel.addRoutes(routes);
    camel.start();
    routes.open();
  }

  /**
   * A port that nobody listens to, below those that the system gives to outgoing connections (from 32768 on Linux): one of
   * those may be anybody's by the time it is used, and a connection to it may even meet itself.
   */
  static int freePort() throws IOException {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      try (ServerSocket socket = new ServerSocket(ThreadLocalRandom.current().nextInt(10_000, 14_000), 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // Somebody's; another one then.
      }
    }
    throw new IllegalStateException("no free port on loopback between 10000 and 14000");
  }

  static Listener door() throws IOException {
    return Listener.plain("adt", "127.0.0.1", freePort());
  }

  Ward ward() throws IOException {
    return new Ward(new Socket("127.0.0.1", listener.port()));
  }

  @Override
  public void close() {
    camel.stop();
    journal.writer.shutdownNow();
  }

  static void until(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within ten seconds");
      }
      Thread.sleep(10);
    }
  }

  /** An admission of nobody in particular. */
  static String adt(String control) {
    return "MSH|^~\\&|HIS|H1|GW|CITY|20261122080000||ADT^A01|" + control + "|P|2.4\rEVN|A01|20261122080000\r"
        + "PID|1||000001^^^H1^MR||TEST^ONE||19700101|F\rPV1|1|I|W1^1^1\r";
  }

  static byte[] frame(byte[] content) {
    byte[] framed = new byte[content.length + 3];
    framed[0] = 0x0B;
    System.arraycopy(content, 0, framed, 1, content.length);
    framed[content.length + 1] = 0x1C;
    framed[content.length + 2] = 0x0D;
    return framed;
  }

  static byte[] frame(String content) {
    return frame(content.getBytes(StandardCharsets.UTF_8));
  }

  /** One connection of one sender. */
  static final class Ward implements Closeable {
    final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Ward(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(10_000);
      in = new java.io.BufferedInputStream(socket.getInputStream(), 8192);
      out = socket.getOutputStream();
    }

    Ward send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
      return this;
    }

    /** Content of the next answer as bytes; null once the gateway has closed. Fails on any byte outside a frame. */
    byte[] answerBytes() throws IOException {
      int first = in.read();
      if (first < 0) {
        return null;
      }
      if (first != 0x0B) {
        throw new AssertionError("a byte before VT: " + first);
      }
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      for (int octet = in.read(); octet != 0x1C; octet = in.read()) {
        if (octet < 0) {
          throw new AssertionError("closed inside an answer");
        }
        content.write(octet);
      }
      if (in.read() != 0x0D) {
        throw new AssertionError("no CR after FS");
      }
      return content.toByteArray();
    }

    String answer(Charset charset) throws IOException {
      byte[] bytes = answerBytes();
      return bytes == null ? null : new String(bytes, charset);
    }

    String answer() throws IOException {
      return answer(StandardCharsets.UTF_8);
    }

    /** "AA M1": MSA-1 and MSA-2 of the next answer; "closed" if the gateway has closed. */
    String verdict() throws IOException {
      String answer = answer();
      return answer == null ? "closed" : verdict(answer);
    }

    static String verdict(String answer) {
      String msa = answer.split("\r")[1];
      String[] fields = msa.split("\\|", -1);
      return fields[1] + " " + fields[2];
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
