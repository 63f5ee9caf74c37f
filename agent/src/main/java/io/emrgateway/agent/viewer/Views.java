package io.emrgateway.agent.viewer;

import io.emrgateway.agent.viewer.ViewRefused.Reason;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The tickets that were given and the pages they became: in memory only, a bounded number, each for one address. A
 * restart of the gateway ends them all.
 *
 * <p>A page is known by its spent ticket, which is no secret any more, and opened by a cookie for that page alone: two
 * patients in two tabs of one browser never meet.
 */
final class Views {
  static final int COUNT_MAX = 2_000;
  private static final int SECRET_BYTES = 24;

  private final Map<String, View> views = new LinkedHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final Clock clock;

  Views(Clock clock) {
    this.clock = clock;
  }

  /**
   * A new ticket.
   *
   * @throws ViewRefused when as many as may be are good
   */
  synchronized View give(Question question, String client, InetAddress workstation) {
    Instant now = clock.instant();
    views.values().removeIf(view -> view.isForgotten(now));
    if (views.size() >= COUNT_MAX && !views.values().removeIf(view -> !view.isLive(now))) {
      throw new ViewRefused(Reason.TOO_MANY);
    }
    View view = new View(secret(), question, client, workstation, now);
    views.put(view.ticket, view);
    return view;
  }

  /** @param secret null when the page was opened before */
  record Opened(View view, String secret) {}

  /**
   * Uses a ticket, or shows its page again to the browser that has used it.
   *
   * @param cookie null for a browser without
   * @throws ViewRefused when neither may be; a ticket is not used up by another workstation's attempt
   */
  synchronized Opened open(String ticket, InetAddress from, String cookie) {
    View view = of(ticket, Reason.TICKET_UNKNOWN, from);
    Instant now = clock.instant();
    if (view.isTicket()) {
      if (!view.isLive(now)) {
        throw new ViewRefused(Reason.TICKET_EXPIRED);
      }
      return new Opened(view, view.open(secret(), now));
    }
    if (!view.isOpenedBy(cookie)) {
      throw new ViewRefused(Reason.TICKET_USED);
    }
    return new Opened(live(view, now), null);
  }

  /**
   * An open page.
   *
   * @throws ViewRefused when there is none of that name for that browser
   */
  synchronized View opened(String ticket, InetAddress from, String cookie) {
    View view = of(ticket, Reason.SESSION_OVER, from);
    if (!view.isOpenedBy(cookie)) {
      throw new ViewRefused(Reason.SESSION_OVER);
    }
    return live(view, clock.instant());
  }

  /** A ticket that was given, good or not. */
  synchronized Optional<View> given(String ticket) {
    return Optional.ofNullable(views.get(ticket));
  }

  private View of(String ticket, Reason unknown, InetAddress from) {
    View view = views.get(ticket);
    if (view == null) {
      throw new ViewRefused(unknown);
    }
    if (!view.workstation.equals(from)) {
      throw new ViewRefused(Reason.OTHER_WORKSTATION);
    }
    return view;
  }

  private static View live(View view, Instant now) {
    if (!view.isLive(now)) {
      throw new ViewRefused(Reason.SESSION_OVER);
    }
    return view;
  }

  private String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
