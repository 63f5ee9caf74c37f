package io.emrgateway.agent.store;

import io.emrgateway.agent.audit.AuditRecord;
import io.emrgateway.agent.audit.Deed;
import io.emrgateway.agent.audit.PatientList;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.SearchKey;
import io.emrgateway.agent.seal.Squeeze;
import io.emrgateway.routes.core.lookup.Audits.Act;
import io.emrgateway.routes.core.lookup.Audits.Entry;
import io.emrgateway.routes.core.lookup.Purpose;
import io.emrgateway.routes.core.records.Identifier;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The audit, read: patient data. Whoever reads it is in it before anything is read. */
public final class AuditLog {
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);
  private static final Instant EVER = Instant.ofEpochMilli(Long.MAX_VALUE);
  /** Records read at once, so that no reader holds up the WAL. */
  private static final int READ_AT_ONCE = 500;
  /** As long as late answers are taken and shown. */
  private static final Duration ANSWERED_WITHIN = Duration.ofMinutes(15);

  /**
   * Which records.
   *
   * @param since and {@code until}: from when to before when
   * @param act one word; empty for all
   * @param practitioner number of a doctor, whichever hospital's; empty for all
   */
  public record Asked(Instant since, Instant until, Optional<String> act, Optional<String> practitioner) {}

  private final Audit audit;
  private final RecordTable records;
  private final Readers readers;
  private final Vault vault;
  private final SearchKey key;
  private final Squeeze squeeze;
  private final String feed;
  private final Clock clock;

  AuditLog(Audit audit, RecordTable records, Readers readers, Vault vault, SearchKey key, Squeeze squeeze, String feed, Clock clock) {
    this.audit = audit;
    this.records = records;
    this.readers = readers;
    this.vault = vault;
    this.key = key;
    this.squeeze = squeeze;
    this.feed = feed;
    this.clock = clock;
  }

  /**
   * Records in the chain's order.
   *
   * @param after only those with a greater number
   * @return fewer than {@code most} only at the end
   */
  public List<AuditRecord> list(Asked asked, long after, int most) {
    audit.appendReading("list after " + after, List.of());
    return found(asked.practitioner().map(number -> Audit.practitioner(key, number)), asked.since(), asked.until(), after, most,
        one -> asked.act().filter(act -> !act.equals(one.act())).isEmpty()
            && asked.practitioner().filter(number -> !isBy(one, number)).isEmpty());
  }

  /** How a patient's list is written: a page to show or print, a table, or the AuditEvents as they were chained. */
  public enum Form { HTML, CSV, JSON }

  /**
   * Who looked at what of a patient, on what ground.
   *
   * @param nameOf a hospital's name by its number, as the directory has it
   * @return UTF-8; empty if no patient of this hospital has one of these numbers, and nobody has asked about one
   */
  public Optional<byte[]> patientList(List<Identifier> patient, Form form, UnaryOperator<String> nameOf) {
    audit.appendReading("a patient's list, " + form.name().toLowerCase(Locale.ROOT), patient);
    List<AuditRecord> about = about(patient);
    if (!records.isKnown(patient) && about.stream().allMatch(one -> one.act().equals(Deed.AUDIT_READ.word()))) {
      return Optional.empty();
    }
    PatientList list = new PatientList(about, nameOf);
    return Optional.of(switch (form) {
      case HTML -> list.html(patient, clock.instant(), feed).getBytes(StandardCharsets.UTF_8);
      case CSV -> list.csv().getBytes(StandardCharsets.UTF_8);
      case JSON -> list.bundle();
    });
  }

  /** Every record that names one of these numbers, in the chain's order. */
  List<AuditRecord> about(List<Identifier> patient) {
    SortedMap<Long, AuditRecord> found = new TreeMap<>();
    for (Identifier identifier : patient) {
      // A hash finds; what counts is whom the record names.
      found(Optional.of(RecordTable.patient(key, identifier)), Instant.EPOCH, EVER, 0, Integer.MAX_VALUE,
          one -> one.patient().contains(identifier)).forEach(one -> found.put(one.k(), one));
    }
    return List.copyOf(found.values());
  }

  /**
   * A question without a consent.
   *
   * @param came what was shown or answered on it, in the chain's order
   */
  public record Emergency(AuditRecord asked, List<AuditRecord> came) {}

  /** The questions of a day, in +08:00, that somebody asked or tried to ask without a consent: to be reviewed that day. */
  public List<Emergency> emergencies(LocalDate day) {
    audit.appendReading("emergencies of " + day, List.of());
    Instant ends = day.plusDays(1).atStartOfDay(CHINA).toInstant();
    List<AuditRecord> all = found(Optional.empty(), day.atStartOfDay(CHINA).toInstant(), ends.plus(ANSWERED_WITHIN), 0, Integer.MAX_VALUE,
        one -> one.lookup().filter(entry -> entry.request().purpose() == Purpose.EMERGENCY).isPresent());
    return all.stream().filter(one -> one.at().isBefore(ends) && !isResult(one))
        .map(asked -> new Emergency(asked, all.stream().filter(one -> isResult(one) && isOf(one, asked)).toList())).toList();
  }

  private static boolean isResult(AuditRecord record) {
    Act act = record.lookup().orElseThrow().act();
    return act == Act.SHOW || act == Act.ANSWER;
  }

  /** A gateway may ask and be asked in the same number: what was shown belongs to the asking, what was answered to being asked. */
  private static boolean isOf(AuditRecord result, AuditRecord asked) {
    Entry one = result.lookup().orElseThrow();
    Entry other = asked.lookup().orElseThrow();
    return one.request().rid().equals(other.request().rid()) && (one.act() == Act.SHOW) == (other.act() == Act.ASK);
  }

  private static boolean isBy(AuditRecord record, String practitioner) {
    return record.lookup().filter(one -> one.request().requester().practitioner().id().equals(practitioner)).isPresent();
  }

  /** @param number of {@link Audit#about}; empty for all records */
  private List<AuditRecord> found(Optional<Long> number, Instant since, Instant until, long after, int most, Predicate<AuditRecord> is) {
    List<AuditRecord> found = new ArrayList<>();
    long[] bounds = bounds(since, until);
    long last = Math.max(after, bounds[0] - 1);
    while (found.size() < most && last < bounds[1]) {
      List<AuditRecord> some = next(number, last, bounds[1]);
      some.stream().filter(one -> !one.at().isBefore(since) && one.at().isBefore(until) && is.test(one))
          .limit(most - found.size()).forEach(found::add);
      last = some.isEmpty() ? bounds[1] : some.get(some.size() - 1).k();
    }
    return found;
  }

  /** The first and the last record of a time; a clock may have been set back between them. */
  private long[] bounds(Instant since, Instant until) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind("SELECT coalesce(min(k), 0), coalesce(max(k), -1) FROM audit WHERE at >= ? AND at < ?",
          since.toEpochMilli(), until.toEpochMilli()).executeQuery()) {
        rows.next();
        return new long[] {rows.getLong(1), rows.getLong(2)};
      }
    });
  }

  private List<AuditRecord> next(Optional<Long> number, long after, long last) {
    return readers.read(session -> {
      List<AuditRecord> some = new ArrayList<>();
      try (ResultSet rows = (number.isEmpty()
          ? session.bind("SELECT k, at, record, key FROM audit WHERE k > ? AND k <= ? ORDER BY k LIMIT " + READ_AT_ONCE, after, last)
          : session.bind("SELECT a.k, a.at, a.record, a.key FROM audit_about x CROSS JOIN audit a ON a.k = x.k"
              + " WHERE x.number = ? AND x.k > ? AND x.k <= ? ORDER BY x.k LIMIT " + READ_AT_ONCE, number.get(), after, last)).executeQuery()) {
        while (rows.next()) {
          some.add(AuditRecord.read(rows.getLong(1), plain(vault, squeeze, rows), Instant.ofEpochMilli(rows.getLong(2))));
        }
      }
      return some;
    });
  }

  /**
   * A record's bytes as they were before they were sealed.
   *
   * @param row with k, at, record and key
   * @return null if they do not open
   */
  static byte[] plain(Vault vault, Squeeze squeeze, ResultSet row) throws SQLException {
    byte[] record = row.getBytes(3);
    int dataKey = row.getInt(4);
    if (row.wasNull()) {
      return record;
    }
    byte[] squeezed = vault.open(Vault.AUDIT, row.getLong(1), dataKey, record);
    try {
      return squeezed == null ? null : squeeze.unsqueeze(squeezed);
    } catch (SealRefused broken) {
      return null;
    }
  }
}
