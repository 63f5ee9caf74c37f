package io.emrgateway.city;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A city and its one gateway, in a folder of their own. */
final class Trial implements AutoCloseable {
  private static final HttpClient ADMIN = HttpClient.newHttpClient();

  final Path dir;
  final Pki pki;
  Server server;
  final Gateway gateway;

  Trial(Path dir, String suite) throws Exception {
    this.dir = dir;
    pki = new Pki(dir, Instant.now(), Duration.ofDays(30));
    pki.make(Gateway.FEED, Suite.named(suite));
    server = new Server(dir, 0, 0, Clock.systemUTC());
    gateway = new Gateway(dir.resolve("agent"), Gateway.FEED, suite, server.port());
  }

  /** Stops the city and starts it again on the same port, so that the gateway finds it. */
  void restart() throws Exception {
    int port = server.port();
    server.close();
    server = new Server(dir, port, 0, Clock.systemUTC());
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
