package io.emrgateway.journeys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The reference city as a process, and what it says it holds. */
public final class City {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** One entry that the city holds: with a body ({@code n}, {@code raw}) or explained ({@code why}). */
  public record Entry(long epoch, long seq, long i, Long n, String raw, String control, String type, String why) {}

  private final Path folder;
  private final String feed;
  private final int port;
  private final int adminPort;
  private Running process;

  private City(Path folder, String feed) {
    this.folder = folder;
    this.feed = feed;
    this.port = House.freePort();
    this.adminPort = House.freePort();
  }

  /**
   * Makes throw-away keys for a city and one gateway in {@code folder}.
   *
   * @param suite intl or gm
   */
  public static City withKeys(Path folder, String feed, String suite) {
    City city = new City(folder, feed);
    city.command("make-pki", "--dir", folder.toString(), "--feed", feed, "--suite", suite);
    return city;
  }

  private void command(String... arguments) {
    Running done = Running.start(folder.resolveSibling("city-command.log"), Map.of(), House.cityCommand(arguments));
    if (!done.await(Duration.ofSeconds(60)) || done.isAlive()) {
      throw new IllegalStateException("the city's command did not end: " + done.log());
    }
  }

  /**
   * Makes keys for one more gateway, before the city starts.
   *
   * @return the folder with its files
   */
  public Path anotherGateway(String feed, String suite) {
    Path keys = folder.resolve("agent-" + feed.replace('/', '-'));
    command("make-feed", "--dir", folder.toString(), "--feed", feed, "--suite", suite, "--agent", keys.toString());
    return keys;
  }

  /**
   * Gives each hospital a name and the right to ask in an emergency, and every gateway a trust file that has them all.
   *
   * @param names by the hospital's number
   * @param keys folders of the gateways
   */
  public void vouchForAll(Map<String, String> names, Collection<Path> keys) {
    try {
      Path register = folder.resolve("city/register.json");
      ObjectNode all = (ObjectNode) JSON.readTree(register.toFile());
      for (JsonNode one : all.path("feeds")) {
        ((ObjectNode) one).put("name", names.get(one.path("org").asText())).put("emergency", true);
      }
      JSON.writeValue(register.toFile(), all);
      for (String suite : List.of("intl", "gm")) {
        Path trust = folder.resolve("city/trust-" + suite + ".cms");
        if (Files.exists(trust)) {
          command("make-trust", "--dir", folder.toString(), "--suite", suite);
        }
      }
      for (Path one : keys) {
        Files.copy(folder.resolve("city/trust-" + suiteOf(one) + ".cms"), one.resolve("trust.cms"), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String suiteOf(Path keys) throws IOException {
    for (JsonNode one : JSON.readTree(folder.resolve("city/register.json").toFile()).path("feeds")) {
      String its = one.path("feed").asText();
      if (keys.equals(its.equals(feed) ? gatewayKeys() : folder.resolve("agent-" + its.replace('/', '-')))) {
        return one.path("suite").asText();
      }
    }
    throw new IllegalStateException("nobody's keys: " + keys);
  }

  /** A further signing key for the gateway, which the city knows as pending; for a rotation. */
  public void makeSigning(Path file) {
    command("make-signing", "--dir", folder.toString(), "--feed", feed, "--out", file.toString());
  }

  /** Returns when both doors answer. */
  public City start() {
    process = Running.start(folder.resolveSibling("city.log"), Map.of(), House.cityCommand("serve",
        "--dir", folder.toString(), "--port", String.valueOf(port), "--admin-port", String.valueOf(adminPort)));
    Waiting.until("the city answers", Duration.ofSeconds(90), () -> {
      try {
        return get("/status.json").length > 0;
      } catch (UncheckedIOException notYet) {
        return false;
      }
    });
    return this;
  }

  public void kill() {
    process.kill();
  }

  public void stop() {
    if (process != null) {
      process.stop(Duration.ofSeconds(10));
    }
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  public URI address() {
    return URI.create("https://127.0.0.1:" + port);
  }

  public URI page() {
    return URI.create("http://127.0.0.1:" + adminPort + "/");
  }

  public Path folder() {
    return folder;
  }

  /** The gateway's files that {@code make-pki} made. */
  public Path gatewayKeys() {
    return folder.resolve("agent");
  }

  public JsonNode status() {
    try {
      for (JsonNode one : JSON.readTree(get("/status.json")).path("feeds")) {
        if (one.path("feed").asText().equals(feed)) {
          return one;
        }
      }
      throw new IllegalStateException("the city does not know the feed");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every entry it holds, in the order of arrival. */
  public List<Entry> entries() {
    try {
      List<Entry> entries = new ArrayList<>();
      for (String line : new String(get("/holdings.jsonl"), StandardCharsets.UTF_8).split("\n")) {
        if (!line.isEmpty()) {
          JsonNode node = JSON.readTree(line);
          entries.add(new Entry(node.path("epoch").asLong(), node.path("seq").asLong(), node.path("i").asLong(),
              node.path("n").isNull() ? null : node.path("n").asLong(), node.path("raw").asText(null),
              node.path("control").asText(null), node.path("type").asText(null), node.path("why").asText(null)));
        }
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Raw hashes of all messages it holds a bundle of. */
  public Set<String> held() {
    return entries().stream().filter(entry -> entry.n() != null).map(Entry::raw).collect(Collectors.toCollection(TreeSet::new));
  }

  public byte[] body(long n) {
    return get("/holdings/" + encoded() + "/" + n);
  }

  /** e.g. {@code misbehave("{\"loseReceipts\":3}")}; see the city's own README. */
  public void misbehave(String order) {
    post("/misbehave", order);
  }

  /** Restored to an older state: everything after {@code seq} is forgotten. */
  public void rollBack(long seq) {
    post("/rollback", "{\"feed\":\"" + feed + "\",\"seq\":" + seq + "}");
  }

  /** The city's clinical answer to a bundle that it holds: not taken over. */
  public void reject(long n, String rule, String text) {
    post("/outcomes", "{\"feed\":\"" + feed + "\",\"outcomes\":[{\"n\":" + n + ",\"outcome\":\"rejected\",\"rule\":\"" + rule
        + "\",\"text\":\"" + text + "\"}]}");
  }

  public void reloadRegister() {
    post("/register", "{}");
  }

  /**
   * Writes the feed as the verifier in tests/conformance reads it: the bytes of each batch and receipt.
   *
   * @return how many batches
   */
  public int export(Path target) {
    try {
      Files.createDirectories(target);
      long last = status().path("seq").asLong();
      Map<Long, List<Entry>> bySeq = entries().stream().collect(Collectors.groupingBy(Entry::seq));
      int written = 0;
      for (long seq = 1; seq <= last; seq++) {
        byte[] header = get("/batches/" + encoded() + "/" + seq + "/header");
        byte[] entries = get("/batches/" + encoded() + "/" + seq + "/entries");
        List<byte[]> bodies = bySeq.getOrDefault(seq, List.of()).stream().filter(e -> e.n() != null).map(e -> body(e.n())).toList();
        long size = 8L + header.length + entries.length + bodies.stream().mapToLong(b -> b.length).sum();
        ByteBuffer batch = ByteBuffer.allocate(Math.toIntExact(size));
        batch.putInt(header.length).put(header).putInt(entries.length).put(entries);
        bodies.forEach(batch::put);
        String name = epochOf(header) + "-" + seq;
        Files.write(target.resolve(name + ".batch"), batch.array());
        Files.write(target.resolve(name + ".receipt"), get("/batches/" + encoded() + "/" + seq + "/receipt"));
        written++;
      }
      return written;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String epochOf(byte[] cms) {
    String text = new String(cms, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("\"epoch\":") + 8;
    int end = at;
    while (Character.isDigit(text.charAt(end))) {
      end++;
    }
    return text.substring(at, end);
  }

  private String encoded() {
    return URLEncoder.encode(feed, StandardCharsets.UTF_8);
  }

  private byte[] get(String path) {
    return send(HttpRequest.newBuilder(page().resolve(path)).timeout(Duration.ofSeconds(60)).build());
  }

  private void post(String path, String body) {
    send(HttpRequest.newBuilder(page().resolve(path)).timeout(Duration.ofSeconds(60))
        .POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  private static byte[] send(HttpRequest request) {
    try {
      HttpResponse<byte[]> response = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(request.uri().getPath() + " answered " + response.statusCode());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
