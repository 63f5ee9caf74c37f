package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Drugs, routes and rhythms as Chinese systems write them. */
@DisplayName("A Chinese prescription")
class ChinesePrescriptionTest {
  private final List<Map<String, Object>> requests = resources(bundle(own("own__CN_RDE_O11")), "MedicationRequest");

  @Test
  void names_the_product_by_the_nations_code_the_substance_by_atc_and_the_package_in_words() {
    Object drug = requests.get(0).get("medicationCodeableConcept");

    assertThat(at(drug, "coding", 0, "system")).isEqualTo("urn:emr-gateway:codes:national-drug-code");
    assertThat(at(drug, "coding", 0, "code")).isEqualTo("86900001000019");
    assertThat(at(drug, "coding", 1, "system")).isEqualTo("http://www.whocc.no/atc");
    assertThat(at(drug, "coding", 1, "display")).isEqualTo("阿莫西林");
    assertThat(at(drug, "text")).isEqualTo("阿莫西林胶囊 0.25g×24粒");
  }

  @ParameterizedTest
  @CsvSource({"8690000100001", "96900001000019", "869000010000190", "H20033333"})
  void takes_no_other_number_for_the_nations_code(String code) {
    String text = own("own__CN_RDE_O11").replace("86900001000019", code);

    assertThat(at(resources(bundle(text), "MedicationRequest").get(0), "medicationCodeableConcept", "coding", 0, "system"))
        .isEqualTo("urn:emr-gateway:H-0104:codes:%E6%9C%AC%E4%BD%8D%E7%A0%81");
  }

  @ParameterizedTest
  @CsvSource({"YPID,urn:emr-gateway:codes:ypid", "医保药品代码,urn:emr-gateway:codes:insurance-drug-code"})
  void keeps_the_insurers_code_and_the_substance_code_beside_it(String named, String system) {
    String text = own("own__CN_RDE_O11").replace("J01CA04^阿莫西林^ATC", "X1^阿莫西林^" + named);

    assertThat(at(resources(bundle(text), "MedicationRequest").get(0), "medicationCodeableConcept", "coding", 1, "system"))
        .isEqualTo(system);
  }

  @Test
  void tells_what_is_in_it() {
    assertThat(requests.get(0).get("extension").toString()).contains("url=drug", "display=阿莫西林", "0.25");
  }

  @Test
  void says_a_dose_once_that_is_spelt_twice() {
    assertThat((List<?>) at(requests.get(0), "dosageInstruction", 0, "doseAndRate")).hasSize(1);
    assertThat(at(requests.get(0), "dosageInstruction", 0, "doseAndRate", 0, "doseQuantity", "unit")).isEqualTo("克");
  }

  @Test
  void keeps_route_and_rhythm_in_the_hospitals_words_and_codes() {
    assertThat(at(requests.get(0), "dosageInstruction", 0, "route", "text")).isEqualTo("口服");
    assertThat(at(requests.get(0), "dosageInstruction", 0, "timing", "code", "text")).isEqualTo("每日两次");
    assertThat(at(requests.get(0), "dosageInstruction", 0, "timing", "code", "coding", 0, "code")).isEqualTo("BID");
    assertThat(at(requests.get(0), "dosageInstruction", 0, "timing", "code", "coding", 1, "code")).isEqualTo("bid");
    assertThat(at(requests.get(1), "dosageInstruction", 0, "route", "coding", 0, "code")).isEqualTo("静滴");
    assertThat(at(requests.get(1), "dosageInstruction", 0, "timing", "code", "coding", 0, "code")).isEqualTo("qn");
    assertThat(at(requests.get(1), "dosageInstruction", 0, "timing", "code", "text")).isEqualTo("每晚一次");
  }
}
