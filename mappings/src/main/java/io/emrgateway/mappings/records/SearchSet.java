package io.emrgateway.mappings.records;

import io.emrgateway.mappings.fhir.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The things of a summary by their type, for whoever searches instead of reading a document. */
public final class SearchSet {
  private SearchSet() {}

  /**
   * What is of these types, what it refers to, and an OperationOutcome that says what became of each hospital.
   *
   * @param document what {@link PatientSummary#write} made
   * @param types of resources; empty for all
   * @return UTF-8 JSON of one FHIR R4 Bundle of type {@code searchset}
   */
  public static byte[] of(byte[] document, Set<String> types) {
    List<Map<String, Object>> entries = Tree.objects(Tree.of(document), "entry");
    Map<String, Object> composition = Tree.cast((Map<?, ?>) entries.get(0).get("resource"));
    List<Map<String, Object>> things = entries.subList(1, entries.size());
    Set<String> matched = new LinkedHashSet<>();
    things.stream().filter(one -> types.isEmpty() || types.contains(type(one))).forEach(one -> matched.add(url(one)));
    Set<String> with = reachable(things, matched);
    Json json = new Json(document.length + 4096);
    json.object().text("resourceType", "Bundle").text("type", "searchset");
    json.name("total").plain(String.valueOf(matched.size()));
    json.name("entry").array();
    for (Map<String, Object> one : things) {
      if (matched.contains(url(one)) || with.contains(url(one))) {
        entry(json, url(one), one.get("resource"), matched.contains(url(one)) ? "match" : "include");
      }
    }
    entry(json, null, outcome(composition, things), "outcome");
    return json.endArray().endObject().bytes();
  }

  private static void entry(Json json, String url, Object resource, String mode) {
    json.object();
    if (url != null) {
      json.text("fullUrl", url);
    }
    json.name("resource");
    Tree.write(resource, json);
    json.name("search").object().text("mode", mode).endObject().endObject();
  }

  private static String type(Map<String, Object> entry) {
    return Tree.text(entry, "resource", "resourceType");
  }

  private static String url(Map<String, Object> entry) {
    return Tree.text(entry, "fullUrl");
  }

  /** What the matches refer to, and what that refers to. */
  private static Set<String> reachable(List<Map<String, Object>> things, Set<String> matched) {
    Set<String> reached = new LinkedHashSet<>(matched);
    for (boolean more = true; more;) {
      more = false;
      for (Map<String, Object> one : things) {
        if (reached.contains(url(one))) {
          Set<String> to = new LinkedHashSet<>();
          references(one.get("resource"), to);
          more |= reached.addAll(to);
        }
      }
    }
    return reached;
  }

  private static void references(Object value, Set<String> into) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, member) -> {
        if (name.equals("reference") && member instanceof String url) {
          into.add(url);
        } else {
          references(member, into);
        }
      });
    } else if (value instanceof List<?> list) {
      list.forEach(item -> references(item, into));
    }
  }

  private static Map<String, Object> outcome(Map<String, Object> composition, List<Map<String, Object>> things) {
    Map<String, Object> outcome = Tree.object("resourceType", "OperationOutcome");
    for (Map<String, Object> source : Tree.objects(composition, "extension")) {
      String status = null;
      String hospital = null;
      for (Map<String, Object> part : Tree.objects(source, "extension")) {
        status = part.get("url").equals("status") ? Tree.text(part, "valueCode") : status;
        hospital = part.get("url").equals("hospital") ? nameOf(Tree.text(part, "valueReference", "reference"), things) : hospital;
      }
      if (status != null) {
        Source.Status known = Source.Status.valueOf(status.toUpperCase(java.util.Locale.ROOT));
        Tree.add(outcome, "issue", Tree.object(
            "severity", known == Source.Status.ANSWERED || known == Source.Status.NONE ? "information" : "warning",
            "code", "informational",
            "details", Tree.object(
                "coding", Tree.list(Tree.object("system", PatientSummary.LOOKUP_STATUS, "code", status, "display", known.english)),
                "text", known.chinese + " " + known.english + "：" + hospital)));
      }
    }
    if (outcome.get("issue") == null) {
      Tree.add(outcome, "issue", Tree.object("severity", "information", "code", "informational",
          "details", Tree.object("text", "未向任何医院查询 No hospital was asked")));
    }
    return outcome;
  }

  private static String nameOf(String url, List<Map<String, Object>> things) {
    return things.stream().filter(one -> url(one).equals(url)).map(one -> Tree.text(one, "resource", "name")).findFirst().orElse(url);
  }
}
