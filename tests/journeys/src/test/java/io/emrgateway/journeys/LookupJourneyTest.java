package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** How: a city and three packaged gateways, one of the other suite; the question is asked as a HIS asks by FHIR. */
@DisplayName("A doctor's question to the other hospitals")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LookupJourneyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final DateTimeFormatter HL7 = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String RESIDENT = "11010519491231002X";

  private Path folder;
  private City city;
  private Agent asking;
  private Agent first;
  private Agent second;
  private Agent joined;
  private int door;

  @BeforeAll
  void start(@TempDir Path home) throws Exception {
    folder = home;
    city = City.withKeys(folder.resolve("keys"), "H-0104/main", "intl");
    Map<String, Path> keys = new LinkedHashMap<>();
    keys.put("H-0104", city.gatewayKeys());
    keys.put("H-0105", city.anotherGateway("H-0105/main", "intl"));
    keys.put("H-0106", city.anotherGateway("H-0106/main", "gm"));
    city.vouchForAll(Map.of("H-0104", "甲医院", "H-0105", "乙医院", "H-0106", "丙医院"), keys.values());
    city.start();
    door = House.freePort();
    Path secret = folder.resolve("his.secret");
    Files.writeString(secret, SECRET + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    asking = agent("H-0104", keys.get("H-0104"), "intl",
        "lookup:\n  emergencies: true\n  deadline: 4s\nhis:\n  port: " + door + "\n  clients:\n    - name: web\n      secret-file: " + secret + "\n");
    first = agent("H-0105", keys.get("H-0105"), "intl", "lookup:\n  emergencies: true\n");
    second = agent("H-0106", keys.get("H-0106"), "gm", "lookup:\n  emergencies: true\n");

    for (Agent one : List.of(asking, first, second)) {
      one.awaitOpen(Duration.ofSeconds(90));
    }
    send(asking, "ADT^A01", "PV1|1|I|N03^301^02||||||||||||||||ZY1^^^HIS^VN|||||||||||||||||||||||||" + hoursAgo(5));
    send(first, "ADT^A01", "PV1|1|I|N05^501^01||||||||||||||||ZY77^^^HIS^VN|||||||||||||||||||||||||" + hoursAgo(200),
        "AL1|1|DA|PCN^青霉素^L|SV|皮疹");
    send(first, "ORU^R01", "PV1|1|I|N05^501^01||||||||||||||||ZY77^^^HIS^VN",
        "OBR|1|P1^HIS|F1^LIS|XCG^血常规^L|||" + hoursAgo(190), "OBX|1|NM|6690-2^白细胞计数^LN^WBC^白细胞^L||12.6|10*9/L|3.50-9.50|H|||F|||" + hoursAgo(189));
    send(second, "ORU^R01", "PV1|1|O|||||||||||||||||MZ9^^^HIS^VN|||||||||||||||||||||||||" + hoursAgo(30),
        "OBR|1|P2^HIS|F2^LIS|SG^肾功能^L|||" + hoursAgo(30), "OBX|1|NM|2160-0^肌酐^LN^CREA^肌酐^L||88|umol/L|57-97|N|||F|||" + hoursAgo(29));
    for (Agent one : List.of(asking, first, second)) {
      one.awaitSettled(Duration.ofSeconds(40));
    }
  }

  private Agent agent(String hospital, Path keys, String suite, String sections) throws IOException {
    Path own = Files.createDirectories(folder.resolve(hospital));
    return Agent.of(own, city, hospital, keys, suite, "", sections).asking().launch();
  }

  @AfterAll
  void stop() {
    for (Agent one : new Agent[] {asking, first, second, joined}) {
      if (one != null) {
        one.stop();
      }
    }
    city.stop();
  }

  private static String hoursAgo(int hours) {
    return LocalDateTime.now(ZoneOffset.ofHours(8)).minusHours(hours).format(HL7);
  }

  private static void send(Agent agent, String type, String... segments) {
    String[] all = new String[segments.length + 1];
    all[0] = "PID|1||000123^^^HIS^MR~" + RESIDENT + "^^^GA^NNCHN||张^伟||19491231|F";
    System.arraycopy(segments, 0, all, 1, segments.length);
    try (His his = His.of(agent)) {
      assertThat(his.send(His.message(type, "C" + System.nanoTime(), StandardCharsets.UTF_8, all)).code()).isEqualTo("AA");
    }
  }

  private static Map<String, String> question() {
    Map<String, String> question = new TreeMap<>();
    question.put("identifier", "HIS|000123");
    question.put("practitioner", "D1001");
    question.put("practitioner-name", "李明");
    question.put("department", "急诊科");
    question.put("encounter", "ZY1");
    question.put("reason", "患者昏迷，无家属在场");
    question.put("second", "D1002");
    question.put("second-name", "王芳");
    return question;
  }

  private HttpResponse<String> ask(String path, Map<String, String> question) throws Exception {
    return post("/fhir/" + path, question);
  }

  private HttpResponse<String> post(String path, Map<String, String> question) throws Exception {
    StringBuilder form = new StringBuilder();
    question.forEach((name, value) -> form.append(form.isEmpty() ? "" : "&").append(name).append('=')
        .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door + path))
        .header("Authorization", "Bearer " + SECRET).header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form.toString())).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String statuses(JsonNode document) {
    return document.path("entry").get(0).path("resource").path("text").path("div").asText();
  }

  @Test
  void comes_back_as_one_summary_of_all_with_what_each_hospital_has_and_both_suites() throws Exception {
    HttpResponse<String> answer = ask("Patient/$summary", question());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode document = JSON.readTree(answer.body());
    assertThat(document.path("type").asText()).isEqualTo("document");
    assertThat(answer.body()).contains("12.6", "白细胞", "青霉素", "88", "肌酐");
    assertThat(statuses(document)).contains("乙医院</td><td>有资料", "丙医院</td><td>有资料").doesNotContain("甲医院");
  }

  /** How: the hospital comes onto the city's register and into its trust file while the gateway that asks is up. */
  @Test
  void shows_what_a_hospital_has_that_joined_since_the_trust_file_here_was_fetched() throws Exception {
    Path keys = city.anotherGateway("H-0107/main", "intl");
    city.vouchForAll(Map.of("H-0104", "甲医院", "H-0105", "乙医院", "H-0106", "丙医院", "H-0107", "丁医院"), List.of(keys));
    city.reloadRegister();
    joined = agent("H-0107", keys, "intl", "lookup:\n  emergencies: true\n");
    joined.awaitOpen(Duration.ofSeconds(90));
    send(joined, "ADT^A04", "PV1|1|O|||||||||||||||||MZ5^^^HIS^VN|||||||||||||||||||||||||" + hoursAgo(20), "DG1|1||J18.900^肺炎^ICD10CN|肺炎|" + hoursAgo(20) + "|F");
    joined.awaitSettled(Duration.ofSeconds(40));

    HttpResponse<String> answer = ask("Patient/$summary", question());
    assertThat(statuses(JSON.readTree(answer.body()))).contains("丁医院</td><td>有资料");
    assertThat(answer.body()).contains("J18.900");
    assertThat(asking.log()).contains("city.trust-renewed");
  }

  @Test
  void is_what_the_doctors_page_shows_that_the_HIS_opens() throws Exception {
    HttpResponse<String> launched = post("/launch", with("workstation", "127.0.0.1"));
    assertThat(launched.statusCode()).as(launched.body()).isEqualTo(200);
    URI page = URI.create(JSON.readTree(launched.body()).path("url").asText());
    HttpClient browser = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).cookieHandler(new CookieManager()).build();
    assertThat(browser.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString()).body()).contains("外院资料");

    JsonNode shown = JSON.readTree(browser.send(HttpRequest.newBuilder(URI.create(page + "/data")).build(),
        HttpResponse.BodyHandlers.ofString()).body());
    assertThat(shown.path("outcome").asText()).isEqualTo("shown");
    assertThat(shown.path("doctor").path("name").asText()).isEqualTo("李明");
    assertThat(shown.path("emergency").path("second").path("name").asText()).isEqualTo("王芳");
    assertThat(shown.path("document").toString()).contains("12.6", "白细胞", "青霉素", "肌酐");
    assertThat(statuses(shown.path("document"))).contains("乙医院</td><td>有资料");
    assertThat(post("/launch", with("workstation", "ward-7")).statusCode()).isEqualTo(400);
    assertThat(asking.command("audit", "list", "--act", "page-opened")).contains("doctor D1001, 急诊科, workstation 127.0.0.1, by web");
    assertThat(asking.log()).doesNotContain("000123", RESIDENT, "张", page.getPath());
  }

  @Test
  void may_be_about_one_kind_of_thing() throws Exception {
    JsonNode allergies = JSON.readTree(ask("AllergyIntolerance/_search", question()).body());
    assertThat(allergies.path("type").asText()).isEqualTo("searchset");
    assertThat(allergies.path("total").asInt()).isEqualTo(1);
    assertThat(allergies.toString()).contains("青霉素").doesNotContain("12.6").contains("无资料 no data：丙医院");
  }

  @Test
  void may_be_put_by_a_client_that_knows_nothing_of_us() throws Exception {
    Path client = House.root().resolve("tests/packages/fhir-kit-client");
    assumeTrue(Needed.isThere("node") && Needed.isThere(client.resolve("node_modules/fhir-kit-client").toString()),
        Needed.absent("fhir-kit-client"));
    List<String> command = new ArrayList<>(List.of("node",
        Path.of(getClass().getResource("/fhir-kit-client.mjs").toURI()).toString(), client.toString(), "http://127.0.0.1:" + door + "/fhir", SECRET));
    question().forEach((name, value) -> command.add(name + "=" + value));
    Process node = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor()).as(said).isZero();
    assertThat(said.strip().split("\n")).containsExactly("speaks CapabilityStatement 4.0.1", "summary document Composition",
        "search searchset 2 12.6 88", "refused 400 lookup.form");
  }

  @Test
  void is_in_the_audit_of_every_hospital_with_who_asked_for_whom_on_what_ground_and_what_came_of_it() throws Exception {
    assertThat(ask("Patient/$summary", question()).statusCode()).isEqualTo(200);
    for (Agent one : List.of(asking, first, second)) {
      assertThat(one.command("audit", "emergencies")).contains(one == asking ? " ask " : " inquiry ", "李明 (D1001)", "患者昏迷，无家属在场", "王芳")
          .doesNotContain(RESIDENT);
      assertThat(listOf(one)).contains("李明（D1001）", "理由 reason: 患者昏迷，无家属在场",
          one == asking ? "乙医院（H-0105） 已提供 answered；丙医院（H-0106） 已提供 answered" : "本院提供了资料 / this hospital gave records");
      assertThat(one.command("audit", "verify")).contains("完整 / whole", "receipt's signature verified");
    }
  }

  private String listOf(Agent agent) throws Exception {
    Path page = folder.resolve("list-" + agent.httpPort() + ".html");
    Process process = new ProcessBuilder(House.gateway().toString(), "audit", "patient", "--out", page.toString(), "-c",
        agent.settings().toString()).redirectErrorStream(true).start();
    process.getOutputStream().write((RESIDENT + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    assertThat(process.waitFor()).as(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isZero();
    return Files.readString(page);
  }

  @Test
  void is_refused_with_code_and_remedy_and_without_a_word_of_the_patient() throws Exception {
    Map<String, String> without = question();
    without.keySet().removeAll(List.of("reason", "second", "second-name"));
    refused(ask("Patient/$summary", without), 403, "lookup.no-consent");
    refused(ask("Patient/$summary", with("encounter", "ZY2")), 403, "lookup.no-open-visit");
    refused(ask("Patient/$summary", with("identifier", "HIS|999999")), 404, "lookup.patient-unknown");
    refused(ask("Patient/$summary", with("since", "yesterday")), 400, "lookup.form");
    refused(ask("Patient/$summary", with("sections", "results")), 400, "lookup.form");
    refused(ask("Patient/$summary", with("department", "\ufffd")), 400, "lookup.form");
    refused(ask("Nothing/_search", question()), 404, "his.no-such-address");
    HttpResponse<String> stranger = HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door + "/fhir/Patient/$summary"))
        .header("Authorization", "Bearer " + SECRET.replace('a', 'b')).build(), HttpResponse.BodyHandlers.ofString());
    refused(stranger, 401, "his.caller-unknown");
    assertThat(asking.log()).doesNotContain("000123", RESIDENT, "张", SECRET);
  }

  private static Map<String, String> with(String name, String value) {
    Map<String, String> question = question();
    question.put(name, value);
    return question;
  }

  private static void refused(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains("OperationOutcome", code).doesNotContain("000123", RESIDENT, "张伟", "Exception");
  }

  @Test
  void names_a_hospital_that_does_not_answer_and_shows_its_fed_records_by_the_citys_proof() throws Exception {
    second.kill();
    try {
      HttpResponse<String> answer = ask("Patient/$summary", question());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Location")).as("late answers may still come").isPresent();
      assertThat(answer.body()).as("out of the feed, proved by its own signature").contains("88", "肌酐");
      assertThat(statuses(JSON.readTree(answer.body()))).contains("乙医院</td><td>有资料", "丙医院</td><td>医院未答复，市平台代答");
      HttpResponse<String> later = later(answer, "");
      assertThat(later.statusCode()).as(later.body()).isEqualTo(200);
      assertThat(later.body()).contains("12.6", "肌酐");
      String audited = asking.command("audit", "list", "--act", "show");
      HttpResponse<String> unchanged = later(answer, later.headers().firstValue("ETag").orElseThrow());
      assertThat(unchanged).as("nothing has come, and nothing is shown").returns(304, HttpResponse::statusCode).returns("", HttpResponse::body);
      assertThat(unchanged.headers().firstValue("ETag")).isEqualTo(later.headers().firstValue("ETag"));
      assertThat(asking.command("audit", "list", "--act", "show")).isEqualTo(audited);
    } finally {
      second.start();
    }
  }

  private HttpResponse<String> later(HttpResponse<String> answer, String known) throws Exception {
    return HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door + answer.headers().firstValue("Content-Location").orElseThrow()))
        .header("Authorization", "Bearer " + SECRET).header("If-None-Match", known).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void by_HL7_v2_comes_back_on_the_same_connection_and_never_reaches_the_city_as_a_message() throws Exception {
    String qpd = "QPD|ZEMRGW|T1|000123^^^HIS^MR||||||D1001^李明|急诊科|ZY1||患者昏迷，无家属在场|D1002^王芳";
    try (His his = His.of(asking)) {
      His.Answer answer = his.send(His.message("QBP^Q11", "Q1", His.GB18030, qpd, "RCP|I|1^RD"));
      assertThat(answer.text()).contains("||RSP^K11^RSP_K11|", "MSA|AA|Q1", "QAK|T1|OK|", "answered^有资料 data received^99EMRGW", "乙医院", "丙医院",
          "\rDSC|").doesNotContain("甲医院");
      StringBuilder all = new StringBuilder(answer.text());
      for (int page = 2; answer.text().contains("\rDSC|"); page++) {
        String dsc = answer.text().substring(answer.text().indexOf("\rDSC|") + 1).strip();
        answer = his.send(His.message("QBP^Q11", "Q" + page, His.GB18030, qpd, "RCP|I|1^RD", dsc));
        assertThat(answer.code()).as(answer.text()).isEqualTo("AA");
        all.append(answer.text());
      }
      assertThat(all).contains("AL1|1|DA|PCN^青霉素^urn:emr-gateway:H-0105:", "^6690-2^白细胞计数^LN||12.6|10*9/L^10*9/L^UCUM|3.50-9.50|H|||F|",
          "^2160-0^肌酐^LN||88|");

      His.Answer results = his.send(His.message("QRY^R02", "R1", StandardCharsets.UTF_8, "QRD|20261128||I|T2||||000123^^^^^^^^HIS^^^^MR|RES",
          "QRF|HIS||||doctor=D1001~doctor-name=李明~department=急诊科~visit=ZY1~reason=患者昏迷，无家属在场~second=D1002~second-name=王芳"));
      assertThat(results.text()).contains("||ORF^R04^ORF_R04|", "MSA|AA|R1", "|12.6|", "|88|").doesNotContain("青霉素");

      assertThat(his.send(His.message("QBP^Q11", "N1", StandardCharsets.UTF_8, qpd.replace("|患者昏迷，无家属在场|D1002^王芳", ""), "RCP|I")).text())
          .contains("MSA|AE|N1|没有患者的有效授权", "lookup.no-consent").doesNotContain("\rPID|");
      assertThat(his.send(His.message("QBP^Q11", "N2", StandardCharsets.UTF_8, qpd.replace("ZY1", "ZY2"), "RCP|I")).text())
          .contains("MSA|AE|N2|", "lookup.no-open-visit").doesNotContain("\rPID|");
    }
    assertThat(city.entries()).extracting(City.Entry::control).doesNotContain("Q1", "Q2", "R1", "N1", "N2");
    assertThat(asking.log()).doesNotContain("000123", RESIDENT, "张", "李明", "患者昏迷");
  }
}
