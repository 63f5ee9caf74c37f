package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A referral")
class ReferralsTest {

  @Test
  void says_who_sends_whom_to_whom_why_and_until_when() {
    Map<String, Object> bundle = bundle(own("own__REF_I12."));
    Map<String, Object> referral = resources(bundle, "ServiceRequest").get(0);

    assertThat(referral).containsEntry("status", "active").containsEntry("priority", "stat")
        .containsEntry("authoredOn", "2024-03-18");
    assertThat(at(referral, "identifier", 0, "value")).isEqualTo("ZZ001");
    assertThat(at(referral, "category", 0, "coding", 0, "code")).isEqualTo("3457005");
    assertThat(at(referral, "occurrencePeriod", "end")).isEqualTo("2024-06-18");
    assertThat(at(referral, "reasonCode", 0, "text")).isEqualTo("进一步诊治");
    assertThat(at(referral, "reasonReference", 0, "reference")).isNotNull();
    assertThat(at(referral, "note", 0, "text")).isEqualTo("请协助");
    assertThat(nameOf(bundle, at(referral, "requester", "reference"))).isEqualTo("李明");
    assertThat(nameOf(bundle, at(referral, "performer", 0, "reference"))).isEqualTo("王芳");
    Map<String, Object> test = resources(bundle, "ServiceRequest").get(1);
    assertThat(at(test, "code", "coding", 0, "code")).isEqualTo("24357-6");
    assertThat(at(resources(bundle, "Observation").get(0), "note", 0, "text")).isEqualTo("晨尿");
  }

  @Test
  void that_is_cancelled_is_revoked_even_where_it_says_accepted_and_names_nobody() {
    Map<String, Object> referral = resources(bundle(own("own__REF_I14_nasty.")), "ServiceRequest").get(0);

    assertThat(referral).containsEntry("status", "revoked").doesNotContainKeys("requester", "performer");
  }

  private static Object nameOf(Map<String, Object> bundle, Object url) {
    return at(Samples.entries(bundle).stream().filter(e -> e.get("fullUrl").equals(url)).findFirst().orElseThrow(),
        "resource", "name", 0, "text");
  }
}
