package io.emrgateway.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A patient's number that is typed")
class PatientNumbersTest {

  @ParameterizedTest
  @ValueSource(strings = {"110105194912310021", "11010519491331002X", "urn:oid:2.16.156.10011.1.3|110105194912310021", "urn:oid:2.16.156.10011.1.3|1101"})
  void and_cannot_be_the_resident_ID_that_it_looks_like_is_told(String number) {
    assertThat(PatientNumbers.isMistyped(number)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"11010519491231002X", "11010519491231002x", "urn:oid:2.16.156.10011.1.3|11010519491231002X",
      "urn:oid:2.16.156.10011.1.3|110105491231002", "000123", "HIS|110105194912310021", "E12345678", "HIS|"})
  void and_may_be_what_it_is_said_to_be_is_not(String number) {
    assertThat(PatientNumbers.isMistyped(number)).isFalse();
  }
}
