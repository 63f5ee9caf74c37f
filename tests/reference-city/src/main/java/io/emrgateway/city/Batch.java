package io.emrgateway.city;

import io.emrgateway.city.Header.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipException;

/**
 * One batch as it arrived, with everything true that can be seen from the batch alone: signed by a registered
 * certificate, tree, numbering within the batch, every body's hash and form. What depends on the batches before is
 * {@link Rules}' part.
 *
 * @param cms the signed header as it came, kept as evidence
 * @param lines the block of entries as it came, kept as evidence
 * @param bodies in order of {@code n}, compressed as they will be stored
 * @param patients of each body, whom it is about
 */
record Batch(
    byte[] cms,
    Header header,
    Pinned signer,
    byte[] lines,
    List<Entry> entries,
    List<byte[]> bodies,
    List<Set<Identifier>> patients) {

  /** Which batch the request's path names. */
  record Key(String feed, long epoch, long seq) {}

  /**
   * Reads and checks a batch. Bodies are taken one by one, checked and compressed, so that a batch costs no more memory
   * than its largest body and the compressed rest.
   *
   * @param in the decoded request body; read to its end if the batch is good
   * @param known certificates that count or have counted for this feed
   * @throws Refused with the first rule found broken
   * @throws IOException if the sender went away
   */
  static Batch read(Suite suite, Key key, InputStream in, List<Pinned> known) throws IOException {
    try {
      byte[] cms = frame(in, Limits.CMS_BYTES_MAX);
      Cms.Opened opened = Cms.open(suite, cms, known);
      Header header = Header.read(suite, opened.content());
      if (!header.feed().equals(key.feed()) || header.epoch() != key.epoch() || header.seq() != key.seq()) {
        throw new Refused(Rule.HEADER_PATH);
      }
      byte[] block = frame(in, Limits.ENTRIES_BYTES_MAX);
      List<Entry> entries = entries(suite, header, block);
      checkKind(header);
      checkNumbers(header, entries);
      List<Set<Identifier>> patients = new ArrayList<>();
      List<byte[]> bodies = bodies(suite, in, entries, patients);
      return new Batch(cms, header, opened.signer(), block, entries, bodies, patients);
    } catch (ZipException | EOFException e) {
      // Only the gzip decoder throws these; a connection that breaks throws another IOException.
      throw new Refused(Rule.BATCH_ENCODING);
    }
  }

  /** Inputs of this batch that come without a body. */
  long explained() {
    return entries.stream().filter(entry -> !entry.hasBody()).count();
  }

  private static byte[] frame(InputStream in, int max) throws IOException {
    return Frames.read(in, max, new Refused(Rule.BATCH_FRAMING), new Refused(Rule.TOO_LARGE, "header or entries"));
  }

  private static List<Entry> entries(Suite suite, Header header, byte[] block) {
    List<byte[]> lines = Entry.lines(block);
    if (lines.size() != header.entries()) {
      throw new Refused(header.entries() > Limits.ENTRIES_MAX ? Rule.TOO_MANY_ENTRIES : Rule.ENTRIES_COUNT);
    }
    // The tree first: it proves that these are the lines the gateway signed, before anything is read from them.
    if (!HexFormat.of().formatHex(Tree.root(suite, lines)).equals(header.root())) {
      throw new Refused(Rule.ENTRIES_ROOT);
    }
    List<Entry> entries = new ArrayList<>(lines.size());
    for (byte[] line : lines) {
      entries.add(Entry.read(line, place(entries.size())));
    }
    return entries;
  }

  private static void checkKind(Header header) {
    if (header.kind() == Kind.DATA) {
      if (header.entries() == 0) {
        throw new Refused(Rule.DATA_EMPTY);
      }
    } else if (header.entries() != 0 || header.in().size() != 0 || header.n().size() != 0) {
      throw new Refused(Rule.KIND_NOT_EMPTY);
    }
  }

  /** Every input of the range once and in order; then repaired ones; bodies numbered through without a hole. */
  private static void checkNumbers(Header header, List<Entry> entries) {
    if (header.in().size() > entries.size()) {
      throw new Refused(Rule.ENTRY_I, "header.in");
    }
    int own = (int) header.in().size();
    long n = header.n().from();
    Set<Long> repaired = new HashSet<>();
    for (int k = 0; k < entries.size(); k++) {
      Entry entry = entries.get(k);
      boolean inOrder =
          k < own
              ? entry.i() == header.in().from() + k
              : entry.i() < header.in().from() && entry.hasBody() && repaired.add(entry.i());
      if (!inOrder) {
        throw new Refused(Rule.ENTRY_I, place(k));
      }
      if (entry.hasBody() && entry.n() != n++) {
        throw new Refused(Rule.ENTRY_N, place(k));
      }
    }
    if (n != header.n().to() + 1) {
      throw new Refused(Rule.ENTRY_N, "header.n");
    }
  }

  private static List<byte[]> bodies(
      Suite suite, InputStream in, List<Entry> entries, List<Set<Identifier>> patients) throws IOException {
    long sum = entries.stream().mapToLong(Entry::length).sum();
    long count = entries.stream().filter(Entry::hasBody).count();
    if (count > 1 && sum > Limits.BODIES_BYTES_MAX) {
      throw new Refused(Rule.TOO_LARGE, "bodies");
    }
    List<byte[]> bodies = new ArrayList<>((int) count);
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      for (int k = 0; k < entries.size(); k++) {
        Entry entry = entries.get(k);
        if (entry.hasBody()) {
          byte[] body = in.readNBytes(entry.length());
          if (body.length < entry.length()) {
            throw new Refused(Rule.BODIES_SHORT, place(k));
          }
          patients.add(Body.check(suite, body, entry, place(k)));
          bodies.add(Packed.pack(body, deflater));
        }
      }
    } finally {
      deflater.end();
    }
    if (in.read() >= 0) {
      throw new Refused(Rule.BODIES_TRAILING);
    }
    return bodies;
  }

  private static String place(int index) {
    return "entry " + (index + 1);
  }
}
