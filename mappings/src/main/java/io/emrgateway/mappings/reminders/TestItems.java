package io.emrgateway.mappings.reminders;

import io.emrgateway.mappings.reminders.Concept.Coding;
import io.emrgateway.mappings.reminders.Rows.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which test an order or a result is about, for how many days it is valid and in which units it is told.
 *
 * <p>Names are compared whole: 尿白细胞 is not 白细胞, 胸部CT增强 not 胸部CT平扫. What no row names is known by its national
 * code alone.
 */
final class TestItems {
  static final String RECOGNITION = "urn:emr-gateway:codes:mutual-recognition";
  private static final String LOINC = "http://loinc.org";
  private static final String ANY_OTHER = "*";
  private static final Pattern ENDING = Pattern.compile("(?:检查|检测|检验|测定|定量|扫描|报告单?|组套|\\(静脉血\\)|\\(急\\)|\\(门诊\\)|\\(住院\\))+$");
  private static final Pattern SEVERAL = Pattern.compile("[+、,;/和及]");

  /** An item of the table. */
  record Item(String name, int days, Set<String> units, Set<String> agents) {}

  /**
   * One test of an order.
   *
   * @param keys in common with its results
   */
  record Wanted(Set<String> keys, int days, Set<String> units, Set<String> agents) {}

  private final Map<String, Item> byName = new HashMap<>();
  private final Map<String, Item> byLoinc = new HashMap<>();
  private int otherDays;

  TestItems(Map<String, String> site) {
    for (Row row : Rows.of("test-items", 7, site)) {
      Item item = new Item(row.at(0), days(row), Set.copyOf(row.at(3, " ")), Set.copyOf(row.at(5, " ")));
      if (row.at(0).equals(ANY_OTHER)) {
        otherDays = item.days();
        continue;
      }
      byName.put(plain(row.at(0)), item);
      row.at(6, ";").forEach(name -> byName.put(plain(name), item));
      row.at(4, " ").forEach(code -> byLoinc.put(code, item));
    }
  }

  private static int days(Row row) {
    try {
      return Integer.parseUnsignedInt(row.at(2));
    } catch (NumberFormatException e) {
      throw row.error("有效天数不是数字", "The days are no number.", "如 7；0 表示从不提醒 / E.g. 7; 0 is never said.");
    }
  }

  private static String plain(String name) {
    return ENDING.matcher(Names.plain(name)).replaceFirst("");
  }

  /** What a result may be asked for by. */
  Set<String> keys(Concept concept) {
    Set<String> keys = codes(concept);
    Item item = item(concept);
    if (item != null) {
      keys.add(item.name());
    }
    return keys;
  }

  /** What an order asks for: one test, or several that its name joins. */
  List<Wanted> wanted(Concept concept) {
    Item item = item(concept);
    Set<String> codes = codes(concept);
    if (item != null || !codes.isEmpty()) {
      return List.of(wanted(item, codes));
    }
    List<Wanted> several = new ArrayList<>(2);
    for (String part : SEVERAL.split(Names.plain(concept.name()))) {
      Item one = byName.get(plain(part));
      if (one != null) {
        several.add(wanted(one, Set.of()));
      }
    }
    return several;
  }

  private Wanted wanted(Item item, Set<String> codes) {
    Set<String> keys = new TreeSet<>(codes);
    if (item == null) {
      return new Wanted(keys, otherDays, Set.of(), Set.of());
    }
    keys.add(item.name());
    return new Wanted(keys, item.days(), item.units(), item.agents());
  }

  private Item item(Concept concept) {
    for (String name : concept.names()) {
      Item item = byName.get(plain(name));
      if (item != null) {
        return item;
      }
    }
    return concept.codings().stream().filter(one -> one.system().equals(LOINC) && byLoinc.containsKey(one.code()))
        .map(one -> byLoinc.get(one.code())).findFirst().orElse(null);
  }

  private static Set<String> codes(Concept concept) {
    Set<String> codes = new LinkedHashSet<>(2);
    for (Coding coding : concept.codings()) {
      if (coding.system().equals(LOINC) || coding.system().equals(RECOGNITION)) {
        codes.add(coding.system() + "|" + coding.code());
      }
    }
    return codes;
  }
}
