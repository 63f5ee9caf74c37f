package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.Element;

/** Writes coded concepts into Coding and CodeableConcept. */
final class Concepts {
  private static final String DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

  private Concepts() {}

  static void write(Element into, Table.Target target) {
    if (into == null) {
      return;
    }
    if (into.type().name().equals("CodeableConcept")) {
      into.with("coding", coding(target.system(), target.version(), target.code(), target.display()));
    } else {
      fill(into, target.system(), target.version(), target.code(), target.display());
    }
  }

  static Element coding(String system, String version, String code, String display) {
    Element coding = Element.of("Coding");
    fill(coding, system, version, code, display);
    return coding;
  }

  private static void fill(Element coding, String system, String version, String code, String display) {
    coding.with("system", system).with("version", version).with("code", code);
    if (display != null && !display.isEmpty()) {
      coding.with("display", display);
    }
  }

  /** The extension that stands for a required value nobody told. */
  static Element unknown() {
    return extension(DATA_ABSENT, "valueCode", "unknown");
  }

  /** An extension with one value. */
  static Element extension(String url, String valueName, Element value) {
    return Element.of("Extension").with("url", url).with(valueName, value);
  }

  /** An extension with one primitive value. */
  static Element extension(String url, String valueName, String value) {
    return Element.of("Extension").with("url", url).with(valueName, value);
  }
}
