package io.emrgateway.mappings.rules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lays a site's rule files over the shipped ones: a site says what is different, and copies nothing.
 *
 * <p>Its files look like the shipped ones. A map, table or message that exists already is added to; any other is new.
 *
 * <ul>
 *   <li>A row with the same {@code from} and {@code to} as a shipped row takes its place; with {@code drop: "true"} the
 *       shipped row goes. Any other row comes before the shipped ones, because the first row that gives a value counts.
 *   <li>A code of a table takes the place of the same shipped code.
 *   <li>Entries for segments come behind the shipped ones of that message.
 * </ul>
 *
 * <p>Everything keeps its own file and line, so a mistake is found where it was made.
 */
final class Overlay {
  private Overlay() {}

  /**
   * @param shipped rule files by path; not changed
   * @param site the site's, by path
   * @return both as one set of rules; what a site adds to stands in the shipped file, all else in its own
   * @throws RuleError when a file drops what is not there, or is of no kind that a site may have
   */
  static Map<String, Yaml> laid(Map<String, Yaml> shipped, Map<String, Yaml> site) {
    Map<String, Yaml> files = new LinkedHashMap<>(shipped);
    Mistakes mistakes = new Mistakes();
    site.forEach((path, yaml) -> mistakes.collect(() -> {
      if (path.startsWith("segments/") || path.startsWith("datatypes/")) {
        for (Yaml map : yaml.get("maps") == null ? List.of(yaml) : yaml.list("maps")) {
          layMap(files, map);
        }
      } else if (path.startsWith("tables/")) {
        layTable(files, yaml);
      } else if (path.startsWith("messages/")) {
        layMessage(files, yaml);
      } else if (path.equals("ignored.yaml")) {
        files.merge(path, yaml, (ours, theirs) -> with(ours, "ignored", joined(ours.list("ignored"), theirs.list("ignored"))));
      } else {
        throw yaml.error("站点目录中没有这种文件 / A site has no file of this kind.",
            "可用 / Use site.yaml, ignored.yaml, segments/, datatypes/, tables/, messages/ and examples/.");
      }
    }));
    mistakes.refuse();
    return files;
  }

  private static void layMap(Map<String, Yaml> files, Yaml map) {
    String name = map.need("map").text();
    for (Map.Entry<String, Yaml> file : files.entrySet()) {
      if (!file.getKey().startsWith("segments/") && !file.getKey().startsWith("datatypes/")) {
        continue;
      }
      Yaml whole = file.getValue();
      List<Yaml> maps = whole.get("maps") == null ? List.of(whole) : whole.list("maps");
      for (int k = 0; k < maps.size(); k++) {
        if (name.equals(maps.get(k).text("map"))) {
          map.only(Set.of("map", "rows", "note"));
          Yaml changed = with(maps.get(k), "rows", rows(maps.get(k).need("rows").list(), map.need("rows").list()));
          if (whole.get("maps") == null) {
            file.setValue(changed);
          } else {
            List<Yaml> all = new ArrayList<>(maps);
            all.set(k, changed);
            file.setValue(with(whole, "maps", all));
          }
          return;
        }
      }
    }
    files.put("segments/" + map.file() + ":" + map.line(), map);
  }

  private static List<Yaml> rows(List<Yaml> shipped, List<Yaml> site) {
    List<Yaml> first = new ArrayList<>();
    Map<String, List<Yaml>> instead = new LinkedHashMap<>();
    Set<String> known = new HashSet<>();
    shipped.forEach(row -> known.add(key(row)));
    for (Yaml row : site) {
      boolean drop = "true".equals(row.text("drop"));
      if (drop && !known.contains(key(row))) {
        throw row.error("出厂规则中没有可删除的行 / There is no shipped row \"" + key(row) + "\" to drop.",
            "from 和 to 须与该行完全一致 / Write from and to exactly as it has them.");
      }
      if (!known.contains(key(row))) {
        first.add(row);
      } else {
        List<Yaml> rows = instead.computeIfAbsent(key(row), k -> new ArrayList<>());
        if (!drop) {
          rows.add(row);
        }
      }
    }
    List<Yaml> rows = new ArrayList<>(first);
    for (Yaml row : shipped) {
      List<Yaml> changed = instead.get(key(row));
      if (changed == null) {
        rows.add(row);
      } else {
        rows.addAll(changed);
        changed.clear();
      }
    }
    return rows;
  }

  private static String key(Yaml row) {
    return row.text("from") + " -> " + (row.text("to") == null ? "by " + row.text("by") : row.text("to"));
  }

  private static void layTable(Map<String, Yaml> files, Yaml table) {
    String name = table.need("table").text();
    for (Map.Entry<String, Yaml> file : files.entrySet()) {
      if (file.getKey().startsWith("tables/") && name.equals(file.getValue().text("table"))) {
        table.only(Set.of("table", "source", "codes", "note"));
        Map<String, Yaml> codes = new LinkedHashMap<>(Table.codes(file.getValue()));
        codes.putAll(Table.codes(table));
        Yaml old = file.getValue();
        file.setValue(with(old, "codes", Yaml.map(table.file(), table.line(), codes)));
        return;
      }
    }
    files.put("tables/" + table.file() + ":" + table.line(), table);
  }

  private static void layMessage(Map<String, Yaml> files, Yaml message) {
    String name = message.need("message").text();
    for (Map.Entry<String, Yaml> file : files.entrySet()) {
      if (file.getKey().startsWith("messages/") && name.equals(file.getValue().text("message"))) {
        message.only(Set.of("message", "types", "segments", "ignored", "note"));
        Yaml changed = file.getValue();
        for (String key : List.of("types", "segments", "ignored")) {
          if (message.get(key) != null) {
            changed = with(changed, key, joined(changed.list(key), message.list(key)));
          }
        }
        file.setValue(changed);
        return;
      }
    }
    files.put("messages/" + message.file() + ":" + message.line(), message);
  }

  private static Yaml with(Yaml map, String key, List<Yaml> items) {
    return with(map, key, Yaml.list(map.file(), map.line(), items));
  }

  private static Yaml with(Yaml map, String key, Yaml value) {
    Map<String, Yaml> members = new LinkedHashMap<>(map.map());
    members.put(key, value);
    return Yaml.map(map.file(), map.line(), members);
  }

  private static List<Yaml> joined(List<Yaml> one, List<Yaml> other) {
    List<Yaml> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }
}
