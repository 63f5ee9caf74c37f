package io.emrgateway.agent.his;

import io.emrgateway.routes.core.lookup.Rule;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Refusals in FHIR's own language: one OperationOutcome with a stable code, Chinese and English, and the remedy. */
public final class Outcomes {
  static final String FHIR_JSON = "application/fhir+json; charset=utf-8";
  static final String CODES = "urn:emr-gateway:codes:refusal";

  private Outcomes() {}

  static void send(RoutingContext call, int status, Rule rule) {
    send(call, status, status == 404 ? "not-found" : status == 429 ? "throttled" : status == 400 ? "invalid" : "forbidden",
        rule.code(), rule.textZh(), rule.text(), rule.remedyZh(), rule.remedy());
  }

  /** A parameter that is missing or not of its form. */
  public static void send(RoutingContext call, Questions.Malformed malformed) {
    send(call, 400, "invalid", "lookup.form", "参数 " + malformed.parameter + " " + malformed.textZh,
        "The parameter " + malformed.parameter + " " + malformed.text, "请对照 /fhir/metadata 与接口说明补正",
        "Compare it with /fhir/metadata and the manual");
  }

  /** @param type of FHIR's issue-type */
  public static void send(RoutingContext call, int status, String type, String code, String textZh, String text, String remedyZh, String remedy) {
    JsonObject issue = new JsonObject().put("severity", "error").put("code", type)
        .put("details", new JsonObject()
            .put("coding", new JsonArray().add(new JsonObject().put("system", CODES).put("code", code)))
            .put("text", textZh + " / " + text))
        .put("diagnostics", remedyZh + " / " + remedy);
    send(call, status, new JsonObject().put("resourceType", "OperationOutcome").put("issue", new JsonArray().add(issue)).toBuffer().getBytes());
  }

  static void send(RoutingContext call, int status, byte[] json) {
    call.response().setStatusCode(status).putHeader("Content-Type", FHIR_JSON).end(io.vertx.core.buffer.Buffer.buffer(json));
  }
}
