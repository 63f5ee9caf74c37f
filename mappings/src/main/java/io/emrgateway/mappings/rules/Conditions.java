package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import java.util.Map;

/** Conditions of message entries that are more than "this field is valued", by name. */
final class Conditions {
  /** The conditions of this class by name; {@link #named} knows those of the other families too. */
  static final Map<String, Condition> GENERAL = Map.of(
      // DG1 and PR1 with dashes where code and name belong: how a front page says that there is no second one.
      "names-a-diagnosis", (run, segment) -> !segment.field(3).isValued() && !segment.field(4).isValued()
          || segment.field(segment.name().equals("DG1") ? 20 : 19).isValued()
          || !Absent.says(Functions.conceptText(segment.field(3).repetition(1)))
          || !Absent.says(segment.field(4).whole()),
      // A dash names no allergen; 无 does say something, namely that there is none.
      "names-an-allergen", (run, segment) -> {
        Part cwe = segment.field(3).repetition(1);
        return !Absent.says(Functions.conceptText(cwe)) || "无".equals(cwe.component(1).text())
            || "无".equals(cwe.component(2).text());
      },
      // ORM^O01 carries medicines and services; the detail segment that follows tells which.
      "orders-a-medicine", (run, segment) -> run.detailOf(segment).startsWith("RX"),
      "orders-a-service", (run, segment) -> !run.detailOf(segment).startsWith("RX"));

  private Conditions() {}

  /** Whether one of these fields holds something, and not only a dash where something is required. */
  static boolean says(Segment segment, int... fields) {
    for (int field : fields) {
      if (segment.field(field).isValued() && !Absent.says(segment.field(field).whole())) {
        return true;
      }
    }
    return false;
  }

  /** Read after all families are. */
  private static final class All {
    static final Map<String, Condition> NAMED = Family.all(Family::conditions);
  }

  /** Whether an entry applies to a segment. */
  @FunctionalInterface
  interface Condition {
    boolean holds(Run run, Segment segment);
  }

  static Condition named(String name) {
    return All.NAMED.get(name);
  }

  static boolean known(String name) {
    return All.NAMED.containsKey(name);
  }
}
