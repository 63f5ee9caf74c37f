package io.emrgateway.agent.his;

import io.emrgateway.agent.files.DurableFile;
import io.emrgateway.routes.core.reminders.OverrideReason;
import io.emrgateway.routes.core.reminders.Reminder;
import io.emrgateway.routes.core.reminders.Rule;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often each rule spoke, and what doctors answered: by rule, outcome and reason, never by patient or doctor. What was
 * answered is kept in a small file ({@code rule outcome reason count}, a line each) and survives a restart.
 */
public final class FeedbackCounts {
  private static final String NONE = "-";

  private final Path file;
  private final MeterRegistry meters;
  private final Map<String, Long> counts = new TreeMap<>();

  /**
   * Takes up what the file holds.
   *
   * @throws UncheckedIOException if it is there and cannot be read
   */
  public FeedbackCounts(Path file, MeterRegistry meters) {
    this.file = file;
    this.meters = meters;
    try {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          int count = line.lastIndexOf(' ');
          if (count > 0) {
            counts.put(line.substring(0, count), Long.parseLong(line.substring(count + 1)));
            counter(line.substring(0, count)).increment(Long.parseLong(line.substring(count + 1)));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Counts one that a doctor was shown. */
  public void shown(Reminder reminder) {
    Counter.builder("emr_gateway_reminders_shown").description("Reminders shown, by rule and severity")
        .tag("rule", reminder.rule().code()).tag("severity", reminder.severity().name().toLowerCase(Locale.ROOT)).register(meters).increment();
  }

  /**
   * Counts one answer; on the disk when this returns.
   *
   * @param reason null if none was given, or none of ours
   * @throws UncheckedIOException if it cannot be kept
   */
  synchronized void answered(Rule rule, boolean accepted, OverrideReason reason) {
    String key = rule.code() + " " + (accepted ? "accepted" : "overridden") + " " + (reason == null ? NONE : reason.code());
    counts.merge(key, 1L, Long::sum);
    StringBuilder text = new StringBuilder();
    counts.forEach((one, count) -> text.append(one).append(' ').append(count).append('\n'));
    try {
      DurableFile.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    counter(key).increment();
  }

  private Counter counter(String key) {
    String[] parts = key.split(" ");
    return Counter.builder("emr_gateway_reminders_answered").description("What doctors answered to reminders, by rule, outcome and reason")
        .tag("rule", parts[0]).tag("outcome", parts[1]).tag("reason", parts[2]).register(meters);
  }
}
