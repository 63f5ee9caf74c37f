package io.emrgateway.agent.viewer;

import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result.Shown;
import java.net.InetAddress;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** One launch: what is asked, by which system of the hospital's, for which workstation; and what its page was shown last. */
final class View {
  private static final int REFUSALS_TOLD_MAX = 10;

  final Question question;
  final String client;
  final InetAddress workstation;
  private final AtomicInteger refusals = new AtomicInteger();

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

  View(Question question, String client, InetAddress workstation) {
    this.question = question;
    this.client = client;
    this.workstation = workstation;
  }

  /** Whether one more refusal is worth a line in the audit: nobody fills it by trying. */
  boolean isRefusalTold() {
    return refusals.getAndIncrement() < REFUSALS_TOLD_MAX;
  }
}
