package io.emrgateway.routes.core.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.emrgateway.routes.core.lookup.Consents.Outcome;
import io.emrgateway.routes.core.lookup.KeepObjection.Offer;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.records.Identifier;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An objection that is offered")
class KeepObjectionTest {
  private static final Instant NOW = Instant.parse("2026-11-28T02:00:00.123456Z");
  private static final Identifier OWN = new Identifier("urn:emr-gateway:H-0104:patient:HIS", "P1");
  private static final Identifier OTHERS = new Identifier("urn:emr-gateway:H-0104:patient:HIS", "P2");
  private static final Identifier RESIDENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");

  private final List<Objection> kept = new ArrayList<>();
  private final LookUp.Patients patients = new LookUp.Patients() {
    @Override
    public Optional<LookUp.File> known(List<Identifier> patient) {
      Sought found = patient.contains(OWN) ? new Sought(List.of(RESIDENT), "张伟", null)
          : patient.contains(OTHERS) ? new Sought(List.of(new Identifier("urn:passport", "X1")), "李四", null) : null;
      return Optional.ofNullable(found).map(one -> new LookUp.File(one, number -> Optional.empty()));
    }

    @Override
    public boolean isContradictory(List<Identifier> patient) {
      return false;
    }
  };
  private final KeepObjection keepObjection = new KeepObjection(patients, objection -> {
    if (kept.stream().anyMatch(one -> one.reference().equals(objection.reference()))) {
      return Outcome.REFERENCE_TAKEN;
    }
    kept.add(objection);
    return Outcome.DONE;
  }, Clock.fixed(NOW, ZoneOffset.UTC));

  private static Offer offer(String reference, Identifier patient, Guardian guardian, String reason, String by) {
    return new Offer(reference, List.of(List.of(patient)), Set.of(), guardian, reason, by);
  }

  private ConsentRule refused(Offer offer) {
    int before = kept.size();
    ConsentRefused refused = catchThrowableOfType(ConsentRefused.class, () -> keepObjection.keep(offer));
    assertThat(kept).hasSize(before);
    return refused.rule();
  }

  @Test
  void is_kept_under_the_numbers_that_other_hospitals_know_and_is_to_everything_unless_it_names_sections() {
    Objection wholly = keepObjection.keep(offer("JJ-1", OWN, null, null, "N2001"));
    assertThat(wholly.patient()).containsExactly(RESIDENT);
    assertThat(wholly.sections()).containsExactlyInAnyOrder(Section.values());
    assertThat(wholly.at()).isEqualTo(Instant.parse("2026-11-28T02:00:00.123Z"));
    assertThat(wholly.isThePatients()).isTrue();
    Objection some = keepObjection.keep(new Offer("JJ-2", List.of(List.of(OWN)), Set.of(Section.REPORTS), new Guardian("张母", "母亲"), "本院在查", "N2001"));
    assertThat(some.sections()).containsExactly(Section.REPORTS);
    assertThat(some.isThePatients()).isFalse();
    assertThat(kept).containsExactly(wholly, some);
    assertThat(some + offer("JJ-3", OWN, null, null, "N1").toString()).doesNotContain("P1", "110105", "张母", "在查");
  }

  @Test
  void is_refused_without_number_patient_or_who_takes_it_down() {
    keepObjection.keep(offer("JJ-1", OWN, null, null, "N2001"));
    assertThat(refused(offer("JJ-1", OWN, null, null, "N2001"))).isEqualTo(ConsentRule.REFERENCE_TAKEN);
    assertThat(refused(offer(" ", OWN, null, null, "N2001"))).isEqualTo(ConsentRule.REFERENCE_MISSING);
    assertThat(refused(offer("a\nb", OWN, null, null, "N2001"))).isEqualTo(ConsentRule.FORM);
    assertThat(refused(offer("JJ-2", RESIDENT, null, null, "N2001"))).isEqualTo(ConsentRule.PATIENT_UNKNOWN);
    assertThat(refused(new Offer("JJ-2", List.of(List.of(OWN), List.of(OTHERS)), Set.of(), null, null, "N2001"))).isEqualTo(ConsentRule.PATIENTS_DIFFER);
    assertThat(refused(offer("JJ-2", OWN, null, null, "N 1"))).isEqualTo(ConsentRule.FORM);
    assertThat(refused(offer("JJ-2", OWN, null, "", "N1"))).as("a reason that is none").isEqualTo(ConsentRule.FORM);
    assertThat(refused(offer("JJ-2", OWN, new Guardian("张母", null), null, "N1"))).isEqualTo(ConsentRule.GUARDIAN_MISSING);
  }
}
