package io.emrgateway.agent.viewer;

import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result.Shown;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/** One launch from its ticket to its end: first a ticket, then a page that is open, then over. */
final class View {
  /** How long a ticket is good for. */
  static final Duration TICKET = Duration.ofSeconds(60);
  /** How long a page stays open that nobody touches. */
  static final Duration IDLE = Duration.ofMinutes(15);
  /** How long a page stays open at all. */
  static final Duration WHOLE = Duration.ofHours(1);

  private static final int REFUSALS_TOLD_MAX = 10;

  final String ticket;
  final Question question;
  final String client;
  final InetAddress workstation;
  private final Instant given;
  private String secret;
  private Instant opened;
  private Instant used;
  private boolean ended;
  private int refusals;

  /** Held by whoever asks for it: one question at a time. */
  final ReentrantLock asking = new ReentrantLock();
  /** What was shown last and when, without its bundles; null before. Written under {@link #asking}. */
  volatile Told told;

  /**
   * @param rid under which more can be asked for
   * @param first when the question left
   * @param last when more was asked for last
   * @param tag of what was shown
   */
  record Told(UUID rid, Instant first, Instant last, boolean complete, String tag) {
    Told(Shown shown, Instant first, Instant last) {
      this(shown.rid(), first, last, shown.complete(), shown.tag());
    }

    /** More was asked for, and nothing had come. */
    Told asked(Instant now) {
      return new Told(rid, first, now, complete, tag);
    }
  }

  /**
   * @param client the system of the hospital's that launched it
   * @param workstation the only address that may open it
   */
  View(String ticket, Question question, String client, InetAddress workstation, Instant now) {
    this.ticket = ticket;
    this.question = question;
    this.client = client;
    this.workstation = workstation;
    this.given = now;
  }

  synchronized boolean isTicket() {
    return secret == null;
  }

  /** A ticket becomes a page. */
  synchronized String open(String secret, Instant now) {
    this.secret = secret;
    this.opened = now;
    this.used = now;
    return secret;
  }

  synchronized boolean isOpenedBy(String cookie) {
    return secret != null && cookie != null
        && MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), cookie.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether one more refusal is worth a line in the audit: nobody fills it by trying. */
  synchronized boolean isRefusalTold() {
    return refusals++ < REFUSALS_TOLD_MAX;
  }

  /** Whether it is still good: as a ticket, or as a page. */
  synchronized boolean isLive(Instant now) {
    return !ended && now.isBefore(secret == null ? given.plus(TICKET) : earlier(opened.plus(WHOLE), used.plus(IDLE)));
  }

  /** Whether nobody needs to be told any more why it is not good. */
  boolean isForgotten(Instant now) {
    return !isLive(now) && now.isAfter(given.plus(WHOLE));
  }

  /** Somebody sits in front of it. */
  synchronized void touch(Instant now) {
    used = now;
  }

  synchronized void end() {
    ended = true;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
