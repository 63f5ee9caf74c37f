package io.emrgateway.agent.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.seal.Suite;
import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.Consents.Standing;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How: what the page sends, over sockets; a real store behind it, in the suite of SM3. */
@DisplayName("A consent signed on a tablet")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SigningPagesTest {
  private static final String JSON = "application/json";
  private static final Identifier RESIDENT = new Identifier(Counter.RESIDENT, "11010519491231002X");

  private Counter counter;
  private String png;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    counter = new Counter(folder, Suite.GM, Kind.HANDWRITING, Kind.GUARDIAN);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(600, 240, BufferedImage.TYPE_BYTE_GRAY), "png", out);
    png = Base64.getEncoder().encodeToString(out.toByteArray());
  }

  @AfterAll
  void stop() throws Exception {
    counter.close();
  }

  @BeforeEach
  void today() {
    counter.now = Instant.now();
  }

  private JsonObject asked() {
    return new JsonObject().put("kind", "handwriting").put("patient", new JsonArray().add("P1"))
        .put("sections", new JsonArray().add("results").add("allergies"))
        .put("to", counter.now.plus(Duration.ofDays(90)).truncatedTo(ChronoUnit.MILLIS).toString()).put("tablet", "127.0.0.1").put("by", "N2001");
  }

  private JsonObject asked(String patient) {
    return asked().put("kind", "guardian").put("patient", new JsonArray().add(patient));
  }

  private JsonObject signature(String text) {
    StringBuilder stroke = new StringBuilder("100,100,0,500");
    for (int k = 1; k < 40; k++) {
      stroke.append(' ').append(100 + 40 * k).append(',').append(100 + 20 * (k % 7)).append(',').append(8 * k).append(",500");
    }
    return new JsonObject().put("text", text).put("width", 600).put("height", 240)
        .put("strokes", new JsonArray().add(stroke.toString()).add("300,300,900,1000 900,1200,990,0")).put("image", png).put("pointer", "pen");
  }

  /** A tablet that has opened the page of a ticket. */
  private final class Tablet {
    final String path;
    final String reference;
    final String cookie;

    Tablet(JsonObject asked) throws Exception {
      HttpResponse<String> given = counter.post("/signing", JSON, asked.encode());
      assertThat(given.statusCode()).as(given.body()).isEqualTo(201);
      path = new JsonObject(given.body()).getString("path");
      reference = new JsonObject(given.body()).getString("reference");
      assertThat(new JsonObject(given.body()).getString("url")).isEqualTo("http://127.0.0.1:" + counter.port + path);
      HttpResponse<String> page = counter.browser(path, null, null);
      assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow()).contains("default-src 'none'").doesNotContain("unsafe");
      String said = page.headers().firstValue("Set-Cookie").orElseThrow();
      assertThat(said).contains("HTTPOnly", "SameSite=Strict", "Path=" + path);
      cookie = said.substring(0, said.indexOf(';'));
    }

    String text() throws Exception {
      return new JsonObject(counter.browser(path + "/text", cookie, null).body()).getString("text");
    }

    HttpResponse<String> send(String word, JsonObject body) throws Exception {
      return counter.browser(path + "/" + word, cookie, body.encode());
    }
  }

  private static void refused(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonObject issue = new JsonObject(answer.body()).getJsonArray("issue").getJsonObject(0);
    assertThat(issue.getJsonObject("details").getJsonArray("coding").getJsonObject(0).getString("code")).isEqualTo(code);
    assertThat(answer.body()).doesNotContain("110105", "张伟", "王小", "Exception");
  }

  @Test
  void is_kept_with_the_text_that_was_shown_and_the_strokes_in_one_file_that_its_hash_names() throws Exception {
    Tablet tablet = new Tablet(asked());
    String text = tablet.text();
    assertThat(text).contains("张伟", "002X", "患者本人", "合成医院", "检验检查结果", "过敏", tablet.reference).doesNotContain("11010519491231002X", "用药");

    HttpResponse<String> signed = tablet.send("signature", signature(text));

    assertThat(signed.statusCode()).as(signed.body()).isEqualTo(201);
    Consent consent = counter.store.consents().find(tablet.reference).map(Standing::consent).orElseThrow();
    assertThat(consent.kind()).isEqualTo(Kind.HANDWRITING);
    assertThat(consent.patient()).containsExactly(RESIDENT);
    assertThat(consent.scope()).containsExactlyInAnyOrder(Section.RESULTS, Section.ALLERGIES);
    assertThat(consent.grantee()).isEqualTo("H-0104");
    assertThat(consent.recordedBy()).isEqualTo("N2001");

    HttpResponse<byte[]> kept = counter.bytes("/fhir/Consent/" + tablet.reference + "/evidence");
    assertThat(kept.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(consent.evidence()).isEqualTo(Suite.hex(Suite.GM.hashUntagged(kept.body())));
    JsonObject evidence = new JsonObject(new String(kept.body(), StandardCharsets.UTF_8));
    JsonObject sent = signature(text);
    assertThat(evidence.getString("text")).isEqualTo(text);
    assertThat(evidence.getString("textHash")).isEqualTo(Suite.hex(Suite.GM.hashUntagged(text.getBytes(StandardCharsets.UTF_8))));
    assertThat(evidence.getJsonArray("strokes")).isEqualTo(sent.getJsonArray("strokes"));
    assertThat(evidence.getString("image")).isEqualTo(png);
    assertThat(evidence.getString("imageHash")).isEqualTo(Suite.hex(Suite.GM.hashUntagged(Base64.getDecoder().decode(png))));
    assertThat(evidence.getString("version")).isEqualTo("2026-11");
    assertThat(evidence.getString("suite")).isEqualTo("gm");
    assertThat(evidence.getString("ticket")).isEqualTo(tablet.path.substring("/sign/".length()));
    assertThat(evidence.getJsonObject("device")).isEqualTo(new JsonObject().put("address", "127.0.0.1").put("agent", "a tablet").put("pointer", "pen"));
    refused(tablet.send("signature", signature(text)), 410, "ticket.expired");
  }

  @Test
  void binds_to_no_other_text_than_the_one_that_was_shown() throws Exception {
    Tablet tablet = new Tablet(asked());
    refused(tablet.send("signature", signature("anything")), 422, "consent.text-differs");
    String text = tablet.text();
    refused(tablet.send("signature", signature(text.replace("过敏", "用药"))), 422, "consent.text-differs");
    refused(tablet.send("signature", signature("")), 422, "consent.text-differs");
    assertThat(counter.store.consents().find(tablet.reference)).isEmpty();
    assertThat(tablet.send("signature", signature(text)).statusCode()).isEqualTo(201);
  }

  static Stream<Arguments> noSignatures() {
    return Stream.of(
        Arguments.of("nothing", List.of(), 422, "consent.signature-empty"),
        Arguments.of("one dot", List.of("100,100,0,500"), 422, "consent.signature-empty"),
        Arguments.of("one dot, held down", List.of("100,100,0,500 101,100,10,500 100,101,900,500"), 422, "consent.signature-empty"),
        Arguments.of("a few dots", List.of("100,100,0,500", "2000,2000,10,500", "4000,100,20,500"), 422, "consent.signature-empty"),
        Arguments.of("scribbled on the spot", List.of("100,100,0,500" + " 110,100,1,500 100,100,2,500".repeat(200).replaceAll(",[12],", ",9,")), 422,
            "consent.signature-empty"),
        Arguments.of("outside the box", List.of("100,100,0,500 6001,100,10,500"), 400, "consent.form"),
        Arguments.of("backwards in time", List.of("100,100,50,500 3000,100,10,500"), 400, "consent.form"),
        Arguments.of("no point", List.of("100,100,0"), 400, "consent.form"),
        Arguments.of("too many points", List.of("100,100,0,500 ".repeat(20_001).strip()), 400, "consent.form"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("noSignatures")
  void needs_a_signature_and_not(String what, List<String> strokes, int status, String code) throws Exception {
    Tablet tablet = new Tablet(asked());
    refused(tablet.send("signature", signature(tablet.text()).put("strokes", new JsonArray(strokes))), status, code);
    assertThat(counter.store.consents().find(tablet.reference)).isEmpty();
  }

  @Test
  void needs_its_picture_and_says_what_it_was_written_with() throws Exception {
    Tablet tablet = new Tablet(asked());
    String text = tablet.text();
    refused(tablet.send("signature", signature(text).put("image", "JVBERi0=")), 400, "consent.form");
    refused(tablet.send("signature", signature(text).put("image", "*")), 400, "consent.form");
    refused(tablet.send("signature", signature(text).put("pointer", "nose")), 400, "consent.form");
    refused(tablet.send("signature", signature(text).put("width", 100_000)), 400, "consent.form");
    refused(tablet.send("signature", signature(text).put("more", 1)), 400, "consent.form");
    refused(counter.browser(tablet.path + "/signature", tablet.cookie, "{"), 400, "consent.form");
  }

  @Test
  void of_a_child_is_signed_by_the_guardian_whom_the_text_then_names() throws Exception {
    refused(counter.post("/signing", JSON, asked().put("patient", new JsonArray().add("P2")).encode()), 422, "consent.minor");
    Tablet tablet = new Tablet(asked("P2"));
    assertThat(tablet.text()).as("nobody is named yet").isNull();
    refused(tablet.send("signature", signature("")), 422, "consent.text-differs");
    refused(tablet.send("guardian", new JsonObject().put("name", " ").put("relation", "母亲")), 422, "consent.guardian-missing");
    String fathers = new JsonObject(tablet.send("guardian", new JsonObject().put("name", "王父").put("relation", "父亲")).body()).getString("text");
    String text = new JsonObject(tablet.send("guardian", new JsonObject().put("name", "王母").put("relation", "母亲")).body()).getString("text");
    refused(tablet.send("signature", signature(fathers)), 422, "consent.text-differs");
    assertThat(text).contains("监护人 guardian 王母（母亲）", "王小");
    assertThat(tablet.send("signature", signature(text)).statusCode()).isEqualTo(201);
    Consent consent = counter.store.consents().find(tablet.reference).map(Standing::consent).orElseThrow();
    assertThat(consent.guardian()).isEqualTo(new Guardian("王母", "母亲"));
    assertThat(consent.kind()).isEqualTo(Kind.GUARDIAN);
  }

  @Test
  void of_somebody_who_cannot_consent_is_signed_by_the_guardian_whom_the_his_names() throws Exception {
    refused(counter.post("/signing", JSON, asked("P1").encode()), 422, "consent.guardian-needless");
    Tablet tablet = new Tablet(asked("P1").put("incapacitated", true)
        .put("guardian", new JsonObject().put("name", "张子").put("relation", "成年子女")));
    String text = tablet.text();
    assertThat(text).contains("张子（成年子女）");
    assertThat(tablet.send("signature", signature(text)).statusCode()).isEqualTo(201);
    assertThat(counter.store.consents().find(tablet.reference).orElseThrow().consent().incapacitated()).isTrue();
    refused(new Tablet(asked()).send("guardian", new JsonObject().put("name", "王母").put("relation", "母亲")), 400, "consent.form");
  }

  @Test
  void is_asked_for_by_the_his_alone_and_in_the_right_form() throws Exception {
    assertThat(counter.browser("/signing", null, asked().encode()).statusCode()).isEqualTo(401);
    refused(counter.post("/signing", JSON, ""), 400, "consent.form");
    for (JsonObject wrong : List.of(asked().put("kind", "paper"), asked().put("tablet", "tablet.local"), asked().put("to", "tomorrow"),
        asked().put("sections", new JsonArray().add("genes")), asked().put("patient", new JsonArray().add("HIS|")), asked().put("more", 1),
        asked().put("by", "a \"quote\""))) {
      refused(counter.post("/signing", JSON, wrong.encode()), 400, "consent.form");
    }
    refused(counter.post("/signing", JSON, asked().put("patient", new JsonArray().add("P1").add("P2")).encode()), 422, "consent.patients-differ");
    refused(counter.post("/signing", JSON, asked().put("patient", new JsonArray()).encode()), 404, "consent.patient-unknown");
    refused(counter.post("/signing", JSON, asked().put("sections", new JsonArray()).encode()), 422, "consent.scope-empty");
    refused(counter.post("/signing", JSON, asked().put("to", "2099-01-01T00:00:00+08:00").encode()), 422, "consent.too-long");
  }

  @Test
  void belongs_to_the_device_and_the_browser_that_opened_it_once() throws Exception {
    HttpResponse<String> elsewhere = counter.post("/signing", JSON, asked().put("tablet", "10.9.8.7").encode());
    String path = new JsonObject(elsewhere.body()).getString("path");
    HttpResponse<String> page = counter.browser(path, null, null);
    assertThat(page.statusCode()).isEqualTo(403);
    assertThat(page.body()).contains("ticket.other-device", "另一台设备", "<html").doesNotContain("张伟");

    Tablet tablet = new Tablet(asked());
    assertThat(counter.browser(tablet.path, tablet.cookie, null).statusCode()).as("reloaded").isEqualTo(200);
    assertThat(counter.browser(tablet.path, null, null).statusCode()).as("another browser").isEqualTo(410);
    assertThat(counter.browser(tablet.path, "sign=x", null).body()).contains("ticket.used");
    refused(counter.browser(tablet.path + "/text", null, null), 410, "ticket.used");
    refused(counter.browser(tablet.path + "/signature", null, signature(tablet.text()).encode()), 410, "ticket.used");
    assertThat(counter.browser("/sign/" + "A".repeat(32), null, null).statusCode()).isEqualTo(404);
  }

  @Test
  void ends_with_its_time_or_when_it_is_cancelled() throws Exception {
    Tablet tablet = new Tablet(asked());
    String text = tablet.text();
    HttpResponse<String> unused = counter.post("/signing", JSON, asked().encode());
    counter.now = counter.now.plus(Duration.ofMinutes(5));
    assertThat(counter.browser(new JsonObject(unused.body()).getString("path"), null, null).body()).contains("ticket.expired");
    assertThat(tablet.text()).isEqualTo(text);
    counter.now = counter.now.plus(Duration.ofMinutes(10));
    refused(tablet.send("signature", signature(text)), 410, "ticket.expired");

    Tablet another = new Tablet(asked());
    assertThat(another.send("cancel", new JsonObject()).statusCode()).isEqualTo(204);
    refused(another.send("signature", signature(text)), 410, "ticket.expired");
    assertThat(counter.store.consents().find(tablet.reference)).isEmpty();
    assertThat(counter.store.consents().find(another.reference)).isEmpty();
  }

  @Test
  void comes_with_nothing_from_elsewhere() throws Exception {
    for (String name : List.of("sign.html", "refused.html", "sign.css", "sign.js")) {
      String file = new String(getClass().getResourceAsStream(name).readAllBytes(), StandardCharsets.UTF_8);
      assertThat(file).as(name).doesNotContain("http:", "https:", "//cdn", "<style", "onclick", "innerHTML", "localStorage", "?.", "??");
    }
    assertThat(counter.browser("/sign/assets/sign.js", null, null).headers().firstValue("Content-Type")).contains("text/javascript; charset=utf-8");
    assertThat(counter.browser("/sign/assets/sign.html", null, null).statusCode()).isEqualTo(404);
    assertThat(counter.browser("/sign/assets/..%2FSigning.class", null, null).statusCode()).isEqualTo(404);
  }
}
