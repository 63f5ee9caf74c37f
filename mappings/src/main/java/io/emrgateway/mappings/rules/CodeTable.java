package io.emrgateway.mappings.rules;

import java.util.HashMap;
import java.util.Map;

/**
 * The codes of one code system, with their names.
 *
 * @param system absolute URI
 * @param names display name by code; may be empty text
 */
record CodeTable(String name, String system, Map<String, String> names) {

  /** Reads "code TAB name" lines below a head of "# …" lines and one "system: URI" line. */
  static CodeTable of(String file, String text) {
    Map<String, String> names = new HashMap<>();
    String system = null;
    boolean sourced = false;
    int number = 0;
    for (String line : text.split("\n")) {
      number++;
      if (line.startsWith("#")) {
        sourced |= line.startsWith("# source:");
      } else if (line.startsWith("system: ")) {
        system = line.substring(8).strip();
      } else if (!line.isBlank()) {
        int tab = line.indexOf('\t');
        if (system == null || !sourced) {
          throw new RuleError(file, number, "文件头不完整 / The head is incomplete.",
              "以 # source: 和 system: 开头 / Begin with \"# source: …\" and \"system: <URI>\".");
        }
        names.put(tab < 0 ? line.strip() : line.substring(0, tab), tab < 0 ? "" : line.substring(tab + 1).strip());
      }
    }
    String base = file.substring(file.lastIndexOf('/') + 1);
    return new CodeTable(base.substring(0, base.lastIndexOf('.')), system, names);
  }

  boolean has(String code) {
    return names.containsKey(code);
  }
}
