package io.emrgateway.mappings.records;

import io.emrgateway.mappings.About.Identifier;
import io.emrgateway.mappings.fhir.Json;
import io.emrgateway.mappings.records.Source.Status;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What several hospitals know of a patient, as one International Patient Summary.
 *
 * <p>Everything passes the same line as at the hospital it comes from: what is not this patient's, or not in the window,
 * is not in the summary, whoever sent it. An event that several hospitals report stands there once, with all of them as
 * its source. A hospital that says nothing is named with the reason: no answer, no right and no data are three things.
 *
 * <p>Needs three times the text of the records for a moment, besides the records themselves.
 *
 * @see "hl7.fhir.uv.ips 2.0.0, Bundle-uv-ips and Composition-uv-ips"
 */
public final class PatientSummary {
  private static final String IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/";
  static final String LOOKUP_STATUS = "urn:emr-gateway:codes:lookup-status";
  /** Codes of whatever is refused, as the doors have them. */
  static final String REFUSAL = "urn:emr-gateway:codes:refusal";
  static final String NOT_AGREED = "患者未授权 not agreed to by the patient";
  private static final String EXTENSION = "urn:emr-gateway:extension:";

  /**
   * @param identifier of the document, the caller's to choose
   * @param at when it was made
   * @param asking the hospital it is made for
   * @param notAgreed sections that were wanted, and not asked for because the patient has not agreed to them
   */
  public record Head(Identifier identifier, Instant at, Hospital asking, Whom whom, Asked asked, Set<Section> notAgreed) {}

  /** A section of the document. Codes are LOINC's, as IPS has them; visits are not a section of IPS, but allowed. */
  private enum Part {
    ALLERGIES("48765-2", "Allergies and adverse reactions Document", "过敏 Allergies", true, Section.ALLERGIES),
    MEDICATIONS("10160-0", "History of Medication use Narrative", "用药 Medications", true, Section.MEDICATIONS),
    PROBLEMS("11450-4", "Problem list - Reported", "诊断 Diagnoses", true, Section.DIAGNOSES),
    PROCEDURES("47519-4", "History of Procedures Document", "手术操作 Procedures", false, Section.PROCEDURES),
    RESULTS("30954-2", "Relevant diagnostic tests/laboratory data note", "检验检查 Results", false, Section.RESULTS, Section.REPORTS),
    VISITS("46240-8", "History of Hospitalizations+Outpatient visits Narrative", "就诊 Visits", false, Section.VISITS);

    final String code;
    final String display;
    final String title;
    final boolean required;
    final List<Section> sections;

    Part(String code, String display, String title, boolean required, Section... sections) {
      this.code = code;
      this.display = display;
      this.title = title;
      this.required = required;
      this.sections = List.of(sections);
    }

    static Part of(Section section) {
      for (Part part : values()) {
        if (part.sections.contains(section)) {
          return part;
        }
      }
      throw new IllegalStateException("Every section is shown somewhere.");
    }
  }

  /** A hospital's answer, and under which name each of its things stands in the document. */
  private record Answered(Source source, Selection selection, Map<Held, String> urls) {}

  /** One entry of a section. */
  private static final class Item {
    final Answered from;
    final Held held;
    /** What the section's table says of it. */
    List<String> cells = List.of();
    /** The same event by other hospitals. */
    final List<Item> others = new ArrayList<>(0);

    Item(Answered from, Held held) {
      this.from = from;
      this.held = held;
    }

    boolean isOf(Hospital hospital) {
      return from.source.hospital().id().equals(hospital.id())
          || others.stream().anyMatch(other -> other.from.source.hospital().id().equals(hospital.id()));
    }

    Instant when() {
      Span span = held.type.equals("Encounter") ? from.selection.spanOf(held) : from.selection.timeOf(held);
      return span == null ? Instant.MIN : span.begins();
    }
  }

  private final Head head;
  private final List<Source> sources;
  private final List<Answered> answered = new ArrayList<>();
  private final Map<Part, List<Item>> parts = new EnumMap<>(Part.class);
  private final Set<String> urls = new HashSet<>();
  private final String patient;

  private PatientSummary(Head head, List<Source> sources) {
    this.head = head;
    this.sources = sources;
    this.patient = url("patient of " + head.identifier().system() + "|" + head.identifier().value());
  }

  /**
   * Writes the summary.
   *
   * @param sources every hospital that was asked, each once, those that said nothing included, in the order to be shown
   * @return UTF-8 JSON of one FHIR R4 Bundle of type {@code document}
   */
  public static byte[] write(Head head, List<Source> sources) {
    PatientSummary summary = new PatientSummary(head, List.copyOf(sources));
    summary.gather();
    return summary.write();
  }

  private void gather() {
    Map<String, List<Item>> byKey = new HashMap<>();
    for (Source source : sources) {
      if (!source.status().hasRecords()) {
        continue;
      }
      Answered one = new Answered(source, source.records().select(head.asked()), new HashMap<>());
      answered.add(one);
      one.selection.patients.forEach(record -> one.urls.put(record, patient));
      for (Held held : one.selection.shown) {
        Item item = new Item(one, held);
        Map<String, Object> tree = held.tree();
        complete(item, tree);
        Set<String> keys = Sameness.keys(tree, held.withdrawn);
        Item same = same(byKey, keys, source.hospital());
        if (same == null) {
          item.cells = Narrative.cells(tree);
          one.urls.put(held, fresh(held, source.hospital()));
          parts.computeIfAbsent(Part.of(Section.ofType(held.type)), part -> new ArrayList<>()).add(item);
          keys.forEach(key -> byKey.computeIfAbsent(key, k -> new ArrayList<>(1)).add(item));
        } else {
          same.others.add(item);
          Map<String, Object> both = same.held.tree();
          complete(same, both);
          same.others.forEach(other -> Sameness.merge(both, other.held.tree()));
          same.cells = Narrative.cells(both);
          one.urls.put(held, same.from.urls.get(same.held));
        }
      }
      for (Held held : one.selection.supportsOf(standing(one))) {
        one.urls.put(held, fresh(held, source.hospital()));
      }
    }
    parts.values().forEach(items -> items.sort(Comparator.comparing(Item::when).reversed()));
  }

  private List<Held> standing(Answered one) {
    List<Held> standing = new ArrayList<>();
    parts.values().forEach(items -> items.forEach(item -> {
      if (item.from == one) {
        standing.add(item.held);
      }
    }));
    return standing;
  }

  /** An entry of another hospital that is the same event, and that this one has not claimed before. */
  private static Item same(Map<String, List<Item>> byKey, Set<String> keys, Hospital hospital) {
    for (String key : keys) {
      for (Item item : byKey.getOrDefault(key, List.of())) {
        if (!item.isOf(hospital)) {
          return item;
        }
      }
    }
    return null;
  }

  /** Its own name, unless another hospital's thing has it already. */
  private String fresh(Held held, Hospital hospital) {
    if (urls.add(held.url)) {
      return held.url;
    }
    String other = url(hospital.uri() + "|" + held.url);
    urls.add(other);
    return other;
  }

  private static String url(String name) {
    return "urn:uuid:" + UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  // ---- writing ----

  private byte[] write() {
    Json json = new Json(256 << 10);
    json.object().text("resourceType", "Bundle");
    json.name("meta");
    Tree.write(Tree.object("profile", Tree.list(IPS + "Bundle-uv-ips")), json);
    json.name("identifier");
    Tree.write(Tree.object("system", head.identifier().system(), "value", head.identifier().value()), json);
    json.text("type", "document").text("timestamp", Answering.time(head.at()));
    json.name("entry").array();
    entry(json, url("document " + head.identifier().system() + "|" + head.identifier().value()), composition());
    entry(json, patient, patient());
    Set<String> hospitals = new LinkedHashSet<>();
    organization(json, head.asking(), hospitals);
    sources.forEach(source -> organization(json, source.hospital(), hospitals));
    parts.values().forEach(items -> items.forEach(item -> entry(json, item.from.urls.get(item.held), resource(item))));
    for (Answered one : answered) {
      for (Held held : one.selection.supportsOf(standing(one))) {
        entry(json, one.urls.get(held), settled(one, held));
      }
    }
    return json.endArray().endObject().bytes();
  }

  private static void entry(Json json, String url, Map<String, Object> resource) {
    resource.put("id", url.substring("urn:uuid:".length()));
    json.object().text("fullUrl", url).name("resource");
    Tree.write(resource, json);
    json.endObject();
  }

  private static String url(Hospital hospital) {
    return url(hospital.uri());
  }

  private static void organization(Json json, Hospital hospital, Set<String> written) {
    if (written.add(hospital.id())) {
      entry(json, url(hospital), Tree.object("resourceType", "Organization", "id", "", "identifier",
          Tree.list(Tree.object("system", "urn:emr-gateway:hospital", "value", hospital.id())), "name", hospital.name()));
    }
  }

  private Map<String, Object> composition() {
    Map<String, Object> composition = Tree.object("resourceType", "Composition", "id", "",
        "meta", Tree.object("profile", Tree.list(IPS + "Composition-uv-ips")), "language", "zh",
        "text", Narrative.of(whatBecameOfEach()));
    for (Source source : sources) {
      List<Object> parts = Tree.list(
          Tree.object("url", "hospital", "valueReference", reference(url(source.hospital()))),
          Tree.object("url", "status", "valueCode", outcome(source).code()),
          Tree.object("url", "count", "valueInteger", new Tree.Number(String.valueOf(count(source)))));
      if (source.why() != null) {
        parts.add(Tree.object("url", "why", "valueCoding",
            Tree.object("system", REFUSAL, "code", source.why().code(), "display", source.why().words())));
      }
      Tree.add(composition, "extension", Tree.object("extension", parts, "url", EXTENSION + "lookup-source"));
    }
    new TreeSet<>(head.notAgreed()).forEach(one ->
        Tree.add(composition, "extension", Tree.object("url", EXTENSION + "not-agreed", "valueCode", one.wire())));
    composition.putAll(Tree.object(
        "identifier", Tree.object("system", head.identifier().system(), "value", head.identifier().value()),
        "status", "final",
        "type", coded("http://loinc.org", "60591-5", "Patient summary Document"),
        "subject", reference(patient),
        "date", Answering.time(head.at()),
        "author", Tree.list(reference(url(head.asking()))),
        "title", "患者摘要 Patient summary",
        "custodian", reference(url(head.asking())),
        "event", Tree.list(Tree.object(
            "code", Tree.list(coded("http://terminology.hl7.org/CodeSystem/v3-ActClass", "PCPR", "care provision")),
            "period", Tree.object("start", head.asked().window().from().toString(),
                "end", head.asked().window().until().toString())))));
    for (Part part : Part.values()) {
      boolean asked = part.sections.stream().anyMatch(head.asked().sections()::contains);
      if (asked || part.required || part.sections.stream().anyMatch(head.notAgreed()::contains)) {
        Tree.add(composition, "section", section(part, asked));
      }
    }
    return composition;
  }

  /** The sections that a composition's extensions name so. */
  public static List<Section> notAgreed(List<Map<String, Object>> extensions) {
    return extensions.stream().filter(one -> (EXTENSION + "not-agreed").equals(one.get("url")))
        .map(one -> Section.of(Tree.text(one, "valueCode"))).toList();
  }

  private Map<String, Object> section(Part part, boolean asked) {
    List<Item> items = parts.getOrDefault(part, List.of());
    Map<String, Object> section = Tree.object("title", part.title, "code", coded("http://loinc.org", part.code, part.display));
    List<Section> notAgreed = part.sections.stream().filter(head.notAgreed()::contains).toList();
    StringBuilder text = new StringBuilder();
    notAgreed.forEach(one -> text.append("<p>").append(NOT_AGREED).append("：").append(one.words()).append("</p>"));
    if (!asked && notAgreed.isEmpty()) {
      text.append("<p>未查询 Not asked for</p>");
    } else if (asked) {
      tables(items, text);
      missing(part, items.isEmpty(), text);
    }
    section.put("text", Narrative.of(text.toString()));
    items.forEach(item -> Tree.add(section, "entry", reference(item.from.urls.get(item.held))));
    if (items.isEmpty()) {
      section.put("emptyReason", asked ? emptyReason() : notAgreed.isEmpty() ? emptyReason("notasked", "Not Asked", "未查询 Not asked for")
          : emptyReason("withheld", "Information Withheld", NOT_AGREED));
    }
    return section;
  }

  private static void tables(List<Item> items, StringBuilder text) {
    Map<List<String>, List<Item>> byHeads = new LinkedHashMap<>();
    items.forEach(item -> byHeads.computeIfAbsent(Narrative.heads(item.held.type), heads -> new ArrayList<>()).add(item));
    byHeads.forEach((heads, rows) -> {
      text.append("<table><thead><tr>");
      heads.forEach(name -> text.append("<th>").append(Narrative.escaped(name)).append("</th>"));
      text.append("<th>医院 Hospital</th></tr></thead><tbody>");
      for (Item row : rows) {
        text.append("<tr>");
        row.cells.forEach(cell -> text.append("<td>").append(Narrative.escaped(cell)).append("</td>"));
        StringJoiner hospitals = new StringJoiner("、");
        hospitals.add(row.from.source.hospital().name());
        row.others.forEach(other -> hospitals.add(other.from.source.hospital().name()));
        text.append("<td>").append(Narrative.escaped(hospitals.toString())).append("</td></tr>");
      }
      text.append("</tbody></table>");
    });
  }

  /** Names who is not heard in a section and why; where nobody is, also who has nothing to say. */
  private void missing(Part part, boolean empty, StringBuilder text) {
    Map<Status, StringJoiner> hospitals = new EnumMap<>(Status.class);
    for (Source source : sources) {
      Status status = tellsOf(part, source) ? source.status() : silent(source.status());
      if (status != Status.ANSWERED && (empty || status != Status.NONE)) {
        hospitals.computeIfAbsent(status, s -> new StringJoiner("、")).add(source.hospital().name());
      }
    }
    hospitals.forEach((status, names) -> text.append("<p>").append(status.chinese).append(' ').append(status.english)
        .append("：").append(Narrative.escaped(names.toString())).append("</p>"));
    if (sources.isEmpty()) {
      text.append("<p>未向任何医院查询 No hospital was asked</p>");
    }
  }

  private boolean tellsOf(Part part, Source source) {
    return parts.getOrDefault(part, List.of()).stream().anyMatch(item -> item.isOf(source.hospital()));
  }

  private static final Set<Status> UNHEARD = EnumSet.of(Status.IN_PART, Status.TIMEOUT, Status.UNVERIFIED, Status.TOO_LARGE);

  private Map<String, Object> emptyReason() {
    Set<Status> all = new LinkedHashSet<>();
    sources.forEach(source -> all.add(silent(source.status())));
    boolean withheld = all.contains(Status.DENIED) && Collections.disjoint(all, UNHEARD);
    StringJoiner text = new StringJoiner("；");
    all.forEach(status -> text.add(status.chinese + " " + status.english));
    // Not "nil known": that is a doctor's judgement, and nobody has made it.
    Map<String, Object> reason = withheld ? emptyReason("withheld", "Information Withheld", text.toString())
        : emptyReason("unavailable", "Unavailable", text.length() == 0 ? "未查询 No hospital was asked" : text.toString());
    all.forEach(status -> Tree.add(reason, "coding",
        Tree.object("system", LOOKUP_STATUS, "code", status.code(), "display", status.english)));
    Object words = reason.remove("text");
    reason.put("text", words);
    return reason;
  }

  private static Map<String, Object> emptyReason(String code, String display, String text) {
    Map<String, Object> reason = coded("http://terminology.hl7.org/CodeSystem/list-empty-reason", code, display);
    reason.put("text", text);
    return reason;
  }

  private String whatBecameOfEach() {
    StringBuilder text = new StringBuilder("<p>").append(head.asked().window().from()).append(" – ")
        .append(head.asked().window().until()).append("</p><table><thead><tr><th>医院 Hospital</th><th>结果 Outcome</th>")
        .append("<th>条数 Entries</th></tr></thead><tbody>");
    if (sources.isEmpty()) {
      return "<p>未向任何医院查询 No hospital was asked</p>";
    }
    for (Source source : sources) {
      Status status = outcome(source);
      text.append("<tr><td>").append(Narrative.escaped(source.hospital().name())).append("</td><td>")
          .append(status.chinese).append(' ').append(status.english)
          .append(source.why() == null ? "" : "：" + Narrative.escaped(source.why().words())).append("</td><td>").append(count(source))
          .append("</td></tr>");
    }
    return text.append("</tbody></table>").toString();
  }

  /** Who answered and has nothing of what may be shown has no data; of whom the city has nothing either, did not answer. */
  private Status outcome(Source source) {
    return count(source) == 0 ? silent(source.status()) : source.status();
  }

  private static Status silent(Status status) {
    return switch (status) {
      case ANSWERED -> Status.NONE;
      case CITY -> Status.TIMEOUT;
      default -> status;
    };
  }

  /** Entries that a hospital has a part in. */
  private int count(Source source) {
    int count = 0;
    for (Answered one : answered) {
      count += one.source == source ? one.selection.shown.size() : 0;
    }
    return count;
  }

  private Map<String, Object> patient() {
    Map<String, Object> written = Tree.object("resourceType", "Patient", "id", "");
    Map<String, Map<String, Object>> identifiers = new LinkedHashMap<>();
    for (Identifier one : head.asked().identifiers()) {
      identifiers.put(one.system() + "|" + one.value(), Tree.object("system", one.system(), "value", one.value()));
    }
    String gender = head.whom().gender();
    for (Answered one : answered) {
      for (Held record : one.selection.isEmpty() ? List.<Held>of() : one.selection.patients) {
        Map<String, Object> tree = record.tree();
        for (Map<String, Object> identifier : Tree.objects(tree, "identifier")) {
          identifiers.put(identifier.get("system") + "|" + identifier.get("value"), identifier);
          References.settle(identifier, url -> null);
        }
        gender = gender == null ? Tree.text(tree, "gender") : gender;
      }
    }
    written.put("identifier", new ArrayList<Object>(identifiers.values()));
    String name = head.whom().name();
    written.put("name", Tree.list(Tree.object("text", name == null || name.isBlank() ? "姓名不详 unknown" : name)));
    if (gender != null) {
      written.put("gender", gender);
    }
    if (head.whom().birthDate() == null) {
      written.put("_birthDate", Tree.absent("unknown"));
    } else {
      written.put("birthDate", head.whom().birthDate().toString());
    }
    return written;
  }

  /** A thing as its hospital fed it, with what others say of the same event, and what IPS wants to be said of absence. */
  private Map<String, Object> resource(Item item) {
    Map<String, Object> resource = settled(item.from, item.held);
    if (!item.others.isEmpty()) {
      item.others.forEach(other -> Sameness.merge(resource, other.held.tree()));
      Tree.add(resource, "extension", source(item.from.source.hospital()));
      item.others.forEach(other -> Tree.add(resource, "extension", source(other.from.source.hospital())));
    }
    complete(item, resource);
    return resource;
  }

  private static Map<String, Object> source(Hospital hospital) {
    return Tree.object("url", EXTENSION + "source", "valueUri", hospital.uri());
  }

  private Map<String, Object> settled(Answered from, Held held) {
    Map<String, Object> resource = Answering.resource(held, from.source.hospital());
    resource.remove("text"); // Mark-up from elsewhere is not ours to show; the sections tell it all.
    References.settle(resource, url -> {
      Held to = from.selection.at(url);
      return to == null ? null : from.urls.get(to);
    });
    return resource;
  }

  private void complete(Item item, Map<String, Object> resource) {
    switch (item.held.type) {
      case "Observation" -> {
        Held report = item.from.selection.reportOf(item.held);
        absentUnless(resource, "effective", report == null ? null : report.tree());
        resource.putIfAbsent("performer", Tree.list(reference(url(item.from.source.hospital()))));
        if (resource.get("specimen") != null) {
          resource.putIfAbsent("category", Tree.list(coded("http://terminology.hl7.org/CodeSystem/observation-category",
              "laboratory", "Laboratory")));
        }
        if (resource.keySet().stream().noneMatch(name -> name.startsWith("value") || name.equals("component")
            || name.equals("hasMember") || name.equals("dataAbsentReason"))) {
          resource.put("dataAbsentReason",
              coded("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown", "Unknown"));
        }
      }
      case "DiagnosticReport" -> absentUnless(resource, "effective", null);
      case "Procedure" -> absentUnless(resource, "performed", null);
      default -> { }
    }
  }

  /** A time that is not said is the report's, or is said to be unknown. */
  private static void absentUnless(Map<String, Object> resource, String choice, Map<String, Object> report) {
    for (String type : List.of("DateTime", "Period", "Instant", "String", "Age", "Range", "Timing")) {
      if (resource.get(choice + type) != null || resource.get("_" + choice + type) != null) {
        return;
      }
    }
    if (report != null) {
      for (String type : List.of("DateTime", "Period")) {
        if (report.get(choice + type) != null) {
          resource.put(choice + type, report.get(choice + type));
          return;
        }
      }
    }
    resource.put("_" + choice + "DateTime", Tree.absent("unknown"));
  }

  private static Map<String, Object> reference(String url) {
    return Tree.object("reference", url);
  }

  private static Map<String, Object> coded(String system, String code, String display) {
    return Tree.object("coding", Tree.list(Tree.object("system", system, "code", code, "display", display)));
  }
}
