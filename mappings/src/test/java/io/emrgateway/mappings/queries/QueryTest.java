package io.emrgateway.mappings.queries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.mappings.About.Identifier;
import io.emrgateway.mappings.Samples;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.queries.QueryRefused.Reason;
import io.emrgateway.mappings.records.Section;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A query")
class QueryTest {
  private static final Query.Number NUMBER = new Query.Number("0001234567", "RMYY", null, null, "PI");

  private static Query read(String text) {
    return Asking.reply(text, "UTF-8").query();
  }

  @Test
  void by_filter_says_who_asks_for_whom_and_for_what() {
    Query query = read(Asking.r02("2.4"));

    assertThat(query.kind()).isEqualTo(Kind.R02);
    assertThat(query.tag()).isEqualTo("Q-0001");
    assertThat(query.numbers()).containsExactly(NUMBER);
    assertThat(query.doctor()).isEqualTo(new Query.Staff("D1001", "李明"));
    assertThat(query.department()).isEqualTo("心血管内科");
    assertThat(query.visit()).isEqualTo("ZY900");
    assertThat(query.confirmed()).isEqualTo(Instant.parse("2026-11-28T00:59:00Z"));
    assertThat(query.emergency()).isNull();
    assertThat(query.sections()).isEqualTo(EnumSet.of(Section.RESULTS, Section.REPORTS));
    assertThat(query.since()).isEqualTo(LocalDate.of(2026, 9, 1));
    assertThat(query.until()).isEqualTo(LocalDate.of(2026, 11, 28));
    assertThat(query.limit()).isEqualTo(50);
    assertThat(query.pointer()).isNull();
  }

  @Test
  void by_parameter_says_the_same_in_other_places() {
    Query query = read(Asking.q11("2.5.1", "allergies~medications|20260901|20261128", "10^RD").replace("|||||D1001", "|||D1001")
        .replace("RCP|", "DSC|P-7|I\rRCP|"));

    assertThat(query.kind()).isEqualTo(Kind.Q11);
    assertThat(query.numbers()).containsExactly(NUMBER);
    assertThat(query.doctor()).isEqualTo(new Query.Staff("D1001", "李明"));
    assertThat(query.confirmed()).isEqualTo(Instant.parse("2026-11-28T00:59:00Z"));
    assertThat(query.sections()).isEqualTo(EnumSet.of(Section.ALLERGIES, Section.MEDICATIONS));
    assertThat(query.since()).isEqualTo(LocalDate.of(2026, 9, 1));
    assertThat(query.limit()).isEqualTo(10);
    assertThat(query.pointer()).isEqualTo("P-7");
  }

  @Test
  void of_an_emergency_names_reason_and_second_person() {
    Query.Emergency emergency = new Query.Emergency("昏迷；无家属", new Query.Staff("D1002", "王芳"));

    assertThat(read(Asking.q11("2.5").replace("+0800\rRCP", "+0800|昏迷；无家属|D1002^王^芳\rRCP")).emergency())
        .isEqualTo(emergency);
    assertThat(read(Asking.a19("2.4").replace("+0800\r", "+0800~reason=昏迷；无家属~second=D1002~second-name=王芳\r")).emergency())
        .isEqualTo(emergency);
  }

  @Test
  void for_candidates_makes_one_number_and_a_name_of_its_pairs() {
    Query query = read(Asking.q22("2.4"));

    assertThat(query.numbers()).containsExactly(NUMBER);
    assertThat(query.name()).isEqualTo("欧阳锋");
    assertThat(query.birthDate()).isEqualTo(LocalDate.of(1949, 12, 31));
  }

  @Test
  void finds_its_patient_under_the_identifiers_that_pid_3_gets_in_our_records() {
    Site site = new Site("H-0104", Site.standard("H-0104").zone(), "urn:emr-gateway:H-0104", "RMYY", Map.of("SB", "urn:oid:1.2.156.99"));
    String numbers = "0001234567^^^RMYY^PI~11010519491231002X^^^GA^NNCHN~7^^^SB^HC~8^^^&2.16.156.1.1.9&ISO^MR~9";
    Query query = read(Asking.q11("2.5").replace("0001234567^^^RMYY^PI", numbers));
    List<Identifier> asked = Identifiers.of(query, Samples.MAPPING, site);
    List<Identifier> kept = Samples.MAPPING.map("MSH|^~\\&|HIS|RMYY|||20261128||ADT^A04|1|P|2.4\rPID|1||" + numbers + "||欧阳锋\rPV1|1|O\r",
        site, "b").about().patients().get(0).identifiers();

    assertThat(asked).hasSize(5).isSubsetOf(kept)
        .contains(new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X"), new Identifier("urn:oid:1.2.156.99", "7"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', nullValues = "-", value = {
      "QRY^A19;QRY^PC4;query.unsupported;MSH-9", "QRY^A19;QBP^Q99;query.unsupported;MSH-9",
      "QRD|;ZRD|;query.field-missing;QRD", "|R|I|;|D|I|;query.field-unusable;QRD-2", "|R|I|;|R|D|;query.field-unusable;QRD-3",
      "Q-0001;-;query.field-missing;QRD-4", "50^RD;0^RD;query.field-unusable;QRD-7", "50^RD;5^LI;query.field-unusable;QRD-7",
      "50^RD;-1;query.field-unusable;QRD-7", "50^RD;9999999999;query.field-unusable;QRD-7",
      "0001234567^欧阳^锋^^^^^^RMYY^^^^PI;-;query.field-missing;QRD-8", "DEM;XYZ;query.code-unknown;QRD-9",
      "DEM;medications;query.not-in-this-answer;QRD-9", "QRF|;ZRF|;query.field-missing;QRF", "doctor=D1001~;-;query.field-missing;QRF-5",
      "doctor-name=李明~;-;query.field-missing;QRF-5", "department=心血管内科~;-;query.field-missing;QRF-5", "visit=ZY900~;-;query.field-missing;QRF-5",
      "confirmed=20261128085900;confirmed=20261128;query.field-unusable;QRF-5",
      "confirmed=20261128085900;confirmed=20261399085900;query.field-unusable;QRF-5", "085900+0800;085900+9900;query.field-unusable;QRF-5",
      "visit=;visitt=;query.code-unknown;QRF-5", "QRF|RMYY||;QRF|RMYY|2026|;query.field-unusable;QRF-2"})
  void by_filter_that_is_wrong_is_told_where(String right, String wrong, String code, String place) {
    String text = Asking.a19("2.4");
    assertThat(text).contains(right);

    assertRefused(text.replace(right, wrong == null ? "" : wrong), code, place);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', nullValues = "-", value = {
      "QPD|;ZPD|;query.field-missing;QPD", "ZEMRGW;Z34;query.code-unknown;QPD-1", "Q-0001;-;query.field-missing;QPD-2",
      "0001234567^^^RMYY^PI;-;query.field-missing;QPD-3", "D1001^李明;-;query.field-missing;QPD-9", "D1001^李明;D1001;query.field-missing;QPD-9",
      "心血管内科;-;query.field-missing;QPD-10", "ZY900;-;query.field-missing;QPD-11", "20261128085900+0800;20261128;query.field-unusable;QPD-12",
      "PI||;PI|everything|;query.code-unknown;QPD-4", "PI||;PI||20261301;query.field-unusable;QPD-5", "RCP|;ZCP|;query.field-missing;RCP",
      "RCP|I;RCP|D;query.field-unusable;RCP-1", "50^RD;50^CH;query.field-unusable;RCP-2"})
  void by_parameter_that_is_wrong_is_told_where(String right, String wrong, String code, String place) {
    String text = Asking.q11("2.5");
    assertThat(text).contains(right);

    assertRefused(text.replace(right, wrong == null ? "" : wrong), code, place);
  }

  @ParameterizedTest
  @CsvSource({"@PID.3.1^1,query.field-missing", "@PID.5.1^欧阳锋,query.field-missing", "@PID.3.1^1~@PID.5.1^甲~@PID.8^F,query.code-unknown",
      "@PID.3.1^1~@PID.3.1^2~@PID.7^19491231,query.field-unusable"})
  void for_candidates_that_asks_for_too_little_or_for_what_is_not_compared_is_refused(String demographics, String code) {
    assertRefused(Asking.q22("2.5", demographics), code, "QPD-3");
  }

  private static void assertRefused(String text, String code, String place) {
    assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(QueryRefused.class, refused -> {
      assertThat(refused.reason().code()).isEqualTo(code);
      assertThat(refused.place()).isEqualTo(place);
      assertThat(refused.getMessage()).isEqualTo(code + " at " + place);
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void that_was_garbled_is_read_or_refused_and_always_answered(int seed) {
    Random chance = new Random(seed);
    List<String> queries = List.of(Asking.a19("2.3.1"), Asking.r02("2.4"), Asking.q11("2.5"), Asking.q22("2.5.1"));
    for (int n = 0; n < 5_000; n++) {
      StringBuilder text = new StringBuilder(queries.get(n % queries.size()));
      for (int k = chance.nextInt(6); k >= 0; k--) {
        int at = 8 + chance.nextInt(text.length() - 8);
        switch (chance.nextInt(4)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, "|^~\\&\r\n=0".charAt(chance.nextInt(9)));
          case 2 -> text.setCharAt(at, (char) (chance.nextInt(0x250) + 1));
          default -> text.insert(at, text.substring(at, Math.min(text.length(), at + chance.nextInt(40))));
        }
      }
      Reply reply = Hl7Message.read(text.toString()).map(read ->
          new Reply(read, Asking.CHINA, java.nio.charset.StandardCharsets.UTF_8, "A", "20261128")).orElseThrow();
      String answer;
      try {
        reply.query();
        answer = reply.objection(new QueryRefused(Reason.POINTER_UNKNOWN, "DSC-1").objection());
      } catch (QueryRefused refused) {
        answer = reply.objection(refused.objection());
      }
      assertThat(Hl7Message.read(answer).orElseThrow().first("MSA").field(1).text()).isEqualTo("AR");
    }
  }
}
