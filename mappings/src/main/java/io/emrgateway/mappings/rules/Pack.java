package io.emrgateway.mappings.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rules as the build leaves them for a quick start: every rule file and code table already parsed, in one text.
 *
 * <p>Parsing YAML takes longer than everything else at start together. A pack holds the same values with the same
 * files and lines, so mistakes are still found and explained when it is compiled. It is never edited: the build makes
 * it from the files, and a test compares the two.
 *
 * <p>One thing a line: a head, the version, then per code table {@code name TAB system TAB count} and its
 * {@code code TAB name} lines, then per rule file its path and its value. A value is {@code T}, {@code L} or
 * {@code M} (text, list, mapping), its line in the file, a blank, and the text or the number of items that follow; in
 * a mapping, each after a line with its key.
 */
final class Pack {
  private static final String HEAD = "emr-gateway rules 1";

  private final String version;
  private final Map<String, CodeTable> codes;
  private final Map<String, Yaml> files;

  private Pack(String version, Map<String, CodeTable> codes, Map<String, Yaml> files) {
    this.version = version;
    this.codes = codes;
    this.files = files;
  }

  /**
   * Parses rule files.
   *
   * @param files text by path, as {@link RuleSet#compile} takes them
   * @throws RuleError for what is no YAML, or no code table
   */
  static Pack of(String version, Map<String, String> files) {
    Map<String, CodeTable> codes = new LinkedHashMap<>();
    Map<String, Yaml> parsed = new LinkedHashMap<>();
    Mistakes mistakes = new Mistakes();
    new TreeMap<>(files).forEach((file, text) -> mistakes.collect(() -> {
      if (file.startsWith("codes/")) {
        CodeTable table = CodeTable.of(file, text);
        codes.put(table.name(), table);
      } else {
        parsed.put(file, YamlFile.parse(file, text));
      }
    }));
    mistakes.refuse();
    return new Pack(version, codes, parsed);
  }

  /**
   * The same with a site's files laid over.
   *
   * @param site text by path
   * @throws RuleError as {@link Overlay#laid} and for what is no YAML
   */
  Pack with(String sitesVersion, Map<String, String> site) {
    Pack theirs = of(sitesVersion, site);
    Map<String, CodeTable> tables = new LinkedHashMap<>(codes);
    tables.putAll(theirs.codes);
    return new Pack(sitesVersion, tables, Overlay.laid(files, theirs.files));
  }

  /** The mapping's version that the files had. */
  String version() {
    return version;
  }

  /** Code tables by name, in the order of their files. */
  Map<String, CodeTable> codes() {
    return codes;
  }

  /** Rule files by path, in the order of their paths. */
  Map<String, Yaml> files() {
    return files;
  }

  // ---- as text ----

  /** The text that {@link #read} reads; the same for the same files. */
  String text() {
    StringBuilder out = new StringBuilder(1 << 18);
    line(out, HEAD);
    line(out, version);
    line(out, String.valueOf(codes.size()));
    for (CodeTable table : codes.values()) {
      line(out, table.name() + '\t' + table.system() + '\t' + table.names().size());
      new TreeMap<>(table.names()).forEach((code, name) -> line(out, code + '\t' + name));
    }
    line(out, String.valueOf(files.size()));
    files.forEach((file, value) -> {
      line(out, file);
      write(out, value);
    });
    return out.toString();
  }

  private static void write(StringBuilder out, Yaml value) {
    if (value.isText()) {
      line(out, "T" + value.line() + ' ' + value.text());
    } else if (value.isMap()) {
      line(out, "M" + value.line() + ' ' + value.map().size());
      value.map().forEach((key, member) -> {
        line(out, key);
        write(out, member);
      });
    } else {
      line(out, "L" + value.line() + ' ' + value.list().size());
      value.list().forEach(item -> write(out, item));
    }
  }

  private static void line(StringBuilder out, String line) {
    if (line.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("A value with a line break cannot be packed.");
    }
    out.append(line).append('\n');
  }

  /**
   * Reads a pack.
   *
   * @throws IllegalArgumentException when it is of another edition, or cut off
   */
  static Pack read(String text) {
    Reader in = new Reader(text);
    if (!in.next().equals(HEAD)) {
      throw new IllegalArgumentException("These packed rules are of another edition.");
    }
    String version = in.next();
    int tables = Integer.parseInt(in.next());
    Map<String, CodeTable> codes = new LinkedHashMap<>(tables * 2);
    for (int i = 0; i < tables; i++) {
      CodeTable table = in.table();
      codes.put(table.name(), table);
    }
    int count = Integer.parseInt(in.next());
    Map<String, Yaml> files = new LinkedHashMap<>(count * 2);
    for (int i = 0; i < count; i++) {
      String file = in.next();
      files.put(file, in.value(file));
    }
    return new Pack(version, codes, files);
  }

  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    private int endOfLine() {
      int end = text.indexOf('\n', at);
      if (end < 0) {
        throw new IllegalArgumentException("The packed rules are cut off.");
      }
      return end;
    }

    String next() {
      int end = endOfLine();
      String line = text.substring(at, end);
      at = end + 1;
      return line;
    }

    CodeTable table() {
      String head = next();
      int first = head.indexOf('\t');
      int last = head.lastIndexOf('\t');
      int count = Integer.parseInt(head.substring(last + 1));
      Map<String, String> names = new HashMap<>(count * 2);
      for (int i = 0; i < count; i++) {
        int end = endOfLine();
        int tab = text.indexOf('\t', at);
        names.put(text.substring(at, tab), text.substring(tab + 1, end));
        at = end + 1;
      }
      return new CodeTable(head.substring(0, first), head.substring(first + 1, last), names);
    }

    Yaml value(String file) {
      int end = endOfLine();
      int blank = text.indexOf(' ', at);
      char kind = text.charAt(at);
      int line = Integer.parseInt(text, at + 1, blank, 10);
      int from = blank + 1;
      at = end + 1;
      if (kind == 'T') {
        return Yaml.text(file, line, text.substring(from, end));
      }
      int count = Integer.parseInt(text, from, end, 10);
      if (kind == 'L') {
        List<Yaml> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          items.add(value(file));
        }
        return Yaml.list(file, line, items);
      }
      Map<String, Yaml> map = new LinkedHashMap<>(count * 2);
      for (int i = 0; i < count; i++) {
        String key = next();
        map.put(key, value(file));
      }
      return Yaml.map(file, line, map);
    }
  }
}
