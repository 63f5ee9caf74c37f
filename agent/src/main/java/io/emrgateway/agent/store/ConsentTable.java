package io.emrgateway.agent.store;

import io.emrgateway.agent.audit.Deed;
import io.emrgateway.agent.lookup.KeptConsent;
import io.emrgateway.agent.seal.SearchKey;
import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.Consents;
import io.emrgateway.routes.core.lookup.Nonces;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Consents on the disk, sealed, and the nonces of a day. */
final class ConsentTable implements Consents, Nonces {
  private static final Duration NONCES_KEPT = Duration.ofHours(24);
  private static final String STANDING = "SELECT c.id, c.key, c.sealed, c.withdrawn, c.told FROM consent c";
  private static final String PAST = "(expires < ? AND withdrawn IS NULL OR withdrawn < ? AND told IS NOT NULL AND owed IS NULL)";
  /** Each may have 20 MiB of evidence. */
  private static final int RELEASED_AT_ONCE = 20;

  private final Writer writer;
  private final Readers readers;
  private final Vault vault;
  private final SearchKey key;
  private final Audit audit;
  private final Clock clock;

  ConsentTable(Writer writer, Readers readers, Vault vault, SearchKey key, Audit audit, Clock clock) {
    this.writer = writer;
    this.readers = readers;
    this.vault = vault;
    this.key = key;
    this.audit = audit;
    this.clock = clock;
  }

  /** The number that stands for a reference, of a consent or an objection: they share one list of numbers. */
  static long reference(SearchKey key, String reference) {
    return key.of("consent", reference);
  }

  /** For the audit: an agreement's number may itself be somebody's. */
  static String named(SearchKey key, String reference) {
    return "reference " + Long.toHexString(reference(key, reference));
  }

  /** Whether a consent or an objection has that number, or had it. */
  static boolean isTaken(Session session, long reference) throws SQLException {
    try (ResultSet rows = session.bind("SELECT EXISTS (SELECT 1 FROM consent WHERE reference = ?)"
        + " OR EXISTS (SELECT 1 FROM consent_past WHERE reference = ?) OR EXISTS (SELECT 1 FROM objection WHERE reference = ?)",
        reference, reference, reference).executeQuery()) {
      rows.next();
      return rows.getBoolean(1);
    }
  }

  private long reference(String reference) {
    return reference(key, reference);
  }

  private long evidenceHash(String evidence) {
    return key.of("evidence", evidence);
  }

  @Override
  public Outcome keep(Consent consent, byte[] evidence) {
    Outcome[] outcome = {Outcome.DONE};
    audit.with(Deed.CONSENT, named(key, consent.reference()) + " evidence " + consent.evidence(), consent.recordedBy(), consent.patient(),
        session -> {
          outcome[0] = isTaken(session, reference(consent.reference())) ? Outcome.REFERENCE_TAKEN
              : isUsed(session, consent) ? Outcome.EVIDENCE_USED : Outcome.DONE;
          if (outcome[0] == Outcome.DONE) {
            insert(session, consent, evidence);
          }
          return outcome[0] == Outcome.DONE;
        });
    return outcome[0];
  }

  private void insert(Session session, Consent consent, byte[] evidence) throws SQLException {
    long id;
    try (ResultSet rows = session.prepared("SELECT max(coalesce((SELECT max(id) FROM consent), 0), coalesce((SELECT max(id) FROM consent_past), 0)) + 1")
        .executeQuery()) {
      rows.next();
      id = rows.getLong(1);
    }
    Vault.Sealed sealed = vault.seal(Vault.CONSENT, id, KeptConsent.write(consent));
    Vault.Sealed proof = vault.seal(Vault.CONSENT_EVIDENCE, id, evidence);
    session.update("INSERT INTO consent (id, reference, evidence, granted, expires, key, sealed, proof_key, proof)"
            + " VALUES (?,?,?,?,?,?,?,?,?)", id, reference(consent.reference()), evidenceHash(consent.evidence()),
        consent.grantedAt().toEpochMilli(), consent.expiresAt().toEpochMilli(), sealed.key(), sealed.bytes(), proof.key(), proof.bytes());
    for (Identifier identifier : consent.patient()) {
      session.update("INSERT OR IGNORE INTO consent_patient (number, consent) VALUES (?,?)", RecordTable.patient(key, identifier), id);
    }
  }

  /** The same paper may be registered again, to put right how it was, for its patient and as long as it runs. */
  private boolean isUsed(Session session, Consent consent) throws SQLException {
    long evidence = evidenceHash(consent.evidence());
    try (ResultSet rows = session.bind("SELECT 1 FROM consent_past WHERE evidence = ?", evidence).executeQuery()) {
      if (rows.next()) {
        return true;
      }
    }
    try (ResultSet rows = session.bind(STANDING + " WHERE c.evidence = ?", evidence).executeQuery()) {
      while (rows.next()) {
        Standing before = standing(rows);
        if (before == null || Collections.disjoint(before.consent().patient(), consent.patient())
            || !before.consent().expiresAt().isAfter(clock.instant())) {
          return true;
        }
      }
      return false;
    }
  }

  @Override
  public Outcome withdraw(String reference, String by) {
    Optional<Standing> found = find(reference);
    if (found.isEmpty()) {
      return Outcome.UNKNOWN;
    }
    try {
      return audit.with(Deed.CONSENT_WITHDRAWN, named(key, reference), by, found.get().consent().patient(),
          session -> withdraw(session, reference, null)) ? Outcome.DONE : Outcome.WITHDRAWN_ALREADY;
    } catch (RuntimeException notInTheAudit) {
      // What the patient takes back covers nothing, whatever else fails; the entry is made up for.
      return Writer.await(writer.alone(session -> withdraw(session, reference, by))) ? Outcome.DONE : Outcome.WITHDRAWN_ALREADY;
    }
  }

  private boolean withdraw(Session session, String reference, String owed) throws SQLException {
    return session.update("UPDATE consent SET withdrawn = ?, owed = ? WHERE reference = ? AND withdrawn IS NULL", clock.millis(), owed,
        reference(reference)) > 0;
  }

  /** Adds to the audit what had to count before the audit could have it; for the housekeeper, until it succeeds. */
  void makeUp() {
    List<Standing> standing = new ArrayList<>();
    List<String> by = new ArrayList<>();
    readers.read(session -> {
      try (ResultSet rows = session.prepared("SELECT c.id, c.key, c.sealed, c.withdrawn, c.told, c.owed FROM consent c WHERE c.owed IS NOT NULL").executeQuery()) {
        while (rows.next()) {
          Standing one = standing(rows);
          if (one != null) {
            standing.add(one);
            by.add(rows.getString(6));
          }
        }
      }
      return null;
    });
    for (int k = 0; k < by.size(); k++) {
      Standing one = standing.get(k);
      audit.with(Deed.CONSENT_WITHDRAWN, named(key, one.consent().reference()) + " at " + one.withdrawn(), by.get(k), one.consent().patient(),
          session -> session.update("UPDATE consent SET owed = NULL WHERE id = ? AND owed IS NOT NULL", one.number()) > 0);
    }
  }

  /** Whether a consent is over since before that time, and the city has heard if it was withdrawn. */
  static boolean hasPast(Session reader, long before) throws SQLException {
    try (ResultSet rows = reader.bind("SELECT 1 FROM consent WHERE " + PAST + " LIMIT 1", before, before).executeQuery()) {
      return rows.next();
    }
  }

  /** Releases a few of these with their evidence. Numbers and evidence stay used; what was done with them, the audit has. */
  static int release(Session session, long before) throws SQLException {
    List<Long> past = new ArrayList<>();
    try (ResultSet rows = session.bind("SELECT id FROM consent WHERE " + PAST + " LIMIT " + RELEASED_AT_ONCE, before, before).executeQuery()) {
      while (rows.next()) {
        past.add(rows.getLong(1));
      }
    }
    for (long id : past) {
      session.update("INSERT INTO consent_past (id, reference, evidence, withdrawn) SELECT id, reference, evidence, withdrawn FROM consent"
          + " WHERE id = ?", id);
      session.update("DELETE FROM consent_patient WHERE consent = ?", id);
      session.update("DELETE FROM consent WHERE id = ?", id);
    }
    return past.size();
  }

  @Override
  public Optional<Consent> inForce(List<Identifier> patient, Set<Section> sections, String grantee, Instant at) {
    return readers.read(session -> {
      Consent found = null;
      for (Identifier identifier : patient) {
        try (ResultSet rows = session.bind(STANDING + " JOIN consent_patient x ON x.consent = c.id"
                + " WHERE x.number = ? AND c.withdrawn IS NULL AND c.granted <= ? AND c.expires > ? ORDER BY c.granted DESC",
            RecordTable.patient(key, identifier), at.toEpochMilli(), at.toEpochMilli()).executeQuery()) {
          for (Standing standing : all(rows)) {
            Consent one = standing.consent();
            // A hash finds; what counts is what the consent says.
            if (one.patient().contains(identifier) && one.grantee().equals(grantee) && isBetter(one, found, sections)) {
              found = one;
            }
          }
        }
      }
      return Optional.ofNullable(found);
    });
  }

  private static boolean isBetter(Consent one, Consent other, Set<Section> sections) {
    if (other == null) {
      return true;
    }
    long more = covered(one, sections) - covered(other, sections);
    return more > 0 || more == 0 && one.grantedAt().isAfter(other.grantedAt());
  }

  private static long covered(Consent one, Set<Section> sections) {
    return sections.stream().filter(one.scope()::contains).count();
  }

  @Override
  public boolean isWithdrawn(String evidence) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind("SELECT 1 FROM consent WHERE evidence = ? AND withdrawn IS NOT NULL"
          + " UNION ALL SELECT 1 FROM consent_past WHERE evidence = ? AND withdrawn IS NOT NULL", evidenceHash(evidence), evidenceHash(evidence))
          .executeQuery()) {
        return rows.next();
      }
    });
  }

  @Override
  public Optional<Standing> find(String reference) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind(STANDING + " WHERE c.reference = ?", reference(reference)).executeQuery()) {
        return all(rows).stream().findFirst();
      }
    });
  }

  @Override
  public List<Standing> of(List<Identifier> patient) {
    return readers.read(session -> {
      Map<Long, Standing> found = new TreeMap<>(Comparator.reverseOrder());
      for (Identifier identifier : patient) {
        try (ResultSet rows = session.bind(STANDING + " JOIN consent_patient x ON x.consent = c.id WHERE x.number = ?",
            RecordTable.patient(key, identifier)).executeQuery()) {
          all(rows).stream().filter(one -> one.consent().patient().contains(identifier)).forEach(one -> found.put(one.number(), one));
        }
      }
      return List.copyOf(found.values());
    });
  }

  @Override
  public List<Standing> list(long afterNumber, int most) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind(STANDING + " WHERE c.id > ? ORDER BY c.id LIMIT ?", afterNumber, most).executeQuery()) {
        return all(rows);
      }
    });
  }

  @Override
  public List<Standing> untold(int most) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind(STANDING + " WHERE c.withdrawn IS NOT NULL AND c.told IS NULL ORDER BY c.withdrawn LIMIT ?", most)
          .executeQuery()) {
        return all(rows);
      }
    });
  }

  @Override
  public void told(String reference) {
    Writer.await(writer.alone(session -> session.update("UPDATE consent SET told = ? WHERE reference = ? AND withdrawn IS NOT NULL AND told IS NULL",
        clock.millis(), reference(reference))));
  }

  /** Of rows of {@link #STANDING}; without those that cannot be opened, which cover nothing either. */
  private List<Standing> all(ResultSet rows) throws SQLException {
    List<Standing> all = new ArrayList<>();
    while (rows.next()) {
      Standing one = standing(rows);
      if (one != null) {
        all.add(one);
      }
    }
    return all;
  }

  /** Null if it does not open. */
  private Standing standing(ResultSet row) throws SQLException {
    byte[] plain = vault.open(Vault.CONSENT, row.getLong(1), row.getInt(2), row.getBytes(3));
    return plain == null ? null : new Standing(row.getLong(1), KeptConsent.read(plain), Session.instant(row, 4), Session.instant(row, 5));
  }

  @Override
  public Optional<byte[]> evidence(String reference, String by) {
    Optional<Standing> found = find(reference);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    audit.append(Deed.CONSENT_EVIDENCE, named(key, reference), by, found.get().consent().patient());
    return readers.read(session -> {
      try (ResultSet rows = session.bind("SELECT id, proof_key, proof FROM consent WHERE reference = ?", reference(reference)).executeQuery()) {
        return rows.next()
            ? Optional.ofNullable(vault.open(Vault.CONSENT_EVIDENCE, rows.getLong(1), rows.getInt(2), rows.getBytes(3)))
            : Optional.empty();
      }
    });
  }

  @Override
  public boolean isNew(String nonce, Instant now) {
    return Writer.await(writer.alone(session -> {
      session.update("DELETE FROM nonce WHERE at < ?", now.minus(NONCES_KEPT).toEpochMilli());
      return session.update("INSERT OR IGNORE INTO nonce (nonce, at) VALUES (?,?)", nonce, now.toEpochMilli()) > 0;
    }));
  }
}
