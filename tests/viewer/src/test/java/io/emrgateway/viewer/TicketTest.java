package io.emrgateway.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.viewer.Viewing;
import io.emrgateway.agent.viewer.Viewing.Act;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How: the gateway's own door over HTTP; the clock is put on by the test. */
@DisplayName("A ticket for the doctor's page")
class TicketTest {
  private Desk desk;
  private final HttpClient browser = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

  @BeforeEach
  void opens() throws Exception {
    desk = new Desk();
  }

  @AfterEach
  void closes() throws Exception {
    desk.close();
  }

  private static HttpResponse<String> get(HttpClient by, String address) throws Exception {
    return by.send(HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String address) throws Exception {
    return get(browser, address);
  }

  private int says(String address) throws Exception {
    return browser.send(HttpRequest.newBuilder(URI.create(address)).POST(HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void opens_the_page_once_for_one_browser_which_may_reload_it() throws Exception {
    String address = desk.ticket();

    HttpResponse<String> page = get(address);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Set-Cookie").orElseThrow())
        .matches("view=[\\w-]{32}; Path=/view/[\\w-]{32}; HTTPOnly; SameSite=Strict");
    assertThat(get(address).statusCode()).isEqualTo(200);
    assertThat(get(address + "/data").statusCode()).isEqualTo(200);

    HttpResponse<String> second = get(HttpClient.newHttpClient(), address);
    assertThat(second.statusCode()).isEqualTo(410);
    assertThat(second.body()).contains("ticket.used", "票据已使用过", "请从 HIS 重新打开");
    assertThat(get(HttpClient.newHttpClient(), address + "/data").statusCode()).isEqualTo(410);
  }

  @Test
  void is_good_for_60_seconds() throws Exception {
    String early = desk.ticket();
    String late = desk.ticket();
    desk.passes(Duration.ofMillis(59_999));
    assertThat(get(early).statusCode()).isEqualTo(200);

    desk.passes(Duration.ofMillis(1));
    assertThat(get(late)).satisfies(page -> {
      assertThat(page.statusCode()).isEqualTo(410);
      assertThat(page.body()).contains("ticket.expired");
    });
    assertThat(desk.asked).isEmpty();
  }

  @Test
  void is_good_for_the_workstation_it_was_asked_for_alone_and_is_not_used_up_by_another() throws Exception {
    Map<String, String> elsewhere = Desk.launch();
    elsewhere.put("workstation", "10.20.30.40");
    HttpResponse<String> page = get(desk.ticket(elsewhere));

    assertThat(page.statusCode()).isEqualTo(403);
    assertThat(page.body()).contains("ticket.other-device", "127.0.0.1").doesNotContain("10.20.30.40");
    assertThat(desk.audit).extracting(Viewing::act).containsExactly(Act.LAUNCHED, Act.REFUSED);
    assertThat(desk.audit.get(1)).isEqualTo(new Viewing(Act.REFUSED, "his-web", "D1001", "心血管内科", "127.0.0.1", null, "ticket.other-device"));
  }

  @Test
  void that_nobody_was_given_opens_nothing_and_fills_no_audit() throws Exception {
    assertThat(get(desk.address() + "/view/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).satisfies(page -> {
      assertThat(page.statusCode()).isEqualTo(404);
      assertThat(page.body()).contains("ticket.unknown");
    });
    String address = desk.ticket();
    get(address);
    for (int attempt = 0; attempt < 30; attempt++) {
      get(HttpClient.newHttpClient(), address);
    }
    assertThat(desk.audit).extracting(Viewing::act).filteredOn(Act.REFUSED::equals).hasSize(10);
  }

  @Test
  void is_given_to_the_hospitals_own_systems_alone() throws Exception {
    HttpResponse<String> refused = desk.post("some-other-secret", Desk.launch());

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("his.caller-unknown");
    assertThat(desk.audit).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"workstation", "practitioner", "practitioner-name", "department", "encounter", "identifier"})
  void is_not_given_to_a_launch_that_leaves_out(String parameter) throws Exception {
    Map<String, String> launch = Desk.launch();
    launch.remove(parameter);
    HttpResponse<String> refused = desk.post(Desk.SECRET, launch);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("lookup.form", parameter);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ward-7.hospital.example", "localhost", "cafe", "10.1.2", "10.1.2.3.4", "300.1.1.1", "::zz"})
  void is_not_given_for_a_workstation_without_an_address(String workstation) throws Exception {
    Map<String, String> launch = Desk.launch();
    launch.put("workstation", workstation);

    assertThat(desk.post(Desk.SECRET, launch).statusCode()).isEqualTo(400);
  }

  @Test
  void tells_nothing_of_the_patient() throws Exception {
    assertThat(desk.post(Desk.SECRET, Desk.launch()).body()).doesNotContain(Desk.NUMBER).contains("\"expires\":\"2026-11-28T10:01:00.000+08:00\"");
    assertThat(get(desk.ticket()).body()).doesNotContain(Desk.NUMBER, "欧阳锋");
  }

  @Test
  void opens_a_page_that_closes_after_15_minutes_that_nobody_touches_and_after_an_hour_at_the_latest() throws Exception {
    String idle = desk.ticket();
    String used = desk.ticket();
    get(idle);
    get(used);
    for (int quarter = 0; quarter < 4; quarter++) {
      desk.passes(Duration.ofMinutes(14));
      assertThat(says(used + "/here")).isEqualTo(204);
    }
    assertThat(get(idle + "/data")).satisfies(over -> {
      assertThat(over.statusCode()).isEqualTo(410);
      assertThat(over.body()).contains("ticket.expired");
    });
    desk.passes(Duration.ofMinutes(4));
    assertThat(says(used + "/here")).isEqualTo(410);
    assertThat(get(used).body()).contains("ticket.expired");
  }

  @Test
  void opens_a_page_that_does_not_live_on_its_own_asking() throws Exception {
    String address = desk.ticket();
    get(address);
    desk.passes(Duration.ofMinutes(10));
    assertThat(get(address + "/data").statusCode()).isEqualTo(200);
    desk.passes(Duration.ofMinutes(6));
    assertThat(get(address + "/data").statusCode()).isEqualTo(410);
  }

  @Test
  void is_told_to_the_audit_from_launch_to_closing() throws Exception {
    String address = desk.ticket();
    get(address);
    get(address + "/data");
    says(address + "/print");
    says(address + "/close");

    assertThat(desk.audit).extracting(Viewing::act).containsExactly(Act.LAUNCHED, Act.OPENED, Act.PRINTED, Act.CLOSED);
    assertThat(desk.audit.get(2).rid()).isNotNull();
    assertThat(get(address + "/data").statusCode()).isEqualTo(410);
  }

  @Test
  void opens_nothing_when_the_audit_does_not_answer() throws Exception {
    String address = desk.ticket();
    desk.auditFails = true;

    assertThat(get(address)).satisfies(page -> {
      assertThat(page.statusCode()).isEqualTo(500);
      assertThat(page.body()).contains("viewer.internal");
      assertThat(page.headers().firstValue("Set-Cookie")).isEmpty();
    });
    assertThat(get(address + "/data").statusCode()).isEqualTo(410);
    assertThat(desk.asked).isEmpty();
  }

  @Test
  void carries_the_question_as_any_other_door_would_ask_it() throws Exception {
    Map<String, String> launch = Desk.launch();
    launch.putAll(Map.of("reason", "昏迷，无法签署", "second", "D2002", "second-name", "王芳"));
    String address = desk.ticket(launch);
    get(address);
    get(address + "/data");

    assertThat(desk.asked).singleElement().satisfies(question -> {
      assertThat(question.doctor().id()).isEqualTo("D1001");
      assertThat(question.encounter()).isEqualTo("MZ20261128001");
      assertThat(question.patient()).singleElement().satisfies(one -> assertThat(one.value()).isEqualTo(Desk.NUMBER));
      assertThat(question.emergency().second().name()).isEqualTo("王芳");
    });
  }

  @Test
  void is_sent_with_a_policy_that_lets_nothing_in_from_elsewhere() throws Exception {
    String address = desk.ticket();
    for (String one : List.of(address, desk.address() + "/view/assets/viewer.js", address)) {
      assertThat(get(one).headers().map()).satisfies(head -> {
        assertThat(head.get("content-security-policy")).singleElement().asString()
            .startsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;").doesNotContain("unsafe");
        assertThat(head.get("cache-control")).containsExactly("no-store");
        assertThat(head.get("referrer-policy")).containsExactly("no-referrer");
      });
    }
  }
}
