package io.emrgateway.mappings.records;

import io.emrgateway.mappings.About.Identifier;
import java.util.List;

/**
 * A patient as a hospital's own records know them.
 *
 * @param everywhere identifiers that mean the same at every hospital, of all the files that are theirs
 */
public record Person(List<Identifier> everywhere, Whom whom) {
  public Person {
    everywhere = List.copyOf(everywhere);
  }

  /** Never who: it is patient data. */
  @Override
  public String toString() {
    return "Person[…]";
  }
}
