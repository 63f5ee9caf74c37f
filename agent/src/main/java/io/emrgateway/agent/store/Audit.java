package io.emrgateway.agent.store;

import io.emrgateway.agent.audit.AuditEvents;
import io.emrgateway.agent.audit.Deed;
import io.emrgateway.agent.seal.Header;
import io.emrgateway.agent.seal.SearchKey;
import io.emrgateway.agent.seal.Squeeze;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.routes.core.lookup.Audits;
import io.emrgateway.routes.core.records.Identifier;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Who did what on what ground: append-only and chained, {@code a_k = H(05|a_(k-1)|H(record))}.
 *
 * <p>The record is an AuditEvent as it was before it was sealed, so whoever is shown some of them can verify them by the
 * hashes of the others. The chain's head rides in every batch's header and returns in every receipt: the city bears
 * witness that no entry was changed or taken away.
 *
 * @see "agent/decisions/0022-audit.md"
 */
final class Audit implements Audits {
  private final Writer writer;
  private final Vault vault;
  private final SearchKey key;
  private final Suite suite;
  private final AuditEvents events;
  private final Squeeze squeeze;
  private final Clock clock;
  private volatile Header.Audit head;

  Audit(Writer writer, Readers readers, Vault vault, SearchKey key, Suite suite, String feed, Squeeze squeeze, Clock clock) {
    this.writer = writer;
    this.vault = vault;
    this.key = key;
    this.suite = suite;
    this.events = new AuditEvents(feed);
    this.squeeze = squeeze;
    this.clock = clock;
    this.head = readers.read(Audit::last);
  }

  private static Header.Audit last(Session session) throws SQLException {
    try (ResultSet rows = session.prepared("SELECT k, head FROM audit ORDER BY k DESC LIMIT 1").executeQuery()) {
      return rows.next() ? new Header.Audit(rows.getLong(1), rows.getString(2)) : Header.Audit.EMPTY;
    }
  }

  /** What a lookup does: sealed, found by the patient's numbers and the doctor's. Many at once share a commit. */
  @Override
  public void append(Entry entry) {
    Instant at = clock.instant();
    append(new Record(at, events.lookup(at, entry), about(key, entry.request().patient().identifiers(), Optional.of(entry))));
  }

  /** The numbers by which a record is found. */
  static Set<Long> about(SearchKey key, List<Identifier> patient, Optional<Entry> lookup) {
    Set<Long> numbers = new HashSet<>();
    patient.forEach(one -> numbers.add(RecordTable.patient(key, one)));
    lookup.ifPresent(one -> numbers.add(practitioner(key, one.request().requester().practitioner().id())));
    return numbers;
  }

  /** The number that stands for a doctor's, whichever hospital's. */
  static long practitioner(SearchKey key, String number) {
    return key.of("practitioner", number);
  }

  /**
   * Adds what an operator does; it is durable when this returns.
   *
   * @param detail numbers and hashes, never a patient's data
   */
  void append(Deed deed, String detail) {
    Instant at = clock.instant();
    append(new Record(at, events.operation(at, deed, detail), Set.of()));
  }

  /** Adds that somebody is about to read the audit; sealed when it names a patient. */
  void appendReading(String detail, List<Identifier> patient) {
    Instant at = clock.instant();
    append(new Record(at, events.reading(at, detail, patient), about(key, patient, Optional.empty())));
  }

  /** Adds what is done with a consent or an objection. */
  void append(Deed deed, String detail, String by, List<Identifier> patient) {
    append(record(deed, detail, by, patient));
  }

  /** The same, to be added with what it tells of. */
  private Record record(Deed deed, String detail, String by, List<Identifier> patient) {
    Instant at = clock.instant();
    return new Record(at, events.will(at, deed, detail, by, patient), about(key, patient, Optional.empty()));
  }

  private void append(Record record) {
    joined(writer.shared(session -> add(session, record)));
  }

  /** Work whose change and whose entry are on the disk together, or neither. */
  interface Change {
    /** @return false if nothing was changed: then there is no entry */
    boolean run(Session session) throws SQLException;
  }

  /**
   * Does something to a consent or an objection, and adds that it was done.
   *
   * @return whether it was done
   */
  boolean with(Deed deed, String detail, String by, List<Identifier> patient, Change change) {
    Record record = record(deed, detail, by, patient);
    return joined(writer.alone(session -> change.run(session) ? add(session, record) : null));
  }

  private boolean joined(CompletableFuture<Header.Audit> appended) {
    Header.Audit now = Writer.await(appended);
    if (now != null) {
      advance(now);
    }
    return now != null;
  }

  /** A record that is about to be added, and whom it names; it is sealed if it names anybody. */
  private final class Record {
    final Instant at;
    final byte[] bytes;
    final byte[] hash;
    final byte[] squeezed;
    final Set<Long> about;

    Record(Instant at, byte[] bytes, Set<Long> about) {
      this.at = at;
      this.bytes = bytes;
      this.hash = suite.hashUntagged(bytes);
      this.squeezed = about.isEmpty() ? null : squeeze.squeeze(bytes);
      this.about = about;
    }
  }

  /** On the writer's thread: what others have added in the same transaction comes before. */
  private Header.Audit add(Session session, Record record) throws SQLException {
    Header.Audit before = last(session);
    long k = before.n() + 1;
    String link = suite.auditLink(before.head(), record.hash);
    if (record.squeezed == null) {
      session.update("INSERT INTO audit (k, at, record, head) VALUES (?,?,?,?)", k, record.at.toEpochMilli(), record.bytes, link);
    } else {
      Vault.Sealed sealed = vault.seal(Vault.AUDIT, k, record.squeezed);
      session.update("INSERT INTO audit (k, at, record, head, hash, key) VALUES (?,?,?,?,?,?)", k, record.at.toEpochMilli(), sealed.bytes(),
          link, record.hash, sealed.key());
    }
    for (long number : record.about) {
      // One that is there already was left by whoever took the record away; that is for verify to tell, not to stop for.
      session.update("INSERT OR IGNORE INTO audit_about (number, k) VALUES (?,?)", number, k);
    }
    return new Header.Audit(k, link);
  }

  /** Two who append at once may hear of it in either order; the head never goes back. */
  private synchronized void advance(Header.Audit appended) {
    if (appended.n() > head.n()) {
      head = appended;
    }
  }

  /** Where the chain stands; whatever was appended before is in it. */
  Header.Audit head() {
    return head;
  }
}
