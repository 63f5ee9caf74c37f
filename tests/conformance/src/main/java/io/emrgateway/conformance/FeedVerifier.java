package io.emrgateway.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads an export of one feed from its first batch and says what it proves.
 *
 * <p>The export is a folder with {@code <epoch>-<seq>.batch} (the request's body as sent, not compressed)
 * and {@code <epoch>-<seq>.receipt} (the answer's body). The last batches may still be without a receipt.
 * A batch that cannot be read is a finding; the ones after it are read on as far as they tell.
 */
public final class FeedVerifier {
  private static final Pattern FILE = Pattern.compile("([1-9][0-9]{0,15})-([1-9][0-9]{0,15})\\.(batch|receipt)");
  private static final Pattern WHY = Pattern.compile("(quarantined)|(filtered:[^\\s:][^\\s]*)|duplicate-of:([1-9][0-9]{0,15})");
  private static final int ENTRIES_MAX = 256;
  private static final long BYTES_MAX = 8L << 20;
  private static final long BODY_BYTES_MAX = 32L << 20;

  private static final List<String> HEADER_KEYS = List.of("v", "feed", "epoch", "seq", "prev", "kind", "suite",
      "created", "agent", "in", "n", "entries", "root", "audit", "last");
  private static final List<String> HELD_KEYS =
      List.of("i", "n", "raw", "body", "length", "charset", "type", "control", "received");
  private static final List<String> RECEIPT_KEYS =
      List.of("v", "feed", "epoch", "seq", "hh", "n", "in", "audit", "prevCh", "ch", "t", "status");

  private final List<Pinned> signing;
  private final List<Pinned> receipt;
  private final List<Report.Finding> findings = new ArrayList<>();

  // Where the feed stands after the batches read so far.
  private Pinned current;
  private boolean known = true;
  private long epoch = 1;
  private long seq;
  private String hh = Fields.ZERO_HASH;
  private String ch = Fields.ZERO_HASH;
  private boolean chKnown = true;
  private long in;
  private long n;
  private long auditN;
  private String auditHead = Fields.ZERO_HASH;
  private final Map<Long, String> heads = new HashMap<>();

  private int batches;
  private int receipted;
  private long inputs;
  private long held;
  private long bodyBytes;
  private final Set<Long> quarantined = new HashSet<>();
  private final SortedMap<String, Long> explained = new TreeMap<>();

  private FeedVerifier(List<Pinned> signing, List<Pinned> receipt) {
    this.signing = signing;
    this.receipt = receipt;
    this.current = signing.get(0);
  }

  /**
   * Verifies an export.
   *
   * @param export the folder
   * @param signingPem the feed's signing certificates, the first one first; later ones count once a
   *     rotation names them
   * @param receiptPem the city's receipt certificates
   * @throws IOException when the folder or a file cannot be read
   * @throws IllegalArgumentException when a certificate cannot be read
   */
  public static Report verify(Path export, String signingPem, String receiptPem) throws IOException {
    try {
      return new FeedVerifier(Pinned.ofPem(signingPem), Pinned.ofPem(receiptPem)).run(export);
    } catch (Broken e) {
      throw new IllegalArgumentException("A certificate cannot be used: " + e.getMessage());
    }
  }

  /** A batch's numbers, as its file is named. */
  private record Name(long epoch, long seq) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      return epoch != other.epoch ? Long.compare(epoch, other.epoch) : Long.compare(seq, other.seq);
    }

    @Override
    public String toString() {
      return epoch + "-" + seq;
    }
  }

  /** What a readable header says and later rules need. */
  private record Header(long[] in, long[] n, int entries, String root, String hh, long auditN, String auditHead) {}

  private Report run(Path export) throws IOException {
    SortedSet<Name> names = new TreeSet<>();
    Set<Name> receipts = new HashSet<>();
    try (Stream<Path> files = Files.list(export)) {
      for (Path file : files.toList()) {
        Matcher matcher = FILE.matcher(file.getFileName().toString());
        if (matcher.matches()) {
          Name name = new Name(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
          if (matcher.group(3).equals("batch")) {
            names.add(name);
          } else {
            receipts.add(name);
          }
        }
      }
    }
    if (names.isEmpty()) {
      find("export", "export.empty", "there is no batch in this folder");
    }
    boolean missing = false;
    for (Name name : names) {
      Header header = batch(name, Files.readAllBytes(export.resolve(name + ".batch")));
      if (receipts.remove(name)) {
        if (missing) {
          find(name + ".receipt", "receipt.missing", "a batch before this one has no receipt");
          missing = false;
        }
        receipt(name, header, Files.readAllBytes(export.resolve(name + ".receipt")));
      } else {
        missing = true;
        chKnown = false;
      }
    }
    for (Name name : receipts) {
      find(name + ".receipt", "receipt.without-batch", "there is no such batch");
    }
    if (!quarantined.isEmpty()) {
      explained.put("quarantined", (long) quarantined.size());
    }
    return new Report(batches, receipted, inputs, held, explained, bodyBytes, List.copyOf(findings));
  }

  private void find(String place, String rule, String what) {
    findings.add(new Report.Finding(place, rule, what));
  }

  private void require(boolean holds, String place, String rule, String what) {
    if (!holds) {
      find(place, rule, what);
    }
  }

  /** @return the header, or null when the batch cannot be read so far */
  private Header batch(Name name, byte[] request) {
    String place = name + ".batch";
    batches++;
    try {
      ByteBuffer left = ByteBuffer.wrap(request);
      byte[] cms = framed(left);
      byte[] entries = framed(left);
      byte[] content = Cms.open(cms, current.suite(), List.of(current));
      Header header = header(name, place, content);
      List<byte[]> lines = lines(entries);
      require(lines.size() == header.entries, place, "header.entries", "not the number of lines");
      require(header.entries <= ENTRIES_MAX, place, "batch.too-large", "more than 256 entries");
      require(header.root.equals(Suite.hex(current.suite().treeHead(lines))), place, "header.root", "not the entries' tree");
      entries(place, header, lines, left);
      require(lines.size() <= 1 || request.length - 8L - cms.length <= BYTES_MAX, place, "batch.too-large",
          "more than 8 MiB of entries and bodies, and more than one entry");
      rotate(place, content);
      return header;
    } catch (Broken e) {
      find(place, e.rule(), e.getMessage());
      known = false;
      chKnown = false;
      return null;
    }
  }

  private static byte[] framed(ByteBuffer left) throws Broken {
    Broken.unless(left.remaining() >= 4, "batch.frame", "cut off");
    int length = left.getInt();
    Broken.unless(length >= 0 && length <= left.remaining(), "batch.frame", "a length beyond the end");
    byte[] bytes = new byte[length];
    left.get(bytes);
    return bytes;
  }

  private static List<byte[]> lines(byte[] entries) throws Broken {
    List<byte[]> lines = new ArrayList<>();
    int start = 0;
    for (int at = 0; at < entries.length; at++) {
      if (entries[at] == '\n') {
        lines.add(Arrays.copyOfRange(entries, start, at));
        start = at + 1;
      }
    }
    Broken.unless(start == entries.length, "entries.line-feed", "the last line is not ended");
    return lines;
  }

  private Header header(Name name, String place, byte[] content) throws Broken {
    Fields json = new Fields(Json.object(content), "header");
    String kind = json.text("kind");
    List<String> keys = new ArrayList<>(HEADER_KEYS);
    switch (kind) {
      case "rotate" -> keys.add("certificate");
      case "resync" -> keys.add("restore");
      case "data", "heartbeat" -> { }
      default -> throw new Broken("header.kind", "unknown");
    }
    json.requireKeys(keys);
    Broken.unless(json.number("v") == 1, "header.v", "not 1");
    require(current.feed().filter(feed(json)::equals).isPresent(), place, "header.feed", "not the certificate's feed");
    long epochSaid = json.number("epoch");
    long seqSaid = json.number("seq");
    require(epochSaid == name.epoch && seqSaid == name.seq, place, "header.seq", "not the numbers it was sent under");
    require(json.text("suite").equals(current.suite().wireName()), place, "header.suite", "not the certificate's");
    json.requireTime("created");
    Fields agent = json.object("agent").requireKeys(List.of("version", "config"));
    agent.text("version");
    agent.hash("config");
    Fields inSaid = json.object("in").requireKeys(List.of("from", "to", "sources"));
    long[] inRange = {inSaid.number("from"), inSaid.number("to")};
    Broken.unless(inRange[0] <= inRange[1] + 1, "header.in", "from after to");
    long[] nRange = json.range("n");
    require(inSaid.sumOfPairs("sources") == inRange[1] - inRange[0] + 1, place, "header.in.sources", "do not add up");
    Fields audit = json.object("audit").requireKeys(List.of("n", "head"));
    Fields last = json.object("last").requireKeys(List.of("seq", "ch"));
    String prev = json.hash("prev");
    long entries = json.number("entries");
    boolean resync = kind.equals("resync");
    if (!kind.equals("data")) {
      require(entries == 0 && inRange[0] > inRange[1] && nRange[0] > nRange[1], place, "header.kind",
          "a " + kind + " holds entries or numbers");
    } else {
      require(entries > 0, place, "header.kind", "a data batch holds nothing");
    }
    if (known) {
      require(epochSaid == (resync ? epoch + 1 : epoch), place, "header.epoch", "not the one that follows");
      require(seqSaid == seq + 1, place, "header.seq", "a batch is missing before it");
      require(prev.equals(hh), place, "header.prev", "not the hash of the header before");
      require(inRange[0] == in + 1, place, "header.in", "does not continue the inputs");
      require(nRange[0] == n + 1, place, "header.n", "does not continue the bodies");
      require(resync || audit.number("n") > auditN || audit.number("n") == auditN && audit.hash("head").equals(auditHead),
          place, "header.audit", "the audit chain went back or changed");
    }
    long lastSeq = last.number("seq");
    String lastCh = last.hash("ch");
    require(lastSeq < seqSaid, place, "header.last", "a receipt from the future");
    require(lastSeq != 0 || lastCh.equals(Fields.ZERO_HASH), place, "header.last", "no receipt, and yet a head");
    require(!heads.containsKey(lastSeq) || heads.get(lastSeq).equals(lastCh), place, "header.last", "not that receipt's head");
    if (resync) {
      Fields restore = json.object("restore").requireKeys(List.of("backup", "audit", "unknown"));
      if (!restore.isNull("backup")) {
        restore.requireTime("backup");
      }
      restore.hash("audit");
      long[] unknown = restore.range("unknown");
      require(unknown[1] < inRange[0], place, "header.restore", "unknown inputs beyond the city's count");
    }
    known = true;
    epoch = epochSaid;
    seq = seqSaid;
    hh = current.suite().tagged(2, content);
    inputs += inRange[1] - inRange[0] + 1;
    in = inRange[1];
    n = nRange[1];
    auditN = audit.number("n");
    auditHead = audit.hash("head");
    return new Header(inRange, nRange, (int) Math.min(entries, Integer.MAX_VALUE), json.hash("root"), hh, auditN, auditHead);
  }

  private static String feed(Fields json) throws Broken {
    return json.text("feed");
  }

  private void entries(String place, Header header, List<byte[]> lines, ByteBuffer bodies) {
    Suite suite = current.suite();
    Set<Long> numbers = new HashSet<>();
    long iNext = header.in[0];
    long repairedN = 0;
    boolean bodiesLost = false;
    for (byte[] line : lines) {
      try {
        Fields entry = new Fields(Json.object(line), "entry");
        long i = entry.number("i");
        boolean repair = i < header.in[0];
        if (repair) {
          Broken.unless(iNext == header.in[1] + 1, "entry.order", "a repaired input before the batch's own");
        } else {
          // Read on from where the entry stands, so that one hole is one finding.
          require(i == iNext, place, "entry.i", "an input is missing, repeated or out of order");
          iNext = i + 1;
        }
        if (entry.has("why")) {
          entry.requireKeys(List.of("i", "why"));
          Broken.unless(!repair, "entry.repair", "an earlier input explained again");
          explain(i, entry.text("why"));
          continue;
        }
        entry.requireKeys(HELD_KEYS);
        long number = entry.number("n");
        Broken.unless(number >= header.n[0] && number <= header.n[1], "entry.n", "outside the batch's numbers");
        Broken.unless(numbers.add(number), "entry.n", "a number twice");
        if (repair) {
          Broken.unless(quarantined.remove(i), "entry.repair", "an input that was not waiting for repair");
          Broken.unless(number > repairedN, "entry.order", "repaired inputs not in order of n");
          repairedN = number;
        }
        held++;
        entry.hash("raw");
        entry.text("charset");
        entry.text("type");
        entry.text("control");
        entry.requireTime("received");
        long length = entry.number("length");
        Broken.unless(length <= BODY_BYTES_MAX, "body.too-large", "more than 32 MiB");
        if (bodiesLost || length > bodies.remaining()) {
          bodiesLost = true;
          throw new Broken("body.length", "longer than what is there");
        }
        byte[] body = new byte[(int) length];
        bodies.get(body);
        bodyBytes += length;
        Broken.unless(entry.hash("body").equals(suite.tagged(3, body)), "body.hash", "not the body that the entry names");
        Fields bundle = new Fields(Json.object(body), "body");
        Broken.unless(bundle.text("resourceType").equals("Bundle") && bundle.text("type").equals("transaction"),
            "body.bundle", "not a transaction Bundle");
      } catch (Broken e) {
        find(place, e.rule(), e.getMessage());
      }
    }
    require(iNext == header.in[1] + 1, place, "entry.i", "inputs of the range without an entry");
    require(numbers.size() == header.n[1] - header.n[0] + 1, place, "entry.n", "numbers of the range without a body");
    require(bodies.remaining() == 0 || bodiesLost, place, "body.length", "bytes after the last body");
  }

  private void explain(long i, String why) throws Broken {
    Matcher matcher = WHY.matcher(why);
    Broken.unless(matcher.matches(), "entry.why", "an explanation that the contract does not know");
    if (matcher.group(1) != null) {
      quarantined.add(i);
    } else if (matcher.group(2) != null) {
      explained.merge(why, 1L, Long::sum);
    } else {
      Broken.unless(Long.parseLong(matcher.group(3)) < i, "entry.why", "a duplicate of a later input");
      explained.merge("duplicate", 1L, Long::sum);
    }
  }

  /** From the next batch on only the new certificate counts. */
  private void rotate(String place, byte[] content) throws Broken {
    Fields json = new Fields(Json.object(content), "header");
    if (!json.text("kind").equals("rotate")) {
      return;
    }
    String named = json.hash("certificate");
    for (Pinned one : signing) {
      if (one.hash().equals(named)) {
        require(one.suite() == current.suite(), place, "rotate.suite", "the suite changed within an epoch");
        current = one;
        return;
      }
    }
    find(place, "rotate.certificate-unknown", "the new certificate was not given");
  }

  private void receipt(Name name, Header header, byte[] cms) {
    String place = name + ".receipt";
    try {
      Suite suite = current.suite();
      Fields json = new Fields(Json.object(Cms.open(cms, suite, receipt)), "receipt").requireKeySet(RECEIPT_KEYS);
      Broken.unless(json.number("v") == 1 && json.text("status").equals("held"), "receipt.status", "not held");
      String hhSaid = json.hash("hh");
      String prevCh = json.hash("prevCh");
      String chSaid = json.hash("ch");
      Fields audit = json.object("audit").requireKeySet(List.of("n", "head"));
      Broken.unless(json.number("epoch") == name.epoch && json.number("seq") == name.seq, "receipt.seq", "another batch's");
      Broken.unless(current.feed().filter(feed(json)::equals).isPresent(), "receipt.feed", "another feed's");
      json.text("t");
      Broken.unless(chSaid.equals(suite.tagged(6, Suite.unhex(prevCh), Suite.unhex(hhSaid))), "receipt.ch",
          "does not follow from prevCh and hh");
      Broken.unless(!chKnown || prevCh.equals(ch), "receipt.prevCh", "not the head of the receipt before");
      ch = chSaid;
      chKnown = true;
      heads.put(name.seq, ch);
      if (header != null) {
        Broken.unless(hhSaid.equals(header.hh), "receipt.hh", "not this batch's header");
        long[] numbers = json.range("n");
        Broken.unless(Arrays.equals(numbers, header.n) && json.number("in") == header.in[1], "receipt.numbers",
            "not this batch's numbers");
        Broken.unless(audit.number("n") == header.auditN && audit.hash("head").equals(header.auditHead), "receipt.audit",
            "not this batch's audit head");
        receipted++;
      }
    } catch (Broken e) {
      find(place, e.rule(), e.getMessage());
      chKnown = false;
    }
  }
}
