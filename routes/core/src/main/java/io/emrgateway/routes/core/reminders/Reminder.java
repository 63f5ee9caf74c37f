package io.emrgateway.routes.core.reminders;

import io.emrgateway.routes.core.reminders.Facts.Origin;
import java.util.List;

/**
 * One thing to think of before an order is signed.
 *
 * @param order its {@link Order#id}
 * @param zh and {@code en}: one sentence
 * @param grounds why, the gravest first
 */
public record Reminder(String order, Rule rule, Severity severity, String zh, String en, List<Ground> grounds) {
  public Reminder {
    grounds = List.copyOf(grounds);
  }

  /**
   * One fact that it rests on.
   *
   * @param zh and {@code en}: what it says, without where it comes from
   */
  public record Ground(Origin origin, String zh, String en) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Ground[…]";
    }
  }

  Reminder spoken(Severity quieter) {
    return new Reminder(order, rule, quieter, zh, en, grounds);
  }

  /** Never what: it is patient data. */
  @Override
  public String toString() {
    return "Reminder[" + rule.code() + " " + severity + "]";
  }
}
