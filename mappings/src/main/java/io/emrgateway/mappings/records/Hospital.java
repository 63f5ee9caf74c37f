package io.emrgateway.mappings.records;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Where records come from.
 *
 * @param id the hospital's number in the city's register, e.g. {@code H-0104}
 * @param name as a doctor knows it
 */
public record Hospital(String id, String name) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,63}");

  public Hospital {
    Objects.requireNonNull(name, "name");
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("A hospital's number is letters, digits, dots and hyphens, at most 64.");
    }
  }

  /** What {@code meta.source} of everything from there says. */
  public String uri() {
    return "urn:emr-gateway:" + id;
  }
}
