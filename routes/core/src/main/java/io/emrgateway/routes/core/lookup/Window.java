package io.emrgateway.routes.core.lookup;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;

/**
 * The days whose visits may be shown: three calendar months at most, whatever is asked.
 *
 * @param first and {@code last}: days in +08:00, both included; {@code first} may be after {@code last}, then nothing is
 */
public record Window(LocalDate first, LocalDate last) {
  /** Calendar months that a lookup goes back. */
  private static final int MONTHS = 3;
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  /**
   * What is asked for, with the days that are not said.
   *
   * @param since null for as far back as may be shown
   * @param until null for the day itself
   */
  public static LookupRequest.Scope scope(Instant asked, Set<Section> sections, LocalDate since, LocalDate until) {
    return new LookupRequest.Scope(sections, since == null ? earliest(asked) : since, until == null ? asked.atOffset(CHINA).toLocalDate() : until);
  }

  /** 30 May goes back to the last day of February. */
  private static LocalDate earliest(Instant issued) {
    return issued.atOffset(CHINA).toLocalDate().minusMonths(MONTHS);
  }

  /** What a question of that day may be shown, narrowed to what it asks for. */
  public static Window of(Instant issued, LookupRequest.Scope scope) {
    LocalDate earliest = earliest(issued);
    return new Window(scope.since().isBefore(earliest) ? earliest : scope.since(), scope.until());
  }

  /** Whether more was asked for than may be shown; worth a note, not a refusal. */
  public static boolean narrows(Instant issued, LookupRequest.Scope scope) {
    return !of(issued, scope).first.equals(scope.since());
  }

  /**
   * Whether a stay, or something without an end, belongs to it: it has not ended before the first day and not begun
   * after the last.
   *
   * @param begins null when not known: then it belongs to it unless it ended before
   * @param ends null while it goes on
   */
  public boolean holds(Instant begins, Instant ends) {
    return (ends == null || !ends.isBefore(first.atStartOfDay(CHINA).toInstant()))
        && (begins == null || begins.isBefore(last.plusDays(1).atStartOfDay(CHINA).toInstant()));
  }
}
