package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How: a packaged gateway is fed HL7 v2 and then called as a CDS Hooks client calls, with a token signed here, or asked by the
 * very connection that feeds it.
 */
@DisplayName("A doctor who signs an order")
class RemindersJourneyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String PID = "PID|1||000123^^^HIS^MR~11010519491231002X^^^GA^NNCHN||张^伟||19491231|F";

  private City city;
  private Agent gateway;
  private KeyPair keys;
  private String address;

  @AfterEach
  void stop() {
    if (gateway != null) {
      gateway.stop();
    }
    if (city != null) {
      city.stop();
    }
  }

  private void start(Path folder) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    keys = generator.generateKeyPair();
    Path pem = Files.writeString(folder.resolve("his-cds.pem"),
        "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded()) + "\n-----END PUBLIC KEY-----\n");
    Path secret = Files.writeString(folder.resolve("his.secret"), "0123456789abcdef0123456789abcdef\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Path site = Files.createDirectories(folder.resolve("site/codes/reminders"));
    Files.writeString(folder.resolve("site/site.yaml"), "site: H-0104\n");
    Files.writeString(site.resolve("drug-products.txt"), "# source: the pharmacy of this test\nsystem: urn:emr-gateway:codes:drug-product\nYP0017\t\t阿莫西林\n");
    int door = House.freePort();
    address = "http://127.0.0.1:" + door;
    city = City.withKeys(folder.resolve("keys"), "H-0104/main", "intl");
    city.start();
    gateway = Agent.of(folder, city, "H-0104", city.gatewayKeys(), "intl", "", "site: " + folder.resolve("site") + "\nhis:\n  port: " + door
        + "\n  clients:\n    - name: web\n      secret-file: " + secret + "\nreminders:\n  address: " + address
        + "\n  clients:\n    - issuer: https://his.example\n      key: " + pem + "\n").asking().launch();
    gateway.awaitOpen(Duration.ofSeconds(90));
  }

  private String token(String path) throws Exception {
    long now = System.currentTimeMillis() / 1_000;
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String signed = base64.encodeToString("{\"alg\":\"ES384\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8)) + "."
        + base64.encodeToString(("{\"iss\":\"https://his.example\",\"aud\":\"" + address + path + "\",\"iat\":" + now + ",\"exp\":" + (now + 120) + ",\"jti\":\""
            + UUID.randomUUID() + "\"}").getBytes(StandardCharsets.UTF_8));
    Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
    signature.initSign(keys.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + base64.encodeToString(signature.sign());
  }

  private HttpResponse<String> post(String path, String audience, String body) throws Exception {
    return HTTP.send(HttpRequest.newBuilder(URI.create(address + path)).header("Authorization", "Bearer " + token(audience))
        .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private void feed(His his) {
    String prescribed = LocalDate.now(ZoneOffset.ofHours(8)).minusDays(3).toString().replace("-", "") + "080000";
    his.send(His.message("ADT^A01", "C1", StandardCharsets.UTF_8, PID, "PV1|1|I|N03||||||||||||||||ZY1^^^HIS^VN|||||||||||||||||||||||||" + prescribed,
        "AL1|1|DA|^青霉素|SV|皮疹"));
    his.send(His.message("RDE^O11", "C2", StandardCharsets.UTF_8, PID, "ORC|NW|RX1^HIS|||||||" + prescribed, "RXE||L9^阿托伐他汀钙片^L", "RXR|^口服", "TQ1|1||QD|||28^天"));
    gateway.awaitSettled(Duration.ofSeconds(40));
  }

  @Test
  void is_warned_by_what_the_hospitals_own_feed_has_told_and_what_the_doctor_answers_is_kept(@TempDir Path folder) throws Exception {
    start(folder);
    try (His his = His.of(gateway)) {
      feed(his);
    }

    String path = "/cds-services/order-sign";
    HttpResponse<String> answer = post(path, path, "{\"hook\":\"order-sign\",\"hookInstance\":\"" + UUID.randomUUID()
        + "\",\"context\":{\"userId\":\"Practitioner/D1001\",\"patientId\":\"HIS|000123\",\"encounterId\":\"ZY9\",\"draftOrders\":{\"resourceType\":\"Bundle\",\"entry\":["
        + "{\"resource\":{\"resourceType\":\"MedicationRequest\",\"id\":\"1\",\"status\":\"draft\",\"medicationCodeableConcept\":{\"coding\":[{\"code\":\"YP0017\"}],\"text\":\"院内口服药甲\"}}},"
        + "{\"resource\":{\"resourceType\":\"MedicationRequest\",\"id\":\"2\",\"status\":\"draft\",\"medicationCodeableConcept\":{\"text\":\"立普妥\"}}}]}}}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode cards = JSON.readTree(answer.body()).path("cards");
    assertThat(cards.findValuesAsText("indicator")).containsExactly("critical", "warning", "info");
    assertThat(cards.get(0).path("summary").asText()).contains("院内口服药甲", "青霉素");
    assertThat(cards.get(1).path("summary").asText()).contains("立普妥", "尚余 25 天");

    String feedback = "{\"feedback\":[{\"card\":\"" + cards.get(0).path("uuid").asText() + "\",\"outcome\":\"overridden\",\"overrideReason\":{\"reason\":{\"code\":\"skin-test\"}}}]}";
    assertThat(post(path + "/feedback", path, feedback).statusCode()).isEqualTo(200);
    assertThat(Files.readString(folder.resolve("home/reminders.counts"))).isEqualTo("allergy.class overridden skin-test 1\n");
    assertThat(gateway.log()).doesNotContain("000123", "11010519491231002X", "青霉素", "他汀", "院内口服药甲");
  }

  @Test
  void is_warned_of_the_same_where_the_his_speaks_hl7_v2_only_and_the_draft_goes_nowhere(@TempDir Path folder) throws Exception {
    start(folder);
    try (His his = His.of(gateway)) {
      feed(his);
      byte[] check = His.message("QBP^Q11^QBP_Q11", "K1", StandardCharsets.UTF_8,
          "QPD|ZEMRGW-CHECK|T1|000123^^^HIS^MR||||||D1001^李^明|心血管内科|ZY9", "ORC|NW|RX7^HIS", "RXE||YP0017^院内口服药甲^L", "RXR|^口服", "ORC|NW|RX8^HIS",
          "RXE||^立普妥", "RXR|^口服", "RCP|I");
      His.Answer answer = his.send(check);

      assertThat(answer.code()).as(answer.text()).isEqualTo("AA");
      assertThat(answer.text()).contains("QAK|T1|OK|", "|not-yet^", "ORC|NW|RX7^HIS\rOBX|1|CE|REMINDER^提醒 Reminder^99EMRGW|1|allergy.class^", "|critical^",
          "ORC|NW|RX8^HIS\rOBX|1|CE|REMINDER^提醒 Reminder^99EMRGW|2|drug.repeated^", "尚余 25 天");
      Waiting.until("the lookup that the check began is refused for the visit", Duration.ofSeconds(20),
          () -> his.send(check).text().contains("|denied^") && his.send(check).text().contains("^lookup.no-open-visit^"));
      assertThat(his.send(His.admission("K2")).code()).isEqualTo("AA");
      gateway.awaitSettled(Duration.ofSeconds(40));
      assertThat(city.entries()).extracting(City.Entry::control).as("the city hears of what came behind the check, and not of the check")
          .contains("C2", "K2").doesNotContain("K1");
    }
    assertThat(gateway.log()).doesNotContain("000123", "11010519491231002X", "青霉素", "他汀", "院内口服药甲", "RX7");
  }
}
