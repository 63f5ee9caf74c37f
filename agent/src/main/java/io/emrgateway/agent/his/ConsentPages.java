package io.emrgateway.agent.his;

import io.emrgateway.agent.lookup.Telling;
import io.emrgateway.mappings.About;
import io.emrgateway.mappings.records.ConsentResource;
import io.emrgateway.mappings.records.ConsentResource.Kept;
import io.emrgateway.mappings.records.ConsentResource.Objected;
import io.emrgateway.mappings.records.ConsentResource.Offered;
import io.emrgateway.mappings.records.ConsentResource.Shown;
import io.emrgateway.mappings.rules.ResidentId;
import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.ConsentRefused;
import io.emrgateway.routes.core.lookup.ConsentRule;
import io.emrgateway.routes.core.lookup.Consents;
import io.emrgateway.routes.core.lookup.Consents.Outcome;
import io.emrgateway.routes.core.lookup.KeepConsent;
import io.emrgateway.routes.core.lookup.KeepConsent.Offer;
import io.emrgateway.routes.core.lookup.KeepObjection;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.Objection;
import io.emrgateway.routes.core.lookup.Objections;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Scan;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/**
 * Patients' consents in FHIR R4, in the manner of IHE's Privacy Consent on FHIR: taken from paper with the scan, found,
 * shown with their evidence, withdrawn. And their objections, which are Consents that deny.
 *
 * <p>To be mounted before the pages of lookups, whose bodies are small.
 */
public final class ConsentPages implements HisPages {
  private static final String CONSENT = "/fhir/Consent";
  /** A scan of 20 MiB in base64, and the rest of the resource. */
  private static final long BODY_BYTES_MAX = Scan.BYTES_MAX / 3L * 4 + (1 << 20);
  private static final int SMALL_BYTES_MAX = 64 << 10;

  private final KeepConsent keep;
  private final KeepObjection keepObjection;
  private final Consents consents;
  private final Objections objections;
  private final Telling telling;
  private final LookUp.Patients patients;
  private final Questions questions;
  /** A scan is several times in memory, which the hospital's messages need as well: one at a time. */
  private final Semaphore large = new Semaphore(1);

  public ConsentPages(KeepConsent keep, KeepObjection keepObjection, Consents consents, Objections objections, Telling telling,
      LookUp.Patients patients, Questions questions) {
    this.keep = keep;
    this.keepObjection = keepObjection;
    this.consents = consents;
    this.objections = objections;
    this.telling = telling;
    this.patients = patients;
    this.questions = questions;
  }

  @Override
  public void mount(Router router, Callers callers) {
    router.route(CONSENT + "/*").handler(callers);
    router.post(CONSENT).handler(this::alone);
    router.post(CONSENT).handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
    router.post(CONSENT).blockingHandler(call -> answered(call, this::take), false).failureHandler(ConsentPages::tooLarge);
    router.get(CONSENT).blockingHandler(call -> answered(call, this::search), false);
    router.post(CONSENT + "/*").handler(BodyHandler.create(false).setBodyLimit(SMALL_BYTES_MAX));
    router.post(CONSENT + "/_search").blockingHandler(call -> answered(call, this::search), false);
    router.post(CONSENT + "/:reference/$withdraw").blockingHandler(call -> answered(call, this::withdraw), false);
    router.get(CONSENT + "/:reference").blockingHandler(call -> answered(call, this::show), false);
    router.get(CONSENT + "/:reference/evidence").handler(this::alone);
    router.get(CONSENT + "/:reference/evidence").blockingHandler(call -> answered(call, this::evidence), false);
  }

  private static void tooLarge(RoutingContext call) {
    if (call.statusCode() == 413) {
      Outcomes.refuse(call, new ConsentRefused(ConsentRule.EVIDENCE_TOO_LARGE));
    } else {
      call.next();
    }
  }

  private void alone(RoutingContext call) {
    if (large.tryAcquire()) {
      call.addEndHandler(ended -> large.release());
      call.next();
    } else {
      Outcomes.refuse(call, new ConsentRefused(ConsentRule.BUSY));
    }
  }

  private interface Work {
    void on(RoutingContext call) throws Questions.Malformed;
  }

  private static void answered(RoutingContext call, Work work) {
    try {
      work.on(call);
    } catch (ConsentRefused refused) {
      Outcomes.refuse(call, refused);
    } catch (Questions.Malformed malformed) {
      Outcomes.refuse(call, new ConsentRefused(ConsentRule.FORM, malformed.parameter));
    }
  }

  private void take(RoutingContext call) {
    Offered offered;
    try {
      offered = ConsentResource.read(stream(call.body().buffer()));
    } catch (ConsentResource.Malformed malformed) {
      throw new ConsentRefused(ConsentRule.FORM, malformed.place());
    }
    if (offered.reference() != null && ResidentId.isWithin(offered.reference())) {
      throw new ConsentRefused(ConsentRule.REFERENCE_PERSONAL, "Consent.identifier");
    }
    Shown taken = offered.denies() ? shown(keepObjection.keep(objection(offered, Callers.of(call))), null)
        : shown(keep.onPaper(offer(offered, Callers.of(call)), new Scan(offered.scan().data(), offered.scan().type(), offered.scan().digest())), null);
    call.response().putHeader("Location", url(offered.reference()));
    Outcomes.send(call, 201, ConsentResource.write(taken));
  }

  /** Read as it lies: a copy of a large body would be one too many. */
  private static InputStream stream(Buffer body) {
    return new InputStream() {
      private int at;

      @Override
      public int read() {
        return body == null || at == body.length() ? -1 : body.getByte(at++) & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        int some = body == null ? 0 : Math.min(length, body.length() - at);
        if (some == 0) {
          return length == 0 ? 0 : -1;
        }
        body.getBytes(at, at + some, into, offset);
        at += some;
        return some;
      }
    };
  }

  private Offer offer(Offered offered, String caller) {
    return new Offer(kind(offered), offered.reference(), patient(offered), sections(offered), offered.from(), offered.to(), offered.grantee(),
        guardian(offered), offered.incapacitated(), recordedBy(offered, caller));
  }

  private KeepObjection.Offer objection(Offered offered, String caller) {
    return new KeepObjection.Offer(offered.reference(), patient(offered), sections(offered), guardian(offered), offered.reason(),
        recordedBy(offered, caller));
  }

  private List<List<Identifier>> patient(Offered offered) {
    return offered.patient().stream().map(one -> questions.meant(one.system() == null ? "" : one.system(), one.value())).toList();
  }

  private static Set<Section> sections(Offered offered) {
    return offered.sections().stream().map(one -> Section.named(one.wire()).orElseThrow()).collect(Collectors.toSet());
  }

  private static Guardian guardian(Offered offered) {
    return offered.guardian() == null ? null : new Guardian(offered.guardian().name(), offered.guardian().relation());
  }

  private static String recordedBy(Offered offered, String caller) {
    return offered.recordedBy() == null ? caller : offered.recordedBy();
  }

  private static Kind kind(Offered offered) {
    if (offered.kind() == null) {
      return offered.guardian() == null ? Kind.PAPER : Kind.GUARDIAN;
    }
    return switch (offered.kind()) {
      case "paper" -> Kind.PAPER;
      case "guardian" -> Kind.GUARDIAN;
      case "handwriting" -> Kind.HANDWRITING;
      default -> throw new ConsentRefused(ConsentRule.FORM, "Consent.category");
    };
  }

  private void search(RoutingContext call) throws Questions.Malformed {
    Set<Identifier> numbers = new LinkedHashSet<>();
    for (List<Identifier> meant : questions.patient(call)) {
      numbers.addAll(meant);
      patients.known(meant).map(one -> one.sought().identifiers()).ifPresent(numbers::addAll);
    }
    List<Identifier> patient = new ArrayList<>(numbers);
    List<Shown> found = new ArrayList<>();
    objections.of(patient).forEach(one -> found.add(shown(one.objection(), one.lifted())));
    consents.of(patient).forEach(one -> found.add(shown(one.consent(), one.withdrawn())));
    Outcomes.send(call, 200, ConsentResource.search(found));
  }

  private void show(RoutingContext call) {
    String reference = call.pathParam("reference");
    Optional<Shown> consent = consents.find(reference).map(one -> shown(one.consent(), one.withdrawn()));
    Shown shown = consent.or(() -> objections.find(reference).map(one -> shown(one.objection(), one.lifted())))
        .orElseThrow(() -> new ConsentRefused(ConsentRule.UNKNOWN));
    Outcomes.send(call, 200, ConsentResource.write(shown));
  }

  private void evidence(RoutingContext call) {
    byte[] evidence = consents.evidence(call.pathParam("reference"), Callers.of(call))
        .orElseThrow(() -> new ConsentRefused(ConsentRule.UNKNOWN));
    call.response().putHeader("Content-Type", Scan.typeOf(evidence)).putHeader("Content-Disposition", "attachment")
        .end(Buffer.buffer(evidence));
  }

  /** A consent is withdrawn, an objection lifted. A second time is no failure. */
  private void withdraw(RoutingContext call) throws Questions.Malformed {
    String by = questions.staff(call).orElse(Callers.of(call));
    String reference = call.pathParam("reference");
    if (telling.withdraw(reference, by) == Outcome.UNKNOWN && telling.lift(reference, by) == Outcome.UNKNOWN) {
      throw new ConsentRefused(ConsentRule.UNKNOWN);
    }
    show(call);
  }

  private Shown shown(Objection objection, Instant lifted) {
    return new Objected(objection.reference(), keep.org(), numbers(objection.patient()), sections(objection.sections()),
        guardian(objection.guardian()), objection.reason(), objection.at(), objection.recordedBy(), lifted);
  }

  private static List<About.Identifier> numbers(List<Identifier> patient) {
    return patient.stream().map(one -> new About.Identifier(one.system(), one.value())).toList();
  }

  private static Set<io.emrgateway.mappings.records.Section> sections(Set<Section> sections) {
    return sections.stream().map(one -> io.emrgateway.mappings.records.Section.of(one.wireName())).collect(Collectors.toSet());
  }

  private static ConsentResource.Guardian guardian(Guardian guardian) {
    return guardian == null ? null : new ConsentResource.Guardian(guardian.name(), guardian.relation());
  }

  private static Shown shown(Consent consent, Instant withdrawn) {
    return new Kept(consent.reference(), consent.kind().name().toLowerCase(Locale.ROOT), numbers(consent.patient()), sections(consent.scope()),
        consent.grantedAt(), consent.expiresAt(), consent.grantee(), guardian(consent.guardian()), consent.incapacitated(), consent.recordedBy(), consent.evidence(), url(consent.reference()) + "/evidence", withdrawn);
  }

  private static String url(String reference) {
    return CONSENT + "/" + URLEncoder.encode(reference, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
