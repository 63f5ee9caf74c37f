package io.emrgateway.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emrgateway.agent.consent.SigningPages;
import io.emrgateway.agent.his.Callers;
import io.emrgateway.agent.his.HisDoor;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.journeys.House;
import io.emrgateway.routes.core.lookup.Agreement;
import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.Consents;
import io.emrgateway.routes.core.lookup.KeepConsent;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.viewer.Browser.Tab;
import io.vertx.core.Vertx;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How: a real Chromium at the gateway's own door, written into with mouse, pen and finger as its own input. After each test
 * nothing was asked of any other address, and the browser complains of nothing.
 */
@DisplayName("The signing page")
@ExtendWith(Browsers.class)
@Timeout(120)
class SigningPageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SECRET = "a-secret-of-the-his-for-this-test-only";
  /** Something like a name, in the box of the page. */
  private static final int[] NAME = {60, 60, 160, 60, 110, 60, 110, 160, 70, 160, 150, 160, 220, 50, 240, 180, 300, 70, 330, 170};

  private final Browser browser;
  private final List<Consent> kept = new CopyOnWriteArrayList<>();
  private final List<byte[]> evidence = new CopyOnWriteArrayList<>();
  private final Vertx vertx = Vertx.vertx();
  private final int port = House.freePort();
  private HisDoor door;
  private Tab tab;

  SigningPageTest(Browser browser) {
    this.browser = browser;
  }

  @BeforeEach
  void opens() throws Exception {
    LookUp.Patients patients = (LookUp.Patients) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {LookUp.Patients.class},
        (proxy, method, arguments) -> Optional.of(new LookUp.File(((List<?>) arguments[0]).get(0).equals(new Identifier("HIS", "P2"))
            ? new Sought(List.of(new Identifier("urn:x", "110105202001010016")), "王<b>小</b>", LocalDate.of(2020, 1, 1))
            : new Sought(List.of(new Identifier("urn:x", "11010519491231002X")), "张伟", LocalDate.of(1949, 12, 31)), number -> Optional.empty())));
    Consents consents = (Consents) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Consents.class},
        (proxy, method, arguments) -> {
          if (method.getName().equals("keep")) {
            kept.add((Consent) arguments[0]);
            evidence.add((byte[]) arguments[1]);
            return Consents.Outcome.DONE;
          }
          return false; // Nothing is withdrawn.
        });
    KeepConsent keep = new KeepConsent(new KeepConsent.Policy("H-0104", Set.of(Kind.HANDWRITING, Kind.GUARDIAN), Duration.ofDays(365)), patients,
        consents, octets -> Suite.hex(Suite.INTL.hashUntagged(octets)), Clock.systemUTC());
    door = new HisDoor(vertx, new InetSocketAddress("127.0.0.1", port), null,
        new Callers(Map.of("his-web", MessageDigest.getInstance("SHA-256").digest(SECRET.getBytes(StandardCharsets.UTF_8)))),
        List.of(new SigningPages(keep, number -> List.of(new Identifier("HIS", number)), Agreement.shipped(), "H-0104", org -> "合成医院",
            "intl", octets -> Suite.hex(Suite.INTL.hashUntagged(octets)), Clock.systemUTC())));
    door.open();
    tab = browser.tab();
    tab.size(800, 1280, 1);
  }

  @AfterEach
  void asked_nobody_else_and_the_browser_complains_of_nothing() throws Exception {
    try {
      assertThat(tab.asked()).containsOnly("127.0.0.1:" + port);
      assertThat(tab.problems().stream().filter(one -> !one.contains("status of 4")).toList()).isEmpty();
    } finally {
      tab.close();
      door.close();
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private String ticket(String kind, String patient) throws Exception {
    String asked = "{\"kind\":\"" + kind + "\",\"patient\":[\"" + patient + "\"],\"sections\":[\"results\"],\"to\":\""
        + OffsetDateTime.now().plusDays(90).withNano(0) + "\",\"tablet\":\"127.0.0.1\"}";
    HttpResponse<String> given = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/signing"))
        .header("Authorization", "Bearer " + SECRET).POST(HttpRequest.BodyPublishers.ofString(asked)).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(given.statusCode()).as(given.body()).isEqualTo(201);
    return JSON.readTree(given.body()).path("url").asText();
  }

  private Tab shown(String kind, String patient) throws Exception {
    return tab.opens(ticket(kind, patient)).waitsFor("!document.querySelector('#agreement').hidden");
  }

  private JsonNode signed() throws Exception {
    tab.click("#sign");
    tab.waitsFor("document.querySelector('#news.done')");
    assertThat(kept).hasSize(1);
    assertThat(tab.text("#news")).contains("已签署").contains(kept.get(0).reference());
    assertThat(tab.text("main")).as("the tablet is handed on").doesNotContain("张伟");
    return JSON.readTree(evidence.get(0));
  }

  private static boolean isInk(BufferedImage image, JsonNode signature, int x, int y) {
    double scale = image.getWidth() / signature.path("width").asDouble();
    return (image.getRGB((int) (x * scale), (int) (y * scale)) & 0xff) < 128;
  }

  @Test
  void keeps_the_very_text_and_what_was_drawn_with_a_mouse() throws Exception {
    shown("handwriting", "P1");
    String text = tab.value("document.querySelector('#text').textContent").asText();
    assertThat(text).contains("张伟", "002X", "合成医院", "检验检查结果");
    tab.draws("#box", "mouse", NAME);

    JsonNode signature = signed();

    assertThat(signature.path("text").asText()).isEqualTo(text);
    assertThat(signature.path("device").path("pointer").asText()).isEqualTo("mouse");
    assertThat(signature.path("strokes")).hasSize(1);
    assertThat(signature.path("strokes").get(0).asText()).startsWith("580,580,0,500 1580,580,").endsWith(",500");
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(signature.path("image").asText())));
    // The border of the box is not part of it.
    assertThat(isInk(image, signature, 128, 58)).as("on the line").isTrue();
    assertThat(isInk(image, signature, 400, 200)).as("beside it").isFalse();
  }

  @Test
  void takes_a_pen_with_its_pressure_and_a_finger() throws Exception {
    shown("handwriting", "P1");
    tab.draws("#box", "pen", NAME);
    tab.draws("#box", "touch", 400, 60, 420, 120, 440, 180);

    JsonNode signature = signed();

    assertThat(signature.path("strokes")).hasSize(2);
    assertThat(signature.path("strokes").get(0).asText()).contains(",800 ");
  }

  @Test
  void takes_neither_nothing_nor_a_dot_and_what_was_cleared_is_gone() throws Exception {
    shown("handwriting", "P1");
    tab.click("#sign");
    tab.waitsFor("document.querySelector('#news').textContent.includes('请先在框内签名')");
    tab.draws("#box", "mouse", 100, 100);
    tab.click("#sign");
    tab.waitsFor("document.querySelector('#news').textContent.includes('consent.signature-empty')");
    assertThat(kept).isEmpty();
    tab.draws("#box", "mouse", NAME);
    tab.click("#clear");
    tab.click("#sign");
    tab.waitsFor("document.querySelector('#news').textContent.includes('请先在框内签名')");
    tab.draws("#box", "mouse", NAME);
    assertThat(signed().path("strokes")).as("without the dot and what was cleared").hasSize(1);
  }

  @Test
  void asks_a_guardian_for_name_and_relation_and_names_them_in_the_text() throws Exception {
    tab.opens(ticket("guardian", "P2")).waitsFor("!document.querySelector('#guardian').hidden");
    assertThat(tab.text("main")).doesNotContain("王");
    tab.value("document.querySelector('#name').focus()");
    tab.types("王母");
    tab.value("document.querySelector('#relation').focus()");
    tab.types("母亲");
    tab.click("#guardian button");
    tab.waitsFor("!document.querySelector('#agreement').hidden");
    assertThat(tab.text("#text")).as("a name is a text, never mark-up").contains("王母（母亲）", "王<b>小</b>");
    tab.draws("#box", "mouse", NAME);
    signed();
    assertThat(kept.get(0).guardian()).isEqualTo(new Guardian("王母", "母亲"));
  }

  @Test
  void may_be_left_without_signing() throws Exception {
    String ticket = ticket("handwriting", "P1");
    tab.opens(ticket).waitsFor("!document.querySelector('#agreement').hidden");
    tab.draws("#box", "mouse", NAME);
    tab.click("#cancel");
    tab.waitsFor("document.querySelector('#news.done')");
    assertThat(tab.text("main")).contains("未签署").doesNotContain("张伟");
    assertThat(kept).isEmpty();
    tab.opens(ticket);
    assertThat(tab.text("main")).contains("ticket.expired").contains("请从 HIS 重新打开");
  }

  @Test
  void is_right_by_axe_at_every_step_and_fits_a_small_tablet() throws Exception {
    tab.opens(ticket("guardian", "P2")).waitsFor("!document.querySelector('#guardian').hidden");
    assertThat(Axe.violations(tab)).isEmpty();
    shown("handwriting", "P1");
    assertThat(Axe.violations(tab)).isEmpty();
    tab.size(600, 1024, 1);
    assertThat(tab.value("document.documentElement.scrollWidth <= window.innerWidth").asBoolean()).isTrue();
    tab.click("#sign");
    tab.waitsFor("document.querySelector('#news').textContent");
    assertThat(Axe.violations(tab)).isEmpty();
    tab.opens(ticket("handwriting", "P1").replaceAll("[^/]+$", "A"));
    assertThat(tab.text("main")).contains("ticket.unknown");
    assertThat(Axe.violations(tab)).isEmpty();
  }
}
