package io.emrgateway.agent.his;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tickets that the HIS asks for and a browser at one address uses once; from then on the page belongs to that browser,
 * which has a secret for it. A page is named by its spent ticket, which is no secret any more: two patients in two tabs
 * never meet. In memory alone, a bounded number: a restart ends them all.
 *
 * @param <T> what a ticket is for
 */
public final class Tickets<T> {
  public static final PageRefused UNKNOWN = new PageRefused(404, "ticket.unknown", "没有这张票据或页面", "There is no such ticket or page",
      "请从 HIS 重新打开", "Open it from the HIS again");
  public static final PageRefused USED = new PageRefused(410, "ticket.used", "票据已使用过，只能使用一次", "The ticket has been used; it is good for once",
      "请从 HIS 重新打开", "Open it from the HIS again");
  public static final PageRefused EXPIRED = new PageRefused(410, "ticket.expired", "票据或页面已超时、已关闭或已完成",
      "The ticket or its page has timed out, was closed or is done with",
      "请从 HIS 重新打开；若票据总是过期，请信息科检查网络", "Open it from the HIS again; if tickets always expire, have the network looked at");
  public static final PageRefused OTHER_DEVICE = new PageRefused(403, "ticket.other-device", "票据属于另一台设备", "The ticket belongs to another device",
      "请在申请票据时写明的设备上打开；若使用代理上网，请信息科让浏览器直接访问网关",
      "Open it at the device it was asked for; behind a proxy, let the browser reach the gateway directly");
  public static final PageRefused TOO_MANY = new PageRefused(429, "ticket.too-many", "打开的页面过多", "Too many pages are open",
      "请关闭不用的页面，稍后重试", "Close pages that are not needed, and try again in a moment");

  static final int COUNT_MAX = 2_000;
  private static final int SECRET_BYTES = 24;
  /** How long it is told why a ticket is not good any more. */
  private static final Duration REMEMBERED = Duration.ofHours(1);
  /** Four decimal numbers, or whatever has a colon: nothing that a name server would be asked for. */
  private static final Pattern IP_DIGITS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*");

  /**
   * How long something is good.
   *
   * @param unused a ticket
   * @param untouched a page that nobody touches
   * @param open a page at all
   */
  public record Life(Duration unused, Duration untouched, Duration open) {}

  /** @param secret to be given to the browser; null for the one that has it */
  public record Opened<T>(T what, String secret) {}

  private static final class Ticket<T> {
    private final T what;
    private final InetAddress device;
    private String secret;
    private Instant until;
    /** Null for a ticket that has not been used. */
    private Instant last;

    Ticket(T what, InetAddress device, Instant until) {
      this.what = what;
      this.device = device;
      this.until = until;
    }

    boolean isOpenedBy(String said) {
      return secret != null && said != null
          && MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), said.getBytes(StandardCharsets.UTF_8));
    }

    void goodFor(Duration time, Instant now) {
      until = now.plus(time).isBefore(last) ? now.plus(time) : last;
    }

    void end(Instant now) {
      until = now;
      last = now;
    }
  }

  private final Map<String, Ticket<T>> tickets = new LinkedHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final Life life;
  private final Clock clock;

  public Tickets(Life life, Clock clock) {
    this.life = life;
    this.clock = clock;
  }

  /** A new ticket, good at that address alone. */
  public synchronized String give(T what, InetAddress device) {
    Instant now = clock.instant();
    tickets.values().removeIf(one -> now.isAfter(one.until.plus(REMEMBERED)));
    if (tickets.size() >= COUNT_MAX && !tickets.values().removeIf(one -> !now.isBefore(one.until))) {
      throw TOO_MANY;
    }
    String ticket = secret();
    tickets.put(ticket, new Ticket<>(what, device, now.plus(life.unused())));
    return ticket;
  }

  /** What a ticket was given for, good or not. */
  public synchronized Optional<T> given(String name) {
    return Optional.ofNullable(tickets.get(name)).map(one -> one.what);
  }

  /**
   * Uses a ticket, or shows its page again to the browser that used it. Another device's attempt does not use it up.
   *
   * @param secret as the browser says it, or null
   */
  public synchronized Opened<T> open(String name, InetAddress from, String secret) {
    Ticket<T> ticket = good(name, from);
    if (ticket.secret != null) {
      return new Opened<>(page(name, from, secret), null);
    }
    Instant now = clock.instant();
    ticket.secret = secret();
    ticket.last = now.plus(life.open());
    ticket.goodFor(life.untouched(), now);
    return new Opened<>(ticket.what, ticket.secret);
  }

  /** What a page is for that has been opened and is not over. */
  public synchronized T page(String name, InetAddress from, String secret) {
    Ticket<T> ticket = good(name, from);
    if (!ticket.isOpenedBy(secret)) {
      throw USED;
    }
    return ticket.what;
  }

  /** Somebody sits in front of an open page. */
  public synchronized void touch(String name) {
    Optional.ofNullable(tickets.get(name)).ifPresent(one -> one.goodFor(life.untouched(), clock.instant()));
  }

  /** It opens nothing any more. */
  public synchronized void end(String name) {
    Optional.ofNullable(tickets.get(name)).ifPresent(one -> one.end(clock.instant()));
  }

  private Ticket<T> good(String name, InetAddress from) {
    Ticket<T> ticket = tickets.get(name);
    if (ticket == null) {
      throw UNKNOWN;
    }
    if (!ticket.device.equals(from)) {
      throw OTHER_DEVICE;
    }
    if (!clock.instant().isBefore(ticket.until)) {
      throw EXPIRED;
    }
    return ticket;
  }

  private String secret() {
    byte[] octets = new byte[SECRET_BYTES];
    random.nextBytes(octets);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }

  /** An address in digits; of an IPv6 address without the interface it was seen at. */
  public static Optional<InetAddress> address(String text) {
    String digits = text.contains("%") ? text.substring(0, text.indexOf('%')) : text;
    if (!IP_DIGITS.matcher(digits).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(digits));
    } catch (UnknownHostException notAnAddress) {
      return Optional.empty();
    }
  }
}
