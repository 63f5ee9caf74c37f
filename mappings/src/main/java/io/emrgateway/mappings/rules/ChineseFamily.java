package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.rules.ResidentId.Verdict;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What holds in China alone: resident IDs, the several codes of a hospital, ethnic groups in either of two fields. */
final class ChineseFamily implements Family {
  /** OID of the resident ID number as in the shared documents of WS/T 500. */

  /** Items of the catalogues of mutually recognised tests and examinations. */
  static final String RECOGNITION = "urn:emr-gateway:codes:mutual-recognition";

  private static final String USCC = "urn:emr-gateway:organization:uscc";
  private static final String ORGANIZATION_CODE = "urn:oid:2.16.156.10011.1.5";

  /** No organization has more codes than this; a field that repeats for ever is not compared with itself. */
  private static final int CODES_MAX = 20;

  /** Documents that carry a citizen's number by the rule of GB 11643; the second is that of people from Hong Kong, Macao and Taiwan. */
  private static final Set<String> CITIZENS_DOCUMENTS = Set.of("居民身份证", "港澳台居民居住证");

  @Override
  public Map<String, Row.Action> functions() {
    return Map.of(
        "resident-ids", ChineseFamily::residentIds,
        "ethnic-group", ChineseFamily::ethnicGroup,
        "division", ChineseFamily::division,
        "recognition-items", (call) -> recognitionItems(
            call.root().child(call.root().type().slot("code"), -1), call.part().whole()),
        "organization-codes", ChineseFamily::organizationCodes,
        "organization-system", (call) -> call.root().with(
            "system", organizationSystem(call, null, call.root().text("value"))));
  }

  /**
   * Looks at all identifiers of a person when birth date and sex are known: gives every resident ID a verdict. A
   * contradictory one keeps its value under a system of its own, so that no server takes two people for one because of
   * it; a repaired one keeps what was sent beside it.
   */
  private static void residentIds(Call call) {
    Element person = call.root();
    boolean found = false;
    Set<Element> repeated = Collections.newSetFromMap(new IdentityHashMap<>(1));
    Set<String> seen = new HashSet<>(2);
    for (Element identifier : person.list("identifier")) {
      String sent = identifier.text("value");
      if (sent == null || !isResident(call.site(), person, identifier)) {
        continue;
      }
      found = true;
      ResidentId id = ResidentId.of(sent, person.text("birthDate"), person.text("gender"));
      if (!seen.add(id.value())) {
        repeated.add(identifier); // PID-3 and PID-19 often hold the same one.
        continue;
      }
      boolean contradictory = id.verdict() == Verdict.CONTRADICTORY;
      identifier.replace("system", contradictory ? call.site().contradictoryIds() : ResidentId.SYSTEM);
      if (contradictory) {
        call.run().note(Finding.ID_CONTRADICTORY, call.segment().place() + "-" + numbers(call));
      } else {
        identifier.with("use", "official");
      }
      identifier.with("extension",
          Concepts.extension(Functions.EXTENSION + "resident-id-verdict", "valueCode", id.verdict().code));
      if (id.verdict() == Verdict.REPAIRED) {
        identifier.replace("value", id.value());
        identifier.with("extension",
            Concepts.extension(Functions.EXTENSION + "resident-id-as-sent", "valueString", sent));
      }
    }
    if (!repeated.isEmpty()) {
      person.list("identifier").removeIf(repeated::contains);
    }
    if (!found && person.type().name().equals("Patient")) {
      person.with("extension",
          Concepts.extension(Functions.EXTENSION + "resident-id-verdict", "valueCode", "absent"));
    }
  }

  /** The field that a person's numbers stand in. */
  private static int numbers(Call call) {
    boolean relative = call.root().type().name().equals("RelatedPerson");
    return call.segment().name().equals("NK1") ? 33 : relative ? 21 : 3;
  }

  /** Whether a number without a type is a resident ID, believed or not: never one that a hospital gave. */
  static boolean isOfAResidentId(Site site, String system) {
    return ResidentId.SYSTEM.equals(system) || site.contradictoryIds().equals(system);
  }

  private static boolean isResident(Site site, Element person, Element identifier) {
    if (identifier.get("type") instanceof Element type
        && CITIZENS_DOCUMENTS.contains(String.valueOf(type.text("text")))) {
      return true;
    }
    // PID-19 and NK1-37 have no type; in China they carry the resident ID, told by its form.
    String system = identifier.text("system");
    return system != null && (system.endsWith(":PID-19") || system.endsWith(":NK1-37"))
        && ResidentId.hasForm(identifier.text("value"))
        // A number of which nobody says whose and of what kind it is, where everything known agrees with it.
        || identifier.get("type") == null && site.system("patient", site.patientAuthority()).equals(system)
        && ResidentId.isSure(identifier.text("value"), person.text("birthDate"), person.text("gender"));
  }

  /**
   * Codes of mutually recognised items, beside the code of the test. Several are joined by {@code ^^^} inside one value
   * (in HL7 escaped, or not: the whole field is read), as Hangzhou's upload has them.
   */
  static void recognitionItems(Element concept, String joined) {
    if (joined == null) {
      return;
    }
    for (String code : joined.split("\\^+")) {
      if (!Absent.says(code)) {
        concept.with("coding", Concepts.coding(RECOGNITION, null, code.strip(), null));
      }
    }
  }

  /** PID-22: ethnicity in HL7's sense; a group of GB 3304 that stands here instead of in PID-10 is meant as that. */
  private static void ethnicGroup(Call call) {
    Table.Target group = RuleSet.target(call, call.run().rules().table("EthnicGroup"));
    if (group == null || call.segment().field(10).isValued()) {
      Functions.extensionConcept(call, Functions.EXTENSION + "ethnicity");
      return;
    }
    Element concept = Element.of("CodeableConcept");
    Concepts.write(concept, call.run().rules().withDisplay(group));
    call.root().with("extension",
        Concepts.extension(Functions.EXTENSION + "ethnic-group", "valueCodeableConcept", concept));
  }

  /**
   * The county of an address, as a code of GB/T 2260 where it is one (six digits). The table changes every year and no
   * sender says of which year the code is, so no edition is written; the digits stay the district's text too.
   */
  private static void division(Call call) {
    String code = call.part().text();
    if (code != null && code.length() == 6 && code.chars().allMatch(c -> c >= '0' && c <= '9')) {
      call.root().extend("district", Concepts.extension(Functions.HL7 + "iso21090-SC-coding", "valueCoding",
          Concepts.coding("urn:oid:2.16.156.10011.2.3.3.2", null, code, null)));
    }
  }

  /**
   * XON: the codes of an organization. A hospital has several at once (credit code, practice licence, WS 218, the
   * insurer's); XON holds one, so senders repeat it under the same name. All of them are one organization's, and the
   * credit code, which is the nation's, comes first and makes it recognisable.
   */
  private static void organizationCodes(Call call) {
    Element organization = call.root();
    String name = call.part().component(1).text();
    if (name == null || call.segment().field(call.field()).repetitions() == 1) {
      code(call, call.part());
    } else {
      int at = 0;
      for (Part same : call.segment().field(call.field()).eachRepetition()) {
        at++;
        if (name.equals(same.component(1).text())) {
          if (at < call.repetition() && organization.list("identifier").isEmpty()) {
            organization.clear("name"); // The first one of the name stands for all: there is nothing more to make.
            return;
          }
          code(call, same);
        }
      }
    }
    List<Element> codes = organization.list("identifier");
    for (int i = 1; i < codes.size(); i++) {
      if (USCC.equals(codes.get(i).text("system")) && !USCC.equals(codes.get(0).text("system"))) {
        codes.add(0, codes.remove(i));
      }
    }
    if (!codes.isEmpty() && USCC.equals(codes.get(0).text("system"))) {
      String inside = SocialCreditCode.organizationCode(codes.get(0).text("value"));
      if (inside != null) {
        organization.with("identifier", Element.of("Identifier").with("system", ORGANIZATION_CODE).with("value", inside));
      }
    }
  }

  private static void code(Call call, Part xon) {
    String value = xon.component(10).text();
    value = value == null ? xon.component(3).text() : value;
    if (Absent.says(value)) {
      return;
    }
    Element identifier = Element.of("Identifier")
        .with("system", organizationSystem(call, xon.component(7).text(), value)).with("value", value);
    List<Element> codes = call.root().list("identifier");
    if (codes.size() < CODES_MAX && !codes.contains(identifier)) {
      call.root().with("identifier", identifier);
    }
  }

  private static String organizationSystem(Call call, String type, String value) {
    Table.Target known = call.run().rules().table("OrganizationNumbering").of(type);
    boolean credit = SocialCreditCode.isValid(value);
    if (known != null && known.code() != null && (credit || !USCC.equals(known.code()))) {
      return known.code();
    }
    // A credit code with a wrong check character is a number of this hospital: it must not be another's by accident.
    return credit ? USCC : call.site().system("organization", null);
  }
}
