package io.emrgateway.mappings.rules;

/**
 * One line of a rule file, compiled.
 *
 * @param id e.g. {@code PID[Patient]/PID-3}; the n-th row of one source in one map is {@code …#n}
 * @param file and {@code line}: where a person finds it
 * @param from what it reads, or null for a constant
 * @param to where it writes, or null when {@code action} knows
 * @param onlyIf every one of these has to be valued
 * @param unless none of these may be valued
 * @param constants written beside the value
 * @param reads further fields that the action looks at, for the report of fields nobody read
 */
record Row(
    String id,
    String file,
    int line,
    Source from,
    Path to,
    Source[] onlyIf,
    Source[] unless,
    Constant[] constants,
    Source[] reads,
    String system,
    Action action) {

  /** Writes one value of a row. */
  @FunctionalInterface
  interface Action {
    void apply(Call call);
  }

  /** A constant and where it goes, relative to the last list element of the row's path. */
  record Constant(Path path, String value, Table.Target concept) {}
}
