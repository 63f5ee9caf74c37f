package io.emrgateway.routes.core.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.emrgateway.routes.core.lookup.KeepConsent.Offer;
import io.emrgateway.routes.core.lookup.KeepConsent.Policy;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.records.Identifier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A consent that is offered")
class KeepConsentTest {
  private static final Instant NOW = Instant.parse("2026-11-28T02:00:00.123456Z");
  private static final Identifier OWN = new Identifier("urn:emr-gateway:H-0104:patient:HIS", "P1");
  private static final Identifier RESIDENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");
  private static final Identifier CHILDS = new Identifier("urn:emr-gateway:H-0104:patient:HIS", "P2");
  private static final Identifier UNBORN = new Identifier("urn:emr-gateway:H-0104:patient:HIS", "P3");
  private static final byte[] PDF = "%PDF-1.7 a scan".getBytes(StandardCharsets.US_ASCII);
  private static final Scan SCAN = new Scan(PDF, "application/pdf", null);
  private static final Guardian MOTHER = new Guardian("王母", "母亲");

  private final List<Consent> kept = new ArrayList<>();
  private boolean withdrawn;
  private boolean used;
  private Set<Kind> kinds = EnumSet.of(Kind.PAPER, Kind.HANDWRITING, Kind.GUARDIAN);

  private static final Identifier CONTRADICTORY = new Identifier("urn:emr-gateway:H-0104:patient", "0007654321");
  private final LookUp.Patients patients = new LookUp.Patients() {
    @Override
    public Optional<LookUp.File> known(List<Identifier> patient) {
      return sought(patient).map(one -> new LookUp.File(one, number -> {
        throw new AssertionError();
      }));
    }

    private Optional<Sought> sought(List<Identifier> patient) {
      return patient.contains(OWN) || patient.contains(RESIDENT)
          ? Optional.of(new Sought(List.of(RESIDENT), "张伟", LocalDate.of(1949, 12, 31)))
          // Fourteen on 1 January 2027.
          : patient.contains(CHILDS) ? Optional.of(new Sought(List.of(new Identifier(RESIDENT.system(), "110105201301010016")), "王小", LocalDate.of(2013, 1, 1)))
          : patient.contains(UNBORN) ? Optional.of(new Sought(List.of(new Identifier("urn:passport", "X1")), "李四", null)) : Optional.empty();
    }

    @Override
    public boolean isContradictory(List<Identifier> patient) {
      return patient.contains(CONTRADICTORY);
    }
  };

  private KeepConsent keepConsent() {
    return new KeepConsent(new Policy("H-0104", kinds, Duration.ofDays(365)), patients, new NoConsents() {
      @Override
      public boolean isWithdrawn(String evidence) {
        return withdrawn;
      }

      @Override
      public Outcome keep(Consent consent, byte[] evidence) {
        if (kept.stream().anyMatch(one -> one.reference().equals(consent.reference()))) {
          return Outcome.REFERENCE_TAKEN;
        }
        if (used) {
          return Outcome.EVIDENCE_USED;
        }
        kept.add(consent);
        return Outcome.DONE;
      }
    }, evidence -> "%064x".formatted(evidence.length), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static Offer paper() {
    return new Offer(Kind.PAPER, "XY-1", List.of(List.of(OWN)), Set.of(Section.RESULTS), null, NOW.plus(Duration.ofDays(90)), "H-0104",
        null, false, "N2001");
  }

  private static Offer of(Identifier patient, Kind kind, Guardian guardian, boolean incapacitated, Instant to) {
    return new Offer(kind, "XY-1", List.of(List.of(patient)), Set.of(Section.RESULTS), null, to, "H-0104", guardian, incapacitated, "N2001");
  }

  private static Offer about(List<List<Identifier>> patient) {
    return new Offer(Kind.PAPER, "XY-1", patient, Set.of(Section.RESULTS), null, NOW.plusSeconds(60), "H-0104", null, false, "N2001");
  }

  private static Offer within(Instant from, Instant to) {
    return new Offer(Kind.PAPER, "XY-1", List.of(List.of(OWN)), Set.of(Section.RESULTS), from, to, "H-0104", null, false, "N2001");
  }

  private static ConsentRule refused(Supplier<?> offered) {
    ConsentRefused refused = catchThrowableOfType(ConsentRefused.class, offered::get);
    return refused == null ? null : refused.rule();
  }

  private ConsentRule refused(Offer offer) {
    ConsentRule rule = refused(() -> keepConsent().onPaper(offer, SCAN));
    assertThat(kept.isEmpty()).as("kept").isEqualTo(rule != null);
    return rule;
  }

  @Test
  void is_kept_under_the_numbers_that_other_hospitals_know_with_the_hash_of_its_evidence() {
    Consent consent = keepConsent().onPaper(paper(), SCAN);
    assertThat(kept).containsExactly(consent);
    assertThat(consent.patient()).containsExactly(RESIDENT);
    assertThat(consent.evidence()).isEqualTo("%064x".formatted(PDF.length));
    assertThat(consent.grantedAt()).as("milliseconds, as on the wire").isEqualTo(Instant.parse("2026-11-28T02:00:00.123Z"));
    assertThat(paper() + consent.toString() + SCAN).doesNotContain("P1").doesNotContain("110105");
  }

  @Test
  void of_a_number_that_is_there_already_is_refused() {
    keepConsent().onPaper(paper(), SCAN);
    assertThat(refused(() -> keepConsent().onPaper(paper(), SCAN))).isEqualTo(ConsentRule.REFERENCE_TAKEN);
  }

  @Test
  void whose_scan_has_proved_anothers_is_refused() {
    used = true;
    assertThat(refused(paper())).isEqualTo(ConsentRule.EVIDENCE_USED);
  }

  @Test
  void for_a_patient_this_hospital_does_not_know_is_refused() {
    assertThat(refused(about(List.of(List.of(new Identifier("urn:x", "9")))))).isEqualTo(ConsentRule.PATIENT_UNKNOWN);
    assertThat(refused(about(List.of(List.of(CONTRADICTORY))))).isEqualTo(ConsentRule.PATIENT_CONTRADICTORY);
    assertThat(refused(about(List.of()))).isEqualTo(ConsentRule.PATIENT_UNKNOWN);
    assertThat(refused(about(List.of(List.of(OWN), List.of(new Identifier("urn:x", "9")))))).as("one of two numbers").isEqualTo(ConsentRule.PATIENT_UNKNOWN);
  }

  @Test
  void with_the_numbers_of_two_people_is_refused_and_with_two_of_one_taken() {
    assertThat(refused(about(List.of(List.of(OWN), List.of(CHILDS))))).isEqualTo(ConsentRule.PATIENTS_DIFFER);
    assertThat(refused(about(List.of(List.of(OWN), List.of(RESIDENT))))).isNull();
  }

  @Test
  void by_a_kind_that_this_hospital_does_not_take_is_refused() {
    assertThat(refused(of(OWN, Kind.HANDWRITING, null, false, NOW.plusSeconds(60)))).as("handwriting as a scan").isEqualTo(ConsentRule.KIND);
    kinds = EnumSet.of(Kind.HANDWRITING);
    assertThat(refused(paper())).isEqualTo(ConsentRule.KIND);
    assertThat(keepConsent().signedHere(of(OWN, Kind.HANDWRITING, null, false, NOW.plusSeconds(60)), new byte[] {'{'}).kind()).isEqualTo(Kind.HANDWRITING);
  }

  @Test
  void without_number_or_with_one_that_is_none_is_refused() {
    for (String none : new String[] {null, "", " "}) {
      assertThat(refused(new Offer(Kind.PAPER, none, List.of(List.of(OWN)), Set.of(Section.RESULTS), null, NOW.plusSeconds(60), "H-0104", null,
          false, "N2001"))).isEqualTo(ConsentRule.REFERENCE_MISSING);
    }
    for (String bad : List.of(" XY", "X\nY", "x".repeat(201))) {
      assertThat(refused(new Offer(Kind.PAPER, bad, List.of(List.of(OWN)), Set.of(Section.RESULTS), null, NOW.plusSeconds(60), "H-0104", null,
          false, "N2001"))).isEqualTo(ConsentRule.FORM);
    }
  }

  @Test
  void without_who_took_it_down_or_with_a_guardian_nobody_needs_is_of_the_wrong_form() {
    for (String nobody : new String[] {null, "", "a \"quote\"", "x".repeat(65)}) {
      assertThat(refused(new Offer(Kind.PAPER, "XY-1", List.of(List.of(OWN)), Set.of(Section.RESULTS), null, NOW.plusSeconds(60), "H-0104", null,
          false, nobody))).isEqualTo(ConsentRule.FORM);
    }
    assertThat(refused(of(OWN, Kind.PAPER, MOTHER, false, NOW.plusSeconds(60)))).isEqualTo(ConsentRule.FORM);
  }

  @Test
  void to_another_hospital_or_for_no_section_is_refused() {
    assertThat(refused(new Offer(Kind.PAPER, "XY-1", List.of(List.of(OWN)), Set.of(Section.RESULTS), null, NOW.plusSeconds(60), "H-0105", null,
        false, "N2001"))).isEqualTo(ConsentRule.GRANTEE);
    assertThat(refused(new Offer(Kind.PAPER, "XY-1", List.of(List.of(OWN)), Set.of(), null, NOW.plusSeconds(60), "H-0104", null,
        false, "N2001"))).isEqualTo(ConsentRule.SCOPE_EMPTY);
  }

  @Test
  void that_is_over_runs_backwards_or_lasts_longer_than_allowed_is_refused() {
    assertThat(refused(within(NOW.plusSeconds(60), NOW.plusSeconds(60)))).isEqualTo(ConsentRule.PERIOD);
    assertThat(refused(within(NOW.minusSeconds(60), NOW.minusSeconds(1)))).isEqualTo(ConsentRule.EXPIRED);
    assertThat(refused(within(null, NOW.plus(Duration.ofDays(365)).plusMillis(1)))).isEqualTo(ConsentRule.TOO_LONG);
    assertThat(refused(within(NOW.minus(Duration.ofDays(300)), NOW.plus(Duration.ofDays(66))))).isEqualTo(ConsentRule.TOO_LONG);
    assertThat(refused(within(NOW.minus(Duration.ofDays(300)), NOW.plus(Duration.ofDays(65))))).isNull();
  }

  @Test
  void by_a_child_under_fourteen_alone_is_refused_and_by_a_guardian_taken_until_the_birthday() {
    Instant birthday = Instant.parse("2026-12-31T16:00:00Z");
    assertThat(refused(of(CHILDS, Kind.PAPER, null, false, NOW.plusSeconds(60)))).isEqualTo(ConsentRule.MINOR);
    assertThat(refused(of(CHILDS, Kind.PAPER, null, true, NOW.plusSeconds(60)))).isEqualTo(ConsentRule.MINOR);
    assertThat(refused(of(CHILDS, Kind.GUARDIAN, null, false, NOW.plusSeconds(60)))).isEqualTo(ConsentRule.GUARDIAN_MISSING);
    assertThat(refused(of(CHILDS, Kind.GUARDIAN, new Guardian("王母", " "), false, NOW.plusSeconds(60)))).isEqualTo(ConsentRule.GUARDIAN_MISSING);
    assertThat(refused(of(CHILDS, Kind.GUARDIAN, MOTHER, false, birthday.plusMillis(1)))).isEqualTo(ConsentRule.TOO_LONG);
    assertThat(refused(of(CHILDS, Kind.GUARDIAN, MOTHER, false, birthday))).isNull();
  }

  @Test
  void by_the_guardian_of_somebody_who_is_of_age_needs_their_incapacity() {
    assertThat(refused(of(OWN, Kind.GUARDIAN, MOTHER, false, NOW.plusSeconds(60)))).isEqualTo(ConsentRule.GUARDIAN_NEEDLESS);
    assertThat(refused(of(OWN, Kind.GUARDIAN, MOTHER, true, NOW.plus(Duration.ofDays(365))))).isNull();
    assertThat(kept.get(0).incapacitated()).isTrue();
  }

  @Test
  void by_somebody_whose_age_nobody_knows_is_refused_unless_a_guardian_signs_for_their_incapacity() {
    assertThat(refused(of(UNBORN, Kind.PAPER, null, false, NOW.plusSeconds(60)))).isEqualTo(ConsentRule.BIRTH_DATE_UNKNOWN);
    assertThat(refused(of(UNBORN, Kind.GUARDIAN, MOTHER, false, NOW.plusSeconds(60)))).isEqualTo(ConsentRule.BIRTH_DATE_UNKNOWN);
    assertThat(refused(of(UNBORN, Kind.GUARDIAN, MOTHER, true, NOW.plusSeconds(60)))).isNull();
  }

  @Test
  void was_signed_at_the_age_of_its_first_day_not_of_the_day_it_is_taken_down() {
    KeepConsent afterTheBirthday = new KeepConsent(new Policy("H-0104", kinds, Duration.ofDays(365)), patients, new NoConsents(),
        evidence -> "", Clock.fixed(Instant.parse("2027-01-01T02:00:00Z"), ZoneOffset.UTC));
    Offer before = new Offer(Kind.PAPER, "XY-1", List.of(List.of(CHILDS)), Set.of(Section.RESULTS), Instant.parse("2026-12-31T15:59:59Z"),
        Instant.parse("2027-02-01T00:00:00Z"), "H-0104", null, false, "N2001");
    assertThat(refused(() -> afterTheBirthday.patient(before))).isEqualTo(ConsentRule.MINOR);
    Offer fourteen = new Offer(Kind.PAPER, "XY-1", List.of(List.of(CHILDS)), Set.of(Section.RESULTS), null,
        Instant.parse("2027-02-01T00:00:00Z"), "H-0104", null, false, "N2001");
    assertThat(refused(() -> afterTheBirthday.patient(fourteen))).isNull();
  }

  private ConsentRule refused(Scan scan) {
    ConsentRule rule = refused(() -> keepConsent().onPaper(paper(), scan));
    assertThat(kept.isEmpty()).as("kept").isEqualTo(rule != null);
    kept.clear();
    return rule;
  }

  @Test
  void with_a_scan_that_is_missing_too_large_no_scan_or_another_one_is_refused() throws Exception {
    byte[] large = new byte[Scan.BYTES_MAX + 1];
    System.arraycopy(PDF, 0, large, 0, 5);
    byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(PDF);
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(PDF);

    assertThat(refused(new Scan(null, "application/pdf", null))).isEqualTo(ConsentRule.EVIDENCE_MISSING);
    assertThat(refused(new Scan(new byte[0], "application/pdf", null))).isEqualTo(ConsentRule.EVIDENCE_MISSING);
    assertThat(refused(new Scan(large, "application/pdf", null))).isEqualTo(ConsentRule.EVIDENCE_TOO_LARGE);
    assertThat(refused(new Scan(PDF, null, null))).isEqualTo(ConsentRule.EVIDENCE_TYPE);
    assertThat(refused(new Scan(PDF, "image/png", null))).as("another type than it says").isEqualTo(ConsentRule.EVIDENCE_TYPE);
    assertThat(refused(new Scan("{}".getBytes(StandardCharsets.US_ASCII), "application/json", null))).isEqualTo(ConsentRule.EVIDENCE_TYPE);
    assertThat(refused(new Scan(PDF, "application/pdf", sha1.clone()))).isNull();
    assertThat(refused(new Scan(PDF, "application/pdf", sha256.clone()))).isNull();
    sha1[0] ^= 1;
    sha256[0] ^= 1;
    assertThat(refused(new Scan(PDF, "application/pdf", sha1))).isEqualTo(ConsentRule.EVIDENCE_DIGEST);
    assertThat(refused(new Scan(PDF, "application/pdf", sha256))).isEqualTo(ConsentRule.EVIDENCE_DIGEST);
    assertThat(refused(new Scan(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 0}, "image/jpeg", null))).isNull();
    assertThat(refused(new Scan(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10}, "image/png", null))).isNull();
  }

  @Test
  void with_the_scan_of_one_that_was_withdrawn_is_refused() {
    withdrawn = true;
    assertThat(refused(paper())).isEqualTo(ConsentRule.EVIDENCE_WITHDRAWN);
  }

  @Test
  void is_refused_in_words_of_both_languages_and_says_what_to_do() {
    for (ConsentRule rule : ConsentRule.values()) {
      assertThat(rule.code()).matches("consent\\.[a-z0-9-]+");
      assertThat(rule.textZh() + rule.remedyZh()).matches(".*\\p{IsHan}.*");
      assertThat(rule.text()).matches("[A-Z][^\\p{IsHan}]*");
      assertThat(rule.remedy()).matches("[A-Z][^\\p{IsHan}]*");
    }
  }
}
