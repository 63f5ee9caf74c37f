package io.emrgateway.agent.store;

import io.emrgateway.routes.core.delivery.Batch;
import io.emrgateway.routes.core.delivery.CityHead;
import java.time.Clock;
import java.util.List;

/** What an operator may do to the feed. Each leaves an entry in the audit chain before it acts. */
public final class Operations {
  private final Writer writer;
  private final SqliteOutbox outbox;
  private final SqliteJournal journal;
  private final Audit audit;
  private final Clock clock;

  Operations(Writer writer, SqliteOutbox outbox, SqliteJournal journal, Audit audit, Clock clock) {
    this.writer = writer;
    this.outbox = outbox;
    this.journal = journal;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Asks that quarantined messages be tried again; they travel in a later batch under their old numbers.
   * Harmless when done twice: a message that is not in quarantine any more stays as it is.
   *
   * @return how many will be tried
   */
  public int replay(List<Long> numbers) {
    audit.append("replay", numbers.size() + " messages");
    long now = clock.millis();
    return writer.alone(session -> {
      int asked = 0;
      for (long i : numbers) {
        asked += session.update(
            "INSERT OR IGNORE INTO replay (i, asked) SELECT i, ? FROM entry WHERE i = ? AND n IS NULL", now, i);
      }
      return asked;
    }).join();
  }

  /** The next attempt is made at once: the cause of the pause has been mended. */
  public void resume() {
    audit.append("resume", "");
    outbox.dueNow();
  }

  /** Other mapping rules are about to come into force. */
  public void changeRules(String detail) {
    audit.append("rules", detail);
  }

  /** An operator is about to have the kept messages of so many days compared under other rules. */
  public void compare(int days, boolean values) {
    audit.append("compare", days + " days" + (values ? ", values shown" : ""));
  }

  /** An operator is about to see every code left over as it was sent. */
  public void showCodes() {
    audit.append("worklist", "values shown");
  }

  /** True if {@link #resync} has to be told which batch both sides still share. */
  public boolean needsCommon(CityHead head) {
    return outbox.forkedFrom(head);
  }

  /** Opens a new epoch behind the city's head, after a restore; see {@link SqliteOutbox#sealResync}. */
  public Batch resync(CityHead head, long common) {
    audit.append("resync", "epoch " + head.epoch() + " seq " + head.seq() + " common " + common);
    return outbox.sealResync(head, common, journal);
  }
}
