package io.emrgateway.agent.store;

import io.emrgateway.agent.seal.AtRest;
import io.emrgateway.agent.seal.DataKey;
import io.emrgateway.agent.seal.DataKeys;
import io.emrgateway.agent.seal.SealRefused;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The monthly data keys: kept wrapped in the store, unwrapped in memory.
 *
 * <p>A month's key is made before the month begins, so that no message waits for one. A clock that
 * jumps changes which key is newest, never whether there is one.
 */
final class KeyRing implements Vault {
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  private record Numbered(int id, DataKey key) {}

  private final AtRest atRest;
  private final DataKeys dataKeys;
  private final Map<Integer, DataKey> byId = new ConcurrentHashMap<>();
  private final Map<YearMonth, Numbered> byMonth = new ConcurrentHashMap<>();
  private volatile Numbered current;

  KeyRing(AtRest atRest, DataKeys dataKeys) {
    this.atRest = atRest;
    this.dataKeys = dataKeys;
  }

  /**
   * Unwraps every key there is; enough to open what was sealed.
   *
   * @throws SealRefused if the master key is not the one that wrapped them
   */
  void unwrap(Session session) throws SQLException {
    try (ResultSet rows = session.prepared("SELECT id, month, wrapped FROM data_key ORDER BY id").executeQuery()) {
      while (rows.next()) {
        String[] label = rows.getString(2).split(" ");
        YearMonth month = YearMonth.parse(label[0]);
        add(new Numbered(rows.getInt(1), dataKeys.unwrap(new DataKeys.Wrapped(month, label[1], rows.getBytes(3)))));
      }
    }
  }

  /** The same, and makes this month's if it is missing. */
  void load(Session session, Instant now) throws SQLException {
    unwrap(session);
    YearMonth month = month(now);
    if (!byMonth.containsKey(month)) {
      // The caller commits before it hands this ring to anyone, or does not start.
      add(make(session, month));
    }
    current = byMonth.get(month);
  }

  private void add(Numbered numbered) {
    byId.put(numbered.id(), numbered.key());
    byMonth.put(numbered.key().month(), numbered);
  }

  private Numbered make(Session session, YearMonth month) throws SQLException {
    DataKey key = dataKeys.make(month);
    PreparedStatement insert = session.bind("INSERT INTO data_key (month, wrapped) VALUES (?,?) RETURNING id",
        month + " " + key.id(), dataKeys.wrap(key).bytes());
    try (ResultSet rows = insert.executeQuery()) {
      rows.next();
      return new Numbered(rows.getInt(1), key);
    }
  }

  /** Turns to this month's key and makes the next month's a day ahead; both are durable before they are used. */
  void makeDue(Instant now, Writer writer) {
    for (YearMonth month : new YearMonth[] {month(now), month(now.plusSeconds(86_400))}) {
      if (!byMonth.containsKey(month)) {
        // Used only once it is on the disk: what is sealed under a key that was rolled back never opens again.
        add(writer.alone(session -> make(session, month)).join());
      }
    }
    current = byMonth.get(month(now));
  }

  private static YearMonth month(Instant now) {
    return YearMonth.from(now.atOffset(CHINA));
  }

  @Override
  public Sealed seal(int purpose, long row, byte[] plain) {
    Numbered key = current;
    return new Sealed(key.id(), atRest.seal(key.key(), row, purpose, plain));
  }

  @Override
  public byte[] open(int purpose, long row, int key, byte[] sealed) {
    DataKey dataKey = byId.get(key);
    if (dataKey == null) {
      return null;
    }
    try {
      return atRest.open(dataKey, row, purpose, sealed);
    } catch (SealRefused damaged) {
      return null;
    }
  }
}
