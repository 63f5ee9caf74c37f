package io.emrgateway.routes.core.records;

import java.util.List;

/**
 * A patient as a record names one.
 *
 * @param key the same in every record about this patient
 * @param identifiers all that this record gives, the key among them
 * @param replacedBy the key of the patient's file that this one was merged into, or null
 */
public record Person(Identifier key, List<Identifier> identifiers, Identifier replacedBy) {
  public Person {
    identifiers = List.copyOf(identifiers);
  }
}
