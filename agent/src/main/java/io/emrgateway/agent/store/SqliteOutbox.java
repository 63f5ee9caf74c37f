package io.emrgateway.agent.store;

import io.emrgateway.agent.audit.Deed;
import io.emrgateway.agent.seal.BatchSealer;
import io.emrgateway.agent.seal.Certificate;
import io.emrgateway.agent.seal.Header;
import io.emrgateway.agent.seal.Header.Kind;
import io.emrgateway.agent.seal.Input;
import io.emrgateway.agent.seal.Range;
import io.emrgateway.agent.seal.Request;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.SealedBatch;
import io.emrgateway.agent.seal.SigningKeys;
import io.emrgateway.agent.seal.Squeeze;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.store.BatchTable.Position;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.delivery.Admitted;
import io.emrgateway.routes.core.delivery.Batch;
import io.emrgateway.routes.core.delivery.CityHead;
import io.emrgateway.routes.core.delivery.Delivery;
import io.emrgateway.routes.core.delivery.Outbox;
import io.emrgateway.routes.core.delivery.Outcome;
import io.emrgateway.routes.core.delivery.Standing;
import io.emrgateway.routes.core.delivery.Translated;
import io.emrgateway.routes.core.delivery.Wire;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Commits 2 and 3 of a message's walk: batches sealed, numbered and kept until the city has signed.
 *
 * <p>Where the feed stands is kept in memory too, because one thread alone moves it; at start it is
 * read from the disk, so a crash between any two steps goes on from the last commit.
 */
final class SqliteOutbox implements Outbox {
  private static final Logger LOG = Logger.getLogger(SqliteOutbox.class);
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);
  /**
   * Half of what the contract allows, which a larger body may pass alone: a batch is held in memory until its receipt,
   * beside the next one, and a hundred long reports share its signature and commits well enough.
   */
  private static final long BODIES_BYTES_MAX = BatchSealer.BYTES_MAX / 2;

  private static final int OUTCOMES_WALKED_AT_ONCE = 100_000;

  private final Writer writer;
  private final Readers readers;
  private final BatchTable batches;
  private final Sources sources;
  private final Vault vault;
  private final Audit audit;
  private final SigningKeys keys;
  private final Suite suite;
  private final String feed;
  private final boolean gzip;
  private final String agentVersion;
  private final Supplier<String> config;
  private final Clock clock;
  private final RecordTable records;
  private final Squeeze squeeze;

  private long epoch;
  private volatile Position sealed;
  private volatile Position settled;
  /** The batch the city lacks or has not signed for, next to send. */
  private volatile long cursor;
  private volatile Standing standing;
  private volatile Overview.CityWentBack wentBack;
  /** When the first attempt failed since the last receipt; null while none has. */
  private volatile Instant failingSince;
  /** The batch sealed last, so that its first attempt need not read it back. */
  private Latest latest;
  /** What {@link #ready} made, by the very array it was made of; goes when that array goes. */
  private final Map<byte[], Ready> readied = Collections.synchronizedMap(new WeakHashMap<>());

  private String toldOfNextKey;
  /** As far as {@link #outcomesUpTo()} has come; it only grows, so that each row is passed once. */
  private volatile long outcomesUpTo;

  private record Latest(Batch batch, Request request) {}

  /**
   * What of a seal need not wait for its turn: the body's hash, the body squeezed, for the wire and for the disk, and what
   * the record is found by.
   */
  private record Ready(byte[] hash, byte[] squeezed, Vault.Sealed atRest, RecordTable.Rows rows) {}

  SqliteOutbox(Writer writer, Readers readers, Sources sources, Vault vault, Squeeze squeeze, RecordTable records, Audit audit,
      SigningKeys keys, Suite suite, String feed, boolean gzip, String agentVersion, Supplier<String> config, Clock clock) throws SQLException {
    this.writer = writer;
    this.readers = readers;
    this.batches = new BatchTable(readers);
    this.sources = sources;
    this.vault = vault;
    this.squeeze = squeeze;
    this.records = records;
    this.audit = audit;
    this.keys = keys;
    this.suite = suite;
    this.feed = feed;
    this.gzip = gzip;
    this.agentVersion = agentVersion;
    this.config = config;
    this.clock = clock;
    load();
  }

  private void load() {
    epoch = batches.epoch();
    sealed = batches.sealed();
    settled = batches.settled();
    cursor = settled.seq() + 1;
    standing = readers.read(session -> {
      try (ResultSet rows = session.prepared("SELECT due, attempts, code, detail FROM delivery").executeQuery()) {
        rows.next();
        return new Standing(Instant.ofEpochMilli(rows.getLong(1)), rows.getInt(2), rows.getString(3), rows.getString(4));
      }
    });
    // The first failure has not outlived the process that met it; since the last receipt nothing has gone out either.
    failingSince = standing.code() == null ? null : batches.lastReceiptAt().orElseGet(clock::instant);
  }

  @Override
  public List<Admitted> next(long after, int entriesMax, long bytesMax) {
    return readers.read(session -> {
      List<Admitted> found = new ArrayList<>();
      long bytes = 0;
      PreparedStatement query = session.bind(
          "SELECT m.i, m.source, m.received, m.raw, m.charset, m.type, m.control, m.code, m.place, m.size, p.key, p.bytes"
              + " FROM message m LEFT JOIN payload p ON p.i = m.i WHERE m.i > ? ORDER BY m.i LIMIT ?", after, entriesMax);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          bytes += rows.getLong(10);
          if (bytes > bytesMax && !found.isEmpty()) {
            return found;
          }
          found.add(admitted(rows, false));
        }
      }
      if (found.isEmpty() && after <= sealed.input()) {
        // Read last, so that a flood of repairs never holds up what is new; and only when all that is newer is sealed,
        // so that what a late message would overwrite can be seen.
        query = session.bind(
            "SELECT m.i, m.source, m.received, m.raw, m.charset, m.type, m.control, m.code, m.place, m.size, p.key, p.bytes"
                + " FROM replay r JOIN entry e ON e.i = r.i JOIN message m ON m.i = r.i LEFT JOIN payload p ON p.i = m.i"
                + " WHERE e.n IS NULL ORDER BY r.i LIMIT ?", entriesMax - found.size());
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next() && ((bytes += rows.getLong(10)) <= bytesMax || found.isEmpty())) {
            found.add(admitted(rows, true));
          }
        }
      }
      return found;
    });
  }

  private Admitted admitted(ResultSet rows, boolean repaired) throws SQLException {
    long i = rows.getLong(1);
    byte[] sealedBytes = rows.getBytes(12);
    byte[] bytes = sealedBytes == null ? null : vault.open(Vault.PAYLOAD, i, rows.getInt(11), sealedBytes);
    // Only the reading of the bytes is judged anew, by the charset that holds now. Half a frame stays half a frame,
    // and a control id that the contract has no room for would make the city refuse the batch.
    boolean anew = repaired && Reason.BYTES_DO_NOT_DECODE.code().equals(rows.getString(8));
    String code = anew ? null : rows.getString(8);
    String place = anew || rows.getString(9) == null ? "" : rows.getString(9);
    if (bytes == null && code == null) {
      code = Reason.PAYLOAD_DAMAGED.code();
    }
    // The bytes are authentic, the column is not: what the city is told is the hash of what is sent.
    byte[] raw = bytes == null ? rows.getBytes(4) : suite.hash(Suite.TAG_RAW, bytes);
    return new Admitted(i, sources.nameOf(rows.getInt(2)), Instant.ofEpochMilli(rows.getLong(3)), raw,
        bytes, rows.getString(5), rows.getString(6), rows.getString(7), code, place, repaired);
  }

  @Override
  public long sealedUpTo() {
    return sealed.input();
  }

  @Override
  public Optional<Batch> seal(List<Translated> messages) {
    List<Translated> taken = takenByOneBatch(messages);
    List<Translated> failedAgain = taken.stream().filter(m -> m.message().repaired() && m.body() == null).toList();
    List<Translated> entries = taken.stream().filter(m -> !m.message().repaired() || m.body() != null).toList();
    if (entries.isEmpty()) {
      Writer.await(writer.shared(session -> noteFailedRepairs(session, failedAgain)));
      return Optional.empty();
    }
    long n = sealed.body();
    List<Input> inputs = new ArrayList<>(entries.size());
    List<Vault.Sealed> atRest = new ArrayList<>(entries.size());
    List<byte[]> squeezed = new ArrayList<>(entries.size());
    List<RecordTable.News> news = new ArrayList<>(entries.size());
    Map<String, Long> perSource = new LinkedHashMap<>();
    for (Translated entry : entries) {
      Admitted message = entry.message();
      if (!message.repaired()) {
        perSource.merge(message.source(), 1L, Long::sum);
      }
      if (entry.body() == null) {
        inputs.add(Input.explained(message.number(), "quarantined"));
        atRest.add(null);
      } else {
        Ready ready = readied.remove(entry.body());
        ready = ready == null ? madeReady(entry) : ready;
        inputs.add(Input.held(message.number(), ++n, message.raw(), entry.body(), ready.hash(), message.charset(),
            message.type(), message.control(), message.received().atOffset(CHINA)));
        atRest.add(ready.atRest());
        squeezed.add(ready.squeezed());
        news.add(records.news(n, ready.rows()));
      }
    }
    List<Header.Source> counts = perSource.entrySet().stream().map(e -> new Header.Source(e.getKey(), e.getValue())).toList();
    SealedBatch batch = sealWith(Kind.DATA, configOf(entries), counts, inputs, Optional.empty(), Optional.empty());
    Batch kept = keep(batch, squeezed, null, session -> {
      keepEntries(session, batch, entries, atRest);
      RecordTable.write(session, news);
      noteFailedRepairs(session, failedAgain);
    });
    records.written(news);
    for (Translated entry : entries) {
      if (entry.body() == null) {
        LOG.warnf("%s: 消息已隔离 / message quarantined: i=%d source=%s place=%s",
            entry.code(), entry.message().number(), entry.message().source(), entry.place());
      }
    }
    return Optional.of(kept);
  }

  @Override
  public List<Translated> ready(List<Translated> messages) {
    for (Translated message : messages) {
      if (message.body() != null) {
        readied.put(message.body(), madeReady(message));
      }
    }
    return messages;
  }

  private Ready madeReady(Translated message) {
    byte[] squeezed = squeeze.squeeze(message.body());
    return new Ready(suite.hash(Suite.TAG_BODY, message.body()), squeezed,
        vault.seal(Vault.BODY, message.message().number(), squeezed), records.rows(message.subjects()));
  }

  /** The contract's limits: 256 entries, 8 MiB, and a larger body alone; all made with one configuration. */
  private static List<Translated> takenByOneBatch(List<Translated> messages) {
    List<Translated> taken = new ArrayList<>();
    String config = null;
    long bytes = 0;
    for (Translated message : messages) {
      Translated fitting = message.body() != null && message.body().length > BatchSealer.BODY_BYTES_MAX
          ? Translated.quarantined(message.message(), "delivery.body-too-large", "")
          : message;
      long body = fitting.body() == null ? 0 : fitting.body().length;
      boolean full = bytes + body > BODIES_BYTES_MAX || taken.size() == BatchSealer.ENTRIES_MAX;
      // Its header names one configuration: bundles that other rules have made meanwhile go into the next.
      boolean madeOtherwise = config != null && fitting.config() != null && !fitting.config().equals(config);
      if (madeOtherwise || full && !taken.isEmpty()) {
        break;
      }
      taken.add(fitting);
      config = config == null ? fitting.config() : config;
      bytes += body;
    }
    return taken;
  }

  /** What these bundles were made with, or what holds now where there is none. */
  private String configOf(List<Translated> entries) {
    return entries.stream().map(Translated::config).filter(Objects::nonNull).findFirst().orElseGet(config);
  }

  private SealedBatch sealWith(Kind kind, String config, List<Header.Source> counts, List<Input> inputs,
      Optional<Header.Restore> restore, Optional<Certificate> newCertificate) {
    OffsetDateTime now = clock.instant().atOffset(CHINA);
    BatchSealer.Context context = new BatchSealer.Context(
        feed, epoch, sealed.seq() + 1, sealed.hash(), kind, now, agentVersion, config,
        sealed.input() + 1, counts, sealed.body() + 1, audit.head(),
        new Header.Last(settled.seq(), settled.hash()), restore, newCertificate);
    return new BatchSealer(keys.current()).seal(context, inputs);
  }

  private interface Also {
    void write(Session session) throws SQLException;
  }

  private Batch keep(SealedBatch batch, List<byte[]> squeezed, String note, Also also) {
    Header header = batch.header();
    CompletableFuture<?> commit = writer.shared(session -> {
      also.write(session);
      BatchTable.insert(session, batch, note);
      return null;
    });
    // Made while the disk works.
    Request request = batch.request(squeezed, gzip);
    Writer.await(commit);
    epoch = header.epoch();
    sealed = new Position(header.seq(), batch.hh(), header.in().last(), header.n().last());
    latest = new Latest(batch(batch), request);
    return latest.batch();
  }

  private static Batch batch(SealedBatch sealed) {
    Header header = sealed.header();
    return new Batch(header.epoch(), header.seq(), sealed.hh(), header.kind().wireName(),
        header.in().last(), header.n().first(), header.n().last(), header.audit().n(), header.audit().head());
  }

  private static void keepEntries(Session session, SealedBatch batch, List<Translated> entries, List<Vault.Sealed> atRest)
      throws SQLException {
    long seq = batch.header().seq();
    long n = batch.header().n().first();
    PreparedStatement entry = session.prepared("INSERT INTO entry (i, seq, n, code, place) VALUES (?,?,?,?,?)");
    PreparedStatement body = session.prepared("INSERT INTO body (n, i, key, bytes) VALUES (?,?,?,?)");
    for (int k = 0; k < entries.size(); k++) {
      Translated translated = entries.get(k);
      long i = translated.message().number();
      Long number = translated.body() == null ? null : n++;
      if (translated.message().repaired()) {
        session.update("UPDATE entry SET n = ?, code = NULL, place = NULL, discarded = NULL, repaired = ? WHERE i = ?", number, seq, i);
        session.update("DELETE FROM replay WHERE i = ?", i);
      } else {
        entry.setLong(1, i);
        entry.setLong(2, seq);
        entry.setObject(3, number);
        entry.setString(4, translated.code());
        entry.setString(5, translated.body() == null ? translated.place() : null);
        entry.executeUpdate();
      }
      if (number != null) {
        body.setLong(1, number);
        body.setLong(2, i);
        body.setInt(3, atRest.get(k).key());
        body.setBytes(4, atRest.get(k).bytes());
        body.executeUpdate();
      }
    }
    body.clearParameters();
  }

  private static Void noteFailedRepairs(Session session, List<Translated> failed) throws SQLException {
    for (Translated again : failed) {
      long i = again.message().number();
      session.update("UPDATE entry SET code = ?, place = ? WHERE i = ?", again.code(), again.place(), i);
      session.update("DELETE FROM replay WHERE i = ?", i);
    }
    return null;
  }

  @Override
  public Batch sealHeartbeat() {
    SealedBatch batch = sealWith(Kind.HEARTBEAT, config.get(), List.of(), List.of(), Optional.empty(), Optional.empty());
    return keep(batch, List.of(), null, session -> {});
  }

  @Override
  public Optional<Batch> sealRotation() {
    Optional<Certificate> next = keys.next();
    tellOfNextKey();
    if (next.isEmpty()) {
      return Optional.empty();
    }
    SealedBatch batch = sealWith(Kind.ROTATE, config.get(), List.of(), List.of(), Optional.empty(), next);
    audit.append(Deed.ROTATE, "certificate " + next.get().hash());
    return Optional.of(keep(batch, List.of(), next.get().hash(), session -> {}));
  }

  /** Once for each way it is wrong: the courier asks before every batch. */
  private void tellOfNextKey() {
    SealRefused refused = keys.nextRefused().orElse(null);
    String now = refused == null ? null : refused.toString();
    if (refused != null && !now.equals(toldOfNextKey)) {
      LOG.warnf("%s: %s: %s；继续使用现有密钥 / %s; the current key goes on；处理 / remedy: %s / %s", refused.code(), refused.place(),
          refused.reason().textZh(), refused.reason().text(), refused.reason().remedyZh(), refused.reason().remedy());
    }
    toldOfNextKey = now;
  }

  /** Why the signing key that lies ready does not follow; empty if it can or none lies there. */
  Optional<SealRefused> nextKeyRefused() {
    return keys.nextRefused();
  }

  /**
   * Seals a resync after a restore (an operator has confirmed it): numbers and {@code prev} come from
   * the city's signed head, and the epoch that a forgotten twin may still use is closed.
   *
   * <p>Whatever our own receipts do not account for is admitted anew behind the city's last number,
   * because the city may know other messages under the numbers we gave since the backup. A message the
   * lost gateway had delivered may so reach the city twice; MSH-10 and the raw hash tell, and
   * conditional updates make it harmless.
   *
   * @return the batch that opens the new epoch; it goes out next
   */
  Batch sealResync(CityHead head, long common, SqliteJournal journal) {
    Position ours = common(head, common);
    Range unknown = head.lastInput() > ours.input()
        ? new Range(ours.input() + 1, head.lastInput()) : Range.emptyBefore(ours.input() + 1);
    BatchSealer.Context context = new BatchSealer.Context(
        feed, Math.max(epoch, head.epoch()) + 1, head.seq() + 1, head.headerHash(), Kind.RESYNC,
        clock.instant().atOffset(CHINA), agentVersion, config.get(), head.lastInput() + 1, List.of(), head.lastBody() + 1,
        audit.head(), new Header.Last(head.seq(), head.cityHead()),
        Optional.of(new Header.Restore(Optional.empty(), audit.head().head(), unknown)), Optional.empty());
    SealedBatch batch = new BatchSealer(keys.current()).seal(context, List.of());
    String note = BatchTable.noteOfResync(head.headerHash(), head.cityHead());
    keep(batch, List.of(), note, session -> {
      forgetUnsettled(session, ours);
      session.update("UPDATE feed SET epoch = ?", batch.header().epoch());
      session.update("UPDATE delivery SET due = 0, attempts = 0, code = NULL, detail = NULL");
      journal.admitAnew(session, ours.input(), head.lastInput());
    });
    settled = new Position(head.seq(), head.cityHead(), head.lastInput(), head.lastBody());
    outcomesUpTo = 0;
    cursor = batch.header().seq();
    standing = new Standing(Instant.EPOCH, 0, null, null);
    return batch(batch);
  }

  /** The end of what both sides hold alike, never behind what we have a receipt for. */
  private Position common(CityHead head, long common) {
    long seq = Math.min(Math.min(settled.seq(), head.seq()), common);
    Position horizon = batches.horizon();
    Position known = seq < horizon.seq() ? horizon : batches.endingWith(seq).orElse(null);
    Position ours = seq == settled.seq() || known == null ? settled : known;
    return seq == 0 ? Position.START
        : new Position(seq, "", Math.min(ours.input(), head.lastInput()), Math.min(ours.body(), head.lastBody()));
  }

  /** True if our own batch under the city's last number is another one: a resync then has to be told what is common. */
  boolean forkedFrom(CityHead head) {
    return head.seq() > 0 && head.seq() <= settled.seq() && !head.headerHash().equals(batches.hashOf(head.seq()));
  }

  private static void forgetUnsettled(Session session, Position ours) throws SQLException {
    // A bundle whose raw bytes are released already is all there is of its message: set aside, not deleted.
    session.update("DELETE FROM body WHERE n > ? AND i IN (SELECT i FROM payload)", ours.body());
    session.update("UPDATE body SET n = -n WHERE n > ?", ours.body());
    RecordTable.forgetAfter(session, ours.body());
    session.update("UPDATE entry SET n = NULL, repaired = NULL, code = 'delivery.repair-undone', place = ''"
        + " WHERE repaired > ? AND i <= ?", ours.seq(), ours.input());
    session.update("DELETE FROM entry WHERE i > ?", ours.input());
    session.update("DELETE FROM batch WHERE seq > ?", ours.seq());
    session.update("DELETE FROM outcome WHERE n > ?", ours.body());
  }

  @Override
  public Optional<Batch> unsettled() {
    if (cursor > sealed.seq()) {
      return Optional.empty();
    }
    if (latest != null && latest.batch().seq() == cursor) {
      return Optional.of(latest.batch());
    }
    return batches.batch(cursor);
  }

  @Override
  public Wire wire(Batch batch) {
    String before = batch.seq() == settled.seq() + 1 ? settled.hash() : batches.cityHeadOf(batch.seq() - 1);
    Request request = latest != null && latest.batch().seq() == batch.seq() ? latest.request() : stored(batch);
    return new Wire(request.bytes(), request.gzip(), before);
  }

  private Request stored(Batch batch) {
    return readers.read(session -> {
      byte[] cms;
      byte[] entries;
      List<byte[]> bodies = new ArrayList<>();
      List<byte[]> squeezed = new ArrayList<>();
      try (ResultSet rows = session.bind("SELECT cms, entries FROM batch WHERE seq = ?", batch.seq()).executeQuery()) {
        rows.next();
        cms = rows.getBytes(1);
        entries = rows.getBytes(2);
      }
      PreparedStatement query = session.bind(
          "SELECT d.i, d.key, d.bytes FROM batch b JOIN body d ON d.n BETWEEN b.from_n AND b.to_n WHERE b.seq = ? ORDER BY d.n",
          batch.seq());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          byte[] one = vault.open(Vault.BODY, rows.getLong(1), rows.getInt(2), rows.getBytes(3));
          if (one == null) {
            throw new Refused(Reason.BODY_DAMAGED, "input " + rows.getLong(1));
          }
          bodies.add(squeeze.unsqueeze(one));
          squeezed.add(one);
        }
      }
      if (bodies.size() != batch.lastBody() - batch.firstBody() + 1) {
        throw new Refused(Reason.BODY_DAMAGED, "batch " + batch.seq());
      }
      return Request.of(cms, entries, bodies, squeezed, gzip);
    });
  }

  @Override
  public void settle(Batch batch, Delivery.Accepted receipt) {
    boolean first = batch.seq() > settled.seq();
    Writer.await(writer.shared(session -> {
      if (first) {
        session.update("UPDATE batch SET receipt = ?, ch = ?, settled = ? WHERE seq = ?",
            receipt.receipt(), receipt.cityHead(), clock.millis(), batch.seq());
      }
      if (standing.attempts() > 0) {
        session.update("UPDATE delivery SET due = 0, attempts = 0, code = NULL, detail = NULL");
      }
      return null;
    }));
    if (first) {
      settled = new Position(batch.seq(), receipt.cityHead(), batch.lastInput(), batch.lastBody());
    }
    if (batch.kind().equals(Kind.ROTATE.wireName())) {
      keys.promote(batches.certificateOf(batch.seq()));
    }
    cursor = batch.seq() + 1;
    latest = null;
    standing = new Standing(Instant.EPOCH, 0, null, null);
    failingSince = null;
  }

  /** After a crash between a rotation's receipt and the exchange of the key files, exchanges them now. */
  void finishRotation() {
    batches.certificateOfLastRotation().ifPresent(keys::promote);
  }

  @Override
  public void postpone(Instant due, String code, String detail) {
    Standing next = new Standing(due, standing.attempts() + 1, code, detail);
    if (failingSince == null) {
      failingSince = clock.instant();
    }
    standing = next;
    Writer.await(writer.shared(session -> session.update("UPDATE delivery SET due = ?, attempts = ?, code = ?, detail = ?",
        next.due().toEpochMilli(), next.attempts(), next.code(), next.detail())));
  }

  /** An operator has mended the cause: the next attempt need not wait. */
  void dueNow() {
    standing = new Standing(Instant.EPOCH, standing.attempts(), standing.code(), standing.detail());
  }

  @Override
  public Standing standing() {
    return standing;
  }

  @Override
  public void keepOutcomes(List<Outcome> outcomes) {
    long known = sealed.body();
    List<Outcome> news = readers.read(session -> {
      List<Outcome> unknown = new ArrayList<>();
      for (Outcome outcome : outcomes) {
        try (ResultSet rows = session.bind("SELECT 1 FROM outcome WHERE n = ? AND accepted = ? AND rule = ?",
            outcome.body(), outcome.accepted() ? 1 : 0, outcome.rule()).executeQuery()) {
          if (outcome.body() <= known && !rows.next()) {
            unknown.add(outcome);
          }
        }
      }
      return unknown;
    });
    if (news.isEmpty()) {
      return;
    }
    Writer.await(writer.shared(session -> {
      for (Outcome outcome : news) {
        Vault.Sealed text = vault.seal(Vault.OUTCOME, outcome.body(), outcome.text().getBytes(StandardCharsets.UTF_8));
        session.update("INSERT OR REPLACE INTO outcome (n, accepted, rule, key, text) VALUES (?,?,?,?,?)",
            outcome.body(), outcome.accepted() ? 1 : 0, outcome.rule(), text.key(), text.bytes());
      }
      return null;
    }));
  }

  @Override
  public long lastOutcome() {
    long known = readers.read(session -> {
      try (ResultSet rows = session.prepared("SELECT coalesce(max(n), 0) FROM outcome").executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0L;
      }
    });
    return Math.max(known, batches.horizon().body());
  }

  @Override
  public long outcomesUpTo() {
    long from = Math.max(outcomesUpTo, batches.horizon().body());
    outcomesUpTo = readers.read(session -> {
      long last = from;
      try (ResultSet rows = session.bind("SELECT n FROM outcome WHERE n > ? ORDER BY n LIMIT ?", from, OUTCOMES_WALKED_AT_ONCE)
          .executeQuery()) {
        while (rows.next() && rows.getLong(1) == last + 1) {
          last++;
        }
      }
      return last;
    });
    return outcomesUpTo;
  }

  @Override
  public Alignment align(CityHead head) {
    if (head.epoch() > epoch) {
      return head.seq() > sealed.seq() ? Alignment.CITY_AHEAD : Alignment.EPOCH;
    }
    if (head.seq() > sealed.seq()) {
      return Alignment.CITY_AHEAD;
    }
    String ours = batches.hashOf(head.seq());
    if (ours == null && head.seq() < batches.horizon().seq()) {
      // Its rows have gone with time: whether the city holds ours under that number is not to be known here.
      return Alignment.CITY_BEHIND_OUR_STORE;
    }
    if (head.seq() > 0 && !head.headerHash().equals(ours)) {
      return Alignment.FORK;
    }
    long first = Math.min(head.seq(), settled.seq()) + 1;
    if (first <= settled.seq() && !batches.isWhole(first)) {
      return Alignment.CITY_BEHIND_OUR_STORE;
    }
    tellIfWentBack(head.seq());
    cursor = first;
    return head.seq() < settled.seq() ? Alignment.CITY_BEHIND : Alignment.IN_STEP;
  }

  /** Once for each time: asked again in the middle of the repetition, the city stands where it was left. */
  private void tellIfWentBack(long seq) {
    long stood = Math.min(cursor - 1, settled.seq());
    if (seq < stood) {
      wentBack = new Overview.CityWentBack(stood, seq, clock.instant());
      LOG.warnf("delivery.city-behind: 市平台从批次 %d 退回到 %d（可能由备份恢复），其间的批次已自动重发；请向市平台核实"
          + " / the city went back from %d to %d; sent again, by itself. Ask the city whether it was restored from a backup",
          stood, seq, stood, seq);
    }
  }

  /** When the city last went back, since this process began; empty if it has not. */
  Optional<Overview.CityWentBack> wentBack() {
    return Optional.ofNullable(wentBack);
  }

  /** Since when no attempt has succeeded; empty while they do. */
  Optional<Instant> failingSince() {
    return Optional.ofNullable(failingSince);
  }

  long epoch() {
    return epoch;
  }

  /** The batch that goes out next; what lies before it the city holds, as far as we know. */
  long cursor() {
    return cursor;
  }

  Position settledUpTo() {
    return settled;
  }

  Position sealedPosition() {
    return sealed;
  }
}
