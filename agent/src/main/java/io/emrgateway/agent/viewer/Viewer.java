package io.emrgateway.agent.viewer;

import io.emrgateway.agent.his.Callers;
import io.emrgateway.agent.his.HisPages;
import io.emrgateway.agent.his.Outcomes;
import io.emrgateway.agent.his.Questions;
import io.emrgateway.agent.his.Questions.Malformed;
import io.emrgateway.agent.his.Tickets;
import io.emrgateway.agent.seal.Json;
import io.emrgateway.agent.viewer.ViewRefused.Reason;
import io.emrgateway.agent.viewer.Viewing.Act;
import io.emrgateway.agent.viewer.Views.Opened;
import io.emrgateway.routes.core.WithoutMessage;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import io.emrgateway.routes.core.lookup.LookUp.Result.Shown;
import io.emrgateway.routes.core.lookup.Rule;
import io.emrgateway.routes.core.lookup.Section;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The doctor's page over HTTP. The HIS posts a launch, the question of any other door and the
 * {@code workstation}'s address, and gets an address with a ticket; the doctor's browser opens it once, and from then on
 * that address is the page of that browser.
 *
 * <p>No patient stands in an address, nothing is stored in a browser, and nothing comes from elsewhere: the policy that
 * is sent with every page forbids it.
 */
public final class Viewer implements HisPages {
  private static final Logger LOG = Logger.getLogger(Viewer.class);
  private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
      + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final String COOKIE = "view";
  private static final int BODY_BYTES_MAX = 64 << 10;
  private static final List<String> ASSETS = List.of("viewer.css", "viewer.js", "record.js", "parts.js", "words.js", "fields.js");
  /** Four decimal numbers, or whatever has a colon. */

  private final Questions questions;
  private final Views views;
  private final Asking asking;
  private final Consumer<Viewing> audit;
  private final Clock clock;
  private final Buffer page = file("page.html");
  private final String refused = file("refused.html").toString(StandardCharsets.UTF_8);
  private final Map<String, Buffer> assets = ASSETS.stream().collect(Collectors.toMap(name -> name, Viewer::file));

  /**
   * @param questions read out of a launch as at every other door
   * @param ask and {@code again}, {@code summary}: the question, what came late to it, and the document to be shown
   * @param forbidden what forbids to go on showing it, if anything
   * @param audit durable when it returns; when it throws, nothing is shown
   */
  public Viewer(Questions questions, Function<Question, Result> ask, BiFunction<UUID, String, Result> again, Function<UUID, Optional<Rule>> forbidden,
      Function<Shown, byte[]> summary, Consumer<Viewing> audit, Clock clock) {
    this.questions = questions;
    this.views = new Views(clock);
    this.asking = new Asking(ask, again, forbidden, summary, clock);
    this.audit = audit;
    this.clock = clock;
  }

  private static Buffer file(String name) {
    try (InputStream in = Viewer.class.getResourceAsStream("/viewer/" + name)) {
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void mount(Router router, Callers callers) {
    router.route("/launch").handler(callers);
    router.post("/launch").handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX)).blockingHandler(this::launch, false);
    router.route("/view/*").handler(Viewer::guard);
    router.get("/view/assets/:file").handler(this::asset);
    router.get("/view/:ticket").blockingHandler(at -> refusing(at, this::open, this::asPage), false);
    router.get("/view/:ticket/data").blockingHandler(at -> refusing(at, this::data, Viewer::asJson), false);
    router.post("/view/:ticket/:word").blockingHandler(at -> refusing(at, this::word, Viewer::asJson), false);
  }

  private static void guard(RoutingContext at) {
    at.response().putHeader("Content-Security-Policy", POLICY);
    at.next();
  }

  private static void refusing(RoutingContext at, Consumer<RoutingContext> step, BiConsumer<RoutingContext, Reason> refusal) {
    try {
      step.accept(at);
    } catch (ViewRefused refused) {
      refusal.accept(at, refused.reason);
    } catch (RuntimeException e) {
      LOG.error("viewer.internal: 页面出错 / a page failed", WithoutMessage.of(e));
      refusal.accept(at, Reason.INTERNAL);
    }
  }

  private void launch(RoutingContext at) {
    try {
      InetAddress workstation = Tickets.address(Questions.text(at, "workstation"))
          .orElseThrow(() -> new Malformed("workstation", "应为工作站的 IP 地址", "is the workstation's IP address"));
      View view = views.give(questions.read(at, EnumSet.allOf(Section.class)), Callers.of(at), workstation);
      tell(Act.LAUNCHED, view, workstation, "");
      json(at, 200, new JsonObject().put("url", at.request().scheme() + "://" + at.request().authority() + "/view/" + view.ticket)
          .put("expires", Json.time(clock.instant().plus(View.TICKET).atOffset(ZoneOffset.UTC))));
    } catch (Malformed malformed) {
      Outcomes.send(at, malformed);
    } catch (ViewRefused refused) {
      Reason why = refused.reason;
      Outcomes.send(at, why.status, "throttled", why.code, why.textZh, why.text, why.remedyZh, why.remedy);
    }
  }

  private void open(RoutingContext at) {
    Opened opened;
    try {
      opened = views.open(at.pathParam("ticket"), from(at), cookie(at));
    } catch (ViewRefused refused) {
      views.given(at.pathParam("ticket")).filter(View::isRefusalTold).ifPresent(view -> tell(Act.REFUSED, view, from(at), refused.reason.code));
      throw refused;
    }
    if (opened.secret() == null) {
      opened.view().touch(clock.instant());
    } else {
      tell(Act.OPENED, opened.view(), from(at), "");
      at.response().addCookie(Cookie.cookie(COOKIE, opened.secret()).setPath("/view/" + opened.view().ticket).setHttpOnly(true)
          .setSecure(at.request().isSSL()).setSameSite(CookieSameSite.STRICT));
    }
    send(at, 200, "text/html", page);
  }

  private void data(RoutingContext at) {
    String shown = at.request().getHeader("If-None-Match");
    Asking.Answer answer = asking.answer(opened(at), shown);
    opened(at); // It may have been closed meanwhile.
    if (answer.tag() != null) {
      at.response().putHeader("ETag", answer.tag());
    }
    if (answer.body() == null) {
      at.response().setStatusCode(304).end();
    } else {
      send(at, 200, "application/json", Buffer.buffer(answer.body()));
    }
  }

  /** What the page says of itself: that somebody sits in front of it, prints it or has closed it. */
  private void word(RoutingContext at) {
    View view = opened(at);
    switch (at.pathParam("word")) {
      case "here" -> view.touch(clock.instant());
      case "print" -> {
        view.touch(clock.instant());
        tell(Act.PRINTED, view, from(at), "");
      }
      case "close" -> {
        view.end();
        tell(Act.CLOSED, view, from(at), "");
      }
      default -> throw new ViewRefused(Reason.SESSION_OVER);
    }
    at.response().setStatusCode(204).end();
  }

  private View opened(RoutingContext at) {
    return views.opened(at.pathParam("ticket"), from(at), cookie(at));
  }

  private static InetAddress from(RoutingContext at) {
    return Tickets.address(at.request().remoteAddress().hostAddress()).orElseThrow();
  }

  private static String cookie(RoutingContext at) {
    Cookie cookie = at.request().getCookie(COOKIE);
    return cookie == null ? null : cookie.getValue();
  }

  private void tell(Act act, View view, InetAddress from, String code) {
    UUID rid = view.told == null ? null : view.told.rid();
    audit.accept(new Viewing(act, view.client, view.question.doctor().id(), view.question.department(), from.getHostAddress(), rid, code));
  }

  private void asset(RoutingContext at) {
    String name = at.pathParam("file");
    if (assets.containsKey(name)) {
      send(at, 200, name.endsWith(".css") ? "text/css" : "text/javascript", assets.get(name));
    } else {
      at.next();
    }
  }

  private void asPage(RoutingContext at, Reason why) {
    send(at, why.status, "text/html", Buffer.buffer(refused
        .replace("{code}", why.code).replace("{textZh}", why.textZh).replace("{text}", why.text)
        .replace("{remedyZh}", why.remedyZh).replace("{remedy}", why.remedy).replace("{workstation}", from(at).getHostAddress())));
  }

  private static void asJson(RoutingContext at, Reason why) {
    json(at, why.status, new JsonObject().put("outcome", "refused").put("code", why.code).put("textZh", why.textZh).put("text", why.text)
        .put("remedyZh", why.remedyZh).put("remedy", why.remedy));
  }

  private static void json(RoutingContext at, int status, JsonObject json) {
    send(at, status, "application/json", json.toBuffer());
  }

  private static void send(RoutingContext at, int status, String type, Buffer body) {
    at.response().setStatusCode(status).putHeader("Content-Type", type + "; charset=utf-8").end(body);
  }
}
