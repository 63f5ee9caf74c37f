package io.emrgateway.agent.audit;

import io.emrgateway.routes.core.lookup.Audits.Act;
import io.emrgateway.routes.core.lookup.Audits.Entry;
import io.emrgateway.routes.core.lookup.Audits.Source;
import io.emrgateway.routes.core.lookup.DoctorAuthorization;
import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.LookupRequest.Requester;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Purpose;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What lookups do, for tests. */
public final class Acts {
  public static final Instant NOW = Instant.parse("2026-11-28T02:00:00.123Z");
  public static final Identifier ZHANG = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");
  public static final Identifier LI = new Identifier("urn:oid:2.16.156.10011.1.3", "110105194912310038");
  public static final String DIGEST = "ef".repeat(32);

  private Acts() {}

  /** A question by a doctor of H-0104 about a patient, under a guardian's consent, for more than three months. */
  public static LookupRequest question(Identifier patient, String doctor) {
    return request("H-0104", patient, doctor, Purpose.TREATMENT, null, new PatientAuthorization(Kind.GUARDIAN, "XY-2026-7", "ab".repeat(32),
        NOW.minusSeconds(600), NOW.plusSeconds(600), "H-0104", Set.of(Section.values()), new Guardian("张母", "母亲")));
  }

  /** One without consent, explained and confirmed by a second person. */
  public static LookupRequest emergency(Identifier patient, String doctor) {
    return request("H-0104", patient, doctor, Purpose.EMERGENCY, new Emergency("患者昏迷", new Practitioner("D2", "王芳")),
        PatientAuthorization.none(Set.of(Section.values())));
  }

  private static LookupRequest request(String org, Identifier patient, String doctor, Purpose purpose, Emergency emergency,
      PatientAuthorization consent) {
    return new LookupRequest(UUID.randomUUID(), org + "/main", "0f".repeat(16), NOW, NOW.plusSeconds(60),
        new Requester(org, "心血管内科", new Practitioner(doctor, "李明"), "ZY1"), new Sought(List.of(patient), "张伟", null),
        new Scope(Set.of(Section.RESULTS, Section.ALLERGIES), LocalDate.of(2020, 1, 1), LocalDate.of(2026, 11, 28)), purpose,
        new DoctorAuthorization(doctor, "心血管内科", "ZY1", NOW.minusSeconds(30), emergency), consent);
  }

  public static Entry ask(LookupRequest request) {
    return new Entry(Act.ASK, "H-0104", request, "", List.of(), "", 0);
  }

  /** What two of three hospitals had to say. */
  public static Entry show(LookupRequest request) {
    return new Entry(Act.SHOW, "H-0104", request, "",
        List.of(new Source("H-0105", "answered", 2), new Source("H-0106", "none", 0), new Source("H-0107", "denied:lookup.withdrawn", 0)),
        DIGEST, 2);
  }

  public static Entry refused(Act act, LookupRequest request, String code) {
    return new Entry(act, "H-0104", request, code, List.of(), "", 0);
  }

  /** Every kind of act there is, and each way that it may end. */
  public static List<Entry> all() {
    LookupRequest ours = question(ZHANG, "D1001");
    LookupRequest theirs = request("H-0105", ZHANG, "D7", Purpose.TREATMENT, null, new PatientAuthorization(Kind.HANDWRITING, "SX-1",
        "cd".repeat(32), NOW.minusSeconds(60), NOW.plusSeconds(60), "H-0105", Set.of(Section.RESULTS, Section.ALLERGIES), null));
    return List.of(ask(ours), show(ours), refused(Act.ASK_REFUSED, emergency(LI, "D1001"), "lookup.emergency"),
        refused(Act.SHOW, ours, "delivery.city-unreachable"), ask(emergency(LI, "D9")), new Entry(Act.SHOW, "H-0104", ours, "", List.of(), "", 0),
        new Entry(Act.INQUIRY, "H-0105", theirs, "", List.of(), "", 0), new Entry(Act.ANSWER, "H-0105", theirs, "", List.of(), DIGEST, 1),
        new Entry(Act.ANSWER, "H-0105", theirs, "objected", List.of(), "", 0), new Entry(Act.ANSWER, "H-0105", theirs, "", List.of(), "", 0),
        new Entry(Act.INQUIRY_REFUSED, "H-0999", theirs, "lookup.feed", List.of(), "", 0));
  }
}
