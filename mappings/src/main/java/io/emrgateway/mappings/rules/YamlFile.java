package io.emrgateway.mappings.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads a rule file; the only place that knows the YAML library, which the shipped rules do not need at start. */
final class YamlFile {
  private YamlFile() {}

  /** Parses one document, which has to be a mapping. */
  static Yaml parse(String file, String text) {
    try {
      Optional<Node> root = new Compose(LoadSettings.builder().setUseMarks(true).build()).composeString(text);
      if (root.isEmpty() || !(root.get() instanceof MappingNode)) {
        throw new RuleError(file, 1, "文件为空，或不是“键: 值” / The file is empty or no mapping.",
            "以 map: 之类的键开头 / Begin it with a key such as \"map:\".");
      }
      return value(file, root.get());
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(m -> m.getLine() + 1).orElse(1);
      throw new RuleError(file, line, "YAML 格式有误 / This is no valid YAML: " + e.getProblem() + ".",
          "检查此行的引号、括号和缩进 / Check quotes, brackets and indentation of this line.");
    } catch (YamlEngineException e) {
      throw new RuleError(file, 1, "YAML 格式有误 / This is no valid YAML.", "检查引号、括号和缩进 / Check quotes, brackets and indentation.");
    }
  }

  private static Yaml value(String file, Node node) {
    if (node instanceof MappingNode mapping) {
      Map<String, Yaml> map = new LinkedHashMap<>();
      for (NodeTuple tuple : mapping.getValue()) {
        String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
        if (map.put(key, value(file, tuple.getValueNode())) != null) {
          throw new RuleError(file, lineOf(tuple.getKeyNode()), "\"" + key + "\" 重复 / \"" + key + "\" stands here twice.",
              "只留一个 / Keep one of them.");
        }
      }
      return Yaml.map(file, lineOf(node), map);
    }
    if (node instanceof SequenceNode sequence) {
      List<Yaml> items = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        items.add(value(file, item));
      }
      return Yaml.list(file, lineOf(node), items);
    }
    return Yaml.text(file, lineOf(node), ((ScalarNode) node).getValue());
  }

  private static int lineOf(Node node) {
    return node.getStartMark().map(m -> m.getLine() + 1).orElse(0);
  }
}
