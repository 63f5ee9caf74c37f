package io.emrgateway.agent.configuration;

import io.emrgateway.agent.configuration.Problem.Code;
import io.emrgateway.agent.configuration.Problems.Place;
import io.emrgateway.agent.configuration.Problems.Words;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Lays YAML nodes over the records of {@link GatewaySettings}. Goes on after every problem: a value that
 * does not fit is replaced by its default, or by nothing, only so that the rest can be looked at; the
 * settings then never leave {@link GatewaySettings#load}.
 *
 * <p>What every start runs, here and in {@link Values#print}, joins strings with {@code concat}: each shape
 * of {@code +} costs its first use a millisecond or more of making method handles.
 */
final class Binder {
  private static final Words NO_VALUE = new Words("此键没有值", "The key has no value");
  private static final Words GIVE_VALUE =
      new Words("在冒号后写出值，或删去此行以用默认值", "Write a value after the colon, or remove the line for the default");

  private final SettingsFile file;
  private final Path path;
  private final Problems problems;
  private final List<Effective> effective = new ArrayList<>();
  private final Map<String, Place> places = new HashMap<>();
  private final Set<String> failed = new HashSet<>();
  private final Map<String, List<String>> labels = new HashMap<>();

  Binder(SettingsFile file, Path path, Problems problems) {
    this.file = file;
    this.path = path;
    this.problems = problems;
  }

  /** Everything bound. Holds nulls and zeros where problems were added; see {@link #sound}. */
  GatewaySettings settings() {
    failed.addAll(file.unreadable());
    return (GatewaySettings) section(GatewaySettings.class, file.tuples(), "", new Place(1, 1));
  }

  /** True if none of these keys, and no section they stand in, had a problem. */
  boolean sound(String... keys) {
    for (String key : keys) {
      for (String one : failed) {
        if (key.equals(one) || key.startsWith(one + ".") || key.startsWith(one + "[")) {
          return false;
        }
      }
    }
    return true;
  }

  /** True if the list's entries had no problem either. */
  boolean soundWithin(String list) {
    return sound(list) && failed.stream().noneMatch(f -> f.startsWith(list + "["));
  }

  /** True if the file names the key. */
  boolean isWritten(String key) {
    return places.containsKey(key);
  }

  /** Where the key's value stands, or else that of the section around it, or else the beginning. */
  Place place(String key) {
    for (String name = key; !name.isEmpty(); name = name.substring(0, Math.max(0, name.lastIndexOf('.')))) {
      if (places.containsKey(name)) {
        return places.get(name);
      }
    }
    return new Place(1, 1);
  }

  /**
   * The names of a list's items as they begin the names of their keys, in the order of the items bound:
   * {@code sources[his-adt]}, or with the number from 1, {@code sources[2]}, where the item has no usable
   * name or one that an item before it has.
   */
  List<String> labels(String list) {
    return labels.getOrDefault(list, List.of());
  }

  private Object section(Class<?> type, List<NodeTuple> tuples, String prefix, Place where) {
    Map<String, Slot> known = keysOf(type);
    Map<String, NodeTuple> given = given(tuples, prefix, known, type);
    Map<String, Object> values = new HashMap<>();
    List<Object> arguments = new ArrayList<>();
    for (Slot slot : known.values()) {
      Path base = slot.under.isEmpty() || values.get(slot.under) == null
          ? path.getParent() : (Path) values.get(slot.under);
      Object value = component(slot, given.get(slot.name), prefix.concat(slot.name), where, base);
      values.put(slot.name, value);
      arguments.add(value);
    }
    if (type == GatewaySettings.class) {
      arguments.add(new GatewaySettings.Origin(path, List.copyOf(effective)));
    }
    return Construct.record(type, arguments);
  }

  /** The keys that count: known ones, each once; the others are reported here. */
  private Map<String, NodeTuple> given(
      List<NodeTuple> tuples, String prefix, Map<String, Slot> known, Class<?> type) {
    Map<String, NodeTuple> given = new LinkedHashMap<>();
    for (NodeTuple tuple : tuples) {
      Place place = file.place(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        problems.add(Code.SHAPE, place, trimmed(prefix),
            new Words("键应是一个词", "A key is one word"), new Words("写成 key: value", "Write key: value"));
        continue;
      }
      String name = scalar.getValue();
      NodeTuple earlier = known.containsKey(name) ? given.putIfAbsent(name, tuple) : null;
      if (!known.containsKey(name)) {
        unknown(name, place, prefix, known, type);
      } else if (earlier != null) {
        int line = file.place(earlier.getKeyNode()).line();
        problems.add(Code.KEY_TWICE, place, prefix + name,
            new Words("此键已在第 " + line + " 行写过", "The key stands in line " + line + " already"),
            new Words("删去其中一行", "Remove one of the two"));
      }
    }
    return given;
  }

  private void unknown(
      String name, Place place, String prefix, Map<String, Slot> known, Class<?> type) {
    String shown = name.replaceAll("\\p{Cntrl}", "?");
    shown = shown.length() > 40 ? shown.substring(0, 40) + "…" : shown;
    Optional<String> elsewhere = elsewhere(GatewaySettings.class, "", name, type);
    Optional<String> near = Guess.among(known.keySet(), name);
    Words remedy;
    if (elsewhere.isPresent() && (near.isEmpty() || !near.get().equalsIgnoreCase(name))) {
      remedy = elsewhere.get().isEmpty()
          ? new Words("它属于顶层；去掉缩进", "It belongs to the top level; do not indent it")
          : new Words("它属于 " + elsewhere.get() + "；检查缩进", "It belongs to " + elsewhere.get() + "; check the indent");
    } else if (near.isPresent()) {
      remedy = new Words("是否想写 " + near.get() + "？", "Did you mean " + near.get() + "?");
    } else {
      String all = String.join(", ", new TreeSet<>(known.keySet()));
      remedy = new Words("删去此行；此处可用的键：" + all, "Remove the line; keys known here: " + all);
    }
    problems.add(Code.KEY_UNKNOWN, place, prefix + shown,
        new Words("没有名为 " + Values.quote(name) + " 的设置", "There is no setting " + Values.quote(name)), remedy);
  }

  /** The section that has a key of exactly this name, other than {@code except}; "" is the top level. */
  private static Optional<String> elsewhere(Class<?> type, String prefix, String name, Class<?> except) {
    for (Map.Entry<String, Slot> entry : keysOf(type).entrySet()) {
      String key = prefix + entry.getKey();
      if (type != except && entry.getKey().equals(name)) {
        return Optional.of(trimmed(prefix));
      }
      Class<?> inner = entry.getValue().inner;
      if (!isValue(inner)) {
        Optional<String> found = elsewhere(inner, key + ".", name, except);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private Object component(Slot slot, NodeTuple given, String name, Place where, Path base) {
    Class<?> type = slot.type;
    Class<?> inner = slot.inner;
    Key key = slot.key;
    Node node = given == null ? null : given.getValueNode();
    Place keyPlace = given == null ? where : file.place(given.getKeyNode());
    if (given != null) {
      places.put(name, keyPlace);
    }
    if (type == List.class) {
      return isValue(inner)
          ? values(inner, key, node, name, keyPlace, base)
          : items(inner, key, node, name, keyPlace);
    }
    boolean optional = type == Optional.class;
    if (!isValue(inner)) {
      if (optional && (given == null || empty(node))) {
        if (given != null) {
          fail(Code.VALUE_MISSING, keyPlace, name, NO_VALUE,
              new Words("写出此段的内容，或删去此行", "Write the section's keys, or remove the line"));
        }
        effective.add(new Effective(name, "", 0, 0));
        return Optional.empty();
      }
      // A section whose keys are all commented out is a section left to its defaults.
      List<NodeTuple> tuples = List.of();
      if (node instanceof MappingNode mapping) {
        tuples = mapping.getValue();
      } else if (node != null && !empty(node)) {
        fail(Code.SHAPE, file.place(node), name,
            new Words("此处应是一段设置，而不是一个值", "A section belongs here, not a value"),
            new Words("另起一行，缩进两个空格写 key: value", "Begin a new line, indent it by two blanks and write key: value"));
      }
      Object section = section(inner, tuples, name.concat("."), keyPlace);
      return optional ? Optional.of(section) : section;
    }
    if (optional && given == null) {
      effective.add(new Effective(name, "", 0, 0));
      return Optional.empty();
    }
    Object value = value(inner, key, node, given != null, name, keyPlace, base);
    return optional ? Optional.ofNullable(value) : value;
  }

  private Object value(
      Class<?> type, Key key, Node node, boolean given, String name, Place keyPlace, Path base) {
    if (!given) {
      if (key.def().equals(Key.REQUIRED)) {
        missing(name, keyPlace, key);
        return blank(type);
      }
      return defaulted(type, key, name, base);
    }
    Optional<Object> value = scalar(type, key, node, name, keyPlace, base);
    if (value.isEmpty()) {
      return blank(type);
    }
    places.put(name, file.place(node));
    effective.add(new Effective(
        name, Values.print(value.get()), file.place(node).line(), file.place(node).column()));
    return value.get();
  }

  private Object defaulted(Class<?> type, Key key, String name, Path base) {
    try {
      Object value = Values.parse(type, key.def(), key, base);
      effective.add(new Effective(name, Values.print(value), 0, 0));
      return value;
    } catch (Misfit impossible) {
      throw new IllegalStateException("the default of " + name + " breaks its own rule", impossible);
    }
  }

  private Optional<Object> scalar(Class<?> type, Key key, Node node, String name, Place keyPlace, Path base) {
    if (empty(node)) {
      fail(Code.VALUE_MISSING, keyPlace, name, NO_VALUE,
          key.def().equals(Key.REQUIRED)
              ? new Words("在冒号后写出值：" + key.docZh(), "Write a value after the colon: " + key.doc())
              : GIVE_VALUE);
      return Optional.empty();
    }
    if (!(node instanceof ScalarNode scalar)) {
      fail(Code.SHAPE, file.place(node), name,
          new Words("此处应是一个值", "One value belongs here"),
          new Words("写在冒号之后，同一行内", "Write it after the colon, in the same line"));
      return Optional.empty();
    }
    try {
      return Optional.of(Values.parse(type, scalar.getValue(), key, base));
    } catch (Misfit misfit) {
      fail(misfit.code, file.place(node), name, misfit.text, misfit.remedy);
      return Optional.empty();
    }
  }

  /** A list of plain values, such as address ranges. */
  private List<Object> values(Class<?> type, Key key, Node node, String name, Place keyPlace, Path base) {
    List<Object> values = new ArrayList<>();
    Place place = new Place(0, 0);
    if (node == null) {
      String inside = key.def().substring(1, key.def().length() - 1);
      for (String one : inside.isEmpty() ? new String[0] : inside.split(", ")) {
        try {
          values.add(Values.parse(type, one, key, base));
        } catch (Misfit impossible) {
          throw new IllegalStateException("the default of " + name + " breaks its own rule", impossible);
        }
      }
    } else if (node instanceof SequenceNode sequence) {
      place = file.place(node);
      places.put(name, place);
      int number = 1;
      for (Node item : sequence.getValue()) {
        scalar(type, key, item, name + "[" + number++ + "]", file.place(item), base).ifPresent(values::add);
      }
    } else {
      fail(empty(node) ? Code.VALUE_MISSING : Code.SHAPE, empty(node) ? keyPlace : file.place(node), name,
          new Words("此处应是一个列表", "A list belongs here"),
          new Words("用方括号，各项之间用逗号，如 " + key.def(), "Use brackets, and commas between the items, e.g. " + key.def()));
      return List.of();
    }
    effective.add(new Effective(name, Values.print(values), place.line(), place.column()));
    return List.copyOf(values);
  }

  /** A list of sections, such as the sources; at least one. */
  private List<Object> items(Class<?> type, Key key, Node node, String name, Place keyPlace) {
    List<Object> items = new ArrayList<>();
    if (node instanceof SequenceNode sequence && !sequence.getValue().isEmpty()) {
      int number = 0;
      for (Node item : sequence.getValue()) {
        number++;
        if (item instanceof MappingNode mapping) {
          String label = label(name, nameOf(mapping), number);
          places.put(label, file.place(item));
          items.add(section(type, mapping.getValue(), label.concat("."), file.place(item)));
        } else {
          fail(Code.SHAPE, file.place(item), name + "[" + number + "]",
              new Words("列表的每一项应是一段设置", "Every item of this list is a section"),
              new Words("以“- name: …”开头，其余键与 name 对齐", "Begin with \"- name: …\" and align its other keys with name"));
        }
      }
    } else if (node == null || empty(node) || node instanceof SequenceNode) {
      missing(name, keyPlace, key);
    } else {
      fail(Code.SHAPE, file.place(node), name,
          new Words("此处应是一个列表", "A list belongs here"),
          new Words("每一项以“- ”开头", "Begin every item with \"- \""));
    }
    return List.copyOf(items);
  }

  private String label(String list, String name, int number) {
    List<String> taken = labels.computeIfAbsent(list, key -> new ArrayList<>());
    String label = item(list, name);
    if (name == null || !name.matches("[a-z0-9-]{1,32}") || taken.contains(label)) {
      label = item(list, String.valueOf(number));
    }
    taken.add(label);
    return label;
  }

  private static String item(String list, String which) {
    return list.concat("[").concat(String.valueOf(which)).concat("]");
  }

  private static String nameOf(MappingNode mapping) {
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key && key.getValue().equals("name")
          && tuple.getValueNode() instanceof ScalarNode value) {
        return value.getValue();
      }
    }
    return null;
  }

  private void missing(String name, Place place, Key key) {
    if (!sound(name)) {
      return; // The section is there and could not be read: that has been said.
    }
    String last = name.substring(name.lastIndexOf('.') + 1);
    String example = key.example().isEmpty() ? "- name: his-adt" : key.example();
    fail(Code.KEY_MISSING, place, name,
        new Words("缺少必填的 " + name, "The required " + name + " is missing"),
        new Words("加上一行，例如 “" + last + ": " + example + "”。" + key.docZh(),
            "Add a line such as \"" + last + ": " + example + "\". " + key.doc()));
  }

  private void fail(Code code, Place place, String name, Words text, Words remedy) {
    failed.add(name);
    problems.add(code, place, name, text, remedy);
  }

  private static boolean empty(Node node) {
    return node instanceof ScalarNode scalar && scalar.isPlain()
        && (scalar.getTag().equals(Tag.NULL) || scalar.getValue().isEmpty());
  }

  /** What stands for a value that could not be read, until the settings are refused. */
  private static Object blank(Class<?> type) {
    return type == int.class ? (Object) 0 : type == boolean.class ? Boolean.FALSE : null;
  }

  /** The keys of a section by their names in the file, in order. */
  static Map<String, Slot> keysOf(Class<?> type) {
    return SLOTS.get(type);
  }

  /** True for what is written as one word; false for a section with keys of its own. */
  static boolean isValue(Class<?> type) {
    return !type.isRecord() || keysOf(type).isEmpty();
  }

  /**
   * One component of a settings record, read from its class once.
   *
   * @param name as in the file
   * @param type the component's own: may be a list or an optional
   * @param inner the type itself, or what the list or the optional holds
   * @param under {@link Key#under}
   */
  record Slot(String name, Class<?> type, Class<?> inner, Key key, String under) {}

  /** A record component's annotations are parsed anew for each array of components: we ask once. */
  private static final ClassValue<Map<String, Slot>> SLOTS = new ClassValue<>() {
    @Override
    protected Map<String, Slot> computeValue(Class<?> type) {
      Map<String, Slot> slots = new LinkedHashMap<>();
      for (RecordComponent component : type.getRecordComponents()) {
        Key key = component.getAnnotation(Key.class);
        if (key != null) {
          Class<?> inner = component.getType() == List.class || component.getType() == Optional.class
              ? (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0]
              : component.getType();
          String name = kebab(component.getName());
          slots.put(name, new Slot(name, component.getType(), inner, key, key.under()));
        }
      }
      return slots;
    }
  };

  static String kebab(String component) {
    StringBuilder kebab = new StringBuilder(component.length() + 4);
    for (char c : component.toCharArray()) {
      if (c >= 'A' && c <= 'Z') {
        kebab.append('-');
      }
      kebab.append(Character.toLowerCase(c));
    }
    return kebab.toString();
  }

  private static String trimmed(String prefix) {
    return prefix.endsWith(".") ? prefix.substring(0, prefix.length() - 1) : prefix;
  }
}
