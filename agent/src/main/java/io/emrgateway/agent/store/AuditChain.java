package io.emrgateway.agent.store;

import io.emrgateway.agent.audit.AuditRecord;
import io.emrgateway.agent.seal.AtRest;
import io.emrgateway.agent.seal.Certificate;
import io.emrgateway.agent.seal.DataKeys;
import io.emrgateway.agent.seal.Header;
import io.emrgateway.agent.seal.MasterKey;
import io.emrgateway.agent.seal.Receipt;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.SearchKey;
import io.emrgateway.agent.seal.Squeeze;
import io.emrgateway.agent.seal.Suite;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Verifies the audit's chain on the store's file, with the gateway stopped or running; reads only.
 *
 * <p>Every link is computed anew and compared with what the batches carried to the city. Without the master key the
 * sealed records stay closed: then a sealed record that was damaged is not seen, but none that was changed, added, moved
 * or taken away, because the hash of each is in the chain.
 */
public final class AuditChain {

  /** What is wrong, and at which record first. */
  public record Break(long k, What what) {}

  /** Ways in which a chain is not what it was. */
  public enum What {
    MISSING("audit.missing", "有记录被删除", "records have been taken away"),
    CUT("audit.cut", "链的末端被截断：已送出的链头在其后", "the chain has been cut off: a head that left stands behind its end"),
    CHANGED("audit.changed", "记录或其链接被改动", "a record or its link has been changed"),
    UNREADABLE("audit.unreadable", "密封的记录无法打开：已损坏或被移动", "a sealed record does not open: it is damaged, or was moved"),
    NOT_FOUND("audit.not-found", "记录完好，但按时间、患者或医生查找的索引被改动",
        "the record is whole, but what finds it by time, patient or doctor has been changed"),
    NOT_AS_SENT("audit.not-as-sent", "链自身完整，但与批次送出的链头不符：此前某处起被重写",
        "the chain is whole in itself and not the one whose head left in a batch: it was written anew from somewhere before"),
    OTHER_HEAD("audit.other-head", "与给出的链头不符", "the head that was given is another");

    private final String code;
    private final String textZh;
    private final String text;

    What(String code, String textZh, String text) {
      this.code = code;
      this.textZh = textZh;
      this.text = text;
    }

    public String code() {
      return code;
    }

    public String textZh() {
      return textZh;
    }

    public String text() {
      return text;
    }
  }

  /**
   * What was found.
   *
   * @param first record that was looked at; 0 in an empty chain
   * @param head where the chain stands; of a broken one where it was sound last
   * @param sealed how many of the records are sealed, and {@code opened} how many of these were opened
   * @param compared heads that left in batches, and agree
   * @param witnessed the head in the last receipt
   * @param signed whether that receipt's signature was verified
   */
  public record Verdict(long first, Header.Audit head, long sealed, long opened, int compared, Optional<Header.Audit> witnessed,
      boolean signed, Optional<Break> broken) {}

  /**
   * What the chain is held against.
   *
   * @param master to open sealed records with; empty to leave them closed
   * @param receiptCertificates the city's, from the trust file; none if that is not at hand
   * @param head one that the caller has from elsewhere, e.g. from the city
   * @param from the first record to be looked at; the one before counts as it stands
   */
  public record Against(Optional<MasterKey> master, Collection<Certificate> receiptCertificates, Optional<Header.Audit> head, long from) {}

  private final Session session;
  private final Against against;
  private final Suite suite;
  private final Squeeze squeeze = new Squeeze(1);
  private final Optional<KeyRing> ring;
  private final Optional<SearchKey> search;
  /** Heads that left, by the length of the chain. */
  private final NavigableMap<Long, String> heads = new TreeMap<>();
  private long sealed;
  private long opened;
  private int compared;

  private AuditChain(Session session, Against against) throws SQLException {
    this.session = session;
    this.against = against;
    try (ResultSet rows = session.prepared("SELECT suite FROM feed").executeQuery()) {
      suite = Suite.of(rows.next() ? rows.getString(1) : "");
    }
    AtRest atRest = new AtRest(suite);
    ring = against.master().map(master -> new KeyRing(atRest, new DataKeys(atRest, master)));
    search = against.master().map(master -> new SearchKey(suite, master));
    if (ring.isPresent()) {
      ring.get().unwrap(session);
    }
    try (ResultSet rows = session.prepared("SELECT audit_n, audit_head FROM batch WHERE audit_n > 0").executeQuery()) {
      while (rows.next()) {
        heads.put(rows.getLong(1), rows.getString(2));
      }
    }
  }

  /**
   * Verifies the chain of a home.
   *
   * @throws StoreUnusable if the file cannot be read or is none of ours
   * @throws SealRefused if the master key is not this store's
   */
  public static Verdict verify(Path home, Against against) {
    try (Connection connection = Database.readOnly(home)) {
      // One view of it all, also while a gateway writes.
      connection.setAutoCommit(false);
      return new AuditChain(new Session(connection), against).verdict();
    } catch (SQLException e) {
      throw Database.damaged(e);
    }
  }

  private Verdict verdict() throws SQLException {
    Optional<Header.Audit> witnessed = Optional.empty();
    boolean signed = false;
    try (ResultSet rows = session.prepared("SELECT audit_n, audit_head, receipt FROM batch WHERE receipt IS NOT NULL"
        + " ORDER BY seq DESC LIMIT 1").executeQuery()) {
      if (rows.next()) {
        Optional<Header.Audit> said = signedHead(rows.getBytes(3));
        signed = said.isPresent();
        witnessed = Optional.of(said.orElse(new Header.Audit(rows.getLong(1), rows.getString(2))));
        said.ifPresent(head -> heads.put(head.n(), head.head()));
      }
    }
    Header.Audit last = before();
    long first = last.n() + 1;
    Break broken = null;
    try (ResultSet rows = session.bind("SELECT k, at, record, key, hash, head FROM audit WHERE k >= ? ORDER BY k", first).executeQuery()) {
      while (broken == null && rows.next()) {
        broken = look(rows, last);
        last = broken == null ? new Header.Audit(rows.getLong(1), rows.getString(6)) : last;
      }
    }
    if (broken == null && last.n() < lengthAtLeast()) {
      broken = new Break(last.n() + 1, What.CUT);
    }
    return new Verdict(last.n() < first ? 0 : first, last, sealed, opened, compared, witnessed, signed, Optional.ofNullable(broken));
  }

  /** The head in a receipt, if its signature and form are the city's. */
  private Optional<Header.Audit> signedHead(byte[] receipt) {
    try {
      return against.receiptCertificates().isEmpty() ? Optional.empty()
          : Optional.of(Receipt.open(receipt, suite, against.receiptCertificates()).audit());
    } catch (SealRefused notTheCitys) {
      return Optional.empty();
    }
  }

  private Header.Audit before() throws SQLException {
    try (ResultSet rows = session.bind("SELECT k, head FROM audit WHERE k < ? ORDER BY k DESC LIMIT 1", against.from()).executeQuery()) {
      return rows.next() ? new Header.Audit(rows.getLong(1), rows.getString(2)) : Header.Audit.EMPTY;
    }
  }

  private long lengthAtLeast() {
    return Math.max(heads.isEmpty() ? 0 : heads.lastKey(), against.head().map(Header.Audit::n).orElse(0L));
  }

  private Break look(ResultSet row, Header.Audit before) throws SQLException {
    long k = row.getLong(1);
    if (k != before.n() + 1) {
      return new Break(before.n() + 1, What.MISSING);
    }
    boolean isSealed = row.getObject(4) != null;
    byte[] hash = isSealed ? row.getBytes(5) : suite.hashUntagged(row.getBytes(3));
    String link = row.getString(6);
    if (hash == null || !suite.auditLink(before.head(), hash).equals(link)) {
      return new Break(k, What.CHANGED);
    }
    if (heads.containsKey(k)) {
      if (!heads.get(k).equals(link)) {
        return new Break(k, What.NOT_AS_SENT);
      }
      compared++;
    }
    if (against.head().filter(head -> head.n() == k && !head.head().equals(link)).isPresent()) {
      return new Break(k, What.OTHER_HEAD);
    }
    sealed += isSealed ? 1 : 0;
    if (!isSealed) {
      return isFound(k, row, row.getBytes(3)) ? null : new Break(k, What.NOT_FOUND);
    }
    return ring.isEmpty() ? null : lookInside(k, row, hash);
  }

  private Break lookInside(long k, ResultSet row, byte[] hash) throws SQLException {
    byte[] plain = AuditLog.plain(ring.get(), squeeze, row);
    if (plain == null) {
      return new Break(k, What.UNREADABLE);
    }
    opened++;
    return !Arrays.equals(suite.hashUntagged(plain), hash) ? new Break(k, What.CHANGED)
        : isFound(k, row, plain) ? null : new Break(k, What.NOT_FOUND);
  }

  /** Whether whoever looks for the record by what it says finds it. */
  private boolean isFound(long k, ResultSet row, byte[] plain) throws SQLException {
    Instant noted = Instant.ofEpochMilli(row.getLong(2));
    AuditRecord record = AuditRecord.read(k, plain, noted);
    if (!record.at().equals(noted)) {
      return false;
    }
    if (search.isPresent()) {
      for (long number : Audit.about(search.get(), record.patient(), record.lookup())) {
        try (ResultSet rows = session.bind("SELECT 1 FROM audit_about WHERE number = ? AND k = ?", number, k).executeQuery()) {
          if (!rows.next()) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
