package io.emrgateway.agent.lookup;

import io.emrgateway.agent.seal.Certificate;
import io.emrgateway.agent.seal.Json;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.Signer;
import io.emrgateway.agent.seal.StrictCms;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.routes.core.lookup.DoctorAuthorization;
import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.LookupRequest.Requester;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Purpose;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A lookup's request under its hospital's signature.
 *
 * @param hash {@code H(07|content)}: what every answer to it names
 * @see "agent/decisions/0021-what-wire-leaves-open-of-lookups.md"
 */
public record SignedRequest(byte[] cms, String hash, LookupRequest request) {
  /** Octets of one signed request; a larger one is not looked at. */
  public static final int BYTES_MAX = 64 << 10;

  /** Signs what is asked. */
  public static SignedRequest sign(LookupRequest request, Signer signer) {
    byte[] content = content(request);
    return new SignedRequest(signer.sign(content), hash(signer.suite(), content), request);
  }

  /**
   * Opens what another hospital asks.
   *
   * @param certificates of the feed that is said to have signed it
   * @throws SealRefused {@code seal.*}
   */
  public static SignedRequest open(byte[] cms, Suite suite, Collection<Certificate> certificates) {
    if (cms.length > BYTES_MAX) {
      throw new SealRefused(SealRefused.Reason.JSON_BROKEN, "lookup");
    }
    byte[] content = StrictCms.open(cms, suite, certificates);
    return new SignedRequest(cms, hash(suite, content), read(content));
  }

  private static String hash(Suite suite, byte[] content) {
    return Suite.hex(suite.hash(Suite.TAG_LOOKUP, content));
  }

  /** What is signed, and what the audit keeps. */
  public static byte[] content(LookupRequest request) {
    StringBuilder out = new StringBuilder(1024);
    out.append("{\"v\":1,\"rid\":\"").append(request.rid());
    text(out, "\",\"feed\":", request.feed());
    text(out, ",\"nonce\":", request.nonce());
    time(out, ",\"iat\":", request.issued());
    time(out, ",\"exp\":", request.expires());
    Requester requester = request.requester();
    text(out, ",\"requester\":{\"org\":", requester.org());
    text(out, ",\"department\":", requester.department());
    practitioner(out.append(",\"practitioner\":"), requester.practitioner());
    text(out, ",\"encounter\":", requester.encounter());
    identifiers(out.append("},\"patient\":{\"identifiers\":"), request.patient().identifiers());
    text(out, ",\"name\":", request.patient().name());
    text(out, ",\"birthDate\":", request.patient().birthDate() == null ? null : request.patient().birthDate().toString());
    sections(out.append("},\"scope\":{\"sections\":"), request.scope().sections());
    text(out, ",\"since\":", request.scope().since().toString());
    text(out, ",\"until\":", request.scope().until().toString());
    text(out, "},\"purpose\":", request.purpose().name().toLowerCase(Locale.ROOT));
    doctor(out.append(",\"doctorAuthorization\":"), request.doctor());
    consent(out.append(",\"patientAuthorization\":"), request.consent());
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void doctor(StringBuilder out, DoctorAuthorization doctor) {
    text(out, "{\"practitioner\":", doctor.practitioner());
    text(out, ",\"department\":", doctor.department());
    text(out, ",\"encounter\":", doctor.encounter());
    time(out, ",\"at\":", doctor.at());
    out.append(",\"emergency\":");
    if (doctor.emergency() == null) {
      out.append("null");
    } else {
      text(out, "{\"reason\":", doctor.emergency().reason());
      practitioner(out.append(",\"second\":"), doctor.emergency().second());
      out.append('}');
    }
    out.append('}');
  }

  private static void consent(StringBuilder out, PatientAuthorization consent) {
    text(out, "{\"kind\":", consent.kind().name().toLowerCase(Locale.ROOT));
    text(out, ",\"reference\":", consent.reference());
    text(out, ",\"evidence\":", consent.evidence());
    time(out, ",\"grantedAt\":", consent.grantedAt());
    time(out, ",\"expiresAt\":", consent.expiresAt());
    text(out, ",\"grantee\":", consent.grantee());
    sections(out.append(",\"scope\":"), consent.scope());
    out.append(",\"guardian\":");
    if (consent.guardian() == null) {
      out.append("null");
    } else {
      text(out, "{\"name\":", consent.guardian().name());
      text(out, ",\"relation\":", consent.guardian().relation());
      out.append('}');
    }
    out.append('}');
  }

  private static void practitioner(StringBuilder out, Practitioner one) {
    text(out, "{\"id\":", one.id());
    text(out, ",\"name\":", one.name());
    out.append('}');
  }

  static void identifiers(StringBuilder out, List<Identifier> identifiers) {
    out.append('[');
    String comma = "";
    for (Identifier identifier : identifiers) {
      text(out.append(comma), "{\"system\":", identifier.system());
      text(out, ",\"value\":", identifier.value());
      out.append('}');
      comma = ",";
    }
    out.append(']');
  }

  static List<Identifier> identifiers(Json.Fields json, String key) {
    return json.objects(key, one -> new Identifier(one.text("system"), one.text("value")));
  }

  static void sections(StringBuilder out, Set<Section> sections) {
    out.append(new TreeSet<>(sections).stream().map(one -> '"' + one.wireName() + '"').collect(Collectors.joining(",", "[", "]")));
  }

  static void text(StringBuilder out, String before, String text) {
    out.append(before);
    if (text == null) {
      out.append("null");
    } else {
      Json.quote(out, text);
    }
  }

  static void time(StringBuilder out, String before, Instant time) {
    text(out, before, time == null ? null : Json.time(time.atOffset(ZoneOffset.UTC)));
  }

  /**
   * Reads what {@link #content} wrote.
   *
   * @throws SealRefused {@code seal.json-broken}
   */
  public static LookupRequest read(byte[] content) {
    Json.Fields json = Json.read(content, "lookup");
    json.version1();
    UUID rid = rid(json);
    String feed = json.text("feed");
    String nonce = json.text("nonce");
    Instant issued = json.time("iat").toInstant();
    Instant expires = json.time("exp").toInstant();
    Json.Fields asks = json.object("requester");
    Requester requester = new Requester(asks.text("org"), asks.text("department"), practitioner(asks, "practitioner"),
        asks.text("encounter"));
    asks.end();
    Json.Fields sought = json.object("patient");
    Sought patient = new Sought(
        identifiers(sought, "identifiers"), sought.text("name"),
        sought.textOrNull("birthDate").map(day -> day(sought, "birthDate", day)).orElse(null));
    sought.end();
    Json.Fields asked = json.object("scope");
    Scope scope = new Scope(sections(asked, "sections"), day(asked, "since", asked.text("since")), day(asked, "until", asked.text("until")));
    asked.end();
    Purpose purpose = named(Purpose.values(), json, "purpose");
    LookupRequest request = new LookupRequest(rid, feed, nonce, issued, expires, requester, patient, scope, purpose,
        doctor(json.object("doctorAuthorization")), consent(json.object("patientAuthorization")));
    json.end();
    return request;
  }

  /** A request's number, spelt as {@link UUID} spells it. */
  static UUID rid(Json.Fields json) {
    String text = json.text("rid");
    try {
      UUID rid = UUID.fromString(text);
      if (rid.toString().equals(text)) {
        return rid;
      }
    } catch (IllegalArgumentException e) {
      // The same as another spelling.
    }
    throw json.broken("rid");
  }

  private static DoctorAuthorization doctor(Json.Fields json) {
    String practitioner = json.text("practitioner");
    String department = json.text("department");
    String encounter = json.text("encounter");
    Instant at = json.time("at").toInstant();
    Emergency emergency = null;
    if (!json.isNull("emergency")) {
      Json.Fields why = json.object("emergency");
      emergency = new Emergency(why.text("reason"), practitioner(why, "second"));
      why.end();
    }
    json.end();
    return new DoctorAuthorization(practitioner, department, encounter, at, emergency);
  }

  private static PatientAuthorization consent(Json.Fields json) {
    Kind kind = named(Kind.values(), json, "kind");
    String reference = json.textOrNull("reference").orElse(null);
    String evidence = json.textOrNull("evidence").orElse(null);
    Instant granted = timeOrNull(json, "grantedAt");
    Instant expires = timeOrNull(json, "expiresAt");
    String grantee = json.textOrNull("grantee").orElse(null);
    Set<Section> scope = sections(json, "scope");
    Guardian guardian = null;
    if (!json.isNull("guardian")) {
      Json.Fields who = json.object("guardian");
      guardian = new Guardian(who.text("name"), who.text("relation"));
      who.end();
    }
    json.end();
    return new PatientAuthorization(kind, reference, evidence, granted, expires, grantee, scope, guardian);
  }

  private static Instant timeOrNull(Json.Fields json, String key) {
    return json.isNull(key) ? null : json.time(key).toInstant();
  }

  private static Practitioner practitioner(Json.Fields json, String key) {
    Json.Fields who = json.object(key);
    Practitioner practitioner = new Practitioner(who.text("id"), who.text("name"));
    who.end();
    return practitioner;
  }

  static Set<Section> sections(Json.Fields json, String key) {
    return json.texts(key).stream().map(one -> Section.named(one).orElseThrow(() -> json.broken(key))).collect(Collectors.toSet());
  }

  private static <E extends Enum<E>> E named(E[] all, Json.Fields json, String key) {
    String text = json.text(key);
    return Arrays.stream(all).filter(one -> one.name().toLowerCase(Locale.ROOT).equals(text)).findFirst()
        .orElseThrow(() -> json.broken(key));
  }

  private static LocalDate day(Json.Fields json, String key, String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw json.broken(key);
    }
  }

  /** Its number alone. */
  @Override
  public String toString() {
    return "SignedRequest[" + request.rid() + "]";
  }
}
