package io.emrgateway.routes.camel;

import io.emrgateway.mappings.About;
import io.emrgateway.mappings.records.PatientSummary;
import io.emrgateway.mappings.records.Source;
import io.emrgateway.mappings.records.Source.Status;
import io.emrgateway.mappings.records.Whom;
import io.emrgateway.routes.core.lookup.LookUp.Part;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;

/** What came back to a question, as one International Patient Summary: the same at every door. */
public final class Summaries implements Function<Result.Shown, byte[]> {
  private final String org;
  private final Hospitals hospitals;
  private final Clock clock;

  /** @param org this hospital */
  public Summaries(String org, Hospitals hospitals, Clock clock) {
    this.org = org;
    this.hospitals = hospitals;
    this.clock = clock;
  }

  /** UTF-8 JSON of a FHIR R4 document; {@code identifier} of the bundle is the question's {@code rid}. */
  @Override
  public byte[] apply(Result.Shown shown) {
    List<Source> sources = shown.parts().stream().map(this::source).toList();
    return PatientSummary.write(new PatientSummary.Head(new About.Identifier("urn:ietf:rfc:3986", "urn:uuid:" + shown.rid()),
        clock.instant(), hospitals.named(org), new Whom(shown.patient().name(), shown.patient().birthDate(), null),
        FoundInRecords.asked(shown.patient().identifiers(), shown.sections(), shown.window())), sources);
  }

  private Source source(Part part) {
    Status status = switch (part.status()) {
      case "answered" -> Status.ANSWERED;
      case "city" -> Status.CITY;
      case "none" -> Status.NONE;
      case "timeout" -> Status.TIMEOUT;
      // What the city could not verify, and what we could not, is one thing to a doctor.
      case "unproved", "denied:answer.invalid" -> Status.UNVERIFIED;
      case "too-large" -> Status.TOO_LARGE;
      default -> Status.DENIED;
    };
    return switch (status) {
      case ANSWERED -> Source.answered(hospitals.records(part.org(), part.bundles()));
      case CITY -> Source.byTheCity(hospitals.records(part.org(), part.bundles()));
      default -> Source.without(hospitals.named(part.org()), status);
    };
  }
}
