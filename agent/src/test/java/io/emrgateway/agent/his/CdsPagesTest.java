package io.emrgateway.agent.his;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.Ports;
import io.emrgateway.agent.seal.CallerKeys;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.reminders.Reading;
import io.emrgateway.routes.camel.FactsInBundles;
import io.emrgateway.routes.camel.FoundInRecords;
import io.emrgateway.routes.camel.Hospitals;
import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.Consents;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookUp.City.Answer;
import io.emrgateway.routes.core.lookup.LookUp.City.Fetched;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records;
import io.emrgateway.routes.core.records.Records.VisitState;
import io.emrgateway.routes.core.reminders.Remind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How: the HIS's door itself on a loopback port, called over HTTP with tokens signed here; the city is held in memory. */
@DisplayName("A CDS Hooks client")
class CdsPagesTest {
  private static final String ISSUER = "https://his.example";
  private static final Identifier RESIDENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");
  private static final Site HERE = new Site("H-0104", ZoneOffset.ofHours(8), "urn:emr-gateway:H-0104", "RMYY", Map.of());
  private static final String DRAFT = "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
      + "{\"resource\":{\"resourceType\":\"MedicationRequest\",\"id\":\"1\",\"status\":\"draft\",\"intent\":\"order\",\"medicationCodeableConcept\":{\"text\":\"阿莫西林胶囊\"}}},"
      + "{\"resource\":{\"resourceType\":\"MedicationRequest\",\"id\":\"2\",\"status\":\"draft\",\"intent\":\"order\",\"medicationCodeableConcept\":{\"text\":\"阿托伐他汀钙片\"},"
      + "\"dosageInstruction\":[{\"route\":{\"text\":\"口服\"}}]}},"
      + "{\"resource\":{\"resourceType\":\"ServiceRequest\",\"id\":\"3\",\"status\":\"draft\",\"intent\":\"order\",\"code\":{\"text\":\"胸部CT\"}}}]}";

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<byte[]> own = new ArrayList<>();
  private boolean consent = true;
  private Set<Section> agreed = Set.of(Section.values());
  private KeyPair keys;
  private HisDoor door;
  private String base;

  private static String pid(String number) {
    return "PID|1||" + number + "^^^RMYY^PI~11010519491231002X^^^GA^NI||合成^^^^^^L||19491231|F\r";
  }

  private static byte[] bundle(Site site, String type, String number, String segments) {
    return Mapping.shipped().map("MSH|^~\\&|HIS|RM|G|E|" + LocalDate.now().toString().replace("-", "") + "080000||" + type + "|C" + UUID.randomUUID() + "|P|2.4\r"
        + pid(number) + segments, site, "b").bundle();
  }

  @BeforeEach
  void opens_the_door() throws Exception {
    own.add(bundle(HERE, "ADT^A01", "0001", "PV1|1|I|N03|||||||||||||||||V1^^^RM^VN|||||||||||||||||||||||||20261101080000\rAL1|1|DA|^青霉素|SV|皮疹*\r"));
    Hospitals hospitals = new Hospitals(org -> org.equals("H-0104") ? "合成一院" : "合成二院", (org, why) -> {
      throw new AssertionError(why);
    });
    Records records = new Records() {
      @Override
      public void about(List<Identifier> identifiers, long afterInput, Consumer<Record> each) {
        if (isMeant(identifiers)) {
          for (int i = (int) afterInput; i < own.size(); i++) {
            each.accept(new Record(i + 1, i + 1, Instant.EPOCH, own.get(i)));
          }
        }
      }

      @Override
      public Extent extent(List<Identifier> identifiers) {
        return new Extent(isMeant(identifiers) ? own.size() : 0, 0);
      }

      private boolean isMeant(List<Identifier> identifiers) {
        return identifiers.contains(RESIDENT) || identifiers.contains(new Identifier("urn:emr-gateway:H-0104:patient:RMYY", "0001"));
      }

      @Override
      public Optional<VisitState> visit(Identifier visit, List<Identifier> patient) {
        throw new AssertionError();
      }
    };
    FoundInRecords found = new FoundInRecords("H-0104", records, hospitals, Optional.empty(), Headroom.ofHeap(64 << 20));
    LookUp lookUp = new LookUp(new LookUp.Settings("H-0104", "H-0104/main", false), new LookUp.Patients() {
      @Override
      public Optional<LookUp.File> known(List<Identifier> patient) {
        return Optional.of(new LookUp.File(new Sought(List.of(RESIDENT), "合成", LocalDate.of(1949, 12, 31)), number -> number.equals("V1")
            ? Optional.of(new Records.VisitState("in-progress", "IMP", Instant.now().minusSeconds(60), null)) : Optional.empty()));
      }

      @Override
      public boolean isContradictory(List<Identifier> patient) {
        throw new AssertionError();
      }
    }, consents(), entry -> { }, new LookUp.City() {
      @Override
      public Answer ask(LookupRequest request) {
        return new Answer.Parts("\"1\"", true, List.of(new Fetched("H-0105", "answered", List.of(bundle(Site.standard("H-0105"), "RDE^O11", "0009",
            "ORC|NW|RX1^HIS|||||||" + LocalDate.now(ZoneOffset.ofHours(8)).minusDays(3).toString().replace("-", "") + "080000\rRXE||L9^阿托伐他汀钙片^L\rRXR|^口服\rTQ1|1||QD|||28^天\r")))), null);
      }

      @Override
      public Answer again(UUID rid, String known) {
        throw new AssertionError();
      }
    }, found, () -> UUID.randomUUID().toString().replace("-", ""), Clock.systemUTC());
    Reading tables = Reading.shipped();
    Remind remind = new Remind(new Remind.Settings("H-0104", Duration.ofMinutes(15)), records, found, new FactsInBundles("H-0104", hospitals, () -> tables), lookUp,
        consents(), Runnable::run, Clock.systemUTC());
    keys = ec("secp384r1");
    int port = Ports.free();
    base = "http://127.0.0.1:" + port;
    CdsPages pages = new CdsPages(remind, (authority, value) -> HERE.patientNumbers(authority, value).stream()
        .map(one -> new Identifier(one.system(), one.value())).toList(), Map.of(ISSUER, keyFile("his.pem", pem(keys))),
        new CdsPages.Settings(base, List.of()), org -> org, new FeedbackCounts(folder.resolve("counts"), meters), Clock.systemUTC());
    door = new HisDoor(vertx, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), null, new Callers(Map.of()), List.of(pages));
    door.open();
  }

  @AfterEach
  void closes_it() throws Exception {
    door.close();
    vertx.close();
  }

  /** All that is asked of them here: whether one is in force, and whether it was withdrawn. */
  @SuppressWarnings("unchecked")
  private Consents consents() {
    return (Consents) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Consents.class}, (proxy, method, asked) ->
        switch (method.getName()) {
          case "inForce" -> consent ? Optional.of(new Consent(Kind.PAPER, "XY-1", "ab".repeat(32), (List<Identifier>) asked[0],
              agreed, ((Instant) asked[3]).minusSeconds(60), ((Instant) asked[3]).plusSeconds(86_400), "H-0104", null, false,
              "N1")) : Optional.empty();
          case "isWithdrawn" -> false;
          default -> throw new AssertionError(method.getName());
        });
  }

  private static KeyPair ec(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static String pem(KeyPair pair) {
    return "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded()) + "\n-----END PUBLIC KEY-----\n";
  }

  private CallerKeys keyFile(String name, String text) throws Exception {
    return CallerKeys.open(Files.writeString(folder.resolve(name), text));
  }

  private static String part(JsonObject json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.toBuffer().getBytes());
  }

  private JsonObject claims(String path) {
    long now = Instant.now().getEpochSecond();
    return new JsonObject().put("iss", ISSUER).put("aud", base + path).put("iat", now).put("exp", now + 300).put("jti", UUID.randomUUID().toString());
  }

  private static String token(KeyPair with, String algorithm, JsonObject claims) throws Exception {
    String signed = part(new JsonObject().put("alg", algorithm).put("typ", "JWT").put("kid", "k1")) + "." + part(claims);
    String named = Map.of("ES256", "SHA256withECDSAinP1363Format", "ES384", "SHA384withECDSAinP1363Format", "RS256", "SHA256withRSA",
        "RS384", "SHA384withRSA").get(algorithm);
    Signature signature = Signature.getInstance(named);
    signature.initSign(with.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
  }

  private HttpResponse<String> post(String path, String token, String body) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
    return http.send(token == null ? request.build() : request.header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> call(String hook, String context, String more) throws Exception {
    String path = "/cds-services/" + hook;
    return post(path, token(keys, "ES384", claims(path)), "{\"hook\":\"" + hook + "\",\"hookInstance\":\"" + UUID.randomUUID() + "\",\"context\":{\"userId\":"
        + "\"Practitioner/D1\"," + context + "}" + more + "}");
  }

  private JsonArray cards(String hook, String context, String more) throws Exception {
    HttpResponse<String> answer = call(hook, context, more);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body()).getJsonArray("cards");
  }

  private static List<String> all(JsonArray cards, String field) {
    return cards.stream().map(one -> ((JsonObject) one).getString(field)).toList();
  }

  /** Who asks, and from where. */
  private static final String ASKED = ",\"prefetch\":{\"encounter\":{\"identifier\":[{\"value\":\"V1\"}],\"serviceType\":{\"text\":\"心内科\"}},"
      + "\"user\":{\"name\":[{\"family\":\"李\",\"given\":[\"明\"]}]}}";

  private static String patient(String id) {
    return "\"patientId\":\"" + id + "\",\"encounterId\":\"V1\"";
  }

  @Test
  void finds_the_three_services_without_a_token() throws Exception {
    HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(base + "/cds-services")).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(all(new JsonObject(answer.body()).getJsonArray("services"), "hook")).containsExactly("patient-view", "order-select", "order-sign");
  }

  @Test
  void on_signing_is_told_what_each_order_meets_and_where_it_stands() throws Exception {
    cards("patient-view", patient("0001"), ASKED);
    JsonArray cards = cards("order-sign", patient("0001") + ",\"draftOrders\":" + DRAFT, ASKED);
    assertThat(all(cards, "indicator")).containsExactly("critical", "warning");
    JsonObject allergy = cards.getJsonObject(0);
    assertThat(allergy.getString("summary")).startsWith("阿莫西林胶囊：患者对同类药过敏").hasSizeLessThan(140);
    assertThat(allergy.getString("detail")).contains("合成一院", "allergic to the class", "皮疹\\*");
    assertThat(allergy.getJsonObject("source").getString("label")).contains("allergy.class");
    assertThat(allergy.getJsonArray("overrideReasons").getJsonObject(0).getString("code")).isEqualTo("tolerated");
    assertThat(cards.getJsonObject(1).getString("detail")).contains("合成二院", "L9").containsPattern("尚余 2[45] 天");
  }

  @Test
  void on_choosing_is_told_of_the_orders_just_chosen_alone() throws Exception {
    cards("patient-view", patient("0001"), ASKED);
    JsonArray cards = cards("order-select", patient("0001") + ",\"selections\":[\"MedicationRequest/2\"],\"draftOrders\":" + DRAFT, ASKED);
    assertThat(all(cards, "summary")).singleElement().asString().startsWith("阿托伐他汀钙片");
  }

  @Test
  void who_gives_no_name_or_department_is_not_asked_for_at_other_hospitals() throws Exception {
    cards("patient-view", patient("0001"), "");
    JsonArray cards = cards("order-sign", patient("0001") + ",\"draftOrders\":" + DRAFT, "");
    assertThat(all(cards, "indicator")).as("own records warn; the others are not there").containsExactly("critical", "info");
    assertThat(cards.toString()).doesNotContain("合成二院");
  }

  @Test
  void on_opening_a_patient_sees_the_allergies() throws Exception {
    assertThat(all(cards("patient-view", patient("0001"), ASKED), "summary")).containsExactly("过敏史：青霉素");
  }

  @Test
  void without_the_patients_consent_is_warned_by_own_records_and_told_why() throws Exception {
    consent = false;
    JsonArray cards = cards("order-sign", patient("0001") + ",\"draftOrders\":" + DRAFT, ASKED);
    assertThat(all(cards, "indicator")).containsExactly("critical", "info");
    assertThat(cards.getJsonObject(1).getString("summary")).contains("未授权");
  }

  @Test
  void with_a_consent_for_a_part_is_warned_by_that_part_and_told_what_does_not_count() throws Exception {
    agreed = Set.of(Section.VISITS, Section.ALLERGIES, Section.MEDICATIONS);
    JsonArray cards = cards("order-sign", patient("0001") + ",\"draftOrders\":" + DRAFT, ASKED);
    assertThat(all(cards, "summary")).last().asString().isEqualTo("患者未授权调阅外院的检验检查结果、报告，这部分只按本院记录提醒");
    assertThat(cards.getJsonObject(cards.size() - 1).getString("detail")).contains("results, reports");
  }

  @Test
  void in_no_visit_is_warned_by_own_records_and_told_that_others_may_not_be_asked() throws Exception {
    JsonArray cards = cards("order-sign", "\"patientId\":\"0001\",\"draftOrders\":" + DRAFT, "");
    assertThat(all(cards, "summary")).last().asString().contains("不能调阅外院记录");
  }

  @ParameterizedTest
  @CsvSource({"0001", "RMYY|0001", "urn:emr-gateway:H-0104:patient:RMYY|0001", "urn:oid:2.16.156.10011.1.3|11010519491231002X", "11010519491231002X"})
  void names_the_patient_by_any_number_the_hospital_knows(String id) throws Exception {
    assertThat(all(cards("patient-view", patient(id), ""), "summary").get(0)).contains("青霉素");
  }

  @Test
  void names_the_patient_by_a_prefetched_resource_too() throws Exception {
    String prefetch = ",\"prefetch\":{\"patient\":{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:oid:2.16.156.10011.1.3\",\"value\":\"11010519491231002X\"}]},"
        + "\"encounter\":{\"identifier\":[{\"value\":\"V1\"}],\"serviceType\":{\"text\":\"心内科\"}},\"user\":{\"name\":[{\"family\":\"李\",\"given\":[\"明\"]}]}}";
    assertThat(all(cards("patient-view", "\"patientId\":\"7f\",\"encounterId\":\"9\"", prefetch), "summary").get(0)).contains("青霉素");
  }

  @Test
  void asking_for_somebody_unknown_is_told_nothing() throws Exception {
    JsonArray cards = cards("order-sign", patient("9999") + ",\"draftOrders\":" + DRAFT, ASKED);
    assertThat(all(cards, "indicator")).doesNotContain("critical");
  }

  @ParameterizedTest
  @CsvSource({"ES256,secp256r1", "ES384,secp384r1", "RS256,2048", "RS384,2048"})
  void signs_with_any_of_four_algorithms(String algorithm, String key) throws Exception {
    KeyPair pair = algorithm.startsWith("E") ? ec(key) : rsa(Integer.parseInt(key));
    ClientTokens tokens = new ClientTokens(Map.of(ISSUER, keyFile("one.pem", pem(pair))), Clock.systemUTC());
    assertThat(tokens.refusal(token(pair, algorithm, claims("/x")), Set.of(base + "/x"))).isEmpty();
  }

  @Test
  void may_have_its_keys_in_a_set_of_which_the_named_one_counts() throws Exception {
    KeyPair other = ec("secp384r1");
    ECPublicKey one = (ECPublicKey) keys.getPublic();
    CallerKeys set = keyFile("jwks.json", "{\"keys\":[" + jwk(one, "k1") + "," + jwk((ECPublicKey) other.getPublic(), "k2") + "]}");
    ClientTokens tokens = new ClientTokens(Map.of(ISSUER, set), Clock.systemUTC());
    assertThat(tokens.refusal(token(keys, "ES384", claims("/x")), Set.of(base + "/x"))).isEmpty();
    assertThat(tokens.refusal(token(other, "ES384", claims("/x")), Set.of(base + "/x"))).contains("cds.token-not-signed");
  }

  private static String jwk(ECPublicKey key, String kid) {
    return "{\"kty\":\"EC\",\"crv\":\"P-384\",\"kid\":\"" + kid + "\",\"x\":\"" + coordinate(key.getW().getAffineX().toByteArray()) + "\",\"y\":\""
        + coordinate(key.getW().getAffineY().toByteArray()) + "\"}";
  }

  private static String coordinate(byte[] signed) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(signed[0] == 0 ? Arrays.copyOfRange(signed, 1, signed.length) : signed);
  }

  /** Each wrong in one thing alone. */
  @ParameterizedTest
  @CsvSource({"none,cds.token-missing", "garbage,cds.token-malformed", "other-key,cds.token-not-signed", "other-issuer,cds.token-not-signed", "unsigned,cds.token-not-signed",
      "hmac,cds.token-not-signed", "other-curve,cds.token-not-signed", "other-audience,cds.token-audience", "expired,cds.token-time", "long,cds.token-time",
      "future,cds.token-time", "timeless,cds.token-time", "nameless,cds.token-used", "twice,cds.token-used"})
  void is_refused_whose_token_does_not_hold(String wrong, String code) throws Exception {
    String path = "/cds-services/order-sign";
    JsonObject claims = claims(path);
    long now = Instant.now().getEpochSecond();
    String token = switch (wrong) {
      case "none" -> null;
      case "garbage" -> "a.b";
      case "other-key" -> token(ec("secp384r1"), "ES384", claims);
      case "other-issuer" -> token(keys, "ES384", claims.put("iss", "https://elsewhere.example"));
      case "unsigned" -> part(new JsonObject().put("alg", "none")) + "." + part(claims) + ".";
      case "hmac" -> part(new JsonObject().put("alg", "HS256")) + "." + part(claims) + ".AAAA";
      case "other-curve" -> token(ec("secp256r1"), "ES256", claims);
      case "other-audience" -> token(keys, "ES384", claims.put("aud", "https://elsewhere.example/cds-services/order-sign"));
      case "expired" -> token(keys, "ES384", claims.put("iat", now - 600).put("exp", now - 301));
      case "long" -> token(keys, "ES384", claims.put("exp", now + 3_600));
      case "future" -> token(keys, "ES384", claims.put("iat", now + 3_600).put("exp", now + 3_700));
      case "timeless" -> token(keys, "ES384", claims.putNull("exp"));
      case "nameless" -> token(keys, "ES384", claims.putNull("jti"));
      default -> token(keys, "ES384", claims);
    };
    if (wrong.equals("twice")) {
      assertThat(post(path, token, "{}").statusCode()).isEqualTo(400);
    }
    HttpResponse<String> answer = post(path, token, "{}");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains(code);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"no json | body", "[] | body", "{} | context", "{\"context\":{}} | hookInstance", "{\"context\":{\"userId\":\"P/1\"},\"hookInstance\":\"a\"} | context.patientId",
      "{\"context\":{\"patientId\":\"1\"},\"hookInstance\":\"a\"} | context.userId", "{\"hook\":\"order-select\",\"context\":{\"patientId\":\"1\",\"userId\":\"P/1\"},\"hookInstance\":\"a\"} | hook",
      "{\"hook\":\"order-sign\",\"context\":{\"patientId\":\"1\",\"userId\":\"P/1\"},\"hookInstance\":\"a\"} | context.draftOrders",
      "{\"hook\":\"order-sign\",\"context\":{\"patientId\":\"1\",\"userId\":\"P/1\",\"draftOrders\":[]},\"hookInstance\":\"a\"} | context.draftOrders"})
  void is_told_which_field_is_not_right_and_never_its_value(String body, String field) throws Exception {
    String path = "/cds-services/order-sign";
    HttpResponse<String> answer = post(path, token(keys, "ES384", claims(path)), body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("cds.form", field);
  }

  @Test
  void asking_for_a_service_that_is_not_there_is_told_so() throws Exception {
    assertThat(post("/cds-services/other", token(keys, "ES384", claims("/cds-services/other")), "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void answers_to_a_card_and_is_counted_by_rule_and_reason_over_a_restart_without_a_word_of_the_doctors() throws Exception {
    JsonObject card = cards("order-sign", patient("0001") + ",\"draftOrders\":" + DRAFT, ASKED).getJsonObject(0);
    String path = "/cds-services/order-sign";
    String feedback = "{\"feedback\":[{\"card\":\"" + card.getString("uuid") + "\",\"outcome\":\"overridden\",\"overrideReason\":{\"reason\":{\"code\":\"no-alternative\"},"
        + "\"userComment\":\"张某某要求\"},\"outcomeTimestamp\":\"2026-11-28T02:00:00Z\"},{\"card\":\"" + UUID.randomUUID() + "\",\"outcome\":\"accepted\"}]}";
    assertThat(post(path + "/feedback", token(keys, "ES384", claims(path + "/feedback")), feedback).statusCode()).isEqualTo(200);
    assertThat(post(path + "/feedback", token(keys, "ES384", claims(path)), feedback).statusCode()).isEqualTo(200);

    assertThat(Files.readString(folder.resolve("counts"))).isEqualTo("allergy.class overridden no-alternative 2\n");
    SimpleMeterRegistry again = new SimpleMeterRegistry();
    new FeedbackCounts(folder.resolve("counts"), again);
    assertThat(again.get("emr_gateway_reminders_answered").tags("rule", "allergy.class", "reason", "no-alternative").counter().count()).isEqualTo(2);
    assertThat(meters.get("emr_gateway_reminders_shown").tag("rule", "allergy.class").counter().count()).isEqualTo(1);
    assertThat(post(path + "/feedback", token(keys, "ES384", claims(path)), "{\"feedback\":[{\"card\":\"x\",\"outcome\":\"accepted\"}]}").statusCode()).isEqualTo(400);
    for (String wrong : List.of("", "[]", "{}", "{\"feedback\":[null]}", "{\"feedback\":[1]}")) {
      assertThat(post(path + "/feedback", token(keys, "ES384", claims(path)), wrong).statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(post(path + "/feedback", null, feedback).statusCode()).isEqualTo(401);
  }

  /** Printed, not asserted: how long a machine takes is the machine's affair. */
  @Test
  void waits_for_an_answer_with_a_thousand_own_bundles_and_warmed_data() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      own.add(bundle(HERE, "ORU^R01", "0001", "OBR|1|P" + i + "^HIS|F" + i + "^LIS|XCG^血常规^L|||20261120060005\rOBX|1|NM|6690-2^白细胞计数^LN||5.5|10*9/L|3.5-9.5|N|||F|||20261120080000\r"));
    }
    cards("patient-view", patient("0001"), ASKED);
    List<Long> micros = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      long begun = System.nanoTime();
      cards("order-sign", patient("0001") + ",\"draftOrders\":" + DRAFT, ASKED);
      micros.add((System.nanoTime() - begun) / 1_000);
    }
    List<Long> sorted = micros.subList(10, 60).stream().sorted().toList();
    System.out.printf("order-sign with 1,000 own bundles: median %d ms, p95 %d ms%n", sorted.get(25) / 1_000, sorted.get(47) / 1_000);
    assertThat(sorted).hasSize(50);
  }
}
