package io.emrgateway.viewer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.journeys.Needed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real Chromium without a window, spoken to over its own DevTools protocol: what a library for it would add is mostly
 * its weight.
 *
 * @see "chromedevtools.github.io/devtools-protocol"
 */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final Path profile;
  private final WebSocket socket;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private final Map<String, List<JsonNode>> events = new ConcurrentHashMap<>();

  static boolean isThere() {
    return Needed.isThere("chromium");
  }

  Browser() throws Exception {
    profile = Files.createTempDirectory("viewer-browser");
    process = new ProcessBuilder("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage",
        "--hide-scrollbars", "--lang=zh-CN", "--remote-debugging-port=0", "--user-data-dir=" + profile, "about:blank")
        .redirectErrorStream(true).redirectOutput(profile.resolve("log").toFile()).start();
    Path port = profile.resolve("DevToolsActivePort");
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(port) || Files.readAllLines(port).size() < 2) {
      if (System.nanoTime() > until || !process.isAlive()) {
        throw new IllegalStateException("the browser does not start: " + Files.readString(profile.resolve("log")));
      }
      Thread.sleep(50);
    }
    List<String> lines = Files.readAllLines(port);
    socket = HttpClient.newHttpClient().newWebSocketBuilder()
        .buildAsync(URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1)), new Listener()).get(30, TimeUnit.SECONDS);
  }

  /** What the browser sends; a message may come in parts. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        try {
          JsonNode message = JSON.readTree(text.toString());
          CompletableFuture<JsonNode> asked = message.has("id") ? waiting.remove(message.get("id").asInt()) : null;
          if (asked != null) {
            asked.complete(message);
          } else if (message.has("method")) {
            events.computeIfAbsent(message.path("sessionId").asText(), id -> new CopyOnWriteArrayList<>()).add(message);
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } finally {
          text.setLength(0);
        }
      }
      from.request(1);
      return null;
    }
  }

  private synchronized JsonNode send(String session, String method, Map<String, ?> parameters) {
    int id = numbers.incrementAndGet();
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    if (session != null) {
      message.put("sessionId", session);
    }
    message.set("params", JSON.valueToTree(parameters));
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    socket.sendText(message.toString(), true).join();
    JsonNode said;
    try {
      said = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(method + " is not answered", e);
    }
    if (said.has("error")) {
      throw new IllegalStateException(method + ": " + said.get("error"));
    }
    return said.get("result");
  }

  /** A tab with storage and cookies of its own. */
  Tab tab() {
    return new Tab(send(null, "Target.createBrowserContext", Map.of()).get("browserContextId").asText());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    socket.abort();
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  /** One tab, as a person at a workstation has it. */
  final class Tab implements AutoCloseable {
    private final String context;
    private final String session;

    private Tab(String context) {
      this.context = context;
      String target = send(null, "Target.createTarget", Map.of("url", "about:blank", "browserContextId", context)).get("targetId").asText();
      session = send(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true)).get("sessionId").asText();
      for (String domain : List.of("Page", "Runtime", "Network", "Log", "Audits")) {
        send(session, domain + ".enable", Map.of());
      }
      size(1366, 768, 1);
    }

    /** Another tab that has the same cookies. */
    Tab beside() {
      return new Tab(context);
    }

    void size(int width, int height, double zoom) {
      send(session, "Emulation.setDeviceMetricsOverride", Map.of("width", (int) (width / zoom), "height", (int) (height / zoom),
          "deviceScaleFactor", zoom, "mobile", false));
    }

    /** Goes to an address and waits for it to be loaded. */
    Tab opens(String address) {
      int before = count("Page.loadEventFired");
      send(session, "Page.navigate", Map.of("url", address));
      until(() -> count("Page.loadEventFired") > before);
      return this;
    }

    void reload() {
      int before = count("Page.loadEventFired");
      send(session, "Page.reload", Map.of());
      until(() -> count("Page.loadEventFired") > before);
    }

    private int count(String method) {
      return (int) events(method).count();
    }

    Stream<JsonNode> events(String method) {
      return events.getOrDefault(session, List.of()).stream().filter(one -> one.get("method").asText().equals(method)).map(one -> one.get("params"));
    }

    /** The value of an expression, promises waited for. */
    JsonNode value(String expression) {
      JsonNode said = send(session, "Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true, "userGesture", true));
      if (said.has("exceptionDetails")) {
        throw new IllegalStateException(expression + ": " + said.get("exceptionDetails"));
      }
      return said.get("result").path("value");
    }

    /** The text that the page shows, in one line. */
    String text(String selector) {
      return value("Array.from(document.querySelectorAll(" + quoted(selector) + "), one => one.innerText).join(' ').replace(/\\s+/g, ' ')").asText();
    }

    void click(String selector) {
      value("document.querySelector(" + quoted(selector) + ").click()");
    }

    /** Waits until an expression is true. */
    Tab waitsFor(String expression) {
      try {
        until(() -> value("Boolean(" + expression + ")").asBoolean());
      } catch (IllegalStateException e) {
        throw new AssertionError(expression + " does not become true; the page says: " + text("body") + " " + problems(), e);
      }
      return this;
    }

    Tab waitsForRecords() {
      return waitsFor("document.querySelector('#allergies')");
    }

    /** Presses a key by its name, e.g. {@code Tab}, {@code Enter}, {@code Escape}. */
    void press(String key) {
      Map<String, Integer> codes = Map.of("Tab", 9, "Enter", 13, "Escape", 27, " ", 32);
      for (String type : List.of("keyDown", "keyUp")) {
        Map<String, Object> event = new java.util.HashMap<>(Map.of("type", type, "key", key, "code", key.equals(" ") ? "Space" : key, "windowsVirtualKeyCode", codes.get(key)));
        if (type.equals("keyDown") && key.equals("Enter")) {
          event.put("text", "\r");
        }
        send(session, "Input.dispatchKeyEvent", event);
      }
    }

    /** Draws a line over an element, through points in CSS pixels from its corner, with a mouse, a pen or a finger ("touch"). */
    void draws(String selector, String pointer, int... xy) {
      JsonNode corner = value("(r => [r.left, r.top])(document.querySelector(" + quoted(selector) + ").getBoundingClientRect())");
      for (int k = 0; k <= xy.length; k += 2) {
        boolean up = k == xy.length;
        double x = corner.get(0).asDouble() + xy[up ? k - 2 : k];
        double y = corner.get(1).asDouble() + xy[up ? k - 1 : k + 1];
        if (pointer.equals("touch")) {
          send(session, "Input.dispatchTouchEvent", Map.of("type", up ? "touchEnd" : k == 0 ? "touchStart" : "touchMove",
              "touchPoints", up ? List.of() : List.of(Map.of("x", x, "y", y))));
        } else {
          send(session, "Input.dispatchMouseEvent", Map.of("type", up ? "mouseReleased" : k == 0 ? "mousePressed" : "mouseMoved",
              "x", x, "y", y, "button", "left", "buttons", up ? 0 : 1, "clickCount", 1, "pointerType", pointer,
              "force", pointer.equals("pen") ? 0.8 : 0.0));
        }
      }
    }

    void types(String text) {
      send(session, "Input.insertText", Map.of("text", text));
    }

    /** Lets the page believe that time has passed. */
    void passes(Duration time) {
      int before = count("Emulation.virtualTimeBudgetExpired");
      send(session, "Emulation.setVirtualTimePolicy", Map.of("policy", "advance", "budget", time.toMillis()));
      until(() -> count("Emulation.virtualTimeBudgetExpired") > before);
    }

    void media(String media) {
      send(session, "Emulation.setEmulatedMedia", Map.of("media", media));
    }

    byte[] screenshot(boolean whole) {
      return Base64.getDecoder().decode(send(session, "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", whole)).get("data").asText());
    }

    byte[] pdf() {
      return Base64.getDecoder().decode(send(session, "Page.printToPDF", Map.of("printBackground", false, "preferCSSPageSize", true)).get("data").asText());
    }

    /** Hosts and ports that were asked for anything. */
    List<String> asked() {
      return events("Network.requestWillBeSent").map(one -> URI.create(one.get("request").get("url").asText()))
          .filter(one -> one.getScheme().startsWith("http")).map(URI::getAuthority).distinct().toList();
    }

    /** What the browser complains of: policies broken, scripts failed, resources not there. */
    List<String> problems() {
      List<String> all = new ArrayList<>();
      events("Log.entryAdded").forEach(one -> all.add(one.get("entry").get("text").asText()));
      events("Runtime.exceptionThrown").forEach(one -> all.add(one.toString()));
      events("Audits.issueAdded").filter(one -> one.toString().contains("ContentSecurityPolicy")).forEach(one -> all.add(one.toString()));
      return all;
    }

    @Override
    public void close() {
      send(null, "Target.disposeBrowserContext", Map.of("browserContextId", context));
    }
  }

  private interface Condition {
    boolean holds();
  }

  private static void until(Condition condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("waited in vain");
      }
      try {
        Thread.sleep(30);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  static String quoted(String text) {
    return JSON.valueToTree(text).toString();
  }
}
