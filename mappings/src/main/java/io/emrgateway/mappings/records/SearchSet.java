package io.emrgateway.mappings.records;

import com.fasterxml.jackson.core.JsonToken;
import io.emrgateway.mappings.fhir.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The things of a summary by their type, for whoever searches instead of reading a document. Of a long document only one
 * thing at a time is a tree.
 */
public final class SearchSet {
  private SearchSet() {}

  /**
   * What is of these types, what it refers to, and an OperationOutcome that says what became of each hospital, and to what
   * the patient has not agreed.
   *
   * @param document what {@link PatientSummary#write} made
   * @param types of resources; empty for all
   * @return UTF-8 JSON of one FHIR R4 Bundle of type {@code searchset}
   */
  public static byte[] of(byte[] document, Set<String> types) {
    List<Thing> things = new ArrayList<>();
    List<Map<String, Object>> sources = new ArrayList<>();
    each(document, entry -> {
      Map<String, Object> resource = Tree.member(entry, "resource");
      if (things.isEmpty() && sources.isEmpty() && "Composition".equals(resource.get("resourceType"))) {
        sources.addAll(Tree.objects(resource, "extension"));
      } else {
        Set<String> to = new LinkedHashSet<>();
        references(resource, to);
        things.add(new Thing(Tree.text(entry, "fullUrl"), Tree.text(resource, "resourceType"), Tree.text(resource, "name"), to));
      }
    });
    Map<String, Thing> byUrl = things.stream().collect(Collectors.toMap(Thing::url, one -> one, (first, same) -> first));
    Set<String> matched = things.stream().filter(one -> types.isEmpty() || types.contains(one.type)).map(Thing::url)
        .collect(Collectors.toCollection(LinkedHashSet::new));
    Set<String> with = reachable(byUrl, matched);
    Json json = new Json(document.length + 4096);
    json.object().text("resourceType", "Bundle").text("type", "searchset");
    json.name("total").plain(String.valueOf(matched.size()));
    json.name("entry").array();
    each(document, entry -> {
      String url = Tree.text(entry, "fullUrl");
      if (byUrl.containsKey(url) && with.contains(url)) {
        entry(json, url, entry.get("resource"), matched.contains(url) ? "match" : "include");
      }
    });
    entry(json, null, outcome(sources, byUrl), "outcome");
    return json.endArray().endObject().bytes();
  }

  /** @param name null unless it is a text, as an organization's is */
  private record Thing(String url, String type, String name, Set<String> to) {}

  /** One entry at a time is a tree; a document is read as often as it is looked at. */
  private static void each(byte[] document, Consumer<Map<String, Object>> entry) {
    Tree.read(document, parser -> {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.START_ARRAY && name.equals("entry")) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            entry.accept(Tree.object(parser));
          }
        } else {
          parser.skipChildren();
        }
      }
    });
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

  /** What the matches refer to, and what that refers to. */
  private static Set<String> reachable(Map<String, Thing> things, Set<String> matched) {
    Set<String> reached = new LinkedHashSet<>(matched);
    Deque<String> next = new ArrayDeque<>(matched);
    while (!next.isEmpty()) {
      Thing thing = things.get(next.poll());
      if (thing != null) {
        thing.to.stream().filter(reached::add).forEach(next::add);
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

  private static Map<String, Object> outcome(List<Map<String, Object>> sources, Map<String, Thing> things) {
    Map<String, Object> outcome = Tree.object("resourceType", "OperationOutcome");
    for (Map<String, Object> source : sources) {
      String status = null;
      String hospital = null;
      Map<String, Object> why = null;
      for (Map<String, Object> part : Tree.objects(source, "extension")) {
        status = part.get("url").equals("status") ? Tree.text(part, "valueCode") : status;
        hospital = part.get("url").equals("hospital") ? nameOf(Tree.text(part, "valueReference", "reference"), things) : hospital;
        why = part.get("url").equals("why") ? Tree.member(part, "valueCoding") : why;
      }
      if (status != null) {
        Source.Status known = Source.Status.of(status);
        List<Object> codes = Tree.list(Tree.object("system", PatientSummary.LOOKUP_STATUS, "code", status, "display", known.english));
        if (why != null) {
          codes.add(why);
        }
        Tree.add(outcome, "issue", Tree.object(
            "severity", known == Source.Status.ANSWERED || known == Source.Status.NONE ? "information" : "warning",
            "code", "informational",
            "details", Tree.object("coding", codes,
                "text", known.words() + "：" + hospital + (why == null ? "" : "：" + Tree.text(why, "display")))));
      }
    }
    boolean asked = outcome.get("issue") != null;
    for (Section one : PatientSummary.notAgreed(sources)) {
      Tree.add(outcome, "issue", Tree.object("severity", "warning", "code", "suppressed",
          "details", Tree.object("text", PatientSummary.NOT_AGREED + "：" + one.words())));
    }
    if (!asked) {
      Tree.add(outcome, "issue", Tree.object("severity", "information", "code", "informational",
          "details", Tree.object("text", "未向任何医院查询 No hospital was asked")));
    }
    return outcome;
  }

  private static String nameOf(String url, Map<String, Thing> things) {
    Thing hospital = things.get(url);
    return hospital == null || hospital.name == null ? url : hospital.name;
  }
}
