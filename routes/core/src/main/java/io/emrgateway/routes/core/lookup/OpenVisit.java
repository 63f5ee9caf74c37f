package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.records.Records.VisitState;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** Whether a visit is going on, as far as the hospital's own feed says. */
final class OpenVisit {
  private static final Set<String> OPEN = Set.of("arrived", "triaged", "in-progress", "onleave");
  /** Nobody sends the end of an outpatient visit: it is over when the day after it is. */
  private static final Duration OUTPATIENT = Duration.ofHours(36);

  private OpenVisit() {}

  static boolean isOpen(VisitState visit, Instant now) {
    boolean inpatient = "IMP".equals(visit.kind()) || "ACUTE".equals(visit.kind()) || "NONAC".equals(visit.kind());
    return OPEN.contains(visit.status())
        && (visit.begins() == null || !visit.begins().isAfter(now))
        && (visit.ends() == null || visit.ends().isAfter(now))
        && (inpatient || visit.begins() != null && visit.begins().plus(OUTPATIENT).isAfter(now));
  }
}
