package io.emrgateway.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emrgateway.journeys.Agent;
import io.emrgateway.journeys.City;
import io.emrgateway.journeys.His;
import io.emrgateway.journeys.House;
import io.emrgateway.pilot.Hospital.Patient;
import io.emrgateway.simulator.Simulator;
import io.emrgateway.simulator.WardCharset;
import java.io.IOException;
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
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * How: the reference city and a packaged gateway for each hospital, on one machine, each fed by a HIS of its own dialect. One
 * asks; of the others some are stopped in the middle of everything, one is killed, one takes no part in emergencies. Four
 * hospitals here; {@code run.sh} starts all thirty and prints what it measured.
 */
@DisplayName("The pilot")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PilotTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final int HOSPITALS = Integer.getInteger("pilot.hospitals", 4);
  private static final int DOCTORS = Integer.getInteger("pilot.doctors", 4);
  private static final Duration DEADLINE = Duration.ofSeconds(HOSPITALS > 4 ? 8 : 4);
  /** Starts of so many gateways at a time: two processors start no more at once. */
  private static final int AT_ONCE = 4;
  private static final Patient EVERYWHERES = new Patient("11010519491231002X", "张", "伟", "19491231");

  private final Map<Hospital, Agent> agents = new LinkedHashMap<>();
  private final List<Hospital> slow = new ArrayList<>();
  private final List<Hospital> down = new ArrayList<>();
  private Hospital asking;
  private Hospital refusing;
  private City city;
  private int door;
  private String lateAnswers;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    List<Hospital> hospitals = Hospital.first(HOSPITALS);
    asking = hospitals.get(0);
    refusing = hospitals.get(HOSPITALS - 1);
    slow.addAll(hospitals.subList(HOSPITALS - (HOSPITALS > 4 ? 3 : 2), HOSPITALS - 1));
    if (HOSPITALS > 4) {
      down.add(hospitals.get(HOSPITALS - 4));
    }
    House.measure();
    city = City.withKeys(folder.resolve("keys"), asking.feed(), asking.suite());
    Map<Hospital, Path> keys = new LinkedHashMap<>();
    for (Hospital one : hospitals) {
      keys.put(one, one == asking ? city.gatewayKeys() : city.anotherGateway(one.feed(), one.suite()));
    }
    Map<String, String> names = new TreeMap<>();
    hospitals.forEach(one -> names.put(one.number(), one.name()));
    city.vouchForAll(names, keys.values());
    city.start();
    door = House.freePort();
    Path secret = folder.resolve("his.secret");
    Files.writeString(secret, SECRET + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    String asks = "his:\n  port: " + door + "\n  clients:\n    - name: web\n      secret-file: " + secret + "\n";
    for (Hospital one : hospitals) {
      String sections = "lookup:\n  emergencies: " + (one != refusing) + "\n  deadline: " + DEADLINE.toSeconds() + "s\n"
          + (one == asking ? asks : "");
      agents.put(one, Agent.of(Files.createDirectories(folder.resolve(one.number())), city, one.number(), keys.get(one), one.suite(),
          "", sections));
    }
    startAll();
    feedAll();
  }

  private void startAll() {
    List<Agent> all = new ArrayList<>(agents.values());
    for (int k = 0; k < all.size(); k += AT_ONCE) {
      List<Agent> some = all.subList(k, Math.min(all.size(), k + AT_ONCE));
      some.forEach(Agent::launch);
      some.forEach(one -> one.awaitOpen(Duration.ofSeconds(90)));
    }
  }

  /** Each HIS sends what its wards do, and the patients that are asked about. */
  private void feedAll() throws Exception {
    int k = 0;
    for (Map.Entry<Hospital, Agent> one : agents.entrySet()) {
      Hospital hospital = one.getKey();
      WardCharset charset = WardCharset.named(hospital.charset().name());
      Simulator.ward("W" + ++k).charset(charset, hospital.declared().isEmpty() ? WardCharset.Declaration.ABSENT : WardCharset.Declaration.HONEST)
          .seed(k).sends(30).to("127.0.0.1", one.getValue().mllpPort()).start().await(Duration.ofSeconds(60));
      try (His his = His.of(one.getValue())) {
        if (hospital == asking) {
          for (int doctor = 0; doctor < DOCTORS; doctor++) {
            hospital.sends(his, "ADT^A01", patient(doctor), visit("I", "ZY" + doctor, 5));
          }
          hospital.sends(his, "ADT^A01", EVERYWHERES, visit("I", "ZY", 5));
        } else {
          tellsOf(hospital, his, EVERYWHERES, k);
          for (int doctor = 0; doctor < DOCTORS; doctor++) {
            // Three hospitals know of each.
            if ((doctor + k) % Math.max(1, (HOSPITALS - 1) / 3) == 0) {
              tellsOf(hospital, his, patient(doctor), k);
            }
          }
        }
      }
    }
    for (Agent one : agents.values()) {
      one.awaitSettled(Duration.ofSeconds(120));
    }
  }

  private static void tellsOf(Hospital hospital, His his, Patient patient, int k) {
    String visit = visit("O", "MZ" + patient.resident().substring(10, 17), 24 * (k % 60 + 1));
    hospital.sends(his, "ADT^A04", patient, visit, "DG1|1||I10.x00^高血压^ICD10CN|高血压|" + Hospital.hoursAgo(24 * (k % 60 + 1)) + "|A");
    hospital.sends(his, "ORU^R01", patient, visit, "OBR|1|P" + k + "^HIS|F" + k + "^LIS|XCG^血常规^L|||" + Hospital.hoursAgo(24 * (k % 60 + 1)),
        "OBX|1|NM|6690-2^白细胞计数^LN^WBC^白细胞^L||" + (4 + k % 50) + "." + k % 10 + "|10*9/L|3.50-9.50|N|||F|||"
            + Hospital.hoursAgo(24 * (k % 60 + 1)));
  }

  private static String visit(String kind, String number, int hours) {
    return "PV1|1|" + kind + "|N03^301^02||||||||||||||||" + number + "^^^HIS^VN|||||||||||||||||||||||||" + Hospital.hoursAgo(hours);
  }

  /** An invented resident ID with the right check character (GB 11643). */
  private static Patient patient(int k) {
    String first17 = "11010119800101" + String.format("%03d", 2 * k + 100);
    int[] weights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int at = 0; at < 17; at++) {
      sum += (first17.charAt(at) - '0') * weights[at];
    }
    return new Patient(first17 + "10X98765432".charAt(sum % 11), "李", "娜" + k, "19800101");
  }

  @AfterAll
  void stop() {
    agents.values().forEach(one -> {
      if (one.isAlive()) {
        one.goOn();
        one.kill();
      }
    });
    city.stop();
  }

  private HttpResponse<String> ask(String doctor, Patient patient, String encounter, boolean emergency) throws IOException, InterruptedException {
    Map<String, String> question = new TreeMap<>(Map.of("identifier", "HIS|" + asking.ownNumber(patient), "practitioner", doctor,
        "practitioner-name", "李明", "department", "急诊科", "encounter", encounter));
    if (emergency) {
      question.putAll(Map.of("reason", "患者昏迷，无家属在场", "second", "E1", "second-name", "王芳"));
    }
    StringBuilder form = new StringBuilder();
    question.forEach((name, value) -> form.append(form.length() == 0 ? "" : "&").append(name).append('=')
        .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door + "/fhir/Patient/$summary"))
        .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form.toString())));
  }

  /** An agreement on paper about all of the next month, with its scan. */
  private void consents(Patient patient, String number) throws IOException, InterruptedException {
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.ofHours(8)).minusMinutes(1).truncatedTo(ChronoUnit.SECONDS);
    String sections = Stream.of("visits", "diagnoses", "procedures", "medications", "allergies", "results", "reports")
        .map(one -> "{\"system\":\"urn:emr-gateway:codes:section\",\"code\":\"" + one + "\"}").collect(Collectors.joining(","));
    String scan = Base64.getEncoder().encodeToString(("%PDF-1.4 an agreement, " + number).getBytes(StandardCharsets.UTF_8));
    String consent = "{\"resourceType\":\"Consent\",\"status\":\"active\",\"identifier\":[{\"value\":\"" + number + "\"}],"
        + "\"extension\":[{\"url\":\"urn:emr-gateway:extension:recorded-by\",\"valueString\":\"N1\"}],"
        + "\"scope\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\",\"code\":\"patient-privacy\"}]},"
        + "\"category\":[{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"59284-0\"}]}],"
        + "\"patient\":{\"identifier\":{\"system\":\"HIS\",\"value\":\"" + asking.ownNumber(patient) + "\"}},\"policy\":[{\"uri\":\"urn:pilot:agreement\"}],"
        + "\"sourceAttachment\":{\"contentType\":\"application/pdf\",\"data\":\"" + scan + "\"},"
        + "\"provision\":{\"period\":{\"start\":\"" + now + "\",\"end\":\"" + now.plusDays(30) + "\"},"
        + "\"actor\":[{\"role\":{\"text\":\"recipient\"},\"reference\":{\"identifier\":{\"value\":\"" + asking.number() + "\"}}}],\"class\":[" + sections + "]}}";
    HttpResponse<String> kept = send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door + "/fhir/Consent"))
        .header("Content-Type", "application/fhir+json").POST(HttpRequest.BodyPublishers.ofString(consent)));
    assertThat(kept.statusCode()).as(kept.body()).isEqualTo(201);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return HTTP.send(request.header("Authorization", "Bearer " + SECRET).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** What the summary says became of each hospital, by its name. */
  private static Map<String, String> outcomes(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode document = JSON.readTree(answer.body());
    String table = document.path("entry").get(0).path("resource").path("text").path("div").asText();
    Map<String, String> outcomes = new TreeMap<>();
    for (Matcher row = Pattern.compile("<td>([^<]+)</td><td>([^<]+)</td><td>").matcher(table); row.find(); ) {
      outcomes.put(row.group(1), row.group(2));
    }
    return outcomes;
  }

  @Test
  @Order(1)
  void answers_by_the_deadline_with_what_each_hospital_has_and_why_the_others_have_nothing() throws Exception {
    slow.forEach(one -> agents.get(one).pause());
    down.forEach(one -> agents.get(one).kill());
    city.misbehave("{\"lookupNothingOfItsOwn\":" + (slow.size() + down.size()) + "}");
    long began = System.nanoTime();

    HttpResponse<String> answer = ask("D1", EVERYWHERES, "ZY", true);

    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf("pilot: %d hospitals, deadline %d s: answered after %.2f s, %d KiB%n", HOSPITALS, DEADLINE.toSeconds(),
        took.toMillis() / 1e3, answer.body().length() >> 10);
    Map<String, String> outcomes = outcomes(answer);
    Map<String, String> expected = new TreeMap<>();
    agents.keySet().stream().filter(one -> one != asking).forEach(one -> expected.put(one.name(),
        one == refusing ? "无权查看 no right：市平台或对方医院未开通紧急调阅 The city, or the hospital that was asked, does not take part in emergency access"
            : slow.contains(one) || down.contains(one) ? "未答复 no answer" : "有资料 data received"));
    assertThat(outcomes).isEqualTo(expected);
    assertThat(took).isLessThan(DEADLINE.plusSeconds(4));
    lateAnswers = answer.headers().firstValue("Content-Location").orElseThrow();
  }

  @Test
  @Order(2)
  void appends_what_comes_late_without_asking_or_showing_anything_twice() throws Exception {
    slow.forEach(one -> agents.get(one).goOn());
    Map<String, String> outcomes = Map.of();
    HttpResponse<String> answer = null;
    for (int attempt = 0; attempt < 40 && outcomes.values().stream().filter(one -> one.startsWith("有资料")).count() < HOSPITALS - 2 - down.size();
        attempt++) {
      Thread.sleep(500);
      answer = send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door + lateAnswers)));
      outcomes = outcomes(answer);
    }
    for (Hospital one : slow) {
      assertThat(outcomes).containsEntry(one.name(), "有资料 data received");
    }
    int results = 0;
    for (JsonNode entry : JSON.readTree(answer.body()).path("entry")) {
      results += entry.path("resource").path("resourceType").asText().equals("Observation") ? 1 : 0;
    }
    assertThat(results).as("one result of each hospital").isEqualTo(HOSPITALS - 2 - down.size());
  }

  @Test
  @Order(3)
  void serves_many_doctors_at_once() throws Exception {
    down.forEach(one -> agents.get(one).start());
    for (int doctor = 0; doctor < DOCTORS; doctor++) {
      consents(patient(doctor), "XY-" + doctor);
    }
    ask("D", patient(0), "ZY0", false);
    ExecutorService doctors = Executors.newFixedThreadPool(DOCTORS);
    try {
      List<Callable<Long>> questions = new ArrayList<>();
      for (int doctor = 0; doctor < DOCTORS; doctor++) {
        int one = doctor;
        questions.add(() -> {
          long began = System.nanoTime();
          Map<String, String> outcomes = outcomes(ask("D" + one, patient(one), "ZY" + one, false));
          assertThat(outcomes).isNotEmpty();
          assertThat(outcomes.values()).allSatisfy(outcome -> assertThat(outcome).isEqualTo("有资料 data received"));
          return System.nanoTime() - began;
        });
      }
      List<Long> took = new ArrayList<>();
      for (Future<Long> one : doctors.invokeAll(questions)) {
        took.add(one.get());
      }
      took.sort(null);
      System.out.printf("pilot: %d doctors at once: p50 %.2f s, p95 %.2f s, most %.2f s%n", DOCTORS, took.get(DOCTORS / 2) / 1e9,
          took.get((int) Math.ceil(DOCTORS * 0.95) - 1) / 1e9, took.get(DOCTORS - 1) / 1e9);
    } finally {
      doctors.shutdownNow();
    }
    long most = 0;
    long sum = 0;
    for (Agent one : agents.values()) {
      long resident = residentMib(one.pid());
      most = Math.max(most, resident);
      sum += resident;
    }
    System.out.printf("pilot: memory of a gateway: the asking %d MiB, most %d MiB, all %d together %d MiB; city %d MiB%n",
        residentMib(agents.get(asking).pid()), most, HOSPITALS, sum, residentMib(city.pid()));
  }

  private static long residentMib(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream().filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10).findFirst().orElse(0);
  }
}
