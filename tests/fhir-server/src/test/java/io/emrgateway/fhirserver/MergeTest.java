package io.emrgateway.fhirserver;

import static io.emrgateway.fhirserver.Segments.pid;
import static io.emrgateway.fhirserver.Segments.pv1;
import static io.emrgateway.fhirserver.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.Linkage;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Patient.LinkType;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P1 is the patient who stays, P2 the one whose record was a second one of the same person. */
@DisplayName("A merge of two patients")
class MergeTest {
  /** As a merge writes it: the numbers and a name, no more. */
  private static final String SURVIVOR = segment("PID", 1, "1", 3, "P1^^^RMYY^PI", 5, "测试甲");
  private static final String RETIRED = segment("MRG", 1, "P2^^^RMYY^PI");

  private final Hospital hospital = new Hospital();

  @ParameterizedTest
  @ValueSource(strings = {"ADT^A40", "ADT^A34", "ADT^A18", "ADT^A30", "ADT^A36", "ADT^A39", "ADT^A46", "ADT^A47"})
  void leads_from_the_old_patient_to_the_one_who_stays(String event) {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends("ADT^A28", pid("P2"));
    hospital.sends(event, SURVIVOR, RETIRED);

    assertThat(hospital.patient("P2").getActive()).isFalse();
    assertThat(replacedBy("P2")).isEqualTo(id("P1"));
    assertRemains("P1");
  }

  @Test
  void leaves_what_is_known_of_the_one_who_stays_as_it_was() {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends("ADT^A28", pid("P2"));
    hospital.sends("ADT^A40", SURVIVOR, RETIRED);

    assertThat(hospital.patient("P1").getBirthDateElement().getValueAsString()).isEqualTo("1980-01-01");
    assertThat(hospital.patient("P1").getAddress()).isNotEmpty();
  }

  @Test
  void that_is_told_again_later_does_not_turn_back_what_has_become_known_since() {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends("ADT^A28", pid("P2"));
    String merge = hospital.sends("ADT^A40", pid("P1"), RETIRED);
    hospital.sends("ADT^A31", segment("PID", 3, "P1^^^RMYY^PI", 5, "测试甲", 11, "北京市朝阳区新路2号"));

    hospital.again(merge);

    assertThat(hospital.patient("P1").getAddressFirstRep().getLine()).extracting(StringType::getValue)
        .containsExactly("北京市朝阳区新路2号");
    assertThat(replacedBy("P2")).isEqualTo(id("P1"));
  }

  @Test
  void may_come_before_anything_else_is_known_of_either() {
    hospital.sends("ADT^A40", SURVIVOR, RETIRED);
    hospital.sends("ADT^A08", pid("P1"), pv1("V1"));

    assertRemains("P1");
    assertThat(hospital.patient("P1").getBirthDateElement().getValueAsString()).isEqualTo("1980-01-01");
    assertThat(replacedBy("P2")).isEqualTo(id("P1"));
  }

  @Test
  void of_which_the_HIS_lists_the_old_number_with_the_patient_who_stays() {
    String both = segment("PID", 3, "P1^^^RMYY^PI~P2^^^RMYY^PI", 5, "测试甲", 7, "19800101");
    hospital.sends("ADT^A28", pid("P2"));
    hospital.sends("ADT^A31", both);
    hospital.sends("ADT^A40", both, RETIRED);
    hospital.sends("ADT^A31", both);

    assertThat(hospital.all(Patient.class)).hasSize(2).filteredOn(Patient::hasActive).singleElement()
        .satisfies(old -> assertThat(old.getLinkFirstRep().getOther().getReference()).isEqualTo(id("P1")));
  }

  @Test
  void names_the_old_patient_by_the_bare_number() {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends("ADT^A28", pid("P2"));
    hospital.sends("ADT^A40", SURVIVOR, segment("MRG", 1, "P2"));

    assertThat(hospital.all(Patient.class)).hasSize(2);
    assertThat(replacedBy("P2")).isEqualTo(id("P1"));
  }

  @Test
  void goes_on_when_the_one_who_stayed_is_merged_in_turn() {
    hospital.sends("ADT^A40", SURVIVOR, RETIRED);
    hospital.sends("ADT^A40", segment("PID", 3, "P0^^^RMYY^PI", 5, "测试甲"), segment("MRG", 1, "P1^^^RMYY^PI"));

    assertThat(replacedBy("P2")).isEqualTo(id("P1"));
    assertThat(replacedBy("P1")).isEqualTo(id("P0"));
    assertRemains("P0");
  }

  @Test
  void of_a_patient_with_himself_retires_nobody() {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends("ADT^A40", SURVIVOR, segment("MRG", 1, "P1^^^RMYY^PI"));

    assertRemains("P1");
    assertThat(hospital.all(Patient.class)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "^^^RMYY^PI"})
  void with_nobody_retires_nobody(String number) {
    hospital.sends("ADT^A28", pid("P2"));
    hospital.sends("ADT^A40", segment("PID", 3, number, 5, "测试甲"), RETIRED);

    assertRemains("P2");
    assertThat(hospital.all(Linkage.class)).isEmpty();
  }

  @Test
  void is_not_undone_by_a_late_result_under_the_old_number() {
    hospital.sends("ADT^A28", pid("P2"));
    hospital.sends("ADT^A40", SURVIVOR, RETIRED);
    hospital.sends("ORU^R01", pid("P2"), segment("OBR", 1, "1", 3, "L1", 4, "GLU^葡萄糖^L", 25, "F"),
        segment("OBX", 1, "1", 2, "NM", 3, "GLU^葡萄糖^L", 5, "5.1", 11, "F"));

    assertThat(hospital.the(Observation.class).getSubject().getReference()).isEqualTo(id("P2"));
    assertThat(hospital.patient("P2").getActive()).isFalse();
    assertThat(replacedBy("P2")).isEqualTo(id("P1"));
  }

  @Test
  void is_still_on_record_when_a_department_goes_on_admitting_under_the_old_number() {
    hospital.sends("ADT^A28", pid("P2"));
    hospital.sends("ADT^A40", SURVIVOR, RETIRED);
    hospital.sends("ADT^A08", pid("P2"), pv1("V1"));

    Linkage linkage = hospital.the(Linkage.class);
    assertThat(linkage.getActive()).isTrue();
    assertThat(linkage.getItem()).extracting(item -> item.getType().toCode() + " " + item.getResource().getReference())
        .containsExactly("source " + id("P1"), "historical " + id("P2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ADT^A43", "ADT^A44", "ADT^A45"})
  void is_not_what_happens_when_only_a_number_an_account_or_a_visit_was_moved_to_another_patient(String event) {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends("ADT^A28", pid("P2"));
    hospital.sends(event, SURVIVOR, segment("MRG", 1, "P2^^^RMYY^PI", 3, "K1", 5, "V1"));

    assertRemains("P1");
    assertRemains("P2");
    assertThat(hospital.all(Linkage.class)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ADT^A35", "ADT^A41", "ADT^A42", "ADT^A49", "ADT^A50", "ADT^A51", "ADT^A06"})
  void is_not_what_happens_when_only_an_account_or_a_visit_was(String event) {
    hospital.sends("ADT^A28", pid("P1"));
    hospital.sends(event, pid("P1"), segment("MRG", 1, "P1^^^RMYY^PI", 3, "K1", 5, "V1"), pv1("V2"));

    assertRemains("P1");
    assertThat(hospital.all(Patient.class)).hasSize(1);
  }

  private void assertRemains(String number) {
    assertThat(hospital.patient(number).hasActive()).as("said to be inactive").isFalse();
    assertThat(hospital.patient(number).getLink()).as("links").isEmpty();
  }

  private String replacedBy(String number) {
    var link = hospital.patient(number).getLinkFirstRep();
    assertThat(link.getType()).isEqualTo(LinkType.REPLACEDBY);
    return link.getOther().getReference();
  }

  private String id(String number) {
    return hospital.all(Patient.class).stream()
        .filter(one -> one.getIdentifierFirstRep().getValue().equals(number)).findFirst().orElseThrow()
        .getIdElement().toUnqualifiedVersionless().getValue();
  }
}
