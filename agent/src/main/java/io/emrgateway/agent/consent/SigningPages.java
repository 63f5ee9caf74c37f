package io.emrgateway.agent.consent;

import io.emrgateway.agent.consent.Signing.Shown;
import io.emrgateway.agent.his.Callers;
import io.emrgateway.agent.his.HisPages;
import io.emrgateway.agent.his.Outcomes;
import io.emrgateway.agent.his.Tickets;
import io.emrgateway.agent.his.Tickets.NotGood;
import io.emrgateway.agent.his.Tickets.Refusal;
import io.emrgateway.agent.seal.Json;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.routes.core.lookup.Agreement;
import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.ConsentRefused;
import io.emrgateway.routes.core.lookup.ConsentRule;
import io.emrgateway.routes.core.lookup.KeepConsent;
import io.emrgateway.routes.core.lookup.KeepConsent.Offer;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Signing on a tablet. The HIS posts whose consent is to be signed and gets an address with a ticket, good for one device
 * and once; the device shows the text, and what is written there is kept with it.
 *
 * <p>No patient stands in an address, nothing is stored in the browser, and nothing comes from elsewhere: the policy that
 * is sent with the page forbids it.
 */
public final class SigningPages implements HisPages {
  /** From the HIS's screen to the tablet in the patient's hand. */
  private static final Duration TICKET = Duration.ofMinutes(5);
  /** To read and to sign. */
  private static final Duration PAGE = Duration.ofMinutes(15);
  private static final int BODY_BYTES_MAX = 2 << 20;
  private static final int AGENT_MAX = 300;
  private static final String COOKIE = "sign";
  private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
      + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final Map<String, String> FILES = Map.of("sign.html", "text/html", "refused.html", "text/html", "sign.css", "text/css",
      "sign.js", "text/javascript");
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuuMMdd").withZone(ZoneOffset.ofHours(8));
  private static final int NUMBER_BYTES = 5;

  private final KeepConsent keep;
  private final Function<String, List<Identifier>> numbers;
  private final Agreement agreement;
  private final String org;
  private final Function<String, String> names;
  private final String suite;
  private final Function<byte[], String> hash;
  private final Clock clock;
  private final Tickets<Signing> tickets;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Buffer> files = FILES.keySet().stream().collect(Collectors.toMap(name -> name, SigningPages::file));

  /**
   * @param numbers what may be meant by a number of a patient's as the HIS writes it; empty for one that is none
   * @param org this hospital
   * @param names what a hospital is called
   * @param suite e.g. {@code intl}: of {@code hash}, which gives 64 hex digits
   */
  public SigningPages(KeepConsent keep, Function<String, List<Identifier>> numbers, Agreement agreement, String org,
      Function<String, String> names, String suite, Function<byte[], String> hash, Clock clock) {
    this.keep = keep;
    this.numbers = numbers;
    this.agreement = agreement;
    this.org = org;
    this.names = names;
    this.suite = suite;
    this.hash = hash;
    this.clock = clock;
    this.tickets = new Tickets<>(TICKET, PAGE, clock);
  }

  private static Buffer file(String name) {
    try (InputStream in = SigningPages.class.getResourceAsStream(name)) {
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void mount(Router router, Callers callers) {
    router.post("/signing").handler(callers);
    router.post("/signing").handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
    router.post("/signing").blockingHandler(call -> answered(call, this::begin), false);
    router.get("/sign/assets/:file").handler(this::asset);
    router.get("/sign/:ticket").handler(this::open);
    router.get("/sign/:ticket/text").handler(call -> answered(call, this::text));
    // Whose ticket it is, before anything is read of what may be long.
    router.post("/sign/:ticket/*").handler(call -> {
      try {
        page(call);
        call.next();
      } catch (NotGood ticket) {
        Outcomes.refuse(call, ticket.refusal());
      }
    });
    router.post("/sign/*").handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
    router.post("/sign/:ticket/guardian").handler(call -> answered(call, this::guardian));
    router.post("/sign/:ticket/signature").blockingHandler(call -> answered(call, this::sign), false);
    router.post("/sign/:ticket/cancel").handler(call -> answered(call, this::cancel));
  }

  private interface Work {
    void on(RoutingContext call) throws NotGood;
  }

  private static void answered(RoutingContext call, Work work) {
    try {
      work.on(call);
    } catch (ConsentRefused refused) {
      Outcomes.refuse(call, refused);
    } catch (SealRefused malformed) {
      Outcomes.refuse(call, new ConsentRefused(ConsentRule.FORM, malformed.place()));
    } catch (NotGood ticket) {
      Outcomes.refuse(call, ticket.refusal());
    }
  }

  /** What the HIS asks for: {@code {"kind","patient":[…],"sections":[…],"to","tablet"}} and what may be left out. */
  private void begin(RoutingContext call) throws NotGood {
    Instant now = clock.instant();
    Json.Fields json = body(call, "signing");
    Kind kind = kind(json);
    List<List<Identifier>> patient = json.texts("patient").stream().map(numbers).toList();
    if (patient.stream().anyMatch(List::isEmpty)) {
      throw json.broken("patient");
    }
    Set<Section> sections = EnumSet.noneOf(Section.class);
    json.texts("sections").forEach(one -> sections.add(Section.named(one).orElseThrow(() -> json.broken("sections"))));
    Instant from = json.has("from") ? json.time("from").toInstant() : now;
    Instant to = json.time("to").toInstant();
    InetAddress tablet = Tickets.address(json.text("tablet")).orElseThrow(() -> json.broken("tablet"));
    String by = json.has("by") ? json.text("by") : Callers.of(call);
    boolean incapacitated = json.has("incapacitated") && json.truth("incapacitated");
    Guardian guardian = json.has("guardian") ? guardian(json.object("guardian")) : null;
    json.end();
    Offer offer = new Offer(kind, reference(now), patient, sections, from, to, org, guardian, incapacitated, by);
    // Everything is looked at now, where somebody can mend it, and once more when it is signed.
    Sought whose = keep.patient(offer);
    String path = "/sign/" + tickets.give(new Signing(offer, whose, agreement, names.apply(org)), tablet);
    StringBuilder out = new StringBuilder(256);
    Json.quote(out.append("{\"reference\":"), offer.reference());
    Json.quote(out.append(",\"url\":"), call.request().scheme() + "://" + call.request().authority() + path);
    Json.quote(out.append(",\"path\":"), path);
    Json.quote(out.append(",\"expires\":"), Json.time(now.plus(TICKET).atOffset(ZoneOffset.UTC)));
    json(call, 201, out.append('}').toString());
  }

  private static Json.Fields body(RoutingContext call, String name) {
    Buffer body = call.body().buffer();
    return Json.read(body == null ? new byte[0] : body.getBytes(), name);
  }

  private static Kind kind(Json.Fields json) {
    return switch (json.text("kind")) {
      case "handwriting" -> Kind.HANDWRITING;
      case "guardian" -> Kind.GUARDIAN;
      default -> throw json.broken("kind");
    };
  }

  private static Guardian guardian(Json.Fields json) {
    Guardian guardian = new Guardian(json.text("name").strip(), json.text("relation").strip());
    json.end();
    return guardian;
  }

  private String reference(Instant now) {
    byte[] octets = new byte[NUMBER_BYTES];
    random.nextBytes(octets);
    return "S" + DAY.format(now) + "-" + HexFormat.of().formatHex(octets);
  }

  private void open(RoutingContext call) {
    Tickets.Opened<Signing> opened;
    try {
      opened = tickets.open(call.pathParam("ticket"), from(call), cookie(call));
    } catch (NotGood ticket) {
      refuse(call, ticket.refusal());
      return;
    }
    if (opened.secret() != null) {
      call.response().addCookie(Cookie.cookie(COOKIE, opened.secret()).setPath("/sign/" + call.pathParam("ticket")).setHttpOnly(true)
          .setSecure(call.request().isSSL()).setSameSite(CookieSameSite.STRICT));
    }
    send(call, "sign.html", files.get("sign.html"));
  }

  /** In words, for whoever holds the tablet. */
  private void refuse(RoutingContext call, Refusal refusal) {
    call.response().setStatusCode(refusal.status());
    send(call, "refused.html", Buffer.buffer(files.get("refused.html").toString(StandardCharsets.UTF_8)
        .replace("{code}", refusal.code()).replace("{textZh}", refusal.textZh()).replace("{text}", refusal.text())
        .replace("{remedyZh}", refusal.remedyZh()).replace("{remedy}", refusal.remedy())));
  }

  private void asset(RoutingContext call) {
    String name = call.pathParam("file");
    if (FILES.containsKey(name) && !name.endsWith(".html")) {
      send(call, name, files.get(name));
    } else {
      call.fail(404);
    }
  }

  private static void send(RoutingContext call, String name, Buffer body) {
    call.response().putHeader("Content-Security-Policy", POLICY).putHeader("Content-Type", FILES.get(name) + "; charset=utf-8").end(body);
  }

  private Signing page(RoutingContext call) throws NotGood {
    return tickets.page(call.pathParam("ticket"), from(call), cookie(call));
  }

  private static InetAddress from(RoutingContext call) {
    return Tickets.address(call.request().remoteAddress().hostAddress()).orElseThrow();
  }

  private static String cookie(RoutingContext call) {
    Cookie cookie = call.request().getCookie(COOKIE);
    return cookie == null ? null : cookie.getValue();
  }

  private void text(RoutingContext call) throws NotGood {
    show(call, page(call));
  }

  /** The guardian who is there, named on the tablet: the text is another one with them. */
  private void guardian(RoutingContext call) throws NotGood {
    Signing signing = page(call);
    Guardian guardian = guardian(body(call, "guardian"));
    if (signing.offer().kind() != Kind.GUARDIAN) {
      throw new ConsentRefused(ConsentRule.FORM, "guardian");
    }
    keep.hasSigner(signing.offer().by(guardian));
    signing.by(guardian);
    show(call, signing);
  }

  /** {@code {"text":…}}; null asks for the guardian first. */
  private void show(RoutingContext call, Signing signing) {
    StringBuilder out = new StringBuilder(4_096).append("{\"text\":");
    signing.show(clock.instant()).ifPresentOrElse(text -> Json.quote(out, text), () -> out.append("null"));
    json(call, 200, out.append('}').toString());
  }

  /** {@code {"text","width","height","strokes":[…],"image","pointer"}}, the text as the page has it on the screen. */
  private void sign(RoutingContext call) throws NotGood {
    Optional<Shown> shown = page(call).shown();
    Json.Fields json = body(call, "signature");
    // Its digest is computed here from both: what the page says is signed is what the gateway has shown, or nothing.
    if (shown.isEmpty() || !digest(json.text("text")).equals(digest(shown.get().text()))) {
      throw new ConsentRefused(ConsentRule.TEXT_DIFFERS);
    }
    Signature signature = Signature.read(json);
    json.end();
    String agent = String.valueOf(call.request().getHeader("User-Agent"));
    byte[] evidence = SignedText.write(shown.get(), signature, call.pathParam("ticket"), clock.instant().truncatedTo(ChronoUnit.MILLIS),
        from(call).getHostAddress(), agent.substring(0, Math.min(agent.length(), AGENT_MAX)), suite, hash);
    Consent consent = keep.signedHere(shown.get().offer(), evidence);
    tickets.end(call.pathParam("ticket"));
    json(call, 201, Json.quote(new StringBuilder("{\"reference\":"), consent.reference()).append('}').toString());
  }

  private String digest(String text) {
    return hash.apply(text.getBytes(StandardCharsets.UTF_8));
  }

  private void cancel(RoutingContext call) throws NotGood {
    page(call);
    tickets.end(call.pathParam("ticket"));
    call.response().setStatusCode(204).end();
  }

  private static void json(RoutingContext call, int status, String json) {
    call.response().setStatusCode(status).putHeader("Content-Type", "application/json").end(json);
  }
}
