package io.emrgateway.fhirserver;

import static io.emrgateway.fhirserver.Segments.pid;
import static io.emrgateway.fhirserver.Segments.pv1;
import static io.emrgateway.fhirserver.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Encounter.EncounterStatus;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Practitioner;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A visit")
class VisitOverTimeTest {
  private static final String ADMITTED = "20260318090000";
  private static final String DISCHARGED = "20260320150000";
  private static final String WARD = "W1^101^1^RMYY";
  private static final String OTHER_WARD = "W2^201^2^RMYY";

  private final Hospital hospital = new Hospital();

  @Test
  void is_admitted_transferred_updated_and_discharged() {
    hospital.sends("ADT^A01", pid("P1"), pv1("V1", 3, WARD, 44, ADMITTED));
    assertThat(status()).isEqualTo(EncounterStatus.INPROGRESS);
    assertThat(places("active")).containsExactly("W1");

    hospital.sends("ADT^A02", pid("P1"), pv1("V1", 3, OTHER_WARD, 6, WARD, 44, ADMITTED));
    assertThat(status()).isEqualTo(EncounterStatus.INPROGRESS);
    assertThat(places("active")).containsExactly("W2");

    hospital.sends("ADT^A08", pid("P1"), pv1("V1", 3, OTHER_WARD, 7, "D1^李^医生", 44, ADMITTED));
    assertThat(status()).isEqualTo(EncounterStatus.INPROGRESS);

    hospital.sends("ADT^A03", pid("P1"), pv1("V1", 3, OTHER_WARD, 36, "01^康复^L", 44, ADMITTED, 45, DISCHARGED));
    assertThat(status()).isEqualTo(EncounterStatus.FINISHED);
    assertThat(visit().getPeriod().getEndElement().getValueAsString()).startsWith("2026-03-20T15:00");
  }

  @Test
  void that_was_cancelled_is_cancelled_and_what_was_found_in_it_stays() {
    hospital.sends("ADT^A01", pid("P1"), pv1("V1", 3, WARD, 44, ADMITTED), segment("DG1", 1, "1", 3, "I10^高血压^L", 6, "A"));
    hospital.sends("ORU^R01", pid("P1"), pv1("V1"), segment("OBR", 1, "1", 3, "L1", 4, "GLU^葡萄糖^L", 25, "F"),
        segment("OBX", 1, "1", 2, "NM", 3, "GLU^葡萄糖^L", 5, "5.1", 11, "F"));

    hospital.sends("ADT^A11", pid("P1"), pv1("V1", 3, WARD, 44, ADMITTED));

    assertThat(status()).isEqualTo(EncounterStatus.CANCELLED);
    assertThat(hospital.the(Condition.class).getEncounter().getReference()).isEqualTo(id(visit()));
    assertThat(hospital.the(Observation.class).getEncounter().getReference()).isEqualTo(id(visit()));
  }

  @Test
  void whose_transfer_was_cancelled_is_where_it_was() {
    hospital.sends("ADT^A01", pid("P1"), pv1("V1", 3, WARD, 44, ADMITTED));
    hospital.sends("ADT^A02", pid("P1"), pv1("V1", 3, OTHER_WARD, 6, WARD, 44, ADMITTED));

    hospital.sends("ADT^A12", pid("P1"), pv1("V1", 3, WARD, 6, OTHER_WARD, 44, ADMITTED));

    assertThat(status()).isEqualTo(EncounterStatus.INPROGRESS);
    assertThat(places("active")).containsExactly("W1");
    assertThat(places("completed")).as("where the patient never was").isEmpty();
  }

  @Test
  void whose_discharge_was_cancelled_goes_on_as_if_nobody_had_left() {
    hospital.sends("ADT^A01", pid("P1"), pv1("V1", 44, ADMITTED));
    hospital.sends("ADT^A03", pid("P1"), pv1("V1", 36, "01^康复^L", 37, "W9", 44, ADMITTED, 45, DISCHARGED));

    hospital.sends("ADT^A13", pid("P1"), pv1("V1", 36, "01^康复^L", 37, "W9", 44, ADMITTED, 45, DISCHARGED));

    assertThat(status()).isEqualTo(EncounterStatus.INPROGRESS);
    assertThat(visit().getPeriod().hasEnd()).isFalse();
    assertThat(visit().getHospitalization().hasDischargeDisposition()).isFalse();
    assertThat(visit().getHospitalization().hasDestination()).isFalse();
  }

  @ParameterizedTest(name = "{0} then {1}")
  @CsvSource({"A05, A38, CANCELLED", "A14, A27, CANCELLED", "A01, A23, ENTEREDINERROR", "A21, A52, INPROGRESS",
      "A22, A53, ONLEAVE", "A01, A21, ONLEAVE", "A21, A22, INPROGRESS", "A04, A11, CANCELLED", "A03, A13, INPROGRESS",
      "A15, A26, INPROGRESS", "A16, A25, INPROGRESS", "A09, A33, INPROGRESS", "A01, A06, INPROGRESS"})
  void is_what_the_last_event_made_of_it(String first, String then, EncounterStatus status) {
    hospital.sends("ADT^" + first, pid("P1"), pv1("V1", 44, ADMITTED));
    hospital.sends("ADT^" + then, pid("P1"), pv1("V1", 44, ADMITTED));

    assertThat(status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ORU^R01", "ORM^O01", "RDE^O11", "MDM^T02", "DFT^P03"})
  void that_is_over_is_not_opened_again_by_what_comes_late(String late) {
    String[] segments = {pid("P1"), pv1("V1"), segment("ORC", 1, "RE", 2, "O1"),
        segment(late.startsWith("RDE") ? "RXE" : "OBR", 2, late.startsWith("RDE") ? "A1^阿莫西林胶囊^L" : "O1",
            4, "GLU^葡萄糖^L")};
    hospital.sends("ADT^A01", pid("P1"), pv1("V1", 44, ADMITTED));
    String message = hospital.sends(late, segments);
    hospital.sends("ADT^A03", pid("P1"), pv1("V1", 44, ADMITTED, 45, DISCHARGED));

    hospital.again(message);
    hospital.sends(late, segments);

    assertThat(status()).isEqualTo(EncounterStatus.FINISHED);
    assertThat(visit().getPeriod().hasEnd()).isTrue();
  }

  @Test
  void that_is_over_can_be_corrected_and_stays_over() {
    hospital.sends("ADT^A03", pid("P1"), pv1("V1", 44, ADMITTED, 45, DISCHARGED));
    hospital.sends("ADT^A08", pid("P1"), pv1("V1", 44, "20260318080000", 45, DISCHARGED));

    assertThat(status()).isEqualTo(EncounterStatus.FINISHED);
    assertThat(visit().getPeriod().getStartElement().getValueAsString()).startsWith("2026-03-18T08:00");
  }

  @ParameterizedTest
  @ValueSource(strings = {"A28", "A29", "A31", "A60", "A24", "A37", "A44", "A51"})
  void that_is_over_is_not_opened_again_by_what_is_told_of_the_person(String event) {
    hospital.sends("ADT^A03", pid("P1"), pv1("V1", 3, WARD, 44, ADMITTED, 45, DISCHARGED));
    hospital.sends("ADT^" + event, pid("P1"), pv1("V1", 44, ADMITTED));

    assertThat(status()).isEqualTo(EncounterStatus.FINISHED);
    assertThat(places("active")).containsExactly("W1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ADT^A31", "ADT^A28", "ADT^A08", "ADT^A24", "ORU^R01", "SIU^S12"})
  void is_not_what_a_PV1_of_no_class_tells(String type) {
    hospital.sends(type, segment("SCH", 2, "B1"), pid("P1"), segment("PV1", 1, "1", 2, "N"));

    assertThat(hospital.all(Encounter.class)).isEmpty();
  }

  @Test
  void that_a_result_mentions_without_its_number_is_not_said_to_go_on() {
    hospital.sends("ORU^R01", pid("P1"), segment("PV1", 1, "1", 2, "O", 3, WARD), segment("OBR", 1, "1", 3, "L1", 4, "GLU^葡萄糖^L"));

    assertThat(hospital.the(Encounter.class).getStatus()).isEqualTo(EncounterStatus.UNKNOWN);
  }

  @Test
  void names_its_doctor_by_number_only_without_taking_the_doctors_name_away() {
    hospital.sends("ADT^A01", pid("P1"), pv1("V1", 7, "D1^李^医生"));
    hospital.sends("ADT^A08", pid("P1"), pv1("V1", 7, "D1"));

    assertThat(hospital.the(Practitioner.class).getNameFirstRep().isEmpty()).isFalse();
  }

  private Encounter visit() {
    return hospital.visit("V1");
  }

  private EncounterStatus status() {
    return visit().getStatus();
  }

  private List<String> places(String status) {
    return visit().getLocation().stream().filter(place -> place.getStatus().toCode().equals(status))
        .map(place -> hospital.placeOf(place.getLocation())).toList();
  }

  private static String id(Encounter visit) {
    return visit.getIdElement().toUnqualifiedVersionless().getValue();
  }
}
