package io.emrgateway.agent.seal;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is signed of a batch: who, which, after what, and the tree over its entries. No personal data.
 *
 * <p>Hashes are lower-case hex. {@code in} are the inputs it accounts for, {@code n} the delivered bodies
 * it numbers, {@code entries} its lines.
 *
 * @param certificate only for {@link Kind#ROTATE}: the hash of the new certificate ({@link Certificate#hash})
 * @param restore only for {@link Kind#RESYNC}
 */
public record Header(
    String feed,
    long epoch,
    long seq,
    String prev,
    Kind kind,
    Suite suite,
    OffsetDateTime created,
    String agentVersion,
    String config,
    Range in,
    List<Source> sources,
    Range n,
    int entries,
    String root,
    Audit audit,
    Last last,
    Optional<String> certificate,
    Optional<Restore> restore) {

  public Header {
    sources = List.copyOf(sources);
  }

  /** What a batch is for. */
  public enum Kind {
    DATA,
    HEARTBEAT,
    ROTATE,
    RESYNC;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How many inputs of the range one source gave. */
  public record Source(String name, long count) {}

  /** How long the audit chain is, and its last link. */
  public record Audit(long n, String head) {
    public static final Audit EMPTY = new Audit(0, Suite.ZERO_HASH);
  }

  /** The last receipt held: its seq and the city's head in it. */
  public record Last(long seq, String ch) {
    public static final Last NONE = new Last(0, Suite.ZERO_HASH);
  }

  /**
   * What a resync admits to.
   *
   * @param backup when the restored backup was made, if anyone knows
   * @param audit the audit head as restored
   * @param unknown inputs that the city counts and the gateway has no trace of
   */
  public record Restore(Optional<OffsetDateTime> backup, String audit, Range unknown) {}

  /** The signed bytes: UTF-8, keys in the contract's order, no white space. */
  public byte[] toBytes() {
    StringBuilder out = new StringBuilder(768);
    Json.quote(out.append("{\"v\":1,\"feed\":"), feed);
    out.append(",\"epoch\":").append(epoch).append(",\"seq\":").append(seq);
    out.append(",\"prev\":\"").append(prev).append("\",\"kind\":\"").append(kind.wireName());
    out.append("\",\"suite\":\"").append(suite.wireName()).append("\",\"created\":\"").append(Json.time(created));
    Json.quote(out.append("\",\"agent\":{\"version\":"), agentVersion).append(",\"config\":\"").append(config);
    out.append("\"},\"in\":{\"from\":").append(in.first()).append(",\"to\":").append(in.last()).append(",\"sources\":[");
    String comma = "";
    for (Source source : sources) {
      Json.quote(out.append(comma).append('['), source.name()).append(',').append(source.count()).append(']');
      comma = ",";
    }
    out.append("]},\"n\":[").append(n.first()).append(',').append(n.last());
    out.append("],\"entries\":").append(entries).append(",\"root\":\"").append(root);
    out.append("\",\"audit\":{\"n\":").append(audit.n()).append(",\"head\":\"").append(audit.head());
    out.append("\"},\"last\":{\"seq\":").append(last.seq()).append(",\"ch\":\"").append(last.ch()).append("\"}");
    certificate.ifPresent(hash -> out.append(",\"certificate\":\"").append(hash).append('"'));
    restore.ifPresent(restored -> {
      out.append(",\"restore\":{\"backup\":");
      restored.backup().ifPresentOrElse(
          time -> out.append('"').append(Json.time(time)).append('"'), () -> out.append("null"));
      out.append(",\"audit\":\"").append(restored.audit()).append("\",\"unknown\":[");
      out.append(restored.unknown().first()).append(',').append(restored.unknown().last()).append("]}");
    });
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  /** {@code hh = H(02|header)} in hex, which the next batch names as {@code prev}. */
  public static String hash(Suite suite, byte[] header) {
    return Suite.hex(suite.hash(Suite.TAG_HEADER, header));
  }
}
