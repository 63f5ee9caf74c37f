package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Results by specimen")
class SpecimenFirstTest {

  @Test
  void refer_to_the_specimen_they_stand_below() {
    Map<String, Object> bundle = bundle(own("own__OUL_R22."));
    List<Object> specimens = fullUrls(bundle, "Specimen");

    assertThat(specimens).hasSize(2);
    assertThat(resources(bundle, "DiagnosticReport")).extracting(r -> at(r, "specimen", 0, "reference"))
        .containsExactly(specimens.get(0), specimens.get(0), specimens.get(1));
    assertThat(resources(bundle, "DiagnosticReport")).extracting(r -> ((List<?>) r.get("result")).size())
        .containsExactly(1, 1, 1);
    assertThat(resources(bundle, "Observation")).extracting(o -> at(o, "specimen", "reference"))
        .containsExactly(specimens.get(0), specimens.get(0), specimens.get(0), specimens.get(1));
  }

  @Test
  void take_an_observation_of_the_specimen_for_no_result() {
    Map<String, Object> observation = resources(bundle(own("own__OUL_R22.")), "Observation").get(0);

    assertThat(at(observation, "code", "coding", 0, "code")).isEqualTo("VOL");
    assertThat(observation.get("basedOn")).isNull();
  }

  @Test
  void mean_the_same_whether_orc_stands_before_obr_or_after_it() {
    List<String> lines = new ArrayList<>(Arrays.asList(own("own__OUL_R22.").split("\r")));
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).startsWith("ORC")) {
        lines.add(i - 1, lines.remove(i));
      }
    }
    Map<String, Object> swapped = bundle(String.join("\r", lines));
    Map<String, Object> bundle = bundle(own("own__OUL_R22."));

    for (String type : new String[] {"DiagnosticReport", "ServiceRequest", "Specimen", "Observation"}) {
      assertThat(fullUrls(swapped, type)).as(type).isEqualTo(fullUrls(bundle, type));
    }
  }

  @Test
  void with_all_specimens_at_the_end_belong_to_the_orders_before_them() {
    List<String> lines = new ArrayList<>(Arrays.asList(own("own__OUL_R22.").split("\r")));
    lines.removeIf(line -> line.startsWith("OBX|1|ST|VOL"));
    List<String> specimens = lines.stream().filter(line -> line.startsWith("SPM")).toList();
    lines.removeAll(specimens);
    lines.addAll(specimens);
    Map<String, Object> bundle = bundle(String.join("\r", lines));

    assertThat(resources(bundle, "Specimen")).hasSize(2);
    assertThat(resources(bundle, "DiagnosticReport")).hasSize(3)
        .allSatisfy(report -> assertThat((List<?>) report.get("specimen")).hasSize(2));
    // Nobody can tell which of the two a result is of.
    assertThat(resources(bundle, "Observation")).allSatisfy(o -> assertThat(o.get("specimen")).isNull());
  }

  private static List<Object> fullUrls(Map<String, Object> bundle, String type) {
    return Samples.entries(bundle).stream().filter(e -> type.equals(at(e, "resource", "resourceType")))
        .map(e -> e.get("fullUrl")).toList();
  }
}
