package io.emrgateway.mappings.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An element")
class ElementTest {

  /** What a bundle does not hold must not be referred to: a server would refuse all of it. */
  @Test
  void forgets_a_reference_and_keeps_what_stands_beside_it() {
    Element visit = Element.of("Encounter")
        .with("subject", Element.of("Reference").with("reference", "urn:uuid:a"))
        .with("appointment", Element.of("Reference").with("reference", "urn:uuid:b"))
        .with("appointment", Element.of("Reference").with("reference", "urn:uuid:b").with("display", "B1"));

    visit.forget(Set.of("urn:uuid:b"));
    visit.settle();

    assertThat(((Element) visit.get("subject")).text("reference")).isEqualTo("urn:uuid:a");
    assertThat(visit.list("appointment")).hasSize(1);
    assertThat(visit.list("appointment").get(0).text("display")).isEqualTo("B1");
    assertThat(visit.list("appointment").get(0).has("reference")).isFalse();
  }
}
