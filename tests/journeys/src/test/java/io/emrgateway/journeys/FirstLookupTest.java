package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How: the commands of the manual's own section, in its order, by a shell; only the folder is another. */
@DisplayName("A first lookup on one machine, as agent/LOOKUPS.md has it")
class FirstLookupTest {
  private static final Pattern BLOCK = Pattern.compile("```\n(.*?)```\n", Pattern.DOTALL);
  private static final String SHOWN_FOLDER = "/tmp/emr-try";

  @TempDir Path home;

  private static List<String> commands() throws IOException {
    String manual = Files.readString(House.root().resolve("agent/LOOKUPS.md"));
    int begin = manual.indexOf("## A first lookup on one machine");
    Matcher block = BLOCK.matcher(manual.substring(begin, manual.indexOf("\n## ", begin)));
    List<String> blocks = new ArrayList<>();
    while (block.find()) {
      blocks.add(block.group(1));
    }
    return blocks;
  }

  @Test
  void goes_from_the_consent_over_the_question_and_the_page_to_the_withdrawal() throws Exception {
    Path folder = home.resolve("try");
    List<String> blocks = commands().stream().map(one -> one.replace(SHOWN_FOLDER, folder.toString())).toList();
    assertThat(blocks).hasSize(6);
    Running up = Running.start(home.resolve("try.log"), Map.of(), List.of("bash", "-c", "cd '" + House.root() + "' && exec " + blocks.get(0)));
    try {
      Waiting.until("try.sh is up", Duration.ofMinutes(4), () -> up.log().contains("Ctrl-C"));
      String consent = run(blocks.get(1), blocks.get(2));
      assertThat(consent).contains("\"status\":\"active\"", "XY-0001");

      String answer = run(blocks.get(1), blocks.get(3));
      assertThat(answer).contains("青霉素", "0.50", "示例第二医院", "患者未授权 not agreed to by the patient：用药 medications", "\"searchset\"")
          .doesNotContain("阿司匹林");

      String launched = run(blocks.get(1), blocks.get(3).substring(0, blocks.get(3).indexOf("ask 'fhir")), blocks.get(4));
      URI page = URI.create(new ObjectMapper().readTree(launched).path("url").asText());
      HttpClient browser = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).cookieHandler(new CookieManager()).build();
      assertThat(browser.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString()).body()).contains("外院资料");

      String refused = run(blocks.get(1), blocks.get(3).substring(0, blocks.get(3).indexOf("ask 'fhir")), blocks.get(5));
      assertThat(refused).contains("\"status\":\"inactive\"", "lookup.no-consent").doesNotContain("青霉素");
    } finally {
      up.stop(Duration.ofSeconds(40));
    }
  }

  private static String run(String... blocks) {
    Trial.Done done = Trial.process(Duration.ofMinutes(1), List.of("bash", "-eu", "-c", String.join("\n", blocks)));
    assertThat(done.status()).as(done.output()).isZero();
    return done.output();
  }
}
