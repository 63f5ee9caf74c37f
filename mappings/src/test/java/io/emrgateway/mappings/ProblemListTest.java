package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.mapped;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A problem list")
class ProblemListTest {
  private static final Map<String, Object> BUNDLE = bundle(own("own__PPR_PC1."));
  private static final List<Map<String, Object>> PROBLEMS = resources(BUNDLE, "Condition");

  @Test
  void has_problems_with_code_onset_and_state() {
    Map<String, Object> problem = PROBLEMS.get(0);

    assertThat(at(problem, "category", 0, "coding", 0, "code")).isEqualTo("problem-list-item");
    assertThat(at(problem, "code", "coding", 0, "code")).isEqualTo("I10.x00");
    assertThat(at(problem, "clinicalStatus", "coding", 0, "code")).isEqualTo("active");
    assertThat(problem.get("onsetDateTime")).isEqualTo("2019");
    assertThat(problem.get("recordedDate")).isEqualTo("2024-03-18T09:10:00+08:00");
    assertThat(at(problem, "note", 0, "text")).isEqualTo("规律服药");
  }

  @Test
  void keeps_a_problem_active_that_is_said_to_be_active_and_ended_and_says_so() {
    Map<String, Object> problem = PROBLEMS.get(1);

    assertThat(at(problem, "clinicalStatus", "coding", 0, "code")).isEqualTo("active");
    assertThat(problem.get("abatementDateTime")).isNull();
    assertThat(mapped(own("own__PPR_PC1.")).diagnostics()).extracting(Diagnostic::code, Diagnostic::place)
        .contains(tuple("mapping.value-unusable", "PRB[2]-9"));
  }

  @Test
  void takes_back_what_was_entered_in_error_without_a_clinical_status() {
    Map<String, Object> problem = PROBLEMS.get(2);

    assertThat(at(problem, "verificationStatus", "coding", 0, "code")).isEqualTo("entered-in-error");
    assertThat(problem.get("clinicalStatus")).isNull();
  }

  @Test
  void has_goals_that_address_their_problem() {
    Map<String, Object> goal = resources(BUNDLE, "Goal").get(0);

    assertThat(goal.get("lifecycleStatus")).isEqualTo("active");
    assertThat(at(goal, "description", "text")).isEqualTo("血压控制在140/90以下");
    assertThat(goal.get("startDate")).isEqualTo("2024-03-18");
    assertThat(at(goal, "target", 0, "dueDate")).isEqualTo("2024-06-18");
    assertThat(at(goal, "addresses", 0, "reference")).isEqualTo(fullUrl(PROBLEMS.get(0)));
  }

  @Test
  void tells_the_observation_of_a_problem_from_the_one_of_an_order() {
    List<Map<String, Object>> observations = resources(BUNDLE, "Observation");

    assertThat(observations).hasSize(2);
    assertThat(observations.get(0).get("basedOn")).isNull();
    assertThat(at(observations.get(1), "basedOn", 0, "reference")).isNotNull();
    assertThat(at(resources(BUNDLE, "ServiceRequest").get(0), "reasonReference", 0, "reference"))
        .isEqualTo(fullUrl(PROBLEMS.get(0)));
  }

  @Test
  void is_written_to_the_same_identities_when_it_is_sent_again_under_another_number() {
    List<Object> once = urls(own("own__PPR_PC1."));

    assertThat(urls(own("own__PPR_PC1.").replace("OWNPPR1", "OWNPPR9"))).isEqualTo(once);
  }

  private static List<Object> urls(String message) {
    // The header is the message's own and has the number in its identity.
    return Samples.entries(bundle(message)).stream().filter(e -> !"MessageHeader".equals(at(e, "resource", "resourceType")))
        .map(e -> (Object) (at(e, "request", "url") + "?" + at(e, "request", "ifNoneExist"))).toList();
  }

  private static Object fullUrl(Map<String, Object> resource) {
    return Samples.entries(BUNDLE).stream().filter(e -> e.get("resource") == resource).findFirst().orElseThrow()
        .get("fullUrl");
  }
}
