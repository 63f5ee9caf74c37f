package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.records.PatientSummary;
import io.emrgateway.mappings.records.Section;
import io.emrgateway.mappings.records.Source.Status;
import io.emrgateway.mappings.records.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A patient summary as {@code PatientSummary} writes it, read back to be told in another form. */
final class Summary {
  private static final String EXTENSION = "urn:emr-gateway:extension:";
  private static final String HOSPITAL = "urn:emr-gateway:";

  /**
   * @param count of entries that the hospital has a part in
   * @param why a rule or what could not be verified, in a person's words; or null
   */
  record Outcome(String hospital, Status status, String count, String why) {
    String words() {
      return status.words() + (why == null ? "" : "：" + why);
    }
  }

  /** Resources by their name, in the document's order. */
  private final Map<String, Map<String, Object>> byUrl = new LinkedHashMap<>();
  private final Map<String, String> names = new HashMap<>();
  final List<Outcome> outcomes = new ArrayList<>();
  /** Sections that were not asked for, because the patient has not agreed to them. */
  final List<Section> notAgreed;
  final Map<String, Object> patient;

  private Summary(Map<String, Object> bundle) {
    for (Map<String, Object> entry : Tree.objects(bundle, "entry")) {
      byUrl.put(Tree.text(entry, "fullUrl"), Tree.member(entry, "resource"));
    }
    for (Map<String, Object> organization : all("Organization")) {
      if ((HOSPITAL + "hospital").equals(Tree.text(organization, "identifier", "system"))) {
        names.put(Tree.text(organization, "identifier", "value"), Tree.text(organization, "name"));
      }
    }
    for (Map<String, Object> source : extensions(all("Composition").get(0), "lookup-source")) {
      Map<String, Map<String, Object>> parts = new HashMap<>();
      Tree.objects(source, "extension").forEach(part -> parts.put(Tree.text(part, "url"), part));
      Map<String, Object> hospital = byUrl.get(Tree.text(parts.get("hospital"), "valueReference", "reference"));
      outcomes.add(new Outcome(Tree.text(hospital, "identifier", "value"),
          Status.of(Tree.text(parts.get("status"), "valueCode")), Tree.spelt(Tree.at(parts.get("count"), "valueInteger")),
          Tree.text(parts.get("why"), "valueCoding", "display")));
    }
    notAgreed = PatientSummary.notAgreed(Tree.objects(all("Composition").get(0), "extension"));
    patient = all("Patient").get(0);
  }

  static Summary of(byte[] document) {
    return new Summary(Tree.of(document));
  }

  List<Map<String, Object>> all(String type) {
    return byUrl.values().stream().filter(one -> type.equals(one.get("resourceType"))).toList();
  }

  /** The name that the document has for one of its resources. */
  String urlOf(Map<String, Object> resource) {
    return "urn:uuid:" + resource.get("id");
  }

  /** What a reference, or the first of several, means; null if that is nothing in the document. */
  Map<String, Object> at(Object reference) {
    return byUrl.get(Tree.text(reference, "reference"));
  }

  /** The hospital that a thing comes from, e.g. {@code H-0104}. */
  static String hospitalOf(Map<String, Object> resource) {
    return hospital(Tree.text(resource, "meta", "source"));
  }

  /** All hospitals that tell of it, its own first. */
  static List<String> hospitalsOf(Map<String, Object> resource) {
    List<String> all = new ArrayList<>(List.of(hospitalOf(resource)));
    for (Map<String, Object> source : extensions(resource, "source")) {
      String hospital = hospital(Tree.text(source, "valueUri"));
      if (!all.contains(hospital)) {
        all.add(hospital);
      }
    }
    return all;
  }

  private static String hospital(String uri) {
    return uri != null && uri.startsWith(HOSPITAL) ? uri.substring(HOSPITAL.length()) : "";
  }

  String name(String hospital) {
    return names.getOrDefault(hospital, hospital);
  }

  static List<Map<String, Object>> extensions(Object of, String name) {
    return Tree.objects(of, "extension").stream().filter(one -> (EXTENSION + name).equals(one.get("url"))).toList();
  }
}
