package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.mapped;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A vaccination")
class VaccinationTest {
  private static final Map<String, Object> BUNDLE = bundle(own("own__VXU_V04."));

  @Test
  void is_what_was_given_when_where_into_and_by_whom() {
    Map<String, Object> given = resources(BUNDLE, "Immunization").get(0);

    assertThat(given.get("status")).isEqualTo("completed");
    assertThat(at(given, "vaccineCode", "coding", 0, "system")).isEqualTo("http://hl7.org/fhir/sid/cvx");
    assertThat(given.get("occurrenceDateTime")).isEqualTo("2024-03-18T09:00:00+08:00");
    assertThat(given.get("recorded")).isEqualTo("2024-03-18T09:10:00+08:00");
    assertThat(at(given, "doseQuantity", "value")).isEqualTo("0.5");
    assertThat(given.get("lotNumber")).isEqualTo("L2401");
    assertThat(given.get("expirationDate")).isEqualTo("2025-12-31");
    assertThat(given.get("primarySource")).isEqualTo(true);
    assertThat(at(given, "route", "coding", 0, "code")).isEqualTo("IM");
    assertThat(at(given, "performer", 0, "function", "coding", 0, "code")).isEqualTo("OP");
    assertThat(at(given, "performer", 1, "function", "coding", 0, "code")).isEqualTo("AP");
    assertThat(at(given, "note", 0, "text")).isEqualTo("观察三十分钟无异常");
    assertThat(at(given, "patient", "reference")).isNotNull();
  }

  @Test
  void of_a_history_is_not_this_hospitals_own_and_an_unknown_dose_is_no_dose() {
    Map<String, Object> history = resources(BUNDLE, "Immunization").get(1);

    assertThat(history.get("primarySource")).isEqualTo(false);
    assertThat(at(history, "reportOrigin", "coding", 0, "code")).isEqualTo("01");
    assertThat(history.get("doseQuantity")).isNull();
  }

  @Test
  void has_its_own_observations_and_not_those_of_the_person() {
    List<Map<String, Object>> observations = resources(BUNDLE, "Observation");

    assertThat(at(observations.get(0), "code", "coding", 0, "code")).isEqualTo("8302-2");
    assertThat(observations.get(0).get("partOf")).isNull();
    assertThat(at(observations.get(1), "partOf", 0, "reference")).isNotNull();
  }

  @Test
  void never_takes_the_identity_of_another_patients_because_both_have_the_number_for_no_order() {
    String message = own("own__VXU_V04_strange");
    Set<Object> here = urls(message);
    Set<Object> there = urls(message.replace("MRN0001", "MRN0002"));

    assertThat(here).hasSize(3).doesNotContainAnyElementsOf(there);
    assertThat(urls(message)).isEqualTo(here);
  }

  @Test
  void that_was_refused_not_given_or_taken_back_is_never_completed() {
    List<Map<String, Object>> all = resources(bundle(own("own__VXU_V04_strange")), "Immunization");

    assertThat(all).extracting(i -> i.get("status")).containsExactly("not-done", "not-done", "entered-in-error");
    assertThat(at(all.get(0), "statusReason", "coding", 0, "code")).isEqualTo("00");
    assertThat(at(all.get(0), "_occurrenceDateTime", "extension", 0, "valueCode")).isEqualTo("unknown");
    assertThat(mapped(own("own__VXU_V04_strange")).diagnostics()).extracting(Diagnostic::code, Diagnostic::place)
        .contains(org.assertj.core.groups.Tuple.tuple("mapping.code-unmapped", "RXA[3]-20"));
  }

  @Test
  void in_a_clinic_of_before_version_2_6_knows_its_place() {
    Map<String, Object> location = resources(bundle(own("own__VXU_V04_strange")), "Location").get(0);

    assertThat(location.get("name")).isEqualTo("社区卫生服务中心");
    assertThat(at(location, "address", "city")).isEqualTo("北京");
    assertThat(at(location, "address", "line", 0)).isEqualTo("平安里1号");
  }

  @Test
  void does_not_overwrite_the_patient() {
    Object request = Samples.entries(BUNDLE).stream().filter(e -> "Patient".equals(at(e, "resource", "resourceType")))
        .findFirst().orElseThrow().get("request");

    assertThat(at(request, "method")).isEqualTo("POST");
    assertThat(at(request, "ifNoneExist")).isNotNull();
  }

  private static Set<Object> urls(String message) {
    return Samples.entries(bundle(message)).stream()
        .filter(e -> "Immunization".equals(at(e, "resource", "resourceType")))
        .map(e -> at(e, "request", "url")).collect(Collectors.toSet());
  }
}
