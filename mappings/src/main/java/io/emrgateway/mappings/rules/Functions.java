package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import io.emrgateway.mappings.hl7.Part;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The odd cases, by name: what cannot be said in one row stands here as Java, with its reason.
 *
 * <p>A rule file calls one with {@code by: name}. Each promises to write only into the element it is called for and
 * to say in a diagnostic what it could not write.
 */
final class Functions {
  /** Our own extensions; none of them changes the meaning of what it stands on. */
  static final String EXTENSION = "urn:emr-gateway:extension:";

  /** Where HL7's own extensions are defined. */
  static final String HL7 = "http://hl7.org/fhir/StructureDefinition/";
  private static final String ALLERGY_VERIFICATION =
      "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
  private static final String SEX_CODES = "urn:oid:2.16.156.10011.2.3.3.4";

  /** The functions of this class by name; {@link #named} knows those of the other families too. */
  static final Map<String, Row.Action> GENERAL = new HashMap<>();

  static {
    GENERAL.put("codings", Functions::codings);
    GENERAL.put("coding", Functions::coding);
    GENERAL.put("identifier-system", Functions::identifierSystem);
    GENERAL.put("identifier-type", Functions::identifierType);
    GENERAL.put("entity-system", Functions::entitySystem);
    GENERAL.put("person-name", Functions::personName);
    GENERAL.put("telecom", Functions::telecom);
    GENERAL.put("packed-person", (call) -> call.run().fill(
        call.run().rules().map("XCN[Practitioner]"), call.root(), call.part().packed(), call, call.instance()));
    GENERAL.put("place", Functions::place);
    GENERAL.put("sex", Functions::sex);
    GENERAL.put("birth-time", Functions::birthTime);
    GENERAL.put("encounter-status", Functions::encounterStatus);
    GENERAL.put("encounter-end", Functions::encounterEnd);
    GENERAL.put("observation-value", ObservationValues::write);
    GENERAL.put("result-status", ObservationValues::status);
    GENERAL.put("reference-range", ObservationValues::referenceRange);
    GENERAL.put("quantity", ObservationValues::quantity);
    GENERAL.put("note", Functions::note);
    GENERAL.put("unknown-if-dash", Functions::textUnlessDash);
    GENERAL.put("specimen-source", Functions::specimenSource);
    GENERAL.put("practitioner-system", (call) -> numbering(call, call.site().system("practitioner", null)));
    GENERAL.put("field-system", (call) -> numbering(
        call, call.site().system("number", null) + ":" + call.segment().name() + "-" + call.field()));
    GENERAL.put("religion", (call) -> extensionConcept(call, HL7 + "patient-religion"));
    GENERAL.put("citizenship", (call) -> nested(call, HL7 + "patient-citizenship"));
    GENERAL.put("nationality", (call) -> nested(call, HL7 + "patient-nationality"));
    GENERAL.put("mothers-maiden-name", Functions::mothersMaidenName);
    GENERAL.put("birth-place", Functions::birthPlace);
    GENERAL.put("concept-text", (call) -> call.put(conceptText(call.part())));
    GENERAL.put("concept-note", Functions::conceptNote);
    GENERAL.put("first-text", (call) -> call.put(call.part().text()));
    GENERAL.put("diagnosis-text", Functions::diagnosisText);
    GENERAL.put("diagnosed-condition", Functions::diagnosedCondition);
    GENERAL.put("deleted-diagnosis", (call) -> deleted(call, () -> call.root().with("verificationStatus", concept(
        "http://terminology.hl7.org/CodeSystem/condition-ver-status", "entered-in-error", "Entered in Error"))));
    GENERAL.put("deleted-procedure", (call) -> deleted(call, () -> call.root().with("status", "entered-in-error")));
    GENERAL.put("deleted-allergy", (call) -> deleted(call, () -> {
      call.root().clear("verificationStatus");
      call.root().with("verificationStatus", concept(ALLERGY_VERIFICATION, "entered-in-error", "Entered in Error"));
    }));
    GENERAL.put("active-allergy", Functions::activeAllergy);
    GENERAL.put("revoked-by-control", (call) -> ended(call, "OrderControl", "revoked"));
    GENERAL.put("cancelled-by-control", (call) -> ended(call, "MedicationControl", "cancelled", "stopped"));
    GENERAL.put("device", Functions::device);
    GENERAL.put("specimen-numbers", Functions::specimenNumbers);
    GENERAL.put("measured-by", Functions::measuredBy);
    GENERAL.put("dose-form", Functions::doseForm);
    GENERAL.put("duration", Functions::duration);
  }

  private Functions() {}

  /** Read after all families are. */
  private static final class All {
    static final Map<String, Row.Action> NAMED = Family.all(Family::functions);
  }

  static Row.Action named(Yaml yaml) {
    Row.Action action = All.NAMED.get(yaml.text());
    if (action == null) {
      throw yaml.error("没有函数 \"" + yaml.text() + "\" / There is no function \"" + yaml.text() + "\".",
          Known.near(All.NAMED.keySet(), yaml.text()));
    }
    return action;
  }

  /**
   * CWE, CE or CNE into a CodeableConcept: the code, the alternate and the second alternate code beside each other,
   * so that a national and a local code both survive. What only says that there is nothing ({@link Absent}) is neither
   * a code nor a text.
   */
  private static void codings(Call call) {
    Part cwe = call.part();
    Element concept = call.root();
    if (concept.type().name().equals("Coding")) {
      Codes.coding(concept, call, cwe.component(1), cwe.component(2), cwe.component(3), cwe.component(7));
      return;
    }
    triple(call, concept, cwe, 1, 7);
    triple(call, concept, cwe, 4, 8);
    triple(call, concept, cwe, 10, 13);
    String text = words(cwe);
    if (text == null && concept.list("coding").isEmpty()) {
      text = cwe.component(1).text();
    }
    if (!Absent.says(text)) {
      concept.with("text", text);
    }
  }

  /** The original text, else the name of the code or of its alternate; null when none says anything. */
  private static String words(Part cwe) {
    for (int component : new int[] {9, 2, 5}) {
      String text = cwe.component(component).text();
      if (!Absent.says(text)) {
        return text;
      }
    }
    return null;
  }

  private static void triple(Call call, Element concept, Part cwe, int first, int version) {
    Part code = cwe.component(first);
    if (!code.isValued()) {
      return;
    }
    Element coding = Concepts.coding();
    if (Codes.coding(coding, call, code, cwe.component(first + 1), cwe.component(first + 2), cwe.component(version))
        && !said(concept, coding)) {
      if (ChineseFamily.RECOGNITION.equals(coding.text("system")) && coding.text("code").indexOf('^') > 0) {
        ChineseFamily.recognitionItems(concept, coding.text("code"));
      } else {
        concept.with("coding", coding);
      }
    }
  }

  /**
   * Whether the concept has this code already: a translation table may have found what the sender says too. In another
   * edition the same code is another one.
   */
  private static boolean said(Element concept, Element coding) {
    for (Element other : concept.list("coding")) {
      if (coding.text("code").equals(other.text("code"))
          && String.valueOf(coding.text("system")).equals(other.text("system"))
          && (other.text("version") == null || other.text("version").equals(coding.text("version")))) {
        return true;
      }
    }
    return false;
  }

  /** CWE into a Coding where the row says, e.g. Encounter.class when no table knows the code. */
  private static void coding(Call call) {
    Element made = call.make();
    if (made != null) {
      Part cwe = call.part();
      Codes.coding(made, call, cwe.component(1), cwe.component(2), cwe.component(3), cwe.component(7));
    }
  }

  /** The system of a CX: a national one where there is one, else the assigning authority's in the site's namespace. */
  private static void identifierSystem(Call call) {
    Element identifier = call.root();
    if (!identifier.has("value")) {
      identifier.clear("type"); // A kind of number without a number says nothing.
      return;
    }
    if (identifier.has("system")) {
      return;
    }
    Part authority = call.part().component(4);
    String type = call.part().component(5).text();
    String kind = kind(call);
    boolean bare = !authority.isValued() && type == null;
    if (call.segment().name().equals("MRG") && kind.equals("patient") && bare) {
      if (ResidentId.isSure(identifier.text("value"), null, null)) {
        identifier.with("system", ResidentId.SYSTEM);
        identifier.replace("value", ResidentId.of(identifier.text("value"), null, null).value());
        return;
      }
      Instance survivor = call.instance().group.nearest("Patient"); // A bare number is one of the kind PID-3 has.
      Element number = survivor == null ? null : Identities.patientNumber(call.site(), survivor.element);
      if (number != null) {
        identifier.with("system", number.text("system"));
        return;
      }
    }
    String system = authoritySystem(call, authority, kind, type);
    identifier.with("system", system);
  }

  private static String authoritySystem(Call call, Part authority, String kind, String type) {
    String name = authority.subcomponent(1).text();
    String universal = authority.subcomponent(2).text();
    String universalType = authority.subcomponent(3).text();
    if (name != null && call.site().authorities().containsKey(name)) {
      return call.site().authorities().get(name);
    }
    if (universal != null && ("ISO".equals(universalType) || universalType == null) && Codes.isOid(universal)) {
      return "urn:oid:" + universal;
    }
    if (universal != null && "URI".equals(universalType) && universal.indexOf(':') > 0
        && Primitives.valid(Kind.URI, universal)) {
      return universal;
    }
    if (name == null) {
      name = universal;
    }
    return kind.equals("patient") ? patientSystem(call, name, type) : call.site().system(kind, name);
  }

  /**
   * The numbering of a patient's number. One that says that it is a card, an insurance or an outpatient number is told
   * apart from the record number of the same digits and the same hospital.
   */
  private static String patientSystem(Call call, String authority, String type) {
    Table.Target national = call.run().rules().table("IdentifierNumbering").of(type);
    if (national != null && national.code() != null) {
      return national.code();
    }
    boolean unnamed = authority == null && type == null;
    if (unnamed && (call.field() == 2 || call.field() == 4) && call.segment().field(3).isValued()) {
      return call.site().system("patient", call.segment().name() + "-" + call.field()); // An old or another number.
    }
    String name = authority == null && !call.site().patientAuthority().isEmpty()
        ? call.site().patientAuthority() : authority;
    if (type == null || Identities.HOSPITAL_NUMBERS.contains(type) && name != null) {
      return call.site().system("patient", name);
    }
    return call.site().system("patient", (name == null ? "" : name + ".") + "type-" + type);
  }

  /** Which numbering an identifier belongs to; a patient number in MRG is the same numbering as one in PID. */
  private static String kind(Call call) {
    return switch (call.segment().name()) {
      case "PID", "MRG" -> switch (call.instance().type()) {
        case "Encounter" -> "visit";
        case "Account" -> "account";
        default -> "patient";
      };
      case "PV1", "PV2" -> call.field() == 54 ? "episode" : "visit";
      case "NK1" -> "relative";
      case "IN1" -> "coverage";
      case "SPM" -> "specimen";
      case "STF" -> "practitioner";
      case "GT1" -> "guarantor";
      default -> "number";
    };
  }

  /** CX-5 in HL7's words and in those of CV02.01.101, as far as either has the kind, else as the hospital's own code. */
  private static void identifierType(Call call) {
    String code = call.part().text();
    RuleSet rules = call.run().rules();
    Table.Target target = rules.table("IdentifierType").of(code);
    Table.Target document = rules.table("IdentityDocument").of(code);
    CodeTable standard = rules.codes("v2-0203");
    Element made = call.make();
    if (made == null || !Primitives.valid(Kind.CODE, code)) {
      return;
    }
    String inHl7 = target != null ? target.code() : standard.has(code) ? code : null;
    if (inHl7 != null) {
      made.with("coding", Concepts.coding(standard.system(), null, inHl7, standard.names().get(inHl7)));
    }
    if (document != null) {
      Concepts.write(made, rules.withDisplay(document));
    }
    if (inHl7 == null && document == null) {
      made.with("coding", Concepts.coding(call.site().system("codes", "HL70203"), null, code, null));
    }
    if (target != null) {
      made.with("text", target.display() == null ? code : target.display());
    }
  }

  /** Says which numbering a number belongs to, where there is a number: a dash is none. */
  private static void numbering(Call call, String system) {
    if (call.root().has("value")) {
      call.root().with("system", system);
    }
  }

  /** The system of an EI: its namespace or universal id; orders without one share the hospital's. */
  private static void entitySystem(Call call) {
    Element identifier = call.root();
    if (!identifier.has("value")) {
      return;
    }
    identifier.with("system", Codes.numbering(call.site(), call.part(), entityKind(call)));
  }

  private static String entityKind(Call call) {
    boolean order = call.segment().name().equals("ORC") || call.segment().name().equals("OBR");
    return switch (call.segment().name()) {
      case "ORC", "OBR" -> call.field() == 3 ? "filler" : call.field() == 4 && order ? "order-group" : "order";
      case "SPM" -> "specimen";
      case "OBX" -> "observation-number";
      case "DG1" -> "diagnosis";
      case "PR1" -> "procedure-number";
      case "IAM" -> "allergy-number";
      case "PRB" -> "problem-number";
      case "GOL" -> "goal-number";
      case "FT1" -> "charge-number";
      default -> "number";
    };
  }

  /**
   * XPN or XCN into a HumanName. In China the whole name usually stands in the first component: then it is the text,
   * and no family name is cut out of it, because nobody can tell 欧阳 and 阳 apart by rule.
   */
  private static void personName(Call call) {
    Part xpn = call.part();
    Element name = call.root();
    // XCN and CNN begin with a number; XPN begins with the name.
    int shift = call.row().from().component() == 0 && "XCN".equals(call.row().from().owner()) ? 1 : 0;
    String family = xpn.component(1 + shift).subcomponent(1).text();
    String given = xpn.component(2 + shift).text();
    String middle = xpn.component(3 + shift).text();
    String suffix = xpn.component(4 + shift).text();
    String prefix = xpn.component(5 + shift).text();
    if (Absent.says(family) && given == null && middle == null) {
      return;
    }
    boolean whole = given == null && middle == null && family != null && isHan(family);
    if (!whole) {
      name.with("family", family);
      name.with("given", given).with("given", middle);
    }
    name.with("prefix", prefix).with("suffix", suffix);
    name.with("text", text(family, given, middle));
    String match = Names.forMatching(name.text("text"));
    if (match != null && !match.equals(name.text("text"))) {
      name.with("extension", Concepts.extension(EXTENSION + "name-for-matching", "valueString", match));
    }
    String representation = xpn.component(8 + (shift == 1 ? 7 : 0)).text();
    String iso = representation == null ? null : switch (representation) {
      case "I" -> "IDE";
      case "A" -> "ABC";
      // Phonetic means kana in Japan; pinyin is written in letters.
      case "P" -> isLatin(name.text("text")) ? "ABC" : "SYL";
      default -> null;
    };
    if (iso != null) {
      name.with("extension", Concepts.extension(
          "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode", iso));
    }
  }

  private static String text(String family, String given, String middle) {
    boolean han = family != null && isHan(family) || family == null && given != null && isHan(given);
    StringBuilder out = new StringBuilder();
    String[] parts = han ? new String[] {family, given, middle} : new String[] {given, middle, family};
    for (String part : parts) {
      if (part != null) {
        if (out.length() > 0 && !han) {
          out.append(' ');
        }
        out.append(part);
      }
    }
    return out.toString();
  }

  private static boolean isLatin(String text) {
    return Character.UnicodeScript.of(text.codePointAt(0)) == Character.UnicodeScript.LATIN;
  }

  static boolean isHan(String text) {
    return Character.UnicodeScript.of(text.codePointAt(0)) == Character.UnicodeScript.HAN;
  }

  /** XTN: the number in whichever component the sender's version of HL7 puts it, and what kind of address it is. */
  private static void telecom(Call call) {
    Part xtn = call.part();
    Element point = call.root();
    String equipment = xtn.component(3).text();
    String mail = xtn.component(4).text();
    String value = null;
    boolean isMail = "Internet".equalsIgnoreCase(equipment) || "X.400".equals(equipment);
    if (xtn.component(12).isValued()) {
      value = xtn.component(12).text();
    } else if (xtn.component(7).isValued()) {
      StringBuilder number = new StringBuilder();
      if (xtn.component(5).isValued()) {
        number.append('+').append(xtn.component(5).text()).append(' ');
      }
      if (xtn.component(6).isValued()) {
        number.append(xtn.component(6).text()).append(' ');
      }
      number.append(xtn.component(7).text());
      if (xtn.component(8).isValued()) {
        number.append(" X").append(xtn.component(8).text());
      }
      value = number.toString();
    } else if (xtn.component(1).isValued()) {
      value = xtn.component(1).text();
    }
    if (mail != null && (isMail || value == null)) {
      value = mail;
      isMail = true;
    }
    if (Absent.says(value) || !point.put(point.type().slot("value"), value)) {
      return;
    }
    RuleSet rules = call.run().rules();
    Table.Target system = equipment == null ? null : rules.table("TelecomEquipment").of(equipment);
    String kind = isMail ? "email" : system != null && system.code() != null ? system.code() : "phone";
    point.with("system", kind);
    if ("CP".equals(equipment)) {
      point.with("use", "mobile");
    }
    String use = xtn.component(2).text();
    Table.Target target = use == null ? null : rules.table("TelecomUse").of(use);
    if (target != null && target.code() != null) {
      point.with("use", target.code());
    }
  }

  /** PL into a Location: its number is the whole path, because bed 02 exists in every room. */
  static void place(Call call) {
    Part pl = call.part();
    Element location = call.root();
    StringBuilder path = new StringBuilder();
    int last = 0;
    // Building, floor and facility make a bed's number unique; PL counts point of care, room, bed first.
    int[] order = {4, 7, 8, 1, 2, 3};
    StringBuilder spoken = new StringBuilder();
    for (int component : order) {
      String part = pl.component(component).text();
      if (part == null) {
        continue;
      }
      path.append(path.length() == 0 ? "" : "/").append(component).append('=').append(part);
      if (component <= 3) {
        spoken.append(spoken.length() == 0 ? "" : " ").append(part);
        last = component;
      }
    }
    String description = pl.component(9).text();
    if (path.length() == 0 && description == null) {
      return;
    }
    if (path.length() > 0) {
      location.with("identifier", Element.of("Identifier")
          .with("system", call.site().system("location", null)).with("value", path.toString()));
    }
    if (spoken.length() > 0) {
      location.with("name", spoken.toString());
    } else {
      location.with("name", description == null ? path.toString() : description);
    }
    if (description != null) {
      location.with("description", description);
    }
    location.with("mode", "instance");
    if (last > 0) {
      String[] codes = {"wa", "Ward", "ro", "Room", "bd", "Bed"};
      Element type = Element.of("CodeableConcept").with("coding", Concepts.coding(
          "http://terminology.hl7.org/CodeSystem/location-physical-type", null, codes[2 * last - 2],
          codes[2 * last - 1]));
      location.with("physicalType", type);
    }
  }

  /** PID-8: HL7 letters or GB/T 2261.1 digits. FHIR has one "unknown"; 0 (not known) and 9 (not stated) stay apart. */
  private static void sex(Call call) {
    String code = call.part().text();
    Table.Target gender = call.run().rules().table("AdministrativeSex").of(code);
    if (gender == null || gender.code() == null) {
      call.note(Finding.CODE_UNMAPPED);
      call.looksUp(call.run().rules().table("AdministrativeSex"), code, gender != null);
      return;
    }
    call.root().with("gender", gender.code());
    Table.Target national = call.run().rules().table("SexNational").of(code);
    if (national != null && national.code() != null) {
      CodeTable names = call.run().rules().codes("GB-T-2261.1");
      call.root().extend("gender", Concepts.extension(EXTENSION + "sex", "valueCoding", Concepts.coding(
          SEX_CODES, null, national.code(), names.names().get(national.code()))));
    }
  }

  /** PID-7 with a time of day: the date stays a date, the time stands beside it. */
  private static void birthTime(Call call) {
    String time = Times.dateTime(call.part().text(), call.site().zone());
    // A database that knows the day only sends it with 00:00:00; it does not know that somebody was born at midnight.
    if (time != null && time.length() > 10 && !time.startsWith("T00:00:00", 10) && Primitives.valid(Kind.DATE_TIME, time) && call.root().has("birthDate")) {
      call.root().extend("birthDate", Concepts.extension(
          "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime", time));
    }
  }

  /**
   * What the event makes of the visit (A03 finished, A11 cancelled, A13 in progress again); where the event says
   * nothing (A08, orders, results), a discharge time finishes it and the patient class tells the rest, unless nobody
   * can tell which visit it is.
   */
  private static void encounterStatus(Call call) {
    String event = call.run().event();
    Table.Target byEvent = call.run().rules().table("EncounterStatusOfEvent").of(event);
    String status = byEvent == null ? null : byEvent.code();
    if (status == null && call.segment().field(45).isValued()) {
      status = "finished";
    }
    if (status == null && PatientFamily.mentionsSomeVisit(call.run(), call.segment())) {
      status = "unknown";
    }
    if (status == null) {
      String patientClass = call.segment().field(2).component(1).text();
      Table.Target byClass = patientClass == null ? null
          : call.run().rules().table("EncounterStatusOfClass").of(patientClass);
      status = byClass == null || byClass.code() == null ? "unknown" : byClass.code();
    }
    call.root().with("status", status);
  }

  /** PV1-45, unless the discharge has just been taken back. */
  private static void encounterEnd(Call call) {
    if (call.run().event().equals("A13")) {
      return;
    }
    call.put(Times.dateTime(call.part().text(), call.site().zone()));
  }

  /** A comment in an Annotation; several NTE lines of one remark stay several annotations, as they were sent. */
  private static void note(Call call) {
    String text = call.part().whole();
    if (text != null && Primitives.valid(Kind.STRING, text)) {
      call.root().with("note", Element.of("Annotation").with("text", text));
    }
  }

  /** Free text; a lone dash is how front pages write "nothing". */
  private static void textUnlessDash(Call call) {
    String text = call.part().whole();
    if (!Absent.says(text)) {
      call.put(text);
    }
  }

  /** OBR-15 (SPS): type, additive, remark, site of a specimen in one field, each packed into a component. */
  private static void specimenSource(Call call) {
    Element specimen = call.root();
    Part sps = call.part();
    // Before v2.3 senders put the coded type's parts straight into subcomponents; both are read the same way here.
    concept(call, specimen, "type", sps.component(1).packed(), sps.component(6));
    Part additive = sps.component(2).packed();
    if (additive.isValued()) {
      Element container = specimen.child(specimen.type().slot("container"), 0);
      concept(call, container, "additiveCodeableConcept", additive, Part.EMPTY);
    }
    String words = sps.component(3).text();
    if (words != null && Primitives.valid(Kind.STRING, words)) {
      specimen.with("note", Element.of("Annotation").with("text", words));
    }
    Part site = sps.component(4).packed();
    if (site.isValued()) {
      Element collection = specimen.child(specimen.type().slot("collection"), -1);
      if (collection != null && !collection.has("bodySite")) {
        Element concept = Element.of("CodeableConcept");
        triple(call, concept, site, 1, 7);
        concept.with("text", site.component(2).text() == null ? site.component(1).text() : site.component(2).text());
        collection.with("bodySite", concept);
      }
    }
  }

  private static void concept(Call call, Element into, String name, Part cwe, Part freeText) {
    if (!cwe.isValued() && !freeText.isValued() || into.has(name)) {
      return;
    }
    Element concept = Element.of("CodeableConcept");
    triple(call, concept, cwe, 1, 7);
    triple(call, concept, cwe, 4, 8);
    String text = cwe.component(2).text();
    if (text == null) {
      text = freeText.text();
    }
    if (text == null && concept.list("coding").isEmpty()) {
      text = cwe.component(1).text();
    }
    if (text != null) {
      concept.with("text", text);
    }
    into.with(name, concept);
  }

  static Element concept(String system, String code, String display) {
    return Element.of("CodeableConcept").with("coding", Concepts.coding(system, null, code, display));
  }

  /** A coded field as an extension of the resource. */
  static void extensionConcept(Call call, String url) {
    Element value = call.read("CWE[CodeableConcept]");
    if (!value.isEmpty()) {
      call.root().with("extension", Concepts.extension(url, "valueCodeableConcept", value));
    }
  }

  /**
   * patient-citizenship and patient-nationality hold their code in an extension of the extension; where it is a country
   * that GB/T 2659 knows, the national code stands before the hospital's.
   */
  private static void nested(Call call, String url) {
    Element value = Element.of("CodeableConcept");
    Table.Target country = RuleSet.target(call, call.run().rules().table("Nationality"));
    if (country != null) {
      Concepts.write(value, call.run().rules().withDisplay(country));
    }
    call.run().fill(call.run().rules().map("CWE[CodeableConcept]"), value, call.part(), call, call.instance());
    if (!value.isEmpty()) {
      call.root().with("extension", Element.of("Extension").with("url", url)
          .with("extension", Concepts.extension("code", "valueCodeableConcept", value)));
    }
  }

  private static void mothersMaidenName(Call call) {
    String name = text(call.part().component(1).subcomponent(1).text(), call.part().component(2).text(), null);
    if (Primitives.valid(Kind.STRING, name)) {
      call.root().with("extension", Concepts.extension(HL7 + "patient-mothersMaidenName", "valueString", name));
    }
  }

  private static void birthPlace(Call call) {
    String text = call.part().whole();
    if (text != null && Primitives.valid(Kind.STRING, text)) {
      call.root().with("extension", Concepts.extension(HL7 + "patient-birthPlace", "valueAddress",
          Element.of("Address").with("text", text)));
    }
  }

  /** The words of a coded field: original text, name, else the code itself. */
  static String conceptText(Part cwe) {
    String text = words(cwe);
    return text != null || Absent.says(cwe.component(1).text()) ? text : cwe.component(1).text();
  }

  static void conceptNote(Call call) {
    String text = conceptText(call.part());
    if (text != null && Primitives.valid(Kind.STRING, text)) {
      call.root().with("note", Element.of("Annotation").with("text", text));
    }
  }

  /** DG1-4: the diagnosis in the doctor's words. The code's own name stays its display. */
  private static void diagnosisText(Call call) {
    String text = call.part().whole();
    if (Absent.says(text)) {
      return;
    }
    Element code = call.root().child(call.root().type().slot("code"), -1);
    code.clear("text");
    code.with("text", text);
  }

  /** Encounter.diagnosis refers to the condition that the same DG1 has just made. */
  private static void diagnosedCondition(Call call) {
    Instance latest = call.instance().group.last("Condition");
    if (latest != null && latest.segment == call.segment()) {
      Element reference = Element.of("Reference");
      call.root().with("condition", reference);
      call.run().refer(reference, latest);
    }
  }

  /** Action code D (HL7 0206): what was sent before was wrong. */
  private static void deleted(Call call, Runnable then) {
    if ("D".equals(call.part().component(1).text())) {
      then.run();
    }
  }

  /** An allergy that is not refuted or entered in error is active, and nobody has confirmed it to us. */
  private static void activeAllergy(Call call) {
    if (!call.root().has("verificationStatus") && !call.root().has("clinicalStatus")) {
      call.root().with("clinicalStatus",
          concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active", "Active"));
    }
  }

  /** An ORC-1 that ends the order decides the status even where ORC-5 still carries the status from before. */
  private static void ended(Call call, String table, String... meanings) {
    Table.Target target = call.run().rules().table(table).of(call.part().text());
    if (target != null && List.of(meanings).contains(String.valueOf(target.code()))) {
      call.root().with("status", target.code());
    }
  }

  /** OBX-18: the analyser, named, not made a resource: its number says nothing outside the laboratory. */
  private static void device(Call call) {
    String name = call.part().component(1).text();
    if (name != null && !call.root().has("device")) {
      call.root().with("device", Element.of("Reference").with("display", name));
    }
  }

  /** SPM-2: the placer's and the filler's number of one specimen, each packed into a component. */
  private static void specimenNumbers(Call call) {
    for (int side = 1; side <= 2; side++) {
      Part ei = call.part().component(side).packed();
      String value = ei.component(1).text();
      if (value == null) {
        continue;
      }
      String system = Codes.numbering(call.site(), ei, side == 1 ? "specimen" : "specimen-filler");
      // Senders of before v2.5 write a plain EI here: then the second component is its namespace, not a number.
      if (side == 2 && !call.part().component(1).packed().component(2).isValued()
          && !ei.component(2).isValued() && call.part().components() <= 2 && isName(value)) {
        continue;
      }
      call.root().with("identifier", Element.of("Identifier").with("system", system).with("value", value));
    }
  }

  private static boolean isName(String value) {
    return value.chars().noneMatch(Character::isDigit);
  }

  /** A number whose unit stands in the field named by the row's {@code reads}. */
  static void measuredBy(Call call) {
    String value = ObservationValues.number(call.part().text());
    if (value == null) {
      call.note(Finding.VALUE_UNUSABLE);
      return;
    }
    Element quantity = call.make();
    if (quantity == null) {
      return;
    }
    quantity.with("value", value);
    for (Source unit : call.row().reads()) {
      ObservationValues.unit(call, quantity, call.segment().field(unit.field()).repetition(1));
    }
  }

  /** The dose form belongs to a Medication; in a request it is kept as an extension beside the drug's code. */
  private static void doseForm(Call call) {
    extensionConcept(call, EXTENSION + "dose-form");
  }

  /** TQ1-6: how long, when neither beginning nor end is given. */
  private static void duration(Call call) {
    String value = ObservationValues.number(call.part().component(1).text());
    Element duration = value == null ? null : call.make();
    if (duration != null) {
      duration.with("value", value);
      ObservationValues.unit(call, duration, call.part().component(2).packed());
    }
  }
}
