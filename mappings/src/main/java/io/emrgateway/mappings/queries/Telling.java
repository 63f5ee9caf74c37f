package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.records.Section;
import io.emrgateway.mappings.records.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A patient summary told in segments: first what became of the question at each hospital, then visit by visit. */
final class Telling {
  /** The coding system of our own words; mappings/QUERIES.md lists them. */
  static final String OWN = "99EMRGW";

  private static final Map<String, String> CLASSES = Map.ofEntries(Map.entry("AMB", "O"), Map.entry("IMP", "I"),
      Map.entry("ACUTE", "I"), Map.entry("NONAC", "I"), Map.entry("OBSENC", "I"), Map.entry("SS", "O"), Map.entry("HH", "O"),
      Map.entry("VR", "O"), Map.entry("EMER", "E"), Map.entry("PRENC", "P"), Map.entry("R", "R"), Map.entry("B", "B"),
      Map.entry("C", "C"), Map.entry("N", "N"));
  private static final Map<String, String> RESULT_STATUS = Map.of("registered", "I", "preliminary", "P", "final", "F",
      "amended", "C", "corrected", "C", "cancelled", "X", "entered-in-error", "D");
  private static final Map<String, String> REPORT_STATUS = Map.of("registered", "I", "partial", "A", "preliminary", "P",
      "final", "F", "amended", "C", "corrected", "C", "appended", "C", "cancelled", "X", "entered-in-error", "X");
  private static final Map<String, String> ORDER_STATUS = Map.of("active", "IP", "in-progress", "IP", "on-hold", "HD",
      "completed", "CM", "cancelled", "CA", "stopped", "DC", "not-done", "CA", "declined", "CA");
  private static final Map<String, String> DURATIONS = Map.of("s", "S", "min", "M", "h", "H", "d", "D", "wk", "W", "mo", "L");

  private final Summary summary;
  private final Set<Section> sections;
  private final Pen pen;
  private final boolean orders;
  private final boolean visits;
  /** Results that stand under a report already: what two hospitals report is told once. */
  private final Set<String> told = new HashSet<>();
  /** How many OBR have been written. */
  private int reports;

  private Telling(Summary summary, Query query, Pen pen) {
    this.summary = summary;
    this.sections = query.sections();
    this.pen = pen;
    this.visits = query.kind() != Kind.R02;
    this.orders = query.kind() != Kind.A19;
  }

  /** Everything but the first piece is what a limit counts. */
  static List<Piece> of(Summary summary, Query query, Pen pen) {
    return new Telling(summary, query, pen).pieces();
  }

  private List<Piece> pieces() {
    List<Piece> all = new ArrayList<>();
    all.add(outcomes());
    // What belongs to no visit stands first, hospital by hospital: allergies are there. Then the visits as the summary has them.
    Map<String, List<Map<String, Object>>> byVisit = new LinkedHashMap<>();
    summary.outcomes.forEach(one -> byVisit.put(one.hospital(), new ArrayList<>()));
    summary.all("Encounter").forEach(visit -> byVisit.put(summary.urlOf(visit), new ArrayList<>()));
    things().forEach(one -> byVisit.computeIfAbsent(visitOf(one), key -> new ArrayList<>()).add(one));
    byVisit.forEach((visit, things) -> tell(visit, things, all));
    return all;
  }

  /** The visit's name in the document, else the hospital's number. */
  private String visitOf(Map<String, Object> thing) {
    for (Object reference : new Object[] {thing.get("encounter"), Tree.at(thing, "context", "encounter"), thing.get("context")}) {
      if (summary.at(reference) != null) {
        return Tree.text(reference, "reference");
      }
    }
    return Summary.hospitalOf(thing);
  }

  private List<Map<String, Object>> things() {
    List<Map<String, Object>> things = new ArrayList<>();
    for (String type : List.of("AllergyIntolerance", "Condition", "Procedure", "MedicationRequest", "MedicationDispense",
        "MedicationAdministration", "MedicationStatement", "DiagnosticReport", "DocumentReference")) {
      if (isAsked(type)) {
        things.addAll(summary.all(type));
      }
    }
    if (isAsked("Observation")) {
      Set<String> reported = new HashSet<>();
      if (isAsked("DiagnosticReport")) {
        summary.all("DiagnosticReport").forEach(report ->
            Tree.objects(report, "result").forEach(result -> reported.add(Tree.text(result, "reference"))));
      }
      summary.all("Observation").stream().filter(one -> !reported.contains(summary.urlOf(one))).forEach(things::add);
    }
    return things;
  }

  private boolean isAsked(String type) {
    return switch (type) {
      case "AllergyIntolerance" -> sections.contains(Section.ALLERGIES);
      case "Condition" -> sections.contains(Section.DIAGNOSES);
      case "Procedure" -> sections.contains(Section.PROCEDURES);
      case "DiagnosticReport", "DocumentReference" -> sections.contains(Section.REPORTS);
      case "Observation" -> sections.contains(Section.RESULTS);
      default -> sections.contains(Section.MEDICATIONS);
    };
  }

  // ---- what became of the question ----

  private Piece outcomes() {
    List<String> segments = new ArrayList<>();
    String what = own("LOOKUP", "跨院调阅结果 Outcome of the lookup");
    if (orders) {
      segments.add(obr("", "", what, "", "", "", "", "", "", "F"));
    }
    int n = 0;
    if (summary.outcomes.isEmpty()) {
      segments.add(pen.segment("OBX", "1", "CE", own("LOOKUP-STATUS", "医院答复 Hospital's answer"), "1",
          own("not-asked", "未向任何医院查询 No hospital was asked"), "", "", "", "", "", "F"));
    }
    for (Summary.Outcome one : summary.outcomes) {
      segments.add(pen.segment("OBX", String.valueOf(++n), "CE", own("LOOKUP-STATUS", "医院答复 Hospital's answer"), String.valueOf(n),
          own(one.status().code(), one.words()), "", "", "", "", "", "F", "", "", "", hospital(one.hospital())));
      if (orders) {
        segments.add(note(summary.name(one.hospital()) + "：" + one.words() + (one.count().equals("0") ? "" : "（" + one.count() + "）")));
      }
    }
    for (Section one : summary.notAgreed) {
      segments.add(pen.segment("OBX", String.valueOf(++n), "CE", own("NOT-AGREED", "患者未授权的内容 Not agreed to by the patient"), String.valueOf(n),
          own(one.wire(), one.words()), "", "", "", "", "", "F"));
    }
    return new Piece(visits ? List.of(pen.segment("PV1", "1", "N")) : List.of(), segments);
  }

  private String own(String code, String text) {
    return pen.components(pen.text(code), pen.text(text), OWN);
  }

  private String hospital(String id) {
    return pen.components(pen.text(id), pen.text(summary.name(id)), OWN);
  }

  private String note(String text) {
    return pen.segment("NTE", "", "L", pen.text(text));
  }

  // ---- a visit and what belongs to it ----

  private void tell(String name, List<Map<String, Object>> things, List<Piece> all) {
    Map<String, Object> visit = summary.at(Map.of("reference", name));
    List<String> head = !visits ? List.of() : visit != null ? visit(visit) : List.of(noVisit(name));
    if (visits) {
      List<String> asides = new ArrayList<>();
      List<String> listed = new ArrayList<>();
      allergies(things, asides, listed);
      diagnoses(visit, things, asides, listed);
      procedures(things, asides, listed);
      asides.addAll(listed);
      if (visit != null && sections.contains(Section.VISITS) || !asides.isEmpty()) {
        all.add(new Piece(head, asides));
      }
    }
    if (orders) {
      for (Map<String, Object> one : things) {
        List<String> order = order(one);
        if (!order.isEmpty()) {
          all.add(new Piece(head, order));
        }
      }
    }
  }

  /** Of what belongs to no visit that is shown, the hospital alone. */
  private String noVisit(String hospital) {
    String[] pv1 = new String[39];
    pv1[0] = "1";
    pv1[1] = "N";
    pv1[38] = pen.text(hospital);
    return pen.segment("PV1", pv1);
  }

  private List<String> visit(Map<String, Object> encounter) {
    String[] pv1 = new String[45];
    pv1[0] = "1";
    pv1[1] = CLASSES.getOrDefault(String.valueOf(Tree.text(encounter, "class", "code")), "U");
    Map<String, Object> place = summary.at(Tree.at(encounter, "location", "location"));
    if (place != null) {
      pv1[2] = pen.components("", "", "", "", "", "", "", "", pen.text(Tree.text(place, "name")));
    }
    Map<String, Integer> roles = Map.of("ATND", 7, "REF", 8, "CON", 9, "ADM", 17);
    for (Map<String, Object> participant : Tree.objects(encounter, "participant")) {
      Integer field = roles.get(String.valueOf(Tree.text(participant, "type", "coding", "code")));
      if (field != null) {
        pv1[field - 1] = staff(participant.get("individual"));
      }
    }
    pv1[9] = pen.text(Concepts.words(encounter.get("serviceType")));
    pv1[18] = visitNumber(encounter);
    pv1[38] = pen.text(Summary.hospitalOf(encounter));
    pv1[43] = Times.of(Tree.text(encounter, "period", "start"));
    pv1[44] = Times.of(Tree.text(encounter, "period", "end"));
    String reason = Concepts.of(encounter.get("reasonCode"), pen);
    return reason.isEmpty() ? List.of(pen.segment("PV1", pv1))
        : List.of(pen.segment("PV1", pv1), pen.segment("PV2", "", "", reason));
  }

  private String visitNumber(Map<String, Object> encounter) {
    return Tree.objects(encounter, "identifier").stream()
        .filter(one -> "VN".equals(Tree.text(one, "type", "coding", "code"))).findFirst().map(one -> Identifiers.cx(one, pen)).orElse("");
  }

  /** An XCN: number and name. */
  private String staff(Object reference) {
    Map<String, Object> person = summary.at(reference);
    if (person == null) {
      return pen.components("", pen.text(Tree.text(reference, "display")));
    }
    return pen.components(pen.text(Tree.text(person, "identifier", "value")), pen.text(Tree.text(person, "name", "text")));
  }

  // ---- allergies, diagnoses, operations ----

  private void allergies(List<Map<String, Object>> things, List<String> asides, List<String> listed) {
    int n = 0;
    for (Map<String, Object> one : of(things, "AllergyIntolerance")) {
      String state = Tree.text(one, "clinicalStatus", "coding", "code");
      boolean refuted = "refuted".equals(Tree.text(one, "verificationStatus", "coding", "code"));
      if (refuted || "inactive".equals(state) || "resolved".equals(state)) {
        // AL1 has no word for it: standing there it would be an allergy.
        aside(asides, "", refuted ? own("ALLERGY-REFUTED", "已排除的过敏 Allergy that was refuted")
            : own("ALLERGY-INACTIVE", "已不存在的过敏 Allergy of the past"), Concepts.of(one.get("code"), pen), one);
        continue;
      }
      List<String> reactions = new ArrayList<>();
      for (Map<String, Object> reaction : Tree.objects(one, "reaction")) {
        Tree.objects(reaction, "manifestation").forEach(seen -> reactions.add(pen.text(Concepts.words(seen))));
      }
      String time = Times.dayOf(Tree.text(one, "onsetDateTime") == null ? Tree.text(one, "recordedDate") : Tree.text(one, "onsetDateTime"));
      listed.add(pen.segment("AL1", String.valueOf(++n), allergyType(one), Concepts.of(one.get("code"), pen), severity(one),
          pen.repetitions(reactions), time));
      shared(asides, "AL1." + n, one);
    }
  }

  private static String allergyType(Map<String, Object> allergy) {
    List<?> categories = allergy.get("category") instanceof List<?> list ? list : List.of();
    return categories.contains("medication") || categories.contains("biologic") ? "DA" : categories.contains("food") ? "FA"
        : categories.contains("environment") ? "EA" : "MA";
  }

  private static String severity(Map<String, Object> allergy) {
    if ("high".equals(Tree.text(allergy, "criticality"))) {
      return "SV";
    }
    return switch (String.valueOf(Tree.text(allergy, "reaction", "severity"))) {
      case "severe" -> "SV";
      case "moderate" -> "MO";
      case "mild" -> "MI";
      default -> "U";
    };
  }

  private void diagnoses(Map<String, Object> visit, List<Map<String, Object>> things, List<String> asides, List<String> listed) {
    int n = 0;
    for (Map<String, Object> one : of(things, "Condition")) {
      if ("refuted".equals(Tree.text(one, "verificationStatus", "coding", "code"))) {
        aside(asides, "", own("DIAGNOSIS-REFUTED", "已排除的诊断 Diagnosis that was refuted"), Concepts.of(one.get("code"), pen), one);
        continue;
      }
      String time = Times.begin(one, "onset");
      listed.add(pen.segment("DG1", String.valueOf(++n), "", Concepts.of(one.get("code"), pen), pen.text(Concepts.words(one.get("code"))),
          time.isEmpty() ? Times.of(Tree.text(one, "recordedDate")) : time, role(visit, one)));
      shared(asides, "DG1." + n, one);
    }
  }

  /** DG1-6 of a diagnosis as its visit has it, or "". */
  private String role(Map<String, Object> visit, Map<String, Object> condition) {
    for (Map<String, Object> diagnosis : Tree.objects(visit, "diagnosis")) {
      if (summary.at(diagnosis.get("condition")) == condition) {
        return pen.text(Concepts.codeIn(diagnosis.get("use"), Concepts.TABLE + "0052"));
      }
    }
    return "";
  }

  private void procedures(List<Map<String, Object>> things, List<String> asides, List<String> listed) {
    int n = 0;
    for (Map<String, Object> one : of(things, "Procedure")) {
      listed.add(pen.segment("PR1", String.valueOf(++n), "", Concepts.of(one.get("code"), pen), pen.text(Concepts.words(one.get("code"))),
          Times.begin(one, "performed"), "", "", "", "", "", staff(Tree.at(one, "performer", "actor"))));
      shared(asides, "PR1." + n, one);
    }
  }

  private static List<Map<String, Object>> of(List<Map<String, Object>> things, String type) {
    return things.stream().filter(one -> type.equals(one.get("resourceType"))).toList();
  }

  /** Names all hospitals that tell of something, where it is more than the visit's. */
  private void shared(List<String> asides, String what, Map<String, Object> one) {
    if (Summary.hospitalsOf(one).size() > 1) {
      aside(asides, what, own("SOURCE", "来源医院 Source hospitals"),
          pen.repetitions(Summary.hospitalsOf(one).stream().map(this::hospital).toList()), one);
    }
  }

  private void aside(List<String> asides, String what, String code, String value, Map<String, Object> one) {
    asides.add(pen.segment("OBX", String.valueOf(asides.size() + 1), "CE", code, what, value, "", "", "", "", "", "F", "", "", "",
        hospital(Summary.hospitalOf(one))));
  }

  // ---- orders ----

  private List<String> order(Map<String, Object> one) {
    return switch ((String) one.get("resourceType")) {
      case "DiagnosticReport" -> report(one);
      case "DocumentReference" -> document(one);
      case "Observation" -> alone(one);
      case "MedicationRequest", "MedicationStatement" -> prescription(one);
      case "MedicationDispense" -> dispense(one);
      case "MedicationAdministration" -> administration(one);
      default -> List.of();
    };
  }

  private String obr(String placer, String filler, String code, String begin, String end, String specimen, String requester,
      String issued, String category, String status) {
    String[] obr = new String[25];
    obr[0] = String.valueOf(++reports);
    obr[1] = placer;
    obr[2] = filler;
    obr[3] = code;
    obr[6] = begin;
    obr[7] = end;
    obr[14] = specimen;
    obr[15] = requester;
    obr[21] = issued;
    obr[23] = category;
    obr[24] = status;
    return pen.segment("OBR", obr);
  }

  private String source(Map<String, Object> one) {
    List<String> names = Summary.hospitalsOf(one).stream().map(id -> summary.name(id) + " (" + id + ")").toList();
    return note("来源医院 Source: " + String.join("、", names));
  }

  private List<String> report(Map<String, Object> report) {
    Map<String, Object> request = summary.at(report.get("basedOn"));
    List<String> segments = new ArrayList<>();
    segments.add(obr(number(report, "PLAC"), number(report, "FILL"), Concepts.of(report.get("code"), pen),
        Times.begin(report, "effective"), Times.end(report, "effective"), specimen(report), staff(Tree.at(request, "requester")),
        Times.of(Tree.text(report, "issued")), pen.text(Concepts.codeIn(report.get("category"), Concepts.TABLE + "0074")),
        REPORT_STATUS.getOrDefault(String.valueOf(report.get("status")), "P")));
    segments.add(source(report));
    int n = 0;
    int before = 0;
    if (sections.contains(Section.RESULTS)) {
      for (Map<String, Object> reference : Tree.objects(report, "result")) {
        Map<String, Object> result = summary.at(reference);
        if (result != null && !told.add(Tree.text(reference, "reference"))) {
          before++;
        } else if (result != null) {
          n = observation(result, n, segments);
        }
      }
    }
    if (before > 0) {
      segments.add(2, note(before + " 项结果与前面报告中的相同 results are those of a report before"));
    }
    String conclusion = Tree.text(report, "conclusion");
    if (conclusion != null) {
      n = text(own("CONCLUSION", "结论 Conclusion"), conclusion, report, n, segments);
    }
    for (Map<String, Object> form : Tree.objects(report, "presentedForm")) {
      n = attachment(own("REPORT", "报告 Report"), form, report, n, segments);
    }
    return segments;
  }

  private List<String> document(Map<String, Object> document) {
    List<String> segments = new ArrayList<>();
    String type = Concepts.of(document.get("type"), pen);
    segments.add(obr("", number(Tree.member(document, "masterIdentifier")), type.isEmpty() ? own("REPORT", "文书 Document") : type,
        Times.of(Tree.text(document, "context", "period", "start")), Times.of(Tree.text(document, "context", "period", "end")), "", "",
        Times.of(Tree.text(document, "date")), "", "preliminary".equals(document.get("docStatus")) ? "P" : "F"));
    segments.add(source(document));
    int n = 0;
    for (Map<String, Object> content : Tree.objects(document, "content")) {
      n = attachment(type.isEmpty() ? own("REPORT", "文书 Document") : type, Tree.member(content, "attachment"), document, n, segments);
    }
    return segments;
  }

  private List<String> alone(Map<String, Object> observation) {
    List<String> segments = new ArrayList<>();
    segments.add(obr("", "", Concepts.of(observation.get("code"), pen), Times.begin(observation, "effective"),
        Times.end(observation, "effective"), specimen(observation), "", Times.of(Tree.text(observation, "issued")), "",
        REPORT_STATUS.getOrDefault(String.valueOf(observation.get("status")), "P")));
    segments.add(source(observation));
    observation(observation, 0, segments);
    return segments;
  }

  private String specimen(Map<String, Object> of) {
    Map<String, Object> specimen = summary.at(of.get("specimen"));
    return specimen == null ? "" : Concepts.of(specimen.get("type"), pen.packed());
  }

  /** A placer's or filler's number as EI; "" without one. */
  private String number(Map<String, Object> of, String type) {
    return Tree.objects(of, "identifier").stream()
        .filter(one -> type.equals(Concepts.codeIn(one.get("type"), Concepts.TABLE + "0203"))).findFirst().map(this::number).orElse("");
  }

  private String number(Map<String, Object> identifier) {
    if (identifier == null) {
      return "";
    }
    String system = String.valueOf(Tree.text(identifier, "system"));
    boolean oid = system.startsWith("urn:oid:");
    return pen.components(pen.text(Tree.text(identifier, "value")), "", pen.text(oid ? system.substring("urn:oid:".length()) : system),
        oid ? "ISO" : "URI");
  }

  // ---- results ----

  private int observation(Map<String, Object> result, int before, List<String> segments) {
    int n = before;
    List<Map<String, Object>> components = Tree.objects(result, "component");
    if (components.isEmpty() || Value.of(result, pen).isThere()) {
      n = obx(result, result, "", n, segments);
    }
    for (int k = 0; k < components.size(); k++) {
      n = obx(result, components.get(k), String.valueOf(k + 1), n, segments);
    }
    return n;
  }

  private int obx(Map<String, Object> result, Map<String, Object> part, String sub, int before, List<String> segments) {
    Value value = Value.of(part, pen);
    List<String> flags = new ArrayList<>();
    for (Map<String, Object> one : Tree.objects(part, "interpretation")) {
      String code = Concepts.codeIn(one, Concepts.TABLE + "0078");
      flags.add(pen.text(code != null ? code : Tree.text(one, "coding", "code") != null ? Tree.text(one, "coding", "code") : Concepts.words(one)));
    }
    List<String> ranges = new ArrayList<>();
    Tree.objects(part, "referenceRange").forEach(range -> ranges.add(Value.range(range)));
    int n = before + 1;
    segments.add(pen.segment("OBX", String.valueOf(n), value.type(), Concepts.of(part.get("code"), pen), sub, value.written(),
        value.unit(), pen.text(String.join("; ", ranges)), pen.repetitions(flags), "", "",
        RESULT_STATUS.getOrDefault(String.valueOf(result.get("status")), "P"), "", "", Times.begin(result, "effective"),
        hospital(Summary.hospitalOf(result)), "", Concepts.of(result.get("method"), pen)));
    notes(result, segments);
    if (Summary.hospitalsOf(result).size() > 1) {
      segments.add(source(result));
    }
    return n;
  }

  private void notes(Map<String, Object> of, List<String> segments) {
    Tree.objects(of, "note").forEach(note -> segments.add(note(Tree.text(note, "text"))));
  }

  private int text(String code, String text, Map<String, Object> of, int before, List<String> segments) {
    return value("FT", code, pen.text(text), of, before, segments);
  }

  private int value(String type, String code, String written, Map<String, Object> of, int before, List<String> segments) {
    segments.add(pen.segment("OBX", String.valueOf(before + 1), type, code, "", written, "", "", "", "", "", "F", "", "", "",
        hospital(Summary.hospitalOf(of))));
    return before + 1;
  }

  /** Text as text, anything else as it is in base64; what is only an address cannot be told. */
  private int attachment(String code, Map<String, Object> attachment, Map<String, Object> of, int before, List<String> segments) {
    String data = Tree.text(attachment, "data");
    String type = String.valueOf(Tree.text(attachment, "contentType"));
    if (data == null) {
      return text(code, "内容未随附，请向来源医院查阅 Content not enclosed; ask the source hospital", of, before, segments);
    }
    if (type.startsWith("text/") && !type.contains("html") && !type.contains("xml")) {
      return text(code, new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8), of, before, segments);
    }
    int slash = type.indexOf('/');
    String subtype = slash < 0 ? "octet-stream" : type.substring(slash + 1);
    String main = slash < 0 ? "application" : type.substring(0, slash);
    return value("ED", code, pen.components("", pen.text(main), pen.text(subtype), "Base64", pen.text(data)), of, before, segments);
  }

  // ---- medication ----

  private String orc(Map<String, Object> of, String time, Object orderer) {
    String[] orc = new String[21];
    orc[0] = "RE";
    orc[1] = number(of, "PLAC");
    orc[2] = number(of, "FILL");
    orc[4] = ORDER_STATUS.getOrDefault(String.valueOf(of.get("status")), "");
    orc[8] = time;
    orc[11] = staff(orderer);
    orc[20] = pen.text(summary.name(Summary.hospitalOf(of)));
    return pen.segment("ORC", orc);
  }

  private String drug(Map<String, Object> of) {
    Object concept = of.get("medicationCodeableConcept");
    Map<String, Object> medication = summary.at(of.get("medicationReference"));
    return Concepts.of(concept != null ? concept : medication == null ? null : medication.get("code"), pen);
  }

  private List<String> prescription(Map<String, Object> of) {
    List<Map<String, Object>> dosages = new ArrayList<>(Tree.objects(of, of.get("dosageInstruction") != null ? "dosageInstruction" : "dosage"));
    if (dosages.isEmpty()) {
      dosages.add(Map.of());
    }
    String time = Tree.text(of, "authoredOn") != null ? Tree.text(of, "authoredOn") : Tree.text(of, "dateAsserted");
    List<String> segments = new ArrayList<>(List.of(orc(of, Times.of(time), of.get("requester"))));
    dosages.forEach(dosage -> {
      segments.add(rxe(of, dosage));
      route(Tree.at(dosage, "route"), segments);
    });
    return ended(of, segments);
  }

  private String rxe(Map<String, Object> of, Map<String, Object> dosage) {
    Object dose = Tree.at(dosage, "doseAndRate", "doseQuantity");
    Object dispensed = Tree.at(of, "dispenseRequest", "quantity");
    Object form = Summary.extensions(of, "dose-form").stream().findFirst().map(one -> one.get("valueCodeableConcept")).orElse(null);
    String[] rxe = new String[21];
    rxe[0] = timing(dosage);
    rxe[1] = drug(of);
    rxe[2] = pen.text(Tree.spelt(Tree.at(dose, "value")));
    rxe[4] = Value.unit(dose, pen);
    rxe[5] = Concepts.of(form, pen);
    rxe[9] = pen.text(Tree.spelt(Tree.at(dispensed, "value")));
    rxe[10] = Value.unit(dispensed, pen);
    rxe[20] = pen.components("", pen.text(Tree.text(dosage, "text")));
    return pen.segment("RXE", rxe);
  }

  private List<String> dispense(Map<String, Object> of) {
    String time = Tree.text(of, "whenHandedOver") != null ? Tree.text(of, "whenHandedOver") : Tree.text(of, "whenPrepared");
    List<String> segments = new ArrayList<>(List.of(orc(of, "", Tree.at(of, "performer", "actor")),
        pen.segment("RXD", "1", drug(of), Times.of(time), pen.text(Tree.spelt(Tree.at(of, "quantity", "value"))),
            Value.unit(of.get("quantity"), pen), "", pen.text(Tree.text(of, "identifier", "value")))));
    route(Tree.at(of, "dosageInstruction", "route"), segments);
    return ended(of, segments);
  }

  private List<String> administration(Map<String, Object> of) {
    Object dose = Tree.at(of, "dosage", "dose");
    String begin = Times.begin(of, "effective");
    List<String> segments = new ArrayList<>(List.of(orc(of, begin, Tree.at(of, "performer", "actor")),
        pen.segment("RXA", "0", "1", begin, Times.end(of, "effective"), drug(of), pen.text(Tree.spelt(Tree.at(dose, "value"))),
            Value.unit(dose, pen))));
    route(Tree.at(of, "dosage", "route"), segments);
    return ended(of, segments);
  }

  private void route(Object route, List<String> segments) {
    String written = Concepts.of(route, pen);
    if (!written.isEmpty()) {
      segments.add(pen.segment("RXR", written));
    }
  }

  /** Behind every medication: whose it is, and what is noted of it. */
  private List<String> ended(Map<String, Object> of, List<String> segments) {
    segments.add(source(of));
    notes(of, segments);
    return segments;
  }

  /** TQ: interval, duration, begin and end. */
  private String timing(Map<String, Object> dosage) {
    Object repeat = Tree.at(dosage, "timing", "repeat");
    String code = Tree.text(dosage, "timing", "code", "coding", "code");
    return pen.components("", pen.text(code != null ? code : Tree.text(dosage, "timing", "code", "text")), pen.text(duration(repeat)),
        Times.of(Tree.text(repeat, "boundsPeriod", "start")), Times.of(Tree.text(repeat, "boundsPeriod", "end")));
  }

  /** TQ-3, e.g. {@code D7}. */
  private static String duration(Object repeat) {
    String unit = DURATIONS.get(String.valueOf(Tree.text(repeat, "boundsDuration", "code")));
    return unit == null ? "" : unit + Tree.spelt(Tree.at(repeat, "boundsDuration", "value"));
  }
}
