package io.emrgateway.mappings.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A value in a rule file that knows where it stands. Every scalar is text: a code {@code 0} or {@code NO} is itself. */
final class Yaml {
  private final String file;
  private final Node node;
  private final Map<String, Yaml> map;

  private Yaml(String file, Node node) {
    this.file = file;
    this.node = node;
    this.map = node instanceof MappingNode m ? mapOf(m) : Map.of();
  }

  /** Parses one document, which has to be a mapping. */
  static Yaml parse(String file, String text) {
    try {
      Optional<Node> root = new Compose(LoadSettings.builder().setUseMarks(true).build()).composeString(text);
      if (root.isEmpty() || !(root.get() instanceof MappingNode)) {
        throw new RuleError(file, 1, "The file is empty or no mapping.", "Begin it with a key such as \"map:\".");
      }
      return new Yaml(file, root.get());
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(m -> m.getLine() + 1).orElse(1);
      throw new RuleError(file, line, "This is no valid YAML: " + e.getProblem() + ".",
          "Check quotes, brackets and indentation of this line.");
    } catch (YamlEngineException e) {
      throw new RuleError(file, 1, "This is no valid YAML.", "Check quotes, brackets and indentation.");
    }
  }

  private Map<String, Yaml> mapOf(MappingNode mapping) {
    Map<String, Yaml> out = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      if (out.put(key, new Yaml(file, tuple.getValueNode())) != null) {
        throw new RuleError(file, lineOf(tuple.getKeyNode()), "\"" + key + "\" stands here twice.", "Keep one of them.");
      }
    }
    return out;
  }

  String file() {
    return file;
  }

  int line() {
    return lineOf(node);
  }

  private static int lineOf(Node node) {
    return node.getStartMark().map(m -> m.getLine() + 1).orElse(0);
  }

  RuleError error(String problem, String remedy) {
    return new RuleError(file, line(), problem, remedy);
  }

  /** Refuses keys that nobody would read: a misspelt key must not silently do nothing. */
  Yaml only(Set<String> keys) {
    for (Map.Entry<String, Yaml> entry : map.entrySet()) {
      if (!keys.contains(entry.getKey())) {
        throw entry.getValue().error("There is no key \"" + entry.getKey() + "\" here.",
            "Known keys: " + String.join(", ", new java.util.TreeSet<>(keys)) + ".");
      }
    }
    return this;
  }

  Map<String, Yaml> map() {
    if (!(node instanceof MappingNode)) {
      throw error("A mapping (key: value) is needed here.", "Write {key: value}.");
    }
    return map;
  }

  boolean isMap() {
    return node instanceof MappingNode;
  }

  /** The value under a key, or null. */
  Yaml get(String key) {
    return map.get(key);
  }

  Yaml need(String key) {
    Yaml value = map.get(key);
    if (value == null) {
      throw error("\"" + key + "\" is missing.", "Add \"" + key + ": …\".");
    }
    return value;
  }

  /** The text under a key, or null. */
  String text(String key) {
    Yaml value = map.get(key);
    return value == null ? null : value.text();
  }

  String text() {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw error("One value is needed here.", "Put text with commas or brackets in quotes.");
  }

  /** The items of a list; a single value counts as a list of one, nothing as an empty list. */
  List<Yaml> list(String key) {
    Yaml value = map.get(key);
    return value == null ? List.of() : value.list();
  }

  List<Yaml> list() {
    if (node instanceof SequenceNode sequence) {
      List<Yaml> out = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        out.add(new Yaml(file, item));
      }
      return out;
    }
    return List.of(this);
  }

  List<String> texts(String key) {
    return list(key).stream().map(Yaml::text).toList();
  }
}
