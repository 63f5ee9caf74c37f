package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What a message says about itself: MSH, SFT and EVN into one MessageHeader. */
final class HeaderFamily implements Family {

  /** ISO 639-1 by ISO 639-1 and 639-2/T: BCP 47 wants the short code where there is one. */
  private static final Map<String, String> LANGUAGES = new HashMap<>();

  static {
    for (String language : Locale.getISOLanguages()) {
      LANGUAGES.put(language, language);
      LANGUAGES.put(new Locale(language).getISO3Language(), language);
    }
    LANGUAGES.put("chi", "zh"); // ISO 639-2/B, as older systems write it.
  }

  @Override
  public Map<String, Row.Action> functions() {
    return Map.of(
        "message-event", HeaderFamily::event,
        "sending-application", call -> application(call, call.root().child(call.root().type().slot("source"), -1)),
        "receiving-application",
            call -> application(call, call.root().child(call.root().type().slot("destination"), 0)),
        "sending-address", call -> address(call, call.root().child(call.root().type().slot("source"), -1)),
        "receiving-address", call -> address(call, call.root().child(call.root().type().slot("destination"), 0)),
        "facility", HeaderFamily::facility,
        "software", HeaderFamily::software,
        "processing", HeaderFamily::processing,
        "message-language", HeaderFamily::language,
        "whole-header", HeaderFamily::whole);
  }

  @Override
  public Map<String, Identities.Identity> identities() {
    return Map.of("message", HeaderFamily::message, "software", HeaderFamily::softwareKey);
  }

  /** A program is the same as long as it comes from the same maker, under the same name, in the same build. */
  private static Instance.Key softwareKey(Run run, Instance instance) {
    Segment sft = instance.segment;
    return Identities.give(instance, run.site().system("software", null), Identities.hash(
        sft.field(1).raw(), sft.field(2).raw(), sft.field(3).raw(), sft.field(4).raw()));
  }

  /**
   * One message of one sender: a replay has the same id and changes nothing. Two applications of a hospital number
   * their messages independently, so both names belong to it.
   */
  private static Instance.Key message(Run run, Instance instance) {
    Segment msh = run.hl7().header();
    return Identities.byId(instance, "message", run.site().id(), String.valueOf(msh.field(3).component(1).text()),
        String.valueOf(msh.field(4).component(1).text()), run.control());
  }

  /** MSH-9 as an event: the trigger (HL7 0003), or the message code where a message has none. */
  private static void event(Call call) {
    String trigger = call.part().component(2).text();
    String code = trigger == null ? call.part().component(1).text() : trigger;
    if (code == null || !Primitives.valid(Kind.CODE, code)) {
      return;
    }
    CodeTable events = call.run().rules().codes("v2-0003");
    String system = trigger == null ? call.site().system("codes", "HL70076")
        : events.has(code) ? events.system() : call.site().system("codes", "HL70003");
    String whole = call.part().component(1).text() + (trigger == null ? "" : "^" + trigger);
    call.root().with("eventCoding", Concepts.coding(system, null, code, whole));
  }

  /** HD: the name of an application and, when it has none by which it can be reached, an address made of the name. */
  private static void application(Call call, Element end) {
    String name = call.part().component(1).text();
    String universal = call.part().component(2).text();
    end.with("name", name == null ? universal : name);
    if (!end.has("endpoint")) {
      String address = uri(call.part());
      end.with("endpoint", address != null || name == null && universal == null ? address
          : call.site().system("application", name == null ? universal : name));
    }
  }

  /** MSH-24 and MSH-25: where the application is on the network; says more than the application's own name. */
  private static void address(Call call, Element end) {
    String address = uri(call.part());
    String name = call.part().component(1).text();
    if (address == null && name == null) {
      name = call.part().component(2).text();
    }
    end.with("endpoint", address == null && name != null ? call.site().system("endpoint", name) : address);
  }

  /** HD.2 by the type that HD.3 names, as an absolute URI; null when it is none. */
  private static String uri(Part hd) {
    String id = hd.component(2).text();
    String type = hd.component(3).text();
    if (id == null) {
      return null;
    }
    String uri = switch (type == null ? "" : type) {
      case "ISO" -> Codes.isOid(id) ? "urn:oid:" + id : null;
      case "UUID", "GUID" -> "urn:uuid:" + id.toLowerCase(Locale.ROOT);
      case "DNS" -> "dns:" + id;
      case "URI", "HTTP" -> id.indexOf(':') > 0 ? id : null;
      default -> Codes.isOid(id) ? "urn:oid:" + id : null;
    };
    return Primitives.valid(Kind.URI, uri) ? uri : null;
  }

  /** SFT: the program as a Device; the header says which of the message's programs is its source. */
  private static void software(Call call) {
    Element reference = Element.of("Reference");
    if (call.run().referToSegment(call.run().rules().map("SFT[Device]"), reference, call) != null) {
      call.root().child(call.root().type().slot("source"), -1).with("extension",
          Concepts.extension(Functions.EXTENSION + "software", "valueReference", reference));
    }
  }

  /**
   * A facility by its code: a resource that says no more would take more room than the reference. The sender's country
   * (MSH-17) is more; then it is an Organization too. Its codes are a numbering of their own, not that of the
   * departments.
   */
  private static void facility(Call call) {
    String code = call.part().component(1).text();
    String name = code == null ? call.part().component(2).text() : code;
    Element reference = name == null ? null : call.make();
    if (reference != null && !reference.has("identifier")) {
      String uri = uri(call.part());
      reference.with("identifier", uri == null
          ? Element.of("Identifier").with("system", call.site().system("facility", null)).with("value", name)
          : Element.of("Identifier").with("system", "urn:ietf:rfc:3986").with("value", uri));
      reference.with("display", name);
      if (call.field() == 4 && call.segment().field(17).isValued()) {
        call.run().refer(reference, sender(call, name, (Element) reference.get("identifier")));
      }
    }
  }

  /** Only created, never replaced: other messages may know more of it. */
  private static Instance sender(Call call, String name, Element identifier) {
    Instance made = call.run().resource("MSH[Organization]", Part.EMPTY, call);
    made.ifAbsent = true;
    made.element.with("identifier", identifier).with("name", name).with("address",
        Element.of("Address").with("country", call.segment().field(17).text()));
    return made;
  }

  /** MSH-11: production, training or debugging, and how (HL7 0103 and 0207): a test result must be seen as one. */
  private static void processing(Call call) {
    String[] tables = {"v2-0103", "v2-0207"};
    for (int i = 0; i < tables.length; i++) {
      String code = call.part().component(i + 1).text();
      if (code == null || !Primitives.valid(Kind.CODE, code)) {
        continue;
      }
      CodeTable known = call.run().rules().codes(tables[i]);
      boolean standard = known != null && known.has(code);
      Element meta = call.root().child(call.root().type().slot("meta"), -1);
      meta.with("tag", Concepts.coding(
          standard ? known.system() : call.site().system("codes", "HL7" + tables[i].substring(3)), null, code,
          standard ? known.names().get(code) : null));
    }
  }

  /** MSH-19 as BCP 47, where it is a language at all. */
  private static void language(Call call) {
    String sent = call.part().component(1).text();
    String[] parts = sent == null ? new String[] {""} : sent.split("[-_]");
    String language = LANGUAGES.get(parts[0].toLowerCase(Locale.ROOT));
    if (language == null) {
      call.note(Finding.CODE_UNMAPPED);
    } else {
      call.root().with("language", parts.length == 2 && parts[1].length() == 2
          ? language + "-" + parts[1].toUpperCase(Locale.ROOT) : language);
    }
  }

  /** R4 requires an event and the addresses of both ends: what the message does not say is said to be unknown. */
  private static void whole(Call call) {
    Element header = call.root();
    if (!header.has("eventCoding")) {
      header.with("eventCoding", Concepts.coding(
          "http://terminology.hl7.org/CodeSystem/data-absent-reason", null, "unknown", "Unknown"));
    }
    unknownAddress(header.child(header.type().slot("source"), -1));
    for (Element destination : header.list("destination")) {
      unknownAddress(destination);
    }
  }

  private static void unknownAddress(Element end) {
    if (!end.has("endpoint")) {
      end.extend("endpoint", Concepts.unknown());
    }
  }
}
