package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.R4;
import io.emrgateway.mappings.fhir.R4.Slot;
import io.emrgateway.mappings.fhir.R4.Type;

/** Writes coded concepts into Coding and CodeableConcept. */
final class Concepts {
  private static final String DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

  // Written some two hundred times a report: their places are looked up once.
  private static final Type CODING = R4.standard().type("Coding");
  private static final Slot SYSTEM = CODING.slot("system");
  private static final Slot VERSION = CODING.slot("version");
  private static final Slot CODE = CODING.slot("code");
  private static final Slot DISPLAY = CODING.slot("display");

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
    Element coding = coding();
    fill(coding, system, version, code, display);
    return coding;
  }

  /** An empty Coding. */
  static Element coding() {
    return new Element(CODING);
  }

  /** Fills a Coding with what is not null. */
  static void fill(Element coding, String system, String version, String code, String display) {
    coding.put(SYSTEM, system);
    coding.put(VERSION, version);
    coding.put(CODE, code);
    coding.put(DISPLAY, display);
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
