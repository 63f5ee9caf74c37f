package io.emrgateway.mappings.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A value in a rule file that knows where it stands. Every scalar is text: a code {@code 0} or {@code NO} is itself. */
final class Yaml {
  private final String file;
  private final int line;
  /** One of the three is there. */
  private final String text;
  private final List<Yaml> items;
  private final Map<String, Yaml> map;

  private Yaml(String file, int line, String text, List<Yaml> items, Map<String, Yaml> map) {
    this.file = file;
    this.line = line;
    this.text = text;
    this.items = items;
    this.map = map;
  }

  static Yaml text(String file, int line, String text) {
    return new Yaml(file, line, text, null, null);
  }

  static Yaml list(String file, int line, List<Yaml> items) {
    return new Yaml(file, line, null, items, null);
  }

  static Yaml map(String file, int line, Map<String, Yaml> map) {
    return new Yaml(file, line, null, null, map);
  }

  String file() {
    return file;
  }

  int line() {
    return line;
  }

  RuleError error(String problem, String remedy) {
    return new RuleError(file, line, problem, remedy);
  }

  /** Refuses keys that nobody would read: a misspelt key must not silently do nothing. */
  Yaml only(Set<String> keys) {
    for (Map.Entry<String, Yaml> entry : members().entrySet()) {
      if (!keys.contains(entry.getKey())) {
        throw entry.getValue().error("此处没有键 \"" + entry.getKey() + "\" / There is no key \"" + entry.getKey() + "\" here.",
            Known.near(keys, entry.getKey()));
      }
    }
    return this;
  }

  Map<String, Yaml> map() {
    if (map == null) {
      throw error("此处应为“键: 值” / A mapping (key: value) is needed here.", "写 / Write {key: value}.");
    }
    return map;
  }

  boolean isMap() {
    return map != null;
  }

  private Map<String, Yaml> members() {
    return map == null ? Map.of() : map;
  }

  boolean isText() {
    return text != null;
  }

  /** The value under a key, or null. */
  Yaml get(String key) {
    return members().get(key);
  }

  Yaml need(String key) {
    Yaml value = get(key);
    if (value == null) {
      throw error("缺少 \"" + key + "\" / \"" + key + "\" is missing.", "补上 / Add \"" + key + ": …\".");
    }
    return value;
  }

  /** The text under a key, or null. */
  String text(String key) {
    Yaml value = get(key);
    return value == null ? null : value.text();
  }

  String text() {
    if (text != null) {
      return text;
    }
    throw error("此处应为单个值 / One value is needed here.", "含逗号或括号的文字加引号 / Put text with commas or brackets in quotes.");
  }

  /** The items of a list; a single value counts as a list of one, nothing as an empty list. */
  List<Yaml> list(String key) {
    Yaml value = get(key);
    return value == null ? List.of() : value.list();
  }

  List<Yaml> list() {
    if (items != null) {
      return items;
    }
    return List.of(this);
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Yaml item : list(key)) {
      texts.add(item.text());
    }
    return texts;
  }
}
