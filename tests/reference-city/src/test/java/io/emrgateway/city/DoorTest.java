package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.emrgateway.city.Gateway.Draft;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The city's door")
class DoorTest {
  @TempDir Path dir;
  Trial trial;
  Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    trial = new Trial(dir, "intl");
    gateway = trial.gateway;
  }

  @AfterEach
  void stop() {
    trial.close();
  }

  private char[] password() throws IOException {
    return Files.readString(dir.resolve("agent/password")).toCharArray();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + trial.server.port() + path));
  }

  private HttpResponse<String> send(HttpClient client, HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpClient client(String keyFile) throws Exception {
    return Gateway.client(
        keyFile == null ? null : dir.resolve(keyFile), password(), dir.resolve("agent/city-ca.pem"), "TLSv1.3");
  }

  private static String rule(HttpResponse<String> response) throws Exception {
    return Gateway.JSON.readTree(response.body()).get("rule").asText();
  }

  @Test
  void opens_for_tls_1_3_with_a_certificate_only() throws Exception {
    HttpRequest trust = request("/v1/trust").build();
    assertThat(client("agent/tls.p12").send(trust, HttpResponse.BodyHandlers.ofByteArray()).statusCode()).isEqualTo(200);
    HttpClient older =
        Gateway.client(dir.resolve("agent/tls.p12"), password(), dir.resolve("agent/city-ca.pem"), "TLSv1.2");
    assertThatThrownBy(() -> send(older, trust)).isInstanceOf(IOException.class);
    HttpClient nobody = client(null);
    assertThatThrownBy(() -> send(nobody, trust)).isInstanceOf(IOException.class);
  }

  @Test
  void answers_403_to_another_hospitals_certificate_and_to_an_unknown_feed() throws Exception {
    Pki.Issued other = trial.pki.tlsClient("H-0999/main");
    Keys.write(dir.resolve("other.p12"), password(), "tls", other.pair().getPrivate(), true, other.der());
    for (String path : List.of("/v1/feeds/H-0104%2Fmain/head?nonce=" + "ab".repeat(16), "/v1/trust")) {
      HttpResponse<String> refused = send(client("other.p12"), request(path).build());
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(rule(refused)).isEqualTo("tls.not-pinned");
    }
    HttpRequest unknown = request("/v1/feeds/H-0777%2Fmain/head?nonce=" + "ab".repeat(16)).build();
    assertThat(send(client("agent/tls.p12"), unknown).statusCode()).isEqualTo(403);
  }

  @Test
  void hands_out_the_trust_file_that_was_installed() throws Exception {
    byte[] trust = gateway.getTrust().body();
    assertThat(trust).isEqualTo(Files.readAllBytes(dir.resolve("agent/trust.cms")));
    Keys root = Keys.read(dir.resolve("city/root-intl.p12"), Pki.readPassword(dir.resolve("city/password")));
    JsonNode content = Gateway.JSON.readTree(Cms.open(Suite.INTL, trust, List.of(root.certificate())).content());
    assertThat(content.get("version").asLong()).isEqualTo(1);
    assertThat(content.get("roots").get(0).binaryValue()).isEqualTo(root.certificate().der);
    assertThat(content.get("hospitals").get(0).get("feed").asText()).isEqualTo(Gateway.FEED);

    trial.pki.makeTrust(Suite.INTL);
    byte[] next = gateway.getTrust().body();
    assertThat(Gateway.JSON.readTree(Cms.open(Suite.INTL, next, List.of(root.certificate())).content()).get("version").asLong())
        .isEqualTo(2);
  }

  @Test
  void says_what_is_wrong_with_a_request_before_the_batch() throws Exception {
    HttpClient client = client("agent/tls.p12");
    var body = HttpRequest.BodyPublishers.ofByteArray(gateway.seal(gateway.data(1, 0)));
    String batch = "/v1/feeds/H-0104%2Fmain/batches/1/1";
    String type = "application/vnd.emr-gateway.batch";
    assertThat(rule(send(client, request(batch).POST(body).build()))).isEqualTo("request.content-type");
    assertThat(rule(send(client, request(batch).header("Content-Type", type).header("Content-Encoding", "br").POST(body).build())))
        .isEqualTo("request.encoding");
    assertThat(rule(send(client, request(batch).header("Content-Type", type).header("Content-Encoding", "gzip").POST(body).build())))
        .isEqualTo("batch.encoding");
    assertThat(rule(send(client, request("/v1/feeds/H-0104%2Fmain/batches/1/x").header("Content-Type", type).POST(body).build())))
        .isEqualTo("request.path");
    assertThat(send(client, request("/v1/enrol").POST(body).build()).statusCode()).isEqualTo(404);
    byte[] nothing = new byte[3];
    assertThat(new String(gateway.post(1, 1, nothing, false).body(), StandardCharsets.UTF_8)).contains("batch.framing");
    // After all this, the connection and the feed are as good as before.
    gateway.deliver(gateway.data(1, 0));
  }

  @Test
  void takes_a_batch_in_chunks() throws Exception {
    byte[] batch = gateway.seal(gateway.data(5, 0));
    HttpRequest chunked =
        request("/v1/feeds/H-0104%2Fmain/batches/1/1")
            .header("Content-Type", "application/vnd.emr-gateway.batch")
            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(batch)))
            .build();
    assertThat(client("agent/tls.p12").send(chunked, HttpResponse.BodyHandlers.ofByteArray()).statusCode()).isEqualTo(200);
  }

  @Test
  void answers_413_to_what_is_too_large() throws Exception {
    Draft crowd = gateway.data(257, 0);
    HttpResponse<byte[]> answer = gateway.post(crowd);
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("batch.too-many-entries");

    Draft two = gateway.data(2, 0);
    two.entry(0).put("length", 8 << 20);
    answer = gateway.post(gateway.count(two));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("batch.too-large");

    Draft one = gateway.data(1, 0);
    one.entry(0).put("length", (32 << 20) + 1);
    assertThat(gateway.post(gateway.count(one)).statusCode()).isEqualTo(413);
  }

  @Test
  void does_not_take_a_signing_certificate_that_names_another_feed_or_has_expired() throws Exception {
    Path file = dir.resolve("agent/foreign.p12");
    byte[] der = trial.pki.makeSigning("H-0999/main", Suite.INTL, file, password(), false);
    JsonNode register = Gateway.JSON.readTree(dir.resolve("city/register.json").toFile());
    JsonNode feed = register.get("feeds").get(0);
    String own = feed.get("signing").asText();
    ((com.fasterxml.jackson.databind.node.ObjectNode) feed).put("signing", Base64.getEncoder().encodeToString(der));
    Files.writeString(dir.resolve("city/register.json"), register.toString());
    trial.order("/register", "");
    gateway.use(file);
    assertThat(new String(gateway.post(gateway.data(1, 0)).body(), StandardCharsets.UTF_8)).contains("certificate.feed");

    ((com.fasterxml.jackson.databind.node.ObjectNode) feed).put("signing", own);
    Files.writeString(dir.resolve("city/register.json"), register.toString());
    gateway.use(dir.resolve("agent/signing.p12"));
    Register later = new Register(dir.resolve("city/register.json"));
    try (Holdings holdings = new Holdings(dir.resolve("later.db"))) {
      Clock clock = Clock.fixed(Instant.now().plus(Duration.ofDays(31)), ZoneOffset.UTC);
      char[] cityPassword = Pki.readPassword(dir.resolve("city/password"));
      City city = new City(later, holdings, City.receiptKeys(dir.resolve("city"), cityPassword), clock);
      Answer answer =
          city.take(
              later.feed(Gateway.FEED),
              new Batch.Key(Gateway.FEED, 1, 1),
              new java.io.ByteArrayInputStream(gateway.seal(gateway.data(1, 0))));
      assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("certificate.validity");
    }
  }

  @Test
  void keeps_its_passwords_and_keys_to_their_owner() throws Exception {
    for (String file : List.of("agent/password", "city/password", "agent/signing.p12", "agent/tls.p12")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(file)))).isEqualTo("rw-------");
    }
  }
}
