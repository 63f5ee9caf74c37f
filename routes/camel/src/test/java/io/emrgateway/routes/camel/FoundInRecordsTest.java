package io.emrgateway.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is found of a patient")
class FoundInRecordsTest {
  private static final Sought ZHANG = new Sought(List.of(new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X")), "张伟", null);
  private static final Scope RESULTS = new Scope(Set.of(Section.RESULTS), LocalDate.of(2026, 9, 1), LocalDate.of(2026, 11, 28));
  private static final Window WINDOW = new Window(LocalDate.of(2026, 9, 1), LocalDate.of(2026, 11, 28));

  private final List<byte[]> kept = new ArrayList<>();
  private final FoundInRecords found = new FoundInRecords("H-0104", new Records() {
    @Override
    public List<Record> about(List<Identifier> identifiers, long afterInput) {
      List<Record> all = new ArrayList<>();
      kept.forEach(one -> all.add(new Record(all.size() + 1, all.size() + 1, Instant.EPOCH, one)));
      return all;
    }

    @Override
    public Optional<VisitState> visit(Identifier visit, List<Identifier> patient) {
      throw new AssertionError();
    }
  }, org -> "合成医院");

  private static byte[] bundle(String resident, String number, String value) {
    return Mapping.shipped().map("MSH|^~\\&|LIS|RM|G|E|20261120080000||ORU^R01|C1|P|2.4\r"
        + "PID|1||" + number + "^^^RM^PI~" + resident + "^^^GA^NI||张伟||19491231|F\r"
        + "OBR|1|P" + number + "^HIS|F" + number + "^LIS|XCG^血常规^L|||20261120060005\r"
        + "OBX|1|NM|6690-2^白细胞计数^LN||" + value + "|10*9/L|3.50-9.50|N|||F|||20261120080000\r", Site.standard("H-0104"), "b").bundle();
  }

  @Test
  void is_this_patients_alone_by_number_section_and_day_and_names_its_hospital() {
    kept.add(bundle("11010519491231002X", "1", "5.5"));
    kept.add(bundle("110105194912310038", "2", "7.7"));
    String here = text(found.here(ZHANG, RESULTS, WINDOW));
    assertThat(here).contains("5.5").contains("urn:emr-gateway:H-0104").doesNotContain("7.7");
    assertThat(found.here(ZHANG, new Scope(Set.of(Section.ALLERGIES), RESULTS.since(), RESULTS.until()), WINDOW)).isEmpty();
    assertThat(found.here(ZHANG, RESULTS, new Window(LocalDate.of(2026, 11, 21), LocalDate.of(2026, 11, 28)))).isEmpty();
    assertThat(text(found.there("H-0105", kept, ZHANG, RESULTS, WINDOW))).contains("5.5").contains("urn:emr-gateway:H-0105").doesNotContain("7.7");
  }

  @Test
  void is_all_but_a_bundle_that_cannot_be_read() {
    kept.add("{".getBytes(StandardCharsets.UTF_8));
    kept.add(bundle("11010519491231002X", "1", "5.5"));
    assertThat(text(found.here(ZHANG, RESULTS, WINDOW))).contains("5.5");
  }

  @Test
  void has_a_digest_that_tells_bundles_and_their_order_apart() {
    byte[] one = {1};
    byte[] two = {2};
    assertThat(found.digest(List.of(one, two))).hasSize(64).isNotEqualTo(found.digest(List.of(two, one)))
        .isNotEqualTo(found.digest(List.of(new byte[] {1, 2})));
  }

  private static String text(List<byte[]> bundles) {
    StringBuilder all = new StringBuilder();
    bundles.forEach(one -> all.append(new String(one, StandardCharsets.UTF_8)));
    return all.toString();
  }
}
