package io.emrgateway.mappings;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.About.Identifier;
import io.emrgateway.mappings.About.Person;
import io.emrgateway.mappings.About.Visit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Whom a bundle is about")
class AboutTest {
  private static final Site SITE = Site.standard("H-0104");
  private static final String ADMITTED =
      "MSH|^~\\&|HIS|RMYY|G|E|20261120080000||ADT^A01|1|P|2.4\r"
          + "PID|1||0001234567^^^RMYY^PI~11010519491231002X^^^GA^NI||张伟||19491231|F\r"
          + "PV1|1|I|0301^301^02||||||||||||||||ZY1^^^RMYY^VN|||||||||||||||||||||||||20261120075500\r";

  private static About of(String message) {
    return Mapping.shipped().map(message, SITE, "b").about();
  }

  @Test
  void is_the_patient_under_every_number_and_the_visit_with_its_state() {
    About about = of(ADMITTED);

    Person patient = about.patients().get(0);
    assertThat(patient.identifiers()).contains(
        new Identifier("urn:emr-gateway:H-0104:patient:RMYY", "0001234567"),
        new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X"), patient.key());
    assertThat(patient.replacedBy()).isNull();
    Visit visit = about.visits().get(0);
    assertThat(visit.identifiers()).contains(new Identifier("urn:emr-gateway:H-0104:visit:RMYY", "ZY1"), visit.key());
    assertThat(visit.patient()).isEqualTo(patient.key());
    assertThat(visit.status()).isEqualTo("in-progress");
    assertThat(visit.kind()).isEqualTo("IMP");
    assertThat(visit.begins()).isEqualTo("2026-11-20T07:55:00+08:00");
    assertThat(visit.ends()).isNull();
    assertThat(visit.onlyNamed()).isFalse();
  }

  @Test
  void is_the_same_in_every_message_about_the_same_patient_and_visit() {
    About left = of(ADMITTED.replace("A01", "A03").replace("20261120075500", "20261120075500|20261123100000"));

    assertThat(left.patients().get(0).key()).isEqualTo(of(ADMITTED).patients().get(0).key());
    assertThat(left.visits().get(0).key()).isEqualTo(of(ADMITTED).visits().get(0).key());
    assertThat(left.visits().get(0).status()).isEqualTo("finished");
    assertThat(left.visits().get(0).ends()).isEqualTo("2026-11-23T10:00:00+08:00");
  }

  @Test
  void is_both_records_of_a_merge_and_which_of_them_stands() {
    About about = of("MSH|^~\\&|HIS|RMYY|G|E|20261120080000||ADT^A40|2|P|2.4\r"
        + "PID|1||0001234567^^^RMYY^PI||张伟||19491231|F\rMRG|0007654321^^^RMYY^PI\r");

    Person stands = about.patients().get(0);
    Person retired = about.patients().get(1);
    assertThat(retired.identifiers()).contains(new Identifier("urn:emr-gateway:H-0104:patient:RMYY", "0007654321"));
    assertThat(retired.replacedBy()).isEqualTo(stands.key());
    assertThat(stands.replacedBy()).isNull();
  }

  @Test
  void is_nobody_where_there_is_no_bundle() {
    assertThat(of("MSH|^~\\&|HIS|RMYY|G|E|20261120080000||XYZ^Z99|3|P|2.4\r")).isEqualTo(About.NOBODY);
  }
}
