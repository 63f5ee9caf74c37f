package io.emrgateway.routes.core.records;

import java.util.Objects;

/**
 * A number by which a patient or a visit is known.
 *
 * @param system absolute URI of the numbering it belongs to
 */
public record Identifier(String system, String value) {
  public Identifier {
    Objects.requireNonNull(system, "system");
    Objects.requireNonNull(value, "value");
  }

  /** Never the value: it is patient data. */
  @Override
  public String toString() {
    return "Identifier[" + system + "]";
  }
}
