package io.emrgateway.city;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as the contract writes them: ISO 8601, milliseconds, Beijing's offset. */
final class Times {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx").withZone(ZoneOffset.ofHours(8));

  private Times() {}

  static String text(Instant time) {
    return FORMAT.format(time);
  }
}
