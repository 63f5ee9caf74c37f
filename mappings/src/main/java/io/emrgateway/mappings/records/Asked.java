package io.emrgateway.mappings.records;

import io.emrgateway.mappings.About.Identifier;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What somebody with the right to ask wants to know.
 *
 * @param identifiers any of the patient's; one that fits is enough
 * @param withdrawnToo also what has been cancelled or was entered in error; a doctor is not shown it
 */
public record Asked(List<Identifier> identifiers, Window window, Set<Section> sections, boolean withdrawnToo) {
  public Asked {
    identifiers = List.copyOf(identifiers);
    sections = Set.copyOf(sections);
  }

  public static Asked all(List<Identifier> identifiers, Window window) {
    return new Asked(identifiers, window, EnumSet.allOf(Section.class), false);
  }
}
