package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.lookup.Audits.Act;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Being asked: verify, permit, declare, find, answer. The signature and the form have been looked at before; everything
 * else is looked at here, and nothing is sought before all of it is right and the audit has it.
 *
 * <p>Outside, <em>nothing found</em> and <em>not to be shown</em> are one and the same answer.
 */
public final class AnswerInquiry {

  /**
   * This hospital's own rules, beside the city's.
   *
   * @param emergencies takes part in the emergency form
   * @param isShared whether records of this patient go out at all: a patient may have objected here
   */
  public record Policy(boolean emergencies, Predicate<LookupRequest.Sought> isShared) {}

  /**
   * What goes back; to be closed once it has.
   *
   * @param broken the rule that the question breaks; then there is nothing else
   * @param bundles none for "none"
   * @param room that what was found takes, or null
   */
  public record Reply(Optional<Rule> broken, List<byte[]> bundles, Headroom.Taken room) implements AutoCloseable {
    public Reply {
      bundles = List.copyOf(bundles);
    }

    @Override
    public void close() {
      if (room != null) {
        room.close();
      }
    }

    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Reply[" + broken.map(Rule::code).orElse("") + " " + bundles.size() + "]";
    }
  }

  private final Policy policy;
  private final Nonces nonces;
  private final Consents consents;
  private final Audits audits;
  private final Found found;
  private final Clock clock;

  /** @param consents for those that were withdrawn here */
  public AnswerInquiry(Policy policy, Nonces nonces, Consents consents, Audits audits, Found found, Clock clock) {
    this.policy = policy;
    this.nonces = nonces;
    this.consents = consents;
    this.audits = audits;
    this.found = found;
    this.clock = clock;
  }

  /**
   * Answers a question.
   *
   * @param org whose gateway signed it, by the directory; null when it is nobody's
   * @throws RuntimeException if the audit or the store does not answer, or there is {@link NoRoom}: then nothing may be answered
   */
  public Reply reply(LookupRequest request, String org) {
    Instant now = clock.instant();
    Optional<Rule> broken = Authorisation.broken(request, new Authorisation.Known(
        now, org, policy.emergencies(), nonce -> nonces.isNew(nonce, now), consents::isWithdrawn));
    if (broken.isPresent()) {
      audits.append(entry(Act.INQUIRY_REFUSED, org, request, broken.get().code(), List.of()));
      return new Reply(broken, List.of(), null);
    }
    audits.append(entry(Act.INQUIRY, org, request, "", List.of()));
    // Sought in either case, so that what is not to be shown takes as long as what is not there.
    Found.Here here = found.here(request.patient(), request.scope(), Window.of(request.issued(), request.scope()));
    boolean audited = false;
    try {
      boolean shared = policy.isShared().test(request.patient());
      List<byte[]> shown = shared ? here.bundles() : List.of();
      audits.append(entry(Act.ANSWER, org, request, shared ? "" : "objected", shown));
      audited = true;
      return new Reply(Optional.empty(), shown, here.room());
    } finally {
      if (!audited) {
        here.close();
      }
    }
  }

  private Audits.Entry entry(Act act, String org, LookupRequest request, String outcome, List<byte[]> bundles) {
    return new Audits.Entry(act, org, request, outcome, List.of(), bundles.isEmpty() ? "" : found.digest(bundles), bundles.size());
  }
}
