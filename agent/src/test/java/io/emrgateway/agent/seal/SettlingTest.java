package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.emrgateway.agent.city.CityClient;
import io.emrgateway.agent.city.CityConnection;
import io.emrgateway.agent.city.CityTls;
import io.emrgateway.agent.city.Trust;
import io.emrgateway.routes.core.delivery.Batch;
import io.emrgateway.routes.core.delivery.Delivery;
import io.emrgateway.routes.core.delivery.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How: the city client that we ship, against a door on loopback that answers each batch with the receipt at hand. */
@DisplayName("A receipt signed by the city")
class SettlingTest {
  private static final Suite SUITE = Suite.INTL;
  private static final Keys KEYS = new Keys(SUITE);
  private static final Keys.Issued FEED = KEYS.forFeed(Batches.FEED);
  private static final Keys.Issued CITY = KEYS.forCity("receipts");
  private static final String AUDIT_HEAD = "cd".repeat(32);
  private static final SealedBatch SEALED =
      new BatchSealer(FEED.signer()).seal(Batches.data(1, 1, 2), Batches.heldInputs(SUITE, 2, Batches.bundle(1)));
  private static final Batch BATCH = new Batch(1, 1, SEALED.hh(), "data", 2, 1, 2, 3, AUDIT_HEAD);
  private static final Wire WIRE = new Wire(Batches.request(SEALED, true).bytes(), true, Suite.ZERO_HASH);

  @TempDir static Path folder;
  private static HttpsServer door;
  private static CityTls city;
  private static CityClient client;
  private static volatile String asked;
  private static volatile byte[] answer;

  @BeforeAll
  static void open() throws IOException, GeneralSecurityException {
    Keys.Issued loopback = KEYS.forLoopback();
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(TlsKey.open(Keys.pkcs12(folder.resolve("door.p12"), loopback.pair(), loopback.x509(), "rw-------"),
        Keys.PASSWORD).store(), Keys.PASSWORD);
    SSLContext tls = SSLContext.getInstance("TLSv1.3");
    tls.init(own.getKeyManagers(), null, null);
    door = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    door.setHttpsConfigurator(new HttpsConfigurator(tls));
    door.createContext("/", exchange -> {
      asked = exchange.getRequestURI().getRawPath();
      exchange.getRequestBody().readAllBytes();
      boolean batch = exchange.getRequestMethod().equals("POST");
      byte[] body = batch ? answer : new byte[0];
      exchange.sendResponseHeaders(batch ? 200 : 404, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    door.start();
    TlsKey key = TlsKey.open(Keys.pkcs12(folder.resolve("tls.p12"), FEED.pair(), FEED.x509(), "rw-------"), Keys.PASSWORD);
    city = new CityTls(key, Authorities.open(Files.writeString(folder.resolve("ca.pem"), pem(KEYS.ca.getEncoded()))));
    client = client("");
  }

  private static CityClient client(String path) {
    return new CityClient(
        new CityClient.Settings(Batches.FEED, SUITE, Duration.ofSeconds(20)),
        new CityConnection(URI.create("https://127.0.0.1:" + door.getAddress().getPort() + path), Duration.ofSeconds(5), city),
        new Trust(folder.resolve("trust.cms"), trust(), Keys.CLOCK));
  }

  @AfterAll
  static void close() {
    door.stop(0);
  }

  private static String pem(byte[] der) {
    return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END CERTIFICATE-----\n";
  }

  private static TrustFile trust() {
    String city = "[\"" + Base64.getEncoder().encodeToString(CITY.certificate().der()) + "\"]";
    String json = "{\"v\":1,\"version\":1,\"issued\":\"2026-11-01T00:00:00.000+08:00\",\"expires\":\"2027-11-01T00:00:00.000+08:00\","
        + "\"suite\":\"intl\",\"roots\":" + city + ",\"receipt\":" + city + ",\"lookup\":[],\"hospitals\":[]}";
    return TrustFile.installed(CITY.signer().sign(json.getBytes(StandardCharsets.UTF_8)), SUITE);
  }

  private static String receipt(String hh, String prevCh) {
    return "{\"v\":1,\"feed\":\"H-0104/main\",\"epoch\":1,\"seq\":1,\"hh\":\"" + hh + "\",\"n\":[1,2],\"in\":2,"
        + "\"audit\":{\"n\":3,\"head\":\"" + AUDIT_HEAD + "\"},\"prevCh\":\"" + prevCh + "\",\"ch\":\""
        + SUITE.cityHead(prevCh, hh) + "\",\"t\":\"2026-11-22T17:40:04.001+08:00\",\"status\":\"held\"}";
  }

  private static Delivery answered(String json, Keys.Issued by) {
    answer = by.signer().sign(json.getBytes(StandardCharsets.UTF_8));
    return client.deliver(BATCH, WIRE);
  }

  @Test
  void that_repeats_what_was_sent_settles_it() {
    assertThat(answered(receipt(BATCH.headerHash(), Suite.ZERO_HASH), CITY)).isInstanceOfSatisfying(Delivery.Accepted.class, accepted -> {
      assertThat(accepted.receipt()).isEqualTo(answer);
      assertThat(accepted.cityHead()).isEqualTo(SUITE.cityHead(Suite.ZERO_HASH, BATCH.headerHash()));
    });
  }

  /** As behind a gate of the city's that tells several services apart by their path. */
  @ParameterizedTest
  @CsvSource({"'', ''", "/, ''", "/emr, /emr", "/emr/shared/, /emr/shared"})
  void is_asked_for_behind_the_path_of_the_citys_address(String path, String before) {
    answer = CITY.signer().sign(receipt(BATCH.headerHash(), Suite.ZERO_HASH).getBytes(StandardCharsets.UTF_8));
    assertThat(client(path).deliver(BATCH, WIRE)).isInstanceOf(Delivery.Accepted.class);
    assertThat(asked).isEqualTo(before + "/v1/feeds/H-0104%2Fmain/batches/1/1");
  }

  /** One field each, otherwise right. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "feed         | H-0104/main    | H-0105/main",
      "epoch        | \"epoch\":1    | \"epoch\":2",
      "seq          | \"seq\":1      | \"seq\":2",
      "first body   | \"n\":[1,2]    | \"n\":[2,2]",
      "last body    | \"n\":[1,2]    | \"n\":[1,3]",
      "last input   | \"in\":2       | \"in\":3",
      "audit length | \"audit\":{\"n\":3 | \"audit\":{\"n\":4",
      "audit head   | \"head\":\"cd  | \"head\":\"ce"})
  void that_repeats_another_field_settles_nothing(String field, String right, String wrong) {
    String json = receipt(BATCH.headerHash(), Suite.ZERO_HASH);
    assertThat(json).contains(right);
    assertThat(answered(json.replace(right, wrong), CITY)).isEqualTo(anotherBatchs());
  }

  @Test
  void for_another_header_settles_nothing() {
    assertThat(answered(receipt("22".repeat(32), Suite.ZERO_HASH), CITY)).isEqualTo(anotherBatchs());
  }

  private static Delivery anotherBatchs() {
    return new Delivery.Postponed("delivery.receipt-of-another-batch", Duration.ZERO);
  }

  @Test
  void that_begins_at_another_head_than_ours_or_contradicts_itself_stops_the_delivery() {
    assertThat(answered(receipt(BATCH.headerHash(), "33".repeat(32)), CITY))
        .isEqualTo(new Delivery.Declined("delivery.city-chain-broken", "receipt.prevCh"));
    String right = receipt(BATCH.headerHash(), Suite.ZERO_HASH);
    String ch = SUITE.cityHead(Suite.ZERO_HASH, BATCH.headerHash());
    assertThat(answered(right.replace(ch, "44".repeat(32)), CITY))
        .isEqualTo(new Delivery.Declined("delivery.city-chain-broken", "receipt.ch"));
  }

  @Test
  void but_by_no_receipt_key_of_the_trust_file_is_none() {
    assertThat(answered(receipt(BATCH.headerHash(), Suite.ZERO_HASH), FEED))
        .isEqualTo(new Delivery.Postponed("delivery.receipt-not-valid", Duration.ZERO));
  }
}
