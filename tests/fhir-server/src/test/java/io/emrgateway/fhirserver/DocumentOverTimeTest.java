package io.emrgateway.fhirserver;

import static io.emrgateway.fhirserver.Segments.pid;
import static io.emrgateway.fhirserver.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.DocumentReference.DocumentRelationshipType;
import org.hl7.fhir.r4.model.Enumerations.DocumentReferenceStatus;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A document")
class DocumentOverTimeTest {
  private final Hospital hospital = new Hospital();

  @Test
  void that_another_one_replaces_is_superseded() {
    writes("MDM^T02", "D1", "", "第一版");
    writes("MDM^T10", "D2", "D1", "第二版");

    assertThat(document("D1").getStatus()).isEqualTo(DocumentReferenceStatus.SUPERSEDED);
    assertThat(document("D2").getStatus()).isEqualTo(DocumentReferenceStatus.CURRENT);
    assertThat(document("D2").getRelatesToFirstRep().getCode()).isEqualTo(DocumentRelationshipType.REPLACES);
  }

  @Test
  void that_replaces_itself_under_its_own_number_is_current_with_the_new_text() {
    writes("MDM^T02", "D1", "", "第一版");
    writes("MDM^T10", "D1", "D1", "第二版");

    assertThat(document("D1").getStatus()).isEqualTo(DocumentReferenceStatus.CURRENT);
    assertThat(text("D1")).isEqualTo("第二版");
    assertThat(hospital.all(DocumentReference.class)).hasSize(1);
  }

  @Test
  void to_which_something_is_added_stays_current() {
    writes("MDM^T02", "D1", "", "第一版");
    writes("MDM^T06", "D2", "D1", "补充");

    assertThat(document("D1").getStatus()).isEqualTo(DocumentReferenceStatus.CURRENT);
    assertThat(text("D1")).isEqualTo("第一版");
  }

  @Test
  void that_was_edited_has_the_new_text() {
    writes("MDM^T02", "D1", "", "第一版");
    writes("MDM^T08", "D1", "", "第二版");

    assertThat(text("D1")).isEqualTo("第二版");
  }

  @Test
  void that_was_withdrawn_counts_as_written_in_error() {
    writes("MDM^T02", "D1", "", "第一版");
    hospital.sends("MDM^T11", pid("P1"), segment("TXA", 1, "1", 2, "DS^出院小结^L", 12, "D1", 19, "AV"));

    assertThat(document("D1").getStatus()).isEqualTo(DocumentReferenceStatus.ENTEREDINERROR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MDM^T01", "MDM^T03", "MDM^T05", "MDM^T07", "MDM^T09", "MDM^T08"})
  void of_which_only_a_notice_comes_keeps_its_text(String event) {
    writes("MDM^T02", "D1", "", "第一版");
    hospital.sends(event, pid("P1"), notice("AV"));

    assertThat(document("D1").getStatus()).isEqualTo(DocumentReferenceStatus.CURRENT);
    assertThat(text("D1")).isEqualTo("第一版");
  }

  @Test
  void of_which_only_a_notice_has_come_is_known_and_takes_its_text_when_that_comes() {
    hospital.sends("MDM^T01", pid("P1"), notice("AV"));
    assertThat(document("D1").getType().getText()).isEqualTo("出院小结");

    writes("MDM^T02", "D1", "", "第一版");
    assertThat(text("D1")).isEqualTo("第一版");
  }

  @ParameterizedTest
  @CsvSource({"CA, ENTEREDINERROR", "OB, SUPERSEDED"})
  void is_not_current_any_more_when_a_notice_says_so(String availability, DocumentReferenceStatus now) {
    writes("MDM^T02", "D1", "", "第一版");
    hospital.sends("MDM^T03", pid("P1"), notice(availability));

    assertThat(document("D1").getStatus()).isEqualTo(now);
  }

  private static String notice(String availability) {
    return segment("TXA", 1, "1", 2, "DS^出院小结^L", 3, "TX", 6, "20260320", 12, "D1", 17, "AU", 19, availability);
  }

  private void writes(String event, String number, String parent, String text) {
    hospital.sends(event, pid("P1"),
        segment("TXA", 1, "1", 2, "DS^出院小结^L", 3, "TX", 6, "20260320", 12, number, 13, parent, 17, "AU", 19, "AV"),
        segment("OBX", 1, "1", 2, "TX", 3, "DS^出院小结^L", 5, text, 11, "F"));
  }

  private DocumentReference document(String number) {
    return hospital.the(DocumentReference.class, "document", number);
  }

  private String text(String number) {
    return new String(document(number).getContentFirstRep().getAttachment().getData(),
        java.nio.charset.StandardCharsets.UTF_8);
  }
}
