package io.emrgateway.agent.store;

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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

/** Consents on the disk, sealed, and the nonces of a day. Each change is in the audit before this returns. */
final class ConsentTable implements Consents, Nonces {
  private static final Duration NONCES_KEPT = Duration.ofHours(24);
  private static final String STANDING = "SELECT c.id, c.key, c.sealed, c.withdrawn, c.told FROM consent c";

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

  private long reference(String reference) {
    return key.of("consent", reference);
  }

  /** For the audit: an agreement's number may itself be somebody's. */
  private String named(String reference, String by) {
    return "reference " + Long.toHexString(reference(reference)) + " by " + by;
  }

  private long evidenceHash(String evidence) {
    return key.of("evidence", evidence);
  }

  @Override
  public Outcome keep(Consent consent, byte[] evidence) {
    Outcome outcome = alone(session -> {
      long id = 1;
      try (ResultSet rows = session.bind("SELECT (SELECT coalesce(max(id), 0) + 1 FROM consent),"
          + " EXISTS (SELECT 1 FROM consent WHERE reference = ?)", reference(consent.reference())).executeQuery()) {
        rows.next();
        if (rows.getBoolean(2)) {
          return Outcome.REFERENCE_TAKEN;
        }
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
      return Outcome.DONE;
    });
    if (outcome == Outcome.DONE) {
      audit.append("consent", "evidence " + consent.evidence());
    }
    return outcome;
  }

  @Override
  public Outcome withdraw(String reference, String by) {
    Outcome outcome = alone(session -> {
      if (session.update("UPDATE consent SET withdrawn = ? WHERE reference = ? AND withdrawn IS NULL", clock.millis(), reference(reference)) > 0) {
        return Outcome.DONE;
      }
      try (ResultSet rows = session.bind("SELECT 1 FROM consent WHERE reference = ?", reference(reference)).executeQuery()) {
        return rows.next() ? Outcome.WITHDRAWN_ALREADY : Outcome.UNKNOWN;
      }
    });
    if (outcome == Outcome.DONE) {
      audit.append("consent-withdrawn", named(reference, by));
    }
    return outcome;
  }

  @Override
  public Optional<Consent> inForce(List<Identifier> patient, Set<Section> sections, String grantee, Instant at) {
    return readers.read(session -> {
      Consent found = null;
      for (Identifier identifier : patient) {
        try (ResultSet rows = session.bind(STANDING + " JOIN consent_patient x ON x.consent = c.id"
                + " WHERE x.number = ? AND c.withdrawn IS NULL AND c.granted <= ? AND c.expires > ? ORDER BY c.granted DESC",
            RecordTable.patient(key, identifier), at.toEpochMilli(), at.toEpochMilli()).executeQuery()) {
          for (Standing standing : standing(rows)) {
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
      try (ResultSet rows = session.bind("SELECT 1 FROM consent WHERE evidence = ? AND withdrawn IS NOT NULL", evidenceHash(evidence))
          .executeQuery()) {
        return rows.next();
      }
    });
  }

  @Override
  public Optional<Standing> find(String reference) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind(STANDING + " WHERE c.reference = ?", reference(reference)).executeQuery()) {
        return standing(rows).stream().findFirst();
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
          standing(rows).stream().filter(one -> one.consent().patient().contains(identifier)).forEach(one -> found.put(one.number(), one));
        }
      }
      return List.copyOf(found.values());
    });
  }

  @Override
  public List<Standing> list(long afterNumber, int most) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind(STANDING + " WHERE c.id > ? ORDER BY c.id LIMIT ?", afterNumber, most).executeQuery()) {
        return standing(rows);
      }
    });
  }

  @Override
  public List<Standing> untold(int most) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind(STANDING + " WHERE c.withdrawn IS NOT NULL AND c.told IS NULL ORDER BY c.withdrawn LIMIT ?", most)
          .executeQuery()) {
        return standing(rows);
      }
    });
  }

  @Override
  public void told(String reference) {
    alone(session -> session.update("UPDATE consent SET told = ? WHERE reference = ? AND withdrawn IS NOT NULL AND told IS NULL",
        clock.millis(), reference(reference)));
  }

  /** Of rows of {@link #STANDING}; without those that cannot be opened, which cover nothing either. */
  private List<Standing> standing(ResultSet rows) throws SQLException {
    List<Standing> all = new ArrayList<>();
    while (rows.next()) {
      byte[] plain = vault.open(Vault.CONSENT, rows.getLong(1), rows.getInt(2), rows.getBytes(3));
      if (plain != null) {
        all.add(new Standing(rows.getLong(1), KeptConsent.read(plain), instant(rows, 4), instant(rows, 5)));
      }
    }
    return all;
  }

  private static Instant instant(ResultSet rows, int column) throws SQLException {
    long millis = rows.getLong(column);
    return rows.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  @Override
  public Optional<byte[]> evidence(String reference, String by) {
    if (find(reference).isEmpty()) {
      return Optional.empty();
    }
    audit.append("consent-evidence", named(reference, by));
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
    return alone(session -> {
      session.update("DELETE FROM nonce WHERE at < ?", now.minus(NONCES_KEPT).toEpochMilli());
      return session.update("INSERT OR IGNORE INTO nonce (nonce, at) VALUES (?,?)", nonce, now.toEpochMilli()) > 0;
    });
  }

  private interface Work<T> {
    T run(Session session) throws SQLException;
  }

  private <T> T alone(Work<T> work) {
    try {
      return writer.alone(work::run).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
  }
}
