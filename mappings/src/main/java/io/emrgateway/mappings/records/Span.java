package io.emrgateway.mappings.records;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;

/**
 * The time between the earliest instant that something may have begun and the latest that it may have ended: a date
 * without a time means any time of that day in Beijing, a month any of its days.
 *
 * @param begins and {@code ends}: inclusive, never null
 */
public record Span(Instant begins, Instant ends) {
  static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);

  /** What a FHIR date, dateTime or instant means; null when it is none. */
  public static Span of(String text) {
    try {
      if (text == null || text.isEmpty() || !Character.isDigit(text.charAt(0))) {
        return null; // Not +12345-01-01 either.
      }
      return switch (text.length()) {
        case 4 -> days(Year.parse(text).atDay(1), Year.parse(text).atMonth(12).atEndOfMonth());
        case 7 -> days(YearMonth.parse(text).atDay(1), YearMonth.parse(text).atEndOfMonth());
        case 10 -> days(LocalDate.parse(text), LocalDate.parse(text));
        default -> at(OffsetDateTime.parse(text).toInstant());
      };
    } catch (DateTimeException | ArithmeticException e) {
      return null; // A time that is none says nothing.
    }
  }

  static Span at(Instant instant) {
    return new Span(instant, instant);
  }

  /** Whole days in Beijing, both included. */
  static Span days(LocalDate first, LocalDate last) {
    return new Span(first.atStartOfDay().toInstant(BEIJING),
        last.plusDays(1).atStartOfDay().toInstant(BEIJING).minusNanos(1));
  }

  /** From the beginning of the earlier to the end of the later; either may be null. */
  static Span around(Span one, Span other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return new Span(one.begins.isBefore(other.begins) ? one.begins : other.begins,
        one.ends.isAfter(other.ends) ? one.ends : other.ends);
  }
}
