package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.rules.Conditions.Condition;
import io.emrgateway.mappings.rules.Identities.Identity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The Java of one family of rules: what its rule files call by name.
 *
 * <p>A family is one small class of its own and one line in {@link #ALL}; a name belongs to one family only.
 */
interface Family {
  /** Every family of the shipped rules. */
  List<Family> ALL = List.of(
      new GeneralFamily(),
      new HeaderFamily(),
      new OrdersFamily(),
      new PatientFamily(),
      new ChineseFamily(),
      new ParticipantsFamily(),
      new ImmunizationFamily(),
      new InsuranceFamily(),
      new ClinicalFamily(),
      new MasterFileFamily(),
      new SchedulingFamily(),
      new DocumentFamily(),
      new ReferralFamily(),
      new PharmacyFamily());

  /** What rows call with {@code by:}. */
  default Map<String, Row.Action> functions() {
    return Map.of();
  }

  /** What message entries call with {@code when:}. */
  default Map<String, Condition> conditions() {
    return Map.of();
  }

  /** What maps call with {@code identity:}. */
  default Map<String, Identity> identities() {
    return Map.of();
  }

  /**
   * All names of one sort.
   *
   * @throws IllegalStateException when two families use the same name
   */
  static <T> Map<String, T> all(Function<Family, Map<String, T>> sort) {
    Map<String, T> all = new HashMap<>();
    for (Family family : ALL) {
      sort.apply(family).forEach((name, value) -> {
        if (all.put(name, value) != null) {
          throw new IllegalStateException("Two families of rules have the name " + name + ".");
        }
      });
    }
    return Map.copyOf(all);
  }
}
