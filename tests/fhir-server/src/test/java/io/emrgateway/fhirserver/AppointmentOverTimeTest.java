package io.emrgateway.fhirserver;

import static io.emrgateway.fhirserver.Segments.pid;
import static io.emrgateway.fhirserver.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Appointment.AppointmentStatus;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("An appointment")
class AppointmentOverTimeTest {
  private final Hospital hospital = new Hospital();

  @Test
  void is_booked_then_moved_then_cancelled() {
    sends("SIU^S12", "20260401090000", "Booked");
    assertThat(appointment().getStatus()).isEqualTo(AppointmentStatus.BOOKED);

    sends("SIU^S13", "20260402100000", "Booked");
    assertThat(appointment().getStatus()).isEqualTo(AppointmentStatus.BOOKED);
    assertThat(appointment().getStartElement().getValueAsString()).startsWith("2026-04-02T10:00");

    sends("SIU^S15", "20260402100000", "Booked");
    assertThat(appointment().getStatus()).isEqualTo(AppointmentStatus.CANCELLED);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"S15, Booked, CANCELLED", "S16, Booked, CANCELLED", "S17, Booked, ENTEREDINERROR", "S26, Booked, NOSHOW",
      "S14, Complete, FULFILLED", "S14, Started, CHECKEDIN"})
  void is_what_the_last_event_made_of_it(String event, String status, AppointmentStatus now) {
    sends("SIU^S12", "20260401090000", "Booked");
    sends("SIU^" + event, "20260401090000", status);

    assertThat(appointment().getStatus()).isEqualTo(now);
  }

  private void sends(String event, String start, String status) {
    hospital.sends(event, segment("SCH", 1, "A1", 2, "B1", 11, "^^30^" + start + "^20260402103000", 25, status), pid("P1"),
        segment("RGS", 1, "1"), segment("AIP", 1, "1", 3, "D1^李^医生"));
  }

  private Appointment appointment() {
    return hospital.the(Appointment.class);
  }
}
