package io.emrgateway.journeys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The packaged gateway as a process, started as a hospital starts it. */
public final class Agent {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LAST_LINES = 30;

  /** A message in quarantine, as the gateway lists it. */
  public record Quarantined(long i, String raw, String control, String type, String code, String place, String text,
      String remedy) {}

  private final Path folder;
  private final int mllpPort = House.freePort();
  private final int httpPort = House.freePort();
  private final List<String> prefix = new ArrayList<>();
  private final Map<String, String> environment;
  private Running process;

  private Agent(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /**
   * Writes gateway.yaml for one source "his" at {@link #mllpPort}.
   *
   * @param folder an existing folder; home and settings go below it
   * @param more further lines of gateway.yaml's city section, each indented by two spaces
   * @param rest further top-level sections, e.g. {@code "store:\n  disk-floor: 16MiB\n"}; empty for none
   */
  public static Agent of(Path folder, City city, String suite, String more, String rest) {
    return of(folder, city, "H-0104", city.gatewayKeys(), suite, more, rest);
  }

  /** The same for any hospital, with its own keys. */
  public static Agent of(Path folder, City city, String hospital, Path keys, String suite, String more, String rest) {
    Agent agent = new Agent(folder, Map.of());
    String yaml = """
        hospital: %s
        home: %s
        suite: %s
        keys:
          dir: %s
        city:
          address: %s
          pause-min: 100ms
          pause-max: 2s
        %s
        sources:
          - name: his
            port: %d
        http:
          port: %d
        log:
          format: text
        %s""".formatted(hospital, folder.resolve("home"), suite, keys, city.address(), more, agent.mllpPort, agent.httpPort, rest);
    try {
      Files.writeString(agent.settings(), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return agent;
  }

  /** Lets the source ask other hospitals by HL7 v2; before the start. */
  public Agent asking() {
    try {
      String source = "    port: " + mllpPort + "\n";
      Files.writeString(settings(), Files.readString(settings()).replace(source, source + "    queries: true\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Runs the gateway under another program, e.g. {@code fiu-run} or {@code faketime}. */
  public Agent under(String... program) {
    prefix.clear();
    prefix.addAll(List.of(program));
    return this;
  }

  /** Returns when the source's port is open: from now on a message is taken. */
  public Agent start() {
    launch();
    awaitOpen(Duration.ofSeconds(90));
    return this;
  }

  /** Starts the process and does not wait. */
  public Agent launch() {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(House.gateway().toString(), "run", "-c", settings().toString()));
    process = Running.start(folder.resolve("agent.log"), environment, command);
    return this;
  }

  public void awaitOpen(Duration patience) {
    Waiting.until("the gateway listens", patience, () -> {
      if (!process.isAlive()) {
        throw new IllegalStateException("the gateway ended: " + process.log());
      }
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", mllpPort), 500);
        return true;
      } catch (IOException notYet) {
        return false;
      }
    });
  }

  /** SIGKILL. */
  public void kill() {
    process.kill();
  }

  /** SIGSTOP: it does nothing more, and nobody is told. */
  public void pause() {
    process.signal("STOP");
  }

  /** SIGCONT. */
  public void goOn() {
    process.signal("CONT");
  }

  /** SIGTERM; the exit status. */
  public int stop() {
    return process == null ? 0 : process.stop(Duration.ofSeconds(25));
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  public int mllpPort() {
    return mllpPort;
  }

  public int httpPort() {
    return httpPort;
  }

  public Path settings() {
    return folder.resolve("gateway.yaml");
  }

  public Path home() {
    return folder.resolve("home");
  }

  public String log() {
    return process.log();
  }

  /** Its last words and, if it runs, what its threads do: for a trial that ends otherwise than it should. Takes a second. */
  public String lastWords() {
    if (process == null) {
      return "gateway: never started\n";
    }
    String before = log();
    String words = "gateway " + (isAlive() ? "runs" : "is gone") + "; the last of its log:\n"
        + Threads.tail(before, LAST_LINES) + "\n";
    if (!isAlive()) {
      return words;
    }
    process.quit();
    try {
      Thread.sleep(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return words + "its threads:\n" + Threads.telling(log().substring(before.length()));
  }

  /** The last line of {@code emr-gateway status}: the whole. */
  public JsonNode status() {
    List<JsonNode> lines = ask("status");
    return lines.get(lines.size() - 1);
  }

  public List<Quarantined> quarantined() {
    List<Quarantined> all = new ArrayList<>();
    long after = 0;
    while (true) {
      boolean more = false;
      for (JsonNode line : ask("quarantine " + after)) {
        if (line.has("i")) {
          after = line.path("i").asLong();
          all.add(new Quarantined(after, line.path("raw").asText(), line.path("control").asText(),
              line.path("type").asText(), line.path("code").asText(), line.path("place").asText(),
              line.path("text").asText(), line.path("remedy").asText()));
        } else {
          more = line.path("more").asBoolean();
        }
      }
      if (!more) {
        return all;
      }
    }
  }

  /** One request to the control socket, as the command line makes it. */
  public List<JsonNode> ask(String request) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(home().resolve("control.sock")));
      channel.write(ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8)));
      List<JsonNode> lines = new ArrayList<>();
      try (InputStream in = Channels.newInputStream(channel)) {
        for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
          lines.add(JSON.readTree(line));
        }
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns when the city has signed for everything admitted. */
  public void awaitSettled(Duration patience) {
    Waiting.until("the city has signed for every admission", patience, () -> {
      JsonNode status = status();
      return status.path("waiting").asLong() == 0;
    });
  }

  /** Runs one of the gateway's commands with its settings; its output. */
  public String command(String... words) {
    try {
      List<String> command = new ArrayList<>(List.of(House.gateway().toString()));
      command.addAll(List.of(words));
      command.addAll(List.of("-c", settings().toString()));
      Process done = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(done.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      done.waitFor();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
