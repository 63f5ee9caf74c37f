package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.city.Clinic.Asked;
import io.emrgateway.city.Clinic.Told;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A city told to misbehave with lookups")
class LookupMisbehaviourTest {
  private static final String RESIDENT = "11010519491231002X";
  private static final String STRANGER = "110105198001010017";

  @TempDir Path dir;
  private Trial trial;
  private Clinic here;
  private Clinic there;

  @BeforeEach
  void start() throws Exception {
    trial = new Trial(dir, "intl");
    here = new Clinic(trial.gateway);
    there = new Clinic(trial.another("H-0105/main", "intl"));
    there.gateway.deliver(there.gateway.about(Instant.now(), STRANGER, RESIDENT));
  }

  @AfterEach
  void stop() {
    trial.close();
  }

  private Told looksUp(byte[]... records) throws Exception {
    CompletableFuture<Told> told = here.asks(here.request(RESIDENT), 10);
    there.answers(there.isAsked(10), "answered", records);
    return told.get();
  }

  @Test
  void forges_bodies_that_it_forwards_and_no_word_of_the_hospital() throws Exception {
    trial.order("/misbehave", "{\"lookupForge\":2}");
    Told told = looksUp(Clinic.record(1), Clinic.record(2), Clinic.record(3));
    assertThat(told.status(0)).isEqualTo("answered 3 by hospital");
    ObjectNode signed = there.gateway.openedOwn(told.frames().get(0));
    for (int k = 0; k < 3; k++) {
      boolean good = there.gateway.hex(8, told.frames().get(k + 1)).equals(signed.get("bodies").get(k).asText());
      assertThat(good).isEqualTo(k == 2);
    }
    Told honest = looksUp(Clinic.record(1));
    assertThat(honest.frames().get(1)).isEqualTo(Clinic.record(1));

    trial.order("/misbehave", "{\"lookupForge\":1}");
    Told fromCity = here.told(here.post(here.request(RESIDENT), 1));
    assertThat(Proven.by(there.gateway, fromCity.frames().get(0), fromCity.frames().get(1))).isFalse();
  }

  @Test
  void forwards_somebody_elses_record_with_its_true_proof() throws Exception {
    trial.order("/misbehave", "{\"lookupWrongPatient\":2}");
    Told instead = looksUp(Clinic.record(1));
    Told silent = here.told(here.post(here.request(RESIDENT), 1));
    for (Told told : new Told[] {instead, silent}) {
      assertThat(told.status(0)).isEqualTo("answered 1 by city");
      assertThat(told.frames().get(1)).isEqualTo(Gateway.bundleAbout(STRANGER, 1));
      assertThat(Proven.by(there.gateway, told.frames().get(0), told.frames().get(1))).isTrue();
    }
    assertThat(looksUp(Clinic.record(1)).status(0)).isEqualTo("answered 1 by hospital");
  }

  @Test
  void hands_the_same_inquiry_out_twice() throws Exception {
    trial.order("/misbehave", "{\"lookupDuplicate\":1}");
    CompletableFuture<Told> told = here.asks(here.request(RESIDENT), 10);
    Asked first = there.isAsked(10);
    Asked second = there.isAsked(10);
    assertThat(second.cms()).isEqualTo(first.cms());
    there.answers(first, "answered", Clinic.record(1));
    assertThat(there.answers(second, "denied:lookup.nonce").statusCode()).isEqualTo(200);
    assertThat(told.get().status(0)).isEqualTo("answered 1 by hospital");
    assertThat(there.isAsked(1)).isNull();
  }

  @Test
  void is_slow_with_lookups_only() throws Exception {
    trial.order("/misbehave", "{\"lookupSlowMs\":1500}");
    long start = System.nanoTime();
    here.told(here.post(here.request("nobody"), 1));
    assertThat(System.nanoTime() - start).isGreaterThan(1_500_000_000L);
    assertThat(trial.order("/misbehave", "{\"lookupSlowMs\":0}").get("lookupSlowMs").asInt()).isZero();
  }

  @Test
  void is_unavailable_for_lookups_while_it_takes_batches() throws Exception {
    trial.order("/misbehave", "{\"lookupUnavailableFor\":2,\"retryAfter\":3}");
    HttpResponse<byte[]> refused = here.post(here.request(RESIDENT), 1);
    assertThat(Clinic.rule(refused)).isEqualTo("503 city.unavailable");
    assertThat(refused.headers().firstValue("retry-after")).contains("3");
    assertThat(there.polls(1).statusCode()).isEqualTo(503);
    trial.gateway.deliver(trial.gateway.data(1, 0));
    Thread.sleep(2_100);
    assertThat(here.post(here.request("nobody"), 1).statusCode()).isEqualTo(200);
    assertThat(new String(refused.body(), StandardCharsets.UTF_8)).doesNotContain(RESIDENT);
  }
}
