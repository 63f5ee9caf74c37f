package io.emrgateway.agent.audit;

import static io.emrgateway.mappings.records.Tree.list;
import static io.emrgateway.mappings.records.Tree.object;

import io.emrgateway.agent.lookup.SignedRequest;
import io.emrgateway.agent.seal.Json;
import io.emrgateway.mappings.records.Tree;
import io.emrgateway.routes.core.lookup.Audits.Act;
import io.emrgateway.routes.core.lookup.Audits.Entry;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.PatientAuthorization;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Purpose;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Identifier;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Writes the audit's records as FHIR R4 AuditEvents.
 *
 * <p>A question, ours or another hospital's, has the shape of BALP's PatientQuery: the raw request stands in its query.
 * What is shown is a privacy disclosure as its recipient records it, what is answered one as its source does. What was
 * refused, failed or came to nothing has the query's shape with its outcome; only what BALP calls a success names its
 * profile. Each has an id of random digits, so that the hash in the chain confirms no guess of what was sealed.
 *
 * @see "IHE Basic Audit Log Patterns 1.1.4, sources as of 1.1.5: PatientQuery, PrivacyDisclosure.Source, PrivacyDisclosure.Recipient"
 */
public final class AuditEvents {
  static final String ACT = "urn:emr-gateway:codes:audit-act";
  static final String RESOURCE_TYPE = "http://hl7.org/fhir/resource-types";
  static final String DIGEST = "urn:emr-gateway:digest";
  static final String HOSPITAL = "urn:emr-gateway:hospital";
  static final String OBJECT = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
  private static final String ROLE = "http://terminology.hl7.org/CodeSystem/object-role";
  private static final String DICOM = "http://dicom.nema.org/resources/ontology/DCM";
  private static final String PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
  private static final String BALP = "https://profiles.ihe.net/ITI/BALP/";
  /** A URI, by HL7's network-type; a hospital opens no port, so its gateway is known by its feed alone. */
  private static final String URI_NETWORK = "5";
  private static final String CITY = "urn:emr-gateway:city";
  private static final String FEED = "urn:emr-gateway:feed";

  private static final Map<String, Object> APPLICATION = object("coding", list(coding(DICOM, "110150", "Application")));
  private static final String FAILED = "8";

  private final String feed;

  /** @param feed of the gateway that keeps the audit, e.g. {@code H-0104/main} */
  public AuditEvents(String feed) {
    this.feed = feed;
  }

  /** An act of a lookup. Patient data. */
  public byte[] lookup(Instant at, Entry entry) {
    LookupRequest request = entry.request();
    boolean ours = entry.act() == Act.ASK || entry.act() == Act.ASK_REFUSED || entry.act() == Act.SHOW;
    boolean disclosed = entry.count() > 0;
    String profile = disclosed ? ours ? "PrivacyDisclosure.Recipient" : "PrivacyDisclosure.Source"
        : entry.outcome().isEmpty() ? "PatientQuery" : null;
    Map<String, Object> asker = ours ? gateway(feed) : gateway(request.feed());
    Map<String, Object> asked = ours ? city() : gateway(feed);
    List<Object> agents = disclosed
        ? list(agent("110153", "Source Role ID", asked), agent("110152", "Destination Role ID", asker))
        : list(agent("110153", "Source Role ID", asker), agent("110152", "Destination Role ID", asked));
    agents.addAll(people(request));
    Map<String, Object> event = object(
        "resourceType", "AuditEvent", "id", UUID.randomUUID().toString(),
        "meta", profile == null ? null : object("profile", list(BALP + "StructureDefinition/IHE.BasicAudit." + profile)),
        "type", !disclosed ? coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "Restful Operation")
            : ours ? coding(DICOM, "110107", "Import") : coding(DICOM, "110106", "Export"),
        "subtype", list(
            disclosed ? coding("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose", "Disclose Record Lifecycle Event")
                : coding("http://hl7.org/fhir/restful-interaction", "search", "search"),
            coding(ACT, name(entry.act()), null)),
        "action", !disclosed ? "E" : ours ? "C" : "R");
    return written(event, at, disclosed ? "0" : FAILED, entry.outcome(), list(purpose(request)), agents, entities(entry));
  }

  private static String name(Act act) {
    return act.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** @param failed the code where the outcome is not empty: an answer that lacks something is an answer all the same */
  private byte[] written(Map<String, Object> event, Instant at, String failed, String outcome, List<Object> purpose, List<Object> agents,
      List<Object> entities) {
    event.put("recorded", Json.time(at.atOffset(ZoneOffset.UTC)));
    event.put("outcome", outcome.isEmpty() ? "0" : failed);
    if (!outcome.isEmpty()) {
      event.put("outcomeDesc", outcome);
    }
    if (!purpose.isEmpty()) {
      event.put("purposeOfEvent", purpose);
    }
    event.put("agent", agents);
    event.put("source", object("observer", gateway(feed)));
    if (!entities.isEmpty()) {
      event.put("entity", entities);
    }
    return Tree.bytes(event, 4_096);
  }

  private static Map<String, Object> coding(String system, String code, String display) {
    return object("system", system, "code", code, "display", display);
  }

  private static Map<String, Object> named(String type, String system, String value, String display) {
    return object("type", type, "identifier", object("system", system, "value", some(value)), "display", display);
  }

  private static Map<String, Object> gateway(String feed) {
    return named("Device", FEED, feed, null);
  }

  private static Map<String, Object> city() {
    return named("Device", CITY, "city", "市平台 / the city platform");
  }

  /** A machine; where it stands on the net is its feed's name, or the city's. */
  private static Map<String, Object> agent(String role, String display, Map<String, Object> who) {
    String address = Tree.text(who, "identifier", "system").equals(CITY) ? CITY : FEED + ":" + Tree.text(who, "identifier", "value");
    return object("type", object("coding", list(coding(DICOM, role, display))), "who", who, "requestor", false,
        "network", object("address", address, "type", URI_NETWORK));
  }

  private static List<Object> people(LookupRequest request) {
    String org = request.requester().org();
    Map<String, Object> doctor = person("IRCP", "information recipient", org, request.requester().practitioner(), true);
    if (some(request.requester().department()) != null) {
      doctor.put("role", list(object("text", request.requester().department())));
    }
    doctor.put("purposeOfUse", list(reason(request)));
    boolean confirmed = request.doctor().emergency() != null && request.doctor().emergency().second() != null;
    return confirmed ? List.of(doctor, person("VRF", "verifier", org, request.doctor().emergency().second(), false)) : List.of(doctor);
  }

  private static Map<String, Object> person(String role, String display, String org, Practitioner who, boolean asks) {
    return object("type", object("coding", list(coding(PARTICIPATION, role, display))),
        "who", named("Practitioner", "urn:emr-gateway:" + org + ":practitioner", who.id(), null), "name", some(who.name()),
        "requestor", asks);
  }

  /** FHIR has no empty text; a question that was refused for one may hold it. */
  private static String some(String text) {
    return text == null || text.isBlank() ? null : text;
  }

  private static Map<String, Object> reason(LookupRequest request) {
    return object("coding", list(request.purpose() == Purpose.EMERGENCY
        ? coding("http://terminology.hl7.org/CodeSystem/v3-ActReason", "ETREAT", "Emergency Treatment")
        : coding("http://terminology.hl7.org/CodeSystem/v3-ActReason", "TREAT", "treatment")));
  }

  private static Map<String, Object> purpose(LookupRequest request) {
    Map<String, Object> purpose = reason(request);
    if (request.doctor().emergency() != null && some(request.doctor().emergency().reason()) != null) {
      purpose.put("text", request.doctor().emergency().reason());
    }
    return purpose;
  }

  private static List<Object> entities(Entry entry) {
    LookupRequest request = entry.request();
    List<Object> all = list(
        patient(request.patient().identifiers().isEmpty() ? null : request.patient().identifiers().get(0)),
        object("type", coding(OBJECT, "2", "System Object"), "role", coding(ROLE, "24", "Query"), "description", days(request),
            "query", Base64.getEncoder().encodeToString(SignedRequest.content(request))),
        object("what", object("identifier", object("value", request.rid().toString())),
            "type", coding(BALP + "CodeSystem/BasicAuditEntityType", "XrequestId", null)),
        object("what", named("Encounter", "urn:emr-gateway:" + request.requester().org() + ":visit", request.requester().encounter(), null),
            "type", coding(RESOURCE_TYPE, "Encounter", "Encounter")));
    PatientAuthorization consent = request.consent();
    if (consent.reference() != null) {
      all.add(object("what", named("Consent", "urn:emr-gateway:" + consent.grantee() + ":consent", consent.reference(), null),
          "type", coding(RESOURCE_TYPE, "Consent", "Consent"), "detail", list(detail("kind", consent.kind().name().toLowerCase(Locale.ROOT)),
              detail("evidence", String.valueOf(consent.evidence())))));
    }
    if (!request.requester().org().equals(entry.asker())) {
      // A question under another hospital's signature, or nobody's; the agents are those that it names.
      all.add(hospital(entry.asker(), list(detail("signed", "true"))));
    }
    entry.sources().forEach(source -> all.add(hospital(source.org(),
        list(detail("status", source.status()), detail("count", String.valueOf(source.count()))))));
    if (!entry.digest().isEmpty()) {
      all.add(object("what", object("identifier", object("system", DIGEST, "value", entry.digest())),
          "type", coding(OBJECT, "2", "System Object"), "role", coding(ROLE, "3", "Report"),
          "detail", list(detail("count", String.valueOf(entry.count())))));
    }
    return all;
  }

  private static Map<String, Object> patient(Identifier identifier) {
    return object("what", object("type", "Patient", "identifier",
            identifier == null ? null : object("system", identifier.system(), "value", identifier.value())),
        "type", coding(OBJECT, "1", "Person"), "role", coding(ROLE, "1", "Patient"));
  }

  private static Map<String, Object> hospital(String org, List<Object> details) {
    return object("what", named("Organization", HOSPITAL, org, null), "type", coding(RESOURCE_TYPE, "Organization", "Organization"),
        "detail", details);
  }

  private static Map<String, Object> detail(String type, String value) {
    return object("type", type, "valueString", value);
  }

  private static String days(LookupRequest request) {
    Window window = Window.of(request.issued(), request.scope());
    String days = new TreeSet<>(request.scope().sections()).stream().map(section -> section.wireName()).collect(Collectors.joining(" "))
        + ", " + window.first() + " – " + window.last();
    return Window.narrows(request.issued(), request.scope()) ? days + ", narrowed: asked from " + request.scope().since() : days;
  }

  /**
   * What an operator did, or the gateway by itself. Who at the hospital uses the account that may give orders is not known
   * to the gateway, so it stands there itself.
   *
   * @param detail numbers and hashes, never a patient's data
   */
  public byte[] operation(Instant at, Deed deed, String detail) {
    Map<String, Object> event = event(coding(DICOM, "110100", "Application Activity"), deed, "E");
    return written(event, at, FAILED, "", List.of(), list(application()), detail.isEmpty() ? List.of() : list(object("description", detail)));
  }

  /**
   * What is done with a patient's will: a consent or an objection is taken, taken back or looked at. Patient data.
   *
   * @param detail numbers and hashes
   * @param by staff number, or the system that called
   */
  public byte[] will(Instant at, Deed deed, String detail, String by, List<Identifier> patient) {
    Map<String, Object> event = event(coding(DICOM, "110110", "Patient Record"), deed, switch (deed) {
      case CONSENT, OBJECTION -> "C";
      case CONSENT_EVIDENCE -> "R";
      default -> "U";
    });
    List<Object> entities = list(object("type", coding(RESOURCE_TYPE, "Consent", "Consent"), "description", detail));
    patient.forEach(one -> entities.add(patient(one)));
    return written(event, at, FAILED, "", List.of(),
        list(object("altId", by, "requestor", true), object("type", APPLICATION, "who", gateway(feed), "requestor", false)), entities);
  }

  /**
   * Somebody is about to read the audit.
   *
   * @param detail what of it; never a patient's data
   * @param patient whose list is made, empty for none; then the record is patient data
   */
  public byte[] reading(Instant at, String detail, List<Identifier> patient) {
    Map<String, Object> event = event(coding(DICOM, "110101", "Audit Log Used"), Deed.AUDIT_READ, "R");
    List<Object> entities = list(object("type", coding(OBJECT, "2", "System Object"), "role", coding(ROLE, "13", "Security Resource"),
        "description", detail));
    patient.forEach(one -> entities.add(patient(one)));
    return written(event, at, FAILED, "", List.of(), list(application()), entities);
  }

  private static Map<String, Object> event(Map<String, Object> type, Deed deed, String action) {
    return object("resourceType", "AuditEvent", "id", UUID.randomUUID().toString(), "type", type,
        "subtype", list(coding(ACT, deed.word(), null)), "action", action);
  }

  private Map<String, Object> application() {
    return object("type", APPLICATION, "who", gateway(feed), "requestor", true);
  }
}
