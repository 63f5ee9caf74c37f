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
 * which has a secret for it. In memory alone, a bounded number: a restart ends them all.
 *
 * @param <T> what a ticket is for
 */
public final class Tickets<T> {
  private static final int COUNT_MAX = 2_000;
  private static final int SECRET_BYTES = 24;
  /** How long it is told why a ticket is not good any more. */
  private static final Duration REMEMBERED = Duration.ofHours(1);
  /** Four decimal numbers, or whatever has a colon: nothing that a name server would be asked for. */
  private static final Pattern IP_DIGITS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*");

  private final Map<String, Ticket<T>> tickets = new LinkedHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final Duration unused;
  private final Duration open;
  private final Clock clock;

  private static final class Ticket<T> {
    private final T what;
    private final InetAddress device;
    private Instant until;
    private String secret;

    Ticket(T what, InetAddress device, Instant until) {
      this.what = what;
      this.device = device;
      this.until = until;
    }
  }

  /** Why a ticket opens nothing. A code that has shipped keeps its meaning. */
  public enum Refusal {
    UNKNOWN("ticket.unknown", 404, "没有这张票据", "There is no such ticket", "请从 HIS 重新打开", "Open it from the HIS again"),
    USED("ticket.used", 410, "票据已使用过，只能使用一次", "The ticket has been used; it is good for once",
        "请从 HIS 重新打开", "Open it from the HIS again"),
    EXPIRED("ticket.expired", 410, "票据或页面已过期，或已完成", "The ticket or its page has expired, or is done with",
        "请从 HIS 重新打开", "Open it from the HIS again"),
    OTHER_DEVICE("ticket.other-device", 403, "票据属于另一台设备", "The ticket belongs to another device",
        "请在申请票据时写明的设备上打开；若使用代理上网，请信息科让浏览器直接访问网关",
        "Open it at the device it was asked for; behind a proxy, let the browser reach the gateway directly"),
    TOO_MANY("ticket.too-many", 429, "打开的页面过多", "Too many pages are open",
        "请关闭不用的页面，稍后重试", "Close pages that are not needed, and try again in a moment");

    private final String code;
    private final int status;
    private final String textZh;
    private final String text;
    private final String remedyZh;
    private final String remedy;

    Refusal(String code, int status, String textZh, String text, String remedyZh, String remedy) {
      this.code = code;
      this.status = status;
      this.textZh = textZh;
      this.text = text;
      this.remedyZh = remedyZh;
      this.remedy = remedy;
    }

    public String code() {
      return code;
    }

    public int status() {
      return status;
    }

    public String textZh() {
      return textZh;
    }

    public String text() {
      return text;
    }

    public String remedyZh() {
      return remedyZh;
    }

    public String remedy() {
      return remedy;
    }
  }

  /** A ticket that opens nothing. */
  public static final class NotGood extends Exception {
    private static final long serialVersionUID = 1L;
    private final Refusal refusal;

    NotGood(Refusal refusal) {
      super(refusal.name(), null, false, false);
      this.refusal = refusal;
    }

    public Refusal refusal() {
      return refusal;
    }
  }

  /** @param secret to be given to the browser; null for the one that has it */
  public record Opened<T>(T what, String secret) {}

  /**
   * @param unused how long a ticket is good for
   * @param open how long its page is, from the moment it is opened
   */
  public Tickets(Duration unused, Duration open, Clock clock) {
    this.unused = unused;
    this.open = open;
    this.clock = clock;
  }

  /** A new ticket, good at that address alone. */
  public synchronized String give(T what, InetAddress device) throws NotGood {
    Instant now = clock.instant();
    tickets.values().removeIf(one -> now.isAfter(one.until.plus(REMEMBERED)));
    if (tickets.size() >= COUNT_MAX && !tickets.values().removeIf(one -> now.isAfter(one.until))) {
      throw new NotGood(Refusal.TOO_MANY);
    }
    String ticket = secret();
    tickets.put(ticket, new Ticket<>(what, device, now.plus(unused)));
    return ticket;
  }

  /**
   * Uses a ticket, or shows its page again to the browser that used it.
   *
   * @param secret as the browser says it, or null
   */
  public synchronized Opened<T> open(String name, InetAddress from, String secret) throws NotGood {
    Ticket<T> ticket = good(name, from);
    if (ticket.secret != null) {
      return new Opened<>(page(name, from, secret), null);
    }
    ticket.secret = secret();
    ticket.until = clock.instant().plus(open);
    return new Opened<>(ticket.what, ticket.secret);
  }

  /** What a page is for that has been opened and is not over. */
  public synchronized T page(String name, InetAddress from, String secret) throws NotGood {
    Ticket<T> ticket = good(name, from);
    if (ticket.secret == null || secret == null
        || !MessageDigest.isEqual(ticket.secret.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8))) {
      throw new NotGood(Refusal.USED);
    }
    return ticket.what;
  }

  /** It opens nothing any more. */
  public synchronized void end(String name) {
    Optional.ofNullable(tickets.get(name)).ifPresent(one -> one.until = Instant.EPOCH);
  }

  private Ticket<T> good(String name, InetAddress from) throws NotGood {
    Ticket<T> ticket = tickets.get(name);
    if (ticket == null) {
      throw new NotGood(Refusal.UNKNOWN);
    }
    if (!ticket.device.equals(from)) {
      throw new NotGood(Refusal.OTHER_DEVICE);
    }
    if (!clock.instant().isBefore(ticket.until)) {
      throw new NotGood(Refusal.EXPIRED);
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
