package io.emrgateway.agent.store;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The messages whose bytes have not been released yet. Reads only, a few at a time, so that no reader holds up the WAL. */
public final class Kept {

  /**
   * A message as it arrived: patient data.
   *
   * @param bytes null if they do not open any more
   * @param charset it was decoded by
   */
  public record Raw(long i, String source, Instant received, byte[] bytes, String charset) {}

  private final Readers readers;
  private final Sources sources;
  private final Vault vault;

  Kept(Readers readers, Sources sources, Vault vault) {
    this.readers = readers;
    this.sources = sources;
    this.vault = vault;
  }

  /** A message as it arrived, whatever became of it; empty if its bytes are not here or do not open any more. */
  public Optional<byte[]> bytes(long i) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind("SELECT key, bytes FROM payload WHERE i = ?", i).executeQuery()) {
        return rows.next() ? Optional.ofNullable(vault.open(Vault.PAYLOAD, i, rows.getInt(1), rows.getBytes(2))) : Optional.empty();
      }
    });
  }

  /** The city's words on a bundle, which may tell of a patient; empty if it has said none, or they do not open any more. */
  public Optional<String> outcomeText(long n) {
    return readers.read(session -> {
      try (ResultSet rows = session.bind("SELECT key, text FROM outcome WHERE n = ?", n).executeQuery()) {
        byte[] text = rows.next() ? vault.open(Vault.OUTCOME, n, rows.getInt(1), rows.getBytes(2)) : null;
        return Optional.ofNullable(text).map(bytes -> new String(bytes, StandardCharsets.UTF_8)).filter(said -> !said.isEmpty());
      }
    });
  }

  /**
   * The next older ones that were not refused at the door, newest first.
   *
   * @param before only those with a smaller admission number
   * @param since ends at the first that was received earlier
   * @param bytesMax larger ones come without bytes
   * @return fewer than {@code most} only at the end
   */
  public List<Raw> before(long before, Instant since, int most, int bytesMax) {
    return readers.read(session -> {
      List<Raw> found = new ArrayList<>();
      // From payload: only there do the rows end where the bytes do.
      try (ResultSet rows = session.bind("SELECT m.i, m.source, m.received, m.charset, m.size, p.key, p.bytes FROM payload p"
          + " CROSS JOIN message m ON m.i = p.i WHERE p.i < ? AND m.code IS NULL ORDER BY p.i DESC LIMIT ?",
          before, most).executeQuery()) {
        while (rows.next() && rows.getLong(3) >= since.toEpochMilli()) {
          long i = rows.getLong(1);
          byte[] bytes = rows.getInt(5) > bytesMax ? null : vault.open(Vault.PAYLOAD, i, rows.getInt(6), rows.getBytes(7));
          found.add(new Raw(i, sources.nameOf(rows.getInt(2)), Instant.ofEpochMilli(rows.getLong(3)), bytes, rows.getString(4)));
        }
      }
      return found;
    });
  }
}
