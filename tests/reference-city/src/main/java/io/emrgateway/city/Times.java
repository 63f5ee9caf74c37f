package io.emrgateway.city;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as the contract writes them: ISO 8601, milliseconds, Beijing's offset. */
final class Times {
  private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx").withZone(BEIJING);

  private Times() {}

  /** @throws java.time.DateTimeException if there is no such time */
  static Instant instant(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }

  /** The day in Beijing. */
  static LocalDate day(Instant time) {
    return LocalDate.ofInstant(time, BEIJING);
  }

  static String text(Instant time) {
    return FORMAT.format(time);
  }
}
