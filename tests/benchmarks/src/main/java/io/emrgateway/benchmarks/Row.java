package io.emrgateway.benchmarks;

/**
 * One line of the table.
 *
 * @param name for {@code --only} and for scripts
 * @param zh what was measured, Chinese
 * @param en the same, English
 * @param value the figure, in {@code unit}
 * @param aim what it is to be, or NaN for a figure without one
 * @param atLeast whether more is better
 * @param others what other products reach on a machine of this kind, empty if unknown
 * @param note what belongs to the figure: who used how much of the processors, what was checked
 */
record Row(String name, String zh, String en, double value, String unit, double aim, boolean atLeast, String others, String note) {

  static Row limit(String name, String zh, String en, double value, String unit, String note) {
    return new Row(name, zh, en, value, unit, Double.NaN, true, "", note);
  }

  boolean hasAim() {
    return !Double.isNaN(aim);
  }

  boolean met() {
    return !hasAim() || (atLeast ? value >= aim : value <= aim);
  }
}
