package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.Header.Audit;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.time.OffsetDateTime;
import java.util.Collection;

/**
 * The city's signed word that it has checked a batch and holds it durably. Not that anyone accepted it
 * clinically: that comes later, by outcome.
 *
 * @param in the last input the city has an account of
 * @param ch the city's head after this batch, {@code H(06|prevCh|hh)}
 * @param t the city's time, the one that counts
 */
public record Receipt(
    String feed,
    long epoch,
    long seq,
    String hh,
    Range n,
    long in,
    Audit audit,
    String prevCh,
    String ch,
    OffsetDateTime t) {

  /**
   * Opens a receipt and checks what can be known from it alone: the signature, the JSON, and that
   * {@code ch} follows from {@code prevCh} and {@code hh}.
   *
   * @param receiptCertificates from the trust file
   * @throws SealRefused {@code seal.*}, {@code receipt.chain-broken}
   */
  public static Receipt open(byte[] cms, Suite suite, Collection<Certificate> receiptCertificates) {
    Json.Fields json = Json.read(StrictCms.open(cms, suite, receiptCertificates), "receipt");
    json.version1();
    json.literal("status", "held");
    Json.Fields audit = json.object("audit");
    Receipt receipt = new Receipt(
        json.text("feed"), json.number("epoch"), json.number("seq"), json.hash("hh"), json.range("n"),
        json.number("in"), new Audit(audit.number("n"), audit.hash("head")), json.hash("prevCh"), json.hash("ch"),
        json.time("t"));
    audit.end();
    json.end();
    if (!receipt.ch.equals(suite.cityHead(receipt.prevCh, receipt.hh))) {
      throw new SealRefused(Reason.RECEIPT_CHAIN, "receipt.ch");
    }
    return receipt;
  }

  /**
   * What was sent, as far as a receipt has to repeat it.
   *
   * @param hh hash of the header, hex
   * @param n the bodies it numbers
   * @param in the last input it accounts for
   * @param audit as the header carried it
   * @param prevCh {@code ch} of the receipt before, {@link Suite#ZERO_HASH} before the first
   */
  public record Sent(String feed, long epoch, long seq, String hh, Range n, long in, Audit audit, String prevCh) {}

  /**
   * Returns when this receipt settles the batch that was sent and continues the chain that we hold; only
   * then may the gateway advance.
   *
   * @throws SealRefused {@code receipt.other-batch}, {@code receipt.chain-broken}; names the first field that differs
   */
  public void requireSettles(Sent sent) {
    same(feed.equals(sent.feed), "feed");
    same(epoch == sent.epoch, "epoch");
    same(seq == sent.seq, "seq");
    same(hh.equals(sent.hh), "hh");
    same(n.equals(sent.n), "n");
    same(in == sent.in, "in");
    same(audit.equals(sent.audit), "audit");
    if (!prevCh.equals(sent.prevCh)) {
      throw new SealRefused(Reason.RECEIPT_CHAIN, "receipt.prevCh");
    }
  }

  private static void same(boolean same, String key) {
    if (!same) {
      throw new SealRefused(Reason.RECEIPT_OTHER_BATCH, "receipt." + key);
    }
  }
}
