package io.emrgateway.city;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.city.Header.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The city's word: what it takes, what it answers, and what it signs. Knows nothing of sockets.
 *
 * <p>The walk of a batch: read and check it alone ({@link Batch}); find its place ({@link Rules#order}); check it
 * against what is held ({@link Rules#checkContinuation}); store it with its receipt in one transaction
 * ({@link Holdings#keep}); answer. A receipt never leaves before its batch is durable.
 */
final class City {
  private final Register register;
  private final Holdings holdings;
  private final Map<Suite, Keys> receiptKeys;
  private final Clock clock;
  private final Map<String, Object> turns = new ConcurrentHashMap<>();
  private final Map<String, List<Pinned>> rotations = new ConcurrentHashMap<>();
  private final Log log = new Log();

  /** @param receiptKeys the key the city signs with, for each suite that the register uses */
  City(Register register, Holdings holdings, Map<Suite, Keys> receiptKeys, Clock clock) {
    this.register = register;
    this.holdings = holdings;
    this.receiptKeys = receiptKeys;
    this.clock = clock;
  }

  /**
   * Takes a batch. The answer is the receipt (200), the signed head with what is wrong with the order (409), or the
   * broken rule.
   *
   * @param in the decoded request body
   * @throws IOException if the sender went away while sending; nothing has been stored then
   */
  Answer take(Register.Feed feed, Batch.Key key, InputStream in) throws IOException {
    try {
      Batch batch = Batch.read(feed.suite(), key, in, known(feed));
      // One batch of a feed at a time; the slow part, reading, is already behind us.
      synchronized (turns.computeIfAbsent(feed.feed(), name -> new Object())) {
        return take(feed, batch);
      }
    } catch (Refused refused) {
      log.refused(feed.feed(), key.seq(), refused, clock.instant());
      return Answer.refused(refused.rule, refused.place, 0);
    }
  }

  private Answer take(Register.Feed feed, Batch batch) {
    Header header = batch.header();
    State state = holdings.state(feed.feed());
    if (header.seq() <= state.seq()) {
      Holdings.Held held = holdings.batch(feed.feed(), header.seq());
      if (held.epoch() == header.epoch() && held.hh().equals(header.hh())) {
        log.repeated(feed.feed());
        return Answer.signed(200, held.receipt());
      }
    }
    Order order = Rules.order(state, header);
    if (order != null) {
      log.outOfOrder(feed.feed(), header.seq(), order, clock.instant());
      return Answer.signed(409, sign(feed.suite(), head(feed.feed(), state, null, order)));
    }

    Instant now = clock.instant();
    Rules.checkSigner(batch, current(feed), now);
    Rules.checkContinuation(
        state, batch, seq -> holdings.chAt(feed.feed(), seq), i -> holdings.waitsInQuarantine(feed.feed(), i));
    Pinned rotatedTo =
        header.kind() == Kind.ROTATE ? Rules.rotation(feed.suite(), header, feed.pending(), now) : null;

    String ch =
        feed.suite().hex(Suite.HEAD, HexFormat.of().parseHex(state.ch()), HexFormat.of().parseHex(header.hh()));
    State next =
        new State(header.epoch(), header.seq(), header.hh(), header.in().to(), header.n().to(), header.auditN(),
            header.auditHead(), state.ch(), ch);
    String t = Times.text(now);
    byte[] receipt = sign(feed.suite(), receipt(header, next, t));
    holdings.keep(batch, next, t, receipt, rotatedTo == null ? null : rotatedTo.der);
    if (rotatedTo != null) {
      rotations.remove(feed.feed());
    }
    return Answer.signed(200, receipt);
  }

  private static ObjectNode receipt(Header header, State next, String t) {
    ObjectNode receipt = Json.MAPPER.createObjectNode();
    receipt.put("v", 1).put("feed", header.feed()).put("epoch", header.epoch()).put("seq", header.seq());
    receipt.put("hh", header.hh());
    receipt.putArray("n").add(header.n().from()).add(header.n().to());
    receipt.put("in", header.in().to());
    receipt.putObject("audit").put("n", header.auditN()).put("head", header.auditHead());
    receipt.put("prevCh", next.prevCh()).put("ch", next.ch()).put("t", t).put("status", "held");
    return receipt;
  }

  /** The signed head of a feed, with the asker's nonce in it so that an old head cannot be played back. */
  Answer head(Register.Feed feed, String nonce) {
    if (!nonce.matches("[0-9a-f]{32,64}")) {
      return Answer.refused(Rule.REQUEST_QUERY, "nonce", 0);
    }
    return Answer.signed(200, sign(feed.suite(), head(feed.feed(), holdings.state(feed.feed()), nonce, null)));
  }

  private ObjectNode head(String feed, State state, String nonce, Order error) {
    ObjectNode head = Json.MAPPER.createObjectNode();
    head.put("v", 1).put("feed", feed).put("epoch", state.epoch()).put("seq", state.seq()).put("hh", state.hh());
    head.put("in", state.in()).put("n", state.n());
    head.putObject("audit").put("n", state.auditN()).put("head", state.auditHead());
    head.put("prevCh", state.prevCh()).put("ch", state.ch());
    head.put("nonce", nonce).put("t", Times.text(clock.instant()));
    if (error != null) {
      head.put("error", error.name());
    }
    return head;
  }

  /** What the clinical check said about bodies numbered above {@code after}, at most 1,000 at a time, signed. */
  Answer outcomes(Register.Feed feed, String after) {
    if (!after.matches("[0-9]{1,15}")) {
      return Answer.refused(Rule.REQUEST_QUERY, "after", 0);
    }
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("v", 1).put("feed", feed.feed());
    var list = answer.putArray("outcomes");
    holdings.outcomesAfter(feed.feed(), Long.parseLong(after), 1_000)
        .forEach(json -> list.add(Json.object(json.getBytes(StandardCharsets.UTF_8), Rule.INTERNAL)));
    answer.put("t", Times.text(clock.instant()));
    return Answer.signed(200, sign(feed.suite(), answer));
  }

  /** Puts the feed back to {@code seq}: the city has been restored from an older backup. */
  void forgetAfter(String feed, long seq) {
    synchronized (turns.computeIfAbsent(feed, name -> new Object())) {
      holdings.forgetAfter(feed, seq);
      rotations.remove(feed);
    }
  }

  /** The certificate that counts for {@code feed} now. */
  Pinned current(Register.Feed feed) {
    List<Pinned> known = known(feed);
    return known.get(known.size() - 1);
  }

  /** Every certificate that counts or has counted, the one that counts last. */
  private List<Pinned> known(Register.Feed feed) {
    List<Pinned> known = new ArrayList<>();
    known.add(feed.signing());
    known.addAll(
        rotations.computeIfAbsent(feed.feed(), name -> holdings.rotations(name).stream().map(Pinned::new).toList()));
    return known;
  }

  Log log() {
    return log;
  }

  Holdings holdings() {
    return holdings;
  }

  Register register() {
    return register;
  }

  private byte[] sign(Suite suite, ObjectNode content) {
    Keys keys = receiptKeys.get(suite);
    return Cms.sign(suite, keys.key(), keys.certificate(), Json.bytes(content), clock.instant());
  }

  /** The receipt keys under {@code dir}: one file for the suites there are. */
  static Map<Suite, Keys> receiptKeys(Path dir, char[] password) {
    return keys(dir, "receipt-", password);
  }

  /** The keys that the city's words about lookups are signed with. */
  static Map<Suite, Keys> lookupKeys(Path dir, char[] password) {
    return keys(dir, "lookup-", password);
  }

  private static Map<Suite, Keys> keys(Path dir, String role, char[] password) {
    Map<Suite, Keys> keys = new EnumMap<>(Suite.class);
    for (Suite suite : Suite.values()) {
      Path file = dir.resolve(role + suite.id + ".p12");
      if (Files.exists(file)) {
        keys.put(suite, Keys.read(file, password));
      }
    }
    return keys;
  }
}
