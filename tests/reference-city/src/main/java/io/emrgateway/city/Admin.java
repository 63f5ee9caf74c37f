package io.emrgateway.city;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The trials' side of the city, plain HTTP on the loopback address: what it holds, and levers to make it misbehave.
 * A real city has nothing like it; anyone on the machine may pull the levers.
 */
final class Admin implements AutoCloseable {
  private static final int BATCHES_AT_ONCE = 64;

  private final City city;
  private final LookupLog lookups;
  private final Misbehaviour misbehaviour;
  private final Clock clock;
  static {
    // Read once by the JDK's server. Without it head and body of an answer leave as two packets, and the second waits
    // some 40 ms for the first one's acknowledgement: an export of 7,000 bodies took five minutes.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "city-admin");
            thread.setDaemon(true);
            return thread;
          });

  Admin(int port, City city, LookupLog lookups, Misbehaviour misbehaviour, Clock clock) throws IOException {
    this.city = city;
    this.lookups = lookups;
    this.misbehaviour = misbehaviour;
    this.clock = clock;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        route(exchange);
      } catch (IllegalArgumentException | IllegalStateException e) {
        // Said to whoever runs the trial, on the same machine; the texts are ours.
        ObjectNode error = Json.MAPPER.createObjectNode().put("error", String.valueOf(e.getMessage()));
        send(exchange, 400, "application/json", Json.bytes(error));
      } catch (Refused e) {
        send(exchange, 400, "application/json", Answer.refused(e.rule, e.place, 0).body());
      }
    }
  }

  private void route(HttpExchange exchange) throws IOException {
    String[] path = exchange.getRequestURI().getRawPath().split("/", -1);
    String address = exchange.getRequestMethod() + " /" + path[1];
    switch (address) {
      case "GET /" ->
          send(exchange, 200, "text/html; charset=utf-8", new Page(city, lookups, misbehaviour, clock).html());
      case "GET /status.json" -> send(exchange, 200, "application/json", Json.bytes(status()));
      case "GET /holdings.jsonl" -> holdings(exchange);
      case "GET /holdings" -> body(exchange, path);
      case "GET /batches" -> batch(exchange, path);
      case "POST /misbehave" -> {
        misbehaviour.order(order(exchange), clock.instant());
        send(exchange, 200, "application/json", Json.bytes(misbehaviour.show(clock.instant())));
      }
      case "POST /rollback" -> {
        JsonNode order = order(exchange);
        String feed = known(order.path("feed").asText()).feed();
        if (!order.path("seq").canConvertToLong() || order.path("seq").asLong() < 0) {
          throw new IllegalArgumentException("seq must be a number from 0");
        }
        city.forgetAfter(feed, order.path("seq").asLong());
        send(exchange, 200, "application/json", Json.bytes(status()));
      }
      case "POST /register" -> {
        JsonNode order = order(exchange);
        if (order.has("pending")) {
          byte[] der = Base64.getDecoder().decode(order.path("pending").asText());
          city.register().approve(known(order.path("feed").asText()).feed(), der);
        } else {
          city.register().reload();
        }
        send(exchange, 200, "application/json", Json.bytes(status()));
      }
      case "POST /outcomes" -> {
        outcomes(order(exchange));
        send(exchange, 200, "application/json", Json.bytes(status()));
      }
      default -> send(exchange, 404, "application/json", Answer.refused(Rule.REQUEST_UNKNOWN, "", 0).body());
    }
  }

  private static JsonNode order(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(1 << 20);
    return body.length == 0 ? Json.MAPPER.createObjectNode() : Json.object(body, Rule.HEADER_JSON);
  }

  private Register.Feed known(String feed) {
    Register.Feed found = city.register().feed(feed);
    if (found == null) {
      throw new IllegalArgumentException("the register does not know this feed");
    }
    return found;
  }

  /** Everything a trial wants to compare, per feed. */
  private ObjectNode status() {
    ObjectNode status = Json.MAPPER.createObjectNode();
    var feeds = status.putArray("feeds");
    for (Register.Feed feed : city.register().feeds()) {
      State state = city.holdings().state(feed.feed());
      Holdings.Totals totals = city.holdings().totals(feed.feed());
      ObjectNode node = feeds.addObject();
      node.put("feed", feed.feed()).put("org", feed.org()).put("suite", feed.suite().id);
      node.put("epoch", state.epoch()).put("seq", state.seq()).put("hh", state.hh());
      node.put("in", state.in()).put("n", state.n());
      node.putObject("audit").put("n", state.auditN()).put("head", state.auditHead());
      node.put("prevCh", state.prevCh()).put("ch", state.ch());
      node.put("held", totals.held()).put("explained", totals.explained());
      node.put("quarantined", totals.waiting()).put("batches", totals.batches());
      node.put("duplicates", city.log().repeats(feed.feed()));
      ObjectNode refusals = node.putObject("rejections");
      city.log().refusals(feed.feed()).forEach(refusals::put);
      node.putNull("lastError");
      city.log().events().stream()
          .filter(event -> event.feed().equals(feed.feed()))
          .findFirst()
          .ifPresent(event -> event(node.putObject("lastError"), event));
    }
    status.set("lookups", lookups.show());
    status.set("misbehaviour", misbehaviour.show(clock.instant()));
    return status;
  }

  private static void event(ObjectNode node, Log.Event event) {
    node.put("t", event.t()).put("seq", event.seq()).put("what", event.what()).put("place", event.place());
  }

  /** One line per entry held, feed after feed, in the order of arrival. */
  private void holdings(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson; charset=utf-8");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), 64 << 10)) {
      for (Register.Feed feed : city.register().feeds()) {
        long seq = 0;
        List<Holdings.Held> batches = city.holdings().batchesAfter(feed.feed(), seq, BATCHES_AT_ONCE);
        while (!batches.isEmpty()) {
          for (Holdings.Held batch : batches) {
            writeEntries(out, feed.feed(), batch);
            seq = batch.seq();
          }
          batches = city.holdings().batchesAfter(feed.feed(), seq, BATCHES_AT_ONCE);
        }
      }
    }
  }

  private static void writeEntries(OutputStream out, String feed, Holdings.Held batch) throws IOException {
    for (byte[] line : Entry.lines(batch.entries())) {
      Entry entry = Entry.read(line, "");
      ObjectNode node = Json.MAPPER.createObjectNode();
      node.put("epoch", batch.epoch()).put("seq", batch.seq()).put("i", entry.i());
      if (entry.hasBody()) {
        node.put("n", entry.n()).put("raw", entry.raw()).put("control", entry.control()).put("type", entry.type());
        node.putNull("why").put("length", entry.length());
      } else {
        node.putNull("n").putNull("raw").putNull("control").putNull("type").put("why", entry.why()).putNull("length");
      }
      out.write(Json.bytes(node.put("feed", feed)));
      out.write('\n');
    }
  }

  /** {@code /holdings/{feed}/{n}}: the body as it came. */
  private void body(HttpExchange exchange, String[] path) throws IOException {
    byte[] body =
        path.length == 4 && path[3].matches("[0-9]{1,15}")
            ? city.holdings().body(known(decoded(path[2])).feed(), Long.parseLong(path[3]))
            : null;
    if (body == null) {
      send(exchange, 404, "application/json", Answer.refused(Rule.REQUEST_UNKNOWN, "", 0).body());
    } else {
      send(exchange, 200, "application/fhir+json", body);
    }
  }

  /** {@code /batches/{feed}/{seq}/header|entries|receipt}: the evidence as it came and went. */
  private void batch(HttpExchange exchange, String[] path) throws IOException {
    Holdings.Held held =
        path.length == 5 && path[3].matches("[0-9]{1,15}")
            ? city.holdings().batch(known(decoded(path[2])).feed(), Long.parseLong(path[3]))
            : null;
    byte[] part =
        held == null
            ? null
            : switch (path[4]) {
              case "header" -> held.header();
              case "entries" -> held.entries();
              case "receipt" -> held.receipt();
              default -> null;
            };
    if (part == null) {
      send(exchange, 404, "application/json", Answer.refused(Rule.REQUEST_UNKNOWN, "", 0).body());
    } else {
      send(exchange, 200, path[4].equals("entries") ? "application/x-ndjson" : Answer.SIGNED, part);
    }
  }

  /** {@code {"feed":"…","outcomes":[{"n":1,"outcome":"rejected","rule":"…","text":"…"}]}}. */
  private void outcomes(JsonNode order) {
    String feed = known(order.path("feed").asText()).feed();
    for (JsonNode outcome : order.path("outcomes")) {
      String said = outcome.path("outcome").asText();
      if (!said.equals("accepted") && !said.equals("rejected") || outcome.path("n").asLong() < 1) {
        throw new IllegalArgumentException("an outcome has n and is accepted or rejected");
      }
      ObjectNode node = Json.MAPPER.createObjectNode();
      node.put("n", outcome.path("n").asLong()).put("outcome", said);
      node.put("rule", outcome.path("rule").asText("")).put("text", outcome.path("text").asText(""));
      city.holdings().putOutcome(feed, outcome.path("n").asLong(), Json.text(node));
    }
  }

  private static String decoded(String segment) {
    return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
