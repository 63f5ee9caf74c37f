package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.Header.Audit;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Optional;

/**
 * Where the city stands with a feed, signed: the answer to a question with a nonce, or to a batch that
 * does not fit (409), then with the reason.
 *
 * @param seq the last batch the city holds, 0 for none
 * @param in the last input it has an account of
 * @param n the last body it holds
 * @param nonce the question's; empty in a 409
 * @param error why a batch did not fit; empty in an answer to a question
 */
public record Head(
    String feed,
    long epoch,
    long seq,
    String hh,
    long in,
    long n,
    Audit audit,
    String prevCh,
    String ch,
    Optional<String> nonce,
    OffsetDateTime t,
    Optional<Conflict> error) {

  /** Why a batch did not fit. */
  public enum Conflict {
    /** The order is broken: resend from the head. */
    GAP,
    /** The same number with other content: stop and alarm. */
    FORK,
    /** The epoch is closed: stop and alarm. */
    EPOCH
  }

  /**
   * Opens the answer to a question.
   *
   * @param feed whose head was asked for
   * @param nonce the question's, 32 to 64 hex digits
   * @throws SealRefused {@code seal.*}, {@code head.other-feed}, {@code head.nonce} when it answers another
   *     question, {@code head.chain-broken}
   */
  public static Head open(byte[] cms, Suite suite, Collection<Certificate> receiptCertificates, String feed, String nonce) {
    Head head = read(cms, suite, receiptCertificates, feed);
    if (head.error.isPresent() || !head.nonce.filter(nonce::equals).isPresent()) {
      throw new SealRefused(Reason.HEAD_NONCE, "head.nonce");
    }
    return head;
  }

  /**
   * Opens the body of a 409. It may be an old one played again, which costs a question with a nonce and
   * no more, so act on FORK and EPOCH, and resend for GAP, but never take numbers from it.
   *
   * @return a head whose {@link #error} is present
   */
  public static Head openConflict(byte[] cms, Suite suite, Collection<Certificate> receiptCertificates, String feed) {
    Head head = read(cms, suite, receiptCertificates, feed);
    if (head.error.isEmpty() || head.nonce.isPresent()) {
      throw new SealRefused(Reason.JSON_BROKEN, "head.error");
    }
    return head;
  }

  private static Head read(byte[] cms, Suite suite, Collection<Certificate> pinned, String feed) {
    Json.Fields json = Json.read(StrictCms.open(cms, suite, pinned), "head");
    json.version1();
    Json.Fields audit = json.object("audit");
    Head head = new Head(
        json.text("feed"), json.number("epoch"), json.number("seq"), json.hash("hh"), json.number("in"),
        json.number("n"), new Audit(audit.number("n"), audit.hash("head")), json.hash("prevCh"), json.hash("ch"),
        json.textOrNull("nonce"), json.time("t"), json.has("error") ? Optional.of(conflict(json)) : Optional.empty());
    audit.end();
    json.end();
    if (!head.feed.equals(feed)) {
      throw new SealRefused(Reason.HEAD_OTHER_FEED, "head.feed");
    }
    boolean follows = head.seq == 0
        ? head.ch.equals(Suite.ZERO_HASH) && head.hh.equals(Suite.ZERO_HASH) && head.prevCh.equals(Suite.ZERO_HASH)
        : head.ch.equals(suite.cityHead(head.prevCh, head.hh));
    if (!follows) {
      throw new SealRefused(Reason.HEAD_CHAIN, "head.ch");
    }
    return head;
  }

  private static Conflict conflict(Json.Fields json) {
    return switch (json.text("error")) {
      case "GAP" -> Conflict.GAP;
      case "FORK" -> Conflict.FORK;
      case "EPOCH" -> Conflict.EPOCH;
      default -> throw json.broken("error");
    };
  }
}
