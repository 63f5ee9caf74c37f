package io.emrgateway.agent.consent;

import io.emrgateway.agent.Ports;
import io.emrgateway.agent.his.Callers;
import io.emrgateway.agent.his.ConsentPages;
import io.emrgateway.agent.his.HisDoor;
import io.emrgateway.agent.his.Questions;
import io.emrgateway.agent.lookup.Objecting;
import io.emrgateway.agent.lookup.Telling;
import io.emrgateway.agent.lookup.Withdrawal;
import io.emrgateway.agent.seal.MasterKey;
import io.emrgateway.agent.seal.NewKey;
import io.emrgateway.agent.seal.SigningKeys;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.store.Store;
import io.emrgateway.routes.core.lookup.Agreement;
import io.emrgateway.routes.core.lookup.KeepConsent;
import io.emrgateway.routes.core.lookup.KeepObjection;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.records.Identifier;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** The HIS's door over real sockets with a real store behind it; two patients are known, one of them a child. */
final class Counter implements AutoCloseable {
  static final String SECRET = "0123456789abcdef0123456789abcdef";
  static final String RESIDENT = "urn:oid:2.16.156.10011.1.3";
  private static final char[] PASSWORD = "a password for tests".toCharArray();
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  final Store store;
  final List<Withdrawal> told = new CopyOnWriteArrayList<>();
  final List<Objecting> objected = new CopyOnWriteArrayList<>();
  final int port;
  /** May be moved on; the store's own clock goes by itself. */
  volatile Instant now = Instant.now();
  private final Vertx vertx = Vertx.vertx();
  private final HisDoor door;
  private final Telling telling;

  Counter(Path folder, Suite suite, Kind... kinds) throws Exception {
    String feed = "H-0104/main";
    Path signing = folder.resolve("signing.p12");
    NewKey.make(signing, PASSWORD.clone(), suite, feed, Instant.now(), Duration.ofDays(30));
    store = new Store(new Store.Settings(folder.resolve("home"), feed, suite, List.of("his"), 1, 1L << 40, Duration.ofDays(100),
        Duration.ofDays(180), Duration.ofDays(1_096), false, "test", () -> Suite.ZERO_HASH), MasterKey.create(folder.resolve("master.key")),
        new SigningKeys(signing, PASSWORD::clone, suite, feed, Clock.systemUTC()), Clock.systemUTC(), () -> { });
    Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    telling = new Telling(store.consents(), store.objections(), new Telling.City() {
      @Override
      public boolean hears(Withdrawal withdrawal) {
        return told.add(withdrawal);
      }

      @Override
      public boolean hears(Objecting objecting) {
        return objected.add(objecting);
      }
    }, Duration.ofSeconds(1), Duration.ofSeconds(1));
    telling.start();
    Questions questions = new Questions((authority, value) -> List.of(
        new Identifier("urn:emr-gateway:H-0104:patient:" + (authority.isEmpty() ? "HIS" : authority), value)));
    KeepConsent keep = new KeepConsent(new KeepConsent.Policy("H-0104", Set.of(kinds), Duration.ofDays(365)), PATIENTS, store.consents(),
        evidence -> Suite.hex(suite.hashUntagged(evidence)), clock);
    port = Ports.free();
    door = new HisDoor(vertx, new InetSocketAddress("127.0.0.1", port), null, new Callers(Map.of("his-web",
        MessageDigest.getInstance("SHA-256").digest(SECRET.getBytes(StandardCharsets.UTF_8)))),
        List.of(new ConsentPages(keep, new KeepObjection(PATIENTS, telling::object, clock), store.consents(), store.objections(), telling, PATIENTS, questions),
            new SigningPages(keep, questions::meant, Agreement.shipped(), "H-0104", org -> "合成医院", suite.wireName(),
                evidence -> Suite.hex(suite.hashUntagged(evidence)), clock)));
    door.open();
  }

  private static final LookUp.Patients PATIENTS = new LookUp.Patients() {
    @Override
    public Optional<LookUp.File> known(List<Identifier> patient) {
      return sought(patient).map(one -> new LookUp.File(one, number -> {
        throw new AssertionError();
      }));
    }

    private Optional<Sought> sought(List<Identifier> patient) {
      return patient.stream().anyMatch(one -> one.value().equals("P1") || one.value().equals("11010519491231002X"))
          ? Optional.of(new Sought(List.of(new Identifier(RESIDENT, "11010519491231002X")), "张伟", LocalDate.of(1949, 12, 31)))
          : patient.stream().anyMatch(one -> one.value().equals("P2"))
              ? Optional.of(new Sought(List.of(new Identifier(RESIDENT, "110105202001010016")), "王小", LocalDate.of(2020, 1, 1)))
              : Optional.empty();
    }

    @Override
    public boolean isContradictory(List<Identifier> patient) {
      return patient.stream().anyMatch(one -> one.value().equals("P3"));
    }
  };

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(60));
  }

  private HttpRequest.Builder asHis(String path) {
    return to(path).header("Authorization", "Bearer " + SECRET);
  }

  HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(asHis(path).build(), BodyHandlers.ofString());
  }

  HttpResponse<byte[]> bytes(String path) throws Exception {
    return HTTP.send(asHis(path).build(), BodyHandlers.ofByteArray());
  }

  HttpResponse<String> post(String path, String type, String body) throws Exception {
    return HTTP.send(asHis(path).header("Content-Type", type).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  /** As a browser, with its cookie or without. */
  HttpResponse<String> browser(String path, String cookie, String body) throws Exception {
    HttpRequest.Builder request = to(path).header("User-Agent", "a tablet");
    if (cookie != null) {
      request.header("Cookie", cookie);
    }
    if (body != null) {
      request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  @Override
  public void close() throws Exception {
    door.close();
    telling.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    store.close();
  }
}
