package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.hl7.Segment;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * People named in segments of their own: ROL, and PRT since v2.7. Whose they are is told by the segment they follow:
 * a visit's nurse, an operation's second surgeon, the patient's family doctor.
 *
 * @see "HL7 v2.5.1 chapter 15.4.7 (ROL); v2.8 chapter 7.3.4 (PRT)"
 */
final class ParticipantsFamily implements Family {
  /** HL7 0443 and 0912: who looks after a patient whatever the visit. */
  private static final Set<String> FAMILY_DOCTORS = Set.of("PP", "FHCP");

  @Override
  public Map<String, Conditions.Condition> conditions() {
    return Map.of(
        "takes-part-in-the-visit", (run, segment) -> takesPart(segment)
            && Set.of("PV1", "PV2").contains(before(run, segment)),
        "takes-part-in-the-procedure", (run, segment) -> takesPart(segment) && "PR1".equals(before(run, segment)),
        "takes-part-in-the-observation", (run, segment) -> takesPart(segment) && "OBX".equals(before(run, segment)),
        "is-the-family-doctor", (run, segment) -> takesPart(segment)
            && Set.of("PID", "PD1").contains(before(run, segment))
            && FAMILY_DOCTORS.contains(String.valueOf(
                segment.field(segment.name().equals("PRT") ? 4 : 3).component(1).text())));
  }

  /** Not one whose taking part is taken back: HL7 0287 in ROL-2 and PRT-2. */
  private static boolean takesPart(Segment segment) {
    String action = segment.field(2).component(1).text();
    return !"DE".equals(action) && !"CO".equals(action);
  }

  /** The name of the segment that this one belongs to. */
  private static String before(Run run, Segment segment) {
    List<Segment> segments = run.hl7().segments();
    int at = segments.indexOf(segment);
    do {
      at--;
    } while (at > 0 && Run.PASSED_OVER.contains(segments.get(at).name()));
    return segments.get(at).name();
  }
}
