package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emrgateway.conformance.FeedVerifier;
import io.emrgateway.conformance.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A city and a gateway of their own, in a folder of their own, as processes; both are gone when this is closed.
 *
 * <p>What a gateway's command printed and how it ended is a {@link Done}.
 */
final class Trial implements AutoCloseable {
  static final String FEED = "H-0104/main";
  /** Long enough for a loaded machine; a test that needs it all has failed. */
  static final Duration PATIENCE = Duration.ofSeconds(40);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  final Path folder;
  final String suite;
  final City city;
  final Agent agent;
  private final List<Agent> clones = new ArrayList<>();
  private int exports;

  /** How a command ended. */
  record Done(int status, String output) {}

  private Trial(Path folder, String suite, City city, Agent agent) {
    this.folder = folder;
    this.suite = suite;
    this.city = city;
    this.agent = agent;
  }

  /**
   * Keys are made, nothing runs yet.
   *
   * @param cityLines further lines of the settings' city section, each indented by two spaces and ended by a line feed
   * @param sections further sections of the settings
   */
  static Trial in(Path folder, String suite, String cityLines, String sections) {
    City city = City.withKeys(folder.resolve("keys"), FEED, suite);
    return new Trial(folder, suite, city, Agent.of(folder, city, suite, cityLines, sections));
  }

  static Trial intl(Path folder) {
    return in(folder, "intl", "", "");
  }

  Trial start() {
    city.start();
    agent.start();
    return this;
  }

  /** Changes gateway.yaml; the gateway reads it at its next start. */
  Trial settings(UnaryOperator<String> change) {
    return settings(agent, change);
  }

  Trial settings(Agent one, UnaryOperator<String> change) {
    try {
      String before = Files.readString(one.settings());
      String after = change.apply(before);
      assertThat(after).as("the settings were to change").isNotEqualTo(before);
      Files.writeString(one.settings(), after);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Adds a source; the gateway listens to it from its next start.
   *
   * @param lines further keys of the source, each indented by four spaces and ended by a line feed
   * @return its port
   */
  int source(String name, String lines) {
    int port = House.freePort();
    settings(yaml -> yaml.replace("sources:\n", "sources:\n  - name: " + name + "\n    port: " + port + "\n" + lines));
    return port;
  }

  /** Changes a key of the first source that {@link Agent#of} wrote. */
  Trial sourceKey(String line) {
    return settings(yaml -> yaml.replace("  - name: his\n", "  - name: his\n    " + line + "\n"));
  }

  /** A second gateway with the same keys and a home of its own, started from a copy of a home; not started yet. */
  Agent clone(String name, Path home) {
    try {
      Path own = Files.createDirectories(folder.resolve(name));
      Agent clone = Agent.of(own, city, suite, "", "");
      clones.add(clone);
      copy(home, clone.home());
      return clone;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies a home as a backup of a stopped gateway would. */
  static void copy(Path from, Path to) {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one : all.toList()) {
        Path target = to.resolve(from.relativize(one).toString());
        if (Files.isDirectory(one)) {
          Files.createDirectories(target);
        } else if (Files.isRegularFile(one)) {
          Files.copy(one, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the files of a home exactly those of a copy. */
  static void restore(Path copy, Path home) {
    try (Stream<Path> all = Files.list(home)) {
      for (Path one : all.toList()) {
        Files.delete(one);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    copy(copy, home);
  }

  /** The whole of {@code status}, once its code is this one; null stands for none. */
  static JsonNode awaitCode(Agent agent, String code) {
    JsonNode[] last = new JsonNode[1];
    Waiting.until("status says " + code, PATIENCE, () -> {
      last[0] = agent.status();
      return java.util.Objects.equals(code, last[0].path("code").asText(null));
    });
    return last[0];
  }

  JsonNode awaitCode(String code) {
    return awaitCode(agent, code);
  }

  /** The log follows the status at once, not at the same instant. */
  void awaitLog(String text) {
    Waiting.until("the log says " + text, PATIENCE, () -> agent.log().contains(text));
  }

  void awaitSettled() {
    agent.awaitSettled(PATIENCE);
  }

  /** The city holds a bundle of each of these messages, once each. */
  void assertHeldOnce(List<String> rawHashes) {
    assertThat(heldRaw()).containsAll(rawHashes);
    assertNoDuplicates();
  }

  List<String> heldRaw() {
    return city.entries().stream().filter(entry -> entry.n() != null).map(City.Entry::raw).toList();
  }

  /** No message stands at the city twice with a bundle, and no admission number is explained twice. */
  void assertNoDuplicates() {
    List<City.Entry> held = city.entries().stream().filter(entry -> entry.n() != null).toList();
    assertThat(held.stream().map(City.Entry::i).toList()).doesNotHaveDuplicates();
    assertThat(held.stream().map(City.Entry::n).toList()).doesNotHaveDuplicates();
    Map<Boolean, List<Long>> explained = city.entries().stream().filter(entry -> entry.n() == null)
        .collect(Collectors.groupingBy(entry -> true, Collectors.mapping(City.Entry::i, Collectors.toList())));
    assertThat(explained.getOrDefault(true, List.of())).doesNotHaveDuplicates();
  }

  /** The whole feed, verified from its first batch by code that is neither the gateway's nor the city's. */
  Report verified() {
    try {
      Path export = folder.resolve("export-" + ++exports);
      city.export(export);
      Report report = FeedVerifier.verify(export, signingPem(), receiptPem());
      assertThat(report.findings()).isEmpty();
      assertThat(report.isProven()).isTrue();
      return report;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The feed's signing certificates as the city's register has them, oldest first. */
  private String signingPem() throws IOException {
    StringBuilder pem = new StringBuilder();
    for (JsonNode feed : JSON.readTree(city.folder().resolve("city/register.json").toFile()).path("feeds")) {
      pem.append(pem(feed.path("signing").asText()));
      feed.path("pending").forEach(pending -> pem.append(pem(pending.asText())));
    }
    return pem.toString();
  }

  /** The receipt certificates that the installed trust file names. */
  private String receiptPem() throws IOException {
    String signed = Files.readString(city.gatewayKeys().resolve("trust.cms"), StandardCharsets.ISO_8859_1);
    Matcher receipt = Pattern.compile("\"receipt\":\\[\"([A-Za-z0-9+/=]+)\"").matcher(signed);
    assertThat(receipt.find()).isTrue();
    return pem(receipt.group(1));
  }

  private static String pem(String base64) {
    byte[] der = Base64.getDecoder().decode(base64);
    return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END CERTIFICATE-----\n";
  }

  /** One of the gateway's commands, with its settings; ended by force after half a minute. */
  Done command(String... words) {
    return command(agent, words);
  }

  static Done command(Agent agent, String... words) {
    List<String> line = new ArrayList<>(List.of(House.gateway().toString()));
    line.addAll(List.of(words));
    line.addAll(List.of("-c", agent.settings().toString()));
    return process(PATIENCE, line);
  }

  /** One of the reference city's commands on this city's folder. */
  Done cityCommand(String word, String... options) {
    List<String> line = new ArrayList<>(List.of(word, "--dir", city.folder().toString(), "--suite", suite));
    line.addAll(List.of(options));
    return process(PATIENCE, House.cityCommand(line.toArray(String[]::new)));
  }

  /** Runs a process to its end, or to the end of our patience. */
  static Done process(Duration patience, List<String> line) {
    try {
      Path output = Files.createTempFile("command", ".log");
      Running running = Running.start(output, Map.of(), line);
      if (!running.await(patience)) {
        // Asked first: what it started has to end with it.
        running.stop(Duration.ofSeconds(20));
        throw new AssertionError("did not end: " + line.get(0) + "\n" + running.log());
      }
      Done done = new Done(running.stop(Duration.ZERO), running.log());
      Files.delete(output);
      return done;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the gateway's own HTTP door answers. */
  static HttpResponse<String> http(Agent agent, String path) {
    try {
      URI address = URI.create("http://127.0.0.1:" + agent.httpPort() + path);
      return HTTP.send(HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(10)).build(),
          HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> http(String path) {
    return http(agent, path);
  }

  /** A gauge of /q/metrics, e.g. {@code emr_gateway_lag_seconds{source="his"}}. */
  double metric(String name) {
    for (String line : http("/q/metrics").body().split("\n")) {
      if (line.startsWith(name + " ")) {
        return Double.parseDouble(line.substring(name.length() + 1));
      }
    }
    throw new AssertionError("no metric " + name);
  }

  @Override
  public void close() {
    clones.forEach(Agent::stop);
    agent.stop();
    city.stop();
  }
}
