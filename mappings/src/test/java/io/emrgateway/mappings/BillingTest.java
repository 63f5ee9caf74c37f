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

@DisplayName("What a hospital bills")
class BillingTest {
  private static final Map<String, Object> CHARGES = bundle(own("own__DFT_P03."));
  private static final Map<String, Object> ACCOUNT = bundle(own("own__BAR_P01."));

  @Test
  void is_charges_and_credits_but_no_payments_and_nothing_without_a_code() {
    List<Map<String, Object>> items = resources(CHARGES, "ChargeItem");

    assertThat(items).extracting(i -> i.get("status")).containsExactly("billable", "aborted");
    assertThat(at(items.get(0), "code", "text")).isEqualTo("主任医师诊察费");
    assertThat(at(items.get(0), "quantity", "value")).isEqualTo("2");
    assertThat(at(items.get(0), "priceOverride", "value")).isEqualTo("100");
    assertThat(at(items.get(0), "priceOverride", "currency")).isEqualTo("CNY");
    assertThat(at(items.get(0), "occurrenceDateTime")).isEqualTo("2024-03-18");
    assertThat(at(items.get(0), "account", 0, "reference"))
        .isEqualTo(fullUrl(CHARGES, resources(CHARGES, "Account").get(0)));
  }

  @Test
  void is_covered_by_one_insurer_with_its_address_and_names() {
    Map<String, Object> coverage = resources(CHARGES, "Coverage").get(0);
    Map<String, Object> insurer = referred(CHARGES, at(coverage, "payor", 0, "reference"));

    assertThat(insurer.get("name")).isEqualTo("北京市医疗保险事务管理中心");
    assertThat(at(insurer, "identifier", 0, "value")).isEqualTo("YB01");
    assertThat(at(insurer, "address", 0, "city")).isEqualTo("北京");
    assertThat(at(coverage, "subscriber", "reference"))
        .isEqualTo(fullUrl(CHARGES, resources(CHARGES, "Patient").get(0)));
    assertThat(at(coverage, "class", 0, "value")).isEqualTo("BJYB");
    assertThat(at(coverage, "class", 1, "value")).isEqualTo("G9");
    assertThat(at(coverage, "class", 1, "name")).isEqualTo("在职职工");
    assertThat(at(coverage, "type", "coding", 0, "code")).isEqualTo("医保");
    assertThat(coverage.get("subscriberId")).isEqualTo("P123");
    assertThat(referred(CHARGES, at(coverage, "policyHolder", "reference")).get("name")).isEqualTo("某某公司");
    assertThat(at(resources(ACCOUNT, "Organization").stream()
        .filter(o -> o.get("alias") != null).findFirst().orElseThrow(), "alias", 0)).isEqualTo("市医保");
  }

  @Test
  void is_insured_by_a_relative_only_where_it_is_not_the_patient() {
    List<Map<String, Object>> coverages = resources(ACCOUNT, "Coverage");
    Map<String, Object> spouse = referred(ACCOUNT, at(coverages.get(0), "subscriber", "reference"));

    assertThat(spouse.get("resourceType")).isEqualTo("RelatedPerson");
    assertThat(at(spouse, "name", 0, "text")).isEqualTo("欧阳克");
    assertThat(spouse.get("birthDate")).isEqualTo("1950-01-01");
    assertThat(at(coverages.get(0), "extension", 0, "valueIdentifier", "value")).isEqualTo("ID49");
    // ZZ says nothing, and the insured has the patient's name.
    assertThat(at(coverages.get(1), "subscriber", "reference"))
        .isEqualTo(fullUrl(ACCOUNT, resources(ACCOUNT, "Patient").get(0)));
  }

  @Test
  void is_paid_by_persons_companies_and_the_patient() {
    Map<String, Object> account = resources(ACCOUNT, "Account").get(0);

    assertThat(at(account, "identifier", 0, "value")).isEqualTo("ACC77");
    assertThat((List<?>) account.get("guarantor")).extracting(g -> referred(ACCOUNT, at(g, "party", "reference")))
        .extracting(r -> r.get("resourceType")).containsExactlyInAnyOrder("RelatedPerson", "Organization", "Patient");
  }

  @Test
  void names_diagnoses_and_operations_with_their_parents() {
    List<Map<String, Object>> conditions = resources(ACCOUNT, "Condition");
    List<Map<String, Object>> operations = resources(ACCOUNT, "Procedure");

    assertThat(at(conditions.get(1), "extension", 0, "valueReference", "reference"))
        .isEqualTo(fullUrl(ACCOUNT, conditions.get(0)));
    assertThat(at(operations.get(0), "code", "text")).isEqualTo("胃镜下检查");
    assertThat(at(operations.get(0), "performedPeriod", "start")).isEqualTo("2024-03-12T08:00:00+08:00");
    assertThat(at(operations.get(0), "performedPeriod", "end")).isEqualTo("2024-03-12T09:30:00+08:00");
    assertThat(operations.get(1).get("performedDateTime")).isEqualTo("2024-03-12T08:30:00+08:00");
    assertThat(at(operations.get(1), "partOf", 0, "reference")).isEqualTo(fullUrl(ACCOUNT, operations.get(0)));
    assertThat(at(operations.get(1), "partOf", 0, "identifier", "value")).isEqualTo("OP1");
  }

  private static Map<String, Object> referred(Map<String, Object> bundle, Object reference) {
    for (Map<String, Object> entry : Samples.entries(bundle)) {
      if (entry.get("fullUrl").equals(reference)) {
        @SuppressWarnings("unchecked")
        Map<String, Object> resource = (Map<String, Object>) entry.get("resource");
        return resource;
      }
    }
    throw new AssertionError("nothing in the bundle is " + reference);
  }

  private static Object fullUrl(Map<String, Object> bundle, Map<String, Object> resource) {
    return Samples.entries(bundle).stream().filter(e -> e.get("resource") == resource).findFirst().orElseThrow()
        .get("fullUrl");
  }
}
