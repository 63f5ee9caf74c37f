package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.Instance.Key;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Documents (MDM): TXA tells of the document, OBX carries it.
 *
 * @see "HL7 v2.5.1 chapter 9; hl7.org/fhir/R4/documentreference.html"
 */
final class DocumentFamily implements Family {
  private static final String ALTERNATE = "http://hl7.org/fhir/StructureDefinition/alternate-codes";
  private static final Set<String> CONTENT = Set.of("ED", "RP", "TX", "FT", "ST", "");
  private static final Set<String> PLAIN_TEXT = Set.of("TX", "FT", "ST", "");

  @Override
  public Map<String, Row.Action> functions() {
    return Map.of(
        "document-format", DocumentFamily::format,
        "document-content", DocumentFamily::content,
        "document-without-content", DocumentFamily::withoutContent,
        "document-remark", call -> text(call, call.part().whole()),
        "document-parent", DocumentFamily::parent,
        "superseded", DocumentFamily::superseded,
        "document-status", DocumentFamily::status,
        "document-status-by-event", DocumentFamily::statusByEvent,
        "title", DocumentFamily::title);
  }

  @Override
  public Map<String, Conditions.Condition> conditions() {
    return Map.of(
        "is-content", (run, segment) -> isContent(segment),
        "is-no-content", (run, segment) -> !isContent(segment),
        "remarks-on-content", (run, segment) -> run.nearby("OBX") == null || isContent(run.nearby("OBX")),
        "remarks-on-a-finding", (run, segment) -> run.nearby("OBX") != null && !isContent(run.nearby("OBX")));
  }

  @Override
  public Map<String, Identities.Identity> identities() {
    return Map.of("document", DocumentFamily::document);
  }

  private static Key document(Run run, Instance instance) {
    if (instance.element.get("masterIdentifier") instanceof Element master && master.text("value") != null) {
      return new Key(master.text("system"), master.text("value"));
    }
    for (Element identifier : instance.element.list("identifier")) {
      if (identifier.text("value") != null && identifier.text("system") != null) {
        return new Key(identifier.text("system"), identifier.text("value"));
      }
    }
    Segment txa = instance.segment;
    String when = txa.field(6).text() == null ? txa.field(4).text() : txa.field(6).text();
    return Identities.owned(run, instance, "document", "Patient",
        txa.field(2).component(1).text() + "|" + (when == null ? run.control() + txa.ordinal() : when));
  }

  private static boolean isContent(Segment obx) {
    String type = obx.field(2).component(1).text();
    return CONTENT.contains(type == null ? "" : type);
  }

  /** The attachment that is being told of: TXA begins it, the first OBX fills it. */
  private static Element first(Element document) {
    Element content = document.child(document.type().slot("content"), 0);
    return content.child(content.type().slot("attachment"), -1);
  }

  /** TXA-3, an HL7 code or, as many send it, the name of a format; the sender's own word stays beside it. */
  private static void format(Call call) {
    String code = call.part().text();
    String mime = mime(call, code);
    Element attachment = first(call.root());
    if (mime != null) {
      attachment.with("contentType", mime);
    }
    Element concept = call.read("CWE[CodeableConcept]");
    if (concept.isEmpty()) {
      return;
    }
    if (mime != null) {
      attachment.extend("contentType", Concepts.extension(ALTERNATE, "valueCodeableConcept", concept));
    } else { // The validator wants a code wherever contentType stands.
      attachment.with("extension",
          Concepts.extension(Functions.EXTENSION + "document-format", "valueCodeableConcept", concept));
    }
  }

  private static String mime(Call call, String code) {
    if (code == null) {
      return null;
    }
    Table.Target target = call.run().rules().table("MimeType").of(code);
    if (target == null) {
      target = call.run().rules().table("MimeType").of(code.toLowerCase(java.util.Locale.ROOT));
    }
    if (target != null && target.code() != null) {
      return target.code();
    }
    int slash = code.indexOf('/');
    return slash > 0 && slash < code.length() - 1 && Primitives.valid(Kind.CODE, code) ? code : null;
  }

  /** TXA-16, the file's name: also what a person calls the attachment. */
  private static void title(Call call) {
    first(call.root()).with("title", call.part().text());
  }

  /**
   * A notice (T01, T03 …) tells of a document without carrying it; R4 wants to hear that. It must not take away the
   * text that the city has, so it is written only where the document is not known, unless it ends it: what was taken
   * back or is out of date must not be read as if it were not.
   */
  private static void withoutContent(Call call) {
    if (carriesContent(call)) {
      return;
    }
    Element attachment = first(call.root());
    if (attachment.isEmpty()) {
      attachment.with("extension", Concepts.unknown());
    }
    String status = call.root().text("status");
    if (!"entered-in-error".equals(status) && !"superseded".equals(status)) {
      call.instance().ifAbsent = true;
      call.run().note(Finding.DOCUMENT_NOTICE, call.segment().place());
    }
  }

  private static boolean carriesContent(Call call) {
    List<Segment> segments = call.run().hl7().segments();
    for (int i = segments.indexOf(call.segment()) + 1; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      if (segment.name().equals("TXA")) {
        break;
      }
      boolean obx = segment.name().equals("OBX") && isContent(segment) && segment.field(5).isValued();
      if (obx || segment.name().equals("NTE") && segment.field(3).isValued()) {
        return true;
      }
    }
    return false;
  }

  /**
   * OBX-5. ED and RP are one attachment each; the lines of a text sent as TX, FT or ST, one OBX a line, are one
   * attachment of plain text together. A sender's Base64 is passed on, hex and plain text are encoded.
   */
  private static void content(Call call) {
    String type = call.segment().field(2).component(1).text();
    if (PLAIN_TEXT.contains(type == null ? "" : type)) {
      text(call, call.part().whole());
      return;
    }
    Part part = call.part();
    if (type.equals("RP")) {
      String pointer = part.component(1).whole();
      if (pointer == null) {
        return;
      }
      Element attachment = next(call);
      boolean url = pointer.indexOf(':') > 1 && pointer.indexOf('\\') < 0;
      attachment.with(url ? "url" : "title", pointer);
      name(call, attachment, mime(call, part.component(4).text() == null ? part.component(3).text()
          : part.component(4).text()));
      return;
    }
    String data = encoded(part.component(5).whole(), part.component(4).text());
    if (data == null || !Primitives.valid(Kind.BASE64_BINARY, data)) {
      if (part.component(5).isValued()) {
        call.note(Finding.VALUE_UNUSABLE);
      }
      data = null;
    }
    Element attachment = next(call);
    attachment.with("data", data);
    name(call, attachment, mime(call, part.component(2).text(), part.component(3).text()));
  }

  /** Type and subtype of the data in ED and RP (HL7 0191 and 0291) as a MIME type; null when nobody knows one. */
  static String mime(Call call, String kind, String subtype) {
    String mime = mime(call, subtype);
    if (mime == null && subtype != null && kind != null) {
      mime = mime(call, (kind + "/" + subtype).toLowerCase(java.util.Locale.ROOT));
    }
    return mime == null ? mime(call, kind) : mime;
  }

  /** ED-5 as base64 by the encoding that ED-4 names; null when it is not what ED-4 says. */
  static String encoded(String data, String encoding) {
    if (data == null) {
      return null;
    }
    if ("Base64".equalsIgnoreCase(encoding)) {
      return data.replaceAll("\\s", "");
    }
    if ("Hex".equalsIgnoreCase(encoding)) {
      try {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(data.replaceAll("\\s", "")));
      } catch (IllegalArgumentException e) {
        return null; // The caller says that it could not be used.
      }
    }
    return Base64.getEncoder().encodeToString(data.getBytes(StandardCharsets.UTF_8));
  }

  /** The first attachment as long as nothing is in it, else a further one. */
  private static Element next(Call call) {
    Element document = call.root();
    Element first = first(document);
    if (!first.has("data") && !first.has("url")) {
      return first;
    }
    Element content = document.child(document.type().slot("content"), -1);
    return content.child(content.type().slot("attachment"), -1);
  }

  /** What OBX says of the form counts more than what TXA said of the whole. */
  private static void name(Call call, Element attachment, String mime) {
    if (mime != null) {
      attachment.replace("contentType", mime);
    }
    if (attachment.has("data") && !attachment.has("contentType")) {
      attachment.with("contentType", "application/octet-stream"); // att-1 wants one; this is the one for "unknown".
    }
    if (call.segment().name().equals("OBX")) {
      attachment.with("title", Functions.conceptText(call.segment().field(3).repetition(1)));
    }
  }

  /**
   * The first line of text gathers all that follow, so that a document of 20,000 lines is encoded once; the others
   * find it done.
   */
  private static void text(Call call, String line) {
    if (call.instance().textGathered || line == null || !Primitives.valid(Kind.STRING, line)) {
      return;
    }
    call.instance().textGathered = true;
    StringBuilder lines = new StringBuilder();
    List<Segment> segments = call.run().hl7().segments();
    boolean content = true;
    for (int i = segments.indexOf(call.segment()); i < segments.size(); i++) {
      Segment segment = segments.get(i);
      if (segment.name().equals("TXA")) {
        break;
      }
      if (segment.name().equals("OBX")) {
        content = isContent(segment);
        String type = segment.field(2).component(1).text();
        if (PLAIN_TEXT.contains(type == null ? "" : type)) {
          append(lines, segment.field(5));
        }
      } else if (segment.name().equals("NTE") && content) {
        append(lines, segment.field(3));
      }
    }
    Element attachment = next(call);
    name(call, attachment, "text/plain");
    attachment.with("data", Base64.getEncoder().encodeToString(lines.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static void append(StringBuilder lines, Part field) {
    for (Part repetition : field.eachRepetition()) {
      String line = repetition.whole();
      if (line != null && Primitives.valid(Kind.STRING, line)) {
        lines.append(lines.length() == 0 ? "" : "\n").append(line);
      }
    }
  }

  /**
   * TXA-13: what this one replaces (T09, T10), adds to (T05, T06) or else was made from. One that is replaced is
   * superseded from now on, and a receiver does not conclude that by itself; one that replaces itself under its own
   * number simply has a new text.
   */
  private static void parent(Call call) {
    String value = call.part().component(1).text();
    if (value == null) {
      return;
    }
    String event = call.run().event();
    String how = switch (event) {
      case "T09", "T10" -> "replaces";
      case "T05", "T06" -> "appends";
      default -> "transforms";
    };
    Element target = Element.of("Reference").with("type", "DocumentReference");
    if (how.equals("replaces")) {
      Instance replaced = call.run().resource("EI[DocumentReference]", call.part(), call);
      if (replaced.element.get("masterIdentifier").equals(call.root().get("masterIdentifier"))) {
        replaced.touched = false;
        return;
      }
      call.run().refer(target, replaced);
    }
    String system = Codes.numbering(call.site(), call.part(), "document");
    if (call.root().get("masterIdentifier") instanceof Element own && value.equals(own.text("value"))
        && system.equals(own.text("system"))) {
      return; // Its own number: it was not made from itself.
    }
    call.root().with("relatesTo", Element.of("DocumentReference.relatesTo").with("code", how).with("target",
        target.with("identifier", Element.of("Identifier").with("system", system).with("value", value))));
  }

  /** What remains to be said of a document that another one has replaced: whose it is, and that it is out of date. */
  private static void superseded(Call call) {
    call.root().with("status", "superseded");
    first(call.root()).with("extension", Concepts.unknown());
    Instance patient = call.run().firstOf("Patient");
    if (patient != null) {
      Element subject = Element.of("Reference");
      call.root().with("subject", subject);
      call.run().refer(subject, patient);
    }
  }

  /** TXA-19; what R4's three words cannot tell apart stays beside them, as the guide asks for. */
  private static void status(Call call) {
    statusByEvent(call);
    Table.Target target = call.run().rules().table("DocumentStatus").of(call.part().text());
    if (target != null && target.code() != null) {
      call.root().with("status", target.code());
    }
    if (!"AV".equals(call.part().text())) {
      Element concept = call.read("CWE[CodeableConcept]");
      if (!concept.isEmpty()) {
        call.root().extend("status", Concepts.extension(ALTERNATE, "valueCodeableConcept", concept));
      }
    }
  }

  /** T11 takes a document back, whatever TXA-19 still says. */
  private static void statusByEvent(Call call) {
    if (call.run().event().equals("T11")) {
      call.root().with("status", "entered-in-error");
    }
  }
}
