package io.emrgateway.agent.viewer;

import io.emrgateway.agent.his.Callers;
import io.emrgateway.agent.his.HisPages;
import io.emrgateway.agent.his.Outcomes;
import io.emrgateway.agent.his.PageRefused;
import io.emrgateway.agent.his.Questions;
import io.emrgateway.agent.his.Questions.Malformed;
import io.emrgateway.agent.his.TicketPages;
import io.emrgateway.agent.his.Tickets;
import io.emrgateway.agent.his.Tickets.Opened;
import io.emrgateway.agent.seal.Json;
import io.emrgateway.agent.viewer.Viewing.Act;
import io.emrgateway.routes.core.WithoutMessage;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import io.emrgateway.routes.core.lookup.LookUp.Result.Shown;
import io.emrgateway.routes.core.lookup.Rule;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
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
 * that address is the page of that browser ({@link TicketPages}).
 */
public final class Viewer implements HisPages {
  private static final Logger LOG = Logger.getLogger(Viewer.class);
  private static final PageRefused INTERNAL = new PageRefused(500, "viewer.internal", "网关内部错误，未显示任何资料",
      "The gateway failed; nothing is shown", "请重试；持续出现请告知信息科，并报上代码", "Try again; if it stays, tell the operator the code");
  /** An hour in all, a quarter of one that nobody touches it: a workstation is used by others too. */
  private static final Tickets.Life LIFE = new Tickets.Life(Duration.ofSeconds(60), Duration.ofMinutes(15), Duration.ofHours(1));
  private static final int BODY_BYTES_MAX = 64 << 10;
  private static final List<String> ASSETS = List.of("viewer.css", "viewer.js", "record.js", "parts.js", "words.js", "fields.js");

  private final Questions questions;
  private final TicketPages<View> pages;
  private final Asking asking;
  private final Consumer<Viewing> audit;
  private final Clock clock;
  private final Buffer page = file("page.html");
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
    this.pages = new TicketPages<>("view", new Tickets<>(LIFE, clock), file("refused.html"));
    this.asking = new Asking(ask, again, forbidden, summary, clock);
    this.audit = audit;
    this.clock = clock;
  }

  private static Buffer file(String name) {
    return TicketPages.file("/viewer/" + name);
  }

  @Override
  public void mount(Router router, Callers callers) {
    router.route("/launch").handler(callers);
    router.post("/launch").handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX)).blockingHandler(this::launch, false);
    router.get("/view/assets/:file").handler(this::asset);
    router.get("/view/:ticket").blockingHandler(at -> refusing(at, this::open, pages::refuse), false);
    router.get("/view/:ticket/data").blockingHandler(at -> refusing(at, this::data, Viewer::asJson), false);
    router.post("/view/:ticket/:word").blockingHandler(at -> refusing(at, this::word, Viewer::asJson), false);
  }

  private static void refusing(RoutingContext at, Consumer<RoutingContext> step, BiConsumer<RoutingContext, PageRefused> refusal) {
    try {
      step.accept(at);
    } catch (PageRefused refused) {
      refusal.accept(at, refused);
    } catch (RuntimeException e) {
      LOG.error("viewer.internal: 页面出错 / a page failed", WithoutMessage.of(e));
      refusal.accept(at, INTERNAL);
    }
  }

  private void launch(RoutingContext at) {
    try {
      InetAddress workstation = Tickets.address(Questions.text(at, "workstation"))
          .orElseThrow(() -> new Malformed("workstation", "应为工作站的 IP 地址", "is the workstation's IP address"));
      View view = new View(questions.read(at, Optional.empty()), Callers.of(at), workstation);
      String path = pages.give(view, workstation);
      tell(Act.LAUNCHED, view, workstation, "");
      json(at, 200, new JsonObject().put("url", at.request().scheme() + "://" + at.request().authority() + path)
          .put("expires", Json.time(clock.instant().plus(LIFE.unused()).atOffset(ZoneOffset.UTC))));
    } catch (Malformed malformed) {
      Outcomes.send(at, malformed);
    } catch (PageRefused refused) {
      Outcomes.refuse(at, refused);
    }
  }

  private void open(RoutingContext at) {
    Opened<View> opened;
    try {
      opened = pages.open(at);
    } catch (PageRefused refused) {
      pages.given(at).filter(View::isRefusalTold)
          .ifPresent(view -> tell(Act.REFUSED, view, TicketPages.from(at), refused.code()));
      throw refused;
    }
    if (opened.secret() == null) {
      pages.touch(at);
    } else {
      tell(Act.OPENED, opened.what(), TicketPages.from(at), "");
      pages.welcomed(at, opened);
    }
    send(at, 200, "text/html", page);
  }

  private void data(RoutingContext at) {
    String shown = at.request().getHeader("If-None-Match");
    Asking.Answer answer = asking.answer(pages.page(at), shown);
    pages.page(at); // It may have been closed meanwhile.
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
    View view = pages.page(at);
    switch (at.pathParam("word")) {
      case "here" -> pages.touch(at);
      case "print" -> {
        pages.touch(at);
        tell(Act.PRINTED, view, TicketPages.from(at), "");
      }
      case "close" -> {
        pages.end(at);
        tell(Act.CLOSED, view, TicketPages.from(at), "");
      }
      default -> throw Tickets.UNKNOWN;
    }
    at.response().setStatusCode(204).end();
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

  private static void asJson(RoutingContext at, PageRefused why) {
    json(at, why.status(), new JsonObject().put("outcome", "refused").put("code", why.code()).put("textZh", why.textZh())
        .put("text", why.text()).put("remedyZh", why.remedyZh()).put("remedy", why.remedy()));
  }

  private static void json(RoutingContext at, int status, JsonObject json) {
    send(at, status, "application/json", json.toBuffer());
  }

  private static void send(RoutingContext at, int status, String type, Buffer body) {
    at.response().setStatusCode(status);
    TicketPages.send(at, type, body);
  }
}
