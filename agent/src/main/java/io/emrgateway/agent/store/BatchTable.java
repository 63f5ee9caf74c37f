package io.emrgateway.agent.store;

import io.emrgateway.agent.seal.Header;
import io.emrgateway.agent.seal.SealedBatch;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.routes.core.delivery.Batch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** What the disk says of the feed's batches: where they end, under which hashes, with which notes. */
final class BatchTable {

  /** The end of a part of the feed: its last batch and the last numbers it accounts for. */
  record Position(long seq, String hash, long input, long body) {
    static final Position START = new Position(0, Suite.ZERO_HASH, 0, 0);
  }

  private interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private final Readers readers;

  BatchTable(Readers readers) {
    this.readers = readers;
  }

  static void insert(Session session, SealedBatch batch, String note) throws SQLException {
    Header header = batch.header();
    session.update(
        "INSERT INTO batch (seq, epoch, kind, hh, cms, entries, from_i, to_i, from_n, to_n, audit_n, audit_head, created,"
            + " note) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        header.seq(), header.epoch(), header.kind().wireName(), batch.hh(), batch.cms(), batch.entries(),
        header.in().first(), header.in().last(), header.n().first(), header.n().last(),
        header.audit().n(), header.audit().head(),
        header.created().toInstant().toEpochMilli(), note);
  }

  long epoch() {
    return first("SELECT epoch FROM feed", row -> row.getLong(1)).orElseThrow();
  }

  /** Ends with the batch sealed last; its hash is the header's. */
  Position sealed() {
    return first("SELECT seq, hh, to_i, to_n FROM batch ORDER BY seq DESC LIMIT 1", BatchTable::position)
        .orElse(Position.START);
  }

  /**
   * Ends with the batch that has the last receipt; its hash is the city's head, because that is what a receipt chains
   * on. Behind a resync that is sealed and not yet held, it ends where the city's head stood.
   */
  Position settled() {
    Position receipts = first("SELECT seq, ch, to_i, to_n FROM batch WHERE receipt IS NOT NULL ORDER BY seq DESC LIMIT 1",
        BatchTable::position).orElse(Position.START);
    return first("SELECT seq, note, from_i, from_n FROM batch WHERE kind = 'resync' AND receipt IS NULL"
        + " ORDER BY seq DESC LIMIT 1", BatchTable::before)
        .filter(head -> head.seq() > receipts.seq()).orElse(receipts);
  }

  /** What the city's head was when a resync was sealed, as the resync's row notes it. */
  private static Position before(ResultSet resync) throws SQLException {
    return new Position(resync.getLong(1) - 1, cityHeadIn(resync.getString(2)), resync.getLong(3) - 1, resync.getLong(4) - 1);
  }

  /** When the city last signed for a batch; empty before the first. */
  Optional<Instant> lastReceiptAt() {
    return first("SELECT settled FROM batch WHERE settled IS NOT NULL ORDER BY seq DESC LIMIT 1",
        row -> Instant.ofEpochMilli(row.getLong(1)));
  }

  /** Ends with the batch of that number; its hash is the header's. */
  Optional<Position> endingWith(long seq) {
    return first("SELECT seq, hh, to_i, to_n FROM batch WHERE seq = ?", BatchTable::position, seq);
  }

  private static Position position(ResultSet row) throws SQLException {
    return new Position(row.getLong(1), row.getString(2), row.getLong(3), row.getLong(4));
  }

  Optional<Batch> batch(long seq) {
    return first("SELECT epoch, hh, kind, to_i, from_n, to_n, audit_n, audit_head FROM batch WHERE seq = ?",
        row -> new Batch(row.getLong(1), seq, row.getString(2), row.getString(3), row.getLong(4), row.getLong(5),
            row.getLong(6), row.getLong(7), row.getString(8)), seq);
  }

  /** The header's hash of a batch, also of one that only the city has and a resync stands behind; else null. */
  String hashOf(long seq) {
    return resyncBehind(seq).map(BatchTable::headerHashIn)
        .or(() -> first("SELECT hh FROM batch WHERE seq = ?", row -> row.getString(1), seq)).orElse(null);
  }

  /** The city's head after a batch; null as long as we have no receipt for it. */
  String cityHeadOf(long seq) {
    if (seq == 0) {
      return Suite.ZERO_HASH;
    }
    return resyncBehind(seq).map(BatchTable::cityHeadIn)
        .or(() -> first("SELECT ch FROM batch WHERE seq = ?", row -> row.getString(1), seq)).orElse(null);
  }

  /** What a resync notes of the city's head it stands behind. */
  static String noteOfResync(String headerHash, String cityHead) {
    return headerHash + " " + cityHead;
  }

  private static String headerHashIn(String note) {
    return note.split(" ")[0];
  }

  private static String cityHeadIn(String note) {
    return note.split(" ")[1];
  }

  private Optional<String> resyncBehind(long seq) {
    return first("SELECT note FROM batch WHERE seq = ? AND kind = 'resync'", row -> row.getString(1), seq + 1);
  }

  /** The hash of the certificate that a rotation named. */
  String certificateOf(long seqOfRotation) {
    return first("SELECT note FROM batch WHERE seq = ?", row -> row.getString(1), seqOfRotation).orElse(null);
  }

  /** The hash of the certificate that the last rotation named for which there is a receipt. */
  Optional<String> certificateOfLastRotation() {
    return first("SELECT note FROM batch WHERE kind = 'rotate' AND receipt IS NOT NULL ORDER BY seq DESC LIMIT 1",
        row -> row.getString(1));
  }

  /** Whether a batch's bodies are still here, so that it could be sent again. */
  boolean isWhole(long seq) {
    return first("SELECT released FROM batch WHERE seq = ?", row -> row.getInt(1) < 2, seq).orElse(false);
  }

  /** Where what is still known of the feed begins: just before its oldest batch here. */
  Position horizon() {
    return first("SELECT seq - 1, hh, from_i - 1, from_n - 1 FROM batch ORDER BY seq LIMIT 1",
        row -> new Position(row.getLong(1), "", row.getLong(3), row.getLong(4))).orElse(Position.START);
  }

  private <T> Optional<T> first(String sql, Row<T> row, Object... parameters) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind(sql, parameters).executeQuery()) {
        return rows.next() ? Optional.ofNullable(row.read(rows)) : Optional.empty();
      }
    });
  }
}
