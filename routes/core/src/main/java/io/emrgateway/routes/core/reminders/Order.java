package io.emrgateway.routes.core.reminders;

import io.emrgateway.routes.core.reminders.Facts.Drug;
import java.util.List;
import java.util.Set;

/**
 * What a doctor is about to order: a drug or tests.
 *
 * @param id by which whoever asks knows it, e.g. {@code MedicationRequest/17}
 * @param name as it is written there
 * @param numbers of the order: what is already known of it is no repetition
 * @param drug null of a test
 * @param route group of routes; "" when not known
 * @param tests none of a drug
 * @param agents classes of what a test gives the patient, e.g. {@code iodinated-contrast}
 */
public record Order(String id, String name, Set<String> numbers, Drug drug, String route, String strength, boolean asNeeded,
    List<Test> tests, Set<String> agents) {

  /**
   * One item.
   *
   * @param days a result stays valid; 0: is never said to be repeated
   * @param units in which a result says the same; none: in any
   */
  public record Test(Set<String> keys, int days, Set<String> units) {}

  /** Never what: it is patient data. */
  @Override
  public String toString() {
    return "Order[…]";
  }
}
