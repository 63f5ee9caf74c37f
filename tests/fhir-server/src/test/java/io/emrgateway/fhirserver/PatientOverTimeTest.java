package io.emrgateway.fhirserver;

import static io.emrgateway.fhirserver.Segments.pid;
import static io.emrgateway.fhirserver.Segments.pv1;
import static io.emrgateway.fhirserver.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.Linkage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A patient")
class PatientOverTimeTest {
  private static final String NUMBER_ONLY = segment("PID", 3, "P1^^^RMYY^PI");

  private final Hospital hospital = new Hospital();

  @Test
  void is_what_the_last_update_says() {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends("ADT^A31", segment("PID", 3, "P1^^^RMYY^PI", 5, "测试甲", 7, "19800102"));

    assertThat(hospital.patient("P1").getBirthDateElement().getValueAsString()).isEqualTo("1980-01-02");
    assertThat(hospital.patient("P1").getAddress()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ORU^R01", "ORM^O01", "SIU^S12"})
  void of_whom_a_department_says_the_number_only_keeps_name_and_address(String type) {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends(type, segment("SCH", 2, "B1"), NUMBER_ONLY, pv1("V1"));

    assertThat(hospital.patient("P1").getName()).isNotEmpty();
    assertThat(hospital.patient("P1").getAddress()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"A24", "A35", "A37", "A41", "A42", "A43", "A44", "A45", "A49", "A50", "A51", "A60"})
  void whom_an_event_only_names_keeps_birth_date_and_address(String event) {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends("ADT^" + event, segment("PID", 3, "P1^^^RMYY^PI", 5, "测试甲"));

    assertThat(hospital.patient("P1").getBirthDateElement().getValueAsString()).isEqualTo("1980-01-01");
    assertThat(hospital.patient("P1").getAddress()).isNotEmpty();
  }

  @Test
  void is_linked_to_another_record_of_the_same_person_and_both_stay_as_they_were() {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends("ADT^A28", pid("P2"));
    hospital.sends("ADT^A24", number("P1"), number("P2"));
    hospital.sends("ADT^A08", pid("P2"), pv1("V1"));

    Linkage linkage = hospital.the(Linkage.class);
    assertThat(linkage.getActive()).isTrue();
    assertThat(linkage.getItem()).extracting(item -> item.getType().toCode() + " " + item.getResource().getReference())
        .containsExactly("source " + id("P1"), "alternate " + id("P2"));
    assertThat(hospital.patient("P1").getBirthDateElement().getValueAsString()).isEqualTo("1980-01-01");
    assertThat(hospital.patient("P2").hasActive()).as("said to be inactive").isFalse();
  }

  @Test
  void is_not_linked_any_more_when_the_link_is_taken_back_in_whatever_order() {
    hospital.sends("ADT^A24", number("P1"), number("P2"));
    hospital.sends("ADT^A37", number("P2"), number("P1"));

    assertThat(hospital.the(Linkage.class).getActive()).isFalse();
  }

  private static String number(String number) {
    return segment("PID", 3, number + "^^^RMYY^PI", 5, "测试甲");
  }

  private String id(String number) {
    return hospital.patient(number).getIdElement().toUnqualifiedVersionless().getValue();
  }

  @Test
  void whose_record_was_deleted_is_inactive() {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends("ADT^A29", pid("P1"));

    assertThat(hospital.patient("P1").getActive()).isFalse();
  }
}
