package io.emrgateway.agent.store;

import io.emrgateway.agent.audit.Deed;
import io.emrgateway.agent.lookup.KeptObjection;
import io.emrgateway.agent.seal.SearchKey;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.lookup.Consents.Outcome;
import io.emrgateway.routes.core.lookup.Objection;
import io.emrgateway.routes.core.lookup.Objections;
import io.emrgateway.routes.core.records.Identifier;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Objections on the disk, sealed. An objection lies under the patient's numbers and under the files they have here: so a
 * number that turns up later, and a file that is merged with another, find it too.
 */
final class ObjectionTable implements Objections {
  private static final String STANDING = "SELECT o.id, o.reference, o.key, o.sealed, o.lifted, o.told FROM objection o";
  /** The last one stays: its number is not given again. */
  private static final String PAST = "lifted < ? AND told IS NOT NULL AND owed IS NULL AND id < (SELECT max(id) FROM objection)";
  private static final int RELEASED_AT_ONCE = 500;

  private final Writer writer;
  private final Readers readers;
  private final Vault vault;
  private final SearchKey key;
  private final RecordTable records;
  private final Audit audit;
  private final Clock clock;

  ObjectionTable(Writer writer, Readers readers, Vault vault, SearchKey key, RecordTable records, Audit audit, Clock clock) {
    this.writer = writer;
    this.readers = readers;
    this.vault = vault;
    this.key = key;
    this.records = records;
    this.audit = audit;
    this.clock = clock;
  }

  private long reference(String reference) {
    return ConsentTable.reference(key, reference);
  }

  @Override
  public Outcome keep(Objection objection) {
    boolean kept;
    try {
      kept = audit.with(Deed.OBJECTION, detail(objection), objection.recordedBy(), objection.patient(),
          session -> insert(session, objection, null));
    } catch (RuntimeException notInTheAudit) {
      // What a patient does not want shown is not shown, whatever else fails; the entry is made up for.
      kept = Writer.await(writer.alone(session -> insert(session, objection, objection.recordedBy())));
    }
    return kept ? Outcome.DONE : Outcome.REFERENCE_TAKEN;
  }

  private String detail(Objection objection) {
    return ConsentTable.named(key, objection.reference()) + (objection.isThePatients() ? " of the patient" : " of the hospital");
  }

  private boolean insert(Session session, Objection objection, String owed) throws SQLException {
    long reference = reference(objection.reference());
    if (ConsentTable.isTaken(session, reference)) {
      return false;
    }
    long id;
    try (ResultSet rows = session.prepared("SELECT coalesce(max(id), 0) + 1 FROM objection").executeQuery()) {
      rows.next();
      id = rows.getLong(1);
    }
    Vault.Sealed sealed = vault.seal(Vault.OBJECTION, id, KeptObjection.write(objection));
    session.update("INSERT INTO objection (id, reference, owed, key, sealed) VALUES (?,?,?,?,?)", id, reference, owed, sealed.key(), sealed.bytes());
    for (long number : numbers(session, objection.patient())) {
      session.update("INSERT INTO objection_patient (number, objection) VALUES (?,?)", number, id);
    }
    return true;
  }

  /** What an objection of a patient lies under, and is sought by. */
  private Set<Long> numbers(Session session, List<Identifier> patient) throws SQLException {
    Set<Long> numbers = new HashSet<>(records.files(session, patient));
    patient.forEach(one -> numbers.add(RecordTable.patient(key, one)));
    return numbers;
  }

  @Override
  public Outcome lift(String reference, String by) {
    Optional<Standing> found = find(reference);
    if (found.isEmpty()) {
      return Outcome.UNKNOWN;
    }
    return audit.with(Deed.OBJECTION_LIFTED, detail(found.get().objection()), by, found.get().objection().patient(),
        session -> session.update("UPDATE objection SET lifted = ?, told = NULL WHERE reference = ? AND lifted IS NULL", clock.millis(),
            reference(reference)) > 0) ? Outcome.DONE : Outcome.WITHDRAWN_ALREADY;
  }

  /** A hash that matched by chance would withhold what may be shown: the safe side. */
  @Override
  public List<Objection> against(List<Identifier> patient) {
    return readers.read(session -> about(session, patient, "o.lifted IS NULL").values().stream().map(Standing::objection).toList());
  }

  @Override
  public List<Standing> of(List<Identifier> patient) {
    return readers.read(session -> List.copyOf(about(session, patient, "1").values()));
  }

  private Map<Long, Standing> about(Session session, List<Identifier> patient, String which) throws SQLException {
    Map<Long, Standing> found = new TreeMap<>(Comparator.reverseOrder());
    for (long number : numbers(session, patient)) {
      try (ResultSet rows = session.bind(STANDING + " JOIN objection_patient x ON x.objection = o.id WHERE x.number = ? AND " + which, number)
          .executeQuery()) {
        while (rows.next()) {
          Standing one = standing(rows);
          if (one == null) {
            // Nobody is answered as if it were not there.
            throw new Refused(Reason.PAYLOAD_DAMAGED, "objection " + rows.getLong(1));
          }
          found.put(one.number(), one);
        }
      }
    }
    return found;
  }

  @Override
  public Optional<Standing> find(String reference) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind(STANDING + " WHERE o.reference = ?", reference(reference)).executeQuery()) {
        return all(rows).stream().findFirst();
      }
    });
  }

  @Override
  public List<Standing> list(long afterNumber, int most) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind(STANDING + " WHERE o.id > ? ORDER BY o.id LIMIT ?", afterNumber, most).executeQuery()) {
        return all(rows);
      }
    });
  }

  @Override
  public List<Standing> untold(int most) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind(STANDING + " WHERE o.told IS NULL ORDER BY o.id LIMIT ?", most).executeQuery()) {
        return all(rows);
      }
    });
  }

  @Override
  public void told(Standing heard) {
    // Not one that was lifted since.
    Writer.await(writer.alone(session -> session.update("UPDATE objection SET told = ? WHERE id = ? AND lifted IS ?", clock.millis(), heard.number(),
        heard.lifted() == null ? null : heard.lifted().toEpochMilli())));
  }

  /** Adds to the audit what had to count before the audit could have it; for the housekeeper, until it succeeds. */
  void makeUp() {
    List<Standing> owed = readers.read(session -> {
      try (ResultSet rows = session.prepared(STANDING + " WHERE o.owed IS NOT NULL").executeQuery()) {
        return all(rows);
      }
    });
    for (Standing one : owed) {
      audit.with(Deed.OBJECTION, detail(one.objection()) + " at " + one.objection().at(), one.objection().recordedBy(), one.objection().patient(),
          session -> session.update("UPDATE objection SET owed = NULL WHERE id = ? AND owed IS NOT NULL", one.number()) > 0);
    }
  }

  /** Whether one was lifted before that time, and the city has heard. */
  static boolean hasPast(Session reader, long before) throws SQLException {
    try (ResultSet rows = reader.bind("SELECT 1 FROM objection WHERE " + PAST + " LIMIT 1", before).executeQuery()) {
      return rows.next();
    }
  }

  /** Forgets some of these; that they were, the audit has. */
  static int release(Session session, long before) throws SQLException {
    session.update("DELETE FROM objection_patient WHERE objection IN (SELECT id FROM objection WHERE " + PAST + " ORDER BY id LIMIT "
        + RELEASED_AT_ONCE + ")", before);
    return session.update("DELETE FROM objection WHERE id IN (SELECT id FROM objection WHERE " + PAST + " ORDER BY id LIMIT "
        + RELEASED_AT_ONCE + ")", before);
  }

  /** Of rows of {@link #STANDING}; without those that cannot be opened. */
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
    byte[] plain = vault.open(Vault.OBJECTION, row.getLong(1), row.getInt(3), row.getBytes(4));
    return plain == null ? null
        : new Standing(row.getLong(1), Long.toHexString(row.getLong(2)), KeptObjection.read(plain), Session.instant(row, 5), Session.instant(row, 6));
  }
}
