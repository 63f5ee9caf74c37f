package io.emrgateway.agent.control;

import io.emrgateway.mappings.WhatChanges;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** What an operator may ask of the mapping rules in force. */
public interface RulesOrders {

  /**
   * Why a folder's rules are not in force, or why those that are should not be.
   *
   * @param code stable, e.g. {@code mapping.rule}
   * @param place file and line, e.g. {@code segments/pid.yaml:4}
   * @param text what is wrong, Chinese first; no value of any message
   * @param remedy what to do, Chinese first
   */
  record Problem(String code, String place, String text, String remedy) {}

  /**
   * What holds now.
   *
   * @param version of the rules in force, 16 hex digits
   * @param since when they came into force
   * @param problem of the hospital's folder as it lies there now; null if its rules are in force and pass their examples
   */
  record Standing(String version, Instant since, Problem problem) {}

  Standing standing();

  /**
   * Reads the hospital's folder and puts its rules in force if they compile and pass their examples; without a change
   * nothing happens. Messages under translation finish with the rules they began with.
   *
   * @return what holds afterwards
   */
  Standing reload();

  /** Names of the tables of the rules in force. */
  Set<String> tables();

  /** Whether a table of the rules in force has a code. */
  boolean knowsCode(String table, String code);

  /**
   * What another folder's rules would make of the messages that the store still holds.
   *
   * @param problem why there is no comparison; null if there is one
   * @param changes the comparison
   * @param skipped messages that do not decode or are too large to be traced beside the work
   * @param more whether older messages of these days were left out
   */
  record Comparison(Problem problem, WhatChanges changes, int skipped, boolean more) {}

  /**
   * Compares, newest message first, slowly and beside the work; one comparison at a time.
   *
   * @param days how far back
   * @param most messages at most
   * @param progress told now and then how many have been compared
   * @param goOn asked as often; false ends it
   */
  Comparison compare(Path folder, int days, int most, IntConsumer progress, BooleanSupplier goOn);
}
