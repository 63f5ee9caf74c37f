package io.emrgateway.routes.core.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.routes.core.lookup.KeepConsent.Offer;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.records.Identifier;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The text that is signed")
class AgreementTest {
  private static final String OWN = "版本 Version: 3.1\n{patient} {signer} {hospital} {sections} {from} {until}";
  private static final Sought PATIENT = new Sought(List.of(new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X")), "张{from}伟",
      LocalDate.of(1949, 12, 31));
  private static final Offer OFFER = new Offer(Kind.HANDWRITING, "S1", List.of(), Set.of(Section.RESULTS, Section.ALLERGIES), null,
      Instant.parse("2027-02-26T02:00:00Z"), "H-0104", null, false, "N1");

  private static Agreement of(String text) throws Exception {
    return Agreement.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void names_patient_signer_sections_hospital_and_times_and_how_to_withdraw() {
    String text = Agreement.shipped().text(OFFER, PATIENT, "合成医院", Instant.parse("2026-11-28T02:00:00Z"));
    assertThat(text).contains("版本 Version: 2026-11").contains("张{from}伟").contains("002X").doesNotContain("11010519491231002X")
        .contains("患者本人").contains("授权编号 Number: S1").contains("· 过敏 allergies\n· 检验检查结果 results").doesNotContain("medications")
        .contains("同意合成医院").contains("自 2026-11-28 10:00 起，至 2027-02-26 10:00 止").contains("撤回").contains("withdraw");
    assertThat(Agreement.shipped().text(OFFER.by(new Guardian("王母", "母亲")), PATIENT, "合成医院", Instant.EPOCH)).contains("监护人 guardian 王母（母亲）");
  }

  @Test
  void may_be_the_hospitals_own_if_it_says_all_of_that() throws Exception {
    assertThat(of(OWN).version()).isEqualTo("3.1");
    assertThat(of("\uFEFF" + OWN.replace("\n", "\r\n")).version()).isEqualTo("3.1");
    assertThat(of(OWN + " {reference}").text(OFFER, PATIENT, "合成医院", Instant.EPOCH)).endsWith("S1");
    for (String needed : List.of("patient", "signer", "hospital", "sections", "from", "until")) {
      assertThatThrownBy(() -> of(OWN.replace("{" + needed + "}", ""))).isInstanceOf(Agreement.Unusable.class).hasMessage("it lacks {" + needed + "}");
    }
    assertThatThrownBy(() -> of(OWN + "{name}")).hasMessage("it names an unknown {name}");
    assertThatThrownBy(() -> of(OWN.substring(OWN.indexOf('\n')))).hasMessageContaining("first line");
    assertThatThrownBy(() -> of("")).hasMessageContaining("first line");
    assertThatThrownBy(() -> of(OWN + " ".repeat(Agreement.BYTES_MAX))).hasMessageContaining("64 KiB");
    assertThatThrownBy(() -> Agreement.of(OWN.getBytes(Charset.forName("GB18030")))).hasMessageContaining("UTF-8");
  }
}
