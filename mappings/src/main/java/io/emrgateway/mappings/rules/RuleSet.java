package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic;
import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.Trace;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.R4;
import io.emrgateway.mappings.fhir.R4.Slot;
import io.emrgateway.mappings.fhir.R4.Type;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.MessageRules.Entry;
import io.emrgateway.mappings.rules.MessageRules.GroupRule;
import io.emrgateway.mappings.rules.MessageRules.Link;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All rules of a mapping, checked and compiled. Immutable, shared by all threads.
 *
 * <p>Compiling is where mistakes are found: an element R4 does not have, a code outside a required value set, a map,
 * table or function that does not exist, a key nobody reads. Every one is a {@link RuleError} with file and line.
 */
public final class RuleSet {
  private static final String EVERY = "messages/EVERY.yaml";
  private static final Source[] NONE = {};
  private static final Row.Constant[] NO_CONSTANTS = {};
  private static final Set<String> ROW_KEYS =
      Set.of("from", "to", "as", "table", "value", "with", "if", "unless", "by", "system", "reads", "note");

  private final Map<String, CodeTable> codes = new HashMap<>();
  /** The same tables by the system whose codes they hold. */
  private final Map<String, List<CodeTable>> codesOf = new HashMap<>();
  private final Map<String, Table> tables = new HashMap<>();
  private final Map<String, RuleMap> maps = new HashMap<>();
  private final Map<String, MessageRules> messages = new HashMap<>();
  /** What every message begins with: its header. */
  private final List<Entry> everywhere = new ArrayList<>();

  /** By segment and field number, 0 for all of its fields: why nobody reads it. */
  private final Map<String, Map<Integer, String>> ignored = new HashMap<>();

  private final String version;

  private RuleSet(String version) {
    this.version = version;
  }

  /**
   * Compiles rules.
   *
   * @param version what {@link #version} is to say
   * @param files text by path below the root: {@code codes/*.txt}, {@code tables/*.yaml}, {@code datatypes/*.yaml},
   *     {@code segments/*.yaml}, {@code messages/*.yaml}, {@code ignored.yaml}
   * @throws RuleError for the first mistake, whose message names the others too
   */
  public static RuleSet compile(String version, Map<String, String> files) {
    return compile(Pack.of(version, files));
  }

  /**
   * Compiles rules that the build has parsed.
   *
   * @param packed what {@link #packed} returned
   * @throws RuleError for the first mistake, whose message names the others too
   */
  public static RuleSet unpack(String packed) {
    return compile(Pack.read(packed));
  }

  /**
   * Compiles packed rules with a site's files laid over.
   *
   * @param version what {@link #version} is to say
   * @param site text by path, as for {@link #compile}; see {@link Overlay}
   * @throws RuleError for the first mistake, whose message names the others too
   */
  public static RuleSet unpack(String packed, String version, Map<String, String> site) {
    return compile(Pack.read(packed).with(version, site));
  }

  /** Parses rules into one text, which {@link #unpack} takes in a fifth of the time that {@link #compile} takes. */
  public static String packed(String version, Map<String, String> files) {
    return Pack.of(version, files).text();
  }

  private static RuleSet compile(Pack pack) {
    RuleSet set = new RuleSet(pack.version());
    set.codes.putAll(pack.codes());
    for (CodeTable table : set.codes.values()) {
      set.codesOf.computeIfAbsent(table.system(), system -> new ArrayList<>(1)).add(table);
    }
    Mistakes mistakes = new Mistakes();
    List<Yaml> maps = new ArrayList<>();
    for (Map.Entry<String, Yaml> file : pack.files().entrySet()) {
      mistakes.collect(() -> {
        if (file.getKey().startsWith("tables/")) {
          Table table = Table.of(file.getValue());
          set.checkCodes(table);
          set.tables.put(table.name(), table);
        } else if (file.getKey().equals("ignored.yaml")) {
          set.ignore(file.getValue());
        } else if (file.getKey().startsWith("datatypes/") || file.getKey().startsWith("segments/")) {
          maps.addAll(set.mapsIn(file.getValue()));
        }
      });
    }
    for (Yaml one : maps) {
      mistakes.collect(() -> set.declare(one));
    }
    mistakes.refuse();
    for (Yaml one : maps) {
      mistakes.collect(() -> {
        RuleMap map = set.maps.get(one.need("map").text());
        map.rows(set.rows(one, map, mistakes));
      });
    }
    Yaml every = pack.files().get(EVERY);
    if (every != null) {
      mistakes.collect(() -> set.everywhere(every));
    }
    for (Map.Entry<String, Yaml> file : pack.files().entrySet()) {
      if (file.getKey().startsWith("messages/") && !file.getKey().equals(EVERY)) {
        mistakes.collect(() -> set.message(file.getValue(), mistakes));
      }
    }
    mistakes.refuse();
    return set;
  }

  /** The version that these rules were given. */
  public String version() {
    return version;
  }

  Table table(String name) {
    Table table = tables.get(name);
    if (table == null) {
      throw new IllegalStateException("A function needs the table " + name + "; it is not among the rules.");
    }
    return table;
  }

  CodeTable codes(String name) {
    return codes.get(name);
  }

  RuleMap map(String name) {
    return maps.get(name);
  }

  /** Names of its tables. */
  public Set<String> tables() {
    return Set.copyOf(tables.keySet());
  }

  /** Whether a table has this code, with a counterpart or without; false too if there is no such table. */
  public boolean knowsCode(String table, String code) {
    Table known = tables.get(table);
    return known != null && known.of(code) != null;
  }

  /** Whether there are rules for this message type, e.g. {@code ADT^A01}. */
  public boolean knows(String type) {
    return messageRules(type) != null;
  }

  /** Whether a message of this known type has to name a patient; master files (MFN) name nobody. */
  public boolean aboutPatient(String type) {
    return messageRules(type).aboutPatient();
  }

  private MessageRules messageRules(String type) {
    MessageRules exact = messages.get(type);
    if (exact != null) {
      return exact;
    }
    int caret = type.indexOf('^');
    return caret < 0 ? messages.get(type + "^*") : messages.get(type.substring(0, caret) + "^*");
  }

  /**
   * Converts one message.
   *
   * @param type a type that these rules know
   * @param used follows the conversion; null if nobody wants to know
   * @return the resources to write, in the order they were first met
   */
  public List<Resource> convert(
      Hl7Message message, String type, String control, Site site, List<Diagnostic> diagnostics, FieldsUsed used) {
    return run(message, type, control, site, diagnostics, used);
  }

  /** The same, and tells of every value where it came from. */
  public List<Resource> trace(
      Hl7Message message, String type, String control, Site site, List<Diagnostic> diagnostics, Traced traced) {
    Tracing tracing = new Tracing();
    List<Resource> out = run(message, type, control, site, diagnostics, tracing);
    traced.all(tracing.written(out), tracing::read);
    return out;
  }

  private List<Resource> run(
      Hl7Message message, String type, String control, Site site, List<Diagnostic> diagnostics, Run.Observer observer) {
    List<Resource> out = new ArrayList<>();
    for (Instance instance : new Run(
        this, messageRules(type), message, type, site, control, diagnostics, observer).apply()) {
      out.add(new Resource(instance.element, instance.fullUrl, instance.key.system(), instance.key.value(),
          instance.request()));
    }
    return out;
  }

  /** Takes what a traced conversion found. */
  @FunctionalInterface
  public interface Traced {
    /** Called once, after the conversion. */
    void all(List<Trace.Written> written, FieldsRead read);
  }

  /** Which fields some rule read. */
  @FunctionalInterface
  public interface FieldsRead {
    boolean has(Segment segment, int field, int repetition);
  }

  /**
   * A resource ready to be written.
   *
   * @param fullUrl {@code urn:uuid:…}, the same whenever the same thing is spoken of
   * @param system and {@code value}: the identifier of the conditional request; without a system, the value is the
   *     resource's own id and the request {@code PUT Type/id}
   * @param request what a receiver is to do with it
   */
  public record Resource(Element element, String fullUrl, String system, String value, Request request) {}

  /** What a receiver is asked to do with a resource. */
  public enum Request {
    /** Create it, or let it take the place of what is there. */
    WRITE,
    /** Create it; what is there stays. */
    CREATE,
    /** Set the status of what is there, and leave all else as it is; the resource holds nothing but its status. */
    SET_STATUS
  }

  /** Why nobody reads a field, or null if nobody has said so. */
  public String ignored(String segment, int field) {
    Map<Integer, String> fields = ignored.get(segment);
    return fields == null ? null : fields.getOrDefault(field, fields.get(0));
  }

  /** An HL7 time as a FHIR instant, or null when it is none or less precise than a minute. */
  public static String instant(String v2, java.time.ZoneOffset zone) {
    return Times.instant(v2, zone);
  }

  /** The offset that an HL7 time ends with, or null. */
  public static java.time.ZoneOffset offset(String v2) {
    return Times.offset(v2);
  }

  // ---- compiling ----

  private void ignore(Yaml yaml) {
    yaml.only(Set.of("ignored"));
    for (Yaml one : yaml.list("ignored")) {
      one.only(Set.of("fields", "why"));
      String why = one.need("why").text();
      for (Yaml field : one.need("fields").list()) {
        if (!field.text().matches("[A-Z][A-Z0-9]{2}(-[1-9][0-9]{0,2})?")) {
          throw field.error("\"" + field.text() + "\" 不是字段 / is no field.",
              "写 PID-1，或 PID 表示整段 / Write PID-1, or PID for all of its fields.");
        }
        Integer number = field.text().length() == 3 ? 0 : Integer.valueOf(field.text().substring(4));
        if (ignored.computeIfAbsent(field.text().substring(0, 3), segment -> new HashMap<>()).put(number, why) != null) {
          throw field.error("\"" + field.text() + "\" 已有原因 / has a reason already.", "删去一个 / Remove one.");
        }
      }
    }
  }

  private List<Yaml> mapsIn(Yaml yaml) {
    return yaml.get("maps") == null ? List.of(yaml) : yaml.list("maps");
  }

  private void declare(Yaml one) {
    one.only(Set.of("map", "type", "into", "identity", "rows", "note", "defaults"));
    String name = one.need("map").text();
    int open = name.indexOf('[');
    if (open < 0 || !name.endsWith("]")) {
      throw one.error("\"" + name + "\" 不是映射名 / is no map name.", "写 / Write PID[Patient] or CX[Identifier].");
    }
    String typeName = one.text("type");
    if (typeName == null) {
      typeName = name.substring(open + 1, name.length() - 1);
    }
    Type type = R4.standard().type(typeName);
    if (type == null) {
      throw one.error("没有类型 \"" + typeName + "\" / FHIR R4 has no type \"" + typeName + "\" that we write.",
          "检查方括号中的名称 / Check the name in brackets.");
    }
    Path into = one.get("into") == null ? null : Path.of(one.get("into"), one.text("into"), type);
    Type rowType = into == null ? type : into.end().complex();
    Identities.Identity identity = one.get("identity") == null ? null : Identities.named(one.get("identity"));
    RuleMap map = new RuleMap(name, one.file(), type, into, identity);
    map.rowType(rowType);
    if (maps.put(name, map) != null) {
      throw one.error("映射 \"" + name + "\" 重复 / The map \"" + name + "\" exists twice.",
          "其一改名 / Give one of them another name.");
    }
  }

  private Row[] rows(Yaml yaml, RuleMap map, Mistakes mistakes) {
    List<Row> rows = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    String dash = map.name().substring(0, map.name().indexOf('[')) + "-";
    // Rows of a data type have dots, those of a segment dashes.
    boolean segment = map.name().startsWith("Z") || yaml.need("rows").list().stream().map(row -> row.get("from"))
        .anyMatch(from -> from != null && from.isText() && from.text().startsWith(dash));
    for (Yaml row : yaml.need("rows").list()) {
      mistakes.collect(() -> rows.add(row(row, map, segment, seen)));
    }
    if (yaml.get("defaults") != null) {
      List<Row> defaults = new ArrayList<>();
      yaml.get("defaults").map().forEach((path, value) -> {
        Path to = Path.of(value, path, map.rowType());
        Row made = new Row(map.name() + "/default:" + path, value.file(), value.line(), null, to, NONE, NONE,
            NO_CONSTANTS, NONE, null, constant(value, to));
        defaults.add(made);
      });
      map.defaults(defaults.toArray(Row[]::new));
    }
    return rows.toArray(Row[]::new);
  }

  /** What {@code ZPI2}, {@code ZPI_2} or {@code ZPI.2} was meant to say in a map of ZPI; null if it is no slip. */
  private static String meantField(Source from, String owner, boolean segment) {
    String written = from.toString();
    String number = written.startsWith(owner) ? written.substring(owner.length()).replaceFirst("^[._]", "") : "";
    boolean slip = from.field() == 0 && (segment || !from.owner().equals(owner));
    return slip && number.matches("[1-9][0-9.]*") ? owner + "-" + number : null;
  }

  private Row row(Yaml yaml, RuleMap map, boolean segment, Map<String, Integer> seen) {
    yaml.map();
    yaml.only(ROW_KEYS);
    Source from = yaml.get("from") == null ? null : Source.of(yaml.get("from"));
    String owner = map.name().substring(0, map.name().indexOf('['));
    String field = from == null ? null : meantField(from, owner, segment);
    if (field != null) {
      throw yaml.get("from").error("\"" + from + "\" 不是字段 / is no field.",
          "是否想写 " + field + "？ / Did you mean " + field + "?");
    }
    if (from != null && !from.owner().equals(owner)) {
      throw yaml.get("from").error(
          map.name() + " 的行读取 " + owner + "，不是 " + from.owner() + " / A row of " + map.name() + " reads " + owner + ", not "
              + from.owner() + ".",
          "把该行移到 " + from.owner() + " 的映射 / Move the row to the map of " + from.owner() + ".");
    }
    Path to = yaml.get("to") == null ? null : Path.of(yaml.get("to"), yaml.text("to"), map.rowType());
    String label = from == null ? "constant" : from.toString();
    int n = seen.merge(label, 1, Integer::sum);
    String id = map.name() + "/" + label + (n == 1 ? "" : "#" + n);
    Row.Constant[] constants = constants(yaml.get("with"), to, map.rowType());
    Row.Action action = action(yaml, from, to, constants);
    return new Row(id, yaml.file(), yaml.line(), from, to, sources(yaml, "if"), sources(yaml, "unless"), constants,
        sources(yaml, "reads"), yaml.text("system"), action);
  }

  private Source[] sources(Yaml yaml, String key) {
    List<Yaml> list = yaml.list(key);
    return list.isEmpty() ? NONE : list.stream().map(Source::of).toArray(Source[]::new);
  }

  private Row.Constant[] constants(Yaml with, Path to, Type root) {
    if (with == null) {
      return NO_CONSTANTS;
    }
    if (to == null) {
      throw with.error("\"with\" 须与 \"to\" 同用 / \"with\" needs a \"to\" to stand beside.", "补上 / Add \"to:\".");
    }
    List<Row.Constant> out = new ArrayList<>();
    with.map().forEach((path, value) -> {
      Path at = Path.of(value, path, to.anchorType(root));
      if (at.end().complex() != null) {
        out.add(new Row.Constant(at, null, concept(value)));
      } else {
        checkPrimitive(value, at.end(), value.text());
        out.add(new Row.Constant(at, value.text(), null));
      }
    });
    return out.toArray(Row.Constant[]::new);
  }

  private Row.Action action(Yaml yaml, Source from, Path to, Row.Constant[] constants) {
    if (yaml.get("by") != null) {
      return Functions.named(yaml.get("by"));
    }
    if (to == null) {
      throw yaml.error("该行没有写入处 / The row writes nowhere.", "补上 / Add \"to: …\" or \"by: …\".");
    }
    if (yaml.get("value") != null) {
      return constant(yaml.get("value"), to);
    }
    if (from == null) {
      throw yaml.error("该行没有读取处 / The row reads nothing.", "补上 / Add \"from: …\" or \"value: …\".");
    }
    if (yaml.get("table") != null) {
      return table(yaml.get("table"), to);
    }
    Slot end = to.end();
    if (yaml.get("as") != null) {
      return map(yaml.get("as"), end);
    }
    if (end.primitive() == null) {
      throw yaml.error("\"" + end.name() + "\" 不是单个值 / is a " + end.complex().name() + ", no plain value.",
          "补上 / Add \"as: " + from.owner() + "[" + end.complex().name() + "]\" or \"by: …\".");
    }
    return primitive(end.primitive(), from.component() == 0);
  }

  private Row.Action map(Yaml as, Slot end) {
    RuleMap map = maps.get(as.text());
    if (map == null) {
      throw as.error("没有映射 \"" + as.text() + "\" / There is no map \"" + as.text() + "\".",
          Known.near(maps.keySet(), as.text()));
    }
    if (map.type().isResource()) {
      if (end.complex() == null || !end.complex().name().equals("Reference")) {
        throw as.error("\"" + end.name() + "\" 不能引用 / takes no reference to a " + map.type().name() + ".",
            "写入 Reference 类型的元素 / Write to an element of type Reference.");
      }
      if (map.identity() == null) {
        throw as.error("\"" + map.name() + "\" 没有标识方式 / has no identity.", "补上 / Add \"identity: …\" to it.");
      }
      return call -> call.as(map);
    }
    if (end.complex() != map.type()) {
      throw as.error("\"" + end.name() + "\" 类型不符 / is a " + (end.complex() == null ? end.primitive() : end.complex().name())
          + ", and " + map.name() + " makes a " + map.type().name() + ".", "选择类型相符的映射 / Choose a map of the right type.");
    }
    return call -> call.as(map);
  }

  private Row.Action table(Yaml names, Path to) {
    List<Table> each = new ArrayList<>(1);
    for (Yaml name : names.list()) {
      each.add(translation(name, to.end()));
    }
    Table table = each.get(0);
    if (to.end().primitive() != null) {
      return call -> {
        String code = call.part().text();
        Table.Target target = code == null ? null : table.of(code);
        if (target != null && target.code() != null) {
          call.put(target.code());
        } else if (code != null && target == null && table.closed()) {
          call.note(Finding.CODE_UNMAPPED);
        }
        call.looksUp(table, code, target != null);
      };
    }
    RuleMap concept = maps.get("CWE[CodeableConcept]");
    if (to.end().complex().name().equals("Coding")) {
      return call -> coded(call, table, target(call, table), concept);
    }
    return call -> {
      Element made = call.make();
      if (made == null) {
        return;
      }
      Table knows = null;
      for (Table one : each) {
        Table.Target target = target(call, one);
        if (target != null && target.code() != null) {
          Concepts.write(made, withDisplay(target));
        } else if (target == null && one.closed() && call.part().text() != null) {
          call.note(Finding.CODE_UNMAPPED);
        }
        knows = knows == null && target != null ? one : knows;
      }
      // The hospital's own code and name stay beside the national or international one.
      call.run().fill(concept, made, call.part(), call, call.instance());
      // A code of another standard (SPO of HL7 beside the national relationships) is nothing to work on.
      if (call.run().isFollowed() && (knows != null || isLocal(call, made))) {
        call.looksUp(knows == null ? table : knows, call.part().text(), knows != null);
      }
    };
  }

  /** Whether every code of a concept is the hospital's own. */
  private static boolean isLocal(Call call, Element concept) {
    for (Element coding : concept.list("coding")) {
      String system = coding.text("system");
      if (system != null && !system.startsWith(call.site().namespace())) {
        return false;
      }
    }
    return true;
  }

  /** A Coding holds one code: the translated one, else the hospital's own. */
  private void coded(Call call, Table table, Table.Target target, RuleMap concept) {
    if (target != null && target.code() == null) {
      return;
    }
    Element made = call.make();
    if (made == null) {
      return;
    }
    if (target != null) {
      Concepts.write(made, withDisplay(target));
      call.looksUp(table, call.part().text(), true);
      return;
    }
    if (table.closed() && call.part().text() != null) {
      call.note(Finding.CODE_UNMAPPED);
    }
    call.looksUp(table, call.part().text(), false);
    call.run().fill(concept, made, call.part(), call, call.instance());
  }

  /** The table of that name, if what it says may stand in the element. */
  private Table translation(Yaml name, Slot end) {
    Table table = tables.get(name.text());
    if (table == null) {
      throw name.error("没有对照表 \"" + name.text() + "\" / There is no table \"" + name.text() + "\".",
          Known.near(tables.keySet(), name.text()));
    }
    for (Table.Target target : table.targets().values()) {
      if (target.code() != null && end.primitive() != null && !end.allows(target.code())) {
        throw new RuleError(table.file(), 1,
            "对照表中的 \"" + target.code() + "\" 不可用 / The table says \"" + target.code() + "\", which "
                + end.name() + " does not allow in FHIR R4.",
            Known.near(end.codes(), target.code()));
      }
    }
    return table;
  }

  /**
   * What a table says of a coded value: of its code, else of its name ({@code ^汉族}, {@code HAN^汉族}). Where a local
   * code happens to be one of the table's too and means another thing there ({@code 10^已婚}), the name tells what is
   * meant, unless the sender says whose code it is.
   */
  static Table.Target target(Call call, Table table) {
    Table.Target byCode = table.of(call.part().component(1).text());
    Table.Target byName = table.of(call.part().component(2).text());
    if (byName == null || byCode != null && Codes.isStandard(call, call.part().component(3).text())) {
      return byCode;
    }
    return byCode != null && within(byCode.code(), byName.code()) ? byCode : byName;
  }

  /** Whether a code is the other one or a kind of it: in the national two-digit tables 21 (初婚) is a kind of 20 (已婚). */
  private static boolean within(String code, String other) {
    return code == null || code.equals(other) || other != null && other.length() == 2 && code.length() == 2
        && other.charAt(1) == '0' && code.charAt(0) == other.charAt(0);
  }

  /** A code of a system whose codes we have must be one of them. */
  private void checkCodes(Table table) {
    for (Table.Target target : table.targets().values()) {
      for (CodeTable known : codesOf.getOrDefault(target.system(), List.of())) {
        if (target.code() != null && !known.has(target.code())) {
          throw new RuleError(table.file(), 1, "codes/" + known.name() + ".txt 没有代码 / has no code \"" + target.code() + "\".",
              "核对代码，或留空以只保留本院代码 / Check the code, or leave it empty to keep only the hospital's own.");
        }
      }
    }
  }

  /** The same code with its name, where a code table of ours has it. */
  Table.Target withDisplay(Table.Target target) {
    if (target.display() != null || target.system() == null) {
      return target;
    }
    for (CodeTable table : codesOf.getOrDefault(target.system(), List.of())) {
      if (table.has(target.code())) {
        return new Table.Target(target.system(), target.version(), target.code(), table.names().get(target.code()));
      }
    }
    return target;
  }

  private Row.Action constant(Yaml value, Path to) {
    if (to.end().complex() != null) {
      Table.Target target = concept(value);
      return call -> {
        Path.Spot spot = to.spot(call.root());
        Object before = spot == null ? null : spot.parent().get(to.end());
        // What a row has begun and could not write ("a  b" is no code) is as good as nothing.
        if (spot != null && (before == null || before instanceof Element one && !one.settle())) {
          Concepts.write(to.make(spot), target);
        }
      };
    }
    String text = value.text();
    checkPrimitive(value, to.end(), text);
    return call -> {
      Path.Spot spot = to.spot(call.root());
      if (spot != null && spot.parent().takes(to.end())) {
        spot.parent().put(to.end(), text);
      }
    };
  }

  private static void checkPrimitive(Yaml value, Slot slot, String text) {
    if (!Primitives.valid(slot.kind(), text) || !slot.allows(text)) {
      throw value.error("\"" + text + "\" 不可用 / is no " + slot.name() + " in FHIR R4.", slot.codes().isEmpty()
          ? "写符合类型的值 / Write a valid " + slot.primitive() + "."
          : Known.near(slot.codes(), text));
    }
  }

  /** {@code v2-0203#VN}: a code of one of our code tables; {@code https://…#code display}: any other. */
  private Table.Target concept(Yaml value) {
    String text = value.text();
    int hash = text.lastIndexOf('#');
    if (hash < 1) {
      throw value.error("\"" + text + "\" 不是代码 / is no code.", "写 / Write table#code, e.g. v2-0203#VN.");
    }
    String system = text.substring(0, hash);
    String code = text.substring(hash + 1);
    CodeTable table = codes.get(system);
    if (table != null) {
      if (!table.has(code)) {
        throw value.error("codes/" + system + ".txt 没有代码 / has no code \"" + code + "\".", "核对代码 / Check the code.");
      }
      return new Table.Target(table.system(), null, code, table.names().get(code));
    }
    if (system.indexOf(':') < 0) {
      throw value.error("没有代码表 \"" + system + "\" / There is no code table \"" + system + "\".",
          Known.near(codes.keySet(), system));
    }
    int blank = code.indexOf(' ');
    return blank < 0 ? new Table.Target(system, null, code, null)
        : new Table.Target(system, null, code.substring(0, blank), code.substring(blank + 1));
  }

  private static Row.Action primitive(String type, boolean wholeText) {
    return switch (type) {
      case "dateTime" -> call -> time(call, Times.dateTime(text(call), call.site().zone()));
      case "date" -> call -> time(call, Times.date(text(call)));
      case "instant" -> call -> {
        String text = text(call);
        String instant = Times.instant(text, call.site().zone());
        if (instant == null && Times.dateTime(text, call.site().zone()) != null) {
          call.note(Finding.PRECISION_INSUFFICIENT);
        } else {
          time(call, instant);
        }
      };
      case "time" -> call -> time(call, Times.time(text(call)));
      case "decimal" -> call -> time(call, ObservationValues.number(call.part().text()));
      case "integer", "positiveInt", "unsignedInt" -> call -> {
        String number = ObservationValues.number(call.part().text());
        time(call, number != null && number.endsWith(".0") ? number.substring(0, number.length() - 2) : number);
      };
      case "boolean" -> call -> {
        String text = text(call);
        time(call, switch (text) {
          case "Y", "y", "1", "true", "是" -> "true";
          case "N", "n", "0", "false", "否" -> "false";
          default -> null;
        });
      };
      case "string", "markdown" -> wholeText ? call -> putUnlessAbsent(call, call.part().whole())
          : call -> putUnlessAbsent(call, call.part().text());
      default -> call -> call.put(call.part().text());
    };
  }

  private static void putUnlessAbsent(Call call, String text) {
    if (!Absent.says(text)) {
      call.put(text);
    }
  }

  private static String text(Call call) {
    String text = call.part().text();
    return text == null ? "" : text;
  }

  /** Writes a converted value, or says that it could not be converted. */
  private static void time(Call call, String converted) {
    if (converted == null) {
      if (call.part().text() != null) {
        call.note(Finding.VALUE_UNUSABLE);
      }
    } else {
      call.put(converted);
    }
  }

  // ---- messages ----

  /** The entries that come before those of any message; they know the group {@code message} alone. */
  private void everywhere(Yaml yaml) {
    yaml.only(Set.of("message", "segments", "note"));
    for (Yaml entry : yaml.need("segments").list()) {
      everywhere.add(entry(entry, Map.of("message", 0)));
    }
  }

  private void message(Yaml yaml, Mistakes mistakes) {
    yaml.only(Set.of("message", "types", "groups", "segments", "ignored", "patient", "note"));
    if (yaml.text("patient") != null && !yaml.text("patient").equals("none")) {
      throw yaml.get("patient").error("\"" + yaml.text("patient") + "\" 不可用 / is no way of having a patient.",
          "无患者的消息写 patient: none，否则不写 / Write \"patient: none\" for messages about nobody, or nothing.");
    }
    List<GroupRule> groups = new ArrayList<>();
    groups.add(new GroupRule("message", List.of(), false));
    Map<String, Integer> depths = new HashMap<>();
    depths.put("message", 0);
    for (Yaml group : yaml.list("groups")) {
      group.only(Set.of("group", "opens", "any-order", "note"));
      depths.put(group.need("group").text(), groups.size());
      groups.add(new GroupRule(group.text("group"), group.texts("opens"), "true".equals(group.text("any-order"))));
    }
    Map<String, List<Entry>> entries = new HashMap<>();
    for (Entry entry : everywhere) {
      entries.computeIfAbsent(entry.segment(), s -> new ArrayList<>()).add(entry);
    }
    for (Yaml entry : yaml.need("segments").list()) {
      mistakes.collect(() -> {
        Entry compiled = entry(entry, depths);
        entries.computeIfAbsent(compiled.segment(), s -> new ArrayList<>()).add(compiled);
      });
    }
    for (String ignored : yaml.texts("ignored")) {
      entries.putIfAbsent(ignored, List.of());
    }
    Map<String, Entry[]> arrays = new HashMap<>();
    entries.forEach((segment, list) -> arrays.put(segment, list.toArray(Entry[]::new)));
    MessageRules rules = new MessageRules(
        yaml.need("message").text(), yaml.file(), List.copyOf(groups), arrays, yaml.text("patient") == null);
    for (Yaml type : yaml.need("types").list()) {
      if (messages.put(type.text(), rules) != null) {
        throw type.error("消息类型 \"" + type.text() + "\" 已有规则 / The message type \"" + type.text() + "\" has rules already.",
            "删去一个 / Remove one.");
      }
    }
  }

  private Entry entry(Yaml yaml, Map<String, Integer> depths) {
    yaml.only(Set.of("segment", "map", "for", "each", "role", "within", "after", "if", "when", "write", "always", "link", "back", "contained", "note"));
    RuleMap map = maps.get(yaml.need("map").text());
    if (map == null) {
      throw yaml.get("map").error("没有映射 / There is no map \"" + yaml.text("map") + "\".",
          Known.near(maps.keySet(), yaml.text("map")));
    }
    String group = yaml.text("for") == null ? yaml.text("each") : yaml.text("for");
    if (group == null || !depths.containsKey(group)) {
      throw yaml.error("未写明属于哪个组 / The entry does not say which group it belongs to.",
          "补上 / Add \"for: <group>\" (one resource for the group) or \"each: <group>\" (one for every segment): "
              + String.join(", ", depths.keySet()) + ".");
    }
    if (yaml.text("when") != null && !Conditions.known(yaml.text("when"))) {
      throw yaml.get("when").error("没有条件 / There is no condition \"" + yaml.text("when") + "\".", "检查名称 / Check the name.");
    }
    String write = yaml.text("write");
    if (write != null && !write.equals("if-absent")) {
      throw yaml.get("write").error("\"" + write + "\" 不可用 / is no way of writing.",
          "写 if-absent，或不写 / Write if-absent, or nothing.");
    }
    List<Link> links = new ArrayList<>();
    if (yaml.get("link") != null) {
      yaml.get("link").map().forEach((path, role) ->
          links.add(new Link(reference(role, path, map.type()), role.text())));
    }
    String role = yaml.text("role") == null ? map.type().name() : yaml.text("role");
    int within = -1;
    if (yaml.text("within") != null) {
      if (!depths.containsKey(yaml.text("within"))) {
        throw yaml.get("within").error("没有组 / There is no group \"" + yaml.text("within") + "\".",
            Known.near(depths.keySet(), yaml.text("within")));
      }
      within = depths.get(yaml.text("within"));
    }
    return new Entry(yaml.need("segment").text(), map, depths.get(group), yaml.get("each") != null, role, within,
        yaml.get("after") == null ? null : yaml.texts("after"), sources(yaml, "if"), write != null,
        "true".equals(yaml.text("always")), links.toArray(Link[]::new), yaml.text("when"), owner(yaml, "back"), owner(yaml, "contained"));
  }

  /** The element of another resource that is to refer to this one, e.g. {@code DiagnosticReport.result}; null if none is named. */
  private static Link owner(Yaml entry, String key) {
    Yaml yaml = entry.get(key);
    if (yaml == null) {
      return null;
    }
    String text = yaml.text();
    int dot = text.indexOf('.');
    Type owner = dot < 0 ? null : R4.standard().type(text.substring(0, dot));
    if (owner == null) {
      throw yaml.error("\"" + text + "\" 不是元素 / is no element.", "写如 / Write DiagnosticReport.result.");
    }
    if (key.equals("contained") && owner.slot("contained") == null) {
      throw yaml.error(owner.name() + " 不能内含资源 / holds no other resource here.", "写 / Write back: " + text + ".");
    }
    return new Link(reference(yaml, text.substring(dot + 1), owner), owner.name());
  }

  private static Path reference(Yaml at, String path, Type type) {
    Path compiled = Path.of(at, path, type);
    if (compiled.end().complex() == null || !compiled.end().complex().name().equals("Reference")) {
      throw at.error("\"" + path + "\" 不是引用 / is no reference.", "写 Reference 类型的元素 / Name an element of type Reference.");
    }
    return compiled;
  }
}
