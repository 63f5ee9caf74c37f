package io.emrgateway.agent.consent;

import io.emrgateway.agent.consent.Signing.Shown;
import io.emrgateway.agent.his.Callers;
import io.emrgateway.agent.his.HisPages;
import io.emrgateway.agent.his.Outcomes;
import io.emrgateway.agent.his.PageRefused;
import io.emrgateway.agent.his.TicketPages;
import io.emrgateway.agent.his.Tickets;
import io.emrgateway.agent.his.Tickets.Opened;
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
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Signing on a tablet. The HIS posts whose consent is to be signed and gets an address with a ticket, good for one device
 * and once; the device shows the text, and what is written there is kept with it.
 */
public final class SigningPages implements HisPages {
  /** From the HIS's screen to the tablet in the patient's hand; then to read and to sign. */
  private static final Tickets.Life LIFE = new Tickets.Life(Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofMinutes(15));
  private static final int BODY_BYTES_MAX = 2 << 20;
  private static final int AGENT_MAX = 300;
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
  private final TicketPages<Signing> pages;
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
    this.pages = new TicketPages<>("sign", new Tickets<>(LIFE, clock), files.get("refused.html"));
  }

  private static Buffer file(String name) {
    return TicketPages.file("/io/emrgateway/agent/consent/" + name);
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
    router.post("/sign/:ticket/*").handler(call -> answered(call, one -> {
      pages.page(one);
      one.next();
    }));
    router.post("/sign/*").handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
    router.post("/sign/:ticket/guardian").handler(call -> answered(call, this::guardian));
    router.post("/sign/:ticket/signature").blockingHandler(call -> answered(call, this::sign), false);
    router.post("/sign/:ticket/cancel").handler(call -> answered(call, this::cancel));
  }

  private static void answered(RoutingContext call, Consumer<RoutingContext> work) {
    try {
      work.accept(call);
    } catch (ConsentRefused refused) {
      Outcomes.refuse(call, refused);
    } catch (SealRefused malformed) {
      Outcomes.refuse(call, new ConsentRefused(ConsentRule.FORM, malformed.place()));
    } catch (PageRefused ticket) {
      Outcomes.refuse(call, ticket);
    }
  }

  /** What the HIS asks for: {@code {"kind","patient":[…],"sections":[…],"to","tablet"}} and what may be left out. */
  private void begin(RoutingContext call) {
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
    String path = pages.give(new Signing(offer, whose, agreement, names.apply(org)), tablet);
    StringBuilder out = new StringBuilder(256);
    Json.quote(out.append("{\"reference\":"), offer.reference());
    Json.quote(out.append(",\"url\":"), call.request().scheme() + "://" + call.request().authority() + path);
    Json.quote(out.append(",\"path\":"), path);
    Json.quote(out.append(",\"expires\":"), Json.time(now.plus(LIFE.unused()).atOffset(ZoneOffset.UTC)));
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
    try {
      Opened<Signing> opened = pages.open(call);
      if (opened.secret() != null) {
        pages.welcomed(call, opened);
      }
      send(call, "sign.html");
    } catch (PageRefused ticket) {
      pages.refuse(call, ticket);
    }
  }

  private void asset(RoutingContext call) {
    String name = call.pathParam("file");
    if (FILES.containsKey(name) && !name.endsWith(".html")) {
      send(call, name);
    } else {
      call.fail(404);
    }
  }

  private void send(RoutingContext call, String name) {
    TicketPages.send(call, FILES.get(name), files.get(name));
  }

  private void text(RoutingContext call) {
    show(call, pages.page(call));
  }

  /** The guardian who is there, named on the tablet: the text is another one with them. */
  private void guardian(RoutingContext call) {
    Signing signing = pages.page(call);
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
  private void sign(RoutingContext call) {
    Optional<Shown> shown = pages.page(call).shown();
    Json.Fields json = body(call, "signature");
    // Its digest is computed here from both: what the page says is signed is what the gateway has shown, or nothing.
    if (shown.isEmpty() || !digest(json.text("text")).equals(digest(shown.get().text()))) {
      throw new ConsentRefused(ConsentRule.TEXT_DIFFERS);
    }
    Signature signature = Signature.read(json);
    json.end();
    String agent = String.valueOf(call.request().getHeader("User-Agent"));
    byte[] evidence = SignedText.write(shown.get(), signature, TicketPages.ticket(call), clock.instant().truncatedTo(ChronoUnit.MILLIS),
        TicketPages.from(call).getHostAddress(), agent.substring(0, Math.min(agent.length(), AGENT_MAX)), suite, hash);
    Consent consent = keep.signedHere(shown.get().offer(), evidence);
    pages.end(call);
    json(call, 201, Json.quote(new StringBuilder("{\"reference\":"), consent.reference()).append('}').toString());
  }

  private String digest(String text) {
    return hash.apply(text.getBytes(StandardCharsets.UTF_8));
  }

  private void cancel(RoutingContext call) {
    pages.page(call);
    pages.end(call);
    call.response().setStatusCode(204).end();
  }

  private static void json(RoutingContext call, int status, String json) {
    call.response().setStatusCode(status).putHeader("Content-Type", "application/json").end(json);
  }
}
