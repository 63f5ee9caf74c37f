package io.emrgateway.routes.core.delivery;

import java.util.List;

/**
 * Asks what the city has made of our bundles. It takes its time and gives its outcomes in any order: a bundle that it looked
 * at late may have a smaller number than one whose outcome we know.
 *
 * <p>So what is new is asked for behind the greatest number known, and then everything again from the first bundle
 * without an outcome: a page while the city answers nearly in order. A city that gives no outcome to some bundle makes
 * that long; then it is gone through ten pages at a time, in turns.
 */
public final class AskOutcomes {
  private static final int LOOKED_THROUGH_AT_ONCE = 10;

  private final Outbox outbox;
  private final City city;
  /** Looked through so far; 0 where the next look begins anew. */
  private long lookedThrough;
  private int pages;

  public AskOutcomes(Outbox outbox, City city) {
    this.outbox = outbox;
    this.city = city;
  }

  /**
   * Asks for a page of each kind at most, and keeps it; the feed need not wait long.
   *
   * @return true if there is more to ask for at once
   */
  public boolean step() {
    long last = outbox.lastOutcome();
    outbox.keepOutcomes(city.outcomes(last));
    if (outbox.lastOutcome() > last) {
      return true;
    }
    long from = Math.max(lookedThrough, outbox.outcomesUpTo());
    List<Outcome> again = from < last ? city.outcomes(from) : List.of();
    outbox.keepOutcomes(again);
    lookedThrough = again.isEmpty() || again.get(again.size() - 1).body() >= last ? 0 : again.get(again.size() - 1).body();
    pages = lookedThrough == 0 ? 0 : (pages + 1) % LOOKED_THROUGH_AT_ONCE;
    return pages > 0;
  }
}
