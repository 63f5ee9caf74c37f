package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.mapped;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A master file")
class MasterFileTest {

  @Test
  void of_staff_is_a_bundle_about_no_patient() {
    Map<String, Object> bundle = bundle(own("own__MFN_M02."));
    List<Map<String, Object>> staff = resources(bundle, "Practitioner");

    assertThat(resources(bundle, "Patient")).isEmpty();
    assertThat(staff).hasSize(2).extracting(p -> p.get("active")).containsExactly(true, false);
    assertThat(at(staff.get(0), "name", 0, "text")).isEqualTo("王建国");
    assertThat((List<?>) staff.get(0).get("identifier")).extracting(i -> at(i, "value")).containsExactly("1001", "A9");
    assertThat(at(resources(bundle, "PractitionerRole").get(0), "code", 0, "text")).isEqualTo("主任医师");
  }

  @Test
  void of_staff_gives_a_name_to_the_practitioner_that_other_messages_only_number() {
    assertThat(urlOf(own("own__MFN_M02."), "Practitioner"))
        .isEqualTo(urlOf(own("own__VXU_V04."), "Practitioner"));
  }

  @Test
  void of_places_says_which_are_in_use() {
    List<Map<String, Object>> places = resources(bundle(own("own__MFN_M05.")), "Location");

    assertThat(places).extracting(p -> p.get("status")).containsExactly("active", "inactive");
    assertThat(places.get(0).get("name")).isEqualTo("W5 501 02");
    assertThat(places.get(0).get("description")).isEqualTo("心内科五病区");
  }

  @Test
  void without_a_record_is_refused_with_a_true_reason() {
    Mapped mapped = mapped("MSH|^~\\&|A|B|C|D|20240101||MFN^M02|1|P|2.4\rMFI|STF\r");

    assertThat(mapped.bundle()).isNull();
    assertThat(mapped.diagnostics()).last().extracting(Diagnostic::code).isEqualTo("mapping.nothing-to-write");
  }

  private static Object urlOf(String message, String type) {
    return Samples.entries(bundle(message)).stream()
        .filter(e -> type.equals(at(e, "resource", "resourceType"))).findFirst().orElseThrow().get("fullUrl");
  }
}
