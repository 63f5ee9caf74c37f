package io.emrgateway.agent.his;

import io.emrgateway.mappings.records.SearchSet;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import io.emrgateway.routes.core.lookup.Rule;
import io.emrgateway.routes.core.lookup.Section;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Lookups for a system that speaks FHIR R4: a patient's summary by IPS ({@code Patient/$summary}), everything
 * ({@code Patient/$everything}), or the resources of one type. All ask the other hospitals once, sign, check and audit as
 * any other door does, and say of each hospital what became of the question.
 */
public final class FhirPages implements HisPages {
  private static final int BODY_BYTES_MAX = 64 << 10;
  private static final String LATER = "/fhir/Bundle/";

  /** What may be searched for, and the section a consent has to cover for it. */
  private static final Map<String, Section> TYPES = Map.ofEntries(
      Map.entry("Encounter", Section.VISITS), Map.entry("Condition", Section.DIAGNOSES), Map.entry("Procedure", Section.PROCEDURES),
      Map.entry("MedicationRequest", Section.MEDICATIONS), Map.entry("MedicationDispense", Section.MEDICATIONS),
      Map.entry("MedicationAdministration", Section.MEDICATIONS), Map.entry("MedicationStatement", Section.MEDICATIONS),
      Map.entry("AllergyIntolerance", Section.ALLERGIES), Map.entry("Observation", Section.RESULTS),
      Map.entry("DiagnosticReport", Section.REPORTS), Map.entry("DocumentReference", Section.REPORTS));

  private final LookUp lookUp;
  private final Function<Result.Shown, byte[]> summaries;
  private final Questions questions;
  private final String version;

  /**
   * @param summaries writes an answer as one IPS document
   * @param version of this program
   */
  public FhirPages(LookUp lookUp, Function<Result.Shown, byte[]> summaries, Questions questions, String version) {
    this.lookUp = lookUp;
    this.summaries = summaries;
    this.questions = questions;
    this.version = version;
  }

  @Override
  public void mount(Router router, Callers callers) {
    router.get("/fhir/metadata").handler(call -> Outcomes.send(call, 200, capabilities().toBuffer().getBytes()));
    router.route("/fhir/*").handler(callers);
    router.post("/fhir/*").handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
    both(router, "/fhir/Patient/$summary", call -> ask(call, Optional.empty(), document -> document));
    both(router, "/fhir/Patient/$everything", call -> ask(call, Optional.empty(), document -> SearchSet.of(document, Set.of())));
    TYPES.forEach((type, section) -> {
      Function<byte[], byte[]> search = document -> SearchSet.of(document, Set.of(type));
      router.get("/fhir/" + type).blockingHandler(call -> ask(call, Optional.of(section), search), false);
      router.post("/fhir/" + type + "/_search").blockingHandler(call -> ask(call, Optional.of(section), search), false);
    });
    router.get(LATER + ":rid").blockingHandler(this::again, false);
  }

  private static void both(Router router, String path, Handler<RoutingContext> asking) {
    router.get(path).blockingHandler(asking, false);
    router.post(path).blockingHandler(asking, false);
  }

  /** @param section that the address asks for by itself */
  private void ask(RoutingContext call, Optional<Section> section, Function<byte[], byte[]> form) {
    Question question;
    try {
      question = questions.read(call, section);
    } catch (Questions.Malformed malformed) {
      Outcomes.send(call, malformed);
      return;
    }
    try (Result result = lookUp.ask(question)) {
      show(call, result, form);
    }
  }

  private void again(RoutingContext call) {
    Optional<UUID> rid = uuid(call.pathParam("rid"));
    String known = Optional.ofNullable(call.request().getHeader("If-None-Match")).orElse("").replaceFirst("^W/", "");
    try (Result result = rid.map(one -> lookUp.again(one, known)).orElse(new Result.Failed(Result.Failed.UNKNOWN))) {
      show(call, result, document -> document);
    }
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void show(RoutingContext call, Result result, Function<byte[], byte[]> form) {
    if (result instanceof Result.Denied denied) {
      Outcomes.send(call, status(denied.rule()), denied);
    } else if (result instanceof Result.Failed failed) {
      boolean unknown = failed.code().equals(Result.Failed.UNKNOWN);
      Outcomes.send(call, unknown ? 404 : 503, unknown ? "not-found" : "transient", failed);
    } else if (result instanceof Result.Unchanged) {
      call.response().setStatusCode(304).putHeader("ETag", call.request().getHeader("If-None-Match")).putHeader("Retry-After", "2").end();
    } else {
      Result.Shown shown = (Result.Shown) result;
      if (!shown.complete()) {
        call.response().putHeader("Content-Location", LATER + shown.rid()).putHeader("Retry-After", "2");
      }
      // Weak: the same content is written with the time of writing.
      call.response().putHeader("ETag", "W/" + shown.tag());
      Outcomes.send(call, 200, form.apply(summaries.apply(shown)));
    }
  }

  private static int status(Rule rule) {
    return switch (rule) {
      case FORM -> 400;
      case PATIENT_UNKNOWN -> 404;
      case PATIENT_CONTRADICTORY -> 409;
      case TOO_MANY -> 429;
      default -> 403;
    };
  }

  private JsonObject capabilities() {
    JsonArray resources = new JsonArray().add(new JsonObject().put("type", "Patient").put("operation", new JsonArray()
        .add(operation("summary", "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"))
        .add(operation("everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"))));
    TYPES.keySet().stream().sorted().forEach(type -> resources.add(new JsonObject().put("type", type)
        .put("interaction", new JsonArray().add(new JsonObject().put("code", "search-type")))
        .put("searchParam", new JsonArray().add(new JsonObject().put("name", "patient.identifier").put("type", "token")))));
    resources.add(new JsonObject().put("type", "Consent").put("interaction", new JsonArray().add(new JsonObject().put("code", "create"))
            .add(new JsonObject().put("code", "read")).add(new JsonObject().put("code", "search-type")))
        .put("searchParam", new JsonArray().add(new JsonObject().put("name", "patient.identifier").put("type", "token")))
        .put("operation", new JsonArray().add(operation("withdraw", "urn:emr-gateway:operation:consent-withdraw"))));
    resources.add(new JsonObject().put("type", "Bundle").put("interaction", new JsonArray().add(new JsonObject().put("code", "read"))));
    return new JsonObject().put("resourceType", "CapabilityStatement").put("status", "active").put("date", Instant.now().toString())
        .put("kind", "instance").put("fhirVersion", "4.0.1").put("format", new JsonArray().add("application/fhir+json"))
        .put("software", new JsonObject().put("name", "EMR Gateway").put("version", version))
        .put("implementation", new JsonObject().put("description", "跨院病历查询 / lookups at other hospitals"))
        .put("rest", new JsonArray().add(new JsonObject().put("mode", "server").put("security", new JsonObject()
                .put("description", "Authorization: Bearer <secret of the calling system>"))
            .put("resource", resources)));
  }

  private static JsonObject operation(String name, String definition) {
    return new JsonObject().put("name", name).put("definition", definition);
  }
}
