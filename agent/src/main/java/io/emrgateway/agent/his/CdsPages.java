package io.emrgateway.agent.his;

import io.emrgateway.agent.seal.CallerKeys;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.reminders.Order;
import io.emrgateway.routes.core.reminders.OverrideReason;
import io.emrgateway.routes.core.reminders.Remind;
import io.emrgateway.routes.core.reminders.Rule;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.CorsHandler;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * Reminders as a CDS Hooks 2.0 service: {@code patient-view} begins to ask other hospitals and tells the allergies,
 * {@code order-select} looks at the orders just chosen, {@code order-sign} at all. Discovery is open to whoever reaches the
 * door, for it holds nothing of a patient; every call shows a signed token ({@link ClientTokens}).
 */
public final class CdsPages implements HisPages {
  private static final String JSON = "application/json; charset=utf-8";
  private static final String ROOT = "/cds-services";
  private static final String VIEW = "patient-view";
  private static final String SELECT = "order-select";
  private static final String SIGN = "order-sign";
  private static final int BODY_BYTES_MAX = 1 << 20;
  private static final int FEEDBACK_MAX = 100;
  private static final String BEARER = "Bearer ";

  /**
   * @param address of the gateway as its callers write it, without {@code /cds-services}: what their tokens have to be for
   * @param origins of web pages that may call from a browser
   */
  public record Settings(String address, List<String> origins) {}

  private final Remind remind;
  private final BiFunction<String, String, List<Identifier>> numbers;
  private final ClientTokens tokens;
  private final String address;
  private final List<String> origins;
  private final Cards cards;
  private final FeedbackCounts counts;

  /**
   * @param numbers what may be meant by a number that is named without a URI: authority (or "") and value
   * @param keys of the systems that may call, by the issuer of their tokens
   * @param nameOf a hospital's name by its number
   */
  public CdsPages(Remind remind, BiFunction<String, String, List<Identifier>> numbers, Map<String, CallerKeys> keys, Settings settings,
      UnaryOperator<String> nameOf, FeedbackCounts counts, Clock clock) {
    this.remind = remind;
    this.numbers = numbers;
    this.tokens = new ClientTokens(keys, clock);
    this.address = settings.address().replaceFirst("/+$", "");
    this.origins = settings.origins();
    this.cards = new Cards(nameOf);
    this.counts = counts;
  }

  @Override
  public void mount(Router router, Callers callers) {
    if (!origins.isEmpty()) {
      router.route(ROOT + "*").handler(CorsHandler.create().addOrigins(origins).allowedMethods(Set.of(HttpMethod.GET, HttpMethod.POST))
          .allowedHeaders(Set.of("authorization", "content-type")));
    }
    router.get(ROOT).handler(call -> answer(call, 200, discovery()));
    for (String service : List.of(VIEW, SELECT, SIGN)) {
      String path = ROOT + "/" + service;
      router.post(path).handler(call -> authenticated(call, path));
      router.post(path).handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
      router.post(path).blockingHandler(call -> hook(call, service), false);
      router.post(path + "/feedback").handler(call -> authenticated(call, path));
      router.post(path + "/feedback").handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
      router.post(path + "/feedback").blockingHandler(this::feedback, false);
    }
  }

  private void authenticated(RoutingContext call, String path) {
    String said = call.request().getHeader("Authorization");
    String token = said != null && said.startsWith(BEARER) ? said.substring(BEARER.length()).strip() : null;
    Optional<String> refusal = tokens.refusal(token, Set.of(address + path, address + path + "/feedback", address + ROOT, address));
    if (refusal.isEmpty()) {
      call.next();
      return;
    }
    call.response().putHeader("WWW-Authenticate", "Bearer realm=\"emr-gateway\"");
    Outcomes.send(call, 401, "login", refusal.get(), "调用方令牌不被接受", "The caller's token is not accepted",
        "令牌须由 reminders.clients 中登记的密钥签名（ES256/ES384/RS256/RS384），aud 为本服务地址，五分钟内有效，jti 不重复",
        "Sign the token with a key of reminders.clients (ES256, ES384, RS256, RS384), aud this service, valid for five minutes at most, with a new jti");
  }

  private static JsonObject discovery() {
    JsonArray services = new JsonArray()
        .add(service(VIEW, "过敏史，并开始查询外院", "Allergies; begins to ask other hospitals"))
        .add(service(SELECT, "选择医嘱时：药物过敏、重复用药、重复检查", "On choosing an order: allergy, repeated drug, repeated test"))
        .add(service(SIGN, "签署医嘱时：药物过敏、重复用药、重复检查", "On signing orders: allergy, repeated drug, repeated test"));
    return new JsonObject().put("services", services);
  }

  private static JsonObject service(String hook, String zh, String en) {
    return new JsonObject().put("hook", hook).put("id", hook).put("title", "EMR Gateway 提醒 · reminders").put("description", zh + " / " + en)
        .put("prefetch", new JsonObject().put("patient", "Patient/{{context.patientId}}").put("encounter", "Encounter/{{context.encounterId}}")
            .put("user", "{{context.userId}}"))
        .put("usageRequirements", "患者须有本院号码或身份证号 / The patient has a number of this hospital or of the nation");
  }

  private void hook(RoutingContext call, String service) {
    HookCall hook;
    List<Order> orders;
    try {
      hook = HookCall.of(body(call), numbers);
      if (!service.equals(hook.hook())) {
        throw new HookCall.Malformed("hook");
      }
      if (hook.draft() == null && !service.equals(VIEW)) {
        throw new HookCall.Malformed("context.draftOrders");
      }
      orders = service.equals(VIEW) ? List.of() : orders(hook, service);
    } catch (DecodeException | ClassCastException e) {
      malformed(call, "body");
      return;
    } catch (HookCall.Malformed e) {
      malformed(call, e.field);
      return;
    }
    remind.warm(hook.asking());
    Remind.Answer answer = remind.remind(hook.asking(), orders);
    answer.reminders().forEach(counts::shown);
    answer(call, 200, service.equals(VIEW) ? cards.ofPatient(answer) : cards.ofOrders(answer));
  }

  private static JsonObject body(RoutingContext call) {
    JsonObject body = call.body().asJsonObject();
    if (body == null) {
      throw new HookCall.Malformed("body");
    }
    return body;
  }

  private List<Order> orders(HookCall hook, String service) {
    List<Order> all;
    try {
      all = remind.orders(hook.draft());
    } catch (RuntimeException e) {
      throw new HookCall.Malformed("context.draftOrders");
    }
    return service.equals(SELECT) ? all.stream().filter(one -> hook.selections().contains(one.id())).toList() : all;
  }

  private static void malformed(RoutingContext call, String field) {
    Outcomes.send(call, 400, "invalid", "cds.form", "请求的 " + field + " 缺失或不符合 CDS Hooks 2.0", field + " is missing or not as CDS Hooks 2.0 has it",
        "请对照 CDS Hooks 2.0 和 REMINDERS.md 补正", "Compare it with CDS Hooks 2.0 and REMINDERS.md");
  }

  private void feedback(RoutingContext call) {
    try {
      JsonArray all = body(call).getJsonArray("feedback");
      if (all == null || all.size() > FEEDBACK_MAX || all.contains(null)) {
        throw new HookCall.Malformed("feedback");
      }
      for (int i = 0; i < all.size(); i++) {
        answered(all.getJsonObject(i), "feedback[" + i + "]");
      }
    } catch (DecodeException | ClassCastException e) {
      malformed(call, "feedback");
      return;
    } catch (HookCall.Malformed e) {
      malformed(call, e.field);
      return;
    }
    answer(call, 200, new JsonObject());
  }

  /** A doctor's own words are not kept: they may speak of the patient. */
  private void answered(JsonObject one, String place) {
    String outcome = one.getString("outcome");
    if (!"accepted".equals(outcome) && !"overridden".equals(outcome)) {
      throw new HookCall.Malformed(place + ".outcome");
    }
    Optional<Rule> rule;
    try {
      rule = Cards.ruleOf(UUID.fromString(String.valueOf(one.getString("card"))));
    } catch (IllegalArgumentException e) {
      throw new HookCall.Malformed(place + ".card");
    }
    JsonObject given = one.getJsonObject("overrideReason");
    JsonObject reason = given == null ? null : given.getJsonObject("reason");
    String code = reason == null ? "" : String.valueOf(reason.getString("code"));
    rule.ifPresent(of -> counts.answered(of, outcome.equals("accepted"), OverrideReason.named(code).orElse(null)));
  }

  private static void answer(RoutingContext call, int status, JsonObject json) {
    call.response().setStatusCode(status).putHeader("Content-Type", JSON).end(json.toBuffer());
  }
}
