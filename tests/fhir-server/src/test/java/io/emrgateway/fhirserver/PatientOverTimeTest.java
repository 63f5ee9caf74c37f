package io.emrgateway.fhirserver;

import static io.emrgateway.fhirserver.Segments.pid;
import static io.emrgateway.fhirserver.Segments.pv1;
import static io.emrgateway.fhirserver.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void whose_record_was_deleted_is_inactive() {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends("ADT^A29", pid("P1"));

    assertThat(hospital.patient("P1").getActive()).isFalse();
  }
}
