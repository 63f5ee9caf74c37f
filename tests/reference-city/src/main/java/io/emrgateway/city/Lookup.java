package io.emrgateway.city;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * One lookup under way: what was asked, which hospitals are asked, and what they have answered so far.
 *
 * <p>It goes through three times: until {@code due} the asking hospital waits; after that what still comes can be
 * fetched; at {@code ends} everything about it is deleted.
 */
final class Lookup {
  private static final Duration LATE_ANSWERS = Duration.ofMinutes(10);

  final LookupRequest request;

  /** The request as it came; the hospitals that are asked verify it themselves. */
  final byte[] cms;

  final String requestHash;
  final Register.Feed feed;
  final Instant due;
  final Instant ends;
  private final List<Source> sources;
  private final List<Spool.Spooled> files = new ArrayList<>();
  private final long dueNanos;
  private boolean over;
  private boolean withdrawn;
  private boolean ended;

  /** What went out last; null once something has changed. */
  private Shown shown;

  /**
   * What goes out: the city's words, the same signed, and for each hospital that has some, its frames.
   *
   * @param tag names this state of this lookup and no other, in quotation marks
   */
  record Shown(ObjectNode words, byte[] cms, List<Spool.Spooled> frames, String tag) {}

  /**
   * @param content what was signed in {@code cms}
   * @param feed that asks
   * @param asked the feeds to ask
   * @param wait how long the asking hospital waits
   */
  Lookup(
      LookupRequest request,
      byte[] cms,
      byte[] content,
      Register.Feed feed,
      List<Register.Feed> asked,
      Instant now,
      Duration wait) {
    this.request = request;
    this.cms = cms;
    this.requestHash = feed.suite().hex(Suite.LOOKUP, content);
    this.feed = feed;
    this.due = now.plus(wait);
    this.ends = now.plus(LATE_ANSWERS);
    this.dueNanos = System.nanoTime() + wait.toNanos();
    this.sources = asked.stream().map(Source::new).toList();
  }

  List<Source> sources() {
    return sources;
  }

  /** The hospital asked whose connection this is, or null. */
  Source sourceServedBy(byte[] client) {
    return sources.stream().filter(source -> source.feed.isServedBy(client)).findFirst().orElse(null);
  }

  /** True if the inquiry may go to the hospital now; from then on its answer may come. */
  synchronized boolean handOut(Source source) {
    if (over || withdrawn) {
      return false;
    }
    source.handed = true;
    return true;
  }

  /** Returns when every hospital has answered, at {@code due}, or when the authorisation is withdrawn. */
  synchronized void await() {
    long left = dueNanos - System.nanoTime();
    try {
      while (left > 0 && !withdrawn && !sources.stream().allMatch(source -> source.settled)) {
        wait(left / 1_000_000 + 1);
        left = dueNanos - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the waiting: nobody is handed this inquiry any more. Returns the hospitals that have not answered. */
  synchronized List<Source> over() {
    over = true;
    shown = null;
    return sources.stream().filter(source -> !source.settled).toList();
  }

  synchronized boolean isOver() {
    return over;
  }

  /**
   * Takes a hospital's answer, the first one.
   *
   * @param frames null if nothing is forwarded
   * @return false if one is in already, or nobody may have it any more; then the frames are deleted
   */
  synchronized boolean settle(Source source, String status, int count, String by, Spool.Spooled frames) {
    if (source.settled || withdrawn || ended) {
      delete(frames);
      return false;
    }
    if (source.heldBack && count > 0) {
      delete(frames);
    } else {
      keep(frames);
      source.set(status, count, by, frames);
    }
    source.settled = true;
    shown = null;
    notifyAll();
    return true;
  }

  /** Shows the city's own records until the hospital's answer comes, if it does. */
  synchronized void fillIn(Source source, OwnRecords.Shown records) {
    if (source.settled || source.heldBack || withdrawn || ended) {
      delete(records.frames());
      return;
    }
    keep(records.frames());
    source.set("answered", records.count(), Source.CITY, records.frames());
    shown = null;
  }

  /**
   * No record of the hospital's is shown in this lookup any more: the patient objects. One that it sends now may have been
   * on its way when it heard of that.
   */
  synchronized void holdBack(String org) {
    for (Source source : sources) {
      if (source.feed.org().equals(org)) {
        source.heldBack = true;
        if (source.count > 0) {
          files.remove(source.frames);
          delete(source.frames);
          source.set(Source.TIMEOUT, 0, Source.HOSPITAL, null);
        }
      }
    }
    shown = null;
  }

  private void keep(Spool.Spooled frames) {
    if (frames != null) {
      files.add(frames);
    }
  }

  /** Stops it: who waits is woken, what has come is deleted. */
  synchronized void withdraw() {
    withdrawn = true;
    deleteFiles();
    notifyAll();
  }

  synchronized boolean isWithdrawn() {
    return withdrawn;
  }

  /** Deletes everything that has come. */
  synchronized void end() {
    ended = true;
    deleteFiles();
  }

  private void deleteFiles() {
    files.forEach(Lookup::delete);
    files.clear();
  }

  private static void delete(Spool.Spooled frames) {
    if (frames != null) {
      Spool.delete(frames.file());
    }
  }

  /**
   * How it stands now, the same octets until something changes. Complete if nothing can come any more.
   *
   * @param signed makes the CMS of the city's words
   */
  synchronized Shown show(Instant now, UnaryOperator<byte[]> signed) {
    shown = shown == null ? shown(now, signed) : shown;
    return shown;
  }

  private Shown shown(Instant now, UnaryOperator<byte[]> signed) {
    ObjectNode words = Json.MAPPER.createObjectNode();
    words.put("v", 1).put("rid", request.rid()).put("requestHash", requestHash).put("t", Times.text(now));
    words.put("complete", sources.stream().allMatch(source -> source.settled || over && !source.handed));
    ArrayNode list = words.putArray("sources");
    List<Spool.Spooled> frames = new ArrayList<>();
    for (Source source : sources) {
      ObjectNode node = list.addObject();
      node.put("org", source.feed.org()).put("feed", source.feed.feed()).put("status", source.status);
      node.put("count", source.count).put("by", source.by);
      if (source.frames != null) {
        frames.add(source.frames);
      }
    }
    return new Shown(words, signed.apply(Json.bytes(words)), frames, '"' + UUID.randomUUID().toString() + '"');
  }
}
