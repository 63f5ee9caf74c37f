package io.emrgateway.agent.lookup;

import io.emrgateway.agent.lookup.Inquiries.Unreachable;
import io.emrgateway.agent.seal.Header.Audit;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.routes.core.WithoutMessage;
import io.emrgateway.routes.core.lookup.AnswerInquiry;
import io.emrgateway.routes.core.lookup.AnswerInquiry.Reply;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.NoRoom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Being asked: one thread waits at the city for questions, a few answer them.
 *
 * <p>No answer leaves before {@link #NOT_BEFORE} has passed since its question came, so that nobody outside can tell by
 * the time whether there was anything to find. A question that cannot be verified, and one that the store cannot be
 * asked about, is not answered at all; to the asking hospital it is one that was not answered in time.
 */
public final class Answering implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Answering.class);
  /** @see "decision 21, Answer of a holder" */
  static final Duration NOT_BEFORE = Duration.ofMillis(300);
  /** Longer than an answer to the same question is taken for. */
  private static final Duration REMEMBERED = Duration.ofMinutes(11);
  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(5);
  /** Questions that wait for a thread; more are left to the city, which asks another time. */
  private static final int WAITING_MAX = 64;
  private static final int ATTEMPTS = 3;

  private final Inquiries city;
  private final AnswerInquiry answers;
  private final Supplier<Audit> audit;
  private final String org;
  private final String feed;
  private final Clock clock;
  private final ExecutorService workers;
  private final Thread poll = new Thread(this::run, "lookup-poll");
  private final Map<UUID, Instant> seen = new LinkedHashMap<>();
  private volatile boolean stopping;

  /**
   * @param audit where the audit stands; asked after the entry about a question is in it
   * @param atOnce questions answered at the same time
   */
  public Answering(Inquiries city, AnswerInquiry answers, Supplier<Audit> audit, String org, String feed, int atOnce, Clock clock) {
    this.city = city;
    this.answers = answers;
    this.audit = audit;
    this.org = org;
    this.feed = feed;
    this.clock = clock;
    this.workers = new ThreadPoolExecutor(atOnce, atOnce, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_MAX),
        work -> new Thread(work, "lookup-answer"), new ThreadPoolExecutor.CallerRunsPolicy());
  }

  public void start() {
    poll.start();
  }

  private void run() {
    while (!stopping) {
      try {
        city.next().filter(this::isNew).ifPresent(inquiry -> {
          long came = System.nanoTime();
          workers.execute(() -> answer(inquiry, came));
        });
      } catch (Unreachable notNow) {
        pause(AFTER_A_FAILURE);
      } catch (SealRefused refused) {
        LOG.warnf("%s: 收到的查询无法核验，未答复 / an inquiry cannot be verified and is not answered: %s", refused.code(), refused.place());
        pause(AFTER_A_FAILURE);
      } catch (RuntimeException e) {
        LOG.error("lookup.poll-failed: 等待查询出错，将重试 / waiting for inquiries failed and will be tried again", WithoutMessage.of(e));
        pause(AFTER_A_FAILURE);
      }
    }
  }

  /** One that is handed out twice is answered once: the second would find its nonce used. */
  private boolean isNew(Inquiry inquiry) {
    Instant now = clock.instant();
    seen.values().removeIf(at -> at.plus(REMEMBERED).isBefore(now));
    return seen.putIfAbsent(inquiry.rid(), now) == null;
  }

  private void answer(Inquiry inquiry, long came) {
    try {
      SignedRequest question = city.open(inquiry);
      LookupRequest request = question.request();
      // The city may put a hospital's question under another number no more than it may change it.
      String asks = request.rid().equals(inquiry.rid()) ? city.orgOf(request.feed()) : null;
      try (Reply reply = answers.reply(request, asks)) {
        pause(NOT_BEFORE.minusNanos(System.nanoTime() - came));
        Reply now = reply;
        for (int attempt = 1; attempt <= ATTEMPTS && !stopping; attempt++) {
          // What a patient objects to meanwhile does not leave.
          now = answers.asOfNow(request, asks, now);
          if (city.answer(inquiry.rid(), answer(inquiry, question, now))) {
            return;
          }
          pause(Duration.ofMillis(500L * attempt));
        }
      }
    } catch (SealRefused refused) {
      LOG.warnf("%s: 收到的查询无法核验，未答复 / an inquiry cannot be verified and is not answered: %s", refused.code(), refused.place());
    } catch (NoRoom none) {
      LOG.warnf("%s: 收到的查询未答复：%s / an inquiry is not answered: %s", none.reason().code(), none.reason().textZh(), none.reason().text());
    } catch (RuntimeException e) {
      LOG.error("lookup.not-answered: 查询未能答复 / an inquiry could not be answered", WithoutMessage.of(e));
    }
  }

  private HolderAnswer answer(Inquiry inquiry, SignedRequest question, Reply reply) {
    String result = reply.broken().map(rule -> HolderAnswer.DENIED + rule.code())
        .orElse(reply.bundles().isEmpty() ? HolderAnswer.NONE : HolderAnswer.ANSWERED);
    return new HolderAnswer(inquiry.rid(), feed, org, question.hash(), clock.instant(), result, reply.bundles(), audit.get());
  }

  private void pause(Duration time) {
    try {
      if (!stopping && !time.isNegative()) {
        Thread.sleep(time.toMillis());
      }
    } catch (InterruptedException e) {
      stopping = true;
    }
  }

  /** Waits for nobody: what is not answered is asked again by whoever needs it. */
  @Override
  public void close() throws InterruptedException {
    stopping = true;
    poll.interrupt();
    workers.shutdownNow();
    poll.join(2_000);
    workers.awaitTermination(2, TimeUnit.SECONDS);
  }
}
