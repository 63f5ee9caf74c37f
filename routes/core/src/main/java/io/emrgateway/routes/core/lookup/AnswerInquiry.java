package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.lookup.Audits.Act;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Being asked: verify, permit, declare, find, answer. The signature and the form have been looked at before; everything
 * else is looked at here, and nothing is sought before all of it is right and the audit has it.
 *
 * <p>Outside, <em>nothing found</em> and <em>not to be shown</em> are one and the same answer. An objection holds against an
 * emergency too.
 */
public final class AnswerInquiry {

  /**
   * This hospital's own rules, beside the city's.
   *
   * @param emergencies takes part in the emergency form
   * @param shared sections that it shows at all
   */
  public record Policy(boolean emergencies, Set<Section> shared) {
    public Policy {
      shared = Set.copyOf(shared);
    }
  }

  /**
   * What goes back; to be closed once it has.
   *
   * @param broken the rule that the question breaks; then there is nothing else
   * @param shown sections that it may show; others that were asked for are withheld
   * @param bundles none for "none"
   * @param room that what was found takes, or null
   */
  public record Reply(Optional<Rule> broken, Set<Section> shown, List<byte[]> bundles, Headroom.Taken room) implements AutoCloseable {
    public Reply {
      bundles = List.copyOf(bundles);
    }

    private Reply withheld() {
      return new Reply(broken, Set.of(), List.of(), room);
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
  private final Objections objections;
  private final Nonces nonces;
  private final Consents consents;
  private final Audits audits;
  private final Found found;
  private final Clock clock;

  /** @param consents for those that were withdrawn here */
  public AnswerInquiry(Policy policy, Objections objections, Nonces nonces, Consents consents, Audits audits, Found found, Clock clock) {
    this.policy = policy;
    this.objections = objections;
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
      return new Reply(broken, Set.of(), List.of(), null);
    }
    audits.append(entry(Act.INQUIRY, org, request, "", List.of()));
    Set<Section> allowed = allowed(request);
    // Sought in either case, so that what is not to be shown takes as long as what is not there.
    Found.Here here = found.here(request.patient(), allowed.isEmpty() ? request.scope()
        : new Scope(allowed, request.scope().since(), request.scope().until()), Window.of(request.issued(), request.scope()));
    boolean audited = false;
    try {
      Reply found = new Reply(Optional.empty(), allowed, allowed.isEmpty() ? List.of() : here.bundles(), here.room());
      Reply reply = isAllowed(request, found) ? found : found.withheld();
      audits.append(entry(Act.ANSWER, org, request, lacks(request, reply), reply.bundles()));
      audited = true;
      return reply;
    } finally {
      if (!audited) {
        here.close();
      }
    }
  }

  /**
   * The reply as it may leave now: none, if somebody has objected since it was made to any of what it may show.
   *
   * @return to be closed with the one given, whose room it takes
   * @throws RuntimeException as {@link #reply} does
   */
  public Reply asOfNow(LookupRequest request, String org, Reply reply) {
    if (isAllowed(request, reply)) {
      return reply;
    }
    Reply none = reply.withheld();
    audits.append(entry(Act.ANSWER, org, request, lacks(request, none), none.bundles()));
    return none;
  }

  private boolean isAllowed(LookupRequest request, Reply reply) {
    return reply.bundles().isEmpty() || allowed(request).containsAll(reply.shown());
  }

  private String lacks(LookupRequest request, Reply reply) {
    Set<Section> asked = request.scope().sections();
    return reply.shown().equals(asked) ? ""
        : against(request).stream().anyMatch(one -> one.isThePatients() && !Collections.disjoint(one.sections(), asked)) ? "objected" : "withheld";
  }

  private List<Objection> against(LookupRequest request) {
    return objections.against(request.patient().identifiers());
  }

  private Set<Section> allowed(LookupRequest request) {
    Set<Section> allowed = new HashSet<>(request.scope().sections());
    allowed.retainAll(policy.shared());
    against(request).forEach(one -> allowed.removeAll(one.sections()));
    return allowed;
  }

  private Audits.Entry entry(Act act, String org, LookupRequest request, String outcome, List<byte[]> bundles) {
    return new Audits.Entry(act, org, request, outcome, List.of(), bundles.isEmpty() ? "" : found.digest(bundles), bundles.size());
  }
}
