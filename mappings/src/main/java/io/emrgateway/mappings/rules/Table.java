package io.emrgateway.mappings.rules;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A translation table: what a code of the message is in FHIR.
 *
 * @param name as rows refer to it
 * @param targets by the code as sent; a code with an empty target is known and has no counterpart
 * @param closed whether a code that is not in it is worth a diagnostic
 */
record Table(String name, String file, Map<String, Target> targets, boolean closed) {

  /**
   * What to write.
   *
   * @param system absolute URI, or null when the element is a plain code
   * @param version edition, or null
   * @param code null when the code has no counterpart
   */
  record Target(String system, String version, String code, String display) {}

  static Table of(Yaml yaml) {
    yaml.only(Set.of("table", "source", "edition", "validity", "system", "codes", "open", "note"));
    String system = yaml.text("system");
    Map<String, Target> targets = new HashMap<>();
    yaml.need("source");
    codes(yaml).forEach((code, value) -> targets.put(code, target(value, system)));
    return new Table(yaml.need("table").text(), yaml.file(), targets, !"true".equals(yaml.text("open")));
  }

  /** Nothing behind {@code codes:} but rows that are comments still are no codes yet. */
  static Map<String, Yaml> codes(Yaml table) {
    Yaml codes = table.need("codes");
    return codes.isText() && codes.text().isEmpty() ? Map.of() : codes.map();
  }

  static Target target(Yaml value, String system) {
    if (value.isMap()) {
      value.only(Set.of("system", "version", "code", "display"));
      String own = value.text("system");
      return new Target(own == null ? system : own, value.text("version"), code(value.text("code")),
          value.text("display"));
    }
    return new Target(system, null, code(value.text()), null);
  }

  private static String code(String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  /** The target of a code, tried as sent and in upper case; null when there is no code or the table does not know it. */
  Target of(String code) {
    if (code == null) {
      return null;
    }
    Target target = targets.get(code);
    return target != null ? target : targets.get(code.toUpperCase(java.util.Locale.ROOT));
  }
}
