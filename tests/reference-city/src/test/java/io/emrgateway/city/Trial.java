package io.emrgateway.city;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.ThreadLocalRandom;

/** A city and its one gateway, in a folder of their own. */
final class Trial implements AutoCloseable {
  private static final HttpClient ADMIN = HttpClient.newHttpClient();

  final Path dir;

  /** How far the city's clock is ahead of everybody else's. */
  volatile Duration ahead = Duration.ZERO;

  private final Clock clock = ((InstantSource) () -> Instant.now().plus(ahead)).withZone(ZoneOffset.UTC);

  final Pki pki;
  Server server;
  final Gateway gateway;

  Trial(Path dir, String suite) throws Exception {
    this.dir = dir;
    pki = new Pki(dir, Instant.now(), Duration.ofDays(30));
    pki.make(Gateway.FEED, Suite.named(suite));
    server = new Server(dir, freePort(), 0, clock);
    gateway = new Gateway(dir.resolve("agent"), Gateway.FEED, suite, server.port());
  }

  /**
   * Below the ports that the system gives to outgoing connections (from 32768 on Linux): one of those is taken by
   * anybody's connection, of other tests too, while {@link #restart} has closed the door and not opened it again.
   */
  private static int freePort() throws IOException {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(14_000, 20_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // Somebody's; another one then.
      }
    }
    throw new IllegalStateException("no free port on loopback between 14000 and 20000");
  }

  /** Stops the city and starts it again on the same port, so that the gateway finds it. */
  void restart() throws Exception {
    int port = server.port();
    server.close();
    server = new Server(dir, port, 0, clock);
  }

  /** One more gateway of another hospital, registered while the city runs; a suite that is new to it needs a restart. */
  Gateway another(String feed, String suite) throws Exception {
    Path agent = dir.resolve("agent-" + feed.replace('/', '-'));
    boolean newSuite = !Files.exists(dir.resolve("city/root-" + suite + ".p12"));
    pki.makeGateway(agent, feed, Suite.named(suite));
    if (newSuite) {
      restart();
    }
    order("/register", "");
    return new Gateway(agent, feed, suite, server.port());
  }

  /** Changes an entry of the register file and has the city read it. */
  void register(String feed, String key, JsonNode value) throws Exception {
    Path file = dir.resolve("city/register.json");
    JsonNode register = Gateway.JSON.readTree(file.toFile());
    for (JsonNode node : register.get("feeds")) {
      if (node.get("feed").asText().equals(feed)) {
        ((ObjectNode) node).set(key, value);
      }
    }
    Files.writeString(file, register.toString());
    order("/register", "");
  }

  /** What the status says of lookups. */
  JsonNode lookups() throws Exception {
    return Gateway.JSON.readTree(get("/status.json")).get("lookups");
  }

  /** Answers that the city keeps in files. */
  int files() {
    return dir.resolve("city/answers").toFile().list().length;
  }

  String get(String path) throws Exception {
    return ADMIN.send(HttpRequest.newBuilder(admin(path)).build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  JsonNode order(String path, String json) throws Exception {
    HttpResponse<String> response =
        ADMIN.send(
            HttpRequest.newBuilder(admin(path)).POST(HttpRequest.BodyPublishers.ofString(json)).build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IllegalArgumentException(response.body());
    }
    return Gateway.JSON.readTree(response.body());
  }

  JsonNode status() throws Exception {
    return Gateway.JSON.readTree(get("/status.json")).get("feeds").get(0);
  }

  private URI admin(String path) {
    return URI.create("http://127.0.0.1:" + server.adminPort() + path);
  }

  @Override
  public void close() {
    server.close();
  }
}
