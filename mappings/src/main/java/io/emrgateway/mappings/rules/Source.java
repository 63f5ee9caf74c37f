package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.hl7.Part;

/**
 * Where a row reads: {@code PID-3}, {@code PID-3.4.2} in a segment; {@code CX.4.2}, or {@code CX} for the whole, in a
 * data type.
 *
 * @param owner segment or data type
 * @param field field number, 0 in a data type
 * @param component component number, 0 for all
 * @param subcomponent subcomponent number, 0 for all
 */
record Source(String owner, int field, int component, int subcomponent) {

  static Source of(Yaml yaml) {
    String text = yaml.text();
    int dash = text.indexOf('-');
    try {
      String[] parts = text.substring(dash + 1).split("\\.");
      if (dash == 3) {
        return new Source(text.substring(0, 3), number(parts, 0), number(parts, 1), number(parts, 2));
      }
      if (dash < 0 && !parts[0].isEmpty() && Character.isUpperCase(parts[0].charAt(0)) && parts.length <= 3) {
        return new Source(parts[0], 0, number(parts, 1), number(parts, 2));
      }
    } catch (NumberFormatException e) {
      // Falls through to the one explanation.
    }
    throw yaml.error("\"" + text + "\" 不是消息中的位置 / is no place in a message.", "写 / Write PID-3, PID-3.4, CX.4 or CX.4.2.");
  }

  private static int number(String[] parts, int index) {
    if (index >= parts.length) {
      return 0;
    }
    int n = Integer.parseInt(parts[index]);
    if (n < 1 || n > 999) {
      throw new NumberFormatException();
    }
    return n;
  }

  /** The component or subcomponent of one repetition that this source means. */
  Part in(Part repetition) {
    if (component == 0) {
      return repetition;
    }
    Part c = repetition.component(component);
    return subcomponent == 0 ? c : c.subcomponent(subcomponent);
  }

  @Override
  public String toString() {
    return owner + (field > 0 ? "-" + field : "") + (component > 0 ? "." + component : "")
        + (subcomponent > 0 ? "." + subcomponent : "");
  }
}
