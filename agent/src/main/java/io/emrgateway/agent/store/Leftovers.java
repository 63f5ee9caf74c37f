package io.emrgateway.agent.store;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * What the rules had no use for, summed per source: fields that no rule reads, codes that no table has.
 *
 * <p>Counted in memory, where a message costs well under a microsecond; the housekeeper writes what has changed every few
 * seconds, in a commit that others share. A killed process forgets what it counted since. A conversion counts, so a
 * message that is converted again (replayed, or not yet sealed when the process ended) counts again.
 *
 * @see "agent/decisions/0009-what-the-rules-leave-over.md"
 */
public final class Leftovers {
  /** Rows of each kind a source may have; what comes beyond is counted in one row together. */
  static final int ROWS_MAX = 1_000;
  /** Rows that nothing has been added to for so long go at the next start. */
  private static final Duration KEPT = Duration.ofDays(100);

  /**
   * A field that no rule reads.
   *
   * @param type of the messages, e.g. {@code ADT^A01}; empty, as {@code segment}, for all beyond {@link #ROWS_MAX}
   * @param field its number, 0 where there is no segment
   * @param count messages in which it was left over
   * @param first when the first of these was received, and {@code last} the last
   * @param rules version of the rules that left it over last
   * @param sample the shape of the first value, e.g. {@code AA-9999}
   */
  public record Field(String source, String type, String segment, int field, long count, Instant first, Instant last,
      String rules, String sample) {}

  /**
   * A code that its table does not have.
   *
   * @param table empty for all beyond {@link #ROWS_MAX}
   * @param code as sent; empty for codes that were not kept
   * @param display what the sender calls it, or null
   * @param count messages it was in
   */
  public record Code(String source, String table, String code, String display, long count, Instant first, Instant last) {}

  private record FieldKey(String type, String segment, int field) {}

  private record CodeKey(String table, String code) {}

  private static final class Row {
    long id;
    long count;
    long first = Long.MAX_VALUE;
    long last;
    String rules = "";
    String sample = "";
    boolean dirty;

    void add(long at) {
      count++;
      first = Math.min(first, at);
      last = Math.max(last, at);
      dirty = true;
    }
  }

  private static final class Of {
    final Map<FieldKey, Row> fields = new HashMap<>();
    final Map<CodeKey, Row> codes = new HashMap<>();
  }

  private static final FieldKey MORE_FIELDS = new FieldKey("", "", 0);
  private static final CodeKey MORE_CODES = new CodeKey("", "");

  private final Sources sources;
  private final Vault vault;
  private final Map<String, Of> bySource = new HashMap<>();
  private Writer writer;
  private long lastId;

  private Leftovers(Sources sources, Vault vault) {
    this.sources = sources;
    this.vault = vault;
  }

  /** Reads what has been counted so far; part of the transaction that opens the store. */
  static Leftovers load(Session session, Sources sources, Vault vault, Clock clock) throws SQLException {
    Leftovers leftovers = new Leftovers(sources, vault);
    long before = clock.millis() - KEPT.toMillis();
    session.update("DELETE FROM leftover_field WHERE last < ?", before);
    session.update("DELETE FROM leftover_code WHERE last < ?", before);
    try (ResultSet rows = session.prepared(
        "SELECT source, type, segment, field, count, first, last, rules, sample FROM leftover_field").executeQuery()) {
      while (rows.next()) {
        Row row = counted(rows.getLong(5), rows.getLong(6), rows.getLong(7));
        row.rules = rows.getString(8);
        row.sample = rows.getString(9);
        leftovers.of(sources.nameOf(rows.getInt(1))).fields
            .put(new FieldKey(rows.getString(2), rows.getString(3), rows.getInt(4)), row);
      }
    }
    try (ResultSet rows = session.prepared(
        "SELECT id, source, count, first, last, key, sealed FROM leftover_code ORDER BY id").executeQuery()) {
      while (rows.next()) {
        leftovers.lastId = rows.getLong(1);
        byte[] plain = vault.open(Vault.LEFTOVER, leftovers.lastId, rows.getInt(6), rows.getBytes(7));
        if (plain != null) {
          String[] lines = new String(plain, StandardCharsets.UTF_8).split("\n", -1);
          Row row = counted(rows.getLong(3), rows.getLong(4), rows.getLong(5));
          row.id = leftovers.lastId;
          row.sample = lines[2];
          leftovers.of(sources.nameOf(rows.getInt(2))).codes.put(new CodeKey(lines[0], lines[1]), row);
        }
      }
    }
    return leftovers;
  }

  private static Row counted(long count, long first, long last) {
    Row row = new Row();
    row.count = count;
    row.first = first;
    row.last = last;
    return row;
  }

  void writeWith(Writer started) {
    writer = started;
  }

  private Of of(String source) {
    return bySource.computeIfAbsent(source, name -> new Of());
  }

  /**
   * Counts a message in which a field was left over.
   *
   * @param received when the message came
   * @param rules version of the rules
   * @param sample asked for once, at the first of them: the shape of the value, never the value
   */
  public synchronized void field(String source, String type, String segment, int field, Instant received, String rules,
      Supplier<String> sample) {
    Map<FieldKey, Row> rows = of(source).fields;
    FieldKey key = new FieldKey(type, segment, field);
    Row row = rows.get(key);
    if (row == null) {
      boolean room = rows.size() < ROWS_MAX;
      row = rows.computeIfAbsent(room ? key : MORE_FIELDS, one -> new Row());
      row.sample = room ? sample.get() : "";
    }
    row.rules = rules;
    row.add(received.toEpochMilli());
  }

  /**
   * Counts a message that held a code which its table does not have.
   *
   * @param code empty for one that is not to be kept
   * @param display or null; the first one stays
   */
  public synchronized void code(String source, String table, String code, String display, Instant received) {
    Map<CodeKey, Row> rows = of(source).codes;
    CodeKey key = new CodeKey(table, code);
    Row row = rows.get(key);
    if (row == null) {
      boolean room = rows.size() < ROWS_MAX;
      row = rows.computeIfAbsent(room ? key : MORE_CODES, one -> new Row());
      if (row.id == 0) {
        row.id = ++lastId;
        row.sample = room && display != null ? display : "";
      }
    }
    row.add(received.toEpochMilli());
  }

  /** All fields, per source those in most messages first. */
  public synchronized List<Field> fields() {
    List<Field> all = new ArrayList<>();
    bySource.forEach((source, of) -> of.fields.forEach((key, row) -> all.add(new Field(source, key.type, key.segment, key.field,
        row.count, Instant.ofEpochMilli(row.first), Instant.ofEpochMilli(row.last), row.rules, row.sample))));
    all.sort((a, b) -> a.source.equals(b.source) ? Long.compare(b.count, a.count) : a.source.compareTo(b.source));
    return all;
  }

  /** All codes, per source those in most messages first. */
  public synchronized List<Code> codes() {
    List<Code> all = new ArrayList<>();
    bySource.forEach((source, of) -> of.codes.forEach((key, row) -> all.add(new Code(source, key.table, key.code,
        row.sample.isEmpty() ? null : row.sample, row.count, Instant.ofEpochMilli(row.first), Instant.ofEpochMilli(row.last)))));
    all.sort((a, b) -> a.source.equals(b.source) ? Long.compare(b.count, a.count) : a.source.compareTo(b.source));
    return all;
  }

  private interface Change {
    void write(Session session) throws SQLException;
  }

  /** Writes what has changed; when this returns it is durable, or will be tried again with the next. */
  void write() {
    List<Row> written = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    synchronized (this) {
      bySource.forEach((source, of) -> {
        int id = sources.idOf(source);
        of.fields.forEach((key, row) -> note(row, written, changes, () -> change(id, key, row)));
        of.codes.forEach((key, row) -> note(row, written, changes, () -> change(id, key, row)));
      });
    }
    if (changes.isEmpty()) {
      return;
    }
    try {
      writer.shared(session -> {
        for (Change change : changes) {
          change.write(session);
        }
        return null;
      }).join();
    } catch (CompletionException e) {
      // The sums stay in memory, and the disk's trouble is told by those who cannot wait.
      synchronized (this) {
        written.forEach(row -> row.dirty = true);
      }
    }
  }

  private static void note(Row row, List<Row> written, List<Change> changes, Supplier<Change> change) {
    if (row.dirty) {
      row.dirty = false;
      written.add(row);
      changes.add(change.get());
    }
  }

  /** Sums, not steps: written twice they are the same. */
  private static Change change(int source, FieldKey key, Row row) {
    Object[] values = {source, key.type, key.segment, key.field, row.count, row.first, row.last, row.rules, row.sample};
    return session -> session.update("INSERT OR REPLACE INTO leftover_field"
        + " (source, type, segment, field, count, first, last, rules, sample) VALUES (?,?,?,?,?,?,?,?,?)", values);
  }

  private Change change(int source, CodeKey key, Row row) {
    byte[] plain = String.join("\n", key.table, key.code, row.sample).getBytes(StandardCharsets.UTF_8);
    Vault.Sealed sealed = vault.seal(Vault.LEFTOVER, row.id, plain);
    Object[] values = {row.id, source, row.count, row.first, row.last, sealed.key(), sealed.bytes()};
    return session -> session.update("INSERT OR REPLACE INTO leftover_code"
        + " (id, source, count, first, last, key, sealed) VALUES (?,?,?,?,?,?,?)", values);
  }
}
