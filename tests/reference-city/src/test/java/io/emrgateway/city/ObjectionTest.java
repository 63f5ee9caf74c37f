package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.city.Clinic.Asked;
import io.emrgateway.city.Clinic.Told;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A patient who objects to a hospital showing them")
class ObjectionTest {
  private static final String RESIDENT = "11010519491231002X";
  private static final String STRANGER = "110105198001010017";

  @TempDir Path dir;

  private static Clinic knowing(Trial trial, String feed) throws Exception {
    Gateway gateway = trial.another(feed, "intl");
    gateway.deliver(gateway.about(Instant.now(), RESIDENT, STRANGER));
    return new Clinic(gateway);
  }

  private static String status(Clinic here, String resident) throws Exception {
    Told told = here.told(here.post(here.request(resident), 1));
    return told.status(0) + " " + told.frames().size();
  }

  /** How: the hospital never polls; without the objection the city answers in its place. */
  @Test
  void is_not_shown_by_the_city_in_its_place_until_the_objection_is_lifted_also_after_a_restart() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic silent = knowing(trial, "H-0105/main");
      assertThat(status(here, RESIDENT)).isEqualTo("answered 1 by city 2");
      assertThat(silent.objects("1f", RESIDENT).statusCode()).isEqualTo(200);
      assertThat(silent.objects("2f", RESIDENT).statusCode()).isEqualTo(200);
      assertThat(status(here, RESIDENT)).isEqualTo("timeout 0 by hospital 0");
      trial.register("H-0104/main", "emergency", BooleanNode.TRUE);
      assertThat(here.told(here.post(here.emergency(RESIDENT), 1)).status(0)).as("in an emergency too").isEqualTo("timeout 0 by hospital");
      assertThat(status(here, STRANGER)).as("another patient").isEqualTo("answered 1 by city 2");
      trial.restart();
      assertThat(status(here, RESIDENT)).isEqualTo("timeout 0 by hospital 0");
      silent.objects("1f");
      assertThat(status(here, RESIDENT)).as("the other stands").isEqualTo("timeout 0 by hospital 0");
      silent.objects("2f");
      assertThat(status(here, RESIDENT)).isEqualTo("answered 1 by city 2");
    }
  }

  @Test
  void is_not_shown_in_place_of_a_hospital_that_answered_none() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main");
      ObjectNode request = here.request(RESIDENT);
      CompletableFuture<Told> told = here.asks(request, 10);
      there.answers(there.isAsked(10), "none");
      assertThat(told.get().status(0)).isEqualTo("none 0 by hospital");
      there.objects("1f", RESIDENT);
      assertThat(here.fetches(request.get("rid").asText()).status(0)).as("what it said stays").isEqualTo("none 0 by hospital");
    }
  }

  @Test
  void is_shown_no_more_in_a_lookup_that_is_under_way() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      Clinic there = knowing(trial, "H-0105/main");
      ObjectNode request = here.request(RESIDENT);
      CompletableFuture<Told> told = here.asks(request, 10);
      there.answers(there.isAsked(10), "answered", Clinic.record(1));
      assertThat(told.get().status(0)).isEqualTo("answered 1 by hospital");
      there.objects("1f", RESIDENT);
      assertThat(here.fetches(request.get("rid").asText()).status(0)).isEqualTo("timeout 0 by hospital");
      there.objects("1f");

      ObjectNode second = here.request(RESIDENT);
      CompletableFuture<Told> waiting = here.asks(second, 10);
      Asked inquiry = there.isAsked(10);
      there.objects("1f", RESIDENT);
      assertThat(there.answers(inquiry, "answered", Clinic.record(1)).statusCode()).as("it was on its way").isEqualTo(200);
      assertThat(waiting.get().status(0)).isEqualTo("timeout 0 by hospital");
      assertThat(waiting.get().frames()).isEmpty();
    }
  }

  @Test
  void is_the_hospitals_own_matter_and_no_others() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      Clinic here = new Clinic(trial.gateway);
      knowing(trial, "H-0105/main");
      assertThat(here.objects("1f", RESIDENT).statusCode()).as("its own records").isEqualTo(200);
      assertThat(status(here, RESIDENT)).isEqualTo("answered 1 by city 2");
      ObjectNode unsigned = Gateway.JSON.createObjectNode();
      unsigned.put("v", 1).put("feed", "H-0105/main").put("objection", "1f").put("t", Gateway.time(Instant.now())).putArray("identifiers");
      String signed = Clinic.rule(here.gateway.post("lookups/objections", Clinic.SIGNED, here.gateway.cms(Clinic.bytes(unsigned)), 0));
      assertThat(signed).isEqualTo("403 lookup.signature");
      unsigned.put("feed", here.gateway.feed).remove("objection");
      assertThat(Clinic.rule(here.gateway.post("lookups/objections", Clinic.SIGNED, here.gateway.cms(Clinic.bytes(unsigned)), 0)))
          .isEqualTo("400 lookup.form");
    }
  }
}
