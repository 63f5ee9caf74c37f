package io.emrgateway.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.Unmapped;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.delivery.Admitted;
import io.emrgateway.routes.core.delivery.Attempts;
import io.emrgateway.routes.core.delivery.Translated;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A message under translation")
class TranslateTest {
  private static final Mapping SHIPPED = Mapping.shipped();
  private static final Mapping OWN = Mapping.shippedWith(
      Map.of("tables/sex.yaml", "table: AdministrativeSex\nsource: this HIS\ncodes: {公: male}\n"));
  private static final String TEXT = "MSH|^~\\&|HIS|G|E|E|20260101080000||ADT^A01|C1|P|2.4\rPID|1||77^^^RM^PI||甲^乙|||公\rZPI|1|5\r";

  /** How: the rules are replaced while the first message is being converted, at the moment its leftovers are told. */
  @Test
  void is_finished_with_the_rules_it_began_with_and_the_next_one_begins_with_those_in_force() {
    AtomicReference<Translate.Rules> inForce = new AtomicReference<>(rules(SHIPPED, "old"));
    List<String> told = new ArrayList<>();
    Translate translate = new Translate(inForce::get, (message, version) -> {
      inForce.set(rules(OWN, "new"));
      told.add(message.number() + " " + version);
      return NOBODY;
    }, Attempts.FORGETFUL, NOTHING, Headroom.ofHeap(160 << 20), UNNOTICED);

    List<Translated> both = translate.all(List.of(admitted(1, TEXT), admitted(2, TEXT)));

    assertThat(both).extracting(Translated::config).containsExactly("old", "new");
    assertThat(new String(both.get(0).body(), StandardCharsets.UTF_8)).doesNotContain("\"gender\":\"male\"");
    assertThat(new String(both.get(1).body(), StandardCharsets.UTF_8)).contains("\"gender\":\"male\"");
    assertThat(told).containsExactly("1 " + SHIPPED.version(), "2 " + OWN.version());
  }

  @Test
  void tells_what_no_rule_has_a_use_for_and_nothing_when_it_is_quarantined() {
    List<String> fields = new ArrayList<>();
    Translate translate = new Translate(() -> rules(SHIPPED, "c"), (message, version) -> new Unmapped() {
      @Override
      public void field(String type, String segment, int field, Part value) {
        fields.add(message.source() + " " + type + " " + segment + "-" + field);
      }

      @Override
      public void code(String table, String code, String display) {
        fields.add(table + " " + code);
      }
    }, Attempts.FORGETFUL, NOTHING, Headroom.ofHeap(160 << 20), UNNOTICED);

    Translated quarantined = translate.translate(admitted(1, TEXT.replace("PID|", "ZID|")));
    assertThat(quarantined.code()).isEqualTo("mapping.no-patient");
    assertThat(quarantined.config()).isNull();
    assertThat(fields).isEmpty();
    translate.translate(admitted(2, TEXT));
    assertThat(fields).contains("his ADT^A01 ZPI-2", "AdministrativeSex 公");
  }

  @Test
  void that_is_large_is_noted_while_it_lasts_and_a_small_one_is_not() {
    List<String> noted = new ArrayList<>();
    Translate translate = new Translate(() -> rules(SHIPPED, "c"), (message, version) -> {
      noted.add("converted");
      return NOBODY;
    }, new Attempts() {
      @Override
      public boolean begin(long number) {
        return noted.add("begin " + number);
      }

      @Override
      public void end(long number) {
        noted.add("end " + number);
      }
    }, NOTHING, Headroom.ofHeap(160 << 20), UNNOTICED);
    translate.translate(admitted(7, TEXT + "NTE|1||" + "x".repeat(40_000) + "\r"));
    translate.translate(admitted(8, TEXT));
    assertThat(noted).containsExactly("begin 7", "converted", "end 7", "converted");
  }

  @Test
  void that_the_process_did_not_survive_twice_is_quarantined() {
    Translate translate = new Translate(() -> rules(SHIPPED, "c"), (message, version) -> NOBODY, new Attempts() {
      @Override
      public boolean begin(long number) {
        return false;
      }

      @Override
      public void end(long number) {}
    }, NOTHING, Headroom.ofHeap(160 << 20), UNNOTICED);
    assertThat(translate.translate(admitted(7, TEXT + "NTE|1||" + "x".repeat(40_000) + "\r")).code()).isEqualTo("mapping.process-died");
  }

  @Test
  void leaves_what_memory_has_no_room_for_to_the_next_time() {
    Translate translate = new Translate(() -> rules(SHIPPED, "c"), (message, version) -> NOBODY, Attempts.FORGETFUL, NOTHING, Headroom.ofHeap(160 << 20), UNNOTICED);
    String report = "MSH|^~\\&|HIS|G|E|E|20260101080000||ORU^R01|C1|P|2.4\rPID|1||77^^^RM^PI||甲^乙\rOBR|1|1|1|A^甲\rOBX|1|TX|B^乙||"
        + "x".repeat(3 << 20) + "||||||F\r";
    List<Admitted> messages = List.of(admitted(1, report), admitted(2, report), admitted(3, report), admitted(4, report));
    assertThat(translate.all(messages)).extracting(one -> one.message().number()).containsExactly(1L, 2L);
  }

  @Test
  void that_comes_late_creates_what_later_ones_have_written_and_overwrites_none_of_it() {
    String patient = "Patient?identifier=urn%3Aemr-gateway%3AH-0104%3Apatient-record%7C";
    List<String> asked = new ArrayList<>();
    Translate translate = new Translate(() -> rules(SHIPPED, "c"), (message, version) -> NOBODY, Attempts.FORGETFUL, (message, subjects) -> {
      asked.add(message.number() + " " + subjects.persons().get(0).identifiers().get(0).value());
      return Set.of(patient + subjects.persons().get(0).key().value());
    }, Headroom.ofHeap(160 << 20), UNNOTICED);
    String text = TEXT.replace("ZPI|1|5", "PV1|1|I|W1||||||||||||||||ZY1");

    String inTime = new String(translate.translate(admitted(1, text)).body(), StandardCharsets.UTF_8);
    assertThat(inTime).contains("\"method\":\"PUT\",\"url\":\"" + patient).doesNotContain("\"ifNoneExist\":\"identifier=urn%3Aemr-gateway%3AH-0104%3Apatient-record");
    assertThat(asked).isEmpty();

    String late = new String(translate.translate(repaired(2, text)).body(), StandardCharsets.UTF_8);
    assertThat(late).doesNotContain(patient).contains("\"method\":\"POST\",\"url\":\"Patient\",\"ifNoneExist\":\"" + patient.substring(8));
    assertThat(late).as("nobody has written the visit since").contains("\"method\":\"PUT\",\"url\":\"Encounter?identifier=");
    assertThat(asked).containsExactly("2 77");
  }

  @Test
  void that_goes_on_with_something_wrong_in_it_is_told_with_code_and_place() {
    List<String> told = new ArrayList<>();
    Translate translate = new Translate(() -> rules(SHIPPED, "c"), (message, version) -> NOBODY, Attempts.FORGETFUL, NOTHING,
        Headroom.ofHeap(160 << 20), (message, finding) -> told.add(message.number() + " " + finding.code() + " " + finding.place()));

    assertThat(translate.translate(admitted(7, TEXT.replace("77^^^RM^PI", "77^^^RM^PI~110105194912310021^^^GA^NI"))).code()).isNull();
    assertThat(told).contains("7 mapping.resident-id-contradictory PID-3");
    told.clear();
    translate.translate(admitted(8, TEXT.replace("|||公", "")));
    translate.translate(admitted(9, TEXT.replace("PID|", "ZID|")));
    assertThat(told).as("nothing wrong, or in quarantine").isEmpty();
  }

  private static final Translate.Noticed UNNOTICED = (message, finding) -> { };
  private static final Translate.Later NOTHING = (message, subjects) -> Set.of();

  private static final Unmapped NOBODY = new Unmapped() {
    @Override
    public void field(String type, String segment, int field, Part value) {}

    @Override
    public void code(String table, String code, String display) {}
  };

  private static Translate.Rules rules(Mapping mapping, String config) {
    return new Translate.Rules(mapping, Map.of(),
        new Translate.SourceRules(CharsetPolicy.of("detect"), Site.standard("H-0104")), config);
  }

  private static Admitted admitted(long i, String text) {
    return admitted(i, text, false);
  }

  private static Admitted repaired(long i, String text) {
    return admitted(i, text, true);
  }

  private static Admitted admitted(long i, String text, boolean repaired) {
    return new Admitted(i, "his", Instant.now(), new byte[32], text.getBytes(StandardCharsets.UTF_8), "UTF-8", "ADT^A01", "C1",
        null, "", repaired);
  }
}
