package io.emrgateway.agent.control;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** How a time is written wherever this gateway tells one: Beijing's, with its offset. */
public final class Times {
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);
  private static final DateTimeFormatter WHOLE = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx");
  private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm xxx");
  private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss xxx");

  private Times() {}

  /** For programs: {@code 2026-11-22T17:40:03.120+08:00}. */
  public static String of(Instant at) {
    return WHOLE.format(at.atOffset(CHINA));
  }

  /** For people: {@code 2026-11-22 17:40 +08:00}. */
  public static String toTheMinute(Instant at) {
    return MINUTES.format(at.atOffset(CHINA));
  }

  /** For people: {@code 2026-11-22 17:40:03 +08:00}. */
  public static String toTheSecond(Instant at) {
    return SECONDS.format(at.atOffset(CHINA));
  }

  /** Reads what {@link #of} wrote. */
  public static Instant read(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }
}
