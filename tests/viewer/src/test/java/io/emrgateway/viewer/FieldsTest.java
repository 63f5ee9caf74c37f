package io.emrgateway.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.journeys.House;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.Trace.Written;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How: our own messages are mapped with a trace, the rules are read as text, and both are held against the page's table. */
@DisplayName("The HL7 fields that the doctor's page names")
class FieldsTest {
  private static final Path RULES = House.root().resolve("mappings/src/main/resources/mappings/segments");
  private static final Path MESSAGES = House.root().resolve("mappings/src/test/resources/messages");
  private static final Pattern FIELD = Pattern.compile("\\b([A-Z][A-Z0-9]{2}-\\d+)");

  /** Elements of the page that are a part of FHIR's. */
  private static final Map<String, String> PARTS = Map.of("MedicationRequest.dose", "dosageInstruction.doseAndRate",
      "MedicationRequest.timing", "dosageInstruction.timing", "MedicationRequest.route", "dosageInstruction.route",
      "MedicationRequest.dosageText", "dosageInstruction.text", "MedicationRequest.quantity", "dispenseRequest.quantity",
      "MedicationDispense.route", "dosageInstruction.route", "MedicationAdministration.dose", "dosage.dose",
      "MedicationAdministration.route", "dosage.route");

  /** A result without a time of its own has its report's in the summary. */
  private static final Set<String> OF_THE_REPORT = Set.of("OBR-7", "OBR-8");

  private static Map<String, Set<String>> table() throws IOException {
    String script = Files.readString(House.root().resolve("agent/src/main/resources/viewer/fields.js"));
    Map<String, Set<String>> table = new LinkedHashMap<>();
    Matcher type = Pattern.compile("(?m)^  (\\w+): \\{(.*?)^  },", Pattern.DOTALL).matcher(script);
    while (type.find()) {
      Matcher element = Pattern.compile("(\\w+): \\[([^]]*)]").matcher(type.group(2));
      while (element.find()) {
        table.put(type.group(1) + "." + element.group(1), fields(element.group(2)));
      }
    }
    assertThat(table).hasSizeGreaterThan(60);
    return table;
  }

  private static Set<String> fields(String text) {
    Set<String> fields = new LinkedHashSet<>();
    Matcher field = FIELD.matcher(text);
    while (field.find()) {
      fields.add(field.group(1));
    }
    return fields;
  }

  @Test
  void are_those_that_the_mapping_reads_there() throws Exception {
    Map<String, Set<String>> table = table();
    List<String> missing = new ArrayList<>();
    Set<String> met = new HashSet<>();
    try (Stream<Path> files = Files.list(MESSAGES)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".hl7")).sorted().toList()) {
        for (Written one : Mapping.shipped().trace(text(file), Site.standard("H-0104"), "b").written()) {
          Set<String> read = fields(one.place().replaceAll("(\\(\\d+\\)|\\[\\d+])(?=-)", ""));
          String key = key(table, one.path().replaceAll("\\[\\d+]", ""));
          if (key != null && !read.isEmpty() && !one.path().endsWith(".reference")) {
            met.add(key);
            if (!table.get(key).containsAll(read)) {
              missing.add(key + " is made of " + read + " too: " + one.path());
            }
          }
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(met).contains("Observation.value", "AllergyIntolerance.code", "MedicationRequest.dose", "DocumentReference.content", "Encounter.period")
        .hasSizeGreaterThan(45);
  }

  /** The page's name of an element, or null where it shows none. */
  private static String key(Map<String, Set<String>> table, String path) {
    String type = path.substring(0, path.indexOf('.'));
    String rest = path.substring(type.length() + 1);
    for (Map.Entry<String, String> part : PARTS.entrySet()) {
      if (part.getKey().startsWith(type + ".") && (rest.equals(part.getValue()) || rest.startsWith(part.getValue() + "."))) {
        return part.getKey();
      }
    }
    String first = rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest;
    return table.keySet().stream().filter(key -> key.startsWith(type + ".")).filter(key -> {
      String element = key.substring(type.length() + 1);
      return first.equals(element) || first.startsWith(element) && Character.isUpperCase(first.charAt(element.length()));
    }).findFirst().orElse(null);
  }

  @Test
  void are_read_by_a_rule_for_that_resource() throws Exception {
    Map<String, Set<String>> rules = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(RULES)) {
      for (Path file : files.toList()) {
        for (String map : Files.readString(file).split("(?m)^- map: ")) {
          Matcher type = Pattern.compile("(?m)^  type: (\\w+)").matcher(map);
          Matcher head = Pattern.compile("^\"?([A-Z0-9]{2,3})\\[(\\w+)]").matcher(map);
          if (head.find()) {
            rules.computeIfAbsent(type.find() ? type.group(1) : head.group(2), t -> new HashSet<>()).addAll(fields(map));
          }
        }
      }
    }
    List<String> invented = new ArrayList<>();
    table().forEach((key, fields) -> {
      Set<String> known = rules.getOrDefault(key.substring(0, key.indexOf('.')), Set.of());
      fields.stream().filter(field -> !known.contains(field) && !(key.equals("Observation.effective") && OF_THE_REPORT.contains(field)))
          .forEach(field -> invented.add(key + " " + field));
    });
    assertThat(invented).isEmpty();
  }

  private static String text(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.indexOf('\ufffd') < 0 ? text : new String(bytes, Charset.forName("GB18030"));
  }
}
