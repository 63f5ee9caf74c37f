package io.emrgateway.viewer;

import io.emrgateway.agent.his.Callers;
import io.emrgateway.agent.his.HisDoor;
import io.emrgateway.agent.his.HisPages;
import io.emrgateway.agent.his.Questions;
import io.emrgateway.agent.viewer.Viewer;
import io.emrgateway.agent.viewer.Viewing;
import io.emrgateway.journeys.House;
import io.emrgateway.mappings.About;
import io.emrgateway.mappings.records.Asked;
import io.emrgateway.mappings.records.Hospital;
import io.emrgateway.routes.camel.Hospitals;
import io.emrgateway.routes.camel.Summaries;
import io.emrgateway.routes.core.lookup.LookUp.Part;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import io.emrgateway.routes.core.lookup.LookUp.Result.Shown;
import io.emrgateway.routes.core.lookup.LookUp.Result.Unchanged;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.Rule;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Identifier;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A workstation with the gateway's page behind it, without the rest of the gateway: what the city answers is told here,
 * the document is made by the mapping as the gateway makes it.
 */
final class Desk implements AutoCloseable {
  static final String SECRET = "a-secret-of-the-his-for-this-test-only";
  static final String RESIDENT = "urn:oid:2.16.156.10011.1.3";
  static final String NUMBER = "11010519491231002X";
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 28);
  private static final Asked ASKED = Asked.all(List.of(new About.Identifier(RESIDENT, NUMBER)),
      io.emrgateway.mappings.records.Window.lastThreeMonths(TODAY));

  private volatile Instant now = Instant.parse("2026-11-28T02:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  final List<Viewing> audit = new CopyOnWriteArrayList<>();
  final List<Question> asked = new CopyOnWriteArrayList<>();
  volatile boolean auditFails;
  /** Hospitals that do not answer and for which the city does. */
  final Set<String> byTheCity = ConcurrentHashMap.newKeySet();
  /** Sections that the patient has not agreed to. */
  volatile Set<Section> notAgreed = Set.of();
  /** What the city answers, and what it answers to being asked again. */
  volatile Supplier<Result> answer = () -> shown(true, City.three(), Map.of());
  volatile Supplier<Result> late = () -> answer.get();
  /** What forbids to go on showing what is shown. */
  volatile Rule withdrawn;

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final int port = House.freePort();
  private final Vertx vertx = Vertx.vertx();
  private final HisDoor door;

  Desk() throws Exception {
    Summaries summaries = new Summaries("H-0001", new Hospitals(org -> names.getOrDefault(org, "北京大学第三医院"), (org, why) -> {}), clock);
    Viewer viewer = new Viewer(new Questions((authority, value) -> List.of()), question -> {
      asked.add(question);
      return answer.get();
    }, (rid, known) -> late.get() instanceof Shown shown && shown.tag().equals(known) ? new Unchanged() : late.get(), rid -> Optional.ofNullable(withdrawn), summaries, one -> {
      if (auditFails) {
        throw new IllegalStateException("the audit does not answer");
      }
      audit.add(one);
    }, clock);
    // Where a HIS in the browser links from: under another name it is another site.
    HisPages his = (router, callers) -> router.get("/his").handler(at -> at.response().putHeader("Content-Type", "text/html; charset=utf-8")
        .end("<!DOCTYPE html><title>HIS</title><a id=go href=\"" + at.request().getParam("to") + "\">外院资料</a>"));
    door = new HisDoor(vertx, new InetSocketAddress("127.0.0.1", port), null,
        new Callers(Map.of("his-web", MessageDigest.getInstance("SHA-256").digest(SECRET.getBytes(StandardCharsets.UTF_8)))), List.of(viewer, his));
    door.open();
  }

  /** The clock stands still until it is put on. */
  void passes(Duration time) {
    now = now.plus(time);
  }

  String address() {
    return "http://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  /** What the HIS posts for a doctor at a workstation. */
  static Map<String, String> launch() {
    return new LinkedHashMap<>(Map.of("practitioner", "D1001", "practitioner-name", "李明", "department", "心血管内科", "encounter", "MZ20261128001",
        "identifier", RESIDENT + "|" + NUMBER, "workstation", "127.0.0.1"));
  }

  HttpResponse<String> post(String secret, Map<String, String> form) throws Exception {
    String body = form.entrySet().stream().map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
    return HTTP.send(HttpRequest.newBuilder(URI.create(address() + "/launch")).timeout(Duration.ofSeconds(20))
        .header("Authorization", "Bearer " + secret).header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The address that the HIS opens for the doctor. */
  String ticket() throws Exception {
    return ticket(launch());
  }

  String ticket(Map<String, String> form) throws Exception {
    HttpResponse<String> answer = post(SECRET, form);
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.body());
    }
    return answer.body().replaceAll("^\\{\"url\":\"([^\"]+)\".*", "$1");
  }

  /** What came back: records of some hospitals, and of others why there is nothing. */
  Shown shown(boolean complete, List<Feed> answered, Map<Hospital, String> others) {
    List<Part> parts = new ArrayList<>();
    for (Feed feed : answered) {
      names.put(feed.hospital.id(), feed.hospital.name());
      parts.add(new Part(feed.hospital.id(), byTheCity.contains(feed.hospital.id()) ? "city" : "answered", feed.bundles(ASKED)));
    }
    others.forEach((hospital, status) -> {
      names.put(hospital.id(), hospital.name());
      parts.add(new Part(hospital.id(), status, List.of()));
    });
    String tag = '"' + Integer.toHexString(Objects.hash(complete, parts.toString())) + '"';
    return new Shown(new UUID(7, 7), tag, new LookupRequest.Sought(List.of(new Identifier(RESIDENT, NUMBER)), "欧阳锋", LocalDate.of(1949, 12, 31)),
        EnumSet.allOf(Section.class).stream().filter(one -> !notAgreed.contains(one)).collect(Collectors.toSet()), notAgreed, new Window(TODAY.minusMonths(3), TODAY), complete, parts, null);
  }

  @Override
  public void close() throws Exception {
    door.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
