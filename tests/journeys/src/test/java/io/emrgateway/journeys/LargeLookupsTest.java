package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How: two hospitals each have more of a patient than an answer can hold, and several doctors ask at once, while the
 * asking gateway, in its heap of 160 MB, goes on taking messages.
 */
@DisplayName("A record of three months in intensive care, asked for by several doctors at once")
class LargeLookupsTest {
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final DateTimeFormatter HL7 = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String PID = "PID|1||000123^^^HIS^MR~11010519491231002X^^^GA^NNCHN||张^伟||19491231|F";
  private static final int DOCTORS = 8;
  private static final int REPORTS = 110;
  private static final int RESULTS = 60;

  @Test
  void is_shown_as_far_as_it_fits_and_named_where_it_does_not_and_takes_nothing_from_the_feed(@TempDir Path folder) throws Exception {
    City city = City.withKeys(folder.resolve("keys"), "H-0104/main", "intl");
    Map<String, Path> keys = new LinkedHashMap<>();
    keys.put("H-0104", city.gatewayKeys());
    keys.put("H-0105", city.anotherGateway("H-0105/main", "intl"));
    keys.put("H-0106", city.anotherGateway("H-0106/main", "intl"));
    city.vouchForAll(Map.of("H-0104", "甲医院", "H-0105", "乙医院", "H-0106", "丙医院"), keys.values());
    city.start();
    int door = House.freePort();
    Path secret = folder.resolve("his.secret");
    Files.writeString(secret, SECRET + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Agent asking = agent(folder, city, keys, "H-0104", "lookup:\n  emergencies: true\n  deadline: 20s\nhis:\n  port: " + door
        + "\n  clients:\n    - name: web\n      secret-file: " + secret + "\n");
    Agent first = agent(folder, city, keys, "H-0105", "lookup:\n  emergencies: true\n");
    Agent second = agent(folder, city, keys, "H-0106", "lookup:\n  emergencies: true\n");
    List<Agent> all = List.of(asking, first, second);
    try {
      all.forEach(one -> one.awaitOpen(Duration.ofSeconds(90)));
      try (His his = His.of(asking)) {
        assertThat(his.send(His.message("ADT^A01", "A1", StandardCharsets.UTF_8, PID,
            "PV1|1|I|N03^301^02||||||||||||||||ZY1^^^HIS^VN|||||||||||||||||||||||||" + hoursAgo(5))).code()).isEqualTo("AA");
      }
      for (Agent one : List.of(first, second)) {
        stay(one);
      }
      all.forEach(one -> one.awaitSettled(Duration.ofSeconds(120)));

      List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
      for (int k = 0; k < DOCTORS; k++) {
        asked.add(HTTP.sendAsync(question(door, "D" + k), HttpResponse.BodyHandlers.ofString()));
      }
      CompletableFuture<Void> over = CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new));
      int sent = 0;
      try (His his = His.of(asking)) {
        while (!over.isDone()) {
          assertThat(his.send(His.message("ADT^A08", "M" + ++sent, StandardCharsets.UTF_8, PID.replace("000123", "9" + sent)
              .replace("11010519491231002X", ""), "PV1|1|I|N03")).code()).isEqualTo("AA");
          Thread.sleep(50);
        }
      }
      Map<String, Integer> outcomes = new LinkedHashMap<>();
      for (CompletableFuture<HttpResponse<String>> one : asked) {
        outcomes.merge(outcome(one.get()), 1, Integer::sum);
      }
      System.out.println("[large lookups] " + outcomes + ", " + sent + " messages meanwhile");
      // On a busy machine nobody answers so many such questions in time; each is told what became of it all the same.
      assertThat(outcomes.keySet()).allMatch(one -> one.matches(
          "429 lookup.too-many|503 delivery.city-slow|(in-part|too-large|timeout|city) (in-part|too-large|timeout|city)"));
      assertThat(sent).isPositive();
      Waiting.until("one of the two is shown and the other named", Duration.ofSeconds(120), () ->
          outcome(HTTP.sendAsync(question(door, "D99"), HttpResponse.BodyHandlers.ofString()).join()).equals("in-part too-large"));
      assertThat(all).allSatisfy(one -> assertThat(one.log()).doesNotContain("OutOfMemory"));
    } finally {
      all.forEach(Agent::stop);
      city.stop();
    }
  }

  private static Agent agent(Path folder, City city, Map<String, Path> keys, String hospital, String sections) throws IOException {
    return Agent.of(Files.createDirectories(folder.resolve(hospital)), city, hospital, keys.get(hospital), "intl", "", sections).launch();
  }

  private static String hoursAgo(int hours) {
    return LocalDateTime.now(ZoneOffset.ofHours(8)).minusHours(hours).format(HL7);
  }

  private static void stay(Agent agent) {
    try (His his = His.of(agent)) {
      for (int report = 0; report < REPORTS; report++) {
        String at = hoursAgo(24 * 60 - report * 12);
        List<String> segments = new ArrayList<>(List.of(PID, "PV1|1|I|ICU^1^1||||||||||||||||ZY7^^^HIS^VN|||||||||||||||||||||||||" + hoursAgo(24 * 61),
            "OBR|1|P" + report + "^HIS|F" + report + "^LIS|ICU^重症监护检验^L|||" + at + "||||||||||||||||||F"));
        for (int result = 1; result <= RESULTS; result++) {
          segments.add("OBX|" + result + "|NM|T" + result + "^项目" + result + "^L||" + report + "." + result + "|mmol/L|1-9|N|||F|||" + at);
        }
        assertThat(his.send(His.message("ORU^R01", "R" + report, StandardCharsets.UTF_8, segments.toArray(String[]::new))).code()).isEqualTo("AA");
      }
    }
  }

  private static HttpRequest question(int door, String doctor) {
    Map<String, String> question = new LinkedHashMap<>(Map.of("identifier", "HIS|000123", "practitioner", doctor, "practitioner-name", "李明",
        "department", "急诊科", "encounter", "ZY1", "reason", "患者昏迷，无家属在场", "second", "E1", "second-name", "王芳"));
    StringBuilder form = new StringBuilder();
    question.forEach((name, value) -> form.append(form.isEmpty() ? "" : "&").append(name).append('=')
        .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door + "/fhir/Patient/$summary")).header("Authorization", "Bearer " + SECRET)
        .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form.toString())).build();
  }

  /** What became of each hospital, in the document's words; or the refusal. */
  private static String outcome(HttpResponse<String> answer) {
    if (answer.statusCode() != 200) {
      Matcher code = Pattern.compile("\"code\":\"((?:lookup|delivery)[a-z.-]*)\"").matcher(answer.body());
      return answer.statusCode() + " " + (code.find() ? code.group(1) : answer.body());
    }
    Matcher status = Pattern.compile("\"url\":\"status\",\"valueCode\":\"([a-z-]+)\"").matcher(answer.body());
    return status.results().map(one -> one.group(1)).sorted().collect(Collectors.joining(" "));
  }
}
