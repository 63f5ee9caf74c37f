package io.emrgateway.agent.lookup;

import io.emrgateway.agent.seal.Json;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.SealRefused.Reason;
import io.emrgateway.agent.seal.StrictCms;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.seal.Tree;
import io.emrgateway.agent.seal.TrustFile;
import io.emrgateway.routes.core.lookup.Unproved;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What came back for a question, each hospital's part verified against that hospital and not against the city.
 *
 * @param complete nothing more will come
 * @param sources every hospital that was asked, in the city's order
 */
public record CityAnswer(Instant t, boolean complete, List<Source> sources) {

  /**
   * One hospital's part.
   *
   * @param org the hospital, e.g. {@code H-0105}
   * @param status {@code answered}, {@code none}, {@code timeout}, {@code denied:} and a code; one of {@link Unproved} for an answer
   *     that is not proved to be what that hospital signed, {@code too-large} for one that does not fit: of either nothing is kept
   * @param records the bundles, proved to be that hospital's; not yet looked at for whom they are about
   */
  public record Source(String org, String feed, String status, List<Proved> records) {
    /** Whether a newer trust file may prove it: the one in use does not have the hospital, or its key. */
    public boolean isOfAnUnknownKey() {
      return status.equals(Unproved.HOSPITAL_UNKNOWN.status()) || status.equals(Unproved.KEY_UNKNOWN.status());
    }

    /** Numbers only. */
    @Override
    public String toString() {
      return "Source[" + org + " " + status + " " + records.size() + "]";
    }
  }

  /**
   * A bundle and whose word it is.
   *
   * @param fed true for a record of the feed, proved alone; false for a part of an answer to this question
   * @param evidence hash of the CMS that proves it, untagged
   */
  public record Proved(byte[] bundle, boolean fed, String evidence) {}

  public static final String TOO_LARGE = "too-large";
  private static final Pattern STATUS = Pattern.compile("answered|none|timeout|denied:[a-z.-]{1,60}");
  private static final int RECORDS_MAX = 100_000;
  /** Of what the city itself says of a question. */
  private static final int HEAD_BYTES_MAX = 1 << 20;

  /**
   * Opens the city's answer. An answer that is not the city's is refused as a whole; a hospital's that is not that
   * hospital's only loses its own part, and so does the largest where not all of them fit.
   *
   * @param octets read to their end, and not closed
   * @param bytesMax what the hospitals' parts may take together
   * @param renewed a newer trust file, if there is one: asked for when this one lacks a hospital, its key or the city's
   * @throws SealRefused {@code seal.*}, {@code lookup.answer-broken}, {@code lookup.frames-broken}
   */
  public static CityAnswer open(InputStream octets, long bytesMax, TrustFile trust, Supplier<TrustFile> renewed, SignedRequest question)
      throws IOException {
    Frames.Reader frames = new Frames.Reader(octets);
    int length = frames.length();
    if (length > HEAD_BYTES_MAX) {
      throw new SealRefused(Reason.FRAMES_BROKEN, "lookup");
    }
    Json.Fields json = Json.read(said(frames.frame(length), trust, renewed), "lookup");
    json.version1();
    boolean ours = SignedRequest.rid(json).equals(question.request().rid()) & json.hash("requestHash").equals(question.hash());
    Instant t = json.time("t").toInstant();
    boolean complete = json.truth("complete");
    List<Listed> listed = json.objects("sources", CityAnswer::listed);
    json.end();
    if (!ours) {
      throw new SealRefused(Reason.ANSWER_BROKEN, "lookup.requestHash");
    }
    Fitting fitting = new Fitting(bytesMax);
    for (Listed one : listed) {
      fitting.read(frames, one.frames());
    }
    frames.end();
    List<Source> sources = new ArrayList<>(listed.size());
    TrustFile now = trust;
    for (int k = 0; k < listed.size(); k++) {
      Source source = source(listed.get(k), fitting.parts.get(k).frames, now, question);
      if (source.isOfAnUnknownKey() && now == trust) {
        now = renewed.get();
        source = source(listed.get(k), fitting.parts.get(k).frames, now, question);
      }
      sources.add(source);
    }
    return new CityAnswer(t, complete, List.copyOf(sources));
  }

  private static byte[] said(byte[] cms, TrustFile trust, Supplier<TrustFile> renewed) {
    try {
      return StrictCms.open(cms, trust.suite(), trust.lookupCertificates());
    } catch (SealRefused refused) {
      if (refused.reason() != Reason.SIGNER_NOT_PINNED) {
        throw refused;
      }
      return StrictCms.open(cms, trust.suite(), renewed.get().lookupCertificates());
    }
  }

  /** The hospitals' parts as far as they fit together: the largest gives way to the others. */
  private static final class Fitting {
    private static final class Part {
      /** Null once it has given way. */
      private List<byte[]> frames = new ArrayList<>();
      private long bytes;

      private void giveWay() {
        frames = null;
        bytes = 0;
      }
    }

    private final long bytesMax;
    private final List<Part> parts = new ArrayList<>();
    private long held;

    private Fitting(long bytesMax) {
      this.bytesMax = bytesMax;
    }

    private void read(Frames.Reader frames, int count) throws IOException {
      Part part = new Part();
      parts.add(part);
      for (int k = 0; k < count; k++) {
        int length = frames.length();
        if (makeRoom(part, length)) {
          part.frames.add(frames.frame(length));
          part.bytes += length;
          held += length;
        } else {
          frames.pass(length);
        }
      }
    }

    private boolean makeRoom(Part part, int more) {
      while (part.frames != null && held + more > bytesMax) {
        Part largest = Collections.max(parts, Comparator.comparingLong(one -> one == part ? one.bytes + more : one.bytes));
        held -= largest.bytes;
        largest.giveWay();
      }
      return part.frames != null;
    }
  }

  private record Listed(String org, String feed, String status, int count, boolean byCity) {
    /** Whether the hospital itself has said so; that it said nothing, or nothing right, is the city's word alone. */
    boolean isSigned() {
      return !status.equals("timeout") && !status.equals("denied:answer.invalid");
    }

    int frames() {
      return byCity ? 2 * count : isSigned() ? 1 + count : 0;
    }
  }

  private static Listed listed(Json.Fields json) {
    String org = json.text("org");
    String feed = json.text("feed");
    String status = json.text("status");
    long count = json.number("count");
    String by = json.text("by");
    if (!by.equals("hospital") && !by.equals("city") || count > RECORDS_MAX || !STATUS.matcher(status).matches()) {
      throw json.broken("status");
    }
    return new Listed(org, feed, status, (int) count, by.equals("city"));
  }

  /** @param frames null for what does not fit */
  private static Source source(Listed listed, List<byte[]> frames, TrustFile trust, SignedRequest question) {
    if (frames == null) {
      return new Source(listed.org, listed.feed, TOO_LARGE, List.of());
    }
    Optional<TrustFile.Hospital> hospital = trust.hospital(listed.feed).filter(one -> one.org().equals(listed.org));
    if (hospital.isEmpty()) {
      return new Source(listed.org, listed.feed, Unproved.HOSPITAL_UNKNOWN.status(), List.of());
    }
    try {
      List<Proved> records;
      String status = listed.status;
      Suite theirs = hospital.get().suite();
      if (listed.byCity) {
        records = fed(frames, theirs, hospital.get());
      } else if (listed.isSigned()) {
        HolderAnswer answer = HolderAnswer.open(frames, theirs, hospital.get(), question);
        String evidence = Suite.hex(theirs.hashUntagged(frames.get(0)));
        records = answer.bodies().stream().map(body -> new Proved(body, false, evidence)).toList();
        status = answer.result();
      } else {
        records = List.of();
      }
      return new Source(listed.org, listed.feed, status, records);
    } catch (SealRefused notTheirs) {
      Unproved why = notTheirs.reason() == Reason.SIGNER_NOT_PINNED ? Unproved.KEY_UNKNOWN : Unproved.NOT_SIGNED;
      return new Source(listed.org, listed.feed, why.status(), List.of());
    }
  }

  /** Records out of the hospital's feed, in the order in which it admitted them: each proved by the signed header of its batch, its line and the path between. */
  private static List<Proved> fed(List<byte[]> frames, Suite suite, TrustFile.Hospital hospital) {
    // Whatever order the city gives them in: an older state must not take the place of a newer one.
    SortedMap<Long, Proved> byAdmission = new TreeMap<>();
    for (int k = 0; k < frames.size(); k += 2) {
      Json.Fields proof = Json.read(frames.get(k), "proof");
      byte[] cms = proof.base64("header");
      Json.Fields header = Json.read(StrictCms.open(cms, suite, hospital.certificates()), "header");
      byte[] line = proof.text("line").getBytes(StandardCharsets.UTF_8);
      long index = proof.number("index");
      long entries = proof.number("entries");
      List<byte[]> path = proof.texts("path").stream().map(hash -> {
        if (!Suite.isHash(hash)) {
          throw proof.broken("path");
        }
        return Suite.unhex(hash);
      }).toList();
      proof.end();
      Json.Fields entry = Json.read(line, "entry");
      boolean proved = header.text("feed").equals(hospital.feed()) && header.number("entries") == entries
          && Tree.proves(suite, line, index, entries, path, Suite.unhex(header.hash("root")))
          && entry.hash("body").equals(Suite.hex(suite.hash(Suite.TAG_BODY, frames.get(k + 1))));
      if (!proved) {
        throw new SealRefused(Reason.ANSWER_BROKEN, "proof");
      }
      byAdmission.put(entry.number("i"), new Proved(frames.get(k + 1), true, Suite.hex(suite.hashUntagged(cms))));
    }
    return List.copyOf(byAdmission.values());
  }
}
