package io.emrgateway.agent.his;

import io.emrgateway.agent.his.Tickets.Opened;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The pages of tickets, as a browser sees them: each at {@code /<name>/<ticket>}, opened by a cookie for that path alone. No
 * patient stands in an address, nothing is stored in the browser and nothing comes from elsewhere: the policy that is sent
 * with every page forbids it.
 *
 * @param <T> what a page is for
 */
public final class TicketPages<T> {
  private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
      + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final String name;
  private final Tickets<T> tickets;
  private final String refused;

  /**
   * @param name of the path and of the cookie
   * @param refused page that says why there is none
   */
  public TicketPages(String name, Tickets<T> tickets, Buffer refused) {
    this.name = name;
    this.tickets = tickets;
    this.refused = refused.toString(StandardCharsets.UTF_8);
  }

  /** A file of ours. */
  public static Buffer file(String resource) {
    try (InputStream in = TicketPages.class.getResourceAsStream(resource)) {
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The path of a new ticket's page. */
  public String give(T what, InetAddress device) {
    return "/" + name + "/" + tickets.give(what, device);
  }

  /** Uses the ticket that is called, or shows its page again; a browser that is new to it has to be {@link #welcomed}. */
  public Opened<T> open(RoutingContext call) {
    return tickets.open(ticket(call), from(call), cookie(call));
  }

  /** From now on the page is this browser's. */
  public void welcomed(RoutingContext call, Opened<T> opened) {
    call.response().addCookie(Cookie.cookie(name, opened.secret()).setPath("/" + name + "/" + ticket(call)).setHttpOnly(true)
        .setSecure(call.request().isSSL()).setSameSite(CookieSameSite.STRICT));
  }

  /** What the page that is called is for. */
  public T page(RoutingContext call) {
    return tickets.page(ticket(call), from(call), cookie(call));
  }

  /** What the ticket that is called was given for, if it ever was. */
  public Optional<T> given(RoutingContext call) {
    return tickets.given(ticket(call));
  }

  /** Somebody sits in front of the page. */
  public void touch(RoutingContext call) {
    tickets.touch(ticket(call));
  }

  /** The page is over. */
  public void end(RoutingContext call) {
    tickets.end(ticket(call));
  }

  /** The ticket whose page is called. */
  public static String ticket(RoutingContext call) {
    return call.pathParam("ticket");
  }

  /** The device that calls. */
  public static InetAddress from(RoutingContext call) {
    return Tickets.address(call.request().remoteAddress().hostAddress()).orElseThrow();
  }

  private String cookie(RoutingContext call) {
    Cookie cookie = call.request().getCookie(name);
    return cookie == null ? null : cookie.getValue();
  }

  /** Why there is no page, for whoever sits in front of it. */
  public void refuse(RoutingContext call, PageRefused why) {
    call.response().setStatusCode(why.status());
    send(call, "text/html", Buffer.buffer(refused.replace("{code}", why.code()).replace("{textZh}", why.textZh())
        .replace("{text}", why.text()).replace("{remedyZh}", why.remedyZh()).replace("{remedy}", why.remedy())
        .replace("{device}", from(call).getHostAddress())));
  }

  /** @param type without its character set, which is UTF-8 */
  public static void send(RoutingContext call, String type, Buffer body) {
    call.response().putHeader("Content-Security-Policy", POLICY).putHeader("Content-Type", type + "; charset=utf-8").end(body);
  }
}
