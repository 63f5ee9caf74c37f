package io.emrgateway.agent.store;

import io.emrgateway.agent.seal.SearchKey;
import io.emrgateway.agent.seal.Squeeze;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Person;
import io.emrgateway.routes.core.records.Records;
import io.emrgateway.routes.core.records.Subjects;
import io.emrgateway.routes.core.records.Visit;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Subjects each bundle is about, by keyed hashes, and the bundles found by them.
 *
 * <p>Written in the commit that seals a bundle, so a message costs two or three rows more and no question: a hash is
 * the row's own key, and which numbers a patient has is known to the disk already but for the first time it is met.
 */
final class RecordTable implements Records {
  private static final int KNOWN_MAX = 20_000;
  /** v3-ActCode's encounter classes. Another word is the HIS's own, and may be anything: it is not written down. */
  private static final Set<String> KINDS = Set.of("AMB", "EMER", "FLD", "HH", "IMP", "ACUTE", "NONAC", "OBSENC", "PRENC", "SS", "VR");
  /** A chain of merges is rarely two long; one that is a circle must end too. */
  private static final int FILES_MAX = 100;

  private final SearchKey key;
  private final Readers readers;
  private final Vault vault;
  private final Squeeze squeeze;
  /** Numbers that are on the disk already, so that each is written once and not with each message. */
  private final Map<Number, Boolean> known = new LinkedHashMap<>(64, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Number, Boolean> eldest) {
      return size() > KNOWN_MAX;
    }
  };

  /** A number of a patient or a visit. */
  private record Number(long number, long of) {}

  /** What one bundle says, its number in the feed apart. */
  record Rows(List<Long> patients, List<Number> patientNumbers, List<long[]> merged, List<Seen> visits, List<Number> visitNumbers) {}

  /** What one bundle adds to what is on the disk. */
  record News(long n, Rows rows) {}

  private record Seen(long id, long patient, Visit visit) {}

  RecordTable(SearchKey key, Readers readers, Vault vault, Squeeze squeeze) {
    this.key = key;
    this.readers = readers;
    this.vault = vault;
    this.squeeze = squeeze;
  }

  private long patient(Identifier identifier) {
    return patient(key, identifier);
  }

  /** The number that stands for a patient's identifier in every table. */
  static long patient(SearchKey key, Identifier identifier) {
    return key.of("patient", identifier.system(), identifier.value());
  }

  private long visit(Identifier identifier) {
    return key.of("visit", identifier.system(), identifier.value());
  }

  /** What a bundle says; for any thread, so that nobody's turn waits for the hashing. */
  Rows rows(Subjects subjects) {
    Rows rows = new Rows(new ArrayList<>(1), new ArrayList<>(0), new ArrayList<>(0), new ArrayList<>(1), new ArrayList<>(0));
    for (Person person : subjects.persons()) {
      long id = patient(person.key());
      rows.patients.add(id);
      for (Identifier identifier : person.identifiers()) {
        rows.patientNumbers.add(new Number(patient(identifier), id));
      }
      if (person.replacedBy() != null) {
        rows.merged.add(new long[] {id, patient(person.replacedBy())});
      }
    }
    for (Visit visit : subjects.visits()) {
      long id = visit(visit.key());
      if (visit.patient() != null) {
        rows.visits.add(new Seen(id, patient(visit.patient()), visit));
        for (Identifier identifier : visit.identifiers()) {
          rows.visitNumbers.add(new Number(visit(identifier), id));
        }
      }
    }
    return rows;
  }

  /** What of it is new; for the one thread that seals. */
  News news(long n, Rows rows) {
    return new News(n, new Rows(rows.patients, unknown(rows.patientNumbers), rows.merged, rows.visits, unknown(rows.visitNumbers)));
  }

  private List<Number> unknown(List<Number> numbers) {
    return numbers.stream().filter(number -> known.get(number) == null).toList();
  }

  /** Part of the commit that seals the bundles. */
  static void write(Session session, List<News> all) throws SQLException {
    PreparedStatement record = session.prepared("INSERT OR IGNORE INTO record (patient, n) VALUES (?,?)");
    for (News news : all) {
      Rows rows = news.rows;
      for (long patient : rows.patients) {
        record.setLong(1, patient);
        record.setLong(2, news.n);
        record.executeUpdate();
      }
      for (Number one : rows.patientNumbers) {
        session.update("INSERT OR IGNORE INTO patient_number (number, patient) VALUES (?,?)", one.number, one.of);
      }
      for (long[] merged : rows.merged) {
        session.update("INSERT OR REPLACE INTO patient_merged (patient, into_patient, n) VALUES (?,?,?)", merged[0], merged[1], news.n);
      }
      for (Seen seen : rows.visits) {
        write(session, seen, news.n);
      }
      for (Number one : rows.visitNumbers) {
        session.update("INSERT OR IGNORE INTO visit_number (number, visit) VALUES (?,?)", one.number, one.of);
      }
    }
  }

  /** A message that only names a visit makes it known and changes nothing of what is known. */
  private static void write(Session session, Seen seen, long n) throws SQLException {
    Visit visit = seen.visit;
    session.update(visit.onlyNamed()
            ? "INSERT OR IGNORE INTO visit (id, patient, status, kind, begins, ends, n) VALUES (?,?,?,?,?,?,?)"
            : "INSERT INTO visit (id, patient, status, kind, begins, ends, n) VALUES (?,?,?,?,?,?,?)"
                + " ON CONFLICT (id) DO UPDATE SET patient = excluded.patient, status = excluded.status,"
                + " kind = coalesce(excluded.kind, kind), begins = coalesce(excluded.begins, begins), ends = excluded.ends,"
                + " n = excluded.n",
        seen.id, seen.patient, visit.status(), kind(visit), millis(visit.begins()), millis(visit.ends()), n);
  }

  private static String kind(Visit visit) {
    return visit.kind() != null && KINDS.contains(visit.kind()) ? visit.kind() : null;
  }

  private static Long millis(Instant instant) {
    return instant == null ? null : instant.toEpochMilli();
  }

  /** To be told once the commit is on the disk: what was rolled back must be written again. */
  void written(List<News> all) {
    for (News news : all) {
      news.rows.patientNumbers.forEach(one -> known.put(one, true));
      news.rows.visitNumbers.forEach(one -> known.put(one, true));
    }
  }

  /** Forgets whom the bundles of one batch are about; part of the transaction that releases them. */
  static void release(Session session, long seq) throws SQLException {
    session.update("DELETE FROM record WHERE n BETWEEN (SELECT from_n FROM batch WHERE seq = ?) AND (SELECT to_n FROM batch WHERE seq = ?)",
        seq, seq);
    // A stay that goes on is known until it ends, however long ago the last message spoke of it.
    session.update("DELETE FROM visit WHERE n BETWEEN (SELECT from_n FROM batch WHERE seq = ?) AND (SELECT to_n FROM batch WHERE seq = ?)"
        + " AND NOT (kind IS 'IMP' AND status = 'in-progress')", seq, seq);
  }

  /** Forgets what the bundles after number {@code n} said; they will be sealed again under other numbers. */
  static void forgetAfter(Session session, long n) throws SQLException {
    session.update("DELETE FROM record WHERE n > ?", n);
  }

  @Override
  public void about(List<Identifier> identifiers, long afterInput, Consumer<Record> each) {
    SortedMap<Long, Long> byInput = readers.read(session -> {
      SortedMap<Long, Long> found = new TreeMap<>();
      for (long patient : files(session, identifiers)) {
        try (ResultSet rows = session.bind("SELECT b.i, b.n FROM record r JOIN body b ON b.n = r.n WHERE r.patient = ? AND b.i > ?",
            patient, afterInput).executeQuery()) {
          while (rows.next()) {
            found.put(rows.getLong(1), rows.getLong(2));
          }
        }
      }
      return found;
    });
    // A reader for each: whoever takes long over one keeps nobody else from reading.
    for (long number : byInput.values()) {
      Record record = readers.read(session -> record(session, number));
      if (record != null) {
        each.accept(record);
      }
    }
  }

  /** Null for one that has been released or erased meanwhile. */
  private Record record(Session session, long number) throws SQLException {
    try (ResultSet rows = session.bind("SELECT b.n, b.i, m.received, b.key, b.bytes FROM body b JOIN message m ON m.i = b.i WHERE b.n = ?",
        number).executeQuery()) {
      byte[] squeezed = rows.next() ? vault.open(Vault.BODY, rows.getLong(2), rows.getInt(4), rows.getBytes(5)) : null;
      return squeezed == null ? null
          : new Record(rows.getLong(1), rows.getLong(2), Instant.ofEpochMilli(rows.getLong(3)), squeeze.unsqueeze(squeezed));
    }
  }

  @Override
  public Extent extent(List<Identifier> identifiers) {
    return readers.read(session -> {
      long last = 0;
      long bytes = 0;
      for (long patient : files(session, identifiers)) {
        try (ResultSet rows = session.bind("SELECT max(b.i), sum(length(b.bytes)) FROM record r JOIN body b ON b.n = r.n WHERE r.patient = ?",
            patient).executeQuery()) {
          if (rows.next()) {
            last = Math.max(last, rows.getLong(1));
            bytes += rows.getLong(2);
          }
        }
      }
      return new Extent(last, bytes);
    });
  }

  /** Whether a patient of this hospital has one of these numbers, or had it once. */
  boolean isKnown(List<Identifier> patient) {
    return readers.read(session -> !files(session, patient).isEmpty());
  }

  /** The files of whoever has one of these numbers, those merged into them included. */
  Set<Long> files(Session session, List<Identifier> identifiers) throws SQLException {
    Set<Long> files = new LinkedHashSet<>();
    Deque<Long> next = new ArrayDeque<>();
    for (Identifier identifier : identifiers) {
      try (ResultSet rows = session.bind("SELECT patient FROM patient_number WHERE number = ?", patient(identifier)).executeQuery()) {
        while (rows.next()) {
          next.add(rows.getLong(1));
        }
      }
    }
    while (!next.isEmpty() && files.size() < FILES_MAX) {
      long file = next.poll();
      if (files.add(file)) {
        try (ResultSet rows = session.bind("SELECT patient FROM patient_merged WHERE into_patient = ?"
            + " UNION SELECT into_patient FROM patient_merged WHERE patient = ?", file, file).executeQuery()) {
          while (rows.next()) {
            next.add(rows.getLong(1));
          }
        }
      }
    }
    return files;
  }

  @Override
  public Optional<VisitState> visit(Identifier visit, List<Identifier> patient) {
    return readers.read(session -> {
      Set<Long> files = files(session, patient);
      try (ResultSet rows = session.bind("SELECT v.patient, v.status, v.kind, v.begins, v.ends FROM visit_number x"
          + " JOIN visit v ON v.id = x.visit WHERE x.number = ?", visit(visit)).executeQuery()) {
        while (rows.next()) {
          if (files.contains(rows.getLong(1))) {
            return Optional.of(new VisitState(rows.getString(2), rows.getString(3), Session.instant(rows, 4), Session.instant(rows, 5)));
          }
        }
      }
      return Optional.empty();
    });
  }
}
