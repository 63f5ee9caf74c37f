package io.emrgateway.mappings.records;

import io.emrgateway.mappings.fhir.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes what may be shown as collections of limited size: the patient first in each, then visit by visit, at the end
 * what these refer to.
 */
final class Answering {
  private static final String HEAD = "{\"resourceType\":\"Bundle\",\"type\":\"collection\",";
  private static final String IN_PART = "\"meta\":{\"tag\":[{\"system\":\"urn:emr-gateway:codes:answer\",\"code\":\"in-part\"}]},";
  private static final String ENTRIES = "\"entry\":[";
  private static final String TAIL = "]}";
  /** A resource beyond this loses its attachments; it has to fit beside the patient and what it refers to. */
  private static final int RESOURCE_BYTES_MAX = Answer.BUNDLE_BYTES_MAX / 2;
  /** So do, beyond this, the older of several: that a document is there counts for more than an old scan. */
  private static final int ATTACHED_BYTES_MAX = Answer.BUNDLES_MAX * Answer.BUNDLE_BYTES_MAX / 2;
  private static final int ATTACHMENT_CHARS_MAX = 64 << 10;

  /** In whatever order they were heard of. */
  private static final Comparator<Held> BY_TYPE =
      Comparator.comparing((Held one) -> one.type).thenComparing(one -> one.url);

  private final Hospital hospital;
  private final Selection selection;
  private final Set<Held> inside = new LinkedHashSet<>();
  private final Map<Held, Integer> sizes = new HashMap<>();
  private final Set<Held> always = new LinkedHashSet<>();
  private final Set<Held> bare = new HashSet<>();

  Answering(Hospital hospital, Selection selection) {
    this.hospital = hospital;
    this.selection = selection;
  }

  Answer answer() {
    if (selection.isEmpty()) {
      return new Answer(List.of(), 0, 0);
    }
    always.addAll(selection.patients);
    selection.supportsOf(selection.patients).stream().sorted(BY_TYPE).forEach(always::add);
    inside.addAll(always);
    inside.addAll(selection.shown);
    inside.addAll(selection.supportsOf(selection.shown));
    bareTheOldest();
    // Newest first, so that what does not fit is what is oldest; each bundle is then written in order.
    List<Set<Held>> bodies = new ArrayList<>();
    int leftOut = 0;
    Set<Held> body = null;
    List<Selection.Group> groups = selection.groups;
    for (int i = groups.size() - 1; i >= 0; i--) {
      for (Set<Held> unit : units(groups.get(i))) {
        Set<Held> whole = new LinkedHashSet<>(unit);
        whole.addAll(selection.supportsOf(unit));
        if (body != null && size(body, whole) <= Answer.BUNDLE_BYTES_MAX) {
          body.addAll(whole);
        } else if (bodies.size() < Answer.BUNDLES_MAX && size(always, whole) <= Answer.BUNDLE_BYTES_MAX) {
          body = new LinkedHashSet<>(always);
          body.addAll(whole);
          bodies.add(body);
        } else {
          leftOut += (int) unit.stream().filter(one -> !one.type.equals("Encounter")).count();
        }
      }
    }
    List<byte[]> bundles = new ArrayList<>(bodies.size());
    Set<Held> written = new LinkedHashSet<>();
    for (Set<Held> one : bodies) {
      bundles.add(write(one, leftOut > 0 || selection.isInPart()));
      written.addAll(one);
    }
    return new Answer(bundles, written.size(), leftOut);
  }

  private void bareTheOldest() {
    long attached = 0;
    for (int i = selection.groups.size() - 1; i >= 0; i--) {
      List<Held> things = selection.groups.get(i).things();
      for (int k = things.size() - 1; k >= 0; k--) {
        Held one = things.get(k);
        int length = one.json.length;
        if (length > RESOURCE_BYTES_MAX || length > ATTACHMENT_CHARS_MAX && (attached += length) > ATTACHED_BYTES_MAX) {
          bare.add(one);
        }
      }
    }
  }

  /** A group that fits into a bundle stays together; of a larger one each report with its results, and anything else. */
  private List<Set<Held>> units(Selection.Group group) {
    Set<Held> whole = new LinkedHashSet<>();
    if (group.visit() != null) {
      whole.add(group.visit());
    }
    Set<Held> together = new LinkedHashSet<>(whole);
    together.addAll(group.things());
    Set<Held> all = new LinkedHashSet<>(together);
    all.addAll(selection.supportsOf(together));
    if (size(always, all) <= Answer.BUNDLE_BYTES_MAX) {
      return List.of(together);
    }
    Map<Held, Set<Held>> units = new LinkedHashMap<>();
    for (Held one : group.things()) {
      Held report = selection.reportOf(one);
      units.computeIfAbsent(report != null && together.contains(report) ? report : one, r -> new LinkedHashSet<>(whole))
          .add(one);
    }
    return units.values().stream().toList();
  }

  private int size(Collection<Held> body, Collection<Held> more) {
    long size = HEAD.length() + IN_PART.length() + ENTRIES.length() + TAIL.length();
    for (Held one : body) {
      size += 1 + sizes.computeIfAbsent(one, o -> item(o).length);
    }
    for (Held one : more) {
      size += body.contains(one) ? 0 : 1 + sizes.computeIfAbsent(one, o -> item(o).length);
    }
    return (int) Math.min(size, Integer.MAX_VALUE);
  }

  private byte[] write(Set<Held> body, boolean inPart) {
    List<Held> order = new ArrayList<>(always);
    for (Selection.Group group : selection.groups) {
      if (group.visit() != null && body.contains(group.visit())) {
        order.add(group.visit());
      }
      group.things().stream().filter(body::contains).forEach(order::add);
    }
    Set<Held> before = new HashSet<>(order);
    body.stream().filter(one -> !before.contains(one)).sorted(BY_TYPE).forEach(order::add);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(size(body, Set.of()));
    bytes.writeBytes((HEAD + (inPart ? IN_PART : "") + ENTRIES).getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < order.size(); i++) {
      if (i > 0) {
        bytes.write(',');
      }
      bytes.writeBytes(item(order.get(i)));
    }
    bytes.writeBytes(TAIL.getBytes(StandardCharsets.US_ASCII));
    return bytes.toByteArray();
  }

  private byte[] item(Held held) {
    Map<String, Object> resource = resource(held, hospital);
    References.settle(resource, url -> target(held, url));
    if (held.type.equals("Encounter") && !held.endSaid && !held.stays && held.own != null) {
      Instant last = selection.spanOf(held).ends();
      Tree.objects(resource, "extension").stream().filter(one -> Held.LAST_KNOWN.equals(one.get("url")))
          .forEach(((List<?>) resource.getOrDefault("extension", List.of()))::remove);
      if (last.isAfter(held.own.ends())) {
        Tree.add(resource, "extension", Tree.object("url", Held.LAST_KNOWN, "valueDateTime", time(last)));
      }
    }
    if (bare.contains(held)) {
      withoutAttachments(resource);
    }
    return entry(held.url, resource, bare.contains(held) ? 4_096 : held.json.length);
  }

  private static byte[] entry(String url, Map<String, Object> resource, int expected) {
    Json json = new Json(expected + 300);
    json.object().text("fullUrl", url).name("resource");
    Tree.write(resource, json);
    return json.endObject().bytes();
  }

  /** A resource as it was fed, with an id, the hospital it comes from, and when it was last told of. */
  static Map<String, Object> resource(Held held, Hospital hospital) {
    Map<String, Object> fed = held.tree();
    Map<String, Object> meta = fed.get("meta") instanceof Map<?, ?> map ? Tree.cast(map) : Tree.object();
    if (held.said != null) {
      meta.put("lastUpdated", time(held.said));
    }
    meta.put("source", hospital.uri());
    Map<String, Object> resource = Tree.object("resourceType", held.type, "id", held.url.substring("urn:uuid:".length()), "meta", meta);
    fed.forEach(resource::putIfAbsent);
    return resource;
  }

  /** In Beijing's time, to the second or finer. */
  static String time(Instant instant) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atOffset(Span.BEIJING));
  }

  /** What was a merged record's is the standing one's now; only the records themselves tell of the merge. */
  private String target(Held from, String url) {
    Held to = selection.at(url);
    if (to == null || !inside.contains(to)) {
      return null;
    }
    return to.type.equals("Patient") && !from.type.equals("Patient") ? selection.standing(to).url : to.url;
  }

  private static void withoutAttachments(Object from) {
    if (from instanceof List<?> list) {
      list.forEach(Answering::withoutAttachments);
    } else if (from instanceof Map<?, ?> map) {
      map.values().forEach(Answering::withoutAttachments);
      if (map.get("data") instanceof String data && data.length() > ATTACHMENT_CHARS_MAX) {
        map.remove("data");
        Tree.cast(map).put("_data", Tree.absent("unsupported"));
      }
    }
  }
}
