package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.records.Tree;
import java.util.List;
import java.util.Map;

/**
 * Codes with the names that HL7 v2 has for their systems: a hospital's own code in front, a shared one beside it.
 *
 * <p>A hospital's own system keeps its whole URI: whoever reads {@code LOCAL} would take it for a code of theirs.
 */
final class Concepts {
  /** An HL7 table as FHIR names it; {@code HL7} and its four digits in HL7 v2. */
  static final String TABLE = "http://terminology.hl7.org/CodeSystem/v2-";

  /** HL7 table 0396 and the names of {@code tables/CodingSystem.yaml}, the other way round. */
  private static final Map<String, String> NAMES = Map.ofEntries(
      Map.entry("http://loinc.org", "LN"),
      Map.entry("http://snomed.info/sct", "SCT"),
      Map.entry("http://unitsofmeasure.org", "UCUM"),
      Map.entry("http://hl7.org/fhir/sid/icd-10", "I10"),
      Map.entry("http://hl7.org/fhir/sid/icd-10-cm", "I10C"),
      Map.entry("http://hl7.org/fhir/sid/icd-9-cm", "I9C"),
      Map.entry("http://hl7.org/fhir/sid/cvx", "CVX"),
      Map.entry("http://hl7.org/fhir/sid/ndc", "NDC"),
      Map.entry("http://www.nlm.nih.gov/research/umls/rxnorm", "RXNORM"),
      Map.entry("http://www.whocc.no/atc", "ATC"),
      Map.entry("urn:oid:2.16.156.10011.2.3.3.11|ICD10CN", "ICD10CN"),
      Map.entry("urn:oid:2.16.156.10011.2.3.3.12|ICD9CM3CN", "ICD9CM3CN"),
      Map.entry("urn:emr-gateway:codes:national-drug-code", "本位码"),
      Map.entry("urn:emr-gateway:codes:ypid", "YPID"),
      Map.entry("urn:emr-gateway:codes:insurance-drug-code", "医保药品代码"),
      Map.entry("urn:emr-gateway:codes:mutual-recognition", "HR"));

  private Concepts() {}

  /** A CodeableConcept as CE; "" for nothing. */
  static String of(Object concept, Pen pen) {
    List<Map<String, Object>> codings = Tree.objects(concept, "coding");
    String text = Tree.text(concept, "text");
    Map<String, Object> local = codings.stream().filter(one -> !isShared(one)).findFirst().orElse(null);
    Map<String, Object> shared = codings.stream().filter(Concepts::isShared).findFirst().orElse(null);
    Map<String, Object> first = local == null ? shared : local;
    if (first == null) {
      return pen.components("", pen.text(text));
    }
    Map<String, Object> second = first == shared ? null : shared;
    String display = Tree.text(first, "display");
    return pen.components(code(first, pen), pen.text(display == null ? text : display), system(first, pen),
        code(second, pen), pen.text(Tree.text(second, "display")), system(second, pen));
  }

  private static String code(Map<String, Object> coding, Pen pen) {
    return pen.text(Tree.text(coding, "code"));
  }

  /** A diagnosis is nothing without its edition; of other systems the version changes no meaning. */
  private static String system(Map<String, Object> coding, Pen pen) {
    String system = Tree.text(coding, "system");
    String version = Tree.text(coding, "version");
    if (system == null) {
      return "";
    }
    String name = NAMES.get(system + "|" + version);
    boolean classified = system.startsWith("urn:oid:2.16.156.10011.2.3.3.1");
    String table = system.startsWith(TABLE) ? "HL7" + system.substring(TABLE.length()) : system;
    return pen.text(name != null ? name : classified && version != null ? version : NAMES.getOrDefault(system, table));
  }

  private static boolean isShared(Map<String, Object> coding) {
    String system = Tree.text(coding, "system");
    return system != null && (system.startsWith("http") || system.startsWith("urn:oid:") || system.startsWith("urn:emr-gateway:codes:"));
  }

  /** What a person reads of it, or null. */
  static String words(Object concept) {
    String text = Tree.text(concept, "text");
    String display = Tree.text(concept, "coding", "display");
    return text != null ? text : display != null ? display : Tree.text(concept, "coding", "code");
  }

  /** The code that a concept has in a system, or null. */
  static String codeIn(Object concept, String system) {
    return Tree.objects(concept, "coding").stream().filter(one -> system.equals(one.get("system")))
        .map(one -> Tree.text(one, "code")).filter(one -> one != null).findFirst().orElse(null);
  }
}
