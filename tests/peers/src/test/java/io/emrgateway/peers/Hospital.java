package io.emrgateway.peers;

import io.emrgateway.journeys.Agent;
import io.emrgateway.journeys.City;
import io.emrgateway.journeys.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A packaged gateway and its city as processes, for the time of one test class. */
final class Hospital implements AutoCloseable {
  final City city;
  final Agent agent;
  final Path folder;

  Hospital(Path folder, String suite) {
    this.folder = folder;
    city = City.withKeys(folder.resolve("keys"), "H-0104/main", suite);
    city.vouchForAll(Map.of("H-0104", "甲医院"), List.of(city.gatewayKeys()));
    agent = Agent.of(folder, city, suite, "", "lookup:\n  emergencies: true\n").asking();
    try {
      city.start();
      agent.start();
    } catch (RuntimeException failed) {
      close();
      throw failed;
    }
  }

  /** Returns the bundle that the city holds of the message with this number, once it does. */
  String bundleOf(String control) {
    Waiting.until("the city holds " + control, Duration.ofSeconds(20), () -> heldOf(control).size() > 0);
    return new String(city.body(heldOf(control).get(0).n()), StandardCharsets.UTF_8);
  }

  List<City.Entry> heldOf(String control) {
    return city.entries().stream().filter(entry -> entry.n() != null && control.equals(entry.control())).toList();
  }

  /** How often the gateway flagged a message so, over all sources. */
  double flagged(String flag) {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.httpPort() + "/q/metrics")).build();
      String metrics = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
      return metrics.lines().filter(line -> line.startsWith("emr_gateway_messages_flagged") && line.contains(flag))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      agent.stop();
    } finally {
      city.stop();
    }
  }
}
