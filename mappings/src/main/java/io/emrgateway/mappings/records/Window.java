package io.emrgateway.mappings.records;

import java.time.LocalDate;

/**
 * The days of which something may be shown, in +08:00, both included. Empty when {@code from} is after {@code until}.
 *
 * @see "agent/decisions/0021-what-wire-leaves-open-of-lookups.md, Window"
 */
public record Window(LocalDate from, LocalDate until) {
  /** No day at all. */
  static final Window NONE = new Window(LocalDate.MAX, LocalDate.MIN);

  /**
   * Three calendar months before a day, up to that day: 30 May goes back to the last day of February, 30 April to 30
   * January.
   */
  public static Window lastThreeMonths(LocalDate day) {
    return new Window(day.minusMonths(3), day);
  }

  /**
   * What is also within {@code since}..{@code until}; never more than this window.
   *
   * @param since and {@code until}: null for no limit
   */
  public Window narrowed(LocalDate since, LocalDate until) {
    return new Window(since == null || since.isBefore(from) ? from : since,
        until == null || until.isAfter(this.until) ? this.until : until);
  }

  /** Whether something has neither ended before the window began nor begun after it ended. */
  boolean holds(Span span) {
    if (from.isAfter(until)) {
      return false;
    }
    Span days = Span.days(from, until);
    return !span.ends().isBefore(days.begins()) && !span.begins().isAfter(days.ends());
  }
}
