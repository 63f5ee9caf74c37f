package io.emrgateway.fhirserver;

import static io.emrgateway.fhirserver.Segments.pid;
import static io.emrgateway.fhirserver.Segments.pv1;
import static io.emrgateway.fhirserver.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.DiagnosticReport;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Encounter.EncounterStatus;
import org.hl7.fhir.r4.model.MedicationRequest;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.RelatedPerson;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How: a FHIR server refuses a whole message when a conditional request of it matches two of its resources. */
@DisplayName("A number that several records have")
class SharedNumbersTest {
  private static final String GLUCOSE = "GLU^葡萄糖^L";
  private static final String ALT = "ALT^丙氨酸氨基转移酶^L";

  private final Hospital hospital = new Hospital();

  @Test
  void is_that_of_a_form_on_which_several_examinations_are_ordered() {
    hospital.sends("ORM^O01", pid("P1"),
        segment("ORC", 1, "NW", 2, "F1"), segment("OBR", 1, "1", 2, "F1", 4, GLUCOSE),
        segment("ORC", 1, "NW", 2, "F1"), segment("OBR", 1, "2", 2, "F1", 4, ALT));

    assertThat(hospital.all(ServiceRequest.class, "order", "F1")).hasSize(2);
  }

  @Test
  void does_not_confuse_a_forms_examinations_when_a_result_comes_of_one_of_them() {
    hospital.sends("ORM^O01", pid("P1"),
        segment("ORC", 1, "NW", 2, "F1"), segment("OBR", 1, "1", 2, "F1", 4, GLUCOSE),
        segment("ORC", 1, "NW", 2, "F1"), segment("OBR", 1, "2", 2, "F1", 4, ALT));
    hospital.sends("ORU^R01", pid("P1"), segment("OBR", 1, "1", 2, "F1", 4, ALT, 25, "F"),
        segment("OBX", 1, "1", 2, "NM", 3, ALT, 5, "21", 6, "U/L", 11, "F"));

    assertThat(hospital.all(ServiceRequest.class, "order", "F1")).hasSize(2)
        .filteredOn(order -> order.getCode().getCodingFirstRep().getCode().equals("ALT")).singleElement()
        .satisfies(order -> assertThat(hospital.the(DiagnosticReport.class).getBasedOnFirstRep().getReference())
            .isEqualTo(order.getIdElement().toUnqualifiedVersionless().getValue()));
  }

  @Test
  void is_that_of_a_prescription_of_several_drugs() {
    hospital.sends("RDE^O11", pid("P1"),
        segment("ORC", 1, "NW", 2, "R1"), segment("RXE", 2, "A1^阿莫西林胶囊^L", 3, "0.5", 5, "g"),
        segment("ORC", 1, "NW", 2, "R1"), segment("RXE", 2, "A2^布洛芬片^L", 3, "0.2", 5, "g"));

    assertThat(hospital.all(MedicationRequest.class, "order", "R1")).hasSize(2);
  }

  @Test
  void is_that_of_the_mother_of_twins() {
    hospital.sends("ADT^A28", segment("PID", 3, "N1^^^RMYY^PI", 5, "测试甲之长子", 21, "P7^^^RMYY^PI"));
    hospital.sends("ADT^A28", segment("PID", 3, "N2^^^RMYY^PI", 5, "测试甲之次子", 21, "P7^^^RMYY^PI"));

    assertThat(hospital.all(RelatedPerson.class)).extracting(mother -> mother.getPatient().getReference())
        .hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void is_the_resident_ID_by_which_another_hospital_knows_the_same_person() {
    var other = new Hospital();
    String person = segment("PID", 3, "11010519491231002X^^^^NI", 5, "测试乙", 7, "19491231", 8, "F");
    hospital.sends("ADT^A28", person);
    other.sends("ADT^A28", person);

    assertThat(hospital.the(Patient.class).getIdPart()).isNotEqualTo(other.the(Patient.class).getIdPart());
  }

  @Test
  void is_the_old_number_that_the_HIS_goes_on_listing_beside_the_new_one() {
    hospital.sends("ADT^A28", pid("P2"));
    hospital.sends("ADT^A28", segment("PID", 3, "P1^^^RMYY^PI~P2^^^RMYY^PI", 5, "测试甲"));
    hospital.sends("ADT^A31", pid("P2"));

    assertThat(hospital.all(Patient.class)).hasSize(2);
  }

  @Test
  void is_that_of_the_visit_from_which_another_one_came() {
    hospital.sends("ADT^A04", pid("P1"), pv1("V1"));
    hospital.sends("ADT^A01", pid("P1"), pv1("V2", 50, "V1^^^RMYY"));
    hospital.sends("ADT^A03", pid("P1"), pv1("V1", 45, "20260320120000"));

    assertThat(hospital.all(Encounter.class)).extracting(Encounter::getStatus)
        .containsExactly(EncounterStatus.FINISHED, EncounterStatus.INPROGRESS);
  }
}
