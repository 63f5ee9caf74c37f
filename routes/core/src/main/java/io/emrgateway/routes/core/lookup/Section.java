package io.emrgateway.routes.core.lookup;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a lookup may ask for; a consent names the same. */
public enum Section {
  VISITS, DIAGNOSES, PROCEDURES, MEDICATIONS, ALLERGIES, RESULTS, REPORTS;

  /** As the city contract writes it, e.g. {@code visits}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Section> named(String wireName) {
    return Arrays.stream(values()).filter(one -> one.wireName().equals(wireName)).findFirst();
  }
}
