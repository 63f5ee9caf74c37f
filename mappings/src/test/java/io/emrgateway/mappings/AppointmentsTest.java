package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.mapped;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("An appointment")
class AppointmentsTest {
  private final Map<String, Object> bundle = bundle(own("own__SIU_S12."));
  private final Map<String, Object> appointment = resources(bundle, "Appointment").get(0);

  @Test
  void says_when_why_and_for_what() {
    assertThat(appointment.get("status")).isEqualTo("booked");
    assertThat(appointment.get("start")).isEqualTo("2024-04-01T09:00:00+08:00");
    assertThat(appointment.get("end")).as("beginning and SCH-9").isEqualTo("2024-04-01T09:30:00+08:00");
    assertThat(appointment.get("minutesDuration")).isEqualTo("30");
    assertThat(at(appointment, "reasonCode", 0, "coding", 0, "code")).isEqualTo("866149003");
    assertThat(at(appointment, "reasonCode", 0, "coding", 1, "code")).isEqualTo("CHECKUP");
    assertThat(at(appointment, "appointmentType", "coding", 0, "system"))
        .isEqualTo("http://terminology.hl7.org/CodeSystem/v2-0277");
    assertThat(at(appointment, "serviceType", 0, "coding", 0, "code")).isEqualTo("0302");
    assertThat(at(appointment, "basedOn", 0, "identifier", "value")).isEqualTo("RX1");
    assertThat(appointment.get("comment")).isEqualTo("请空腹\n请提前15分钟到");
  }

  @Test
  void is_recognised_by_the_number_of_the_book_that_holds_it() {
    Object request = Samples.entries(bundle).stream().filter(e -> "Appointment".equals(at(e, "resource", "resourceType")))
        .findFirst().orElseThrow().get("request");

    assertThat(at(request, "method")).isEqualTo("PUT");
    assertThat(at(request, "url"))
        .isEqualTo("Appointment?identifier=urn%3Aemr-gateway%3AH-0104%3Aappointment%3ABOOK%7CYYF001");
  }

  @Test
  void names_everybody_and_everything_that_takes_part_and_when() {
    assertThat(participant("N2001")).containsEntry("required", "information-only");
    assertThat(participant("0001234567")).containsEntry("status", "accepted");
    Map<String, Object> doctor = participants("D1001").get(1);
    assertThat(at(doctor, "type", 0, "coding", 0, "code")).isEqualTo("DOC");
    assertThat(at(doctor, "period", "start")).as("the service's").isEqualTo("2024-04-01T09:00:00+08:00");
    assertThat(at(doctor, "period", "end")).isEqualTo("2024-04-01T09:30:00+08:00");
    assertThat(resources(bundle, "Device")).hasSize(1);
    assertThat(at(resources(bundle, "Device").get(0), "deviceName", 0, "name")).isEqualTo("肺功能仪");
    assertThat(participant("E7")).containsKey("period");
    assertThat(participant("4=RMYY/1=MZ01/2=12")).containsKey("period");
  }

  @Test
  void leaves_patient_and_visit_as_the_city_has_them() {
    for (Map<String, Object> entry : Samples.entries(bundle)) {
      String type = (String) at(entry, "resource", "resourceType");
      if (type.equals("Patient") || type.equals("Encounter")) {
        assertThat(at(entry, "request", "method")).isEqualTo("POST");
      }
    }
    assertThat(at(resources(bundle, "Encounter").get(0), "status")).isEqualTo("unknown");
  }

  @ParameterizedTest
  @CsvSource({"S12,booked", "S13,booked", "S15,cancelled", "S16,cancelled", "S17,entered-in-error", "S26,noshow"})
  void ends_with_its_event_whatever_older_status_is_still_sent(String event, String status) {
    String text = own("own__SIU_S12.").replace("SIU^S12", "SIU^" + event);

    assertThat(resources(bundle(text), "Appointment").get(0)).containsEntry("status", status);
  }

  @ParameterizedTest
  @CsvSource({"BOOKED,booked", "Noshow,noshow", "已取消,cancelled", "^已就诊,fulfilled", "Dc,cancelled", "Waitlist,waitlist"})
  void reads_the_status_in_the_fillers_words(String sent, String status) {
    String text = own("own__SIU_S12.").replace("|Booked|RX1", "|" + sent + "|RX1");

    assertThat(resources(bundle(text), "Appointment").get(0)).containsEntry("status", status);
  }

  @Test
  void of_several_patients_without_time_or_number_of_its_own_is_still_one() {
    Map<String, Object> nasty = bundle(own("own__SIU_S15_nasty."));

    assertThat(resources(nasty, "Appointment")).hasSize(1);
    assertThat(resources(nasty, "Patient")).hasSize(2);
    Map<String, Object> cancelled = resources(nasty, "Appointment").get(0);
    assertThat(cancelled).containsEntry("status", "cancelled").doesNotContainKeys("start", "end", "minutesDuration");
    assertThat((List<?>) cancelled.get("participant")).as("two patients and the doctor; empty resources are nobody")
        .hasSize(3);
  }

  @Test
  void whose_time_nobody_tells_says_so() {
    String text = own("own__SIU_S12.").replace("|^^^20240401090000|", "||").replace("复诊^99RMYY|20240401090000", "复诊^99RMYY|");
    Map<String, Object> untimed = resources(bundle(text), "Appointment").get(0);

    assertThat(untimed).containsEntry("status", "booked").doesNotContainKeys("start", "end");
    assertThat(at(untimed, "_start", "extension", 0, "valueCode")).isEqualTo("unknown");
    assertThat(at(untimed, "_end", "extension", 0, "valueCode")).isEqualTo("unknown");
  }

  @Test
  void is_not_made_up_where_none_is_sent() {
    assertThat(resources(bundle(own("own__SIU_S12_nosch.")), "Appointment")).isEmpty();
    assertThat(mapped(own("own__SIU_S12_nosch.")).converted()).isTrue();
  }

  private Map<String, Object> participant(String number) {
    return participants(number).get(0);
  }

  @SuppressWarnings("unchecked")
  private List<Map<String, Object>> participants(String number) {
    return ((List<Map<String, Object>>) appointment.get("participant")).stream()
        .filter(p -> Samples.entries(bundle).stream().anyMatch(e -> e.get("fullUrl").equals(at(p, "actor", "reference"))
            && number.equals(at(e, "resource", "identifier", 0, "value")))).toList();
  }
}
