package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.Header.Audit;
import io.emrgateway.agent.seal.Header.Kind;
import io.emrgateway.agent.seal.Header.Last;
import io.emrgateway.agent.seal.Header.Restore;
import io.emrgateway.agent.seal.Header.Source;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.ByteArrayOutputStream;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes a signed batch out of inputs: the header, the entries, the tree over them and the signature.
 *
 * <p>Knows no clock, no store and no order of its own: what goes in decides what comes out, but for the
 * signature's own randomness. It refuses to sign what the city would have to refuse.
 */
public final class BatchSealer {
  /** Entries of one batch. */
  public static final int ENTRIES_MAX = 256;
  /**
   * Bytes of entries and bodies of a batch with more than one entry: the contract's 8 MiB less 16 KiB, so
   * that it holds whether or not one counts the signed header.
   */
  public static final long BYTES_MAX = (8L << 20) - (16L << 10);
  /** Bytes of one body; it then travels alone. */
  public static final long BODY_BYTES_MAX = 32L << 20;

  private final Signer signer;

  public BatchSealer(Signer signer) {
    this.signer = signer;
  }

  /**
   * Everything about a batch that its inputs do not say.
   *
   * @param prev hash of the header before, {@link Suite#ZERO_HASH} for the first
   * @param config hash of configuration and mapping pack, hex
   * @param inNext the first input of this batch's own range, or of the next batch's when this one has none
   * @param sources how many inputs of the own range each source gave, in order of first appearance
   * @param nNext the number of the next body
   * @param restore for a resync, else empty
   * @param newCertificate for a rotation, else empty
   */
  public record Context(
      String feed,
      long epoch,
      long seq,
      String prev,
      Kind kind,
      OffsetDateTime created,
      String agentVersion,
      String config,
      long inNext,
      List<Source> sources,
      long nNext,
      Audit audit,
      Last last,
      Optional<Restore> restore,
      Optional<Certificate> newCertificate) {
    public Context {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(restore, "restore");
      Objects.requireNonNull(newCertificate, "newCertificate");
      sources = List.copyOf(sources);
    }
  }

  /**
   * Seals one batch.
   *
   * @param inputs first those of the own range, {@code i} from {@code inNext} upwards without a hole; then
   *     repaired ones, whose {@code i} lies below. {@code n} counts from {@code nNext} without a hole in
   *     this same order. Empty but for {@link Kind#DATA}
   * @return a batch that {@link StrictCms} opens with the signer's certificate
   * @throws SealRefused {@code batch.numbers}, {@code batch.kind}, {@code batch.value},
   *     {@code batch.too-large}; {@code seal.certificate-feed} when the key is another feed's. Nothing has
   *     been signed then
   */
  public SealedBatch seal(Context context, List<Input> inputs) {
    Suite suite = signer.suite();
    check(context, inputs);
    long iNext = context.inNext();
    long nNext = context.nNext();
    boolean repairs = false;
    List<byte[]> lines = new ArrayList<>(inputs.size());
    List<byte[]> bodies = new ArrayList<>(inputs.size());
    ByteArrayOutputStream entries = new ByteArrayOutputStream(360 * inputs.size());
    long bytes = 0;
    for (Input input : inputs) {
      if (input.i() < context.inNext()) {
        repairs = true;
        require(input instanceof Input.Held && input.i() > 0, Reason.BATCH_NUMBERS, "entry.i");
      } else {
        require(!repairs && input.i() == iNext, Reason.BATCH_NUMBERS, "entry.i");
        iNext++;
      }
      if (input instanceof Input.Held held) {
        require(held.n() == nNext, Reason.BATCH_NUMBERS, "entry.n");
        nNext++;
        bodies.add(held.body());
        bytes += held.body().length;
      }
      byte[] line = input.line();
      lines.add(line);
      entries.writeBytes(line);
      entries.write('\n');
    }
    bytes += entries.size();
    require(inputs.size() <= ENTRIES_MAX, Reason.BATCH_TOO_LARGE, "header.entries");
    require(inputs.size() <= 1 || bytes <= BYTES_MAX, Reason.BATCH_TOO_LARGE, "bodies");
    require(bodies.size() != 1 || bodies.get(0).length <= BODY_BYTES_MAX, Reason.BATCH_TOO_LARGE, "bodies");
    Range in = new Range(context.inNext(), iNext - 1);
    long counted = context.sources().stream().mapToLong(Source::count).sum();
    require(counted == in.count(), Reason.BATCH_NUMBERS, "header.in.sources");
    require(iNext - 1 <= Json.NUMBER_MAX && nNext - 1 <= Json.NUMBER_MAX, Reason.BATCH_NUMBERS, "header");

    Header header = new Header(
        context.feed(), context.epoch(), context.seq(), context.prev(), context.kind(), suite, context.created(),
        context.agentVersion(), context.config(), in, context.sources(), new Range(context.nNext(), nNext - 1),
        inputs.size(), Suite.hex(Tree.head(suite, lines)), context.audit(), context.last(),
        context.newCertificate().map(Certificate::hash), context.restore());
    byte[] headerBytes = header.toBytes();
    return new SealedBatch(header, headerBytes, Header.hash(suite, headerBytes), signer.sign(headerBytes),
        entries.toByteArray(), List.copyOf(bodies));
  }

  private void check(Context context, List<Input> inputs) {
    require(signer.certificate().feed().filter(context.feed()::equals).isPresent(),
        Reason.CERTIFICATE_FEED, "header.feed");
    require(context.epoch() > 0 && context.epoch() <= Json.NUMBER_MAX, Reason.BATCH_NUMBERS, "header.epoch");
    require(context.seq() > 0 && context.seq() <= Json.NUMBER_MAX, Reason.BATCH_NUMBERS, "header.seq");
    require(context.inNext() > 0, Reason.BATCH_NUMBERS, "header.in");
    require(context.nNext() > 0, Reason.BATCH_NUMBERS, "header.n");
    require(Suite.isHash(context.prev()), Reason.BATCH_VALUE, "header.prev");
    require(Suite.isHash(context.config()), Reason.BATCH_VALUE, "header.agent.config");
    require(Suite.isHash(context.audit().head()), Reason.BATCH_VALUE, "header.audit.head");
    require(Suite.isHash(context.last().ch()), Reason.BATCH_VALUE, "header.last.ch");
    require(context.restore().isEmpty() || Suite.isHash(context.restore().get().audit()),
        Reason.BATCH_VALUE, "header.restore.audit");
    require((context.kind() == Kind.DATA) == !inputs.isEmpty(), Reason.BATCH_KIND, "entries");
    require((context.kind() == Kind.ROTATE) == context.newCertificate().isPresent(),
        Reason.BATCH_KIND, "header.certificate");
    require((context.kind() == Kind.RESYNC) == context.restore().isPresent(), Reason.BATCH_KIND, "header.restore");
  }

  private static void require(boolean holds, Reason reason, String place) {
    if (!holds) {
      throw new SealRefused(reason, place);
    }
  }
}
