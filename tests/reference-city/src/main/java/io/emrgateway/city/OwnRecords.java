package io.emrgateway.city;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the city itself holds of a patient, for when the hospital does not answer in time. The city adds nothing of its
 * own: every record goes out as it was fed, with the proof that its hospital signed it.
 *
 * <p>The city does not read what a record says, so it cannot tell visits apart; it goes by when the message was
 * received, and shows the last three calendar months.
 */
final class OwnRecords {
  private final Holdings holdings;
  private final Spool spool;

  /** Records ready to be sent: two frames each. */
  record Shown(int count, Spool.Spooled frames) {}

  OwnRecords(Holdings holdings, Spool spool) {
    this.holdings = holdings;
    this.spool = spool;
  }

  /** What {@code feed} has fed about the patient in the window, the newest first, or null if nothing. */
  Shown of(Register.Feed feed, LookupRequest request) throws IOException {
    String since = request.windowStart().toString();
    // A batch cannot be older than what is in it, so whole batches can be left out by their own time.
    List<PatientIndex.Found> found =
        holdings.patients().bodies(feed.feed(), request.patient(), since, Limits.CITY_RECORDS_MAX);
    return show(feed, found, since);
  }

  /** A record of somebody else whom {@code feed} has fed, with its true proof, or null: only for trials. */
  Shown ofAnother(Register.Feed feed, LookupRequest request) throws IOException {
    PatientIndex.Found found = holdings.patients().bodyOfAnother(feed.feed(), request.patient());
    return found == null ? null : show(feed, List.of(found), "");
  }

  private Shown show(Register.Feed feed, List<PatientIndex.Found> found, String since) throws IOException {
    try (Spool.Writing out = spool.write()) {
      int count = 0;
      long bytes = 0;
      Entries of = null;
      for (PatientIndex.Found record : found) {
        if (of == null || of.seq != record.seq()) {
          of = new Entries(holdings.batch(feed.feed(), record.seq()));
        }
        int index = of.indexOf(record.n());
        Entry entry = of.entries.get(index);
        bytes += entry.length();
        if (count > 0 && bytes > Limits.CITY_RECORDS_BYTES_MAX) {
          break;
        }
        if (entry.received().compareTo(since) >= 0) {
          out.frame(Proof.of(feed.suite(), of.header, of.lines, index));
          out.body(holdings.body(feed.feed(), record.n()));
          count++;
        }
      }
      return count == 0 ? null : new Shown(count, out.done());
    }
  }

  /** A held batch taken apart; records often lie in one batch together. */
  private static final class Entries {
    private final long seq;
    private final byte[] header;
    private final List<byte[]> lines;
    private final List<Entry> entries = new ArrayList<>();

    Entries(Holdings.Held batch) {
      seq = batch.seq();
      header = batch.header();
      lines = Entry.lines(batch.entries());
      lines.forEach(line -> entries.add(Entry.read(line, "")));
    }

    int indexOf(long n) {
      for (int k = 0; k < entries.size(); k++) {
        if (entries.get(k).n() == n) {
          return k;
        }
      }
      throw new IllegalStateException("a body without its entry");
    }
  }
}
