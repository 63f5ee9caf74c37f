package io.emrgateway.fhirserver;

import static io.emrgateway.fhirserver.Segments.pid;
import static io.emrgateway.fhirserver.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.MedicationRequest;
import org.hl7.fhir.r4.model.MedicationRequest.MedicationRequestStatus;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.ServiceRequest.ServiceRequestPriority;
import org.hl7.fhir.r4.model.ServiceRequest.ServiceRequestStatus;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("An order")
class OrderOverTimeTest {
  private static final String CT = "CT01^头颅CT平扫^L";

  private final Hospital hospital = new Hospital();

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"CA, , REVOKED", "OC, , REVOKED", "DC, , REVOKED", "OD, , REVOKED", "CR, , REVOKED", "DR, , REVOKED",
      "CA, IP, REVOKED", "HD, , ONHOLD", "RL, , ACTIVE", "SC, IP, ACTIVE", "SC, CM, COMPLETED", "SC, CA, REVOKED",
      "SC, HD, ONHOLD", "XO, , ACTIVE", "XX, , ACTIVE", "OK, , ACTIVE", "UA, , REVOKED", "UC, , ACTIVE",
      "UD, , ACTIVE", "UX, , ACTIVE", "UM, , ACTIVE", "UH, , ACTIVE", "UR, , ONHOLD", "NA, , ACTIVE", "RP, , REVOKED"})
  void for_an_examination_is_what_the_last_control_made_of_it(String control, String status, ServiceRequestStatus now) {
    hospital.sends("ORM^O01", pid("P1"), segment("ORC", 1, "NW", 2, "O1"), segment("OBR", 1, "1", 2, "O1", 4, CT));
    hospital.sends("ORM^O01", pid("P1"), segment("ORC", 1, control, 2, "O1", 5, status == null ? "" : status),
        segment("OBR", 1, "1", 2, "O1", 4, CT));

    assertThat(hospital.the(ServiceRequest.class, "order", "O1").getStatus()).isEqualTo(now);
  }

  @Test
  void that_is_cancelled_without_saying_again_what_it_was_for_is_revoked() {
    hospital.sends("ORM^O01", pid("P1"), segment("ORC", 1, "NW", 2, "O1"), segment("OBR", 1, "1", 2, "O1", 4, CT));
    hospital.sends("ORM^O01", pid("P1"), segment("ORC", 1, "CA", 2, "O1"));

    assertThat(hospital.the(ServiceRequest.class, "order", "O1").getStatus()).isEqualTo(ServiceRequestStatus.REVOKED);
  }

  @Test
  void that_is_changed_is_the_same_order_with_other_content() {
    hospital.sends("ORM^O01", pid("P1"), segment("ORC", 1, "NW", 2, "O1"), segment("OBR", 2, "O1", 4, CT, 5, "R"));
    hospital.sends("ORM^O01", pid("P1"), segment("ORC", 1, "XO", 2, "O1"), segment("OBR", 2, "O1", 4, CT, 5, "S"));

    ServiceRequest order = hospital.the(ServiceRequest.class);
    assertThat(order.getStatus()).isEqualTo(ServiceRequestStatus.ACTIVE);
    assertThat(order.getPriority()).isEqualTo(ServiceRequestPriority.STAT);
  }

  @Test
  void that_is_replaced_is_revoked_and_the_one_in_its_place_is_active() {
    hospital.sends("ORM^O01", pid("P1"), segment("ORC", 1, "NW", 2, "O1"), segment("OBR", 2, "O1", 4, CT));
    hospital.sends("ORM^O01", pid("P1"),
        segment("ORC", 1, "RP", 2, "O1"), segment("OBR", 2, "O1", 4, CT),
        segment("ORC", 1, "RO", 2, "O2"), segment("OBR", 2, "O2", 4, "CT02^头颅CT增强^L"));

    assertThat(hospital.the(ServiceRequest.class, "order", "O1").getStatus()).isEqualTo(ServiceRequestStatus.REVOKED);
    assertThat(hospital.the(ServiceRequest.class, "order", "O2").getStatus()).isEqualTo(ServiceRequestStatus.ACTIVE);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"CA, , CANCELLED", "OC, , CANCELLED", "CR, , CANCELLED", "DC, , STOPPED", "OD, , STOPPED",
      "DC, IP, STOPPED", "HD, , ONHOLD", "RL, , ACTIVE", "SC, CM, COMPLETED", "SC, DC, STOPPED", "XO, , ACTIVE",
      "RP, , CANCELLED", "UA, , CANCELLED", "UC, , ACTIVE", "UD, , ACTIVE", "UX, , ACTIVE"})
  void for_a_drug_is_what_the_last_control_made_of_it(String control, String status, MedicationRequestStatus now) {
    String drug = segment("RXE", 2, "A1^阿莫西林胶囊^L", 3, "0.5", 5, "g");
    hospital.sends("RDE^O11", pid("P1"), segment("ORC", 1, "NW", 2, "R1"), drug);
    hospital.sends("RDE^O11", pid("P1"), segment("ORC", 1, control, 2, "R1", 5, status == null ? "" : status), drug);

    assertThat(hospital.the(MedicationRequest.class, "order", "R1").getStatus()).isEqualTo(now);
  }
}
