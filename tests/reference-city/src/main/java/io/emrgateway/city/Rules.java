package io.emrgateway.city;

import io.emrgateway.city.Header.Kind;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;

/** The rules that tie a batch to the batches before it. */
final class Rules {
  private Rules() {}

  /**
   * Where the batch stands against the head, or null if it is the next one.
   *
   * <p>The same key with the same content has been answered with its receipt before this is asked.
   *
   * @throws Refused if it would be next but opens an epoch without a resync, or the other way round
   */
  static Order order(State state, Header header) {
    if (header.epoch() < state.epoch()) {
      return Order.EPOCH;
    }
    if (header.seq() <= state.seq()) {
      return Order.FORK;
    }
    if (header.seq() > state.seq() + 1 || header.epoch() > state.epoch() + 1) {
      return Order.GAP;
    }
    if (!header.prev().equals(state.hh())) {
      // It follows other content than ours at the same seq.
      return Order.FORK;
    }
    boolean opens = header.epoch() == state.epoch() + 1;
    if (opens && header.kind() != Kind.RESYNC) {
      throw new Refused(Rule.EPOCH_WITHOUT_RESYNC);
    }
    if (!opens && header.kind() == Kind.RESYNC) {
      throw new Refused(Rule.RESYNC_EPOCH);
    }
    return null;
  }

  /** Only the certificate that counts now may sign what is new, and it has to name the feed and be valid. */
  static void checkSigner(Batch batch, Pinned current, Instant now) {
    if (!batch.signer().is(current.der)) {
      throw new Refused(Rule.CMS_SIGNER);
    }
    if (!current.names(batch.header().feed())) {
      throw new Refused(Rule.CERTIFICATE_FEED);
    }
    if (!current.validAt(now)) {
      throw new Refused(Rule.CERTIFICATE_VALIDITY);
    }
  }

  /**
   * Numbers go on where they ended, the last receipt is one of ours, the audit chain only grows.
   *
   * @param chAt the city's chain after a seq it holds, or null
   * @param waiting true for an input that was explained as quarantined and not delivered since
   */
  static void checkContinuation(
      State state, Batch batch, LongFunction<String> chAt, LongPredicate waiting) {
    Header header = batch.header();
    if (header.in().from() != state.in() + 1) {
      throw new Refused(Rule.HEADER_IN);
    }
    if (header.n().from() != state.n() + 1) {
      throw new Refused(Rule.HEADER_N);
    }
    String ch = header.lastSeq() == 0 ? Suite.NOTHING_YET : chAt.apply(header.lastSeq());
    if (!header.lastCh().equals(ch)) {
      throw new Refused(Rule.HEADER_LAST);
    }
    checkAudit(state, header);
    if (header.kind() == Kind.RESYNC && header.unknown().to() > state.in()) {
      throw new Refused(Rule.RESYNC_RESTORE, "header.restore.unknown");
    }
    List<Entry> entries = batch.entries();
    for (int k = (int) header.in().size(); k < entries.size(); k++) {
      if (!waiting.test(entries.get(k).i())) {
        throw new Refused(Rule.ENTRY_REPAIR, "entry " + (k + 1));
      }
    }
  }

  /** A gateway restored from a backup has lost the end of its chain, and says so in a resync; nobody else may. */
  private static void checkAudit(State state, Header header) {
    boolean beginning = header.auditN() == 0;
    if (beginning != header.auditHead().equals(Suite.NOTHING_YET)) {
      throw new Refused(Rule.HEADER_AUDIT);
    }
    if (header.kind() == Kind.RESYNC) {
      return;
    }
    boolean same = header.auditN() == state.auditN();
    if (header.auditN() < state.auditN() || same && !header.auditHead().equals(state.auditHead())) {
      throw new Refused(Rule.HEADER_AUDIT);
    }
  }

  /** The approved certificate whose hash a rotation names; it must be one this feed could sign with. */
  static Pinned rotation(Suite suite, Header header, List<Pinned> approved, Instant now) {
    for (Pinned candidate : approved) {
      String hash = HexFormat.of().formatHex(suite.hash(candidate.der));
      if (hash.equals(header.certificate())
          && candidate.names(header.feed())
          && candidate.isOf(suite)
          && candidate.validAt(now)) {
        return candidate;
      }
    }
    throw new Refused(Rule.ROTATE_UNKNOWN);
  }
}
