package io.emrgateway.routes.camel;

import io.emrgateway.mappings.About;
import io.emrgateway.mappings.records.PatientSummary;
import io.emrgateway.mappings.records.Source;
import io.emrgateway.mappings.records.Source.Status;
import io.emrgateway.mappings.records.Whom;
import io.emrgateway.routes.core.lookup.LookUp.Part;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import io.emrgateway.routes.core.lookup.Rule;
import io.emrgateway.routes.core.lookup.Unproved;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
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
        FoundInRecords.asked(shown.patient().identifiers(), shown.sections(), shown.window()), FoundInRecords.meant(shown.notAgreed())), sources);
  }

  private Source source(Part part) {
    Optional<Unproved> unproved = Unproved.of(part.status());
    if (unproved.isPresent()) {
      return Source.without(hospitals.named(part.org()), Status.UNVERIFIED, why(unproved.get().code(), unproved.get().zh(), unproved.get().en()));
    }
    return switch (part.status()) {
      case "answered" -> Source.answered(hospitals.records(part.org(), part.bundles()));
      case "city" -> Source.byTheCity(hospitals.records(part.org(), part.bundles()));
      case "none" -> Source.without(hospitals.named(part.org()), Status.NONE);
      case "timeout" -> Source.without(hospitals.named(part.org()), Status.TIMEOUT);
      case "too-large" -> Source.without(hospitals.named(part.org()), Status.TOO_LARGE);
      default -> Source.without(hospitals.named(part.org()), Status.DENIED, Rule.of(part.status().replaceFirst("^denied:", ""))
          .map(rule -> why(rule.code(), rule.textZh(), rule.text())).orElse(null));
    };
  }

  private static Source.Why why(String code, String zh, String en) {
    return new Source.Why(code, zh + ' ' + en);
  }
}
