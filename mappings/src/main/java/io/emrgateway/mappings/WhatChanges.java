package io.emrgateway.mappings;

import io.emrgateway.mappings.Trace.Written;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What other rules would make of the same messages: differing values, grouped by the rule behind them. */
public final class WhatChanges {
  /** What a doctor acts on; shown before names and places. */
  private static final Set<String> CLINICAL = Set.of("AllergyIntolerance", "Condition", "DiagnosticReport", "Immunization",
      "MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement", "Observation", "Procedure",
      "ServiceRequest", "Specimen");

  /**
   * Values that one rule writes otherwise.
   *
   * @param rule the new row's name, or the old one's where nothing is written any more
   * @param file and {@code line}: where it stands
   * @param path the element without item numbers, e.g. {@code Patient.identifier.system}
   * @param from the field it is made of, e.g. {@code ZPI-2}: the rows of a data type serve many; empty for none
   * @param values how many differ
   * @param messages in how many messages
   * @param example the first message by name
   * @param before a value of the first message, null if there was none
   * @param after the same now, null if there is none
   */
  public record Group(String rule, String file, int line, String path, String from, int values, int messages, String example,
      String before, String after) {

    /** Whether a doctor acts on it. */
    public boolean clinical() {
      return CLINICAL.contains(path.substring(0, path.indexOf('.')));
    }
  }

  private static final class Sum {
    final Written rule;
    final String example;
    final String before;
    final String after;
    int values;
    int messages;
    String last = "";

    Sum(Written rule, String example, String before, String after) {
      this.rule = rule;
      this.example = example;
      this.before = before;
      this.after = after;
    }
  }

  private final Map<String, Sum> sums = new TreeMap<>();
  private int compared;
  private int changed;

  /**
   * Compares two conversions of one message.
   *
   * @param name of the message, for the report
   */
  public void add(String name, Trace before, Trace after) {
    compared++;
    Map<String, Written> old = byPlace(before);
    Map<String, Written> now = byPlace(after);
    int differences = 0;
    for (Map.Entry<String, Written> entry : now.entrySet()) {
      Written was = old.remove(entry.getKey());
      if (was == null || !was.value().equals(entry.getValue().value())) {
        note(name, entry.getValue(), was == null ? null : was.value(), entry.getValue().value());
        differences++;
      }
    }
    for (Written gone : old.values()) {
      note(name, gone, gone.value(), null);
      differences++;
    }
    if (before.mapped().converted() != after.mapped().converted() || differences > 0) {
      changed++;
    }
  }

  private static Map<String, Written> byPlace(Trace trace) {
    Map<String, Written> all = new LinkedHashMap<>();
    trace.written().forEach(one -> all.put(one.resource() + " " + one.path(), one));
    return all;
  }

  private void note(String name, Written rule, String before, String after) {
    String path = rule.path().replaceAll("\\[[0-9]+]", "");
    Sum sum = sums.computeIfAbsent(rule.rule() + " " + path + " " + from(rule), key -> new Sum(rule, name, before, after));
    sum.values++;
    if (!sum.last.equals(name)) {
      sum.last = name;
      sum.messages++;
    }
  }

  /** {@code OBX[3]-5(2).1} is OBX-5. */
  private static String from(Written rule) {
    return rule.place().replaceAll("\\[[0-9]+]|\\([0-9]+\\)|\\..*", "");
  }

  /** How many messages were compared. */
  public int compared() {
    return compared;
  }

  /** How many of them come out otherwise. */
  public int changed() {
    return changed;
  }

  /** All differences, clinical ones first, then by how many. */
  public List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    sums.values().forEach(sum -> groups.add(new Group(sum.rule.rule(), sum.rule.file(), sum.rule.line(),
        sum.rule.path().replaceAll("\\[[0-9]+]", ""), from(sum.rule), sum.values, sum.messages, sum.example, sum.before, sum.after)));
    groups.sort(Comparator.comparing((Group group) -> !group.clinical()).thenComparing(group -> -group.values())
        .thenComparing(Group::rule).thenComparing(Group::path).thenComparing(Group::from));
    return groups;
  }
}
