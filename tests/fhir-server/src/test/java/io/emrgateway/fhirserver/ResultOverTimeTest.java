package io.emrgateway.fhirserver;

import static io.emrgateway.fhirserver.Segments.pid;
import static io.emrgateway.fhirserver.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.DiagnosticReport;
import org.hl7.fhir.r4.model.DiagnosticReport.DiagnosticReportStatus;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A result")
class ResultOverTimeTest {
  private final Hospital hospital = new Hospital();

  @Test
  void is_preliminary_then_final_then_corrected_and_always_the_same_one() {
    reports("P", "P", "4.9");
    assertThat(report().getStatus()).isEqualTo(DiagnosticReportStatus.PRELIMINARY);
    assertThat(glucose().getStatus()).isEqualTo(ObservationStatus.PRELIMINARY);

    reports("F", "F", "5.1");
    assertThat(report().getStatus()).isEqualTo(DiagnosticReportStatus.FINAL);
    assertThat(glucose().getStatus()).isEqualTo(ObservationStatus.FINAL);

    reports("C", "C", "6.3");
    assertThat(report().getStatus()).isEqualTo(DiagnosticReportStatus.CORRECTED);
    assertThat(glucose().getStatus()).isEqualTo(ObservationStatus.CORRECTED);
    assertThat(glucose().getValueQuantity().getValue()).isEqualByComparingTo("6.3");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"D, ENTEREDINERROR", "W, ENTEREDINERROR", "X, CANCELLED"})
  void that_was_taken_back_is_not_read_as_final_any_more(String status, ObservationStatus now) {
    reports("F", "F", "5.1");
    reports("C", status, "5.1");

    assertThat(glucose().getStatus()).isEqualTo(now);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"D, F, ENTEREDINERROR", "W, F, ENTEREDINERROR", "D, P, ENTEREDINERROR", "W, C, CORRECTED"})
  void is_not_final_in_a_report_that_was_wrong(String report, String result, ObservationStatus now) {
    reports("F", "F", "5.1");
    reports(report, result, "5.1");

    assertThat(report().getStatus()).isEqualTo(DiagnosticReportStatus.ENTEREDINERROR);
    assertThat(glucose().getStatus()).isEqualTo(now);
  }

  @ParameterizedTest(name = "OBX-11 {0}")
  @CsvSource({"F, CANCELLED", "P, CANCELLED", "'', CANCELLED", "C, CORRECTED"})
  void is_not_final_in_a_report_that_was_cancelled(String result, ObservationStatus now) {
    reports("P", "P", "5.1");
    reports("X", result, "5.1");

    assertThat(report().getStatus()).isEqualTo(DiagnosticReportStatus.CANCELLED);
    assertThat(glucose().getStatus()).isEqualTo(now);
  }

  @Test
  void that_a_correction_does_not_speak_of_stays_what_it_was() {
    hospital.sends("ORU^R01", pid("P1"), obr("F"), obx("1", "GLU^葡萄糖^L", "5.1", "F"), obx("2", "ALT^丙氨酸氨基转移酶^L", "21", "F"));
    hospital.sends("ORU^R01", pid("P1"), obr("C"), obx("1", "ALT^丙氨酸氨基转移酶^L", "31", "C"));

    assertThat(glucose().getStatus()).isEqualTo(ObservationStatus.FINAL);
    assertThat(glucose().getValueQuantity().getValue()).isEqualByComparingTo("5.1");
    assertThat(hospital.all(Observation.class)).hasSize(2);
  }

  private void reports(String report, String result, String value) {
    hospital.sends("ORU^R01", pid("P1"), obr(report), obx("1", "GLU^葡萄糖^L", value, result));
  }

  private static String obr(String status) {
    return segment("OBR", 1, "1", 2, "O1", 3, "L1", 4, "BIO^生化^L", 7, "20260320080000", 25, status);
  }

  private static String obx(String set, String code, String value, String status) {
    return segment("OBX", 1, set, 2, "NM", 3, code, 5, value, 6, "mmol/L", 11, status);
  }

  private DiagnosticReport report() {
    return hospital.the(DiagnosticReport.class);
  }

  private Observation glucose() {
    List<Observation> found = hospital.all(Observation.class).stream()
        .filter(one -> one.getCode().getCodingFirstRep().getCode().equals("GLU")).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }
}
