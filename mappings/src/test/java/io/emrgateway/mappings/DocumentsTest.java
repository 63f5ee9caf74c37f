package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.mapped;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A document")
class DocumentsTest {
  private final Map<String, Object> bundle = bundle(own("own__MDM_T02."));
  private final Map<String, Object> document = resources(bundle, "DocumentReference").get(0);

  @Test
  void says_what_it_is_whose_and_by_whom() {
    assertThat(document).containsEntry("status", "current").containsEntry("docStatus", "final")
        .containsEntry("date", "2024-03-25T11:30:00+08:00");
    assertThat(at(document, "masterIdentifier", "value")).isEqualTo("DOC0001");
    assertThat(at(document, "type", "text")).isEqualTo("出院小结");
    assertThat(at(document, "securityLabel", 0, "coding", 0, "code")).isEqualTo("R");
    assertThat(at(document, "author", 0, "reference")).isNotNull();
    assertThat(at(document, "context", "encounter", 0, "reference")).isNotNull();
    assertThat(at(document, "context", "related", 0, "reference")).isNotNull();
    assertThat(at(Samples.entries(bundle).stream().filter(e -> e.get("resource") == document).findFirst().orElseThrow(),
        "request", "url")).isEqualTo(
            "DocumentReference?identifier=urn%3Aemr-gateway%3AH-0104%3Adocument%3AEMR%7CDOC0001");
  }

  @Test
  void carries_its_lines_as_one_text_and_every_file_beside_it() {
    assertThat(data(0)).isEqualTo("此为复印件\n患者因胸痛入院，\n经治疗好转出院。");
    assertThat(at(document, "content", 0, "attachment", "contentType")).isEqualTo("text/plain");
    assertThat(at(document, "content", 0, "attachment", "title")).isEqualTo("出院小结.txt");
    assertThat(at(document, "content", 1, "attachment", "data")).isEqualTo("JVBERi0xLjQKJSVFT0YK");
    assertThat(at(document, "content", 1, "attachment", "contentType")).isEqualTo("application/pdf");
    assertThat(data(2)).as("hex").isEqualTo("JK");
    assertThat(at(document, "content", 2, "attachment", "contentType")).isEqualTo("x/unheard-of");
    assertThat(at(document, "content", 3, "attachment", "url")).isEqualTo("https://pacs.example.org/1");
    assertThat((List<?>) document.get("content")).hasSize(4);
  }

  @Test
  void leaves_a_measured_value_an_observation() {
    Map<String, Object> rate = resources(bundle, "Observation").get(0);

    assertThat(at(rate, "valueQuantity", "value")).isEqualTo("72");
    assertThat(at(rate, "note", 0, "text")).isEqualTo("静息");
  }

  @Test
  void that_names_itself_as_its_parent_was_not_made_from_itself() {
    String text = own("own__MDM_T02.").replaceFirst("\\|DOC0001\\^EMR\\|[^|]*", "|DOC0001^EMR|DOC0001^EMR");
    String other = own("own__MDM_T02.").replaceFirst("\\|DOC0001\\^EMR\\|[^|]*", "|DOC0001^EMR|DOC0001^PACS");

    assertThat(resources(bundle(text), "DocumentReference").get(0)).doesNotContainKey("relatesTo");
    assertThat(at(resources(bundle(other), "DocumentReference").get(0), "relatesTo", 0, "code")).isEqualTo("transforms");
  }

  @Test
  void that_replaces_another_names_it() {
    Map<String, Object> replacement = resources(bundle(own("own__MDM_T10.")), "DocumentReference").get(0);

    assertThat(replacement).containsEntry("status", "superseded").containsEntry("docStatus", "final");
    assertThat(at(replacement, "_status", "extension", 0, "valueCodeableConcept", "coding", 0, "code")).isEqualTo("OB");
    assertThat(at(replacement, "relatesTo", 0, "code")).isEqualTo("replaces");
    assertThat(at(replacement, "relatesTo", 0, "target", "identifier", "value")).isEqualTo("DOC0001");
    assertThat(at(replacement, "content", 0, "attachment", "data")).as("not Base64 at all").isNull();
    assertThat(mapped(own("own__MDM_T10.")).diagnostics()).extracting(Diagnostic::code)
        .contains("mapping.value-unusable");
  }

  @Test
  void that_is_taken_back_and_says_nothing_else_is_in_error() {
    Map<String, Object> gone = resources(bundle(own("own__MDM_T11_nasty.")), "DocumentReference").get(0);

    assertThat(gone).containsEntry("status", "entered-in-error");
    assertThat(at(gone, "content", 0, "attachment", "extension", 0, "valueCode")).isEqualTo("unknown");
  }

  @Test
  void of_which_only_a_notice_comes_is_created_where_it_is_not_known_and_takes_nothing_away() {
    Mapped notice = mapped("MSH|^~\\&|EMR|RMYY|G|E|20240325||MDM^T03|1|P|2.5.1\rPID|1||1^^^RMYY^PI\r"
        + "TXA|1|DS^出院小结^L|TX|||||||||DOC0001^EMR|||||AU||AV\r");

    assertThat(Samples.entries(Samples.bundle(notice)))
        .filteredOn(entry -> "DocumentReference".equals(at(entry, "resource", "resourceType"))).singleElement()
        .satisfies(entry -> assertThat(at(entry, "request", "method")).isEqualTo("POST"));
    assertThat(notice.diagnostics()).extracting(Diagnostic::code).contains("mapping.document-notice");
  }

  @Test
  void of_twenty_thousand_lines_is_encoded_once() {
    String text = own("own__MDM_T11_nasty.") + "OBX|1|TX|1^x^L||一行文字\r".repeat(20_000);
    long before = System.nanoTime();
    Map<String, Object> large = resources(bundle(text), "DocumentReference").get(0);

    assertThat(new String(Base64.getDecoder().decode((String) at(large, "content", 0, "attachment", "data")), UTF_8))
        .hasSize(20_000 * 5 - 1);
    assertThat(System.nanoTime() - before).isLessThan(20_000_000_000L);
  }

  private String data(int content) {
    return new String(Base64.getDecoder().decode((String) at(document, "content", content, "attachment", "data")), UTF_8);
  }
}
