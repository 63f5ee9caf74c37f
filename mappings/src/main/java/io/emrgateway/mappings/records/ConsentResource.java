package io.emrgateway.mappings.records;

import static io.emrgateway.mappings.records.Tree.list;
import static io.emrgateway.mappings.records.Tree.object;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.emrgateway.mappings.About.Identifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A patient's consent as FHIR R4 has it, in the manner of IHE's Privacy Consent on FHIR: whose, given by whom, to which
 * hospital, for which sections, from when to when, on what evidence. And an objection, which is a Consent that denies:
 * whose, said by whom, which sections, all of them where it names none.
 *
 * <p>What would narrow either and is not understood here is refused, never passed over: it is kept as it was given.
 *
 * @see "IHE ITI, Privacy Consent on FHIR (PCF) 1.1.0"
 */
public final class ConsentResource {
  /** Codes of {@link Section}, in {@code provision.class}. */
  public static final String SECTIONS = "urn:emr-gateway:codes:section";
  /** Codes of how it was given: paper, handwriting or guardian; in {@code category}. */
  public static final String KINDS = "urn:emr-gateway:codes:consent-kind";
  /** Extension: the hospital says that the patient cannot consent, whatever the age. */
  public static final String INCAPACITATED = "urn:emr-gateway:extension:incapacitated";
  /** Extension: staff number of who took it down. */
  public static final String RECORDED_BY = "urn:emr-gateway:extension:recorded-by";
  /** Extension: hash of the evidence, by which lookups name the consent. */
  public static final String EVIDENCE = "urn:emr-gateway:extension:evidence";
  /** Extension: why this hospital withholds a patient's records, where it is not the patient who objects. */
  public static final String REASON = "urn:emr-gateway:extension:withheld-reason";
  private static final String WITHDRAWN = "urn:emr-gateway:extension:withdrawn";
  private static final String HOSPITAL = "urn:emr-gateway:hospital";
  /** What a hospital follows when it asks: personal information law, articles 28 to 31. */
  private static final String POLICY = "urn:emr-gateway:policy:lookup";
  private static final String SCOPES = "http://terminology.hl7.org/CodeSystem/consentscope";
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);
  private static final Set<String> PERMIT = Set.of("id", "type", "period", "actor", "class", "purpose", "action");
  private static final Set<String> DENY = Set.of("id", "type", "class", "action");

  private ConsentResource() {}

  /** The first place that is not of the form asked for, e.g. {@code Consent.status}; never what stands there. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;
    private final String place;

    Malformed(String place) {
      super(place, null, false, false);
      this.place = place;
    }

    public String place() {
      return place;
    }
  }

  /** Who signed for a patient. */
  public record Guardian(String name, String relation) {}

  /** The scan: null where there is none; the digest as named beside it, or null. */
  public record Attachment(String type, byte[] data, byte[] digest) {}

  /**
   * A consent as it was sent, or an objection: that has no kind, time, grantee and scan.
   *
   * @param denies whether it is an objection
   * @param reason the hospital's own for withholding, or null
   * @param reference the agreement's number, or null
   * @param kind one of {@link #KINDS}, or null when not said
   * @param patient each number of the patient; its system is null where none was given
   * @param from null when not said
   * @param grantee the hospital that may ask
   * @param guardian null unless somebody signed for the patient
   */
  public record Offered(boolean denies, String reason, String reference, String kind, List<Identifier> patient, Set<Section> sections, Instant from, Instant to,
      String grantee, Guardian guardian, boolean incapacitated, String recordedBy, Attachment scan) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Offered[…]";
    }
  }

  /** What can be shown. */
  public sealed interface Shown permits Kept, Objected {}

  /**
   * An objection as it is kept.
   *
   * @param org this hospital
   * @param reason the hospital's own, or null
   * @param lifted when it was, or null
   */
  public record Objected(String reference, String org, List<Identifier> patient, Set<Section> sections, Guardian guardian, String reason,
      Instant at, String recordedBy, Instant lifted) implements Shown {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Objected[…]";
    }
  }

  /**
   * A consent as it is kept.
   *
   * @param withdrawn when it was, or null
   * @param evidenceUrl where the evidence can be had
   */
  public record Kept(String reference, String kind, List<Identifier> patient, Set<Section> sections, Instant from, Instant to,
      String grantee, Guardian guardian, boolean incapacitated, String recordedBy, String evidence, String evidenceUrl, Instant withdrawn)
      implements Shown {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Kept[…]";
    }
  }

  /** Reads one Consent; a scan goes straight from its base64 into octets, because a large one has no room for a third copy. */
  public static Offered read(InputStream json) throws Malformed {
    Map<String, Object> consent = new LinkedHashMap<>();
    byte[][] data = new byte[1][];
    try (JsonParser parser = Tree.parser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new Malformed("Consent");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        boolean scan = parser.nextToken() == JsonToken.START_OBJECT && name.equals("sourceAttachment");
        consent.put(name, scan ? attachment(parser, data) : Tree.value(parser));
      }
      if (parser.nextToken() != null) {
        throw new Malformed("Consent");
      }
    } catch (IOException | RecordsRefused unreadable) {
      throw new Malformed("Consent"); // Their own texts show what stands there.
    }
    return offered(consent, data[0]);
  }

  private static Map<String, Object> attachment(JsonParser parser, byte[][] data) throws IOException {
    Map<String, Object> attachment = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.equals("data") && value == JsonToken.VALUE_STRING) {
        data[0] = parser.getBinaryValue();
      } else {
        attachment.put(name, Tree.value(parser));
      }
    }
    return attachment;
  }

  private static Offered offered(Map<String, Object> consent, byte[] data) throws Malformed {
    require("Consent".equals(consent.get("resourceType")), "resourceType");
    require(consent.get("implicitRules") == null, "implicitRules");
    require(!hasModifier(consent), "modifierExtension");
    require("active".equals(consent.get("status")), "status");
    require(hasCode(consent.get("scope"), SCOPES, "patient-privacy"), "scope");
    require(consent.get("sourceReference") == null, "sourceReference");
    Map<String, Object> provision = inner(consent, "provision");
    Object type = provision.getOrDefault("type", "permit");
    boolean denies = "deny".equals(type);
    require(denies || "permit".equals(type), "provision.type");
    require((denies ? DENY : PERMIT).containsAll(provision.keySet()), "provision");
    require(allAre(provision, "action", "access"), "provision.action");
    require(allAre(provision, "purpose", "TREAT"), "provision.purpose");
    Map<String, Object> attachment = consent.get("sourceAttachment") == null ? Map.of() : inner(consent, "sourceAttachment");
    // The gateway keeps no proof of an objection; whoever sends one should not believe that it does.
    require(!denies || attachment.isEmpty() && data == null, "sourceAttachment");
    require(attachment.get("url") == null, "sourceAttachment.url");
    require(denies || extension(consent, REASON, "valueString") == null, "extension");
    Instant from = denies ? null : time(Tree.text(provision, "period", "start"), false, "provision.period.start");
    return new Offered(denies, text(consent, REASON), Tree.text(consent, "identifier", "value"), denies ? null : kind(consent), patient(consent),
        sections(provision), denies || from != null ? from : time(Tree.text(consent, "dateTime"), false, "dateTime"),
        denies ? null : end(provision), denies ? null : grantee(provision), guardian(consent),
        Boolean.TRUE.equals(extension(consent, INCAPACITATED, "valueBoolean")), text(consent, RECORDED_BY),
        new Attachment(Tree.text(attachment, "contentType"), data, digest(attachment)));
  }

  private static String text(Map<String, Object> consent, String extension) {
    return extension(consent, extension, "valueString") instanceof String text ? text : null;
  }

  private static void require(boolean right, String place) throws Malformed {
    if (!right) {
      throw new Malformed("Consent." + place);
    }
  }

  private static Map<String, Object> inner(Map<String, Object> from, String name) throws Malformed {
    require(from.get(name) instanceof Map<?, ?>, name);
    return Tree.cast((Map<?, ?>) from.get(name));
  }

  private static boolean hasModifier(Object value) {
    return value instanceof Map<?, ?> map
        ? map.containsKey("modifierExtension") || map.values().stream().anyMatch(ConsentResource::hasModifier)
        : value instanceof List<?> items && items.stream().anyMatch(ConsentResource::hasModifier);
  }

  private static boolean hasCode(Object concept, String system, String code) {
    return codings(concept).stream().anyMatch(coding -> system.equals(coding.get("system")) && code.equals(coding.get("code")));
  }

  /** Of a CodeableConcept, or the Coding itself. */
  private static List<Map<String, Object>> codings(Object concept) {
    return Tree.at(concept, "coding") == null && concept instanceof Map<?, ?> coding ? List.of(Tree.cast(coding)) : Tree.objects(concept, "coding");
  }

  /** What limits a consent in a way that lookups have anyway, or that is not there. */
  private static boolean allAre(Map<String, Object> provision, String name, String code) {
    return provision.get(name) == null || provision.get(name) instanceof List<?> all && !all.isEmpty()
        && all.stream().allMatch(one -> codings(one).stream().anyMatch(coding -> code.equals(coding.get("code"))));
  }

  private static String kind(Map<String, Object> consent) {
    return Tree.objects(consent, "category").stream().flatMap(one -> codings(one).stream()).filter(one -> KINDS.equals(one.get("system")))
        .map(one -> String.valueOf(one.get("code"))).findFirst().orElse(null);
  }

  private static Map<String, Object> contained(Map<String, Object> consent, String reference, String type) {
    return reference == null || !reference.startsWith("#") ? null : Tree.objects(consent, "contained").stream()
        .filter(one -> reference.substring(1).equals(one.get("id")) && type.equals(one.get("resourceType"))).findFirst().orElse(null);
  }

  private static List<Identifier> patient(Map<String, Object> consent) throws Malformed {
    List<Map<String, Object>> identifiers = new ArrayList<>();
    if (Tree.at(consent, "patient", "identifier") instanceof Map<?, ?> one) {
      identifiers.add(Tree.cast(one));
    }
    String reference = Tree.text(consent, "patient", "reference");
    if (reference != null) {
      Map<String, Object> patient = contained(consent, reference, "Patient");
      require(patient != null, "patient.reference");
      identifiers.addAll(Tree.objects(patient, "identifier"));
    }
    require(!identifiers.isEmpty(), "patient");
    List<Identifier> numbers = new ArrayList<>();
    for (Map<String, Object> one : identifiers) {
      require(one.get("value") instanceof String value && !value.isBlank(), "patient.identifier.value");
      numbers.add(new Identifier(Tree.text(one, "system"), Tree.text(one, "value")));
    }
    return numbers;
  }

  private static Set<Section> sections(Map<String, Object> provision) throws Malformed {
    Set<Section> sections = EnumSet.noneOf(Section.class);
    for (Map<String, Object> one : Tree.objects(provision, "class")) {
      require(SECTIONS.equals(one.get("system")), "provision.class.system");
      try {
        sections.add(Section.of(Tree.text(one, "code")));
      } catch (IllegalArgumentException unknown) {
        throw new Malformed("Consent.provision.class.code");
      }
    }
    return sections;
  }

  private static String grantee(Map<String, Object> provision) throws Malformed {
    List<Map<String, Object>> actors = Tree.objects(provision, "actor");
    require(actors.size() == 1, "provision.actor");
    String grantee = Tree.text(actors.get(0), "reference", "identifier", "value");
    require(grantee != null, "provision.actor.reference.identifier");
    return grantee;
  }

  /** The contained RelatedPerson among those who performed it, or null; whoever else did is the patient. */
  private static Guardian guardian(Map<String, Object> consent) throws Malformed {
    Map<String, Object> guardian = null;
    for (Map<String, Object> one : Tree.objects(consent, "performer")) {
      String reference = Tree.text(one, "reference");
      Map<String, Object> related = contained(consent, reference, "RelatedPerson");
      require(guardian == null || related == null, "performer");
      require(related != null || reference == null || contained(consent, reference, "Patient") != null, "performer.reference");
      guardian = related == null ? guardian : related;
    }
    return guardian == null ? null : new Guardian(name(guardian), relation(guardian));
  }

  private static String name(Map<String, Object> guardian) {
    String text = Tree.text(guardian, "name", "text");
    String family = Tree.text(guardian, "name", "family");
    return text != null ? text : family;
  }

  private static String relation(Map<String, Object> guardian) {
    String text = Tree.text(guardian, "relationship", "text");
    return text != null ? text : Tree.text(guardian, "relationship", "coding", "display");
  }

  private static Object extension(Map<String, Object> consent, String url, String value) {
    return Tree.objects(consent, "extension").stream().filter(one -> url.equals(one.get("url"))).map(one -> one.get(value)).findFirst().orElse(null);
  }

  private static Instant end(Map<String, Object> provision) throws Malformed {
    Instant end = time(Tree.text(provision, "period", "end"), true, "provision.period.end");
    require(end != null, "provision.period.end");
    return end;
  }

  /** @param end a day counts to its end then, else from its beginning */
  private static Instant time(String text, boolean end, String place) throws Malformed {
    try {
      return text == null ? null : text.length() > 10 ? OffsetDateTime.parse(text).toInstant()
          : LocalDate.parse(text).plusDays(end ? 1 : 0).atStartOfDay().toInstant(CHINA);
    } catch (DateTimeException e) {
      throw new Malformed("Consent." + place);
    }
  }

  /** SHA-1, as R4 has it, or 32 octets, which are SHA-256. */
  private static byte[] digest(Map<String, Object> attachment) throws Malformed {
    String base64 = Tree.text(attachment, "hash");
    if (base64 == null) {
      return null;
    }
    try {
      byte[] digest = Base64.getDecoder().decode(base64);
      require(digest.length == 20 || digest.length == 32, "sourceAttachment.hash");
      return digest;
    } catch (IllegalArgumentException e) {
      throw new Malformed("Consent.sourceAttachment.hash");
    }
  }

  /** One FHIR R4 Consent as UTF-8 JSON. */
  public static byte[] write(Shown shown) {
    return Tree.bytes(tree(shown), 2_048);
  }

  /** A Bundle of type searchset. */
  public static byte[] search(List<? extends Shown> all) {
    List<Object> entries = new ArrayList<>();
    all.forEach(one -> entries.add(object("fullUrl", "urn:uuid:" + UUID.nameUUIDFromBytes(reference(one).getBytes(StandardCharsets.UTF_8)),
        "resource", tree(one), "search", object("mode", "match"))));
    return Tree.bytes(object("resourceType", "Bundle", "type", "searchset", "total", new Tree.Number(String.valueOf(all.size())),
        "entry", entries.isEmpty() ? null : entries), 4_096);
  }

  private static String reference(Shown shown) {
    return shown instanceof Kept kept ? kept.reference : ((Objected) shown).reference;
  }

  private static Map<String, Object> tree(Shown shown) {
    return shown instanceof Kept kept ? tree(kept) : tree((Objected) shown);
  }

  private static Map<String, Object> tree(Kept kept) {
    List<Object> extensions = list(object("url", RECORDED_BY, "valueString", kept.recordedBy), object("url", EVIDENCE, "valueString", kept.evidence));
    if (kept.incapacitated) {
      extensions.add(object("url", INCAPACITATED, "valueBoolean", true));
    }
    return tree(new Common(kept.reference, kept.grantee, kept.patient, kept.guardian, kept.from, kept.withdrawn), extensions, kept.kind,
        object("url", kept.evidenceUrl, "title", "授权凭据 evidence"),
        object("type", "permit", "period", object("start", text(kept.from), "end", text(kept.to)),
            "actor", list(object("role", object("coding", list(object(
                "system", "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code", "IRCP"))), "reference", hospital(kept.grantee))),
            "purpose", list(object("system", "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code", "TREAT")),
            "class", classes(kept.sections)));
  }

  private static Map<String, Object> tree(Objected objected) {
    List<Object> extensions = list(object("url", RECORDED_BY, "valueString", objected.recordedBy));
    if (objected.reason != null) {
      extensions.add(object("url", REASON, "valueString", objected.reason));
    }
    return tree(new Common(objected.reference, objected.org, objected.patient, objected.guardian, objected.at, objected.lifted), extensions,
        null, null, object("type", "deny", "class", classes(objected.sections)));
  }

  /** What a consent and an objection have in common. */
  private record Common(String reference, String org, List<Identifier> patient, Guardian guardian, Instant at, Instant over) {}

  private static Map<String, Object> tree(Common about, List<Object> extensions, String kind, Map<String, Object> attachment,
      Map<String, Object> provision) {
    boolean isId = about.reference.matches("[A-Za-z0-9.-]{1,64}");
    List<Object> identifiers = new ArrayList<>();
    about.patient.forEach(one -> identifiers.add(object("system", one.system(), "value", one.value())));
    List<Object> contained = list(object("resourceType", "Patient", "id", "patient", "identifier", identifiers));
    if (about.guardian != null) {
      contained.add(object("resourceType", "RelatedPerson", "id", "guardian", "patient", object("reference", "#patient"),
          "relationship", list(object("text", about.guardian.relation)), "name", list(object("text", about.guardian.name))));
    }
    if (about.over != null) {
      extensions.add(object("url", WITHDRAWN, "valueDateTime", text(about.over)));
    }
    List<Object> categories = list(object("coding", list(object("system", "http://loinc.org", "code", "59284-0"))));
    if (kind != null) {
      categories.add(object("coding", list(object("system", KINDS, "code", kind))));
    }
    return object("resourceType", "Consent", "id", isId ? about.reference : null, "contained", contained, "extension", extensions,
        "identifier", list(object("system", "urn:emr-gateway:" + about.org + ":consent", "value", about.reference)),
        "status", about.over == null ? "active" : "inactive",
        "scope", object("coding", list(object("system", SCOPES, "code", "patient-privacy"))), "category", categories,
        "patient", object("reference", "#patient"), "dateTime", text(about.at),
        "performer", list(object("reference", about.guardian == null ? "#patient" : "#guardian")),
        "organization", list(hospital(about.org)), "sourceAttachment", attachment, "policy", list(object("uri", POLICY)),
        "provision", provision);
  }

  private static Map<String, Object> hospital(String org) {
    return object("identifier", object("system", HOSPITAL, "value", org));
  }

  private static List<Object> classes(Set<Section> sections) {
    List<Object> classes = new ArrayList<>();
    sections.stream().sorted().forEach(one -> classes.add(object("system", SECTIONS, "code", one.wire())));
    return classes;
  }

  private static String text(Instant time) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atOffset(CHINA));
  }
}
