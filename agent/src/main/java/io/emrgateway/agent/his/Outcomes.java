package io.emrgateway.agent.his;

import io.emrgateway.routes.core.Worded;
import io.emrgateway.routes.core.Words;
import io.emrgateway.routes.core.lookup.ConsentRefused;
import io.emrgateway.routes.core.lookup.ConsentRule;
import io.emrgateway.routes.core.lookup.LookUp.Result.Denied;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Refusals in FHIR's own language: one OperationOutcome with a stable code, Chinese and English, and the remedy. */
public final class Outcomes {
  static final String FHIR_JSON = "application/fhir+json; charset=utf-8";
  static final String CODES = "urn:emr-gateway:codes:refusal";

  private Outcomes() {}

  /** A question that does not leave, or that the city refuses. */
  static void send(RoutingContext call, int status, Denied denied) {
    send(call, status, switch (status) {
      case 400 -> "invalid";
      case 404 -> "not-found";
      case 409 -> "conflict";
      case 429 -> "throttled";
      default -> "forbidden";
    }, denied);
  }

  /** A parameter that is missing or not of its form. */
  public static void send(RoutingContext call, Questions.Malformed malformed) {
    send(call, 400, "invalid", "lookup.form", "参数 " + malformed.parameter + " " + malformed.textZh,
        "The parameter " + malformed.parameter + " " + malformed.text, "请对照 /fhir/metadata 与接口说明补正",
        "Compare it with /fhir/metadata and the manual");
  }

  /** A consent that is not taken; with the place in the resource, if the form is wrong. */
  public static void refuse(RoutingContext call, ConsentRefused refused) {
    ConsentRule rule = refused.rule();
    if (rule == ConsentRule.BUSY) {
      call.response().putHeader("Retry-After", "5");
    }
    JsonObject issue = issue(type(rule), rule);
    if (!refused.place().isEmpty()) {
      issue.put("expression", new JsonArray().add(refused.place()));
    }
    send(call, status(rule), issue);
  }

  /** A page that is not opened or does not go on. */
  public static void refuse(RoutingContext call, PageRefused refused) {
    send(call, refused.status(), refused.status() == 429 ? "throttled" : "forbidden", refused);
  }

  private static int status(ConsentRule rule) {
    return switch (rule) {
      case FORM -> 400;
      case UNKNOWN, PATIENT_UNKNOWN -> 404;
      case REFERENCE_TAKEN, PATIENT_CONTRADICTORY -> 409;
      case EVIDENCE_TOO_LARGE -> 413;
      case BUSY -> 503;
      default -> 422;
    };
  }

  private static String type(ConsentRule rule) {
    return switch (rule) {
      case FORM -> "invalid";
      case UNKNOWN, PATIENT_UNKNOWN -> "not-found";
      case REFERENCE_TAKEN -> "duplicate";
      case PATIENT_CONTRADICTORY -> "conflict";
      case EVIDENCE_TOO_LARGE -> "too-long";
      case BUSY -> "transient";
      default -> "business-rule";
    };
  }

  /** @param type of FHIR's issue-type */
  public static void send(RoutingContext call, int status, String type, String code, String textZh, String text, String remedyZh, String remedy) {
    send(call, status, type, new Words(code, textZh, text, remedyZh, remedy));
  }

  static void send(RoutingContext call, int status, String type, Worded why) {
    send(call, status, issue(type, why));
  }

  private static JsonObject issue(String type, Worded why) {
    return new JsonObject().put("severity", "error").put("code", type)
        .put("details", new JsonObject()
            .put("coding", new JsonArray().add(new JsonObject().put("system", CODES).put("code", why.code())))
            .put("text", why.textZh() + " / " + why.text()))
        .put("diagnostics", why.remedyZh() + " / " + why.remedy());
  }

  private static void send(RoutingContext call, int status, JsonObject issue) {
    send(call, status, new JsonObject().put("resourceType", "OperationOutcome").put("issue", new JsonArray().add(issue)).toBuffer().getBytes());
  }

  static void send(RoutingContext call, int status, byte[] json) {
    call.response().setStatusCode(status).putHeader("Content-Type", FHIR_JSON).end(io.vertx.core.buffer.Buffer.buffer(json));
  }
}
