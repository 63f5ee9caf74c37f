package io.emrgateway.agent.store;

import io.emrgateway.agent.audit.Deed;
import io.emrgateway.routes.core.delivery.Batch;
import io.emrgateway.routes.core.delivery.CityHead;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;

/** What an operator may do to the feed. Each leaves an entry in the audit chain before it acts. */
public final class Operations {
  /** Messages whose bytes go in one commit, so that admissions in between do not wait. */
  private static final int DISCARDED_AT_ONCE = 200;

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
    audit.append(Deed.REPLAY, numbers.size() + " messages");
    long now = clock.millis();
    return writer.alone(session -> {
      int asked = 0;
      for (long i : numbers) {
        asked += session.update(
            "INSERT OR IGNORE INTO replay (i, asked) SELECT i, ? FROM entry WHERE i = ? AND n IS NULL AND discarded IS NULL", now, i);
      }
      return asked;
    }).join();
  }

  /**
   * Gives up quarantined messages: their bytes are deleted, what became of them and the city's explanation stay. One that
   * the HIS sends again afterwards is a new message. Harmless when done twice; what is not in quarantine stays as it is.
   *
   * @return how many have been discarded
   */
  public int discard(List<Long> numbers) {
    audit.append(Deed.DISCARD, numbers.size() + " quarantined messages: " + ranges(numbers));
    long now = clock.millis();
    int discarded = 0;
    for (int from = 0; from < numbers.size(); from += DISCARDED_AT_ONCE) {
      List<Long> some = numbers.subList(from, Math.min(numbers.size(), from + DISCARDED_AT_ONCE));
      discarded += writer.alone(session -> {
        int done = 0;
        for (long i : some) {
          done += discard(session, i, now);
        }
        return done;
      }).join();
    }
    return discarded;
  }

  private static int discard(Session session, long i, long now) throws SQLException {
    int done = session.update("UPDATE entry SET discarded = ? WHERE i = ? AND n IS NULL AND discarded IS NULL", now, i);
    if (done > 0) {
      session.update("DELETE FROM payload WHERE i = ?", i);
      session.update("DELETE FROM replay WHERE i = ?", i);
      // A message with a code is none that a resend would be taken for: the same bytes sent again are kept again.
      session.update("UPDATE message SET code = 'store.discarded' WHERE i = ? AND code IS NULL", i);
    }
    return done;
  }

  /** "3 7-9 12": whoever reads the chain can tell which, and thousands in a row stay one line. */
  private static String ranges(List<Long> numbers) {
    StringBuilder text = new StringBuilder();
    long first = 0;
    long last = 0;
    for (long i : numbers.stream().distinct().sorted().toList()) {
      if (last > 0 && i == last + 1) {
        last = i;
        continue;
      }
      append(text, first, last);
      first = last = i;
    }
    append(text, first, last);
    return text.toString().strip();
  }

  private static void append(StringBuilder text, long first, long last) {
    if (last > 0) {
      text.append(' ').append(first).append(last > first ? "-" + last : "");
    }
  }

  /** An operator is about to see a quarantined message as it arrived. */
  public void showMessage(long i) {
    audit.append(Deed.MESSAGE_SHOWN, "quarantined message " + i);
  }

  /** An operator is about to see the city's words on bundles that it did not accept, from one body number to another. */
  public void showOutcomes(long from, long to) {
    audit.append(Deed.REJECTED, "the city's texts on bodies " + from + "-" + to);
  }

  /** The next attempt is made at once: the cause of the pause has been mended. */
  public void resume() {
    audit.append(Deed.RESUME, "");
    outbox.dueNow();
  }

  /** Other mapping rules are about to come into force. */
  public void changeRules(String detail) {
    audit.append(Deed.RULES, detail);
  }

  /** An operator is about to have the kept messages of so many days compared under other rules. */
  public void compare(int days, boolean values) {
    audit.append(Deed.COMPARE, days + " days" + (values ? ", values shown" : ""));
  }

  /** An operator is about to see every code left over as it was sent. */
  public void showCodes() {
    audit.append(Deed.WORKLIST, "values shown");
  }

  /** True if {@link #resync} has to be told which batch both sides still share. */
  public boolean needsCommon(CityHead head) {
    return outbox.forkedFrom(head);
  }

  /** Opens a new epoch behind the city's head, after a restore; see {@link SqliteOutbox#sealResync}. */
  public Batch resync(CityHead head, long common) {
    audit.append(Deed.RESYNC, "epoch " + head.epoch() + " seq " + head.seq() + " common " + common);
    return outbox.sealResync(head, common, journal);
  }
}
