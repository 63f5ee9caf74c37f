package io.emrgateway.fhirserver;

import static io.emrgateway.fhirserver.Segments.pid;
import static io.emrgateway.fhirserver.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.DiagnosticReport;
import org.hl7.fhir.r4.model.MedicationRequest;
import org.hl7.fhir.r4.model.MedicationRequest.MedicationRequestStatus;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.ServiceRequest.ServiceRequestPriority;
import org.hl7.fhir.r4.model.ServiceRequest.ServiceRequestStatus;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    ServiceRequest order = hospital.the(ServiceRequest.class, "order", "O1");
    assertThat(order.getStatus()).isEqualTo(ServiceRequestStatus.REVOKED);
    assertThat(order.getCode().getText()).isEqualTo("头颅CT平扫");
  }

  @Test
  void that_was_cancelled_by_its_number_alone_is_the_same_order_when_it_is_placed_again() {
    String[] placed = {pid("P1"), segment("ORC", 1, "NW", 2, "O1"), segment("OBR", 1, "1", 2, "O1", 4, CT)};
    hospital.sends("ORM^O01", placed);
    hospital.sends("ORM^O01", pid("P1"), segment("ORC", 1, "CA", 2, "O1"));
    hospital.sends("ORM^O01", placed);

    assertThat(hospital.the(ServiceRequest.class).getStatus()).isEqualTo(ServiceRequestStatus.ACTIVE);
  }

  @Test
  void for_a_drug_that_is_cancelled_by_its_number_alone_is_cancelled_and_keeps_drug_and_dose() {
    hospital.sends("RDE^O11", pid("P1"), segment("ORC", 1, "NW", 2, "R1"),
        segment("RXE", 2, "A1^阿莫西林胶囊^L", 3, "0.5", 5, "g"));
    hospital.sends("RDE^O11", pid("P1"), segment("ORC", 1, "CA", 2, "R1"));

    MedicationRequest order = hospital.the(MedicationRequest.class);
    assertThat(order.getStatus()).isEqualTo(MedicationRequestStatus.CANCELLED);
    assertThat(order.getMedicationCodeableConcept().getText()).isEqualTo("阿莫西林胶囊");
    assertThat(order.getDosageInstruction()).isNotEmpty();
  }

  /** A doctor orders by ingredient, the pharmacy encodes a product: its number is one prescription from first to last. */
  @Test
  void for_a_drug_is_one_whatever_the_pharmacy_makes_of_it() {
    String ordered = segment("RXO", 1, "J01^阿莫西林^L", 2, "0.5", 4, "g");
    hospital.sends("OMP^O09", pid("P1"), segment("ORC", 1, "NW", 2, "R1"), ordered);
    for (int twice = 0; twice < 2; twice++) {
      hospital.sends("RDE^O11", pid("P1"), segment("ORC", 1, "NW", 2, "R1"), ordered,
          segment("RXE", 2, "A1^阿莫西林胶囊^L", 3, "2", 5, "粒"));
    }

    MedicationRequest order = hospital.the(MedicationRequest.class);
    assertThat(order.getMedicationCodeableConcept().getText()).isEqualTo("阿莫西林胶囊");
    assertThat(((MedicationRequest) order.getContained().get(0)).getMedicationCodeableConcept().getText()).isEqualTo("阿莫西林");

    hospital.sends("RDE^O11", pid("P1"), segment("ORC", 1, "CA", 2, "R1"), ordered,
        segment("RXE", 2, "A1^阿莫西林胶囊^L", 3, "2", 5, "粒"));
    assertThat(hospital.the(MedicationRequest.class).getStatus()).isEqualTo(MedicationRequestStatus.CANCELLED);
  }

  @Test
  void of_several_items_that_is_cancelled_by_its_number_alone_is_refused_and_none_of_them_is_harmed() {
    hospital.sends("ORM^O01", pid("P1"),
        segment("ORC", 1, "NW", 2, "O1"), segment("OBR", 1, "1", 2, "O1", 4, CT),
        segment("ORC", 1, "NW", 2, "O1"), segment("OBR", 1, "2", 2, "O1", 4, "CT02^头颅CT增强^L"));

    assertThat(hospital.isRefused("ORM^O01", pid("P1"), segment("ORC", 1, "CA", 2, "O1"))).isTrue();
    assertThat(hospital.all(ServiceRequest.class, "order", "O1")).extracting(order -> order.getCode().getText())
        .containsExactlyInAnyOrder("头颅CT平扫", "头颅CT增强");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ORU^R01", "OUL^R22", "MDM^T02", "DFT^P03"})
  void keeps_why_by_whom_and_how_urgently_it_was_placed_when_its_result_comes(String late) {
    hospital.sends("ORM^O01", pid("P1"), segment("ORC", 1, "NW", 2, "O1", 12, "D1^李^医生"),
        segment("OBR", 1, "1", 2, "O1", 4, CT, 5, "S", 31, "R51^头痛^I10"), segment("NTE", 1, "1", 3, "轮椅"));
    hospital.sends(late, pid("P1"), segment("OBR", 1, "1", 2, "O1", 3, "L1", 4, CT, 25, "F"),
        segment("OBX", 1, "1", 2, "NM", 3, "GLU^葡萄糖^L", 5, "5.1", 11, "F"));

    ServiceRequest order = hospital.the(ServiceRequest.class);
    assertThat(order.getPriority()).isEqualTo(ServiceRequestPriority.STAT);
    assertThat(order.getReasonCode()).isNotEmpty();
    assertThat(order.hasRequester()).isTrue();
    assertThat(order.getNote()).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"F, COMPLETED", "2, COMPLETED", "P, ACTIVE", "1, ACTIVE", "W, ACTIVE", "D, ACTIVE", "X, REVOKED"})
  void of_which_nobody_has_told_before_its_result_is_known_from_it(String report, ServiceRequestStatus now) {
    hospital.sends("ORU^R01", pid("P1"), segment("OBR", 1, "1", 2, "O1", 3, "L1", 4, CT, 25, report));

    assertThat(hospital.the(ServiceRequest.class).getStatus()).isEqualTo(now);
    assertThat(hospital.the(DiagnosticReport.class).getBasedOn()).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"F, ACTIVE", "D, ACTIVE", "W, ACTIVE", "X, REVOKED"})
  void is_ended_by_a_report_only_where_that_says_that_nobody_will_do_it(String report, ServiceRequestStatus now) {
    hospital.sends("ORM^O01", pid("P1"), segment("ORC", 1, "NW", 2, "O1"), segment("OBR", 1, "1", 2, "O1", 4, CT));
    hospital.sends("ORU^R01", pid("P1"), segment("OBR", 1, "1", 2, "O1", 3, "L1", 4, CT, 25, report));

    assertThat(hospital.the(ServiceRequest.class).getStatus()).isEqualTo(now);
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
