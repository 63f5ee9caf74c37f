package io.emrgateway.agent.store;

import io.emrgateway.agent.seal.Header;
import io.emrgateway.agent.seal.Suite;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;

/**
 * Who did what on what ground: append-only and chained, {@code a_k = H(05|a_(k-1)|H(record))}.
 *
 * <p>The chain's head rides in every batch's header and returns in every receipt, so the city bears
 * witness that no entry was changed or taken away.
 */
final class Audit {
  private final Writer writer;
  private final Suite suite;
  private final Clock clock;
  private volatile Header.Audit head;

  Audit(Writer writer, Readers readers, Suite suite, Clock clock) {
    this.writer = writer;
    this.suite = suite;
    this.clock = clock;
    this.head = readers.read(Audit::last);
  }

  private static Header.Audit last(Session session) throws SQLException {
    try (ResultSet rows = session.prepared("SELECT k, head FROM audit ORDER BY k DESC LIMIT 1").executeQuery()) {
      return rows.next() ? new Header.Audit(rows.getLong(1), rows.getString(2)) : Header.Audit.EMPTY;
    }
  }

  /**
   * Adds an entry; it is durable when this returns.
   *
   * @param action what was done, one word
   * @param detail numbers and hashes, never a patient's data
   */
  void append(String action, String detail) {
    CompletableFuture<Header.Audit> done = writer.alone(session -> {
      Header.Audit before = last(session);
      long at = clock.millis();
      byte[] record = ("{\"at\":" + at + ",\"action\":\"" + action + "\",\"detail\":\"" + detail + "\"}")
          .getBytes(StandardCharsets.UTF_8);
      byte[] link = suite.hash(Suite.TAG_AUDIT, Suite.unhex(before.head()), suite.hashUntagged(record));
      Header.Audit after = new Header.Audit(before.n() + 1, Suite.hex(link));
      session.update("INSERT INTO audit (k, at, record, head) VALUES (?,?,?,?)", after.n(), at, record, after.head());
      return after;
    });
    advance(done.join());
  }

  /** Two who append at once may hear of it in either order; the head never goes back. */
  private synchronized void advance(Header.Audit appended) {
    if (appended.n() > head.n()) {
      head = appended;
    }
  }

  Header.Audit head() {
    return head;
  }
}
